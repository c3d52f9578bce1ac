import Testing

@testable import Traffic
@testable import World

/// Geozones as fences: outlines, datums and times.
@Suite struct FenceGeozoneTests {
    private static func frame(_ latitude: Double, _ longitude: Double) throws -> LocalFrame {
        LocalFrame(
            origin: Position(
                try #require(Coordinate(latitudeDegrees: latitude, longitudeDegrees: longitude)),
                altitude: Altitude(millimeters: 0)))
    }

    private static func zone(
        _ projection: String, lower: (Double, String) = (0, "AGL"), upper: (Double, String) = (120, "AGL"),
        applicability: String = "{\"permanent\":\"YES\"}"
    ) throws -> Geozone {
        let text = """
            {"features":[{"identifier":"T1","country":"KAZ","name":"test","restriction":"PROHIBITED",\
            "uSpaceClass":"","applicability":[\(applicability)],"geometry":[{"uomDimensions":"M",\
            "lowerLimit":\(lower.0),"lowerVerticalReference":"\(lower.1)","upperLimit":\(upper.0),\
            "upperVerticalReference":"\(upper.1)","horizontalProjection":\(projection)}]}]}
            """
        return try #require(try Geozone.ed269(file: "t", bytes: Array(text.utf8)).first)
    }

    private static func circle(_ latitude: Double, _ longitude: Double, _ radius: Double) -> String {
        "{\"type\":\"Circle\",\"center\":[\(longitude),\(latitude)],\"radius\":\(radius)}"
    }

    private static func ring(_ points: [(Double, Double)]) -> String {
        "[" + (points + [points[0]]).map { "[\($0.0),\($0.1)]" }.joined(separator: ",") + "]"
    }

    private static let heights = Geofence.Heights(ground: 300...350, geoid: -45 ... -43)

    @Test(arguments: [
        ("AGL", 0.0, 120.0, 300.0, 470.0, 350.0, 420.0), ("AMSL", 400, 900, 400, 900, 400, 900),
        // Above the ellipsoid: less the geoid, which lies below it here.
        ("WGS84", 400, 900, 443, 945, 445, 943),
    ]) func datumsErrToTheSafeSide(
        datum: String, low: Double, high: Double, outFloor: Double, outCeiling: Double, inFloor: Double,
        inCeiling: Double
    ) throws {
        let zone = try Self.zone(
            Self.circle(43, 77, 1000), lower: (low, datum), upper: (high, datum))
        let frame = try Self.frame(43.1, 77.1)
        let out = try Geofence(
            id: 1, kind: .keepOut, volume: zone.volumes[0], frame: frame, heights: Self.heights)
        #expect(out.band.floorMeters == outFloor && out.band.ceilingMeters == outCeiling)
        let within = try Geofence(
            id: 1, kind: .keepIn, volume: zone.volumes[0], frame: frame, heights: Self.heights)
        #expect(within.band.floorMeters == inFloor && within.band.ceilingMeters == inCeiling)
        let bare = Geofence.Heights()
        func make() throws {
            _ = try Geofence(id: 1, kind: .keepOut, volume: zone.volumes[0], frame: frame, heights: bare)
        }
        switch datum {
        case "AGL": #expect(throws: FenceFault.missingGround) { try make() }
        case "WGS84": #expect(throws: FenceFault.missingGeoid) { try make() }
        default: try make()
        }
    }

