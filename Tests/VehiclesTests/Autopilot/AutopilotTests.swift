import Foundation
import Testing
import Wire
import World

@testable import Vehicles

/// A point mass that follows the wanted velocity at once: enough to see an autopilot's decisions.
struct PointMass {
    var sensed: VehicleSnapshot
    let groundMillimeters: Int32
    var north = 0.0
    var east = 0.0
    var up: Double
    let start: VehicleSnapshot

    init(groundMillimeters: Int32 = 200_000) {
        sensed = VehicleSnapshot(
            latitudeE7: 432_000_000, longitudeE7: 769_000_000, altitudeMillimeters: groundMillimeters,
            energyKilojoules: 10_000)
        self.groundMillimeters = groundMillimeters
        start = sensed
        up = Double(groundMillimeters) / 1000
    }

    mutating func advance(_ command: MotionCommand, seconds: Double) {
        let ground = Double(groundMillimeters) / 1000
        sensed.velocityEast = command.engaged ? command.velocityEast : 0
        sensed.velocityNorth = command.engaged ? command.velocityNorth : 0
        sensed.velocityUp = command.engaged ? command.velocityUp : 0
        north += Double(sensed.velocityNorth) * seconds
        east += Double(sensed.velocityEast) * seconds
        up = max(ground, up + Double(sensed.velocityUp) * seconds)
        sensed.onGround = up <= ground
        sensed.heightMeters = Float(up - ground)
        sensed.latitudeE7 = start.latitudeE7 + Int32(north / 0.0111319)
        sensed.longitudeE7 = start.longitudeE7 + Int32(east / 0.0111319 / cos(43.2 * .pi / 180))
        sensed.altitudeMillimeters = Int32(up * 1000)
    }
}

func item(
    _ action: MissionAction, north: Double = 0, east: Double = 0, altitude: Int32 = 200_000,
    duration: UInt32 = 0, speed: UInt32 = 0
) -> MissionItem {
    var item = MissionItem()
    item.action = Open(action)
    item.latitudeE7 = 432_000_000 + Int32(north / 0.0111319)
    item.longitudeE7 = 769_000_000 + Int32(east / 0.0111319 / cos(43.2 * .pi / 180))
    item.altitudeMillimeters = altitude
    item.durationMilliseconds = duration
    item.speedMillimetersPerSecond = speed
    return item
}

let deliveryFlight = [
    item(.load, duration: 5000), item(.takeoff, altitude: 260_000),
    item(.fly, north: 300, altitude: 260_000), item(.fly, north: 500, east: 200, altitude: 270_000),
    item(.land, north: 500, east: 200), item(.unload, north: 500, east: 200, duration: 4000),
    item(.contingency, north: 250, altitude: 260_000), item(.contingency, north: 100, east: -50),
]
let delivery = MissionReference(number: 7, revision: 1)

func order(_ kind: CommandKind, _ mission: MissionReference = delivery) -> Command {
    var command = Command()
    command.kind = Open(kind)
    command.mission = mission
    return command
}

@Suite struct AutopilotTests {
    let limits = MotionLimits(flies: true, cruiseSpeed: 15, lowEnergyKilojoules: 100)

    func started(_ items: [MissionItem] = deliveryFlight, flies: Bool = true) throws -> (Autopilot, PointMass)
    {
        var autopilot = Autopilot(
            limits: flies ? limits : MotionLimits(flies: false, cruiseSpeed: 20, reachedRadius: 5))
        let body = PointMass()
        let mission = try #require(HeldMission(reference: delivery, digest: 1, items: items, flies: flies))
        let answer1 = autopilot.load(mission)
        #expect(answer1)
        #expect(autopilot.mode == .ready)
        let answer2 = autopilot.apply(order(.start), body.sensed)
        #expect(answer2 == nil)
        return (autopilot, body)
    }

