import World

/// A hash over all ticks of a detector: each run's conflicts and report are folded into what was before. Two
/// controllers that saw the same have the same value; where they part, it says so from that tick on.
struct RollingHash {
    private(set) var value: UInt64 = 0

    /// Conflicts are hashed one by one, so that the processor does several at a time, and summed as a polynomial of
    /// their places. O(n), some nanoseconds for each.
    mutating func fold(_ conflicts: UnsafeBufferPointer<Conflict>, _ report: DetectionReport) {
        var sum: UInt64 = 0
        var i = 0
        while i < conflicts.count {
            let conflict = conflicts[i]
            let pair = UInt64(UInt32(bitPattern: conflict.a)) << 32 | UInt64(UInt32(bitPattern: conflict.b))
            var z = (pair ^ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 29 ^ conflict.entrySeconds.bitPattern) &* 0x94D0_49BB_1331_11EB
            z = (z ^ z >> 32 ^ conflict.exitSeconds.bitPattern) &* 0xD6E8_FEB8_6659_FD93
            sum = sum &* 0x5851_F42D_4C95_7F2D &+ (z ^ z >> 31)
            i &+= 1
        }
        var hash = StableHash(seed: value)
        hash.combine(sum)
        hash.combine(report.bodies)
        hash.combine(report.refusedBodies)
        hash.combine(report.conflicts)
        hash.combine(report.slices)
        hash.combine(report.testedPairs)
        hash.combine(report.decidedPairs)
        hash.combine(report.deferredBodies)
        hash.combine(report.deferredPairs)
        hash.combine(report.coveredSeconds)
        value = hash.value
    }
}
