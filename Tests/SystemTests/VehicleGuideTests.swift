import Foundation
import Testing
import Wire

@testable import Station

/// What `Docs/Vehicles.md` tells makers of vehicles is what the code does.
@Suite struct VehicleGuideTests {
    let guide: VehicleGuide
    let schema: Schema

    init() throws {
        guide = try VehicleGuide()
        schema = try Schema()
    }

    private static let names: [Envelope.MessageType: String] = [
        .hello: "Hello", .telemetry: "Telemetry", .heartbeat: "VehicleHeartbeat", .commandAck: "CommandAck",
        .missionAck: "MissionAck", .progress: "MissionProgress", .event: "VehicleEvent",
        .goodbye: "VehicleGoodbye", .welcome: "Welcome", .stationHeartbeat: "StationHeartbeat",
        .clock: "ClockCorrection", .command: "Command", .missionPart: "MissionPart",
        .progressAck: "ProgressAck", .stationGoodbye: "StationGoodbye",
    ]

    /// 4088 as 4,088.
    private static func grouped(_ number: Int) -> String {
        number < 1000
            ? "\(number)" : "\(grouped(number / 1000)),\(String("\(number % 1000 + 1000)".dropFirst()))"
    }

    private static func time(_ milliseconds: Int64) -> String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }

    @Test func messageTypesAndSizes() {
        let expected = Envelope.MessageType.allCases.map { type in
            [
                "\(type.rawValue)", Self.names[type] ?? "", type.rawValue < 64 ? "up" : "down",
                Self.grouped(type.sizeMax),
            ]
        }
        #expect(guide.rows(below: "Frames").dropFirst(2).map { $0 } == expected)
    }

    @Test func everyFieldIsDescribed() {
        #expect(schema.messages.count == Envelope.MessageType.allCases.count + 1)
        for (message, fields) in schema.messages {
            let described = guide.rows(below: message).dropFirst(2).map {
                Schema.Field(number: Int($0[0]) ?? 0, name: $0[1], type: $0[2])
            }
            let isStamped = fields.first?.name == "boot" && message != "Telemetry"
            #expect(described == Array(fields.dropFirst(isStamped ? 2 : 0)), "\(message)")
        }
    }

    @Test func everyEnumerationIsDescribed() {
        for (enumeration, cases) in schema.enumerations {
            let areBits = enumeration == "Capability" || enumeration == "HealthFlag"
            let text = guide.paragraph(areBits ? "\(enumeration), as bit numbers" : "\(enumeration):")
            let words =
                text.replacing(/[,.:;()]/, with: "").split(separator: " ").joined(separator: " ") + " "
            for (number, name) in cases where areBits || number > 0 {
                #expect(words.contains(" \(number) \(name) "), "\(enumeration) \(number) \(name)")
            }
        }
    }

    @Test func commandsAndProgressAreExplained() {
        let commands = schema.enumerations["CommandKind"]?.dropFirst().map(\.name) ?? []
        #expect(guide.rows(below: "Commands").dropFirst(2).map { $0[0] } == commands)
        let kinds = schema.enumerations["ProgressKind"]?.dropFirst().map(\.name) ?? []
        #expect(guide.rows(below: "Progress").dropFirst(2).map { $0[0] } == kinds)
    }

    @Test func everyCauseOfRefusalIsExplained() {
        let rows = guide.rows(below: "What is refused, and how to find out").dropFirst(2)
        #expect(rows.map { $0[0] } == LinkRefusal.allCases.map { "\($0)" })
    }

    @Test func limitsAndTimes() {
        let l = WireLimits.self
        let rhythm = StationRhythm()
        func range(_ range: ClosedRange<UInt32>) -> String {
            "\(range.lowerBound) to \(Self.grouped(Int(range.upperBound))) ms"
        }
        #expect(Hello.textSizeMax == Welcome.textSizeMax && VehicleEvent.textSizeMax == Command.textSizeMax)
        let expected = [
            ["longest frame", "\(Self.grouped(Envelope.frameSizeMax)) bytes"],
            ["longest protobuf message", "\(Self.grouped(Envelope.messageSizeMax)) bytes"],
            ["messages of one vehicle, in the long run", "\(Int(l.messagesPerSecond)) a second"],
            ["messages of one vehicle, at once", "\(Int(l.messageBurst))"],
            ["items in one part", "\(MissionPart.itemsMax)"],
            ["parts of a mission", "\(MissionPart.partsMax)"],
            ["items of a mission", Self.grouped(MissionPart.missionItemsMax)],
            ["model and software of a Hello, name of a station", "\(Hello.textSizeMax) bytes"],
            ["text of an event, reason of a command", "\(Command.textSizeMax) bytes"],
            ["commands remembered", "\(l.commandMemory)"],
            ["Hello repeated every", Self.time(l.helloMilliseconds)],
            ["Hello after a refusal every", Self.time(l.refusedHelloMilliseconds)],
            ["sockets made anew after silence of", Self.time(l.renewFirstMilliseconds)],
            ["sockets made anew at most every", Self.time(l.renewMaxMilliseconds)],
            ["command or mission part repeated after", Self.time(l.commandRetryFirstMilliseconds)],
            ["command or mission part repeated at most every", Self.time(l.commandRetryMaxMilliseconds)],
            ["progress repeated after", Self.time(l.progressRetryFirstMilliseconds)],
            ["progress repeated at most every", Self.time(l.progressRetryMaxMilliseconds)],
            ["measurement ahead of the station's clock", Self.time(l.futureMilliseconds)],
            ["the same, more when the correction is unsure", Self.time(l.futureUncertaintyMaxMilliseconds)],
            ["measurement behind the station's clock", Self.time(l.lateMilliseconds)],
            ["correction ignored when less sure than", Self.time(l.clockUncertaintyMaxMilliseconds)],
            ["telemetry interval held within", range(l.telemetryIntervalMilliseconds)],
            ["heartbeat interval held within", range(l.heartbeatIntervalMilliseconds)],
            ["link lost held within", range(l.linkLostMilliseconds)],
            ["telemetry interval, real time", Self.time(Int64(rhythm.telemetryMilliseconds))],
            ["heartbeat interval, real time", Self.time(Int64(rhythm.heartbeatMilliseconds))],
            ["link lost, real time", Self.time(Int64(rhythm.linkLostMilliseconds))],
        ]
        #expect(guide.rows(below: "Limits and times").dropFirst(2).map { $0 } == expected)
    }

    /// The ranges in the tables are those of the validation.
    @Test func ranges() throws {
        let rows = guide.rows(below: "Telemetry")
        func text(_ field: String) -> String { rows.first { $0.count > 3 && $0[1] == field }?[3] ?? "" }
        func both(_ limit: Int32) -> String { "-\(Self.grouped(Int(limit))) to \(Self.grouped(Int(limit)))" }
        let altitudes = Telemetry.altitudeMillimetersRange
        #expect(text("latitude_e7").contains(both(Telemetry.latitudeE7Max)))
        #expect(text("longitude_e7").contains(both(Telemetry.longitudeE7Max)))
        #expect(
            text("altitude_mm").contains(
                "-\(Self.grouped(Int(-altitudes.lowerBound))) to \(Self.grouped(Int(altitudes.upperBound)))"))
        for axis in ["east", "north", "up"] {
            #expect(text("velocity_\(axis)_mm_s").contains(both(Telemetry.speedMillimetersPerSecondMax)))
        }
        #expect(text("attitude").contains("0 to \(Self.grouped(Int(Telemetry.fullCircleCentidegrees) - 1))"))
        #expect(text("link").contains("0 to \(Self.grouped(Int(Telemetry.lossPerTenThousandMax)))"))
        func fromOne(_ limit: UInt32) -> String { "1 to \(Self.grouped(Int(limit)))" }
        let hello = guide.rows(below: "Hello")
        func said(_ field: String) -> String { hello.first { $0.count > 3 && $0[1] == field }?[3] ?? "" }
        #expect(said("payload_capacity_g").contains(Self.grouped(Int(Hello.payloadGramsMax))))
        #expect(said("cargo_volume_l").contains(Self.grouped(Int(Hello.cargoVolumeLitersMax))))
        #expect(said("cruise_speed_mm_s").contains(fromOne(Hello.cruiseSpeedMillimetersPerSecondMax)))
        #expect(said("energy_capacity_kj").contains(fromOne(Hello.energyKilojoulesMax)))
        #expect(said("range_m").contains(fromOne(Hello.rangeMetersMax)))
        let command = guide.rows(below: "Command")
        func ordered(_ field: String) -> String {
            command.first { $0.count > 3 && $0[1] == field }?[3] ?? ""
        }
        let span = Command.manoeuvreMilliseconds
        #expect(
            ordered("altitude_mm").contains(
                "-\(Self.grouped(Int(-altitudes.lowerBound))) to \(Self.grouped(Int(altitudes.upperBound)))"))
        #expect(
            ordered("velocity_north_mm_s").contains(
                "at most \(Self.grouped(Int(Command.manoeuvreSpeedMillimetersPerSecondMax)))"))
        #expect(
            ordered("climb_mm_s").contains(
                "at most \(Self.grouped(Int(Command.manoeuvreClimbMillimetersPerSecondMax)))"))
        #expect(
            ordered("duration_ms").contains(
                "\(span.lowerBound) to \(Self.grouped(Int(span.upperBound)))"))
        let required = rows.filter { $0.count > 3 && $0[3].hasPrefix("required") }.map { $0[1] }
        #expect(
            required == [
                "boot", "sequence", "measured_at_ns", "latitude_e7", "longitude_e7", "altitude_mm", "status",
            ])
    }

    /// The options our own vehicles set, and those of the Python vehicle among them.
    @Test func socketOptions() throws {
        let source = try String(
            contentsOf: TidyTests.top.appending(path: "Sim/Vehicles/Host/VehicleConnection.swift"),
            encoding: .utf8)
        var set = ["ZMQ_MAXMSGSIZE": "\(Envelope.socketFrameSizeMax)"]
        for match in source.matches(of: /set\((ZMQ_\w+), (\d+)\)/) { set[String(match.1)] = String(match.2) }
        // A client's handshake may take what it likes: the station's limit counts.
        set["ZMQ_HANDSHAKE_IVL"] = nil
        let rows = guide.rows(below: "Sockets").filter { $0[0].hasPrefix("ZMQ_") }
        #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) }) == set)

        let script = try String(
            contentsOf: TidyTests.top.appending(path: "Docs/robust_vehicle.py"), encoding: .utf8)
        let options = script.matches(of: /zmq\.([A-Z_]+): (\d+)/)
        #expect(!options.isEmpty)
        for match in options { #expect(set["ZMQ_" + match.1] == String(match.2), "\(match.1)") }
    }

    /// The example stays one that is read in a few minutes.
    @Test func exampleIsShort() throws {
        let script = try String(contentsOf: TidyTests.top.appending(path: "Docs/vehicle.py"), encoding: .utf8)
        let lines = script.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= 60 && lines.allSatisfy { $0.count <= 100 }, "\(lines.count) lines")
    }

    @Test func bytesOnTheWire() {
        let now: UInt64 = 1_790_000_000_000_000_000
        let stamp = UplinkStamp(boot: 0x1234_5678, sequence: 7)
        let mission = MissionReference(number: 77, revision: 3, leg: 9)
        var beat = StationHeartbeat()
        (beat.nonce, beat.stationTimeNanoseconds, beat.fence) = (now, now, 3)
        var answer = VehicleHeartbeat()
        (answer.nonce, answer.stationTimeNanoseconds) = (now, now)
        (answer.receivedAtNanoseconds, answer.sentAtNanoseconds) = (now, now)
        var ack = CommandAck()
        (ack.commandID, ack.stage, ack.atNanoseconds) = (3 << 32 | 1, Open(.accepted), now)
        var progress = MissionProgress()
        (progress.mission, progress.kind, progress.atNanoseconds) = (mission, Open(.unloaded), now)
        progress.payloadGrams = 1500
        var item = MissionItem()
        (item.action, item.latitudeE7, item.longitudeE7) = (Open(.fly), 432_567_890, 769_284_650)
        item.altitudeMillimeters = 900_000
        let part = MissionPart.split(
            mission: mission, fence: 3, items: Array(repeating: item, count: MissionPart.itemsMax))[0]
        let frames: [(String, Int)] = [
            ("Telemetry", Telemetry.frameSize),
            ("StationHeartbeat", Downlink.heartbeat(beat).encode(topic: 0).count),
            ("VehicleHeartbeat", Uplink.heartbeat(stamp, answer).encode().count),
            ("CommandAck", Uplink.commandAck(stamp, ack).encode().count),
            ("MissionProgress", Uplink.progress(stamp, progress).encode().count),
            ("MissionPart of 32 items", Downlink.missionPart(part).encode(topic: 7).count),
        ]
        let expected = frames.map { ["\($0)", "\($1)", "\($1 + ($1 > 222 ? 42 : 35) + 52)"] }
        #expect(guide.rows(below: "Bad links").dropFirst(2).map { $0 } == expected)
    }

    /// The worked example of the section on time, in nanoseconds.
    @Test func clockExample() {
        var clock = ClockEstimate()
        clock.add(
            sent: 1_000_000_000_000, received: 900_020_000_000, sentOn: 900_021_000_000,
            returned: 1_000_061_000_000)
        #expect(clock.roundTripNanoseconds == 60_000_000 && clock.uncertaintyNanoseconds == 30_000_000)
        let text = guide.paragraph("Round trip = ")
        #expect(text.contains("`offset_ns` = \(Self.grouped(Int(-clock.offsetNanoseconds)))"), "\(clock)")
        #expect(text.contains("`uncertainty_ns` = \(Self.grouped(Int(clock.uncertaintyNanoseconds)))"))
    }

    /// Words of the secret file as the station writes them.
    @Test func secretFile() throws {
        let rows = guide.rows(below: "Key and secret file").dropFirst(2)
        #expect(rows.map { $0[0] } == ["id", "name", "kind", "company", "secret", "station"])
    }
}
