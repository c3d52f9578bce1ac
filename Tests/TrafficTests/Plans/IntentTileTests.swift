import Testing
import World

@testable import Traffic

/// Plans laid out in tiles: a centimetre is one anywhere on the earth, also across the borders of tiles.
@Suite struct IntentTileTests {
    private static func place(_ p: GeodeticPoint) -> Coordinate {
        Coordinate(latitudeDegrees: p.latitude, longitudeDegrees: p.longitude)
            ?? Coordinate(latitudeE7: 0, longitudeE7: 0)
    }

    /// So many metres from a place, exact to a micrometre within 40 km: in the flat frame there, put on the ground.
    private static func moved(_ p: GeodeticPoint, _ east: Double, _ north: Double) -> GeodeticPoint {
        let frame = LocalFrame(origin: Position(place(p), altitude: Altitude(millimeters: 0)))
        let o = frame.point(of: p)
        var up = 0.0
        var g = frame.geodetic(of: LocalPoint(east: o.east + east, north: o.north + north, up: up))
        for _ in 0..<3 {
            up -= g.heightMeters
            g = frame.geodetic(of: LocalPoint(east: o.east + east, north: o.north + north, up: up))
        }
        return GeodeticPoint(latitude: g.latitudeDegrees, longitude: g.longitudeDegrees)
    }

    /// Metres along the geodesic.
    private static func meters(_ p: GeodeticPoint, _ q: GeodeticPoint) -> Double {
        Geodesic.inverse(
            latitude1: p.latitude, longitude1: p.longitude, latitude2: q.latitude, longitude2: q.longitude
        ).meters
    }

    /// Near the corner or a border of a tile, at any latitude a drone flies at, some at the antimeridian.
    private static func border(_ random: inout SplitMix64) -> GeodeticPoint {
        let row = 60 + Int(random.next() % 330)
        let isCorner = random.next() % 2 == 0
        let edge = -90 + AirTile.degrees * Double(row)
        let latitude = isCorner || random.next() % 2 == 0 ? edge : edge + 0.4 * random.unit()
        let columns = AirTile.columns(row: AirTile.row(latitude + 1e-9))
        let column = random.next() % 5 == 0 ? 0 : Int(random.next() % UInt64(columns))
        let side = -180 + 360 * Double(column) / Double(columns)
        let longitude = isCorner || latitude != edge ? side : side + 0.3 * random.unit()
        return GeodeticPoint(latitude: latitude, longitude: longitude)
    }

    private static func intent(
        _ id: UInt64, _ a: GeodeticPoint, _ b: GeodeticPoint, seconds: Double, radius: Double
    ) throws -> OperationalIntent {
        var layout = IntentLayout()
        layout.add(from: a, to: b, fromAltitude: 400, toAltitude: 400, start: 1e9, end: 1e9 + seconds)
        return try OperationalIntent(
            id: id, waypoints: layout.waypoints, strandStarts: layout.strandStarts,
            tolerance: IntentTolerance(radiusMeters: radius, halfHeightMeters: 5))
    }

    private static func conflict(_ a: OperationalIntent, _ b: OperationalIntent) throws -> Bool {
        var index = IntentIndex()
        try index.insert(a)
        return !index.conflicts(of: b).isEmpty
    }

    @Test func hoveringAtABorderIsExactToACentimetre() throws {
        let seed: UInt64 = 5
        var random = SplitMix64(seed: seed)
        for round in 0..<400 {
            let p = Self.moved(Self.border(&random), 100 * random.unit() - 50, 100 * random.unit() - 50)
            let q = Self.moved(p, 80 * random.unit() - 40, 80 * random.unit() - 40)
            let apart = Self.meters(p, q)
            for (room, conflicts) in [(0.005, true), (-0.005, false)] {
                let radius = max((apart + room) / 2, 0)
                let says = try Self.conflict(
                    Self.intent(1, p, p, seconds: 60, radius: radius),
                    Self.intent(2, q, q, seconds: 60, radius: radius))
                #expect(says == conflicts, "seed \(seed) round \(round) \(p) \(q) \(apart)")
            }
        }
    }

