import World

/// A cell of a fixed grid over the earth, about 44 km square, with a plane of its own, in which a plan is laid out in
/// metres.
///
/// Places are told in the flat frame that touches the ellipsoid at the cell's middle, without their heights, so that
/// what is above each other stays so. Up to 40 km from the middle that shortens lengths by at most 20 millionths: the
/// tubes of two drones, 55 m, are right to 1.1 mm. A leg is laid out in pieces of at most `pieceMeters`, each straight
/// in space from ground to ground, which is a straight line in every tile's plane; planes of two tiles differ by the
/// piece's sag of 0.3 m times the angle between them: 2 mm. So each tile decides within the centimetre of F3548.
///
/// A piece stands in every tile it comes within `reachMeters` of. Two flights nearer to each other than that share the
/// tile they are in. The planes of all tiles lie side by side in the plane of one index, 65.5 km apart: tiles 240 rows
/// or columns from each other (10,000 km) share a place there, where too much may conflict, never too little.
public struct AirTile: Hashable, Sendable {
    public let row: Int
    public let column: Int

    static let degrees = 0.4
    /// Sums of two tubes' radii may not be more than this.
    public static let reachMeters = 300.0
    public static let pieceMeters = 4000.0
    private static let pitchMeters = 65_536.0
    private static let pages = 240

    /// Nil outside of -90...90, -180...180.
    public init?(latitudeDegrees: Double, longitudeDegrees: Double) {
        guard (-90...90).contains(latitudeDegrees), (-180...180).contains(longitudeDegrees) else {
            return nil
        }
        row = Self.row(latitudeDegrees)
        column = Self.column(longitudeDegrees, row: row)
    }

    init(row: Int, column: Int) { (self.row, self.column) = (row, column) }

    static func row(_ latitude: Double) -> Int {
        min(Int(((latitude + 90) / degrees).rounded(.down)), Int(180 / degrees) - 1)
    }

    private static func middle(row: Int) -> Double { (Double(row) + 0.5) * degrees - 90 }

    /// Columns of a row, as wide as the rows are high in its middle.
    static func columns(row: Int) -> Int {
        let scale = LocalScale(latitudeDegrees: middle(row: row))
        return max(Int(360 / degrees * scale.eastMetersPerE7 / scale.northMetersPerE7), 1)
    }

    private static func column(_ longitude: Double, row: Int) -> Int {
        let count = columns(row: row)
        let column = Int(((longitude + 180) / 360 * Double(count)).rounded(.down))
        return ((column % count) + count) % count
    }

    /// The plane that touches the ellipsoid at its middle.
    public var frame: LocalFrame {
        let longitude = (Double(column) + 0.5) * 360 / Double(Self.columns(row: row)) - 180
        let middle = Coordinate(latitudeDegrees: Self.middle(row: row), longitudeDegrees: longitude)
        return LocalFrame(
            origin: Position(
                middle ?? Coordinate(latitudeE7: 0, longitudeE7: 0), altitude: Altitude(millimeters: 0)))
    }

    /// Where its middle lies in the plane of the index.
    var page: (x: Double, y: Double) {
        func place(_ number: Int) -> Double {
            Double(number % Self.pages - Self.pages / 2) * Self.pitchMeters
        }
        return (place(column), place(row))
    }

    /// Calls `body` for every tile that the box between two places, grown by `reachMeters`, touches.
    public static func forEach(
        _ a: GeodeticPoint, _ b: GeodeticPoint, reachMeters reach: Double = reachMeters,
        _ body: (AirTile) -> Void
    ) {
        let (low, high) = (min(a.latitude, b.latitude), max(a.latitude, b.latitude))
        let scale = LocalScale(latitudeDegrees: max(low.magnitude, high.magnitude))
        let up = reach / scale.northMetersPerE7 * 1e-7
        let aside = min(reach / max(scale.eastMetersPerE7, 1e-9) * 1e-7 * 1.01, 180)
        // The short way round the antimeridian.
        let turn = b.longitude - a.longitude
        let east = turn > 180 ? turn - 360 : turn < -180 ? turn + 360 : turn
        let (west, wide) = (a.longitude + min(east, 0) - aside, east.magnitude + 2 * aside)
        for row in row(max(low - up, -90))...row(min(high + up, 90)) {
            let count = columns(row: row)
            let first = Int(((west + 180) / 360 * Double(count)).rounded(.down))
            let last = Int(((west + wide + 180) / 360 * Double(count)).rounded(.down))
            for column in first...min(last, first + count - 1) {
                body(AirTile(row: row, column: ((column % count) + count) % count))
            }
        }
    }
}

