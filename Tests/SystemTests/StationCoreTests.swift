import Controller
import FoundationEssentials
import Glibc
import Logging
import Synchronization
import Testing
import Transport
import Wire
import World

@testable import Station

/// What the station's core says and does where nothing on the wire shows it at once.
@Suite struct StationCoreTests {
    private static let start = Instant(nanoseconds: 1_780_272_000_000_000_000)

    /// Keeps what is logged.
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }
        func add(_ line: String) { kept.withLock { $0.append(line) } }
    }

    private struct Keeper: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.add("\(event.message)") }
    }

    /// A core on a real journal and a real link nobody is connected to, which knows vehicle 3.
    private func withCore(_ body: (inout StationCore, Lines) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/keruen-\(UInt64.random(in: 0 ..< .max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let keys = try CurveKeyPair.generate()
        let ring = Keyring(enrolments: [
            Enrolment(id: 3, name: "d3", kind: "multirotor", company: "own", publicKey: keys.publicKey)
        ])
        var configuration = LinkConfiguration()
        configuration.port = 0
        let link = Link(
            configuration: configuration, keyring: ring, stationKeys: try CurveKeyPair.generate(),
            onFailure: { _ in }, clock: { Self.start.nanoseconds })
        try link.start()
        defer { link.stop() }
        let lines = Lines()
        var core = StationCore(
            controller: Controller(
                configuration: ControllerConfiguration(), geography: FirstFlightTests.flat),
            link: link, journal: try Journal<Event>(directory: path),
            enrolments: [3: .init(name: "d3", kind: .multirotor, company: "own")],
            datums: AltitudeDatums(ground: FirstFlightTests.flat.ground, geoid: nil), rhythm: StationRhythm(),
            pace: nil, log: Logger(label: "test") { _ in Keeper(lines: lines) }, at: Self.start, monotonic: 0)
        core.step(.stationStarted(fence: core.fence, at: core.now))
        try body(&core, lines)
    }

    private func hello() -> Hello {
        var hello = Hello()
        hello.vehicleID = 3
        hello.kind = Open(.multirotor)
        hello.cruiseSpeedMillimetersPerSecond = 15_000
        hello.energyCapacityKilojoules = 5000
        hello.rangeMeters = 30_000
        hello.payloadCapacityGrams = 5000
        return hello
    }

    @Test func aRefusalIsLoggedOnceNotWithEachHello() throws {
        try withCore { core, lines in
            var wrong = hello()
            wrong.kind = Open(.truck)
            for _ in 0..<50 { core.greet(wrong, boot: 1) }
            #expect(lines.all.filter { $0.contains("is refused") }.count == 1)
            wrong.minorMin = 7
            wrong.minorMax = 9
            wrong.kind = Open(.multirotor)
            for _ in 0..<50 { core.greet(wrong, boot: 1) }
            #expect(lines.all.filter { $0.contains("is refused") }.count == 2)
        }
    }

    @Test func aFenceAboveOursTellsTheOperatorWhatToDo() throws {
        try withCore { core, lines in
            var stranger = hello()
            stranger.fence = 17
            for second in 0..<60 {
                core.pump(at: Self.start.advanced(bySeconds: Double(second)))
                core.greet(stranger, boot: 1)
            }
            #expect(lines.all.filter { $0.contains("--fence-above 17") }.count == 1)
        }
    }

    @Test func aCommandThatCannotBeSentIsReportedAsFailed() throws {
        try withCore { core, lines in
            core.greet(hello(), boot: 1)
            for counter in 0..<(CommandDelivery.laneMax + 1) {
                core.send(
                    OutboundCommand(
                        id: core.fence << 32 | UInt64(counter + 1), fence: core.fence, vehicle: VehicleID(3),
                        verb: .start, mission: MissionID(1), revision: 1, issuedAt: Self.start,
                        notAfter: Self.start.advanced(bySeconds: 30), reason: "test"))
            }
            let told = lines.all.filter { $0.contains("failed") && $0.contains("never sent") }
            #expect(told.count == 1, "\(lines.all)")
        }
    }

    @Test func revokingAVehicleEndsItsUpload() throws {
        try withCore { core, _ in
            core.greet(hello(), boot: 1)
            let mission = Mission(
                id: MissionID(9), revision: 1, vehicle: VehicleID(3), order: nil, steps: [],
                createdAt: Self.start, expectedEnd: Self.start, reason: "")
            _ = core.uploads.begin(mission, fence: core.fence, deadline: .max)
            core.cutOff(VehicleID(3))
            #expect(core.uploads.count == 0)
        }
    }
}
