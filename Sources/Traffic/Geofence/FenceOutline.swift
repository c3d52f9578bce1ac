/// The horizontal extent of a fence, checked: a circle, or a simple polygon with holes.
///
/// A fence is a closed set: its border, that of its holes included, belongs to it. Rings may be wound either way and may
/// repeat their first vertex at the end. A ring may not touch itself; two rings may touch in one point.
public struct FenceOutline: Sendable, Hashable {
    /// Most vertices of all rings together (ASTM F3548 allows as many for an operational intent).
    public static let verticesMax = 10_000

    enum Form: Sendable, Hashable {
        /// Nanometres.
        case circle(x: Double, y: Double, radius: Double)
        case polygon(Rings)
    }

    /// Rings on the nanometre grid, one after the other, each with its first vertex again at its end: edge i runs from
    /// vertex i to i + 1, except where i is the last vertex of a ring.
    struct Rings: Sendable, Hashable {
        var xs: [Double] = []
        var ys: [Double] = []
        /// Where each ring begins, then the number of vertices.
        var starts: [Int] = [0]

        func ring(ofEdge edge: Int) -> Int {
            var ring = 0
            while starts[ring + 1] <= edge { ring += 1 }
            return ring
        }

        func isEdge(_ index: Int) -> Bool { !starts.contains(index + 1) }
    }

    let form: Form

    /// A closed disc; metres of the tile, radius 0...500,000.
    public init(centerX: Double, centerY: Double, radiusMeters: Double) throws(FenceFault) {
        guard Self.isInRange(centerX), Self.isInRange(centerY),
            (0...NanometerGrid.radiusMetersMax).contains(radiusMeters)
        else { throw .circleOutOfRange }
        form = .circle(
            x: NanometerGrid.nanometers(centerX), y: NanometerGrid.nanometers(centerY),
            radius: NanometerGrid.nanometers(radiusMeters))
    }

    /// A polygon, `rings[0]` its outline, the others its holes; metres of the tile. n vertices are checked in
    /// O(n log n) where few edges overlap in x, O(n^2) at worst (n is bounded).
    public init(rings: [[(x: Double, y: Double)]]) throws(FenceFault) {
        let count = rings.reduce(0) { $0 + $1.count }
        guard count <= Self.verticesMax + rings.count else {
            throw .tooManyVertices(count: count, limit: Self.verticesMax)
        }
        var flat = Rings()
        for (number, ring) in rings.enumerated() { try flat.append(ring, number: number) }
        guard rings.count > 0 else { throw .tooFewVertices(ring: 0, count: 0) }
        guard flat.xs.count - rings.count <= Self.verticesMax else {
            throw .tooManyVertices(count: flat.xs.count - rings.count, limit: Self.verticesMax)
        }
        try flat.checkEdges()
        try flat.checkHoles()
        form = .polygon(flat)
    }

    static func isInRange(_ meters: Double) -> Bool { meters.magnitude <= NanometerGrid.metersMax }
}

extension FenceOutline.Rings {
    /// Rounds to the grid; drops vertices equal to the one before.
    fileprivate mutating func append(_ ring: [(x: Double, y: Double)], number: Int) throws(FenceFault) {
        let start = xs.count
        for (index, vertex) in ring.enumerated() {
            guard FenceOutline.isInRange(vertex.x), FenceOutline.isInRange(vertex.y) else {
                throw .coordinateOutOfRange(ring: number, vertex: index)
            }
            let (x, y) = (NanometerGrid.nanometers(vertex.x), NanometerGrid.nanometers(vertex.y))
            if xs.count > start, xs[xs.count - 1] == x, ys[ys.count - 1] == y { continue }
            xs.append(x)
            ys.append(y)
        }
        while xs.count > start + 1, xs[start] == xs[xs.count - 1], ys[start] == ys[ys.count - 1] {
            xs.removeLast()
            ys.removeLast()
        }
        guard xs.count - start >= 3 else { throw .tooFewVertices(ring: number, count: xs.count - start) }
        xs.append(xs[start])
        ys.append(ys[start])
        starts.append(xs.count)
    }

    /// What two edges have in common.
    private enum Meeting {
        case none
        case crossing
        case touch(x: Double, y: Double)
    }

    private func meeting(_ i: Int, _ j: Int) -> Meeting {
        let (ax, ay, bx, by) = (xs[i], ys[i], xs[i + 1], ys[i + 1])
        let (cx, cy, dx, dy) = (xs[j], ys[j], xs[j + 1], ys[j + 1])
        let s1 = Orientation.sign(ax, ay, bx, by, cx, cy)
        let s2 = Orientation.sign(ax, ay, bx, by, dx, dy)
        if s1 * s2 > 0 { return .none }
        let s3 = Orientation.sign(cx, cy, dx, dy, ax, ay)
        let s4 = Orientation.sign(cx, cy, dx, dy, bx, by)
        if s3 * s4 > 0 { return .none }
        if s1 * s2 < 0, s3 * s4 < 0 { return .crossing }
        var touches: [(Double, Double)] = []
        if s1 == 0, Orientation.isBetween(ax, ay, bx, by, cx, cy) { touches.append((cx, cy)) }
        if s2 == 0, Orientation.isBetween(ax, ay, bx, by, dx, dy) { touches.append((dx, dy)) }
        if s3 == 0, Orientation.isBetween(cx, cy, dx, dy, ax, ay) { touches.append((ax, ay)) }
        if s4 == 0, Orientation.isBetween(cx, cy, dx, dy, bx, by) { touches.append((bx, by)) }
        guard let first = touches.first else { return .none }
        return touches.allSatisfy { $0 == first } ? .touch(x: first.0, y: first.1) : .crossing
    }

