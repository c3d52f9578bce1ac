import Foundation
import Glibc
import Station
import Synchronization
import Testing

/// A station directory that goes away with the test.
final class ScratchDirectory: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(
        path: "keruen-\(UInt64.random(in: 0...(.max)))"
    ).path
    init() throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    }
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    }
}

struct Note: Codable, Sendable, Equatable {
    var number: Int
    var text: String
    static func sample(_ number: Int) -> Note {
        Note(number: number, text: String(repeating: "ä", count: number % 7))
    }
}

/// A disk that does as told.
final class BrokenDisk: Disk {
    let syncError = Atomic<Int32>(0)
    let bytesLeft = Atomic<Int>(.max)
    let writesShort = Atomic<Bool>(false)

    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        let left = bytesLeft.load(ordering: .sequentiallyConsistent)
        guard left > 0 else {
            errno = ENOSPC
            return -1
        }
        let count = min(left, writesShort.load(ordering: .sequentiallyConsistent) ? 3 : .max, bytes.count)
        bytesLeft.subtract(count, ordering: .sequentiallyConsistent)
        return Glibc.write(file, bytes.baseAddress, count)
    }

    func sync(_ file: Int32) -> Int32 {
        let code = syncError.load(ordering: .sequentiallyConsistent)
        guard code != 0 else { return fsync(file) }
        errno = code
        return -1
    }
}

/// Writes but never waits for the platter: for tests about contents, which cuts and flips make by hand.
struct UnsyncedDisk: Disk {
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Glibc.write(file, bytes.baseAddress, bytes.count)
    }
    func sync(_ file: Int32) -> Int32 { 0 }
}

@Suite(.serialized) struct JournalTests {
    /// Writes `count` notes and returns the length of the file after each, by acknowledgement.
    private func fill(_ directory: ScratchDirectory, _ count: Int) throws -> [Int] {
        let journal = try Journal<Note>(directory: directory.path)
        return try (0..<count).map { number in
            try journal.waitUntilDurable(journal.append(.sample(number)))
            return try directory.bytes("journal.log").count
        }
    }

    @Test func remembersInOrderAndRaisesTheFence() throws {
        let directory = try ScratchDirectory()
        var fences: [UInt64] = []
        for run in 0..<3 {
            let journal = try Journal<Note>(directory: directory.path)
            #expect(journal.recovery.events == (0..<(run * 10)).map(Note.sample))
            fences.append(journal.fence)
            var last: UInt64 = 0
            for number in 0..<10 { last = try journal.append(.sample(run * 10 + number)) }
            try journal.waitUntilDurable(last)
            #expect(journal.durableSequence == UInt64(run * 10 + 10))
        }
        #expect(fences == [1, 2, 3])
    }

