import CLinux
import Glibc
import Station
import Synchronization
import Testing
import Transport
import Vehicles
import Wire
import World

/// One multirotor with real physics, flown by its autopilot, that speaks through its session over real sockets.
/// Its frame's origin lies at 43.3 N, 77 E, 600 m above sea level.
private final class Drone {
    static let latitude = 43.3
    static let longitude = 77.0
    static let metersPerDegree = 111_110.0

    var fleet = MultirotorFleet(wind: WindField(east: 2, north: 1), seed: 7)
    var session: VehicleSession
    let connection: VehicleConnection
    let message = Message()
    var out = SessionOutput()

    init(context: Context, secret: VehicleSecret, link: Link) throws {
        _ = fleet.add(at: MotionState(energyJoules: 3_000_000), groundUp: 0)
        var hello = Hello()
        hello.vehicleID = secret.id
        hello.minorMax = 0
        hello.kind = Open(.multirotor)
        session = VehicleSession(
            identity: hello, boot: 77,
            autopilot: Autopilot(limits: MotionLimits(flies: true, cruiseSpeed: 15)),
            snapshot: Self.snapshot(fleet.state(0)))
        connection = try VehicleConnection(
            context: context, secret: secret, uplinkEndpoint: link.uplinkEndpoint,
            downlinkEndpoint: link.downlinkEndpoint)
    }

    static func snapshot(_ state: MotionState) -> VehicleSnapshot {
        let north = state.north / metersPerDegree
        let east = state.east / (metersPerDegree * cos(latitude * .pi / 180))
        var snapshot = VehicleSnapshot(
            latitudeE7: Int32((latitude + north) * 1e7), longitudeE7: Int32((longitude + east) * 1e7),
            altitudeMillimeters: Int32((600 + state.up) * 1000),
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
    func live(at nanoseconds: Int64, arena: inout DecodeArena) throws {
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

@Suite struct FirstFlightTests {
    /// A point `north` metres from home, at `altitude` metres above sea level.
    private func item(_ action: MissionAction, north: Double, altitude: Double, wait: UInt32 = 0)
        -> MissionItem
    {
        var item = MissionItem()
        item.action = Open(action)
        item.latitudeE7 = Int32((Drone.latitude + north / Drone.metersPerDegree) * 1e7)
        item.longitudeE7 = Int32(Drone.longitude * 1e7)
        item.altitudeMillimeters = Int32(altitude * 1000)
        item.durationMilliseconds = wait
        return item
    }

    /// Hello, welcome, upload, start, flight, progress: the whole road of one mission over CURVE on loopback.
    @Test(.timeLimit(.minutes(2))) func aDroneFliesItsMissionOverRealSockets() throws {
        let stationKeys = try CurveKeyPair.generate()
        let droneKeys = try CurveKeyPair.generate()
        let ring = Keyring(enrolments: [
            Enrolment(id: 3, name: "d3", kind: "multirotor", company: "own", publicKey: droneKeys.publicKey)
        ])
        let clock = SharedTime(1_760_000_000_000_000_000)
        var configuration = LinkConfiguration()
        configuration.port = 0
        let link = Link(configuration: configuration, keyring: ring, stationKeys: stationKeys) { clock.now }
        try link.start()
        defer { link.stop() }

        let context = try Context()
        let secret = VehicleSecret(
            id: 3, name: "d3", kind: "multirotor", company: "own", keys: droneKeys,
            station: stationKeys.publicKey)
        let drone = try Drone(context: context, secret: secret, link: link)
        var arena = DecodeArena()

        let mission = MissionReference(number: 42, revision: 1)
        let items = [
            item(.takeoff, north: 0, altitude: 630), item(.fly, north: 150, altitude: 630),
            item(.land, north: 150, altitude: 600), item(.unload, north: 150, altitude: 600, wait: 2000),
            item(.contingency, north: 0, altitude: 600),
        ]
        var batch = LinkBatch()
        var progress: [ProgressKind] = []
        var stages: [CommandStage] = []
        var farthest: Int32 = 0
        var isUploaded = false
        for _ in 0..<6000 where progress.last != .completed || drone.session.unacknowledgedProgress > 0 {
            clock.advance(nanoseconds: 40_000_000)
            try drone.live(at: clock.now, arena: &arena)
            usleep(2000)
            link.collect(into: &batch)
            for report in batch.telemetry { farthest = max(farthest, report.telemetry.latitudeE7) }
            for saying in batch.messages {
                #expect(saying.vehicle == 3)
                switch saying.message {
                case .hello(_, let hello):
                    var welcome = Welcome()
                    welcome.accepted = true
                    welcome.boot = 77
                    welcome.fence = 1
                    // The test's clock runs some twenty times too fast for the usual three seconds.
                    welcome.linkLostAfterMilliseconds = 60_000
                    welcome.stationTimeNanoseconds = UInt64(clock.now)
                    #expect(hello.vehicleID == 3 && link.send(.welcome(welcome), to: 3))
                    if !isUploaded {
                        for part in MissionPart.split(mission: mission, fence: 1, items: items) {
                            #expect(link.send(.missionPart(part), to: 3))
                        }
                    }
                case .missionAck(_, let ack) where ack.result.known == .complete:
                    #expect(ack.digest == MissionDigest.of(items))
                    isUploaded = true
                    var command = Command()
                    command.commandID = 1 << 32 | 1
                    command.fence = 1
                    command.kind = Open(.start)
                    command.mission = mission
                    command.issuedAtNanoseconds = UInt64(clock.now)
                    command.notAfterNanoseconds = UInt64(clock.now + 60_000_000_000)
                    command.timeToLiveMilliseconds = 60_000
                    #expect(link.send(.command(command), to: 3))
                case .commandAck(_, let ack): if let stage = ack.stage.known { stages.append(stage) }
                case .progress(_, let report):
                    guard let kind = report.kind.known else { continue }
                    if progress.last != kind { progress.append(kind) }
                    var ack = ProgressAck()
                    ack.mission = report.mission
                    ack.kind = report.kind
                    #expect(link.send(.progressAck(ack), to: 3))
                default: break
                }
            }
        }
        #expect(progress.first == .started && progress.contains(.unloaded) && progress.last == .completed)
        #expect(stages.contains(.received) && stages.contains(.accepted) && !stages.contains(.rejected))
        let flownMeters = (Double(farthest) * 1e-7 - Drone.latitude) * Drone.metersPerDegree
        #expect(abs(flownMeters - 150) < 5)
        #expect(drone.fleet.state(0).onGround && !drone.fleet.isWrecked(0))
    }
}

/// Simulated time that the link's thread reads and the test moves on.
private final class SharedTime: Sendable {
    private let value: Atomic<Int64>
    init(_ start: Int64) { value = Atomic(start) }
    var now: Int64 { value.load(ordering: .acquiring) }
    func advance(nanoseconds: Int64) { value.add(nanoseconds, ordering: .acquiringAndReleasing) }
}
