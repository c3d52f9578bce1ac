import Foundation
import Testing
import Wire
import World

@testable import Traffic
@testable import Vehicles

/// Eight simulated aircraft of one kind on their missions side by side, that are told manoeuvres.
struct ManoeuvreFlight {
    static let count = 8
    private(set) var simulation: FleetSimulation
    private let origin: Vehicles.Waypoint
    private let mission = MissionReference(number: 1, revision: 1)
    private var commands: UInt64 = 0
    /// By vehicle.
    private(set) var reached = [Int](repeating: 0, count: count)
    private(set) var refused = 0
    /// Where their missions end, metres east of the base, and their level above mean sea level.
    let end: Double
    let level: Double

    /// They take off at Almaty's base and fly east.
    init(
        kind: String, wind: String, load: Double = 0,
        seed: UInt64, end: Double = 4_000
    ) throws {
        let scenario = try Scenario(
            yaml: """
                wind: \(wind)
                sensors: {gnss_noise: 0, gnss_bias: 0}
                load_share: {min: \(load), max: \(load)}
                fleets:
                  - {kind: \(kind), base: ALA, count: \(Self.count)}
                """, file: "t.yaml")
        let world = try #require(testWorld)
        let crew = (1...Self.count).map { CrewMember(id: UInt32($0), fleet: 0, boot: 1) }
        simulation = try FleetSimulation(scenario, crew: crew, world: world, seed: seed, start: 0)
        let base = simulation.coordinate(Self.count / 2)
        origin = Vehicles.Waypoint(
            latitudeE7: base.latitudeE7, longitudeE7: base.longitudeE7, altitudeMillimeters: 0)
        let far = Whereabouts(base).moved(east: end, north: 0, height: 0).coordinate
        self.end = end
        level = max(world.terrain.ground(at: base).meters, world.terrain.ground(at: far).meters) + 70
        var welcome = Welcome()
        welcome.accepted = true
        welcome.boot = 1
        welcome.linkLostAfterMilliseconds = 600_000
        func item(_ action: MissionAction, _ at: Coordinate) -> MissionItem {
            var item = MissionItem()
            item.action = Open(action)
            (item.latitudeE7, item.longitudeE7) = (at.latitudeE7, at.longitudeE7)
            item.altitudeMillimeters = Altitude<MeanSeaLevel>(meters: level).millimeters
            return item
        }
        let items = [item(.load, base), item(.takeoff, base), item(.fly, far), item(.contingency, base)]
        for vehicle in 0..<Self.count {
            simulation.receive(.welcome(welcome), vehicle: vehicle) { _, _ in }
            for part in MissionPart.split(mission: mission, fence: 0, items: items) {
                simulation.receive(.missionPart(part), vehicle: vehicle) { _, _ in }
            }
            send(.start, to: vehicle)
        }
    }

    mutating func send(_ kind: CommandKind, to vehicle: Int, _ fill: (inout Command) -> Void = { _ in }) {
        commands += 1
        var command = Command()
        command.commandID = commands
        command.kind = Open(kind)
        command.mission = mission
        command.notAfterNanoseconds = 1 << 62
        fill(&command)
        simulation.receive(.command(command), vehicle: vehicle) { _, _ in }
    }

    mutating func send(_ manoeuvre: Manoeuvre, to vehicle: Int, seconds: Double) {
        send(.manoeuvre, to: vehicle) { command in
            command.velocityEastMillimetersPerSecond = Int32(manoeuvre.vx * 1000)
            command.velocityNorthMillimetersPerSecond = Int32(manoeuvre.vy * 1000)
            command.climbMillimetersPerSecond = UInt32(manoeuvre.climbRate * 1000)
            command.altitudeMillimeters = Int32(manoeuvre.levelMeters * 1000)
            command.durationMilliseconds = UInt32(seconds * 1000)
        }
    }

    /// The truth, metres from the base and above mean sea level.
    func motion(_ vehicle: Int) -> Traffic.Motion {
        let state = simulation.motionState(vehicle)
        let at = simulation.coordinate(vehicle)
        let offset = LocalOffset.from(
            origin,
            to: Vehicles.Waypoint(
                latitudeE7: at.latitudeE7, longitudeE7: at.longitudeE7, altitudeMillimeters: 0))
        return Motion(
            x: offset.east, y: offset.north, z: state.up, vx: Double(state.velocityEast),
            vy: Double(state.velocityNorth), vz: Double(state.velocityUp))
    }

    func mode(_ vehicle: Int) -> Mode { simulation.session(vehicle).autopilot.mode }

    /// `each` is told the seconds passed.
    mutating func run(seconds: Double, each: (borrowing ManoeuvreFlight, Double) -> Void = { _, _ in }) {
        let begin = simulation.now
        while simulation.now < begin + Int64(seconds * 1e9) {
            simulation.step { vehicle, out in
                for uplink in out.uplinks {
                    switch uplink {
                    case .progress(_, let report) where report.kind.known == .legDone: reached[vehicle] += 1
                    case .commandAck(_, let ack) where ack.stage.known == .rejected: refused += 1
                    default: break
                    }
                }
            }
            each(self, Double(simulation.now - begin) * 1e-9)
        }
    }

    /// Largest distance from the planned way, along the ground and in height, metres; by vehicle.
    mutating func deviations(
        from paths: [FlightPath], seconds: Double
    ) -> [(horizontal: Double, vertical: Double)] {
        var worst = [(horizontal: Double, vertical: Double)](repeating: (0, 0), count: Self.count)
        run(seconds: seconds) { flight, now in
            for vehicle in 0..<Self.count {
                let planned = paths[vehicle].position(now)
                let truth = flight.motion(vehicle)
                let (east, north) = (truth.x - planned.x, truth.y - planned.y)
                worst[vehicle].horizontal = max(
                    worst[vehicle].horizontal, (east * east + north * north).squareRoot())
                worst[vehicle].vertical = max(worst[vehicle].vertical, abs(truth.z - planned.z))
            }
        }
        return worst
    }
}
