import Testing
import Wire

@Suite struct MessageTests {
    @Test func everyMessageSurvives() throws {
        var arena = DecodeArena()
        for message in Samples.uplink {
            #expect(try decodeUplink(message.encode(), arena: &arena) == message)
            let used = arena.used
            #expect(used < 8192)
        }
        for message in Samples.downlink {
            let (topic, back) = try decodeDownlink(message.encode(topic: 4711), arena: &arena)
            #expect(topic == 4711)
            #expect(back == message)
            let used = arena.used
            #expect(used < 8192)
        }
    }

    @Test func aHelloThatCannotBeTrueIsFound() {
        var hello = Hello()
        #expect(!hello.isPlausible)
        hello.cruiseSpeedMillimetersPerSecond = 200_000
        hello.energyCapacityKilojoules = 1
        hello.rangeMeters = 20_000_000
        #expect(hello.isPlausible)
        let excesses: [WritableKeyPath<Hello, UInt32>] = [
            \.payloadCapacityGrams, \.cargoVolumeLiters, \.cruiseSpeedMillimetersPerSecond,
            \.energyCapacityKilojoules, \.rangeMeters,
        ]
        for field in excesses {
            var liar = hello
            liar[keyPath: field] = .max
            #expect(!liar.isPlausible)
        }
    }

    @Test func aManoeuvreBeyondItsLimitsIsFound() {
        var most = Command()
        most.velocityEastMillimetersPerSecond = -60_000
        most.velocityNorthMillimetersPerSecond = 80_000
        most.climbMillimetersPerSecond = 30_000
        most.altitudeMillimeters = -500_000
        most.durationMilliseconds = 120_000
        #expect(most.isPossibleManoeuvre)
        let excesses: [(inout Command) -> Void] = [
            { $0.velocityEastMillimetersPerSecond = -60_001 },
            { $0.velocityNorthMillimetersPerSecond = 80_001 },
            // The sum of the squares of these is 2^63.
            {
                ($0.velocityEastMillimetersPerSecond, $0.velocityNorthMillimetersPerSecond) = (.min, .min)
            },
            { $0.climbMillimetersPerSecond = 30_001 }, { $0.climbMillimetersPerSecond = .max },
            { $0.altitudeMillimeters = -500_001 }, { $0.altitudeMillimeters = .max },
            { $0.durationMilliseconds = 0 }, { $0.durationMilliseconds = 120_001 },
        ]
        for (number, excess) in excesses.enumerated() {
            var liar = most
            excess(&liar)
            #expect(!liar.isPossibleManoeuvre, "\(number)")
        }
    }

