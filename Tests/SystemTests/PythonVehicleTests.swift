import CLinux
import Foundation
import Station
import Testing
import Transport
import Wire

/// The station's side of one vehicle, without a controller: welcomes, corrects the clock, acknowledges progress.
private final class OneVehicleStation {
    static let pace: Int64 = 10
    let link: Link
    let fence: UInt64
    private var batch = LinkBatch()
    private(set) var hellos: [Hello] = []
    private(set) var missionAcks: [MissionAck] = []
    private(set) var stages: [UInt64: [CommandStage]] = [:]
    private(set) var progress: [MissionProgress] = []
    private(set) var events: [VehicleEvent] = []
    private(set) var goodbyes = 0
    private(set) var newest: Telemetry?

    /// Ten times faster than the wall, and a day ahead of it: the vehicle must take the station's time.
    static func now() -> Int64 { base + (keruen_monotonic_ns() - started) * pace }
    private static let started = keruen_monotonic_ns()
    private static let base = Int64(Date().timeIntervalSince1970 + 86_400) * 1_000_000_000

    init(_ keys: CurveKeyPair, _ ring: Keyring, port: UInt16, fence: UInt64) throws {
        var configuration = LinkConfiguration()
        configuration.port = port
        configuration.fence = fence
        self.fence = fence
        link = Link(configuration: configuration, keyring: ring, stationKeys: keys) { Self.now() }
        try link.start()
    }

    /// Serves until `condition` holds; false when that takes longer than 20 s of the wall.
    func serve(until condition: () -> Bool) -> Bool {
        let deadline = keruen_monotonic_ns() + 20_000_000_000
        while !condition() {
            guard keruen_monotonic_ns() < deadline else { return false }
            usleep(2000)
            link.collect(into: &batch)
            newest = batch.telemetry.last?.telemetry ?? newest
            for saying in batch.messages { take(saying.message) }
            if let clock = link.status(of: 1)?.clock, clock.isKnown {
                var correction = ClockCorrection()
                correction.offsetNanoseconds = -clock.offsetNanoseconds
                correction.uncertaintyNanoseconds = UInt64(clock.uncertaintyNanoseconds)
                link.send(.clock(correction), to: 1)
            }
        }
        return true
    }

    private func take(_ message: Uplink) {
        switch message {
        case .hello(let stamp, let hello):
            hellos.append(hello)
            var welcome = Welcome()
            welcome.accepted = true
            welcome.boot = stamp.boot
            welcome.fence = fence
            welcome.linkLostAfterMilliseconds = 10_000
            welcome.stationTimeNanoseconds = UInt64(Self.now())
            link.send(.welcome(welcome), to: 1)
        case .missionAck(_, let ack): missionAcks.append(ack)
        case .commandAck(_, let ack):
            if let stage = ack.stage.known { stages[ack.commandID, default: []].append(stage) }
        case .progress(_, let report):
            progress.append(report)
            var ack = ProgressAck()
            ack.mission = report.mission
            ack.kind = report.kind
            // The first of each is not answered, so that it must be said again.
            if progress.count(where: { $0 == report }) > 1 { link.send(.progressAck(ack), to: 1) }
        case .event(_, let event): events.append(event)
        case .goodbye: goodbyes += 1
        case .heartbeat: break
        }
    }

    /// Uploads the mission and sees it held.
    func upload(_ mission: MissionReference, _ items: [MissionItem]) -> Bool {
        for part in MissionPart.split(mission: mission, fence: fence, items: items) {
            link.send(.missionPart(part), to: 1)
        }
        return serve { missionAcks.contains { $0.mission == mission && $0.result.known == .complete } }
    }

    func command(_ kind: CommandKind, _ mission: MissionReference, counter: UInt64, seconds: Int64 = 60) {
        var command = Command()
        command.commandID = fence << 32 | counter
        command.fence = fence
        command.kind = Open(kind)
        command.mission = mission
        command.notAfterNanoseconds = UInt64(Self.now() + seconds * 1_000_000_000)
        link.send(.command(command), to: 1)
    }

    func kinds(of mission: MissionReference) -> [Wire.ProgressKind] {
        var kinds: [Wire.ProgressKind] = []
        for report in progress where report.mission.withoutLeg == mission {
            if let kind = report.kind.known, !kinds.contains(kind) { kinds.append(kind) }
        }
        return kinds
    }
}

/// `Docs/robust_vehicle.py` against the station's real link: that another can speak the protocol from its description.
@Suite struct PythonVehicleTests {
    private static func item(_ action: MissionAction, north: Double, altitude: Int32, wait: UInt32 = 0)
        -> MissionItem
    {
        var item = MissionItem()
        item.action = Open(action)
        item.latitudeE7 = 433_000_000 + Int32(north / 111_195 * 1e7)
        item.longitudeE7 = 770_000_000
        item.altitudeMillimeters = altitude * 1000
        item.durationMilliseconds = wait
        return item
    }

    private static func items(meters: Double, takeoffs: Int = 1) -> [MissionItem] {
        Array(repeating: item(.takeoff, north: 0, altitude: 630), count: takeoffs) + [
            item(.fly, north: meters, altitude: 630), item(.land, north: meters, altitude: 600),
            item(.unload, north: meters, altitude: 600, wait: 2000),
            item(.contingency, north: 30, altitude: 640), item(.contingency, north: 0, altitude: 600),
        ]
    }

