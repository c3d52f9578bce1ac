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
    /// the true relative path than `slackMeters`, and that is taken off. Distances above `enough` may be told too
    /// small by more, but never below it.
    static func separation(
        _ a: FlightPath, _ b: FlightPath, from: Double, until: Double, verticalScale k: Double, enough: Double
    ) -> Separation {
        var best = Separation(squared: .infinity, time: from)
        var t = from
        var (px, py, pz) = difference(a, b, t, k)
        while t < until {
            var next = until
            var bend = 0.0
            consider(a, t, &next, &bend, k)
            consider(b, t, &next, &bend, k)
            var chord = Chord(a, b, (px, py, pz), t, next, bend, k)
            let longest = bend > 1e-9 ? (8 * slackMeters / bend).squareRoot() : .infinity
            if chord.squared < enough * enough, next - t > longest {
                // Equal chords, so that the last is no stub.
                next = t + (next - t) / ((next - t) / longest).rounded(.up)
                chord = Chord(a, b, (px, py, pz), t, next, bend, k)
            }
            if chord.squared < best.squared { best = Separation(squared: chord.squared, time: chord.time) }
            (px, py, pz) = chord.end
            t = next
        }
        return best
    }

    /// When the two come nearer than `radius`, if they do between now and `until`: a time of the first stretch on which
    /// they do, not the first instant. The answer of `separation`, sooner: a stretch is cut only while it is open whether
    /// they come that near on it. Distances up to `slackMeters` above `radius` may be taken for nearer.
    static func approach(
        _ a: FlightPath, _ b: FlightPath, until: Double, verticalScale k: Double, radius: Double
    ) -> Double? {
        var t = 0.0
        var p = difference(a, b, 0, k)
        while t < until {
            var end = until
            var bend = 0.0
            consider(a, t, &end, &bend, k)
            consider(b, t, &end, &bend, k)
            var step = end - t
            while t < end {
                let next = t + step < end ? t + step : end
                let q = difference(a, b, next, k)
                let (ex, ey, ez) = (q.0 - p.0, q.1 - p.1, q.2 - p.2)
                let run = ex * ex + ey * ey + ez * ez
                var share = run > 0 ? -(p.0 * ex + p.1 * ey + p.2 * ez) / run : 0
                share = share < 0 ? 0 : share > 1 ? 1 : share
                let (mx, my, mz) = (p.0 + share * ex, p.1 + share * ey, p.2 + share * ez)
                let squared = mx * mx + my * my + mz * mz
                // The path is no farther than this from the chord.
                let bow = bend * (next - t) * (next - t) * 0.125
                if squared < (radius + bow) * (radius + bow) {
                    if bow <= slackMeters || (bow < radius && squared < (radius - bow) * (radius - bow)) {
                        return t + share * (next - t)
                    }
                    step = 0.5 * (next - t)
                    continue
                }
                (t, p) = (next, q)
            }
        }
        return nil
    }

    /// The straight line between two points of the relative path, and how near to the origin the path can come on it.
    private struct Chord {
        var end: (Double, Double, Double)
        var squared: Double
        var time: Double

        @inline(__always)
        init(
            _ a: FlightPath, _ b: FlightPath, _ p: (Double, Double, Double), _ t: Double, _ next: Double,
            _ bend: Double, _ k: Double
        ) {
            end = difference(a, b, next, k)
            let (ex, ey, ez) = (end.0 - p.0, end.1 - p.1, end.2 - p.2)
            let run = ex * ex + ey * ey + ez * ez
            var share = run > 0 ? -(p.0 * ex + p.1 * ey + p.2 * ez) / run : 0
            if share < 0 { share = 0 }
            if share > 1 { share = 1 }
            let (mx, my, mz) = (p.0 + share * ex, p.1 + share * ey, p.2 + share * ez)
            squared = mx * mx + my * my + mz * mz
            time = t + share * (next - t)
            if bend > 1e-9 {
                let distance = squared.squareRoot() - bend * (next - t) * (next - t) * 0.125
                squared = distance > 0 ? distance * distance : 0
            }
        }
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
