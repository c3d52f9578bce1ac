/// What a vehicle does by itself when it hears nothing more, a tick from now: who can hover stops, as a straight
/// braking path; who cannot levels off and circles to its right, taken as the whole disc of that circle for all time.
struct Contingency {
    var path: FlightPath
    /// Room taken around the path, metres.
    var radius: Double

    /// After flying `path` for `tick` seconds.
    init(after path: FlightPath, tick: Double, _ shape: ClassShape) {
        let p = path.position(tick)
        var v = path.velocity(tick)
        var motion = Motion(x: p.x, y: p.y, z: p.z, vx: v.x, vy: v.y, vz: v.z)
        radius = 0
        if !shape.canHover {
            // Turning at its speed, not along the straight line between velocities that the path takes.
            (v.x, v.y) = Self.turned(path, tick * shape.acceleration)
            motion.x = path.x + 0.5 * tick * (path.vx + v.x)
            motion.y = path.y + 0.5 * tick * (path.vy + v.y)
            let speed = (v.x * v.x + v.y * v.y).squareRoot()
            radius = speed * speed * shape.perAcceleration
            motion.x += v.y * speed * shape.perAcceleration
            motion.y -= v.x * speed * shape.perAcceleration
            (motion.vx, motion.vy) = (0, 0)
        }
        self.path = FlightPath(stopping: motion, acceleration: shape.acceleration)
    }

    /// The velocity after turning towards the commanded course and changing speed by at most `change` each, m/s.
    private static func turned(_ path: FlightPath, _ change: Double) -> (Double, Double) {
        let flown = (path.vx * path.vx + path.vy * path.vy).squareRoot()
        let told = (path.cx * path.cx + path.cy * path.cy).squareRoot()
        guard flown > change, told > 0, change > 0 else { return (path.vx, path.vy) }
        let speed = flown + (told > flown ? min(told - flown, change) : -min(flown - told, change))
        let (x, y) = (path.vx / flown, path.vy / flown)
        let (tx, ty) = (path.cx / told, path.cy / told)
        let (cross, dot) = (x * ty - y * tx, x * tx + y * ty)
        let angle = change / flown
        if dot > 0, abs(cross) <= angle { return (speed * tx, speed * ty) }
        let side = cross > 0 ? angle : -angle
        let (nx, ny) = (x - y * side, y + x * side)
        let size = (nx * nx + ny * ny).squareRoot()
        return (speed * nx / size, speed * ny / size)
    }

    /// Half axes of the volume kept between contingencies: the ellipsoid around the near-collision cylinder of small
    /// aircraft, 15.24 m by 4.572 m.
    static let separationMeters = 15.24 * 2.0.squareRoot()
    static let separationHeightMeters = 4.572 * 2.0.squareRoot()

    /// `less` is taken off what is kept horizontally.
    func isDisjoint(
        from other: Contingency, inflation: Double, inflationHeight: Double, less: Double = 0
    ) -> Bool {
        let reach = Self.separationMeters + inflation + radius + other.radius - less
        let height = Self.separationHeightMeters + inflationHeight
        // Braking, a body passes half of its speed times the time it takes.
        let (own, its) = (path.reached * 0.5, other.path.reached * 0.5)
        let (low, high) = Self.span(path.z, path.vz * own)
        let (otherLow, otherHigh) = Self.span(other.path.z, other.path.vz * its)
        if low - otherHigh >= height || otherLow - high >= height { return true }
        let dx = path.x - other.path.x + (path.vx * own - other.path.vx * its) * 0.5
        let dy = path.y - other.path.y + (path.vy * own - other.path.vy * its) * 0.5
        let ways =
            ((path.vx * path.vx + path.vy * path.vy).squareRoot() * own
                + (other.path.vx * other.path.vx + other.path.vy * other.path.vy).squareRoot() * its) * 0.5
        if dx * dx + dy * dy >= (reach + ways) * (reach + ways) { return true }
        // Discs are kept apart whole, at any altitude they share; points by the ellipsoid.
        let scale = radius + other.radius > 0 ? 0 : reach / height
        if let known = isFarFrom(other, own, its, scale, reach) { return known }
        let until = max(path.reached, other.path.reached) + 1
        return PathPair.approach(path, other.path, until: until, verticalScale: scale, radius: reach) == nil
    }

