import TrafficKernels
import TrafficKernelsWide

// Paths against the edges of a shape: the float tree selects, double and whole numbers decide.
extension ShapeView {
    /// Edges the tree may name at once; more than that and all are looked at.
    private static let foundMax = 192

    /// A fraction of the piece at which the border is within `reach`: the first when that is wanted, else any.
    func contact(_ p: PathPiece, _ reach: Double, wantsFirst: Bool) -> Double? {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: Self.foundMax) { buffer -> Double? in
            guard let found = buffer.baseAddress else { return nil }
            let count = near(p, reach, found)
            let isAll = count > Self.foundMax
            var first: Double?
            var i = 0
            let end = isAll ? edgeCount : count
            while i < end {
                let edge = edges[isAll ? i : Int(found[i])]
                i &+= 1
                guard edge.isWithin(reach, of: p) else { continue }
                if !wantsFirst { return 0 }
                let fraction = edge.firstContact(reach, of: p)
                if let known = first, known <= fraction { continue }
                first = fraction
            }
            return first
        }
    }

    /// Slots of all edges that can be within `reach` of the piece, and how many there are.
    ///
    /// Margin: coordinates about the origin are at most `scale` metres; each is rounded once to float (2^-24 relative),
    /// sums and products of a separating axis add at most seven roundings of values below 4 `scale`: together under
    /// 2^-19 of `scale`, which is added to the reach.
    @inline(__always)
    private func near(_ p: PathPiece, _ reach: Double, _ found: UnsafeMutablePointer<UInt16>) -> Int {
        let mx = ((p.ax + p.bx) * 0.5 - originX) * 1e-9
        let my = ((p.ay + p.by) * 0.5 - originY) * 1e-9
        let hx = (p.bx - p.ax) * 0.5e-9
        let hy = (p.by - p.ay) * 0.5e-9
        let half = (hx * hx + hy * hy).squareRoot()
        let (nx, ny) = half > 0 ? (-hy / half, hx / half) : (0, 1)
        let scale =
            mx.magnitude + my.magnitude + half + ((maxX - minX) + (maxY - minY)) * 1e-9 + reach * 1e-9
        let wide = reach * 1e-9 + scale * 0x1p-19 + 1e-7
        if isWide {
            return TrafficKernelsWide.fenceEdgesNear(
                leaves: leaves, nodes: nodes, levelStarts: levelStarts, levels: levels, mx: Float(mx),
                my: Float(my), hx: Float(hx), hy: Float(hy), nx: Float(nx), ny: Float(ny), half: Float(half),
                reach: Float(wide), found: found, capacity: Self.foundMax)
        }
        return TrafficKernels.fenceEdgesNear(
            leaves: leaves, nodes: nodes, levelStarts: levelStarts, levels: levels, mx: Float(mx),
            my: Float(my), hx: Float(hx), hy: Float(hy), nx: Float(nx), ny: Float(ny), half: Float(half),
            reach: Float(wide), found: found, capacity: Self.foundMax)
    }

    /// Nanometres to the border, negative inside.
    func clearance(_ x: Double, _ y: Double) -> Double {
        if isCircle {
            let (dx, dy) = (x - centerX, y - centerY)
            return (dx * dx + dy * dy).squareRoot() - radius
        }
        let px = (x - originX) * 1e-9
        let py = (y - originY) * 1e-9
        let scale = px.magnitude + py.magnitude + ((maxX - minX) + (maxY - minY)) * 1e-9
        let about =
            isWide
            ? TrafficKernelsWide.fenceDistanceSquared(
                leaves: leaves, nodes: nodes, levelStarts: levelStarts, levels: levels, x: Float(px),
                y: Float(py), limit: .infinity)
            : TrafficKernels.fenceDistanceSquared(
                leaves: leaves, nodes: nodes, levelStarts: levelStarts, levels: levels, x: Float(px),
                y: Float(py), limit: .infinity)
        let reach = (Double(about).squareRoot() + scale * 0x1p-18 + 1e-6) * 1e9
        let p = PathPiece(x0: x, y0: y, x1: x, y1: y)
        let square = withUnsafeTemporaryAllocation(of: UInt16.self, capacity: Self.foundMax) {
            buffer -> Double in
            guard let found = buffer.baseAddress else { return .infinity }
            let count = near(p, reach, found)
            let isAll = count > Self.foundMax
            var least = Double.infinity
            var i = 0
            let end = isAll ? edgeCount : count
            while i < end {
                let distance = edges[isAll ? i : Int(found[i])].squaredDistance(x, y)
                if distance < least { least = distance }
                i &+= 1
            }
            return least
        }
        let distance = square.squareRoot()
        return place(x, y, slop: 0) == .outside ? distance : -distance
    }
}