    /// Two long flights that pass each other somewhere near a border: the least distance, found by steps along the chords
    /// through the earth without any tile, decides to a centimetre.
    @Test func crossingABorderIsExactToACentimetre() throws {
        let seed: UInt64 = 6
        var random = SplitMix64(seed: seed)
        var (checked, tiles) = (0, 0)
        for round in 0..<120 {
            let middle = Self.border(&random)
            func flight() -> (GeodeticPoint, GeodeticPoint) {
                let (e, n) = (30_000 * random.unit() - 15_000, 30_000 * random.unit() - 15_000)
                let (x, y) = (120 * random.unit() - 60, 120 * random.unit() - 60)
                let share = 0.4 + 0.2 * random.unit()
                return (
                    Self.moved(middle, x - e * share, y - n * share),
                    Self.moved(middle, x + e * (1 - share), y + n * (1 - share))
                )
            }
            let (f, g) = (flight(), flight())
            let seconds = 1000.0
            func at(_ way: (GeodeticPoint, GeodeticPoint), _ share: Double) -> GeodeticPoint {
                let frame = LocalFrame(
                    origin: Position(Self.place(way.0), altitude: Altitude(millimeters: 0)))
                let (a, b) = (frame.point(of: way.0), frame.point(of: way.1))
                let g = frame.geodetic(
                    of: LocalPoint(
                        east: a.east + (b.east - a.east) * share,
                        north: a.north + (b.north - a.north) * share,
                        up: a.up + (b.up - a.up) * share))
                return GeodeticPoint(latitude: g.latitudeDegrees, longitude: g.longitudeDegrees)
            }
            func apart(_ share: Double) -> Double { Self.meters(at(f, share), at(g, share)) }
            // The distance falls, then rises: golden section would do; thirds are simpler.
            var (low, high) = (0.0, 1.0)
            for _ in 0..<80 {
                let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
                if apart(a) < apart(b) { high = b } else { low = a }
            }
            let least = apart((low + high) / 2)
            guard least < 280 else { continue }
            checked += 1
            tiles += try Self.intent(1, f.0, f.1, seconds: seconds, radius: 1).strandStarts.isEmpty ? 0 : 1
            for (room, conflicts) in [(0.01, true), (-0.01, false)] where least + room > 0 {
                let radius = (least + room) / 2
                let says = try Self.conflict(
                    Self.intent(1, f.0, f.1, seconds: seconds, radius: radius),
                    Self.intent(2, g.0, g.1, seconds: seconds, radius: radius))
                #expect(says == conflicts, "seed \(seed) round \(round) \(middle) \(least)")
            }
        }
        #expect(checked > 40 && tiles > 30, "\(checked) \(tiles)")
    }

    @Test func tilesCoverTheEarth() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<2000 {
            let (latitude, longitude) = (180 * random.unit() - 90, 360 * random.unit() - 180)
            let tile = try #require(AirTile(latitudeDegrees: latitude, longitudeDegrees: longitude))
            let p = GeodeticPoint(latitude: latitude, longitude: longitude)
            let local = tile.frame.point(of: p)
            // Half the pitch of the pages less a piece and its reach.
            #expect(max(local.east.magnitude, local.north.magnitude) < 28_000 || latitude.magnitude > 89)
            var found: [AirTile] = []
            AirTile.forEach(p, p) { found.append($0) }
            #expect(found.contains(tile) && found.count <= 4)
        }
        #expect(AirTile(latitudeDegrees: .nan, longitudeDegrees: 0) == nil)
        #expect(AirTile(latitudeDegrees: 91, longitudeDegrees: 0) == nil)
        #expect(AirTile(latitudeDegrees: 90, longitudeDegrees: 180) != nil)
        var layout = IntentLayout()
        layout.add(
            from: GeodeticPoint(latitude: .nan, longitude: 0), to: GeodeticPoint(latitude: 0, longitude: 0),
            fromAltitude: 0, toAltitude: 0, start: 0, end: 1)
        #expect(layout.waypoints.isEmpty)
    }
}
