/// Allows `burst` at once and `perSecond` in the long run. Driven by time, never reads a clock.
struct TokenBucket: Sendable {
    private var tokens: Double
    private var updated: Int64

    init(burst: Double, at now: Int64) {
        tokens = burst
        updated = now
    }

    /// Takes one token; false when there is none. A clock that steps back adds nothing.
    @inline(__always)
    mutating func take(at now: Int64, burst: Double, perSecond: Double) -> Bool {
        if now > updated { tokens = min(burst, tokens + Double(now &- updated) * 1e-9 * perSecond) }
        updated = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
