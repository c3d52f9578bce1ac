/// What a drone can do to get out of the way, metres and seconds.
public struct AvoidanceLimits: Hashable, Sendable {
    public var slowest: Double
    public var cruise: Double
    public var fastest: Double
    /// Change of horizontal velocity. Of a multirotor in any direction, of a wing along its course.
    public var acceleration: Double
    /// Radians a second; nil for a multirotor, which turns by accelerating sideways.
    public var turnRate: Double?
    public var climbRate: Double
    public var descentRate: Double
    public var verticalAcceleration: Double

    public init(
        slowest: Double, cruise: Double, fastest: Double, acceleration: Double, turnRate: Double?,
        climbRate: Double, descentRate: Double, verticalAcceleration: Double
    ) {
        (self.slowest, self.cruise, self.fastest) = (slowest, cruise, fastest)
        (self.acceleration, self.turnRate) = (acceleration, turnRate)
        (self.climbRate, self.descentRate) = (climbRate, descentRate)
        self.verticalAcceleration = verticalAcceleration
    }

    /// A delivery multirotor.
    public static let multirotor = AvoidanceLimits(
        slowest: 0, cruise: 15, fastest: 22, acceleration: 3, turnRate: nil, climbRate: 5, descentRate: 4,
        verticalAcceleration: 2)
    /// A VTOL drone on its wing; 30 degrees of bank at cruise.
    public static let wing = AvoidanceLimits(
        slowest: 18, cruise: 25, fastest: 32, acceleration: 1.5, turnRate: 0.2, climbRate: 4, descentRate: 4,
        verticalAcceleration: 1.5)

    /// The state `seconds` later while the velocity is brought towards `goal` as fast as the limits allow.
    /// - Complexity: O(1), without trigonometry.
    public func advance(_ own: Motion, towards goal: AvoidanceVelocity, seconds: Double) -> Motion {
        var next = own
        if let turnRate {
            (next.vx, next.vy) = turned(own, goal, turnRate * seconds, acceleration * seconds)
        } else {
            let (dx, dy) = (goal.vx - own.vx, goal.vy - own.vy)
            let change = (dx * dx + dy * dy).squareRoot()
            let share = change > acceleration * seconds ? acceleration * seconds / change : 1
            (next.vx, next.vy) = (own.vx + dx * share, own.vy + dy * share)
        }
        let most = verticalAcceleration * seconds
        next.vz = own.vz + min(max(goal.vz - own.vz, -most), most)
        next.x = own.x + (own.vx + next.vx) / 2 * seconds
        next.y = own.y + (own.vy + next.vy) / 2 * seconds
        next.z = own.z + (own.vz + next.vz) / 2 * seconds
        return next
    }

    /// A course turned by at most `angle`, a speed changed by at most `change`.
    private func turned(
        _ own: Motion, _ goal: AvoidanceVelocity, _ angle: Double, _ change: Double
    ) -> (Double, Double) {
        let speed = (own.vx * own.vx + own.vy * own.vy).squareRoot()
        let goalSpeed = (goal.vx * goal.vx + goal.vy * goal.vy).squareRoot()
        guard speed > 0, goalSpeed > 0 else { return (goal.vx, goal.vy) }
        let (ux, uy) = (own.vx / speed, own.vy / speed)
        let (gx, gy) = (goal.vx / goalSpeed, goal.vy / goalSpeed)
        let along = ux * gx + uy * gy
        let across = ux * gy - uy * gx
        // A rotation with tan(a / 2) = q turns by a little less than 2 q: within the limit.
        let q = angle / 2
        let (cosine, sine) = ((1 - q * q) / (1 + q * q), 2 * q / (1 + q * q))
        var (wx, wy) = (gx, gy)
        if along < cosine {
            let sense: Double = across >= 0 ? sine : -sine
            (wx, wy) = (ux * cosine - uy * sense, uy * cosine + ux * sense)
        }
        let flown = speed + min(max(goalSpeed - speed, -change), change)
        return (wx * flown, wy * flown)
    }
}

/// A velocity to be flown.
public struct AvoidanceVelocity: Hashable, Sendable {
    public var vx: Double
    public var vy: Double
    public var vz: Double
    public init(vx: Double, vy: Double, vz: Double) { (self.vx, self.vy, self.vz) = (vx, vy, vz) }
}

/// A crewed aircraft as surveillance tells of it, extrapolated to now.
public struct CrewedTrack: Hashable, Sendable {
    public var motion: Motion
    /// Standard deviations, metres and metres a second, horizontal of each axis.
    public var positionError: Double
    public var altitudeError: Double
    public var velocityError: Double
    public var verticalRateError: Double

    public init(
        _ motion: Motion, positionError: Double, altitudeError: Double, velocityError: Double,
        verticalRateError: Double
    ) {
        self.motion = motion
        self.positionError = positionError
        self.altitudeError = altitudeError
        self.velocityError = velocityError
        self.verticalRateError = verticalRateError
    }
}
