import World

@testable import Traffic

/// Slow and obvious: whole nanometres in 128 bits, every edge looked at.
enum FenceReference {
    static func whole(_ meters: Double) -> Int128 { Int128(Int64((meters * 1e9).rounded(.toNearestOrEven))) }

    typealias Ring = [(x: Double, y: Double)]

    /// By the winding number of each ring (any winding, so its parity is what counts); borders belong.
    static func contains(_ rings: [Ring], _ px: Double, _ py: Double) -> Bool {
        let (x, y) = (whole(px), whole(py))
        var isInside = false
        for ring in rings {
            var winding = 0
            for i in ring.indices {
                let (a, b) = (ring[i], ring[(i + 1) % ring.count])
                let (ax, ay, bx, by) = (whole(a.x), whole(a.y), whole(b.x), whole(b.y))
                let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
                if side == 0, min(ax, bx) <= x, x <= max(ax, bx), min(ay, by) <= y, y <= max(ay, by) {
                    return true
                }
                if ay <= y, by > y, side > 0 { winding += 1 }
                if ay > y, by <= y, side < 0 { winding -= 1 }
            }
            if winding != 0 { isInside.toggle() }
        }
        return isInside
    }

    /// Whether the closed segment from p to q comes within `reach` metres of the region, by wide integers.
    static func meets(
        _ rings: [Ring], _ p: (x: Double, y: Double), _ q: (x: Double, y: Double), _ reach: Double
    ) -> Bool {
        if contains(rings, p.x, p.y) { return true }
        func wide(_ p: (x: Double, y: Double)) -> WidePoint {
            WidePoint(x: WideInteger(Int64(whole(p.x))), y: WideInteger(Int64(whole(p.y))))
        }
        for ring in rings {
            for i in ring.indices
            where WidePoint.areWithin(
                wide(p), wide(q), wide(ring[i]), wide(ring[(i + 1) % ring.count]),
                WideInteger(Int64(whole(reach))))
            {
                return true
            }
        }
        return false
    }

    /// Metres from a point to the nearest edge, in double.
    static func distance(_ rings: [Ring], _ x: Double, _ y: Double) -> Double {
        var least = Double.infinity
        for ring in rings {
            for i in ring.indices {
                let (a, b) = (ring[i], ring[(i + 1) % ring.count])
                let (dx, dy) = (b.x - a.x, b.y - a.y)
                let t = max(0, min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy)))
                let (ex, ey) = (x - a.x - dx * t, y - a.y - dy * t)
                least = min(least, (ex * ex + ey * ey).squareRoot())
            }
        }
        return least
    }

    /// A star about a point, its corners on a grid of `grid` metres when that is not 0; maybe with a hole.
    static func star(
        _ random: inout SplitMix64, corners: Int, size: Double, at center: (x: Double, y: Double),
        grid: Double,
        hasHole: Bool
    ) -> [Ring] {
        func ring(_ low: Double, _ high: Double) -> Ring {
            (0..<corners).map { i in
                // Corners of a square walked around: no trigonometry, ascending in angle.
                let t = 4 * (Double(i) + 0.8 * random.unit()) / Double(corners)
                let s = t - t.rounded(.down)
                let (ux, uy): (Double, Double) =
                    switch Int(t) {
                    case 0: (1 - s, s)
                    case 1: (-s, 1 - s)
                    case 2: (s - 1, -s)
                    default: (s, s - 1)
                    }
                let radius = size * (low + (high - low) * random.unit())
                func snap(_ v: Double) -> Double { grid == 0 ? v : (v / grid).rounded() * grid }
                return (center.x + snap(ux * radius), center.y + snap(uy * radius))
            }
        }
        let outline = ring(0.7, 1)
        return hasHole ? [outline, ring(0.1, 0.3)] : [outline]
    }
}
