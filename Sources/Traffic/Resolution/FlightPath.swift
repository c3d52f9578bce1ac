/// How a body will move under a manoeuvre, in closed form: its velocity goes straight to the commanded one at its
/// acceleration, stays, and the vertical part is taken out again to level off. Piecewise quadratic in time.
struct FlightPath {
    // Now.
    var x: Double
    var y: Double
    var z: Double
    var vx: Double
    var vy: Double
    var vz: Double
    // Commanded velocity.
    var cx: Double
    var cy: Double
    var cz: Double
    /// End of the acceleration.
    var reached: Double
    /// Levelling off lasts from here
    var levelStart: Double
    /// to here; infinite both where it never levels off.
    var levelEnd: Double
    /// How far the body may be from this path: a coordinated turn is an arc, not the parabola flown here.
    var turnError = 0.0

    /// Constant velocity.
    init(_ m: Motion) {
        (x, y, z, vx, vy, vz) = (m.x, m.y, m.z, m.vx, m.vy, m.vz)
        (cx, cy, cz) = (m.vx, m.vy, m.vz)
        reached = 0
        levelStart = .infinity
        levelEnd = .infinity
    }

    /// Braking to a standstill in the air.
    init(stopping m: Motion, acceleration a: Double) {
        (x, y, z, vx, vy, vz) = (m.x, m.y, m.z, m.vx, m.vy, m.vz)
        (cx, cy, cz) = (0, 0, 0)
        reached = (vx * vx + vy * vy + vz * vz).squareRoot() / a
        levelStart = reached
        levelEnd = reached
    }

    init(_ m: Motion, _ manoeuvre: Manoeuvre, acceleration a: Double) {
        (x, y, z, vx, vy, vz) = (m.x, m.y, m.z, m.vx, m.vy, m.vz)
        (cx, cy) = (manoeuvre.vx, manoeuvre.vy)
        let way = manoeuvre.levelMeters - m.z
        let distance = abs(way)
        let sign: Double = way < 0 ? -1 : 1
        // The speed of the climb: what a triangle of acceleration and braking over the way reaches, or the speed it
        // already has, never more than can still be braked.
        var peak = (0.9 * a * distance).squareRoot()
        if sign * m.vz > peak { peak = sign * m.vz }
        let braking = (1.6 * a * distance).squareRoot()
        if braking < peak { peak = braking }
        if manoeuvre.climbRate < peak { peak = manoeuvre.climbRate }
        cz = sign * peak
        let (dx, dy, dz) = (cx - vx, cy - vy, cz - vz)
        reached = (dx * dx + dy * dy + dz * dz).squareRoot() / a
        let left = sign * (way - (vz + cz) * 0.5 * reached)
        if peak > 1e-3 {
            let brakingTime = peak / (0.8 * a)
            let before = left - 0.5 * peak * brakingTime
            levelStart = reached + (before > 0 ? before / peak : 0)
            levelEnd = levelStart + brakingTime
        } else {
            levelStart = reached
            levelEnd = reached
        }
    }

    /// The same of a class that turns when it cannot hover.
    @inline(__always)
    init(_ m: Motion, _ manoeuvre: Manoeuvre, _ shape: ClassShape) {
        self.init(m, manoeuvre, acceleration: shape.acceleration)
        if !shape.canHover { turnError = Self.turnError(m, manoeuvre) * shape.perAcceleration }
    }

    /// How far a turn at constant speed V and lateral acceleration a and the change of velocity along a straight line are
    /// apart at most, times a. With s = 2 sin(angle / 2), the chord of the turn's unit circle, that is V^2 times a little
    /// less than 0.085 s^3 + 0.026 s^6: 1/12 s^3 for small turns, 2.303 for half a circle. Where the speed changes as
    /// well, it is off by at most the change for as long as the turn takes, at most pi/2 sV.
    private static func turnError(_ m: Motion, _ manoeuvre: Manoeuvre) -> Double {
        let flown = (m.vx * m.vx + m.vy * m.vy).squareRoot()
        let told = (manoeuvre.vx * manoeuvre.vx + manoeuvre.vy * manoeuvre.vy).squareRoot()
        guard flown > 0, told > 0 else { return 0 }
        let (dx, dy) = (manoeuvre.vx / told - m.vx / flown, manoeuvre.vy / told - m.vy / flown)
        let square = dx * dx + dy * dy
        let cube = square * square.squareRoot()
        let speed = flown > told ? flown : told
        let turning = speed * speed * cube * (0.085 + 0.026 * cube)
        return turning + abs(told - flown) * speed * 1.571 * square.squareRoot()
    }

    /// Square of the highest horizontal speed on the way: on a straight line between two velocities no other is higher.
    var fastestSquared: Double {
        let (first, last) = (vx * vx + vy * vy, cx * cx + cy * cy)
        return first > last ? first : last
    }

    /// How it moves `t` seconds from now.
    func velocity(_ t: Double) -> (x: Double, y: Double, z: Double) {
        if t < reached {
            let share = t / reached
            return (vx + (cx - vx) * share, vy + (cy - vy) * share, vz + (cz - vz) * share)
        }
        if t < levelStart { return (cx, cy, cz) }
        let whole = levelEnd - levelStart
        let left = t < levelEnd && whole > 0 ? (levelEnd - t) / whole : 0
        return (cx, cy, cz * left)
    }

    /// Where it is `t` seconds from now, t >= 0.
    @inline(__always)
    func position(_ t: Double) -> (x: Double, y: Double, z: Double) {
        if t < reached {
            let share = t * t / (2 * reached)
            return (
                x + vx * t + (cx - vx) * share, y + vy * t + (cy - vy) * share, z + vz * t + (cz - vz) * share
            )
        }
        let half = 0.5 * reached
        let flown = t - reached
        var height = z + (vz + cz) * half
        if t <= levelStart {
            height += cz * flown
        } else {
            height += cz * (levelStart - reached)
            let whole = levelEnd - levelStart
            let u = t < levelEnd ? t - levelStart : whole
            if whole > 0 { height += cz * u - cz * u * u / (2 * whole) }
        }
        return (x + (vx + cx) * half + cx * flown, y + (vy + cy) * half + cy * flown, height)
    }
}
