import FoundationEssentials
import Glibc
import Transport

/// The station's memory: events in one append-only file, acknowledged when they are on disk.
///
/// A station directory holds `journal.log`, up to two `snapshot-<sequence>.json`, `fence` and `lock`.
public final class Journal<Event: Codable & Sendable>: Sendable {
    /// What an earlier run left.
    public struct Recovery: Sendable {
        /// JSON of the state after event `snapshotSequence`; nil when there is no snapshot.
        public var snapshot: Data?
        public var snapshotSequence: UInt64
        /// The events after it, in order.
        public var events: [Event]
        public var lastSequence: UInt64
        /// Bytes of a half-written record that were dropped; never part of anything acknowledged.
        public var tornBytes: Int
        /// Snapshots that did not check and were passed over.
        public var damagedSnapshots: Int
    }

    public let directory: String
    public let recovery: Recovery
    /// Larger than in every earlier run on this directory.
    public let fence: UInt64
    private let lock: Int32
    private let file: Int32
    private let disk: any Disk
    private let writer: JournalWriter
    private let thread: DedicatedThread

    /// Opens, checks and recovers a station directory, which is made when missing (mode 0700).
    ///
    /// - Parameters:
    ///   - waitingMax: bytes that may wait for the disk; beyond it `append` refuses.
    ///   - fenceAbove: the fence becomes larger than this too, for a directory whose forerunner was lost.
    ///   - report: called on the journal's thread with the highest durable sequence after each batch, or once
    ///     with the error that ended writing.
    public init(
        directory: String, disk: any Disk = SystemDisk(), waitingMax: Int = 1 << 24, fenceAbove: UInt64 = 0,
        report: @escaping @Sendable (Result<UInt64, JournalError>) -> Void = { _ in }
    ) throws {
        if mkdir(directory, 0o700) != 0 && errno != EEXIST {
            throw JournalError.system(call: "mkdir", path: directory, code: errno)
        }
        let lock = try Self.lock(directory)
        var opened: Int32 = -1
        do {
            let path = "\(directory)/journal.log"
            let bytes = try readFile(path)
            let contents = try JournalRecord.scan(bytes ?? [], file: path)
            let recovery = try Self.recover(bytes ?? [], contents, directory: directory)
            self.fence = try Fence.raise(
                in: directory, disk: disk, isNew: contents.payloads.isEmpty, above: fenceAbove)
            opened = try Self.open(path, contents: contents, directory: directory, disk: disk)
            let writer = JournalWriter(
                file: opened, last: recovery.lastSequence, disk: disk, waitingMax: waitingMax, report: report)
            self.thread = try DedicatedThread(name: "journal") { writer.run() }
            self.writer = writer
            self.recovery = recovery
        } catch {
            if opened >= 0 { Glibc.close(opened) }
            Glibc.close(lock)
            throw error
        }
        self.file = opened
        self.lock = lock
        self.directory = directory
        self.disk = disk
    }

    deinit {
        writer.close()
        thread.join()
        Glibc.close(file)
        Glibc.close(lock)
    }

    /// Queues an event and returns its sequence. It is durable only when `report` says so.
    public func append(_ event: Event) throws(JournalError) -> UInt64 {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let payload: [UInt8]
        do { payload = Array(try encoder.encode(event)) } catch { throw .encoding("\(error)") }
        guard payload.count <= JournalRecord.payloadMax else {
            throw .recordTooLarge(bytes: payload.count, limit: JournalRecord.payloadMax)
        }
        return try writer.append(payload)
    }

    public var durableSequence: UInt64 { writer.durableSequence() }

    /// What ended writing for good; nil while the disk serves.
    public var failure: JournalError? { writer.currentFailure() }

    /// Blocks until `sequence` is durable. Not for Swift's cooperative threads.
    public func waitUntilDurable(_ sequence: UInt64) throws(JournalError) { try writer.wait(for: sequence) }

    /// Saves the state after event `sequence`, which must be durable. The two newest snapshots are kept.
    public func saveSnapshot(_ state: some Encodable, after sequence: UInt64) throws {
        let durable = durableSequence
        guard sequence <= durable else {
            throw JournalError.snapshotAheadOfJournal(sequence: sequence, durable: durable)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try Snapshot.save(Array(try encoder.encode(state)), after: sequence, in: directory, disk: disk)
    }

    // MARK: Opening

    private static func lock(_ directory: String) throws(JournalError) -> Int32 {
        let path = "\(directory)/lock"
        let lock = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .system(call: "open", path: path, code: errno) }
        // A program that the last holder was just starting holds it too, from its fork to its exec.
        var triesLeft = 100
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            triesLeft -= 1
            if code == EWOULDBLOCK, triesLeft > 0 {
                usleep(5000)
                continue
            }
            Glibc.close(lock)
            if code == EWOULDBLOCK { throw .locked(directory: directory) }
            throw .system(call: "flock", path: path, code: code)
        }
        return lock
    }

    private static func recover(
        _ bytes: [UInt8], _ contents: JournalRecord.Contents, directory: String
    ) throws(JournalError) -> Recovery {
        let last = contents.payloads.count
        let (snapshot, damaged) = try Snapshot.newest(in: directory)
        let start = Int(exactly: snapshot?.sequence ?? 0) ?? .max
        guard start <= last else {
            throw .damaged(
                file: "\(directory)/journal.log", offset: contents.end,
                what: "it ends at record \(last), but a snapshot was taken after record \(start)")
        }
        var events: [Event] = []
        events.reserveCapacity(last - start)
        let decoder = JSONDecoder()
        for payload in contents.payloads[start...] {
            do { events.append(try decoder.decode(Event.self, from: Data(bytes[payload]))) } catch {
                throw .encoding("at byte offset \(payload.lowerBound) of journal.log: \(error)")
            }
        }
        return Recovery(
            snapshot: snapshot.map { Data($0.state) }, snapshotSequence: UInt64(start), events: events,
            lastSequence: UInt64(last), tornBytes: contents.tornBytes, damagedSnapshots: damaged)
    }

    /// Opens for appending; drops the torn tail first, and makes that durable.
    private static func open(
        _ path: String, contents: JournalRecord.Contents, directory: String, disk: any Disk
    ) throws(JournalError) -> Int32 {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(call: "open", path: path, code: errno) }
        do throws(JournalError) {
            if contents.tornBytes > 0, ftruncate(file, contents.end) != 0 {
                throw .system(call: "ftruncate", path: path, code: errno)
            }
            if contents.end == 0 {
                let code = disk.writeAll(file, JournalRecord.magic)
                guard code == 0 else { throw .system(call: "write", path: path, code: code) }
            }
            guard disk.sync(file) == 0 else { throw .system(call: "fsync", path: path, code: errno) }
            try disk.syncDirectory(directory)
        } catch {
            Glibc.close(file)
            throw error
        }
        return file
    }
}
