import TrafficKernels
import TrafficKernelsWide

// Point and path tests on a shape, nanometres.
extension ShapeView {
    @inline(__always)
    func contains(_ xMeters: Double, _ yMeters: Double) -> Bool {
        let x = NanometerGrid.nanometers(xMeters)
        let y = NanometerGrid.nanometers(yMeters)
        guard x >= minX, x <= maxX, y >= minY, y <= maxY else { return false }
        if isCircle { return placeInCircle(x, y, slop: 0) != .outside }
        let code = cells[cell(x, y)]
        if code < 2 { return code == 1 }
        let border = borderCells[Int(code) &- 2]
        if border.count == 1 {
            // No corner in the cell: the one edge divides it, and its side is the answer.
            let entry = cellEdges[Int(border.start)]
            let edge = edges[Int(entry >> 1)]
            let left = (edge.ax - x) * (edge.by - y)
            let right = (edge.ay - y) * (edge.bx - x)
            let side = left - right
            if side.magnitude > Orientation.errorFactor * (left.magnitude + right.magnitude) {
                return border.isInside != ((side > 0) != (entry & 1 == 1))
            }
        }
        return placeInBorderCell(x, y, slop: 0, cell: Int(code) &- 2) != .outside
    }

    /// The cell of a point in the outline's box.
    @inline(__always)
    private func cell(_ x: Double, _ y: Double) -> Int {
        var column = Int((x - minX) * cellsPerNanometerX)
        var row = Int((y - minY) * cellsPerNanometerY)
        if column >= columns { column = columns &- 1 }
        if row >= rows { row = rows &- 1 }
        return row &* columns &+ column
    }

    /// Where a point is; nil when that depends on an error of `slop` nanometres a coordinate.
    func place(_ x: Double, _ y: Double, slop: Double) -> PointPlace? {
        guard x >= minX - slop, x <= maxX + slop, y >= minY - slop, y <= maxY + slop else { return .outside }
        if isCircle { return placeInCircle(x, y, slop: slop) }
        if slop > 0, x < minX + slop || x > maxX - slop || y < minY + slop || y > maxY - slop { return nil }
        let code = cells[cell(x, y)]
        if code < 2 { return code == 1 ? .inside : .outside }
        return placeInBorderCell(x, y, slop: slop, cell: Int(code) &- 2)
    }

    private func placeInCircle(_ x: Double, _ y: Double, slop: Double) -> PointPlace? {
        let (dx, dy) = (x - centerX, y - centerY)
        let square = dx * dx + dy * dy
        let error = 16 + 8 * slop + 1e-14 * radius
        if radius > error, square < (radius - error) * (radius - error) { return .inside }
        if square > (radius + error) * (radius + error) { return .outside }
        if slop > 0 { return nil }
        let exact = Int128(Int64(dx)) * Int128(Int64(dx)) + Int128(Int64(dy)) * Int128(Int64(dy))
        let limit = Int128(Int64(radius)) * Int128(Int64(radius))
        return exact == limit ? .border : exact < limit ? .inside : .outside
    }

    /// By the crossings of the way from the cell's reference point with the cell's edges; all edges that could be
    /// crossed are listed, for a cell is convex.
    @inline(__always)
    private func placeInBorderCell(_ x: Double, _ y: Double, slop: Double, cell: Int) -> PointPlace? {
        let border = borderCells[cell]
        if border.count == BorderCell.slow { return slop > 0 ? nil : placeSlowly(x, y) }
        let (rx, ry) = (border.referenceX - x, border.referenceY - y)
        var isInside = border.isInside
        var item = Int(border.start)
        let end = item &+ Int(border.count)
        let factor = Orientation.errorFactor
        while item < end {
            let entry = cellEdges[item]
            item &+= 1
            let edge = edges[Int(entry >> 1)]
            let (ax, ay) = (edge.ax - x, edge.ay - y)
            let (bx, by) = (edge.bx - x, edge.by - y)
            // Twice the areas of edge and point, and of the way to the reference and either end.
            let (l0, r0) = (ax * by, ay * bx)
            let (la, ra) = (rx * ay, ry * ax)
            let (lb, rb) = (rx * by, ry * bx)
            let (o0, oa, ob) = (l0 - r0, la - ra, lb - rb)
            let loose =
                slop == 0
                ? 0
                : slop * 8
                    * (ax.magnitude + ay.magnitude + bx.magnitude + by.magnitude + rx.magnitude + ry.magnitude)
                    + 64
            let (e0, ea, eb) = (
                factor * (l0.magnitude + r0.magnitude) + loose,
                factor * (la.magnitude + ra.magnitude) + loose,
                factor * (lb.magnitude + rb.magnitude) + loose
            )
            if o0.magnitude <= e0 || oa.magnitude <= ea || ob.magnitude <= eb {
                return slop > 0 ? nil : placeSlowly(x, y)
            }
            let isCrossed = ((oa > 0) != (ob > 0)) && ((o0 > 0) != (entry & 1 == 1))
            isInside = isInside != isCrossed
        }
        return isInside ? .inside : .outside
    }