    @Test func accuracyIsUnknownUnlessSaid() {
        var telemetry = Telemetry()
        #expect(
            telemetry.horizontalAccuracyCentimeters == nil && telemetry.verticalAccuracyCentimeters == nil)
        telemetry.horizontalAccuracyCentimeters = 0
        telemetry.verticalAccuracyCentimeters = nil
        #expect(telemetry.accuracyCentimeters == 0xFFFF_0001)
    }

    @Test func envelopeRefusesBeforeParsing() {
        func cause(_ frame: [UInt8]) -> WireError? {
            frame.withUnsafeBytes { bytes in
                do throws(WireError) { _ = try Envelope.parse(bytes) } catch { return error }
                return nil
            }
        }
        #expect(cause([]) == .truncated)
        #expect(cause([0x4B, 1, 1]) == .truncated)
        #expect(cause([0x4C, 1, 1, 0]) == .magic)
        #expect(cause([0x4B, 2, 1, 0]) == .majorVersion)
        #expect(cause([0x4B, 1, 0, 0]) == .unknownType)
        #expect(cause([0x4B, 1, 1, 1]) == .flags)
        for type in Envelope.MessageType.allCases {
            let head: [UInt8] = [0x4B, 1, type.rawValue, 0]
            #expect(cause(head + [UInt8](repeating: 0, count: type.sizeMax)) == nil)
            #expect(cause(head + [UInt8](repeating: 0, count: type.sizeMax + 1)) == .oversized)
        }
    }

    private func uplinkCause(_ type: Envelope.MessageType, _ body: [UInt8]) -> WireError? {
        var arena = DecodeArena()
        return body.withUnsafeBytes { bytes in
            do throws(WireError) { _ = try Uplink.decode(type: type, bytes, arena: &arena) } catch {
                return error
            }
            return nil
        }
    }

    private func downlinkCause(_ type: Envelope.MessageType, _ body: [UInt8]) -> WireError? {
        var arena = DecodeArena()
        return body.withUnsafeBytes { bytes in
            do throws(WireError) { _ = try Downlink.decode(type: type, bytes, arena: &arena) } catch {
                return error
            }
            return nil
        }
    }

    @Test func hostileBytesGiveCleanErrors() {
        let boot: [UInt8] = [0x0D, 1, 0, 0, 0]
        // An enumeration of -1, which a trapping conversion would turn into a remote crash.
        let minusOne: [UInt8] = [0x18] + [UInt8](repeating: 0xFF, count: 9) + [1]
        #expect(uplinkCause(.goodbye, boot + minusOne) == nil)
        #expect(uplinkCause(.goodbye, []) == .missingField)
        #expect(uplinkCause(.telemetry, TelemetryTests.body) == .unknownType)
        #expect(uplinkCause(.command, []) == .unknownType)
        #expect(downlinkCause(.hello, []) == .unknownType)
        // What a terminal would obey becomes spaces: escape, newline, a mark that turns the direction.
        var arena = DecodeArena()
        let hostile: [UInt8] = Array("a\u{1B}[2J\r\nb\u{202E}c Сұңқар".utf8)
        let event = boot + [0x32, UInt8(hostile.count)] + hostile
        let seen = event.withUnsafeBytes { try? Uplink.decode(type: .event, $0, arena: &arena) }
        if case .event(_, let event)? = seen {
            #expect(event.text == "a [2J  b c Сұңқар")
        } else {
            Issue.record("\(String(describing: seen))")
        }
        // Event text: 128 bytes pass, 129 do not, and must be UTF-8.
        let a = [UInt8](repeating: 0x61, count: 129)
        #expect(uplinkCause(.event, boot + [0x32, 0x80, 1] + a.dropLast()) == nil)
        #expect(uplinkCause(.event, boot + [0x32, 0x81, 1] + a) == .outOfRange)
        #expect(uplinkCause(.event, boot + [0x32, 2, 0xC3, 0x28]) == .malformed)
        // A length of 2 GiB, and one that runs past the end.
        #expect(uplinkCause(.event, boot + [0x32, 0xFF, 0xFF, 0xFF, 0xFF, 7]) == .malformed)
        #expect(uplinkCause(.event, boot + [0x32, 9, 0x61]) == .malformed)
        // Memory: unknown fields and empty items cost protobuf-c far more than they cost the sender.
        let unknown = (0..<32_768).map { UInt8($0 % 2 == 0 ? 0x78 : 1) }
        #expect(uplinkCause(.goodbye, boot + unknown) == .malformed)
        let empties = (0..<4060).map { UInt8($0 % 2 == 0 ? 0x3A : 0) }
        let items: [UInt8] = [0x09, 1, 0, 0, 0, 0, 0, 0, 0, 0x20, 1] + empties
        #expect(downlinkCause(.missionPart, items) == .malformed)
    }

    @Test func garbageNeverCrashes() {
        var random = Seeded(state: 5)
        var arena = DecodeArena()
        let seeds =
            Samples.uplink.map { $0.encode() } + Samples.downlink.map { Array($0.encode(topic: 0)[4...]) }
        var accepted = 0
        for round in 0..<50_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 1..<5, using: &random) {
                bytes[Int.random(in: 4..<bytes.count, using: &random)] = UInt8(
                    truncatingIfNeeded: random.next())
            }
            if round % 7 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count - 4, using: &random)) }
            // What was accepted is sent as it was understood.
            if let up = try? decodeUplink(bytes, arena: &arena) {
                accepted += 1
                if (try? decodeUplink(up.encode(), arena: &arena)) != up { Issue.record("\(up)") }
            } else if let down = try? decodeDownlink([0, 0, 0, 0] + bytes, arena: &arena).message {
                accepted += 1
                let back = try? decodeDownlink(down.encode(topic: 0), arena: &arena).message
                if back != down { Issue.record("\(down)") }
            }
        }
        #expect(accepted > 1_000 && accepted < 50_000)
        for size in [1, 100, 4096, 65_536] {
            for type in Envelope.MessageType.allCases {
                let noise = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                _ = uplinkCause(type, noise)
                _ = downlinkCause(type, noise)
            }
        }
    }
}
