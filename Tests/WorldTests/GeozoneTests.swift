import Testing

@testable import World

@Suite struct GeozoneTests {
    // 5. Every geozone ring is closed and simple; identifiers are unique and at most 7 characters.

    @Test func bothFilesHoldTheSameZones() throws {
        let zones = try Geozone.load(directory: realWorldDirectory)
        let same = try Geozone.ed318(file: "geozones_ed318.json", bytes: realFile("geozones_ed318.json"))
        #expect(zones.count == 222 && same.count == 222)
        #expect(Set(zones.map(\.identifier)).count == 222)
        for (a, b) in zip(zones, same) {
            #expect(a.identifier == b.identifier && a.name == b.name && a.country == b.country)
            #expect(a.restriction == b.restriction && a.isUSpace == b.isUSpace, "\(a.identifier)")
            let same = a.volumes == b.volumes
            #expect(same, "\(a.identifier)")
            // ED-269 also has weekly hours.
            #expect(a.applicability.map(\.start) == b.applicability.map(\.start), "\(a.identifier)")
            #expect(a.applicability.map(\.end) == b.applicability.map(\.end), "\(a.identifier)")
        }
        #expect(zones.count { $0.restriction == .prohibited } == 54)
        #expect(zones.count { $0.isUSpace } == 12)
        #expect(zones.count { $0.applicability.isEmpty } == 219)
    }

    @Test func zonesApplyWhereAndWhenTheySay() throws {
        let zones = try Geozone.load(directory: realWorldDirectory)
        let almaty = try #require(realWorld.get().place("UAAA")).coordinate
        let inner = try #require(zones.first { $0.identifier == "UAAAA" })
        #expect(inner.volumes[0].outline.contains(almaty))
        #expect(!inner.volumes[0].outline.contains(almaty.moved(east: 40_000, north: 0)))
        #expect(inner.volumes[0].lower == .aboveGround(Altitude(millimeters: 0)))
        #expect(inner.applies(at: Instant(nanoseconds: 0)))
        // A Monday, 04:00 to 09:00.
        let launch = try #require(zones.first { $0.identifier == "BAIKLW" })
        for (text, applies) in [
            ("2026-10-05T03:59:59Z", false), ("2026-10-05T04:00:00Z", true), ("2026-10-05T08:59:59Z", true),
            ("2026-10-05T09:30:00Z", false), ("2026-10-12T05:00:00Z", false),
        ] {
            #expect(launch.applies(at: try #require(Instant(iso8601: text))) == applies, "\(text)")
        }
    }

    @Test func hoursMayRunPastMidnight() throws {
        let night = Geozone.Hours(weekdays: [4], startSecond: 79_200, endSecond: 7200)
        for (text, inside) in [
            ("2026-06-05T21:59:59Z", false), ("2026-06-05T22:00:00Z", true), ("2026-06-06T01:59:59Z", true),
            ("2026-06-06T02:00:00Z", false), ("2026-06-06T22:30:00Z", false), ("1969-12-26T23:00:00Z", true),
        ] {
            #expect(night.contains(try #require(Instant(iso8601: text))) == inside, "\(text)")
        }
    }

    private func ring(_ points: [(Int32, Int32)]) throws -> Ring {
        try Ring(points.map { Coordinate(latitudeE7: $0.1, longitudeE7: $0.0) })
    }

