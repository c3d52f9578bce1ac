/// How fresh the link to the station is.
public enum LinkState: Sendable, Equatable {
    /// No session yet.
    case never
    case live
    /// Silent for more than one and a half heartbeat intervals.
    case late
    /// Silent for as long as the station said means lost.
    case lost
}

/// When the station was last heard, and which share of its heartbeats came in the last minute.
struct LinkWatch: Sendable {
    private(set) var heardAt: Int64?
    private var openedAt: Int64 = 0
    private var beats = [UInt16](repeating: 0, count: 60)
    private var second: Int64 = 0

    mutating func heard(at now: Int64) {
        if heardAt == nil {
            openedAt = now
            second = now / 1_000_000_000
        }
        heardAt = now
    }

    mutating func beat(at now: Int64) {
        advance(to: now)
        let index = Int(second % 60)
        beats[index] = beats[index] &+ (beats[index] < .max ? 1 : 0)
    }

    func ageNanoseconds(at now: Int64) -> Int64 { heardAt.map { max(now.saturatingSubtract($0), 0) } ?? 0 }

    func state(at now: Int64, beatInterval: Int64, lostAfter: Int64) -> LinkState {
        guard heardAt != nil else { return .never }
        let age = ageNanoseconds(at: now)
        if age >= lostAfter { return .lost }
        return age > beatInterval + beatInterval / 2 ? .late : .live
    }

    /// Share of the last minute's heartbeats that did not come, x 10,000.
    mutating func lossTenThousandths(at now: Int64, beatInterval: Int64) -> UInt32 {
        guard heardAt != nil else { return 0 }
        advance(to: now)
        let span = min(max(now.saturatingSubtract(openedAt), 0), 60_000_000_000)
        let expected = span / max(beatInterval, 1)
        let received = min(beats.reduce(0) { $0 + Int64($1) }, expected)
        return expected == 0 ? 0 : UInt32(clamping: (expected - received) * 10_000 / expected)
    }

    private mutating func advance(to now: Int64) {
        let current = now / 1_000_000_000
        guard current > second else { return }
        if current - second >= 60 {
            for index in beats.indices { beats[index] = 0 }
        } else {
            for passed in (second + 1)...current { beats[Int(passed % 60)] = 0 }
        }
        second = current
    }
}
