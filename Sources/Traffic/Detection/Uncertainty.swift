/// How much what we know of a vehicle may be wrong, and what that adds to its volumes (research: position error,
/// clock error, age, tracking; each added, none assumed to cancel).
public struct UncertaintyModel: Hashable, Sendable {
    /// Standard deviations that count as the bound.
    public var sigmas = 3.0
    /// Largest difference of a vehicle's clock from ours, seconds.
    public var clockErrorSeconds = 0.05
    /// How far a vehicle may be from the command it follows, metres.
    public var trackingMeters = 2.0
    /// Silent for longer than this, a vehicle is no longer where it was heading: it becomes its reachable set.
    public var silentAfterSeconds = 3.0
    /// A track older than this is forgotten by the tick, and counted.
    public var forgottenAfterSeconds = 600.0

    public init() {}

    /// What a vehicle adds to every radius. `age` and errors as measured; `acceleration` is its class's limit.
    ///
    /// k (sigma_p + sigma_v age) + |v| clock error + a age^2 / 2 + tracking. Two bodies add both: at least the root
    /// of their squares, so the pair's bound holds too.
    @inline(__always)
    func added(
        sigmaPosition: Double, sigmaVelocity: Double, age: Double, speed: Double, acceleration: Double
    ) -> Double {
        sigmas * (sigmaPosition + sigmaVelocity * age) + speed * clockErrorSeconds + 0.5 * acceleration * age
            * age + trackingMeters
    }
}

/// What a vehicle reported, or a sensor saw of it.
public struct TrackMeasurement: Hashable, Sendable {
    /// Seconds since any fixed moment; the same clock for all.
    public var timeSeconds: Double
    public var motion: Motion
    public var kind: BodyClass
    /// Standard deviations per axis: metres, m/s.
    public var sigmaPositionMeters: Double
    public var sigmaVelocityMetersPerSecond: Double
    /// Largest acceleration, m/s^2.
    public var accelerationLimit: Double
    /// How far from where it fell silent its declared contingency may take it, metres, horizontally and vertically.
    public var contingencyRadiusMeters: Double
    public var contingencyHeightMeters: Double

    public init(
        timeSeconds: Double, motion: Motion, kind: BodyClass, sigmaPositionMeters: Double = 0,
        sigmaVelocityMetersPerSecond: Double = 0, accelerationLimit: Double = 3,
        contingencyRadiusMeters: Double = 500, contingencyHeightMeters: Double = 120
    ) {
        self.timeSeconds = timeSeconds
        self.motion = motion
        self.kind = kind
        self.sigmaPositionMeters = sigmaPositionMeters
        self.sigmaVelocityMetersPerSecond = sigmaVelocityMetersPerSecond
        self.accelerationLimit = accelerationLimit
        self.contingencyRadiusMeters = contingencyRadiusMeters
        self.contingencyHeightMeters = contingencyHeightMeters
    }

    /// Whether all numbers are finite and believable. Every comparison with NaN is false.
    var isSound: Bool {
        func isWithin(_ value: Double, _ limit: Double) -> Bool { value >= 0 && value <= limit }
        return Body(motion).isSound && timeSeconds.magnitude <= 1e12 && isWithin(sigmaPositionMeters, 1e4)
            && isWithin(sigmaVelocityMetersPerSecond, 1e3) && isWithin(accelerationLimit, 100)
            && isWithin(contingencyRadiusMeters, 1e6) && isWithin(contingencyHeightMeters, 1e5)
    }

    /// Which of two different measurements of one moment counts, so that their order of arrival does not matter.
    func outranks(_ other: TrackMeasurement) -> Bool {
        let (mine, theirs) = (words, other.words)
        for k in 0..<14 where mine[k] != theirs[k] { return mine[k] > theirs[k] }
        return false
    }

    private var words: SIMD16<UInt64> {
        let m = motion
        let values: SIMD16<Double> = [
            m.x, m.y, m.z, m.vx, m.vy, m.vz, sigmaPositionMeters, sigmaVelocityMetersPerSecond,
            accelerationLimit, contingencyRadiusMeters, contingencyHeightMeters, Double(kind.rawValue), 0, 0,
            0, 0,
        ]
        return unsafeBitCast(values, to: SIMD16<UInt64>.self)
    }
}
