import Foundation
import Testing
import Wire
import World

@testable import Vehicles

let testWorld: WorldData? = {
    let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    return try? WorldData.load(directory: top.appending(path: "Data/world").path)
}()

@Suite struct SimulationTests {
    private static let stormy = """
        wind: {speed: 6, from: 200, gust: 1.5}
        faults: {propulsion: 1, gnss: 5, gnss_seconds: 4, energy: 1, link: 10, link_seconds: 5, payload: 2,
                 repair_minutes: 2}
        fleets:
          - {kind: multirotor, base: ALA, count: 9, swap_minutes: 5}
          - {kind: vtol, base: ALA, count: 1, swap_minutes: 5}
          - {kind: truck, base: ALA, count: 1}
        """

    private func rehearsal(seed: UInt64, threads: Int) throws -> Rehearsal {
        try Rehearsal(
            Scenario(yaml: Self.stormy, file: "t.yaml"), world: #require(testWorld), seed: seed,
            threads: threads)
    }

    /// Every byte that every vehicle sends, with faults, wind and missions.
    @Test func theSameSeedGivesTheSameBytesWithOneThreadAndTwo() throws {
        var one = try rehearsal(seed: 5, threads: 1)
        var two = try rehearsal(seed: 5, threads: 2)
        var other = try rehearsal(seed: 6, threads: 1)
        one.run(seconds: 40)
        two.run(seconds: 40)
        other.run(seconds: 40)
        #expect(one.messages > 500 && one.messages == two.messages)
        #expect(one.fingerprint == two.fingerprint)
        #expect(one.fingerprint != other.fingerprint)
    }

    /// The metres of physics become degrees without loss: along a thousand kilometres of legs in all directions.
    @Test func placesStayTrueOverAThousandKilometers() throws {
        var place = Whereabouts(latitudeDegrees: 43.25, longitudeDegrees: 76.9)
        let start = place.coordinate
        // 200,000 steps of 5 m north-west.
        let leg = 5.0 / 2.0.squareRoot()
        for _ in 0..<100_000 { place.move(east: -leg, north: leg, height: 0) }
        // A rhumb line: north by the meridian's arc alone, here against the distance along the meridian.
        let north = distanceMeters(
            start, Coordinate(latitudeE7: place.coordinate.latitudeE7, longitudeE7: start.longitudeE7))
        #expect(abs(north - 100_000 * leg) < 100_000 * leg * 1e-5)
        for _ in 0..<100_000 { place.move(east: leg, north: -leg, height: 0) }
        #expect(distanceMeters(start, place.coordinate) < 0.1)
        // A short leg agrees with the exact local frame.
        let frame = LocalFrame(origin: Position(start, altitude: Altitude(meters: 0)))
        let near = Whereabouts(start).moved(east: 300, north: -400, height: 0)
        let point = frame.point(
            latitudeDegrees: near.latitudeDegrees, longitudeDegrees: near.longitudeDegrees, heightMeters: 0)
        #expect(abs(point.east - 300) < 0.01 && abs(point.north + 400) < 0.01)
    }

    @Test func rangesInHelloAreWhatThePhysicsGives() throws {
        let scenario = try Scenario(
            yaml: """
                fleets:
                  - {kind: multirotor, base: ALA, count: 1}
                  - {kind: vtol, base: ALA, count: 1}
                  - {kind: truck, base: ALA, count: 1}
                  - {kind: truck, base: ALA, count: 1, energy_kwh: 300}
                """, file: "t.yaml")
        let ranges = scenario.fleets.map { VehicleModel($0).rangeMeters / 1000 }
        // Heavy-lift multirotors fly tens of kilometres, winged ones a few hundred, battery lorries 400 to 600.
        #expect((20...80).contains(ranges[0]), "\(ranges)")
        #expect((80...400).contains(ranges[1]), "\(ranges)")
        #expect((300...700).contains(ranges[2]), "\(ranges)")
        #expect(abs(ranges[3] / ranges[2] - 300 * 3.6e6 / TruckParameters().batteryJoules) < 0.01)
    }