    /// Exact, over all edges: for points so near an edge or a corner that double does not tell.
    @inline(never)
    func placeSlowly(_ x: Double, _ y: Double) -> PointPlace {
        var isInside = false
        for i in 0..<edgeCount {
            let edge = edges[i]
            if edge.ay > y && edge.by > y || edge.ay < y && edge.by < y { continue }
            if edge.ax < x && edge.bx < x { continue }
            let side = Orientation.sign(edge.ax, edge.ay, edge.bx, edge.by, x, y)
            if side == 0, Orientation.isBetween(edge.ax, edge.ay, edge.bx, edge.by, x, y) { return .border }
            if (edge.ay > y) != (edge.by > y), (edge.by > edge.ay) == (side > 0) { isInside.toggle() }
        }
        return isInside ? .inside : .outside
    }

    /// Where the start of a piece is; exact also for starts at rational points.
    func placeOfStart(_ p: PathPiece) -> PointPlace {
        if let place = place(p.ax, p.ay, slop: p.slop) { return place }
        let path = p.wide()
        let (start, d) = (path.a, path.denominator)
        if isCircle {
            let center = WidePoint(x: WideInteger(centerX) * d, y: WideInteger(centerY) * d)
            let square = WidePoint.dot(center, start, start)
            let reach = WideInteger(radius) * d
            let order = (square - reach * reach).signum
            return order == 0 ? .border : order < 0 ? .inside : .outside
        }
        var isInside = false
        for i in 0..<edgeCount {
            let edge = edges[i]
            let a = WidePoint(x: WideInteger(edge.ax) * d, y: WideInteger(edge.ay) * d)
            let b = WidePoint(x: WideInteger(edge.bx) * d, y: WideInteger(edge.by) * d)
            let side = WidePoint.cross(a, b, start).signum
            if side == 0, WidePoint.dot(start, a, b).signum <= 0 { return .border }
            let (isAAbove, isBAbove) = (start.y < a.y, start.y < b.y)
            if isAAbove != isBAbove, isBAbove == (side > 0) { isInside.toggle() }
        }
        return isInside ? .inside : .outside
    }

    /// Whether the whole piece stays farther than `reach` from the outline's box.
    @inline(__always)
    private func misses(_ p: PathPiece, _ reach: Double) -> Bool {
        let slack = reach + p.slop
        return (p.ax < minX - slack && p.bx < minX - slack) || (p.ax > maxX + slack && p.bx > maxX + slack)
            || (p.ay < minY - slack && p.by < minY - slack) || (p.ay > maxY + slack && p.by > maxY + slack)
    }

    func meets(_ p: PathPiece, reach: Double) -> Bool {
        if misses(p, reach) { return false }
        if isCircle {
            return FenceEdge(ax: centerX, ay: centerY, bx: centerX, by: centerY).isWithin(
                radius + reach, of: p)
        }
        if (place(p.ax, p.ay, slop: p.slop) ?? placeOfStart(p)) != .outside { return true }
        return contact(p, reach, wantsFirst: false) != nil
    }

    func firstContact(_ p: PathPiece, reach: Double) -> Double? {
        if misses(p, reach) { return nil }
        if placeOfStart(p) != .outside { return p.parameter(0) }
        return firstBorderContact(p, reach: reach)
    }

    /// The first fraction of the whole path at which the border comes within `reach`.
    func firstBorderContact(_ p: PathPiece, reach: Double) -> Double? {
        guard isCircle else { return contact(p, reach, wantsFirst: true).map(p.parameter) }
        return firstCircleContact(p, reach: reach).map(p.parameter)
    }

    private func firstCircleContact(_ p: PathPiece, reach: Double) -> Double? {
        let center = FenceEdge(ax: centerX, ay: centerY, bx: centerX, by: centerY)
        switch placeOfStart(p) {
        case .border: return 0
        case .outside:
            return center.isWithin(radius + reach, of: p) ? center.firstContact(radius + reach, of: p) : nil
        case .inside:
            // From within: the first distance of radius - reach. The far end decides, for a disc is convex.
            let inner = radius - reach
            guard inner > 0, isStrictlyWithin(inner, p, atEnd: false) else { return 0 }
            if isStrictlyWithin(inner, p, atEnd: true) { return nil }
            let (fx, fy) = (p.ax - centerX, p.ay - centerY)
            let (wx, wy) = (p.bx - p.ax, p.by - p.ay)
            let a = wx * wx + wy * wy
            let b = fx * wx + fy * wy
            let c = min(fx * fx + fy * fy - inner * inner, 0)
            guard a > 0 else { return 0 }
            let t = ((b * b - a * c).squareRoot() - b) / a
            return t < 0 ? 0 : t > 1 ? 1 : t
        }
    }

    /// Whether an end of a piece is nearer than `reach` to the centre; exact.
    private func isStrictlyWithin(_ reach: Double, _ p: PathPiece, atEnd: Bool) -> Bool {
        let (dx, dy) = ((atEnd ? p.bx : p.ax) - centerX, (atEnd ? p.by : p.ay) - centerY)
        let square = dx * dx + dy * dy
        let error = 16 + 8 * p.slop + 1e-14 * reach
        if reach > error, square < (reach - error) * (reach - error) { return true }
        if square > (reach + error) * (reach + error) { return false }
        let path = p.wide()
        let d = path.denominator
        let center = WidePoint(x: WideInteger(centerX) * d, y: WideInteger(centerY) * d)
        let limit = WideInteger(reach) * d
        let end = atEnd ? path.b : path.a
        return WidePoint.dot(center, end, end) < limit * limit
    }
}
