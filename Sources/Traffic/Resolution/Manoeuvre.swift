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

    /// Whether both ask for the same course and speed: commands are rounded on their way, and turned from plane to plane.
    func keepsCourse(of other: Manoeuvre) -> Bool {
        abs(vx - other.vx) <= 0.01 && abs(vy - other.vy) <= 0.01
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
