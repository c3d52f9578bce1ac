import Controller
import Foundation
import Testing
import Transport
import Wire
import World

@testable import Station

/// Every parser of this module that takes bytes from outside, on bent bytes: what it accepts it says again as it
/// understood it, what it refuses it refuses cleanly. `Fuzz/run` does the same for longer.
@Suite struct FuzzTests {
    /// Bytes of `seeds` with a few of them changed, cut, doubled or joined to another's.
    struct Bender {
        var random: SplitMix
        let seeds: [[UInt8]]

        init(seed: UInt64, _ seeds: [[UInt8]]) {
            random = SplitMix(state: seed)
            self.seeds = seeds
        }

        mutating func place(_ count: Int) -> Int { Int(random.next() % UInt64(max(1, count))) }

        mutating func next() -> [UInt8] {
            var bytes = seeds[place(seeds.count)]
            for _ in 0...random.next() % 3 where !bytes.isEmpty {
                let at = place(bytes.count)
                switch random.next() % 6 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes[at] ^= 1 << UInt8(random.next() % 8)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + place(8)))
                case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + place(16))], at: at)
                case 4:
                    let other = seeds[place(seeds.count)]
                    bytes = bytes[..<at] + other.suffix(place(other.count))
                default:
                    // Numbers at the edges, where text has digits.
                    let edges = ["0", "-1", "18446744073709551615", "9223372036854775808", "1e400", "null"]
                    if (48...57).contains(bytes[at]) {
                        bytes.replaceSubrange(at...at, with: Array(edges[place(edges.count)].utf8))
                    }
                }
            }
            return bytes
        }
    }

    @Test(arguments: [1, 2] as [UInt64]) func operatorsJSON(seed: UInt64) throws {
        let requests = try ControlSamples.requests.map { try ControlSocket.encode($0) }
        let responses = try ControlSamples.responses.map { try ControlSocket.encode($0) }
        var bender = Bender(seed: seed, requests + responses)
        var accepted = 0
        for _ in 0..<1500 {
            let bytes = bender.next()
            do {
                let request = try JSONDecoder().decode(ControlRequest.self, from: Data(bytes))
                accepted += 1
                let again = try ControlSocket.encode(request)
                #expect(try JSONDecoder().decode(ControlRequest.self, from: Data(again)) == request)
            } catch {
                let problem = ControlSocket.problem(error)
                #expect(!problem.what.isEmpty && !problem.todo.isEmpty)
            }
            if let response = try? JSONDecoder().decode(ControlResponse.self, from: Data(bytes)) {
                accepted += 1
                let again = try ControlSocket.encode(response)
                #expect(try JSONDecoder().decode(ControlResponse.self, from: Data(again)) == response)
            }
        }
        #expect(accepted > 100 && accepted < 1500)
    }

    /// A journal is only believed as far as it checks: what was written, from its beginning, or damage.
    @Test(arguments: [1, 2] as [UInt64]) func journals(seed: UInt64) throws {
        var whole = JournalRecord.magic
        var payloads: [[UInt8]] = []
        for number in 1...8 as ClosedRange<UInt64> {
            let payload = [UInt8](repeating: UInt8(number), count: Int(number * 5 % 17))
            payloads.append(payload)
            JournalRecord.append(payload, sequence: number, to: &whole)
        }
        var bender = Bender(seed: seed, [whole])
        var (believed, refused) = (0, 0)
        for _ in 0..<4000 {
            let bytes = bender.next()
            guard let contents = try? JournalRecord.scan(bytes, file: "journal.log") else {
                refused += 1
                continue
            }
            let read = contents.payloads.map { Array(bytes[$0]) }
            #expect(read == Array(payloads.prefix(read.count)) && contents.end <= bytes.count)
            #expect(contents.end + contents.tornBytes == bytes.count)
            believed += 1
        }
        #expect(believed > 50 && refused > 1000, "\(believed) believed")
    }

    @Test func snapshotsAndFences() throws {
        let directory = try ScratchDirectory()
        try Snapshot.save(Array("{\"orders\":[]}".utf8), after: 7, in: directory.path, disk: UnsyncedDisk())
        let snapshot = try directory.bytes("snapshot-7.json")
        #expect(try Fence.raise(in: directory.path, disk: UnsyncedDisk(), isNew: true) == 1)
        let fence = try directory.bytes("fence")
        var bender = Bender(seed: 3, [snapshot])
        for _ in 0..<150 {
            let bytes = bender.next()
            try directory.write(bytes, to: "snapshot-7.json")
            let found = try Snapshot.newest(in: directory.path)
            #expect(
                (found.snapshot == nil) == (bytes != snapshot) && found.damaged == (bytes == snapshot ? 0 : 1)
            )
        }
        bender = Bender(seed: 4, [fence])
        for _ in 0..<150 {
            let bytes = bender.next()
            try directory.write(bytes, to: "fence")
            let number = try? Fence.raise(in: directory.path, disk: UnsyncedDisk(), isNew: false)
            // Another number with its own checksum cannot come by chance.
            #expect(number == (bytes == fence ? 2 : nil))
        }
    }

    @Test func subscriptions() {
        var bender = Bender(seed: 5, [[1, 7, 0, 0, 0], [0, 7, 0, 0, 0], [1, 0, 0, 0, 0], [], [1]])
        var given = 0
        for _ in 0..<5000 {
            let frame = bender.next()
            let admission = frame.withUnsafeBytes { Admission($0, from: 7) }
            guard case .subscribe(let topic) = admission else { continue }
            given += 1
            #expect(frame == [1, UInt8(topic), 0, 0, 0] && (topic == 0 || topic == 7))
        }
        #expect(given > 100)
    }

    @Test func identities() {
        let seal: UInt64 = 0xFEDC_BA98_7654_3210
        let good = LinkIdentity(id: 4_294_967_295, generation: 7).userID(seal: seal)
        var bender = Bender(
            seed: 6, [Array(good.utf8), Array("1/2/fedcba9876543210".utf8), Array("1/2".utf8)])
        var believed = 0
        for _ in 0..<5000 {
            let bytes = bender.next()
            // Behind the end stands what a reader that goes too far would take for more.
            let text = bytes.map { CChar(bitPattern: $0) } + [0, 47, 49]
            guard
                let identity = text.withUnsafeBufferPointer({
                    LinkIdentity(userID: $0.baseAddress, seal: seal)
                })
            else { continue }
            believed += 1
            let seen = bytes.prefix { $0 != 0 }
            #expect(seen.suffix(17).elementsEqual(Array("/fedcba9876543210".utf8)))
            let again = identity.userID(seal: seal)
            #expect(again.withCString { LinkIdentity(userID: $0, seal: seal) } == identity)
        }
        #expect(believed > 20)
    }

    @Test func questionsToTheAuthenticator() throws {
        let key = try CurveKeyPair.generate().publicKey
        let door = Authenticator(admitting: [.init(key: key, identity: LinkIdentity(id: 5, generation: 3))])
        let question: [[UInt8]] = [
            Array("1.0".utf8), [1], Array("keruen".utf8), Array("::1".utf8), [], Array("CURVE".utf8),
            key.bytes,
        ]
        var bender = Bender(seed: 7, question)
        for round in 0..<3000 {
            var frames = question
            for _ in 0...bender.place(3) { frames[bender.place(frames.count)] = bender.next() }
            if round % 5 == 0 { frames.remove(at: bender.place(frames.count)) }
            let code = door.decide(frames, at: Int64(round) * 1_000_000_000).code
            let isGood = frames.count == 7 && [0, 2, 5, 6].allSatisfy { frames[$0] == question[$0] }
            #expect((code == "200") == isGood, "\(frames)")
        }
    }
}