    @Test func aLostDirectoryTakesUpAboveTheFenceThatIsObeyed() throws {
        let directory = try ScratchDirectory()
        #expect(try Journal<Note>(directory: directory.path, fenceAbove: 41).fence == 42)
        #expect(try Journal<Note>(directory: directory.path, fenceAbove: 7).fence == 43)
        #expect(
            try Journal<Note>(directory: directory.path, fenceAbove: .max).fence == UInt64(UInt32.max))
    }

    /// Whoever forks holds the lock until it execs: soon over, and no reason to refuse.
    @Test func aLockThatIsLeftInAMomentIsWaitedFor() throws {
        let directory = try ScratchDirectory()
        let other = open("\(directory.path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(other, LOCK_EX) == 0)
        let thread = Thread {
            usleep(60_000)
            close(other)
        }
        thread.start()
        #expect(try Journal<Note>(directory: directory.path).fence == 1)
    }

    @Test func everyAcknowledgedRecordSurvivesEveryCut() throws {
        let directory = try ScratchDirectory()
        let ends = try fill(directory, 12)
        let whole = try directory.bytes("journal.log")
        for cut in 0...whole.count {
            try directory.write(whole[..<cut], to: "journal.log")
            let survivors = ends.filter { $0 <= cut }.count
            let journal = try Journal<Note>(directory: directory.path, disk: UnsyncedDisk())
            let kept = survivors > 0 ? ends[survivors - 1] : (cut >= 8 ? 8 : 0)
            #expect(journal.recovery.events == (0..<survivors).map(Note.sample), "cut at \(cut)")
            #expect(journal.recovery.tornBytes == cut - kept, "cut at \(cut)")
            // It goes on from there.
            try journal.waitUntilDurable(journal.append(.sample(survivors)))
            #expect(journal.durableSequence == UInt64(survivors + 1))
        }
    }

    @Test func everyFlippedBitIsFoundAndNothingTruncated() throws {
        let directory = try ScratchDirectory()
        _ = try fill(directory, 6)
        let whole = try directory.bytes("journal.log")
        for place in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[place] ^= 1 << UInt8(bit)
                try directory.write(bytes, to: "journal.log")
                do {
                    _ = try Journal<Note>(directory: directory.path)
                    Issue.record("byte \(place) bit \(bit) was not noticed")
                } catch JournalError.damaged(let file, let offset, _) {
                    #expect(file.hasSuffix("journal.log") && offset <= place)
                }
                #expect(try directory.bytes("journal.log") == bytes)
            }
        }
    }

    @Test func failedSyncIsFinal() throws {
        let directory = try ScratchDirectory()
        let disk = BrokenDisk()
        let reported = Mutex<[JournalError]>([])
        let journal = try Journal<Note>(directory: directory.path, disk: disk) { result in
            if case .failure(let error) = result { reported.withLock { $0.append(error) } }
        }
        try journal.waitUntilDurable(journal.append(.sample(1)))
        disk.syncError.store(EIO, ordering: .sequentiallyConsistent)
        let second = try journal.append(.sample(2))
        #expect(throws: JournalError.failed(call: "fsync", code: EIO)) {
            try journal.waitUntilDurable(second)
        }
        disk.syncError.store(0, ordering: .sequentiallyConsistent)
        #expect(throws: JournalError.failed(call: "fsync", code: EIO)) { try journal.append(.sample(3)) }
        #expect(journal.durableSequence == 1)
        for _ in 0..<2000 where reported.withLock({ $0.isEmpty }) { usleep(1000) }
        #expect(reported.withLock { $0 } == [.failed(call: "fsync", code: EIO)])
        #expect(journal.failure == .failed(call: "fsync", code: EIO))
    }

    @Test func fullDiskKeepsWhatWasAcknowledged() throws {
        let directory = try ScratchDirectory()
        var acknowledged = 0
        do {
            let disk = BrokenDisk()
            let journal = try Journal<Note>(directory: directory.path, disk: disk)
            disk.bytesLeft.store(333, ordering: .sequentiallyConsistent)
            disk.writesShort.store(true, ordering: .sequentiallyConsistent)
            #expect(throws: JournalError.failed(call: "write", code: ENOSPC)) {
                for number in 0..<100 {
                    try journal.waitUntilDurable(journal.append(.sample(number)))
                    acknowledged += 1
                }
            }
        }
        #expect(acknowledged > 3)
        let again = try Journal<Note>(directory: directory.path)
        #expect(again.recovery.events == (0..<acknowledged).map(Note.sample))
        #expect(again.recovery.tornBytes > 0)
    }

    @Test func directoryHasOneOwner() throws {
        let directory = try ScratchDirectory()
        let first = try Journal<Note>(directory: directory.path)
        #expect(throws: JournalError.locked(directory: directory.path)) {
            try Journal<Note>(directory: directory.path)
        }
        #expect(first.fence == 1)
    }

    @Test func waitingBytesAreBounded() throws {
        let directory = try ScratchDirectory()
        let journal = try Journal<Note>(directory: directory.path, waitingMax: 10)
        #expect(throws: JournalError.queueFull(bytes: 0)) { try journal.append(.sample(6)) }
    }

    @Test func snapshotsShortenReplayAndDamagedOnesArePassedOver() throws {
        let directory = try ScratchDirectory()
        do {
            let journal = try Journal<Note>(directory: directory.path)
            for number in 0..<20 {
                let sequence = try journal.append(.sample(number))
                try journal.waitUntilDurable(sequence)
                if number % 5 == 4 { try journal.saveSnapshot(["count": number + 1], after: sequence) }
            }
            #expect(throws: JournalError.snapshotAheadOfJournal(sequence: 21, durable: 20)) {
                try journal.saveSnapshot(["count": 21], after: 21)
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(
            names.filter { $0.hasPrefix("snapshot") }.sorted() == ["snapshot-15.json", "snapshot-20.json"])
        var bytes = try directory.bytes("snapshot-20.json")
        bytes[bytes.count - 3] ^= 1
        try directory.write(bytes, to: "snapshot-20.json")
        let recovery = try Journal<Note>(directory: directory.path).recovery
        #expect(recovery.snapshot.map { Array($0) } == Array(#"{"count":15}"#.utf8))
        #expect(recovery.snapshotSequence == 15 && recovery.damagedSnapshots == 1)
        #expect(recovery.events == (15..<20).map(Note.sample))
        // A journal that ends before its snapshot has lost acknowledged records.
        let journal = try directory.bytes("journal.log")
        try directory.write(journal[..<100], to: "journal.log")
        #expect(throws: JournalError.self) { try Journal<Note>(directory: directory.path) }
    }

    @Test func damagedOrMissingFenceRefuses() throws {
        let directory = try ScratchDirectory()
        _ = try fill(directory, 1)
        for text in ["", "1", "1 5\n", "x", "18446744073709551615 1\n"] {
            try directory.write(Array(text.utf8), to: "fence")
            #expect(throws: JournalError.self) { try Journal<Note>(directory: directory.path) }
        }
        unlink("\(directory.path)/fence")
        #expect(throws: JournalError.self) { try Journal<Note>(directory: directory.path) }
    }
}
