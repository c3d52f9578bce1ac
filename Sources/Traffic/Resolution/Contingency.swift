/// What a vehicle does by itself when it hears nothing more, a tick from now: who can hover stops, as a straight
/// braking path; who cannot circles to its right, taken as the whole disc of that circle for all time.
struct Contingency {
    var path: FlightPath
    /// Room taken around the path, metres.
    var radius: Double

    /// After flying `path` for `tick` seconds.
    init(after path: FlightPath, tick: Double, _ kind: ResolutionClass) {
        let p = path.position(tick)
        let v = path.velocity(tick)
        var motion = Motion(x: p.x, y: p.y, z: p.z, vx: v.x, vy: v.y, vz: v.z)
        if kind.canHover {
            self.path = FlightPath(stopping: motion, acceleration: kind.acceleration)
            radius = 0
            return
        }
        let square = v.x * v.x + v.y * v.y
        let speed = square.squareRoot()
        radius = square / kind.acceleration
        if speed > 0 {
            motion.x += v.y / speed * radius
            motion.y -= v.x / speed * radius
        }
        (motion.vx, motion.vy, motion.vz) = (0, 0, 0)
        self.path = FlightPath(motion)
    }

    /// Half axes of the volume kept between contingencies: the ellipsoid around the near-collision cylinder of small
    /// aircraft, 15.24 m by 4.572 m.
    static let separationMeters = 15.24 * 2.0.squareRoot()
    static let separationHeightMeters = 4.572 * 2.0.squareRoot()

    func isDisjoint(from other: Contingency, inflation: Double, inflationHeight: Double) -> Bool {
        let reach = Self.separationMeters + inflation + radius + other.radius
        let (dx, dy) = (path.x - other.path.x, path.y - other.path.y)
        let ways =
            ((path.vx * path.vx + path.vy * path.vy).squareRoot() * path.reached
                + (other.path.vx * other.path.vx + other.path.vy * other.path.vy).squareRoot()
                * other.path.reached)
            * 0.5
        if dx * dx + dy * dy >= (reach + ways) * (reach + ways) { return true }
        // Most pairs are far apart in height.
        let rise = (abs(path.vz) * path.reached + abs(other.path.vz) * other.path.reached) * 0.5
        if abs(path.z - other.path.z) >= Self.separationHeightMeters + inflationHeight + rise {
            return true
        }
        let until = max(path.reached, other.path.reached) + 1
        let scale = reach / (Self.separationHeightMeters + inflationHeight)
        let s = PathPair.separation(
            path, other.path, from: 0, until: until, verticalScale: scale, enough: reach)
        return s.squared >= reach * reach
    }
}
