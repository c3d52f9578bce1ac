/// One edge of a fence on the nanometre grid, and what a path does to it.
struct FenceEdge {
    let ax: Double
    let ay: Double
    let bx: Double
    let by: Double

    /// Whether any point of the piece is at most `reach` nanometres away, equality included: exact. Decided in double
    /// with an error bound, and where that does not suffice in whole numbers.
    @inline(__always)
    func isWithin(_ reach: Double, of p: PathPiece) -> Bool {
        let (ex, ey) = (bx - ax, by - ay)
        let (wx, wy) = (p.bx - p.ax, p.by - p.ay)
        let (fx, fy) = (p.ax - ax, p.ay - ay)
        // Where the ends of the piece are from the edge's line, and those of the edge from the piece's.
        let (l3, r3) = (ex * fy, ey * fx)
        let (l4, r4) = (ex * (p.by - ay), ey * (p.bx - ax))
        let (l1, r1) = (wy * fx, wx * fy)
        let (l2, r2) = (wx * (by - p.ay), wy * (bx - p.ax))
        let loose =
            p.slop == 0
            ? 0
            : p.slop * 8
                * (ex.magnitude + ey.magnitude + wx.magnitude + wy.magnitude + fx.magnitude + fy.magnitude)
                + 64
        let factor = Orientation.errorFactor
        let (o3, o4, o1, o2) = (l3 - r3, l4 - r4, l1 - r1, l2 - r2)
        let s3 = Self.sign(o3, factor * (l3.magnitude + r3.magnitude) + loose)
        let s4 = Self.sign(o4, factor * (l4.magnitude + r4.magnitude) + loose)
        let s1 = Self.sign(o1, factor * (l1.magnitude + r1.magnitude) + loose)
        let s2 = Self.sign(o2, factor * (l2.magnitude + r2.magnitude) + loose)
        let isApart = s1 &* s2 > 0 || s3 &* s4 > 0
        if !isApart, s1 &* s2 < 0, s3 &* s4 < 0 { return true }
        if reach > 0 {
            // Every distance below is within 8 nm of the true one, besides the slop.
            let error = 16 + 8 * p.slop + 1e-14 * reach
            let square = squaredDistanceOfEnds(p, o1: o1, o2: o2, o3: o3, o4: o4)
            if reach > error, square < (reach - error) * (reach - error) { return true }
            if isApart, square > (reach + error) * (reach + error) { return false }
        } else if isApart {
            return false
        }
        return isWithinExactly(reach, of: p)
    }

    @inline(__always)
    private static func sign(_ value: Double, _ bound: Double) -> Int {
        value > bound ? 1 : value < -bound ? -1 : 0
    }

    /// The least square of the distances of the four ends to the other segment.
    @inline(__always)
    private func squaredDistanceOfEnds(_ p: PathPiece, o1: Double, o2: Double, o3: Double, o4: Double)
        -> Double
    {
        let (ex, ey) = (bx - ax, by - ay)
        let (wx, wy) = (p.bx - p.ax, p.by - p.ay)
        let edge2 = ex * ex + ey * ey
        let path2 = wx * wx + wy * wy
        var least = Self.square(p.ax - ax, p.ay - ay, ex, ey, edge2, o3)
        let second = Self.square(p.bx - ax, p.by - ay, ex, ey, edge2, o4)
        if second < least { least = second }
        let third = Self.square(ax - p.ax, ay - p.ay, wx, wy, path2, o1)
        if third < least { least = third }
        let fourth = Self.square(bx - p.ax, by - p.ay, wx, wy, path2, o2)
        return fourth < least ? fourth : least
    }

    /// From f, seen from the start of a segment d of squared length `length2`, whose cross product with it is `area`.
    @inline(__always)
    private static func square(
        _ fx: Double, _ fy: Double, _ dx: Double, _ dy: Double, _ length2: Double, _ area: Double
    ) -> Double {
        let along = fx * dx + fy * dy
        if along <= 0 { return fx * fx + fy * fy }
        if along >= length2 { return (fx - dx) * (fx - dx) + (fy - dy) * (fy - dy) }
        return area * area / length2
    }

    @inline(never)
    private func isWithinExactly(_ reach: Double, of p: PathPiece) -> Bool {
        let path = p.wide()
        let d = path.denominator
        let a = WidePoint(x: WideInteger(ax) * d, y: WideInteger(ay) * d)
        let b = WidePoint(x: WideInteger(bx) * d, y: WideInteger(by) * d)
        return WidePoint.areWithin(path.a, path.b, a, b, WideInteger(reach) * d)
    }

    /// The first fraction of the piece, which is known to come within `reach`, where it does; in double.
    func firstContact(_ reach: Double, of p: PathPiece) -> Double {
        let (ex, ey) = (bx - ax, by - ay)
        let (wx, wy) = (p.bx - p.ax, p.by - p.ay)
        let (fx, fy) = (p.ax - ax, p.ay - ay)
        let edge2 = ex * ex + ey * ey
        let o3 = ex * fy - ey * fx
        let o4 = ex * (p.by - ay) - ey * (p.bx - ax)
        if Self.square(fx, fy, ex, ey, edge2, o3) <= reach * reach { return 0 }
        var first = 2.0
        let level = reach * edge2.squareRoot()
        if o3.magnitude > level {
            // The flat side of the stadium around the edge.
            let closing = o3 < 0 ? o4 - o3 : o3 - o4
            if closing > 0 {
                let t = (o3.magnitude - level) / closing
                let along = (fx + wx * t) * ex + (fy + wy * t) * ey
                if t <= 1, along >= 0, along <= edge2 { return t }
            }
        }
        first = min(
            Self.circle(fx, fy, wx, wy, reach), Self.circle(p.ax - bx, p.ay - by, wx, wy, reach))
        return first <= 1 ? first : nearest(p)
    }

    /// When f + w t first has length `reach`; 2 when not within 0...1.
    private static func circle(_ fx: Double, _ fy: Double, _ wx: Double, _ wy: Double, _ reach: Double)
        -> Double
    {
        let a = wx * wx + wy * wy
        let b = fx * wx + fy * wy
        let c = fx * fx + fy * fy - reach * reach
        let discriminant = b * b - a * c
        guard discriminant >= 0, b < 0 else { return 2 }
        let t = c / (discriminant.squareRoot() - b)
        return t >= 0 && t <= 1 ? t : 2
    }

    /// Grazing: the fraction that comes nearest.
    private func nearest(_ p: PathPiece) -> Double {
        let (wx, wy) = (p.bx - p.ax, p.by - p.ay)
        let path2 = wx * wx + wy * wy
        guard path2 > 0 else { return 0 }
        var best = (distance: squaredDistance(p.ax, p.ay), fraction: 0.0)
        let candidates = (
            ((ax - p.ax) * wx + (ay - p.ay) * wy) / path2, ((bx - p.ax) * wx + (by - p.ay) * wy) / path2, 1.0
        )
        for raw in [candidates.0, candidates.1, candidates.2] {
            let t = raw < 0 ? 0 : raw > 1 ? 1 : raw
            let distance = squaredDistance(p.ax + wx * t, p.ay + wy * t)
            if distance < best.distance || distance == best.distance && t < best.fraction {
                best = (distance, t)
            }
        }
        return best.fraction
    }

    /// Square of the distance from a point, nanometres.
    func squaredDistance(_ x: Double, _ y: Double) -> Double {
        let (ex, ey) = (bx - ax, by - ay)
        let (fx, fy) = (x - ax, y - ay)
        return Self.square(fx, fy, ex, ey, ex * ex + ey * ey, ex * fy - ey * fx)
    }
}