    @Test func ringsMustBeClosedAndSimple() throws {
        let square = try ring([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])
        for (x, y, inside) in [(5, 5, true), (11, 5, false), (-1, 5, false), (5, 11, false)] {
            #expect(square.contains(Coordinate(latitudeE7: Int32(y), longitudeE7: Int32(x))) == inside)
        }
        _ = try ring([(0, 0), (10, 0), (0, 10), (0, 0)])
        // A side that goes on straight is simple.
        _ = try ring([(0, 0), (5, 0), (10, 0), (10, 10), (0, 0)])
        let bad: [(String, [(Int32, Int32)])] = [
            ("open", [(0, 0), (10, 0), (10, 10), (0, 10)]),
            ("too few", [(0, 0), (10, 0), (0, 0)]),
            ("bow tie", [(0, 0), (10, 10), (10, 0), (0, 10), (0, 0)]),
            ("twice one point", [(0, 0), (10, 0), (10, 0), (10, 10), (0, 0)]),
            ("there and back", [(0, 0), (10, 0), (5, 0), (5, 5), (0, 0)]),
            ("there and back at the end", [(0, 0), (10, 0), (10, 10), (-5, 0), (0, 0), (0, 0)]),
            ("spike at the start", [(0, 0), (10, 0), (10, 10), (5, 0), (0, 0)]),
            ("touching itself", [(0, 0), (10, 0), (10, 10), (5, 0), (0, 10), (0, 0)]),
            ("all in a line", [(0, 0), (5, 0), (10, 0), (0, 0)]),
            ("wider than a quarter of the earth", [(0, 0), (900_000_001, 0), (0, 10), (0, 0)]),
        ]
        for (what, points) in bad { #expect(throws: ZoneFault.self, "\(what)") { try ring(points) } }
    }

    /// Against a plain definition: no two sides that are not neighbours meet, solved in floating point. The points are
    /// too few and too far apart for rounding to matter.
    @Test func ringsByChance() throws {
        var random = SplitMix64(seed: 77)
        var simple = 0
        for _ in 0..<3000 {
            var points = (0..<4 + Int(random.next() % 5)).map { _ in
                Coordinate(
                    latitudeE7: Int32(random.next() % 400_000_000),
                    longitudeE7: Int32(random.next() % 400_000_000))
            }
            points.append(points[0])
            let sides = Array(zip(points, points.dropFirst()))
            var crosses = false
            for i in sides.indices {
                for j in sides.indices where j > i + 1 && !(i == 0 && j == sides.count - 1) {
                    if Self.cross(sides[i], sides[j]) { crosses = true }
                }
            }
            let accepted = (try? Ring(points)) != nil
            #expect(accepted == !crosses, "seed 77: \(points)")
            simple += accepted ? 1 : 0
        }
        #expect((300...2700).contains(simple), "seed 77: \(simple)")
    }

    private static func cross(_ s: (Coordinate, Coordinate), _ t: (Coordinate, Coordinate)) -> Bool {
        func vector(_ a: Coordinate, _ b: Coordinate) -> (x: Double, y: Double) {
            (Double(b.longitudeE7) - Double(a.longitudeE7), Double(b.latitudeE7) - Double(a.latitudeE7))
        }
        let (r, q, w) = (vector(s.0, s.1), vector(t.0, t.1), vector(s.0, t.0))
        let d = r.x * q.y - r.y * q.x
        let (u, v) = ((w.x * q.y - w.y * q.x) / d, (w.x * r.y - w.y * r.x) / d)
        return (0...1).contains(u) && (0...1).contains(v)
    }

    @Test func aStarIsInsideItself() throws {
        var random = SplitMix64(seed: 78)
        for _ in 0..<100 {
            let corners = 5 + Int(random.next() % 60)
            let center = Coordinate(latitudeE7: 480_000_000, longitudeE7: 680_000_000)
            var points = (0..<corners).map { i in
                Geodesic.direct(
                    from: center, azimuthDegrees: 360 * Double(i) / Double(corners),
                    meters: 5000 + 20_000 * random.unit())
            }
            points.append(points[0])
            let ring = try Ring(points)
            let (inside, outside) = (
                ring.contains(center), ring.contains(center.moved(east: 26_000, north: 26_000))
            )
            #expect(inside && !outside, "seed 78")
        }
    }

    @Test func bentZoneFilesAreRefusedByZone() throws {
        let text = String(decoding: try realFile("geozones_ed269.json"), as: UTF8.self)
        for (old, new) in [
            ("\"UA34B\"", "\"UA34A\""), ("\"UA34B\"", "\"UA34BCDE\""), ("\"UA34B\"", "\"\""),
            ("REQ_AUTHORISATION", "FORBIDDEN"), ("\"AGL\"", "\"SFC\""),
            ("\"lowerLimit\":0", "\"lowerLimit\":500"),
            ("\"lowerLimit\":0", "\"lowerLimit\":1e300"), ("\"radius\":1500", "\"radius\":-1"),
            ("\"center\":[67.971,41.2765]", "\"center\":[67.971]"), ("\"Circle\"", "\"Ellipse\""),
            ("\"M\"", "\"FT\""), ("\"MON\"", "\"DAY\""), ("2026-10-05T09:00:00Z", "2026-10-05T03:00:00Z"),
            ("2026-10-05T09:00:00Z", "tomorrow"), ("\"identifier\"", "\"id\""),
            ("[[[77.02624", "[[[77.02625"),
        ] {
            let bent = text.replacing(old, with: new, maxReplacements: 1)
            let isBent = bent != text
            #expect(isBent, "\(old)")
            let refused = (try? Geozone.ed269(file: "t", bytes: Array(bent.utf8))) == nil
            #expect(refused, "\(old) -> \(new)")
        }
    }
}
