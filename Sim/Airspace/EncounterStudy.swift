import World

/// Many encounters, each flown twice: without avoidance and with it.
public struct EncounterStudy: Sendable {
    public private(set) var encounters = 0
    /// Near mid-air collisions: closer than 500 ft and 100 ft.
    public private(set) var collisionsWithout = 0
    public private(set) var collisionsWith = 0
    /// Collisions where there were none without avoidance.
    public private(set) var inducedCollisions = 0
    /// Losses of well clear: 2000 ft and 250 ft.
    public private(set) var lossesWithout = 0
    public private(set) var lossesWith = 0
    public private(set) var inducedLosses = 0
    public private(set) var avoidingSeconds = 0.0

    /// Encounter n of a seed is the same whatever the count.
    /// - Parameters:
    ///   - rangeMeters: how far surveillance sees, horizontally.
    ///   - horizonSeconds: how far ahead the resolver looks, where it has a part.
    public init(
        count: Int, seed: UInt64, rangeMeters: Double = EncounterModel.rangeMeters,
        avoidance: EncounterAvoidance = .avoider, horizonSeconds: Double = 40
    ) {
        for number in 0..<max(0, count) {
            var mix = SplitMix64(seed: seed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
            let own = mix.next()
            let encounter = Encounter(seed: own)
            let without = EncounterRun(
                encounter, seed: own, avoidance: nil, rangeMeters: rangeMeters, horizonSeconds: horizonSeconds
            )
            let with = EncounterRun(
                encounter, seed: own, avoidance: avoidance, rangeMeters: rangeMeters,
                horizonSeconds: horizonSeconds)
            encounters += 1
            collisionsWithout += without.isCollision ? 1 : 0
            collisionsWith += with.isCollision ? 1 : 0
            inducedCollisions += with.isCollision && !without.isCollision ? 1 : 0
            lossesWithout += without.isLossOfWellClear ? 1 : 0
            lossesWith += with.isLossOfWellClear ? 1 : 0
            inducedLosses += with.isLossOfWellClear && !without.isLossOfWellClear ? 1 : 0
            avoidingSeconds += with.avoidingSeconds
        }
    }

    public struct Ratio: Sendable, Hashable {
        /// Nil when nothing happened without avoidance.
        public var value: Double?
        /// Of 95 % confidence.
        public var low: Double
        public var high: Double?
    }

    public var collisionRatio: Ratio { Self.ratio(collisionsWith, collisionsWithout, encounters) }
    public var lossRatio: Ratio { Self.ratio(lossesWith, lossesWithout, encounters) }

    /// The ratio of two shares of one count, with Katz's logarithmic interval (1978). With no event left, at most
    /// three would have gone unseen.
    private static func ratio(_ with: Int, _ without: Int, _ count: Int) -> Ratio {
        guard without > 0 else { return Ratio(value: nil, low: 0, high: nil) }
        let (a, c, n) = (Double(with), Double(without), Double(count))
        guard with > 0 else { return Ratio(value: 0, low: 0, high: 3 / c) }
        let deviation = (1 / a + 1 / c - 2 / n).squareRoot()
        let factor = exponential(1.96 * deviation)
        return Ratio(value: a / c, low: a / c / factor, high: a / c * factor)
    }

    /// e^x of small positive x, by its series.
    private static func exponential(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1...40 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }
}
