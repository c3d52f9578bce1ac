import World

/// Places around a zone between which one flies clear of it: the corners of a convex polygon about it, a margin away.
///
/// The polygon is cut out by lines with the zone on one side, one for each side of the zone's hull and, where neighbours
/// turn by more than an eighth, some between. So it holds the zone and its margin whatever its outline, and has few
/// corners.
enum ZoneCorners {
    private typealias Vector = (x: Double, y: Double)
    /// Hulls of more sides get sixteen lines, evenly.
    private static let sidesMax = 12

    static func around(_ outline: Geozone.Outline) -> [Coordinate] {
        let frame: LocalFrame
        let points: [Vector]
        let radius: Double
        switch outline {
        case .circle(let center, let meters):
            frame = LocalFrame(origin: Position(center, altitude: Altitude(millimeters: 0)))
            (points, radius) = ([(0, 0)], meters)
        case .polygon(let ring, _):
            let box = ZoneMap.Box(outline)
            guard
                let center = Coordinate(
                    latitudeDegrees: (box.south + box.north) / 2, longitudeDegrees: (box.west + box.east) / 2)
            else { return [] }
            let plane = LocalFrame(origin: Position(center, altitude: Altitude(millimeters: 0)))
            frame = plane
            points = hull(
                ring.points.map {
                    let p = plane.point(
                        latitudeDegrees: $0.latitudeDegrees, longitudeDegrees: $0.longitudeDegrees,
                        heightMeters: 0)
                    return (p.east, p.north)
                })
            radius = 0
        }
        let extent = points.reduce(radius) { max($0, ($1.x * $1.x + $1.y * $1.y).squareRoot() + radius) }
        // A thousandth for sides that are straight in degrees and not in metres.
        let away = radius + ZoneMap.marginMeters + 6 + 0.001 * extent
        let normals = normals(points)
        func support(_ n: Vector) -> Double {
            points.reduce(-Double.infinity) { max($0, $1.x * n.x + $1.y * n.y) } + away
        }
        let heights = normals.map(support)
        return normals.indices.compactMap { i in
            let k = (i + 1) % normals.count
            let (n, m) = (normals[i], normals[k])
            let determinant = n.x * m.y - n.y * m.x
            guard determinant > 1e-9 else { return nil }
            let x = (heights[i] * m.y - heights[k] * n.y) / determinant
            let y = (n.x * heights[k] - m.x * heights[i]) / determinant
            let g = frame.geodetic(
                of: LocalPoint(east: x, north: y, up: -(x * x + y * y) / (2 * 6_371_000)))
            return Coordinate(latitudeDegrees: g.latitudeDegrees, longitudeDegrees: g.longitudeDegrees)
        }
    }

    /// Corners of the convex hull, counterclockwise (monotone chain, Andrew 1979).
    private static func hull(_ all: [Vector]) -> [Vector] {
        let sorted = all.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        func chain(_ points: some Sequence<Vector>) -> [Vector] {
            var kept: [Vector] = []
            for p in points {
                while kept.count >= 2 {
                    let (a, b) = (kept[kept.count - 2], kept[kept.count - 1])
                    if (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0 { break }
                    kept.removeLast()
                }
                kept.append(p)
            }
            return Array(kept.dropLast())
        }
        return chain(sorted) + chain(sorted.reversed())
    }

    /// Outward, counterclockwise.
    private static func normals(_ hull: [Vector]) -> [Vector] {
        var normals: [Vector] = []
        if (3...sidesMax).contains(hull.count) {
            for i in hull.indices {
                let (a, b) = (hull[i], hull[(i + 1) % hull.count])
                let length = ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
                if length > 0.01 { normals.append(((b.y - a.y) / length, (a.x - b.x) / length)) }
            }
        }
        if normals.count < 3 { normals = split(split([(1, 0), (0, 1), (-1, 0), (0, -1)])) }
        // cos 45 degrees; twice is enough for any polygon.
        for _ in 0..<2 { normals = split(normals) { $0.x * $1.x + $0.y * $1.y < 0.707 } }
        return normals
    }

    /// With one between every two neighbours of which it is asked.
    private static func split(
        _ normals: [Vector], where isWide: (Vector, Vector) -> Bool = { _, _ in true }
    ) -> [Vector] {
        var all: [Vector] = []
        for i in normals.indices {
            let (n, m) = (normals[i], normals[(i + 1) % normals.count])
            all.append(n)
            let (x, y) = (n.x + m.x, n.y + m.y)
            let length = (x * x + y * y).squareRoot()
            if isWide(n, m), length > 1e-6 { all.append((x / length, y / length)) }
        }
        return all
    }
}
