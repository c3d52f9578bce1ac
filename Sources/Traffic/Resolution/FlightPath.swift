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

    /// Constant velocity.
    init(_ m: Motion) {
        (x, y, z, vx, vy, vz) = (m.x, m.y, m.z, m.vx, m.vy, m.vz)
        (cx, cy, cz) = (m.vx, m.vy, m.vz)
        reached = 0
        levelStart = .infinity
        levelEnd = .infinity
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

/// The smallest scaled distance of two paths and when.
struct Separation {
    /// Squared, vertical differences scaled; a lower bound at most `PathPair.slackMeters` too small.
    var squared: Double
    var time: Double
}

enum PathPair {
    /// How much nearer than they come two paths may be said to come.
    static let slackMeters = 0.25

    /// The smallest distance of `a` and `b` between `from` and `until` seconds from now, vertical differences
    /// multiplied by `verticalScale`. Each stretch without a break in either path is cut into chords no farther from
    /// the true relative path than `slackMeters`, and that is taken off.
    static func separation(
        _ a: FlightPath, _ b: FlightPath, from: Double, until: Double, verticalScale k: Double
    ) -> Separation {
        var best = Separation(squared: .infinity, time: from)
        var t = from
        var (px, py, pz) = difference(a, b, t, k)
        while t < until {
            var next = until
            var bend = 0.0
            consider(a, t, &next, &bend, k)
            consider(b, t, &next, &bend, k)
            var error = 0.0
            if bend > 1e-9 {
                let longest = (8 * slackMeters / bend).squareRoot()
                if next - t > longest {
                    // Equal chords, so that the last is no stub.
                    next = t + (next - t) / ((next - t) / longest).rounded(.up)
                }
                error = bend * (next - t) * (next - t) * 0.125
            }
            let (qx, qy, qz) = difference(a, b, next, k)
            let (ex, ey, ez) = (qx - px, qy - py, qz - pz)
            let run = ex * ex + ey * ey + ez * ez
            var share = run > 0 ? -(px * ex + py * ey + pz * ez) / run : 0
            if share < 0 { share = 0 }
            if share > 1 { share = 1 }
            let (mx, my, mz) = (px + share * ex, py + share * ey, pz + share * ez)
            var squared = mx * mx + my * my + mz * mz
            if error > 0 {
                let distance = squared.squareRoot() - error
                squared = distance > 0 ? distance * distance : 0
            }
            if squared < best.squared { best = Separation(squared: squared, time: t + share * (next - t)) }
            (px, py, pz) = (qx, qy, qz)
            t = next
        }
        return best
    }

    @inline(__always)
    private static func difference(_ a: FlightPath, _ b: FlightPath, _ t: Double, _ k: Double) -> (
        Double, Double, Double
    ) {
        let (p, q) = (a.position(t), b.position(t))
        return (p.x - q.x, p.y - q.y, (p.z - q.z) * k)
    }

    /// The next break of `path` after `t`, and how much it accelerates until then.
    @inline(__always)
    private static func consider(
        _ path: FlightPath, _ t: Double, _ next: inout Double, _ bend: inout Double, _ k: Double
    ) {
        let hair = 1e-9
        if t < path.reached - hair {
            if path.reached < next { next = path.reached }
            let (dx, dy, dz) = (path.cx - path.vx, path.cy - path.vy, (path.cz - path.vz) * k)
            bend += (dx * dx + dy * dy + dz * dz).squareRoot() / path.reached
        } else if t < path.levelStart - hair {
            if path.levelStart < next { next = path.levelStart }
        } else if t < path.levelEnd - hair {
            if path.levelEnd < next { next = path.levelEnd }
            bend += abs(path.cz) * k / (path.levelEnd - path.levelStart)
        }
    }
}
