import FoundationEssentials
import Testing

@testable import World

private let directory =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Data/world"

private func file(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: directory + "/" + name)))
}

@Suite struct WorldDataTests {
    private let world: WorldData
    init() throws { world = try WorldData.load(directory: directory) }

    @Test func everythingLoads() throws {
        #expect(
            world.places.count == 141 && world.checkpoints.count == 51 && world.airports.count == 36)
        #expect(
            world.towns.count == 229 && world.roads.edges.count == 173 && world.roads.nodes.count == 159)
        #expect(world.corridors.count == 18)
        for id in ["ALA", "NURZHOLY", "UAAA", "1524958"] { #expect(world.place(id)?.id == id) }
        #expect(world.place("NOWHERE") == nil)
        #expect(try WorldData.find(explicit: directory) == directory)
        #expect(throws: DataError.self) { try WorldData.find(explicit: "/nonexistent") }
    }

    @Test func groundIsExactAtAerodromesAndBetweenThemElsewhere() throws {
        #expect(try #require(world.place("UAAA")).ground.millimeters == 682_100)
        #expect(try #require(world.place("UATG")).ground.millimeters == -21_900)
        for town in world.towns { #expect((-22...715).contains(town.ground.meters), "\(town)") }
    }

    @Test func routesFollowRoadsAndAddUp() throws {
        var random = SplitMix64(seed: 21)
        let places = world.places.filter { place in world.roads.nodes.contains { $0.id == place.id } }
        for _ in 0..<300 {
            let a = places[Int(random.next() % UInt64(places.count))]
            let b = places[Int(random.next() % UInt64(places.count))]
            let route = try #require(world.roads.route(from: a.coordinate, to: b.coordinate, on: nil))
            #expect(route.points.first == a.coordinate && route.points.last == b.coordinate)
            var walked = 0.0
            for i in route.points.indices.dropFirst() {
                walked += distanceMeters(route.points[i - 1], route.points[i])
            }
            #expect(walked <= route.lengthMeters * 1.002 && walked >= route.lengthMeters * 0.6)
            #expect(walked >= distanceMeters(a.coordinate, b.coordinate) * 0.999)
            let sum = route.edges.reduce(0) { $0 + world.roads.edges[$1].lengthMeters }
            #expect(abs(sum - route.lengthMeters) < 1)
            let back = try #require(world.roads.route(from: b.coordinate, to: a.coordinate, on: nil))
            #expect(abs(back.seconds - route.seconds) < 1e-6)
            #expect(world.roads.route(from: a.coordinate, to: b.coordinate, on: nil) == route)
        }
    }

    /// From anywhere on a road the way leads along it, never across country to the next town.
    @Test(arguments: 1...6) func routesJoinRoadsAnywhere(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let open = world.roads.edges.filter { $0.isUsable(on: nil) && $0.shape.count > 4 }
        for _ in 0..<60 {
            func spot() -> (Coordinate, RoadEdge) {
                let edge = open[Int(random.next() % UInt64(open.count))]
                return (edge.shape[1 + Int(random.next() % UInt64(edge.shape.count - 2))], edge)
            }
            let (a, first) = spot()
            let (b, _) = spot()
            let route = try #require(world.roads.route(from: a, to: b, on: nil))
            #expect(route.points.first == a && route.points.last == b)
            // Every step is one between neighbouring shape points: no leg longer than the longest of these.
            for i in route.points.indices.dropFirst() {
                #expect(distanceMeters(route.points[i - 1], route.points[i]) < 25_000, "seed \(seed)")
            }
            let walked = route.points.indices.dropFirst().reduce(0.0) {
                $0 + distanceMeters(route.points[$1 - 1], route.points[$1])
            }
            #expect(
                walked <= route.lengthMeters * 1.002 + 500, "seed \(seed): \(walked) \(route.lengthMeters)")
            #expect(walked >= route.lengthMeters * 0.6)
            let back = try #require(world.roads.route(from: b, to: a, on: nil))
            #expect(
                abs(back.seconds - route.seconds) < 1 && abs(back.lengthMeters - route.lengthMeters) < 10_000)
            // A stretch of one edge costs less than the whole of it.
            let along = try #require(world.roads.route(from: a, to: first.shape[0], on: nil))
            #expect(along.lengthMeters < first.lengthMeters + 500, "seed \(seed): \(first.id)")
        }
    }

    @Test func plannedRoadsOpenOnTheirDay() throws {
        let a = try #require(world.place("BEY"))
        let b = try #require(world.place("SKS"))
        let planned = try #require(world.roads.edges.firstIndex { $0.id == "RD-BEY-SKS" })
        let before = world.roads.route(
            from: a.coordinate, to: b.coordinate, on: Instant(iso8601: "2029-12-31T23:59:59Z"))
        let after = world.roads.route(
            from: a.coordinate, to: b.coordinate, on: Instant(iso8601: "2030-01-01"))
        #expect(before?.edges.contains(planned) == false)
        #expect(after?.edges == [planned])
    }

    @Test func farFromRoadsThereIsNoRoute() throws {
        let sea = Coordinate(latitudeE7: 0, longitudeE7: 0)
        let almaty = try #require(world.place("ALA")).coordinate
        #expect(world.roads.route(from: sea, to: almaty, on: nil) == nil)
        #expect(
            world.roads.route(from: almaty, to: Coordinate(latitudeE7: .max, longitudeE7: .min), on: nil)
                == nil)
    }

    @Test func errorsNameFileLineAndColumn() throws {
        func load(_ name: String, _ change: (String) -> String) throws {
            _ = try WorldData { asked in
                let bytes = try file(asked)
                return asked == name ? Array(change(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
            }
        }
        do {
            try load("places.csv") { $0.replacing("43.2525", with: "143.2525") }
            Issue.record("a latitude of 143 loaded")
        } catch let error as DataError {
            #expect(error.file == "places.csv" && error.line == 2 && error.column == "lat", "\(error)")
        }
        #expect(throws: DataError.self) {
            try load("road_edges.csv") { $0.replacing("RD-KHG-ZHR,KHG,", with: "RD-KHG-ZHR,XXX,") }
        }
        #expect(throws: DataError.self) { try load("places.csv") { $0 + "ALA,x\n" } }
        #expect(throws: DataError.self) { try load("road_edges.csv") { _ in "" } }
        #expect(throws: DataError.self) { try load("roads.geojson") { _ in "[" } }
        #expect(throws: DataError.self) { try load("corridors.json") { _ in "{}" } }
    }

    @Test func tablesFollowRFC4180() throws {
        let text = "\u{FEFF}a,b\r\n\"x, \"\"y\"\"\nz\",2\r\n\n3,\"\""
        let table = try Table(file: "t", bytes: Array(text.utf8))
        #expect(table.columns == ["a", "b"])
        #expect(table.rows.map(\.fields) == [["x, \"y\"\nz", "2"], ["3", ""]])
        #expect(table.rows.map(\.line) == [2, 5])
        for bad in ["", "a,a\n1,2", "a,b\n1", "a\n\"x", "a\nx\"y", "a\n\"x\"y"] {
            #expect(throws: DataError.self, "\(bad)") { try Table(file: "t", bytes: Array(bad.utf8)) }
        }
    }

}