    fileprivate func checkEdges() throws(FenceFault) {
        var ringOf = [Int](repeating: 0, count: xs.count)
        var edges: [Int] = []
        for ring in 0..<starts.count - 1 {
            for i in starts[ring]..<starts[ring + 1] - 1 {
                ringOf[i] = ring
                edges.append(i)
            }
        }
        let west = (0..<xs.count - 1).map { min(xs[$0], xs[$0 + 1]) }
        let east = (0..<xs.count - 1).map { max(xs[$0], xs[$0 + 1]) }
        let south = (0..<xs.count - 1).map { min(ys[$0], ys[$0 + 1]) }
        let north = (0..<xs.count - 1).map { max(ys[$0], ys[$0 + 1]) }
        edges.sort { (west[$0], $0) < (west[$1], $1) }
        /// By pair of rings, the one point in which they may touch. Looked up, never walked.
        var touches: [Int: (x: Double, y: Double)] = [:]
        for (rank, i) in edges.enumerated() {
            var next = rank + 1
            while next < edges.count, west[edges[next]] <= east[i] {
                let j = edges[next]
                next += 1
                if south[j] > north[i] || north[j] < south[i] { continue }
                let (a, b) = (min(i, j), max(i, j))
                let met = meeting(a, b)
                let bad: Bool
                switch met {
                case .none: bad = false
                case .crossing: bad = true
                case .touch(let x, let y):
                    if ringOf[a] == ringOf[b] {
                        let start = starts[ringOf[a]]
                        let last = starts[ringOf[a] + 1] - 2
                        bad = b != a + 1 && !(a == start && b == last)
                    } else {
                        let key = ringOf[a] * starts.count + ringOf[b]
                        let known = touches[key] ?? (x, y)
                        touches[key] = known
                        bad = known != (x, y)
                    }
                }
                if bad {
                    throw .edgesIntersect(
                        ring: ringOf[a], edge: a - starts[ringOf[a]], otherRing: ringOf[b],
                        otherEdge: b - starts[ringOf[b]])
                }
            }
        }
    }

    /// Rings that touch at most once and nowhere cross: any vertex off the other ring tells on which side all are.
    fileprivate func checkHoles() throws(FenceFault) {
        let rings = starts.count - 1
        guard rings > 1 else { return }
        var boxes: [Box] = []
        for ring in 0..<rings {
            var box = Box()
            for vertex in starts[ring]..<starts[ring + 1] { box.include(xs[vertex], ys[vertex]) }
            boxes.append(box)
        }
        for hole in 1..<rings {
            guard side(of: hole, in: 0) == .inside else { throw .holeOutside(ring: hole) }
            for other in 1..<rings where other != hole {
                guard boxes[other].contains(boxes[hole]) else { continue }
                if side(of: hole, in: other) == .inside { throw .holeInHole(ring: hole, otherRing: other) }
            }
        }
    }

    private struct Box {
        var (minX, minY) = (Double.infinity, Double.infinity)
        var (maxX, maxY) = (-Double.infinity, -Double.infinity)
        mutating func include(_ x: Double, _ y: Double) {
            (minX, maxX) = (min(minX, x), max(maxX, x))
            (minY, maxY) = (min(minY, y), max(maxY, y))
        }
        func contains(_ other: Box) -> Bool {
            minX <= other.minX && other.maxX <= maxX && minY <= other.minY && other.maxY <= maxY
        }
    }

    private func side(of hole: Int, in ring: Int) -> PointPlace {
        for vertex in starts[hole]..<starts[hole + 1] - 1 {
            let place = self.place(xs[vertex], ys[vertex], edges: starts[ring]..<starts[ring + 1] - 1)
            if place != .border { return place }
        }
        return .border
    }

    /// By the crossings of a ray towards +x with the edges, every one looked at; exact.
    func place(_ x: Double, _ y: Double, edges: Range<Int>) -> PointPlace {
        var isInside = false
        for i in edges {
            let (ay, by) = (ys[i], ys[i + 1])
            if ay > y && by > y || ay < y && by < y { continue }
            let (ax, bx) = (xs[i], xs[i + 1])
            if ax < x && bx < x { continue }
            let side = Orientation.sign(ax, ay, bx, by, x, y)
            if side == 0, Orientation.isBetween(ax, ay, bx, by, x, y) { return .border }
            if (ay > y) != (by > y), (by > ay) == (side > 0) { isInside.toggle() }
        }
        return isInside ? .inside : .outside
    }
}

/// Where a point is with respect to a closed region.
enum PointPlace: Sendable {
    case inside, border, outside
}
