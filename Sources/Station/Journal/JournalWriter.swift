import Glibc

/// The queue between those who append and the one thread that writes: while one batch is being synced the next
/// one gathers, so the disk's fsync is shared by all that wait for it.
final class JournalWriter: @unchecked Sendable {
    // Everything below is guarded by `mutex`; `changed` tells of any change.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [UInt8] = []
    private var last: UInt64
    private var durable: UInt64
    private var failure: JournalError?
    private var closing = false

    private let file: Int32
    private let disk: any Disk
    private let waitingMax: Int
    private let report: @Sendable (Result<UInt64, JournalError>) -> Void

    init(
        file: Int32, last: UInt64, disk: any Disk, waitingMax: Int,
        report: @escaping @Sendable (Result<UInt64, JournalError>) -> Void
    ) {
        self.file = file
        self.last = last
        self.durable = last
        self.disk = disk
        self.waitingMax = waitingMax
        self.report = report
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    private func locked<Value>(_ body: () throws(JournalError) -> Value) throws(JournalError) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    func append(_ payload: [UInt8]) throws(JournalError) -> UInt64 {
        try locked { () throws(JournalError) -> UInt64 in
            if let failure { throw failure }
            guard !closing else { throw .closed }
            guard waiting.count + payload.count <= waitingMax else { throw .queueFull(bytes: waiting.count) }
            last += 1
            JournalRecord.append(payload, sequence: last, to: &waiting)
            pthread_cond_broadcast(changed)
            return last
        }
    }

    func durableSequence() -> UInt64 {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return durable
    }

    func currentFailure() -> JournalError? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return failure
    }

    /// Waits until `sequence` is durable or never will be.
    func wait(for sequence: UInt64) throws(JournalError) {
        try locked { () throws(JournalError) in
            while durable < sequence {
                if let failure { throw failure }
                guard sequence <= last else { throw .closed }
                pthread_cond_wait(changed, mutex)
            }
        }
    }

    func close() {
        pthread_mutex_lock(mutex)
        closing = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// The writing thread: until closed and empty, or until the disk fails.
    func run() {
        while let (batch, sequence) = nextBatch() {
            var failed: JournalError?
            let code = disk.writeAll(file, batch)
            if code != 0 {
                failed = .failed(call: "write", code: code)
            } else if disk.sync(file) != 0 {
                // Never tried again: the kernel may have dropped the pages and call the next fsync a success.
                failed = .failed(call: "fsync", code: errno)
            }
            pthread_mutex_lock(mutex)
            if let failed { failure = failed } else { durable = sequence }
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
            if let failed {
                report(.failure(failed))
                return
            }
            report(.success(sequence))
        }
    }

    private func nextBatch() -> ([UInt8], UInt64)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while waiting.isEmpty && !closing { pthread_cond_wait(changed, mutex) }
        guard !waiting.isEmpty else { return nil }
        let batch = waiting
        waiting = []
        return (batch, last)
    }
}
