/// How much what we know of a vehicle may be wrong, and what that adds to its volumes (research: position error,
/// clock error, age, tracking; each added, none assumed to cancel).
public struct UncertaintyModel: Hashable, Sendable {
    /// Standard deviations that count as the bound.
    public var sigmas = 3.0
    /// Largest difference of a vehicle's clock from ours, seconds.
    public var clockErrorSeconds = 0.05
    /// How far a vehicle may be from the command it follows, metres.
    public var trackingMeters = 2.0

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
