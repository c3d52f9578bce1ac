import Foundation
import Testing
import Wire
import World

@testable import Traffic
@testable import Vehicles

/// One simulated aircraft on its mission through still or moving air, that is told manoeuvres.
struct ManoeuvreFlight {
    private(set) var simulation: FleetSimulation
    private let origin: Vehicles.Waypoint
    private let mission = MissionReference(number: 1, revision: 1)
    private var commands: UInt64 = 0
    private(set) var acks: [(id: UInt64, stage: CommandStage?, rejection: Rejection?)] = []
    private(set) var telemetry: [Telemetry] = []
    /// Level of the mission, metres above mean sea level.
    let level: Double

    /// Takes off at Almaty's base and flies east, 40 km.
    init(kind: String, wind: String = "{speed: 0, gust: 0}", sensors: String, seed: UInt64) throws {
        let scenario = try Scenario(
            yaml: """
                wind: \(wind)
                sensors: \(sensors)
                fleets:
                  - {kind: \(kind), base: ALA, count: 1}
                """, file: "t.yaml")
        let world = try #require(testWorld)
        simulation = try FleetSimulation(
            scenario, crew: [CrewMember(id: 1, fleet: 0, boot: 1)], world: world, seed: seed, start: 0)
        let base = simulation.coordinate(0)
        origin = Vehicles.Waypoint(
            latitudeE7: base.latitudeE7, longitudeE7: base.longitudeE7, altitudeMillimeters: 0)
        let far = Whereabouts(base).moved(east: 40_000, north: 0, height: 0).coordinate
        level = max(world.terrain.ground(at: base).meters, world.terrain.ground(at: far).meters) + 400
        var welcome = Welcome()
        welcome.accepted = true
        welcome.boot = 1
        welcome.linkLostAfterMilliseconds = 600_000
        simulation.receive(.welcome(welcome), vehicle: 0) { _, _ in }
        func item(_ action: MissionAction, _ at: Coordinate, _ meters: Double) -> MissionItem {
            var item = MissionItem()
            item.action = Open(action)
            (item.latitudeE7, item.longitudeE7) = (at.latitudeE7, at.longitudeE7)
            item.altitudeMillimeters = Altitude<MeanSeaLevel>(meters: meters).millimeters
            return item
        }
        let items = [item(.takeoff, base, level), item(.fly, far, level), item(.contingency, base, level)]
        for part in MissionPart.split(mission: mission, fence: 0, items: items) {
            simulation.receive(.missionPart(part), vehicle: 0) { _, _ in }
        }
        send(.start)
    }

    mutating func send(_ kind: CommandKind, _ fill: (inout Command) -> Void = { _ in }) {
        commands += 1
        var command = Command()
        command.commandID = commands
        command.kind = Open(kind)
        command.mission = mission
        command.notAfterNanoseconds = 1 << 62
        fill(&command)
        simulation.receive(.command(command), vehicle: 0) { _, _ in }
    }

    mutating func send(_ manoeuvre: Manoeuvre, seconds: Double) {
        send(.manoeuvre) { command in
            command.velocityEastMillimetersPerSecond = Int32(manoeuvre.vx * 1000)
            command.velocityNorthMillimetersPerSecond = Int32(manoeuvre.vy * 1000)
            command.climbMillimetersPerSecond = UInt32(manoeuvre.climbRate * 1000)
            command.altitudeMillimeters = Int32(manoeuvre.levelMeters * 1000)
            command.durationMilliseconds = UInt32(seconds * 1000)
        }
    }

    /// The truth, metres from the base and above mean sea level.
    var motion: Traffic.Motion {
        let state = simulation.motionState(0)
        let at = simulation.coordinate(0)
        let offset = LocalOffset.from(
            origin,
            to: Vehicles.Waypoint(
                latitudeE7: at.latitudeE7, longitudeE7: at.longitudeE7, altitudeMillimeters: 0))
        return Traffic.Motion(
            x: offset.east, y: offset.north, z: state.up, vx: Double(state.velocityEast),
            vy: Double(state.velocityNorth), vz: Double(state.velocityUp))
    }

    var mode: Mode { simulation.session(0).autopilot.mode }

    mutating func run(seconds: Double, each: (Traffic.Motion) -> Void = { _ in }) {
        let end = simulation.now + Int64(seconds * 1e9)
        while simulation.now < end {
            simulation.step { _, out in
                telemetry.append(contentsOf: out.telemetry)
                for case .commandAck(_, let ack) in out.uplinks {
                    acks.append((ack.commandID, ack.stage.known, ack.rejection.known))
                }
            }
            each(motion)
        }
    }

    /// Largest distance from the planned path over the time, along the ground and in height, metres.
    mutating func deviation(
        _ manoeuvre: Manoeuvre, acceleration: Double, seconds: Double
    ) -> (horizontal: Double, vertical: Double) {
        let start = motion
        let path = FlightPath(start, manoeuvre, acceleration: acceleration)
        send(manoeuvre, seconds: seconds + 1)
        var worst = (horizontal: 0.0, vertical: 0.0)
        let begin = simulation.now
        var now = begin
        let step = simulation.controlNanoseconds
        run(seconds: seconds) { motion in
            now += step
            let planned = path.position(Double(now - begin) * 1e-9)
            let (east, north) = (motion.x - planned.x, motion.y - planned.y)
            worst.horizontal = max(worst.horizontal, (east * east + north * north).squareRoot())
            worst.vertical = max(worst.vertical, abs(motion.z - planned.z))
        }
        return worst
    }
}
