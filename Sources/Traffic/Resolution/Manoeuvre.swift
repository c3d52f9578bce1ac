/// What a body is told to fly: a constant horizontal velocity, and a climb or descent of at most `climbRate` to a
/// level, then level flight. Metres a second, metres above mean sea level.
public struct Manoeuvre: Hashable, Sendable {
    public var vx: Double
    public var vy: Double
    /// At least 0: how fast it climbs or descends to `levelMeters`.
    public var climbRate: Double
    public var levelMeters: Double

    public init(vx: Double, vy: Double, climbRate: Double, levelMeters: Double) {
        (self.vx, self.vy, self.climbRate, self.levelMeters) = (vx, vy, climbRate, levelMeters)
    }

    public var isFinite: Bool { vx.isFinite && vy.isFinite && climbRate.isFinite && levelMeters.isFinite }

    /// The vertical velocity to fly at altitude `z`, so that `acceleration` suffices to level off without
    /// overshooting: along v^2 = 1.6 a d, and over the last metres 0.7 of the way each second.
    public func verticalVelocity(at z: Double, acceleration: Double) -> Double {
        let way = levelMeters - z
        let distance = abs(way)
        let braking = (1.6 * acceleration * distance).squareRoot()
        var speed = climbRate
        if braking < speed { speed = braking }
        if 0.7 * distance < speed { speed = 0.7 * distance }
        return way < 0 ? -speed : speed
    }
}

/// What a class of vehicle can do. Metres, metres a second, metres a second squared.
public struct ManoeuvreLimits: Hashable, Sendable {
    /// The most the velocity changes in a second, as a vector; of a fixed wing the lateral acceleration of its turn.
    public var acceleration: Double
    public var maximumSpeed: Double
    /// 0 for who can hover.
    public var minimumSpeed: Double
    public var maximumClimb: Double
    public var maximumDescent: Double
    /// Altitudes it may not leave (terrain floor, ceiling of its airspace), above mean sea level.
    public var floorMeters: Double
    public var ceilingMeters: Double

    public init(
        acceleration: Double, maximumSpeed: Double, minimumSpeed: Double = 0, maximumClimb: Double,
        maximumDescent: Double, floorMeters: Double = -1000, ceilingMeters: Double = 20_000
    ) {
        self.acceleration = acceleration
        self.maximumSpeed = maximumSpeed
        self.minimumSpeed = minimumSpeed
        self.maximumClimb = maximumClimb
        self.maximumDescent = maximumDescent
        self.floorMeters = floorMeters
        self.ceilingMeters = ceilingMeters
    }

    /// Whether the numbers describe a vehicle: finite, of a plausible size, lower limits below upper ones.
    var areSound: Bool {
        let all = acceleration + maximumSpeed + minimumSpeed + maximumClimb + maximumDescent
        return all.isFinite && floorMeters.isFinite && ceilingMeters.isFinite && acceleration >= 0.05
            && acceleration <= 100 && maximumSpeed > 0 && maximumSpeed <= 400 && minimumSpeed >= 0
            && minimumSpeed <= maximumSpeed && maximumClimb >= 0 && maximumClimb <= 100 && maximumDescent >= 0
            && maximumDescent <= 100 && floorMeters <= ceilingMeters
    }
}