extension AirTile {
    /// The straight way between two places in pieces of at most `pieceMeters`: the chord through the earth, cut evenly
    /// and put on the ground. `body` is told the ends of each and which shares of the way they are, and whether to go on.
    public static func forEachPiece(
        _ a: GeodeticPoint, _ b: GeodeticPoint,
        _ body: (_ from: GeodeticPoint, _ to: GeodeticPoint, _ start: Double, _ end: Double) -> Bool
    ) {
        guard a != b, let home = AirTile(latitudeDegrees: a.latitude, longitudeDegrees: a.longitude) else {
            _ = body(a, b, 0, 1)
            return
        }
        let frame = home.frame
        let (p, q) = (frame.point(of: a), frame.point(of: b))
        let (dx, dy, dz) = (q.east - p.east, q.north - p.north, q.up - p.up)
        let length = (dx * dx + dy * dy + dz * dz).squareRoot()
        let pieces = max(Int((length / pieceMeters).rounded(.up)), 1)
        var (last, start) = (a, 0.0)
        for piece in 1...pieces {
            let share = piece == pieces ? 1 : Double(piece) / Double(pieces)
            var next = b
            if piece < pieces {
                let g = frame.geodetic(
                    of: LocalPoint(
                        east: p.east + dx * share, north: p.north + dy * share, up: p.up + dz * share))
                next = GeodeticPoint(latitude: g.latitudeDegrees, longitude: g.longitudeDegrees)
            }
            guard body(last, next, start, share) else { return }
            (last, start) = (next, share)
        }
    }
}

extension LocalFrame {
    /// Where a place on the ellipsoid is in its plane.
    @inline(__always)
    func point(of place: GeodeticPoint) -> LocalPoint {
        point(latitudeDegrees: place.latitude, longitudeDegrees: place.longitude, heightMeters: 0)
    }
}

/// A place in degrees, not rounded.
public struct GeodeticPoint: Hashable, Sendable {
    public var latitude: Double
    public var longitude: Double
    public init(latitude: Double, longitude: Double) {
        (self.latitude, self.longitude) = (latitude, longitude)
    }
    public init(_ place: Coordinate) {
        (latitude, longitude) = (place.latitudeDegrees, place.longitudeDegrees)
    }
}

/// Lays a plan out in the tiles it flies over: waypoints and strands for an `OperationalIntent`.
public struct IntentLayout: Sendable {
    public private(set) var waypoints: [Waypoint] = []
    public private(set) var strandStarts: [Int] = []
    /// The newest tile; plans stay in one for long.
    private var tile: (tile: AirTile, frame: LocalFrame)?

    public init() {}

    public mutating func removeAll() {
        waypoints.removeAll(keepingCapacity: true)
        strandStarts.removeAll(keepingCapacity: true)
    }

    /// A straight leg at constant speed: metres above mean sea level, seconds of the index's clock. One that takes no
    /// time or is not on the earth is left out. Costs O(length / 4 km).
    public mutating func add(
        from a: GeodeticPoint, to b: GeodeticPoint, fromAltitude: Double, toAltitude: Double,
        start: Double, end: Double
    ) {
        guard end > start, (-90...90).contains(a.latitude), (-90...90).contains(b.latitude),
            (-180...180).contains(a.longitude), (-180...180).contains(b.longitude)
        else { return }
        AirTile.forEachPiece(a, b) { from, to, first, last in
            let low = fromAltitude + (toAltitude - fromAltitude) * first
            let high = last == 1 ? toAltitude : fromAltitude + (toAltitude - fromAltitude) * last
            let (t0, t1) = (start + (end - start) * first, last == 1 ? end : start + (end - start) * last)
            if t1 > t0 { AirTile.forEach(from, to) { add($0, from, to, low, high, t0, t1) } }
            return true
        }
    }

    private mutating func frame(_ wanted: AirTile) -> LocalFrame {
        if let tile, tile.tile == wanted { return tile.frame }
        let frame = wanted.frame
        tile = (wanted, frame)
        return frame
    }

    private mutating func add(
        _ tile: AirTile, _ a: GeodeticPoint, _ b: GeodeticPoint, _ low: Double, _ high: Double,
        _ start: Double, _ end: Double
    ) {
        let frame = frame(tile)
        let page = tile.page
        func waypoint(_ g: GeodeticPoint, _ height: Double, _ seconds: Double) -> Waypoint {
            let p = frame.point(of: g)
            return Waypoint(x: page.x + p.east, y: page.y + p.north, z: height, seconds: seconds)
        }
        let from = waypoint(a, low, start)
        let to = waypoint(b, high, end)
        if waypoints.last != from {
            if !waypoints.isEmpty { strandStarts.append(waypoints.count) }
            waypoints.append(from)
        }
        waypoints.append(to)
    }
}
