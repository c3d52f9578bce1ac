/// Counts of forecast errors, from which the next error's quantiles are told: split conformal prediction on what has been
/// seen so far, old errors fading (Vovk et al. 2005; Lei et al. 2018). 256 steps of 1/16 from -8 to 8.
struct ErrorTally {
    static let step: Int64 = 16
    private static let bins = 256
    /// Halved at this number, so that what was long ago counts less.
    private static let most = 16384
    private var counts: [UInt16] = Array(repeating: 0, count: bins)
    private(set) var total = 0

    /// An error in 1/256.
    mutating func add(_ error: Int64) {
        let bin = max(0, min((error >> 4) + Int64(Self.bins / 2), Int64(Self.bins - 1)))
        counts[Int(bin)] += 1
        total += 1
        guard total >= Self.most else { return }
        total = 0
        for bin in counts.indices {
            counts[bin] /= 2
            total += Int(counts[bin])
        }
    }

    /// The error in 1/256 below which the next one is with a probability of at least `permille`; nil: too little is known
    /// to say. Takes 256 steps.
    func quantile(permille: Int) -> Int64? {
        let rank = ((total + 1) * permille + 999) / 1000
        guard rank >= 1, rank <= total else { return nil }
        var below = 0
        for bin in counts.indices where counts[bin] > 0 {
            let count = Int(counts[bin])
            if below + count >= rank {
                let start = Int64(bin - Self.bins / 2) * Self.step
                return start + Self.step * Int64(rank - below) / Int64(count)
            }
            below += count
        }
        return nil
    }
}
