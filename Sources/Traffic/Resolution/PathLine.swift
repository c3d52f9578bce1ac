/// A path seen coarsely: the straight line it ends on, drawn out backwards to now, how far the path is from that line
/// at most, and the altitudes it passes.
struct PathLine {
    var x: Double
    var y: Double
    var vx: Double
    var vy: Double
    /// The path is never farther than this from the line, horizontally.
    var bend: Double
    var lowest: Double
    var highest: Double

    init(_ path: FlightPath, until: Double) {
        let half = 0.5 * path.reached
        let (dx, dy) = (path.cx - path.vx, path.cy - path.vy)
        x = path.x - dx * half
        y = path.y - dy * half
        vx = path.cx
        vy = path.cy
        bend = (dx * dx + dy * dy).squareRoot() * half
        lowest = path.z
        highest = path.z
        // Turning points of altitude: where the vertical velocity passes zero while it changes, and the ends.
        include(path.position(until).z)
        if path.reached > 0 {
            if path.reached < until { include(path.position(path.reached).z) }
            if path.vz * path.cz < 0 || path.cz == 0 {
                let still = path.reached * path.vz / (path.vz - path.cz)
                if still.isFinite, still < until { include(path.position(still).z) }
            }
        }
        if path.levelEnd < until { include(path.position(path.levelEnd).z) }
    }

    private mutating func include(_ z: Double) {
        if z < lowest { lowest = z }
        if z > highest { highest = z }
    }

    /// False only where the two paths surely stay `radius` apart horizontally or `height` vertically until `until`.
    @inline(__always)
    static func mayMeet(_ a: PathLine, _ b: PathLine, radius: Double, height: Double, until: Double) -> Bool {
        guard a.lowest - b.highest < height, b.lowest - a.highest < height else { return false }
        let (sx, sy) = (a.x - b.x, a.y - b.y)
        let (ux, uy) = (a.vx - b.vx, a.vy - b.vy)
        let reach = radius + a.bend + b.bend
        let square = reach * reach
        let gap = sx * sx + sy * sy - square
        if gap < 0 { return true }
        let closing = sx * ux + sy * uy
        guard closing < 0 else { return false }
        let speed = ux * ux + uy * uy
        if -closing <= speed * until { return closing * closing > speed * gap }
        let (ex, ey) = (sx + ux * until, sy + uy * until)
        return ex * ex + ey * ey < square
    }
}
