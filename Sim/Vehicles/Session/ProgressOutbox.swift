import Wire

/// Progress that the station has not acknowledged yet, oldest first, repeated with growing pauses.
struct ProgressOutbox: Sendable {
    /// More than two of the longest missions make; beyond that the oldest goes, counted.
    static let capacity = 8192
    /// Unacknowledged messages repeated at one time.
    static let window = 16
    static let firstPauseNanoseconds = WireLimits.progressRetryFirstMilliseconds * 1_000_000
    static let longestPauseNanoseconds = WireLimits.progressRetryMaxMilliseconds * 1_000_000

    private struct Entry: Sendable {
        var progress: MissionProgress
        var dueAt: Int64
        var pause: Int64
    }
    private var entries: [Entry] = []
    private(set) var dropped = 0

    var count: Int { entries.count }
    /// Oldest first.
    var waiting: [MissionProgress] { entries.map(\.progress) }

    mutating func add(_ progress: MissionProgress) {
        if entries.count == Self.capacity {
            entries.removeFirst()
            dropped += 1
        }
        entries.append(Entry(progress: progress, dueAt: .min, pause: Self.firstPauseNanoseconds))
    }

    /// False when nothing waited for this acknowledgement.
    mutating func acknowledge(_ ack: ProgressAck) -> Bool {
        guard
            let index = entries.firstIndex(where: {
                $0.progress.mission == ack.mission && $0.progress.kind == ack.kind
            })
        else { return false }
        entries.remove(at: index)
        return true
    }

    /// Everything is due at once: a new session has begun.
    mutating func restart() {
        for index in entries.indices {
            entries[index].dueAt = .min
            entries[index].pause = Self.firstPauseNanoseconds
        }
    }

    /// What is to be sent now, oldest first.
    mutating func takeDue(at now: Int64) -> [MissionProgress] {
        var due: [MissionProgress] = []
        for index in entries.indices.prefix(Self.window) where entries[index].dueAt <= now {
            due.append(entries[index].progress)
            entries[index].dueAt = now.saturatingAdd(entries[index].pause)
            entries[index].pause = min(entries[index].pause * 2, Self.longestPauseNanoseconds)
        }
        return due
    }
}

extension Int64 {
    func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
    func saturatingSubtract(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : difference
    }
}