    /// A floor of one datum and a ceiling of another.
    @Test func datumsMayDiffer() throws {
        let zone = try Self.zone(Self.circle(43, 77, 1000), lower: (30, "AGL"), upper: (900, "AMSL"))
        let fence = try Geofence(
            id: 1, kind: .keepOut, volume: zone.volumes[0], frame: Self.frame(43, 77), heights: Self.heights)
        #expect(fence.band.floorMeters == 330 && fence.band.ceilingMeters == 900)
        // Where the ground is so uneven that nothing is left, there is no fence to stay in.
        let flat = try Self.zone(Self.circle(43, 77, 1000), lower: (0, "AGL"), upper: (30, "AGL"))
        #expect(throws: FenceFault.bandEmpty) {
            _ = try Geofence(
                id: 1, kind: .keepIn, volume: flat.volumes[0], frame: Self.frame(43, 77),
                heights: Self.heights)
        }
    }

    /// A circle on the earth is kept out of wherever the tile is: nothing of it is missing, and no more than a few metres
    /// of the largest are added.
    @Test(arguments: [(1500.0, 0.01, 0.2), (4900, 0.01, 0.6), (25_000, 0.01, 0.5), (60_000, 0.01, 2)])
    func circlesHoldInEveryTile(radius: Double, short: Double, over: Double) throws {
        let seed = UInt64(radius)
        var random = SplitMix64(seed: seed)
        var (inside, outside) = (0, 0)
        for _ in 0..<6 {
            let (latitude, longitude) = (40 + 15 * random.unit(), 47 + 40 * random.unit())
            let zone = try Self.zone(Self.circle(latitude, longitude, radius))
            let center = try #require(Coordinate(latitudeDegrees: latitude, longitudeDegrees: longitude))
            // A tile that the border goes through, its middle up to 30 km from it.
            let far = radius + 60_000 * random.unit() - 30_000
            let turn = random.unit() - 0.5
            let middle = center.moved(east: far * turn, north: far * (1 - turn * turn).squareRoot())
            let frame = LocalFrame(origin: Position(middle, altitude: Altitude(millimeters: 0)))
            let fence = FenceTest(
                try Geofence(
                    id: 1, kind: .keepOut, volume: zone.volumes[0], frame: frame, heights: Self.heights))
            for _ in 0..<400 {
                // Near the border, where it counts, within 35 km of the tile's middle.
                let east = 70_000 * random.unit() - 35_000
                let near = middle.moved(east: east, north: 70_000 * random.unit() - 35_000)
                let away = distanceMeters(center, near)
                guard away > 1 else { continue }
                let d = center.displacement(to: near)
                let wanted = radius + (random.unit() - 0.5) * 8
                let place = center.moved(east: d.east / away * wanted, north: d.north / away * wanted)
                let local = frame.point(of: GeodeticPoint(place))
                guard max(local.east.magnitude, local.north.magnitude) < 35_000 else { continue }
                let meters = Geodesic.inverse(center, place).meters
                let says = fence.shape.contains(x: local.east, y: local.north)
                if meters < radius - short {
                    inside += 1
                    #expect(says, "seed \(seed): \(meters) of \(radius)")
                } else if meters > radius + over {
                    outside += 1
                    #expect(!says, "seed \(seed): \(meters) of \(radius)")
                }
            }
        }
        #expect(inside > 20 && outside > 20, "\(inside) \(outside)")
    }

    /// Sides are straight in degrees, also where that is far from straight in metres; holes are open.
    @Test func polygonsAndHolesAreTheWorlds() throws {
        let outline = [(76.6, 43.0), (77.4, 43.0), (77.4, 43.5), (76.6, 43.5)]
        let hole = [(76.9, 43.2), (77.1, 43.2), (77.0, 43.35)]
        let zone = try Self.zone(
            "{\"type\":\"Polygon\",\"coordinates\":[\(Self.ring(outline)),\(Self.ring(hole))]}")
        let frame = try Self.frame(43.2, 76.8)
        let fence = FenceTest(
            try Geofence(id: 1, kind: .keepOut, volume: zone.volumes[0], frame: frame, heights: Self.heights))
        var random = SplitMix64(seed: 3)
        var (inside, inHole, outside) = (0, 0, 0)
        for _ in 0..<3000 {
            let place = try #require(
                Coordinate(
                    latitudeDegrees: 42.9 + 0.7 * random.unit(), longitudeDegrees: 76.5 + random.unit()))
            let local = frame.point(of: GeodeticPoint(place))
            // The border itself may be 10 cm off.
            guard fence.shape.clearanceMeters(x: local.east, y: local.north).magnitude > 0.1 else { continue }
            let isIn = zone.volumes[0].outline.contains(place)
            #expect(fence.shape.contains(x: local.east, y: local.north) == isIn, "\(place)")
            if isIn {
                inside += 1
            } else if place.latitudeDegrees > 43.05, place.latitudeDegrees < 43.45,
                place.longitudeDegrees > 76.7, place.longitudeDegrees < 77.3
            {
                inHole += 1
            } else {
                outside += 1
            }
        }
        #expect(inside > 500 && inHole > 20 && outside > 500)
        // In the middle of the southern side the straight line in metres runs 80 m north of the one in degrees.
        let south = try #require(Coordinate(latitudeDegrees: 43.0002, longitudeDegrees: 77))
        let local = frame.point(of: GeodeticPoint(south))
        #expect(fence.shape.contains(x: local.east, y: local.north))
        let outside2 = "{\"type\":\"Polygon\",\"coordinates\":[\(Self.ring(hole)),\(Self.ring(outline))]}"
        #expect(throws: DataError.self) { _ = try Self.zone(outside2) }
    }

    // MARK: Times

    private static func moment(_ text: String) throws -> Instant { try #require(Instant(iso8601: text)) }

    /// Every window of a span, against the question asked minute by minute.
    @Test(arguments: [
        // Every day; some days; past midnight; a whole day from an hour on; within a season; two periods.
        "{\"permanent\":\"NO\",\"schedule\":[{\"day\":[\"ANY\"],\"startTime\":\"06:00:00Z\",\"endTime\":\"09:30:00Z\"}]}",
        "{\"permanent\":\"NO\",\"schedule\":[{\"day\":[\"MON\",\"THU\"],\"startTime\":\"04:00:00Z\",\"endTime\":\"05:00:00Z\"}]}",
        "{\"permanent\":\"NO\",\"schedule\":[{\"day\":[\"SUN\",\"TUE\"],\"startTime\":\"22:15:00Z\",\"endTime\":\"03:45:00Z\"}]}",
        "{\"permanent\":\"NO\",\"schedule\":[{\"day\":[\"WED\"],\"startTime\":\"10:00:00Z\",\"endTime\":\"10:00:00Z\"}]}",
        "{\"permanent\":\"NO\",\"startDateTime\":\"2026-06-03T12:00:00Z\",\"endDateTime\":\"2026-06-09T23:20:00Z\",\"schedule\":[{\"day\":[\"ANY\"],\"startTime\":\"23:00:00Z\",\"endTime\":\"01:00:00Z\"}]}",
        "{\"permanent\":\"NO\",\"startDateTime\":\"2026-06-02T00:00:00Z\",\"endDateTime\":\"2026-06-03T00:00:00Z\"},{\"permanent\":\"NO\",\"startDateTime\":\"2026-06-05T00:00:00Z\"}",
    ]) func windowsAreWhenItApplies(applicability: String) throws {
        let zone = try Self.zone(Self.circle(43, 77, 1000), applicability: applicability)
        let (start, end) = (try Self.moment("2026-06-01T00:00:00Z"), try Self.moment("2026-06-15T00:00:00Z"))
        let windows = try #require(zone.windows(from: start, to: end))
        #expect(!windows.isEmpty)
        for (a, b) in zip(windows, windows.dropFirst()) { #expect(a.upperBound < b.lowerBound) }
        var changes = 0
        var last = false
        for minute in 0...(14 * 1440) {
            let at = start.advanced(bySeconds: Double(minute) * 60)
            let applies = zone.applies(at: at)
            if applies != last { changes += 1 }
            last = applies
            #expect(windows.contains { $0.contains(at) } == applies, "minute \(minute)")
            #expect(zone.applies(from: at, to: at) == applies)
        }
        #expect(changes >= 1)
        // Fences of these windows hold then.
        let fence = FenceTest(
            try Geofence(
                id: 1, kind: .keepOut, volume: zone.volumes[0], frame: Self.frame(43, 77),
                heights: Self.heights,
                windows: windows.map { TimeWindow(start: $0.lowerBound, end: $0.upperBound) }))
        var random = SplitMix64(seed: 9)
        for _ in 0..<500 {
            let at = start.advanced(bySeconds: 14 * 86_400 * random.unit())
            #expect(fence.holds(at: at) == zone.applies(at: at))
            let long = start.advanced(bySeconds: 14 * 86_400 * random.unit())
            let (from, to) = (min(at, long), max(at, long))
            #expect(
                zone.applies(from: from, to: to)
                    == windows.contains { $0.lowerBound <= to && $0.upperBound >= from })
        }
    }

    @Test func permanentZonesAlwaysApply() throws {
        let zone = try Self.zone(Self.circle(43, 77, 1000))
        let (start, end) = (try Self.moment("2026-06-01T00:00:00Z"), try Self.moment("2027-05-01T00:00:00Z"))
        #expect(zone.windows(from: start, to: end) == [start...end])
        #expect(zone.applies(from: start, to: end) && !zone.applies(from: end, to: start))
        #expect(zone.windows(from: start, to: end.advanced(bySeconds: 90 * 86_400)) == nil)
        let ends = Instant(nanoseconds: .max)
        #expect(zone.applies(from: Instant(nanoseconds: .min), to: ends))
        let weekly = try Self.zone(
            Self.circle(43, 77, 1000),
            applicability:
                "{\"permanent\":\"NO\",\"schedule\":[{\"day\":[\"MON\"],\"startTime\":\"04:00:00Z\",\"endTime\":\"05:00:00Z\"}]}"
        )
        #expect(weekly.applies(from: Instant(nanoseconds: .min), to: ends))
        #expect(!weekly.applies(from: ends, to: ends))
    }
}
