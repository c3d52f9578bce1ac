/// A path seen coarsely: the straight line it ends on, drawn out backwards to now, how far the path is from that line
/// at most, and the altitudes it passes; and the disc and altitudes that stopping from it takes.
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
        if path.vz == 0, path.cz == 0 { return }
        include(path.position(until).z)
        if path.reached > 0 {
            if path.reached < until { include(path.position(path.reached).z) }
            if path.vz * path.cz < 0 {
                let still = path.reached * path.vz / (path.vz - path.cz)
                if still < until { include(path.position(still).z) }
            }
        }
        if path.levelEnd < until { include(path.position(path.levelEnd).z) }
    }

    @inline(__always)
    private mutating func include(_ z: Double) {
        if z < lowest { lowest = z }
        if z > highest { highest = z }
    }
}