    /// Google's protobuf reads every golden frame, one of each type and two of commands, and writes the same bytes; the
    /// digest agrees as well.
    @Test func anotherImplementationAgreesOnTheGoldenBytes() throws {
        let (status, output) = try PythonVehicle.run(
            """
            import robust_vehicle as v
            frames = [line.split() for line in open("../Tests/WireTests/Golden/v1.0.txt") if line[0] not in "#\\n"]
            for name, text in frames:
                is_down, frame = name.startswith("downlink"), bytes.fromhex(text)
                kind, body = (frame[6], frame[8:]) if is_down else (frame[2], frame[4:])
                message = (v.DOWN[kind - 65] if is_down else v.UP[kind - 1]).FromString(body)
                assert message.SerializeToString() == body, name
                assert name != "downlink.missionPart" or v.digest(message.items) == message.digest
            print(len(frames), v.digest([]))
            """)
        #expect(status == 0 && output == "\(Envelope.MessageType.allCases.count + 1) 0\n", "\(output)")
    }

    @Test(.timeLimit(.minutes(3))) func aVehicleMadeFromTheDescriptionFlies() throws {
        let stationKeys = try CurveKeyPair.generate()
        let keys = try CurveKeyPair.generate()
        let ring = Keyring(enrolments: [
            Enrolment(id: 1, name: "p1", kind: "multirotor", company: "own", publicKey: keys.publicKey)
        ])
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "keruen-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let secret = folder.appending(path: "p1.secret").path
        try VehicleSecret(
            id: 1, name: "p1", kind: "multirotor", company: "own", keys: keys, station: stationKeys.publicKey
        ).save(to: secret)

        // Two ports in a row that are free now.
        let port = UInt16.random(in: 20_000...29_999)
        var station = try OneVehicleStation(stationKeys, ring, port: port, fence: 1)
        let vehicle = try PythonVehicle.start(
            secret: secret, station: "127.0.0.1:\(port)", place: "43.3,77.0,600",
            pace: Int(OneVehicleStation.pace))
        try #require(station.serve { station.newest != nil }, "\(vehicle.output)")
        #expect(station.hellos.first?.vehicleID == 1)

        // In parts, because it has more than 32 items, then flown.
        let first = MissionReference(number: 42, revision: 1)
        let isHeld = station.upload(first, Self.items(meters: 150, takeoffs: 40))
        try #require(isHeld, "\(vehicle.output)")
        station.command(.start, MissionReference(number: 42, revision: 2), counter: 1)
        station.command(.start, first, counter: 2, seconds: -1)
        station.command(.start, first, counter: 3)
        station.command(.start, first, counter: 3)
        try #require(station.serve { station.newest?.mode.known == .moving }, "\(vehicle.output)")
        #expect(station.stages[1 << 32 | 1] == [.received, .rejected])
        #expect(station.stages[1 << 32 | 2] == [.received, .rejected])
        #expect(station.stages[1 << 32 | 3]?.contains(.started) == true)
        station.command(.hold, first, counter: 4)
        try #require(station.serve { station.newest?.mode.known == .holding }, "\(vehicle.output)")

        // The station restarts; the vehicle finds it again and the mission goes on.
        station.link.stop()
        station = try OneVehicleStation(stationKeys, ring, port: port, fence: 2)
        try #require(station.serve { !station.hellos.isEmpty }, "\(vehicle.output)")
        #expect(station.hellos.first?.mission.withoutLeg == first)
        #expect((1...2).contains(station.hellos.first?.fence ?? 0))
        station.command(.resume, first, counter: 1)
        try #require(
            station.serve {
                station.kinds(of: first).last == .completed && station.newest?.mode.known == .parked
            }, "\(vehicle.output)")
        #expect(station.kinds(of: first).contains(.unloaded))
        let north = Double((station.newest?.latitudeE7 ?? 0) - 433_000_000) * 1e-7 * 111_195
        #expect(abs(north - 150) < 1)

        // The link is lost in flight: home by itself, and the story told afterwards.
        let second = MissionReference(number: 43, revision: 1)
        let isSecondHeld = station.upload(second, Self.items(meters: 2000))
        try #require(isSecondHeld, "\(vehicle.output)")
        station.command(.start, second, counter: 2)
        try #require(station.serve { station.newest?.mode.known == .moving }, "\(vehicle.output)")
        // Sent back, then on again: the mission goes on where it was.
        station.command(.returnHome, second, counter: 3)
        try #require(station.serve { station.newest?.mode.known == .returning }, "\(vehicle.output)")
        station.command(.resume, second, counter: 4)
        try #require(station.serve { station.newest?.mode.known == .moving }, "\(vehicle.output)")
        station.link.stop()
        usleep(3_000_000)
        station = try OneVehicleStation(stationKeys, ring, port: port, fence: 3)
        try #require(
            station.serve {
                station.kinds(of: second).last == .aborted && station.newest?.mode.known == .parked
            },
            "\(vehicle.output)")
        #expect(station.events.contains { $0.kind.known == .linkLost && $0.value >= 10 }, "\(vehicle.output)")
        #expect(abs(Double((station.newest?.latitudeE7 ?? 0) - 433_000_000)) < 10)

        // Nothing it said was refused.
        #expect(LinkRefusal.allCases.allSatisfy { station.link.refused($0, of: 1) == 0 })
        vehicle.terminate()
        try #require(station.serve { station.goodbyes == 1 }, "\(vehicle.output)")
        station.link.stop()
    }
}