    /// Steps of 0.1 s until the condition holds; the reports on the way.
    func fly(
        _ autopilot: inout Autopilot, _ body: inout PointMass, atMost seconds: Double = 600,
        until done: (Autopilot, PointMass) -> Bool
    ) -> [AutopilotReport] {
        var reports: [AutopilotReport] = []
        var passed = 0.0
        while passed < seconds, !done(autopilot, body) {
            let before = (body.sensed.velocityEast, body.sensed.velocityNorth)
            body.advance(autopilot.step(seconds: 0.1, body.sensed, reports: &reports), seconds: 0.1)
            let change = hypot(body.sensed.velocityEast - before.0, body.sensed.velocityNorth - before.1)
            if body.sensed.onGround == false { #expect(change <= limits.acceleration * 0.1 + 0.001) }
            passed += 0.1
        }
        #expect(passed < seconds, "not done in \(seconds) s: \(autopilot.mode) leg \(autopilot.leg)")
        return reports
    }

    @Test func fliesADeliveryToItsEnd() throws {
        var (autopilot, body) = try started()
        let reports = fly(&autopilot, &body) { pilot, _ in !pilot.isStarted }
        let kinds = reports.compactMap { report -> Wire.ProgressKind? in
            if case .progress(let kind, _) = report { kind } else { nil }
        }
        #expect(
            kinds == [
                .started, .loaded, .legDone, .legDone, .legDone, .legDone, .legDone, .unloaded, .legDone,
                .completed,
            ])
        #expect(autopilot.mode == .parked)
        #expect(body.sensed.onGround)
        #expect(abs(body.north - 500) < 4 && abs(body.east - 200) < 4)
    }

