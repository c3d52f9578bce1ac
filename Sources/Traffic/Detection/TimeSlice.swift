/// A part of the lookahead: [from, to), the last one with its end.
struct TimeSlice: Hashable, Sendable {
    var fromSeconds: Double
    var toSeconds: Double

    var middleSeconds: Double { 0.5 * (fromSeconds + toSeconds) }
    /// A hair more than half, so that rounding of the borders cannot lose a moment.
    var halfSeconds: Double { 0.5 * (toSeconds - fromSeconds) * (1 + 0x1p-30) + 0x1p-30 }

    /// Equal slices of about `duration` seconds. Shorter ones look at fewer pairs but sort more often.
    static func plan(lookahead: Double, duration: Double = 30) -> [TimeSlice] {
        let count = max((lookahead / duration - 1e-9).rounded(.up), 1)
        return (0..<Int(count)).map { k in
            TimeSlice(
                fromSeconds: lookahead * Double(k) / count,
                toSeconds: k + 1 == Int(count) ? lookahead : lookahead * Double(k + 1) / count)
        }
    }

    /// Short ones first, for crowds: the sooner, the nearer are those who matter.
    static func crowdPlan(lookahead: Double) -> [TimeSlice] {
        var plan: [TimeSlice] = []
        var from = 0.0
        for border in [2.0, 10, 30] where border < lookahead {
            plan.append(TimeSlice(fromSeconds: from, toSeconds: border))
            from = border
        }
        plan.append(TimeSlice(fromSeconds: from, toSeconds: lookahead))
        return plan
    }
}
