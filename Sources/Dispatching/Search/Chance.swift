import World

/// Seeded chance for the search: integers only, the same everywhere.
struct Chance {
    private var source: SplitMix64
    init(seed: UInt64) { source = SplitMix64(seed: seed) }

    /// Uniform in 0 ..< n, for n up to 2^31.
    @inline(__always) mutating func below(_ n: Int) -> Int {
        Int(truncatingIfNeeded: ((source.next() >> 32) &* UInt64(truncatingIfNeeded: max(n, 1))) >> 32)
    }
    /// True once in `n`.
    @inline(__always) mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }
    /// 0 ..< 1.
    @inline(__always) mutating func unit() -> Double { source.unit() }
    /// Exponentially distributed with mean 1024: -1024 ln u, by a table so that it is the same everywhere.
    @inline(__always) mutating func exponential() -> Int64 { Chance.table[Int(source.next() >> 52)] }

    private static let table: [Int64] = (0..<4096).map { i in
        // ln by the area hyperbolic tangent's series after halving into 0.5 ..< 1; correctly rounded operations only.
        var u = (Double(i) + 0.5) / 4096
        var halvings = 0.0
        while u < 0.5 {
            u *= 2
            halvings += 1
        }
        let t = (u - 1) / (u + 1)
        var (term, sum) = (t, 0.0)
        for k in 0..<40 {
            sum += term / Double(2 * k + 1)
            term *= t * t
        }
        return Int64((1024 * (halvings * 0.693_147_180_559_945_3 - 2 * sum)).rounded())
    }
}
