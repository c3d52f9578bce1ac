import Glibc
import Testing
import Transport
import Vehicles
import Wire
import World

/// One multirotor with real physics, flown by its autopilot, that speaks through its session over real sockets.
/// Its frame's origin lies at 43.3 N, 77 E on ground 600 m above sea level.
final class SimpleDrone {
    static let latitude = 43.3
    static let longitude = 77.0
    static let groundMeters = 600.0
    static let metersPerDegree = 111_110.0

    var fleet = MultirotorFleet(wind: WindField(east: 2, north: 1), seed: 7)
    var session: VehicleSession
    let connection: VehicleConnection
    let message = Message()
    var out = SessionOutput()
    private var arena = DecodeArena()

    init(context: Context, secret: VehicleSecret, uplinkEndpoint: String, downlinkEndpoint: String) throws {
        _ = fleet.add(at: MotionState(energyJoules: 3_000_000), groundUp: 0)
        var hello = Hello()
        hello.vehicleID = secret.id
        hello.kind = Open(.multirotor)
        hello.model = "test"
        hello.payloadCapacityGrams = 5000
        hello.cargoVolumeLiters = 20
        hello.cruiseSpeedMillimetersPerSecond = 15_000
        hello.energyCapacityKilojoules = 3000
        hello.rangeMeters = 20_000
        session = VehicleSession(
            identity: hello, boot: 77,
            autopilot: Autopilot(limits: MotionLimits(flies: true, cruiseSpeed: 15)),
            snapshot: Self.snapshot(fleet.state(0)))
        connection = try VehicleConnection(
            context: context, secret: secret, uplinkEndpoint: uplinkEndpoint,
            downlinkEndpoint: downlinkEndpoint)
    }

    /// A point `north` metres from home.
    static func coordinate(north: Double) -> Coordinate {
        Coordinate(
            latitudeE7: Int32((latitude + north / metersPerDegree) * 1e7), longitudeE7: Int32(longitude * 1e7)
        )
    }

    static func snapshot(_ state: MotionState) -> VehicleSnapshot {
        let north = state.north / metersPerDegree
        let east = state.east / (metersPerDegree * cos(latitude * .pi / 180))
        var snapshot = VehicleSnapshot(
            latitudeE7: Int32((latitude + north) * 1e7), longitudeE7: Int32((longitude + east) * 1e7),
            altitudeMillimeters: Int32((groundMeters + state.up) * 1000),
            energyKilojoules: UInt32(state.energyJoules / 1000))
        snapshot.heightMeters = Float(state.up)
        (snapshot.velocityEast, snapshot.velocityNorth, snapshot.velocityUp) =
            (state.velocityEast, state.velocityNorth, state.velocityUp)
        (snapshot.roll, snapshot.pitch, snapshot.heading, snapshot.yawRate) =
            (state.roll, state.pitch, state.heading, state.yawRate)
        (snapshot.horizontalAccuracyCentimeters, snapshot.verticalAccuracyCentimeters) = (150, 250)
        snapshot.onGround = state.onGround
        return snapshot
    }

    /// Hears, decides, flies 40 ms and speaks.
    func live(at nanoseconds: Int64) throws {
        let time = VehicleTime(wallNanoseconds: nanoseconds, monotonicNanoseconds: nanoseconds)
        var heard: [Downlink] = []
        _ = try connection.receive(into: message) { bytes in
            guard let frame = try? Envelope.parseDownlink(bytes),
                let message = try? Downlink.decode(type: frame.type, frame.body, arena: &arena)
            else {
                Issue.record("the station sent something unreadable")
                return
            }
            heard.append(message)
        }
        for message in heard { session.receive(message, at: time, out: &out) }
        fleet.command(0, session.step(at: time, Self.snapshot(fleet.state(0)), out: &out))
        fleet.advance(steps: 10)
        for uplink in out.uplinks { connection.enqueue(uplink.encode()) }
        if let newest = out.telemetry.last { connection.replaceTelemetry { newest.encodeFrame(into: $0) } }
        out.removeAll()
        try connection.flush()
    }
}
