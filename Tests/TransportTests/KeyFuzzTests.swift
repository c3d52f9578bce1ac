import FoundationEssentials
import Testing
import Transport

/// Files of keys and sentences about time, bent: what is accepted says the same when written and read again.
@Suite struct KeyFuzzTests {
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 16 | state << 48
        }
    }

    static func bend(_ bytes: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = bytes
        let strange: [[UInt8]] = [
            [0], [0xFF], [13, 10], [10], [32], [9], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xCC, 0x81], [0x23],
            Array("18446744073709551616".utf8), Array("-1".utf8), [0x1B], [0xF0, 0x9F, 0x9A, 0x9A],
        ]
        for _ in 0...random.next() % 3 where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch random.next() % 4 {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.insert(contentsOf: strange.randomElement(using: &random) ?? [], at: at)
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &random)))
            default: bytes += bytes[at..<min(bytes.count, at + 40)]
            }
        }
        return bytes
    }

    @Test func allowLists() throws {
        var ring = Keyring()
        for id in 1...3 as ClosedRange<UInt32> {
            ring.enrolments.append(
                Enrolment(
                    id: id, name: "drone-\(id)", kind: "vtol", company: "CR01",
                    publicKey: try CurveKeyPair.generate().publicKey, generation: id))
        }
        let text = Array(ring.text.utf8)
        var random = Seeded(state: 11)
        var accepted = 0
        for _ in 0..<3000 {
            let bent = String(decoding: Self.bend(text, &random), as: UTF8.self)
            do {
                let read = try Keyring(text: bent)
                accepted += 1
                #expect(try Keyring(text: read.text).enrolments == read.enrolments)
                #expect(Set(read.enrolments.map(\.id)).count == read.enrolments.count)
                #expect(Set(read.enrolments.map(\.publicKey)).count == read.enrolments.count)
            } catch let error as KeyFileError { #expect("\(error)".hasPrefix("fleet.keys:")) }
        }
        #expect(accepted > 100 && accepted < 3000)
    }

    @Test func linesMayEndAsOnOtherSystems() throws {
        let key = try CurveKeyPair.generate().publicKey
        let ring = try Keyring(text: "# list\r\n1 a truck c \(key) 1 allowed\r\n")
        #expect(ring.enrolments.map(\.publicKey) == [key])
    }

    @Test(arguments: ["a\u{1B}[2J", "a/../b", String(repeating: "x", count: 65), ".", ".."])
    func namesThatHarmATerminalOrAPathAreRefused(name: String) throws {
        let key = try CurveKeyPair.generate().publicKey
        #expect(throws: KeyFileError.self) { try Keyring(text: "1 \(name) truck c \(key) 1 allowed\n") }
        #expect(throws: KeyFileError.self) { try Keyring(text: "1 a truck \(name) \(key) 1 allowed\n") }
    }

    @Test func secretFiles() throws {
        let secret = VehicleSecret(
            id: 7, name: "drone-7", kind: "multirotor", company: "CR01", keys: try .generate(),
            station: try CurveKeyPair.generate().publicKey)
        let bytes = Array(secret.text.utf8)
        var random = Seeded(state: 12)
        var accepted = 0
        for _ in 0..<2000 {
            let bent = String(decoding: Self.bend(bytes, &random), as: UTF8.self)
            do {
                let read = try VehicleSecret(text: bent)
                accepted += 1
                let again = try VehicleSecret(text: read.text)
                #expect(again.id == read.id && again.name == read.name && again.company == read.company)
                #expect(again.keys.publicKey == read.keys.publicKey && again.station == read.station)
            } catch let error as KeyFileError {
                // A key on a screen or in a log is no secret any more.
                #expect(!"\(error)".contains(secret.keys.secretZ85))
            }
        }
        #expect(accepted > 100 && accepted < 2000)
    }

    @Test func sentencesOfThePace() {
        let seeds: [[UInt8]] = [
            PaceFrame.reached(simulator: "sim-1", nanoseconds: 1_760_000_000_000_000_000, sentMessages: 42)
                .bytes,
            PaceFrame.grant(nanoseconds: 9).bytes, Array("REACHED  1 1".utf8), Array("GRANT -1".utf8),
        ]
        var random = Seeded(state: 13)
        var accepted = 0
        for round in 0..<10_000 {
            let bytes = Self.bend(seeds[round % seeds.count], &random)
            guard let frame = bytes.withUnsafeBytes({ PaceFrame($0) }) else { continue }
            accepted += 1
            let again = frame.bytes
            #expect(again.count <= PaceFrame.sizeMax)
            #expect(again.withUnsafeBytes { PaceFrame($0) } == frame)
        }
        #expect(accepted > 100 && accepted < 10_000, "\(accepted)")
        let long = [UInt8](repeating: 0x20, count: PaceFrame.sizeMax + 1)
        #expect(long.withUnsafeBytes { PaceFrame($0) } == nil)
    }
}