    /// Whether two stops stay `reach` apart, if that can be told from the line their difference runs along. Both go part s = 2t/T - (t/T)^2 of their ways p and q, of which s
    /// differs by at most (T - T') / (T + T'): their difference stays that share of the shorter way from a straight line,
    /// all of which it passes.
    @inline(__always)
    private func isFarFrom(
        _ other: Contingency, _ own: Double, _ its: Double, _ scale: Double, _ reach: Double
    ) -> Bool? {
        let (px, py, pz) = (path.vx * own, path.vy * own, path.vz * own * scale)
        let (qx, qy, qz) = (other.path.vx * its, other.path.vy * its, other.path.vz * its * scale)
        let (x, y, z) = (path.x - other.path.x, path.y - other.path.y, (path.z - other.path.z) * scale)
        let (dx, dy, dz) = (px - qx, py - qy, pz - qz)
        let run = dx * dx + dy * dy + dz * dz
        var share = run > 0 ? -(x * dx + y * dy + z * dz) / run : 0
        share = share < 0 ? 0 : share > 1 ? 1 : share
        let (mx, my, mz) = (x + share * dx, y + share * dy, z + share * dz)
        let (p, q) = (px * px + py * py + pz * pz, qx * qx + qy * qy + qz * qz)
        let both = own + its
        let bow = both > 0 ? abs(own - its) / both * (p < q ? p : q).squareRoot() : 0
        let least = (mx * mx + my * my + mz * mz).squareRoot()
        if least >= reach + bow { return true }
        return least + bow < reach ? false : nil
    }

    @inline(__always)
    private static func span(_ z: Double, _ way: Double) -> (Double, Double) {
        way < 0 ? (z + way, z) : (z, z + way)
    }

    /// A disc and altitudes that hold the contingency begun now, and after `tick` of any flight the class can do.
    ///
    /// With speed s and acceleration a, in a time t a body moves at most st + at^2/2 and its velocity changes by at most
    /// at. Hence |s'v' - sv| <= at(2s + at): the end of a stop, sv/(2a) ahead, moves by at most 2st + at^2; the centre
    /// of a circle, sv/a aside, by at most 3st + 3/2 at^2, and its radius s^2/a by 2st + at^2; a little more, as a turn and
    /// a change of speed may come together. Likewise for altitudes.
    struct Disc {
        var x: Double
        var y: Double
        var radius: Double
        var lowest: Double
        var highest: Double
        /// From where the body is to the middle of the disc.
        var offset: Double

        @inline(__always)
        init(_ path: FlightPath, _ shape: ClassShape, tick: Double) {
            let a = shape.acceleration
            let flat = path.vx * path.vx + path.vy * path.vy
            let speed = flat.squareRoot()
            let whole: Double
            if shape.canHover {
                whole = (flat + path.vz * path.vz).squareRoot()
                let share = whole * shape.perAcceleration * 0.25
                x = path.x + path.vx * share
                y = path.y + path.vy * share
                offset = speed * share
                radius = offset + tick * (2 * whole + a * tick)
            } else {
                whole = abs(path.vz)
                offset = speed * speed * shape.perAcceleration
                x = path.x + path.vy * speed * shape.perAcceleration
                y = path.y - path.vx * speed * shape.perAcceleration
                radius = offset + tick * (6 * speed + 4 * a * tick)
            }
            let way = path.vz * whole * shape.perAcceleration * 0.5
            let more = tick * (0.5 * whole + 1.5 * abs(path.vz) + a * tick)
            lowest = path.z - more + (way < 0 ? way : 0)
            highest = path.z + more + (way > 0 ? way : 0)
        }
    }
}

/// What the paths of a class need, reckoned once.
struct ClassShape {
    var acceleration: Double
    var perAcceleration: Double
    var canHover: Bool
    var separation: Double
    var separationHeight: Double
    /// What it keeps beyond what everybody of the grid does.
    var moreRadius: Double
    var moreHeight: Double

    init(_ kind: ResolutionClass, _ reaches: GridReach) {
        acceleration = kind.acceleration
        perAcceleration = 1 / kind.acceleration
        canHover = kind.canHover
        separation = kind.separationMeters
        separationHeight = kind.separationHeightMeters
        moreRadius = max(0, kind.separationMeters - reaches.radius)
        moreHeight = max(0, kind.separationHeightMeters - reaches.height)
    }
}
