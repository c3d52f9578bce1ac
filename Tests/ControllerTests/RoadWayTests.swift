import Testing
import Traffic
import World

@testable import Controller

private let directory =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Data/world"

/// Ways of missions on the real roads, found again from their points.
@Suite struct RoadWayTests {
    private let world: WorldData
    private let network: RoadNetwork
    init() throws {
        world = try WorldData.load(directory: directory)
        network = try #require(RoadNetwork(world.roads, works: world.roadWorks, gates: world.gates))
    }

    private func mission(_ controller: inout Controller, _ from: Coordinate, _ to: Coordinate) -> Mission? {
        guard let route = controller.road(from, to) else { return nil }
        let ground = Altitude<MeanSeaLevel>(millimeters: 0)
        var steps = route.points.dropFirst().map { MissionStep(.drive, Position($0, altitude: ground)) }
        steps.append(MissionStep(.unload, Position(to, altitude: ground)))
        return Mission(
            id: MissionID(1), revision: 1, vehicle: VehicleID(1), order: nil, steps: steps,
            createdAt: Harness.epoch, expectedEnd: Harness.epoch, reason: "")
    }

    /// From anywhere near roads to anywhere: the metres grow by what is driven, sections follow each other, the way starts
    /// and ends where trucks may stand, and a truck anywhere on it is found there, also without its beginning.
    @Test(arguments: 1...3) func waysAreFoundFromTheirPoints(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var controller = Controller(configuration: ControllerConfiguration(), geography: Geography(world))
        controller.now = Harness.epoch
        var zones = 0
        var found = 0
        for _ in 0..<60 {
            func spot() -> Coordinate {
                if random.next() % 3 == 0 {
                    let place = world.places[Int(random.next() % UInt64(world.places.count))].coordinate
                    return place.moved(east: random.unit() * 40, north: random.unit() * 40)
                }
                let point = world.servicePoints[Int(random.next() % UInt64(world.servicePoints.count))]
                return point.coordinate.moved(east: random.unit() * 300, north: random.unit() * 300)
            }
            let (a, b) = (spot(), spot())
            guard let mission = mission(&controller, a, b), mission.steps.count > 2 else { continue }
            guard let way = network.way(mission, leg: 0, from: a) else {
                Issue.record("seed \(seed): no way from \(a) to \(b)")
                continue
            }
            found += 1
            #expect(way.points.count == way.meters.count && way.sections.count <= RoadNetwork.sectionsMax)
            for k in way.meters.indices.dropFirst() {
                let chord = way.points[k - 1].meters(to: way.points[k])
                let driven = way.meters[k] - way.meters[k - 1]
                #expect(
                    driven > 0 && abs(driven - chord) < 0.02 * chord + 30,
                    "seed \(seed), \(k) \(driven) \(chord)")
            }
            let length = way.sections.reduce(0) { $0 + network.layout.sections[Int($1)].lengthMeters }
            // Beyond the last section is at most a crossing; before the end of the last section may be any of its length.
            #expect(try #require(way.meters.last) < length + 30)
            let last = network.layout.sections[Int(try #require(way.sections.last))]
            #expect(last.mayStand && last.zone < 0)
            zones += way.sections.count { network.layout.sections[Int($0)].zone >= 0 }
            for (s, t) in zip(way.sections, way.sections.dropFirst()) {
                let (p, q) = (network.sectionLane[Int(s)], network.sectionLane[Int(t)])
                func node(_ lane: Int32, atEnd: Bool) -> Int {
                    let edge = network.graph.edges[Int(lane / 2)]
                    return (lane & 1 == 0) == atEnd ? edge.b : edge.a
                }
                #expect(p == q ? t == s + 1 : node(p, atEnd: true) == node(q, atEnd: false))
            }
            for _ in 0..<5 {
                let k = 1 + Int(random.next() % UInt64(way.points.count - 1))
                let d = way.points[k - 1].displacement(to: way.points[k])
                let share = random.unit()
                let here = way.points[k - 1].moved(east: d.east * share, north: d.north * share)
                let leg = way.onRoad.lowerBound + k - 1
                let at = way.locate(here, leg: leg)
                let expected = way.meters[k - 1] + share * (way.meters[k] - way.meters[k - 1])
                // Moving on the plane of one latitude is off by a little over tens of kilometres.
                #expect(abs(at.meters - expected) < 10 && at.off < 10, "seed \(seed)")
                let again = try #require(
                    network.way(mission, leg: leg, from: here), "seed \(seed), leg \(leg)")
                #expect(again.sections.last == way.sections.last && again.steps == way.steps)
            }
        }
        #expect(found > 30 && zones > 30)
    }

    /// What the data has becomes sections: each of the works twice, one for each direction, of one zone.
    @Test func worksCrossingsAndGatesAreZones() {
        let sections = network.layout.sections
        #expect(network.layout.zones.count == network.zoneNames.count)
        for name in ["works", "crossing", "gate"] {
            #expect(network.zoneNames.contains { $0.contains(name) }, "\(name)")
        }
        for (n, name) in network.zoneNames.enumerated() where name.contains("works") {
            let own = sections.filter { $0.zone == Int32(n) }
            #expect(own.count == 2 && Set(own.map(\.direction)).count == 2, "\(name)")
            #expect(own.allSatisfy { !$0.mayStand && abs($0.speedLimit - 40 / 3.6) < 1e-9 })
        }
        #expect(network.zoneNames.contains("the single-lane works on M32 KZO-BAI km 64"))
        var total = 0.0
        for section in sections { total += section.lengthMeters }
        #expect(abs(total - 2 * world.roads.edges.reduce(0) { $0 + $1.shapeMeters }) < 1)
    }
}