    /// A parked drone with an empty battery at its base gets a fresh one; a truck charges at its power.
    @Test func vehiclesAtTheirBaseAreServed() throws {
        let scenario = try Scenario(
            yaml: """
                fleets:
                  - {kind: multirotor, base: ALA, count: 1, swap_minutes: 5}
                  - {kind: truck, base: ALA, count: 1, charge_kw: 360}
                """, file: "t.yaml")
        var simulation = try FleetSimulation(
            scenario, crew: [CrewMember(id: 1, fleet: 0, boot: 1), CrewMember(id: 2, fleet: 1, boot: 1)],
            world: #require(testWorld), seed: 1, start: 0, controlMilliseconds: 200)
        simulation.drain(to: 1_000_000)
        func run(_ seconds: Int) {
            for _ in 0..<seconds * 5 { simulation.step { _, _ in } }
        }
        run(240)
        #expect(simulation.motionState(0).energyJoules == 1_000_000)
        #expect(abs(simulation.motionState(1).energyJoules - 1_000_000 - 240 * 360_000) < 2 * 360_000)
        run(62)
        #expect(simulation.motionState(0).energyJoules == MultirotorParameters().batteryJoules)
    }

    /// A truck has a turning circle: points beside and behind it are reached all the same, and it stops there.
    @Test func aTruckReachesPointsBesideAndBehindIt() throws {
        let scenario = try Scenario(
            yaml: "fleets:\n  - {kind: truck, base: ALA, count: 1}", file: "t.yaml")
        var simulation = try FleetSimulation(
            scenario, crew: [CrewMember(id: 1, fleet: 0, boot: 1)], world: #require(testWorld), seed: 1,
            start: 0, controlMilliseconds: 200)
        var welcome = Welcome()
        welcome.accepted = true
        welcome.boot = 1
        welcome.linkLostAfterMilliseconds = 600_000
        simulation.receive(.welcome(welcome), vehicle: 0) { _, _ in }
        let start = Whereabouts(simulation.coordinate(0))
        // It looks north; each point is seen from the base.
        let points = [(30.0, 0.0), (0.0, -30.0), (-35.0, 10.0), (0.0, 0.0)]
        let items = points.flatMap { east, north in
            let at = start.moved(east: east, north: north, height: 0).coordinate
            return [MissionAction.drive, .wait].map { action in
                var item = MissionItem()
                item.action = Open(action)
                (item.latitudeE7, item.longitudeE7) = (at.latitudeE7, at.longitudeE7)
                item.durationMilliseconds = 2000
                return item
            }
        }
        let mission = MissionReference(number: 1, revision: 1)
        for part in MissionPart.split(mission: mission, fence: 0, items: items) {
            simulation.receive(.missionPart(part), vehicle: 0) { _, _ in }
        }
        var command = Command()
        command.commandID = 1
        command.kind = Open(.start)
        command.mission = mission
        command.notAfterNanoseconds = 1 << 60
        simulation.receive(.command(command), vehicle: 0) { _, _ in }
        var completed = false
        for _ in 0..<300 * 5 where !completed {
            simulation.step { _, out in
                for case .progress(_, let report) in out.uplinks where report.kind.known == .completed {
                    completed = true
                }
            }
        }
        #expect(completed && !simulation.isWrecked(0))
        #expect(distanceMeters(start.coordinate, simulation.coordinate(0)) < 25)
    }

    @Test func faultsHappenAtAboutTheirRate() throws {
        var faults = Scenario.Faults()
        faults.linkPerHour = 2
        faults.linkSeconds = 30
        var random = SplitMix64(seed: 8)
        var vehicle = VehicleFaults()
        var cut = 0
        var now: Int64 = 0
        let hours = 400
        for _ in 0..<hours * 3600 {
            now += 1_000_000_000
            _ = vehicle.step(now: now, seconds: 1, rests: false, faults, random: &random)
            cut += now < vehicle.linkCutUntil ? 1 : 0
        }
        // Mean number 2 an hour of mean length 30 s: 24,000 s; deviation about 1,200.
        #expect(abs(cut - 60 * hours) < 4500, "\(cut) s")
    }
}
