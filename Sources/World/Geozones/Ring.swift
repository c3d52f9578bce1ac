/// A closed, simple polygon ring in the plane of latitude and longitude, at most 90 degrees wide and high.
public struct Ring: Hashable, Sendable {
    /// First and last are the same; at least four.
    public let points: [Coordinate]
    private let southWest: Coordinate
    private let northEast: Coordinate

    /// Most points a ring may have.
    static let maximumPoints = 20_000

    /// What is wrong with `points` as a ring is thrown as text.
    init(_ points: [Coordinate]) throws(ZoneFault) {
        guard (4...Self.maximumPoints).contains(points.count) else {
            throw ZoneFault("a ring needs 4 to \(Self.maximumPoints) points, has \(points.count)")
        }
        guard points.first == points.last else { throw ZoneFault("the ring is not closed") }
        let (latitudes, longitudes) = (points.map(\.latitudeE7), points.map(\.longitudeE7))
        southWest = Coordinate(latitudeE7: latitudes.min() ?? 0, longitudeE7: longitudes.min() ?? 0)
        northEast = Coordinate(latitudeE7: latitudes.max() ?? 0, longitudeE7: longitudes.max() ?? 0)
        // So that the products below fit 64 bits.
        guard Int(northEast.latitudeE7) - Int(southWest.latitudeE7) <= 900_000_000,
            Int(northEast.longitudeE7) - Int(southWest.longitudeE7) <= 900_000_000
        else { throw ZoneFault("the ring is wider than 90 degrees") }
        self.points = points
        if let (a, b) = crossing() { throw ZoneFault("the ring crosses itself: sides \(a + 1) and \(b + 1)") }
    }

    /// Twice the signed area of a triangle: which side of the line through two points a third one lies on. Exact.
    private static func turn(_ a: Coordinate, _ b: Coordinate, _ c: Coordinate) -> Int {
        (Int(b.longitudeE7) - Int(a.longitudeE7)) * (Int(c.latitudeE7) - Int(a.latitudeE7))
            - (Int(b.latitudeE7) - Int(a.latitudeE7)) * (Int(c.longitudeE7) - Int(a.longitudeE7))
    }

    private static func within(_ p: Coordinate, _ a: Coordinate, _ b: Coordinate) -> Bool {
        min(a.longitudeE7, b.longitudeE7) <= p.longitudeE7
            && p.longitudeE7 <= max(a.longitudeE7, b.longitudeE7)
            && min(a.latitudeE7, b.latitudeE7) <= p.latitudeE7
            && p.latitudeE7 <= max(a.latitudeE7, b.latitudeE7)
    }

    /// Whether two sides have a point in common.
    private static func meet(_ a: Coordinate, _ b: Coordinate, _ c: Coordinate, _ d: Coordinate) -> Bool {
        let (t1, t2) = (turn(a, b, c).signum(), turn(a, b, d).signum())
        let (t3, t4) = (turn(c, d, a).signum(), turn(c, d, b).signum())
        if t1 * t2 < 0, t3 * t4 < 0 { return true }
        return t1 == 0 && within(c, a, b) || t2 == 0 && within(d, a, b) || t3 == 0 && within(a, c, d)
            || t4 == 0 && within(b, c, d)
    }

    /// Two sides that touch without being neighbours, or neighbours that fold back on each other.
    private func crossing() -> (Int, Int)? {
        let count = points.count - 1
        for i in 0..<count where points[i] == points[i + 1] { return (i, i) }
        // From west to east; only sides that overlap in longitude can meet.
        let west = (0..<count).map { min(points[$0].longitudeE7, points[$0 + 1].longitudeE7) }
        let east = (0..<count).map { max(points[$0].longitudeE7, points[$0 + 1].longitudeE7) }
        let order = (0..<count).sorted { (west[$0], $0) < (west[$1], $1) }
        for (rank, i) in order.enumerated() {
            for j in order[(rank + 1)...] {
                if west[j] > east[i] { break }
                let (first, second) = (min(i, j), max(i, j))
                let (a, b) = (points[first], points[first + 1])
                let (c, d) = (points[second], points[second + 1])
                if second == first + 1 {
                    if Self.turn(a, b, d) == 0, Self.within(d, a, b) || Self.within(a, c, d) { return (i, j) }
                } else if first == 0, second == count - 1 {
                    if Self.turn(a, b, c) == 0, Self.within(c, a, b) || Self.within(b, c, d) { return (i, j) }
                } else if Self.meet(a, b, c, d) {
                    return (i, j)
                }
            }
        }
        return nil
    }

    /// By the number of sides that a line to the east crosses.
    public func contains(_ point: Coordinate) -> Bool {
        guard Self.within(point, southWest, northEast) else { return false }
        var inside = false
        for (a, b) in zip(points, points.dropFirst())
        where (a.latitudeE7 > point.latitudeE7) != (b.latitudeE7 > point.latitudeE7) {
            let side = Self.turn(a, b, point)
            if (b.latitudeE7 > a.latitudeE7) == (side > 0) { inside.toggle() }
        }
        return inside
    }
}

/// Why points are no ring.
struct ZoneFault: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
