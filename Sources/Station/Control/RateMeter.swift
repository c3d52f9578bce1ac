/// How many of something come in each real second, over the last five.
struct RateMeter: Sendable {
    private let startedAt: Int64
    /// Total at moments a second apart, oldest first.
    private var samples: [(at: Int64, total: UInt64)]
    private var newest: Int64

    /// Times are monotonic nanoseconds.
    init(at now: Int64) {
        startedAt = now
        newest = now
        samples = [(now, 0)]
    }

    var uptimeSeconds: Double { Double(newest &- startedAt) * 1e-9 }

    /// Called as often as one likes with the total so far.
    mutating func note(_ total: UInt64, at now: Int64) {
        newest = max(newest, now)
        guard let last = samples.last, now &- last.at >= 1_000_000_000 else { return }
        samples.append((now, total))
        if samples.count > 6 { samples.removeFirst() }
    }

    var perSecond: Double {
        guard let first = samples.first, let last = samples.last, last.at > first.at else { return 0 }
        return Double(last.total &- first.total) / (Double(last.at &- first.at) * 1e-9)
    }
}