    @Test func holdsStopsAndResumes() throws {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, body in pilot.leg == 2 && body.north > 100 }
        let answer3 = autopilot.apply(order(.hold), body.sensed)
        #expect(answer3 == nil)
        _ = fly(&autopilot, &body, atMost: 30) { pilot, body in
            pilot.outcome(of: .hold, body.sensed) == true
        }
        let held = body.north
        var reports: [AutopilotReport] = []
        for _ in 0..<100 {
            body.advance(autopilot.step(seconds: 0.1, body.sensed, reports: &reports), seconds: 0.1)
        }
        #expect(abs(body.north - held) < 1)
        #expect(autopilot.mode == .holding)
        #expect(
            autopilot.apply(order(.resume, MissionReference(number: 8, revision: 1)), body.sensed) == .mission
        )
        let answer4 = autopilot.apply(order(.resume), body.sensed)
        #expect(answer4 == nil)
        _ = fly(&autopilot, &body) { pilot, _ in !pilot.isStarted }
        #expect(abs(body.north - 500) < 4)
    }

    @Test func fliesItsContingencyWhenTheLinkDies() throws {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, body in pilot.leg == 2 && body.north > 100 }
        let answer5 = autopilot.linkLost(body.sensed)
        #expect(answer5)
        let answer6 = autopilot.linkLost(body.sensed)
        #expect(!answer6)
        #expect(autopilot.mode == .returning)
        let reports = fly(&autopilot, &body) { pilot, _ in pilot.mode == .parked }
        #expect(reports.contains(.event(.contingency, value: Int32(EventKind.linkLost.rawValue))))
        #expect(
            reports.last == .progress(.aborted, mission: MissionReference(number: 7, revision: 1, leg: 2)))
        #expect(body.sensed.onGround && abs(body.north - 100) < 4 && abs(body.east + 50) < 4)
    }

    /// The straight way to its contingency place is no road.
    @Test func aTruckStopsOnItsRoadWhenTheLinkDies() throws {
        let road = [
            item(.drive, north: 400), item(.unload, north: 400, duration: 1000),
            item(.contingency, north: 0, east: 900),
        ]
        var (autopilot, body) = try started(road, flies: false)
        _ = fly(&autopilot, &body) { _, body in body.north > 150 }
        let began = autopilot.linkLost(body.sensed)
        #expect(began)
        let north = body.north
        let reports = fly(&autopilot, &body, atMost: 120) { pilot, _ in pilot.mode == .parked }
        #expect(autopilot.mode == .parked && body.sensed.velocityNorth == 0)
        #expect(reports.contains(.event(.contingency, value: Int32(EventKind.linkLost.rawValue))))
        #expect(abs(body.east) < 0.5 && body.north >= north && body.north < north + 110, "\(body.north)")
    }

    @Test func lowEnergyBringsItDownByItself() throws {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, _ in pilot.leg == 3 }
        body.sensed.energyKilojoules = 100
        let reports = fly(&autopilot, &body) { pilot, _ in pilot.mode == .parked }
        #expect(reports.contains(.event(.energyLow, value: 100)))
        #expect(abs(body.north - 100) < 4)
        #expect(autopilot.mission == nil)
    }

    @Test func propulsionFaultLandsHere() throws {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, body in pilot.leg == 2 && body.north > 100 }
        body.sensed.health = VehicleSnapshot.HealthBit.propulsion
        _ = fly(&autopilot, &body) { pilot, _ in pilot.mode == .fault }
        #expect(body.sensed.onGround && body.north < 200)
        let answer7 = autopilot.apply(order(.start), body.sensed)
        #expect(answer7 == .mission)
    }

    @Test func withoutPositionHoldsThenLands() throws {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, body in pilot.leg == 2 && body.north > 100 }
        body.sensed.fix = 0
        _ = fly(&autopilot, &body, atMost: 20) { _, body in body.sensed.groundSpeed < 0.01 }
        #expect(autopilot.mode == .holding)
        #expect(!body.sensed.onGround)
        _ = fly(&autopilot, &body, atMost: 200) { pilot, _ in pilot.mode == .parked }
        #expect(body.sensed.onGround)
    }

    @Test func aPositionThatComesBackInTimeContinuesTheMission() throws {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, body in pilot.leg == 2 && body.north > 100 }
        body.sensed.fix = 0
        var reports: [AutopilotReport] = []
        for _ in 0..<50 {
            body.advance(autopilot.step(seconds: 0.1, body.sensed, reports: &reports), seconds: 0.1)
        }
        body.sensed.fix = 3
        _ = fly(&autopilot, &body) { pilot, _ in !pilot.isStarted }
        #expect(abs(body.north - 500) < 4)
    }

    @Test func drivesARoadWithoutStoppingAtEveryBend() throws {
        let road = (1...20).map { item(.drive, north: Double($0) * 50, east: Double($0 % 2) * 2) }
        var (autopilot, body) = try started(road + [item(.wait, duration: 1000)], flies: false)
        var slowest: Float = 100
        _ = fly(&autopilot, &body, atMost: 200) { pilot, body in
            if (2...18).contains(pilot.leg) { slowest = min(slowest, body.sensed.groundSpeed) }
            return !pilot.isStarted
        }
        #expect(slowest > 3)
        #expect(abs(body.north - 1000) < 6)
    }

    @Test func goesToAPointAndObeysASpeedLimit() throws {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, body in pilot.leg == 2 && body.north > 50 }
        var limit = order(.speedLimit)
        limit.speedMillimetersPerSecond = 4000
        let answer8 = autopilot.apply(limit, body.sensed)
        #expect(answer8 == nil)
        var target = order(.goTo)
        let place = item(.fly, north: 50, east: 120, altitude: 250_000)
        (target.latitudeE7, target.longitudeE7) = (place.latitudeE7, place.longitudeE7)
        target.altitudeMillimeters = place.altitudeMillimeters
        let answer9 = autopilot.apply(target, body.sensed)
        #expect(answer9 == nil)
        var fastestLate: Float = 0
        _ = fly(&autopilot, &body) { pilot, body in
            if body.east > 30 { fastestLate = max(fastestLate, body.sensed.groundSpeed) }
            return pilot.mode == .holding
        }
        #expect(fastestLate < 4.1 && fastestLate > 3.5)
        #expect(abs(body.east - 120) < 4)
        target.latitudeE7 = .max
        let answer10 = autopilot.apply(target, body.sensed)
        #expect(answer10 == .invalid)
    }

    @Test func refusesWhatItCannotFly() {
        let truckOnly = [item(.drive, north: 10)]
        #expect(HeldMission(reference: delivery, digest: 0, items: truckOnly, flies: true) == nil)
        #expect(HeldMission(reference: delivery, digest: 0, items: deliveryFlight, flies: false) == nil)
        #expect(HeldMission(reference: delivery, digest: 0, items: [], flies: true) == nil)
        let mixed = [item(.fly), item(.contingency), item(.fly)]
        #expect(HeldMission(reference: delivery, digest: 0, items: mixed, flies: true) == nil)
        var unknown = item(.fly)
        unknown.action = Open(number: 99)
        #expect(HeldMission(reference: delivery, digest: 0, items: [unknown], flies: true) == nil)
    }
}
