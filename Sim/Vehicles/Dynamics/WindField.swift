/// The wind a fleet flies in: a mean that grows with height and gusts of its own for each vehicle.
public struct WindField: Sendable, Equatable {
    /// Mean wind at 10 m above ground: where the air moves to, m/s.
    public var east: Float
    public var north: Float
    /// Standard deviation of the gusts, m/s, horizontal (each axis) and vertical.
    public var gustDeviation: Float
    public var verticalGustDeviation: Float
    /// Length scales of turbulence, metres (MIL-F-8785C at some 100 m above ground).
    public var gustLength: Float
    public var verticalGustLength: Float
    /// Aerodynamic roughness of the ground, metres: 0.03 is open steppe. Mean wind follows ln((h + z0) / z0).
    public var roughness: Float

    public init(
        east: Float = 0, north: Float = 0, gustDeviation: Float = 0, verticalGustDeviation: Float? = nil,
        gustLength: Float = 200, verticalGustLength: Float = 50, roughness: Float = 0.03
    ) {
        self.east = east
        self.north = north
        self.gustDeviation = gustDeviation
        self.verticalGustDeviation = verticalGustDeviation ?? gustDeviation / 2
        self.gustLength = gustLength
        self.verticalGustLength = verticalGustLength
        self.roughness = roughness
    }

    public static let calm = WindField()
}

/// One generator of noise per lane: xorshift32 (Marsaglia 2003), seeded for each vehicle.
struct LaneNoise {
    var state = SIMD8<UInt32>(repeating: 1)

    @inline(__always) private mutating func next() -> SIMD8<UInt32> {
        state ^= state &<< 13
        state ^= state &>> 17
        state ^= state &<< 5
        return state
    }

    /// Nearly normal, deviation 1: four uniform 16-bit parts added, so never beyond 3.46.
    @inline(__always) mutating func normal() -> Lanes {
        let a = next()
        let b = next()
        let sum = (a & 0xFFFF) &+ (a &>> 16) &+ (b & 0xFFFF) &+ (b &>> 16)
        return (Lanes(unsafeBitCast(sum, to: SIMD8<Int32>.self)) - 131_070) * (1.732_050_8 / 65_536)
    }
}

/// Mean wind and gusts of eight vehicles, refreshed at 25 Hz.
struct WindLanes {
    /// Mean at 10 m.
    var meanEast = Lanes.zero
    var meanNorth = Lanes.zero
    /// Gusts: first-order Dryden forms, i.e. Ornstein-Uhlenbeck processes with time constant length / airspeed.
    var gust = Space.zero
    /// What blows now: the kernel reads this.
    var now = Space.zero
    var noise = LaneNoise()

    @inline(__always) mutating func refresh(
        height: Lanes, airspeed: Lanes, field: WindConstants, seconds: Float
    ) {
        let growth =
            (logarithm2(greater(height, 0) + field.roughness) - field.logRoughness) * field.inverseLog10m
        let speed = greater(airspeed, 1)
        let (keepH, feedH) = Self.decay(speed * (seconds / field.length))
        let (keepV, feedV) = Self.decay(speed * (seconds / field.verticalLength))
        gust.x = gust.x * keepH + noise.normal() * feedH * field.deviation
        gust.y = gust.y * keepH + noise.normal() * feedH * field.deviation
        gust.z = gust.z * keepV + noise.normal() * feedV * field.verticalDeviation
        // Gusts vanish towards the ground, where a parked vehicle stands.
        let share = limit(height * 0.1 + 0.1, .zero, Lanes(repeating: 1))
        now = Space(x: meanEast * growth, y: meanNorth * growth, z: .zero) + gust * share
    }

    /// exp(-x) as (1 - x/2) / (1 + x/2), and what noise of deviation 1 must be scaled by to keep the variance.
    @inline(__always) private static func decay(_ x: Lanes) -> (keep: Lanes, feed: Lanes) {
        let half = lesser(x * 0.5, 0.9)
        let keep = (1 - half) / (1 + half)
        return (keep, root(1 - keep * keep))
    }
}

/// `WindField` as the kernel wants it.
struct WindConstants: Sendable {
    var length: Float
    var verticalLength: Float
    var deviation: Float
    var verticalDeviation: Float
    var roughness: Float
    var logRoughness: Float
    var inverseLog10m: Float

    init(_ field: WindField) {
        length = max(field.gustLength, 1)
        verticalLength = max(field.verticalGustLength, 1)
        deviation = max(field.gustDeviation, 0)
        verticalDeviation = max(field.verticalGustDeviation, 0)
        roughness = min(max(field.roughness, 1e-4), 5)
        logRoughness = logarithm2(Lanes(repeating: roughness))[0]
        inverseLog10m = 1 / (logarithm2(Lanes(repeating: 10 + roughness))[0] - logRoughness)
    }
}
