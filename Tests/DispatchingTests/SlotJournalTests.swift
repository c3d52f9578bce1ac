import Testing
import World

@testable import Dispatching

struct SlotJournalTests {
    /// Two days at one post: random requests of three companies, cancels and arrivals.
    static func requests(seed: UInt64) -> String {
        var random = SplitMix64(seed: seed)
        func pick(_ n: UInt64) -> UInt64 { random.next() % n }
        var text = "# a post\npolicy,cap_permille,400\nplace,Nur Zholy,2,900000,8,2,3600000,1800000\n"
        for (k, company) in ["Alatau", "Betpak", "Charyn"].enumerated() {
            text += "company,\(company),\(["Alatau", "Betpak", "Alatau"][k]),0\n"
        }
        for v in 0..<60 { text += "vehicle,VIN\(v),\(["Alatau", "Betpak", "Charyn"][v % 3])\n" }
        for tick in 1..<120 {
            let now = Int64(tick) * 900_000
            text += "tick,\(now)\n"
            for _ in 0..<pick(6) {
                let wanted = now + Int64(pick(30)) * 600_000
                let lane = ["ordinary", "ordinary", "postal", "out-of-turn"][Int(pick(4))]
                text +=
                    "request,VIN\(pick(60)),Nur Zholy,\(wanted),\(wanted + 9_000_000),\(wanted),\(lane),1,1\n"
            }
            if pick(3) == 0 { text += "cancel,VIN\(pick(60))\n" }
            for _ in 0..<8 { text += "arrived,VIN\(pick(60)),Nur Zholy\n" }
        }
        return text
    }

    @Test(arguments: 0..<5) func anybodyDerivesTheSame(seed: UInt64) throws {
        let first = try SlotJournal(
            file: "record", bytes: Array(Self.requests(seed: seed).utf8), publicSeed: 7)
        #expect(first.awards > 50)
        let again = try SlotJournal(file: "record", bytes: Array(first.text.utf8), publicSeed: 7)
        #expect(again.difference == nil && again.text == first.text && again.decisions == first.decisions)
        let other = try SlotJournal(file: "record", bytes: Array(first.text.utf8), publicSeed: 8)
        #expect(other.difference != nil)
    }

    @Test func oneChangedByteIsFound() throws {
        let first = try SlotJournal(file: "record", bytes: Array(Self.requests(seed: 3).utf8), publicSeed: 7)
        var lines = first.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let decided = lines.indices.filter { lines[$0].hasPrefix(">") }
        for index in [decided[0], decided[decided.count / 2], decided[decided.count - 1]] {
            let kept = lines[index]
            lines[index] = String(kept.dropLast()) + "x"
            let changed = try SlotJournal(
                file: "record", bytes: Array(lines.joined(separator: "\n").utf8), publicSeed: 7)
            #expect(changed.difference?.line == index + 1)
            lines[index] = "# left out"
            let missing = try SlotJournal(
                file: "record", bytes: Array(lines.joined(separator: "\n").utf8), publicSeed: 7)
            #expect(missing.difference != nil)
            lines[index] = kept + "\n" + kept
            let doubled = try SlotJournal(
                file: "record", bytes: Array(lines.joined(separator: "\n").utf8), publicSeed: 7)
            #expect(doubled.difference != nil)
            lines[index] = kept
        }
    }

    @Test(arguments: [
        ("place,A,1,900000,8,2\n", 1), ("place,A,0,900000,8,2,0,0\n", 1), ("place,A,1,900000,2,2,0,0\n", 1),
        ("policy,cap_permille,NaN\n", 1), ("policy,cap,1\n", 1), ("policy,cap_permille,2000\ntick,5\n", 2),
        ("place,A,1,900000,8,2,0,0\nplace,A,1,900000,8,2,0,0\n", 2), ("tick,5\ntick,5\n", 2),
        ("tick,-1\n", 1),
        ("tick,1\nrequest,V,A,1,1,1,ordinary,0,0\n", 2), ("company,C,O,1001\n", 1), ("vehicle,V,C\n", 1),
        ("tick,99999999999999999999\n", 1), ("frobnicate\n", 1), ("tick\n", 1),
        ("tick,1\ncompany,C,O,0\nvehicle,V,C\nvehicle,V,C\n", 4),
    ]) func whatIsWrongIsToldWithItsLine(text: String, line: Int) {
        let error = #expect(throws: DataError.self) {
            try SlotJournal(file: "record", bytes: Array(text.utf8), publicSeed: 1)
        }
        #expect(error?.line == line, "\(text) \(error as Any)")
    }

    @Test func anyBytesAreSurvived() {
        var random = SplitMix64(seed: 4)
        let good = Array(Self.requests(seed: 1).utf8)
        for _ in 0..<300 {
            var bytes = Array(good.prefix(Int(random.next() % 6000)))
            for _ in 0..<random.next() % 20 where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? SlotJournal(file: "record", bytes: bytes, publicSeed: 1)
        }
    }
}
