import Testing

@testable import World

@Suite struct RoadRouteTests {
    private let world: WorldData
    private var roads: RoadGraph { world.roads }

    init() throws { world = try realWorld.get() }

    /// A point on some road, with its edge.
    private func midway(_ random: inout SplitMix64) throws -> (edge: Int, at: Coordinate) {
        while true {
            let index = Int(random.next() % UInt64(roads.edges.count))
            let edge = roads.edges[index]
            guard edge.isUsable(on: nil), edge.shape.count > 3 else { continue }
            let i = 1 + Int(random.next() % UInt64(edge.shape.count - 2))
            let d = edge.shape[i].displacement(to: edge.shape[i + 1])
            let share = random.unit()
            return (index, edge.shape[i].moved(east: d.east * share, north: d.north * share))
        }
    }

    @Test func aVehicleMidwayGoesOnFromThere() throws {
        var random = SplitMix64(seed: 41)
        for _ in 0..<200 {
            let (index, at) = try midway(&random)
            let edge = roads.edges[index]
            let access = try #require(roads.access(from: at, on: nil))
            #expect(distanceMeters(access.point, at) < 60, "seed 41: \(at)")
            // Towards each end along the road itself, never to the other end first.
            var total = 0.0
            for node in [edge.a, edge.b] {
                let goal = roads.nodes[node].coordinate
                let route = try #require(roads.route(from: at, to: goal, on: nil), "seed 41: \(at)")
                #expect(route.seconds <= edge.seconds + 10, "seed 41: \(edge.id) \(at)")
                total += route.seconds
            }
            // Both ways together are the whole edge, unless another road is quicker.
            #expect(total <= edge.seconds + 20, "seed 41: \(edge.id) \(at)")
        }
    }

    @Test func routesAreShortestWaysBetweenAnyTwoPoints() throws {
        var random = SplitMix64(seed: 42)
        for _ in 0..<150 {
            let (from, to, over) = (try midway(&random).at, try midway(&random).at, try midway(&random).at)
            let route = try #require(roads.route(from: from, to: to, on: nil))
            let back = try #require(roads.route(from: to, to: from, on: nil))
            let first = try #require(roads.route(from: from, to: over, on: nil))
            let second = try #require(roads.route(from: over, to: to, on: nil))
            #expect(abs(route.seconds - back.seconds) < 1, "seed 42: \(from) \(to)")
            #expect(abs(route.lengthMeters - back.lengthMeters) < 10, "seed 42: \(from) \(to)")
            #expect(
                route.seconds <= first.seconds + second.seconds + 1, "seed 42: \(from) \(to) over \(over)")
            #expect(roads.route(from: from, to: to, on: nil) == route)
            // No leaps: shapes have a point every 10 km.
            for (a, b) in zip(route.points, route.points.dropFirst()) {
                #expect(distanceMeters(a, b) < 25_000 && a != b, "seed 42: \(a) \(b)")
            }
            #expect(route.points.first == from && route.points.last == to)
            for edge in route.edges { #expect(roads.edges[edge].isUsable(on: nil)) }
        }
    }

    @Test func servicePointsBesideARoadAreReachedAlongIt() throws {
        for point in world.servicePoints {
            guard let index = point.edge, let fromA = point.metersFromA else { continue }
            let edge = roads.edges[index]
            guard edge.isUsable(on: nil) else { continue }
            let route = try #require(
                roads.route(from: roads.nodes[edge.a].coordinate, to: point.coordinate, on: nil), "\(point)")
            #expect(route.lengthMeters < fromA + 8000, "\(point.id): \(route.lengthMeters) for \(fromA)")
        }
    }

    @Test func alongOneRoadTheWayIsDirect() throws {
        let edge = try #require(roads.edges.first { $0.id == "RD-ZHR-SHE" })
        let (near, far) = (edge.shape[4], edge.shape[12])
        let route = try #require(roads.route(from: near, to: far, on: nil))
        let back = try #require(roads.route(from: far, to: near, on: nil))
        #expect(route.points == Array(edge.shape[4...12]))
        #expect(back.points == Array(edge.shape[4...12].reversed()))
        #expect(route.edges.count == 1)
        let share = (edge.along[12] - edge.along[4]) / edge.shapeMeters
        #expect(abs(route.lengthMeters - share * edge.lengthMeters) < 10)
        let nowhere = try #require(roads.route(from: near, to: near, on: nil))
        #expect(nowhere.lengthMeters == 0 && nowhere.edges.isEmpty)
    }

    @Test func anyTwoCoordinatesGiveARouteOrNone() {
        var random = SplitMix64(seed: 43)
        let odd: [Int32] = [0, .min, .max, 900_000_000, -900_000_000, 1_800_000_000, -1_800_000_000]
        func number(_ low: Int32, _ high: Int32) -> Int32 {
            random.next() % 8 == 0
                ? odd[Int(random.next() % UInt64(odd.count))]
                : low + Int32(random.next() % UInt64(high - low))
        }
        var found = 0
        for _ in 0..<400 {
            let from = Coordinate(
                latitudeE7: number(400_000_000, 560_000_000), longitudeE7: number(460_000_000, 880_000_000))
            let to = Coordinate(
                latitudeE7: number(400_000_000, 560_000_000), longitudeE7: number(460_000_000, 880_000_000))
            guard let route = roads.route(from: from, to: to, on: nil) else { continue }
            found += 1
            #expect(route.seconds.isFinite && route.lengthMeters >= distanceMeters(from, to) * 0.99)
        }
        #expect(found > 20, "seed 43: \(found)")
    }
}
