import Testing

@testable import World

@Suite struct GeodesyTests {
    /// Degrees between two directions.
    private func turn(_ a: Double, _ b: Double) -> Double { abs((a - b).remainder(dividingBy: 360)) }

    @Test func inverseAgreesWithGeographicLib() {
        for row in geodesicFixtures {
            let g = Geodesic.inverse(
                latitude1: row[0], longitude1: row[1], latitude2: row[2], longitude2: row[3])
            #expect(abs(g.meters - row[4]) < 1e-5, "\(row) got \(g)")
            // Which of several equal paths is free; 10 micrometres beside the goal is not.
            let end = Geodesic.direct(
                latitude: row[0], longitude: row[1], azimuthDegrees: g.initialAzimuthDegrees, meters: g.meters
            )
            let miss = Geodesic.inverse(
                latitude1: end.latitude, longitude1: end.longitude, latitude2: row[2], longitude2: row[3])
            #expect(miss.meters < 1e-5, "\(row) missed by \(miss.meters)")
        }
    }

    @Test func azimuthsAgreeWhereThePathIsUnique() {
        for row in geodesicFixtures where row[4] > 1 && row[4] < 19_900_000 {
            let g = Geodesic.inverse(
                latitude1: row[0], longitude1: row[1], latitude2: row[2], longitude2: row[3])
            // Below 20 m the last bits of the coordinates turn the azimuth.
            let tolerance = row[4] < 1000 ? 1e-7 : 1e-9
            #expect(turn(g.initialAzimuthDegrees, row[5]) < tolerance, "\(row) got \(g)")
            #expect(turn(g.finalAzimuthDegrees, row[6]) < tolerance, "\(row) got \(g)")
        }
    }

    @Test func directAgreesWithGeographicLib() {
        for row in geodesicFixtures {
            let end = Geodesic.direct(
                latitude: row[0], longitude: row[1], azimuthDegrees: row[5], meters: row[4])
            let miss = Geodesic.inverse(
                latitude1: end.latitude, longitude1: end.longitude, latitude2: row[2], longitude2: row[3])
            #expect(miss.meters < 1e-5, "\(row) got \(end)")
        }
    }

    @Test func anyInputEndsWithFiniteNumbers() {
        var random = SplitMix64(seed: 7)
        let special = [0, -0.0, 90, -90, 180, -180, 179.9999999, 1e-7, -1e-7, 1e300, .nan, .infinity]
        func number() -> Double {
            random.unit() < 0.5
                ? special[Int(random.next() % UInt64(special.count))] : random.unit() * 360 - 180
        }
        for _ in 0..<5000 {
            let (a, b, c, d) = (number(), number(), number(), number())
            let g = Geodesic.inverse(latitude1: a, longitude1: b, latitude2: c, longitude2: d)
            #expect(g.meters >= 0 && g.meters < 20_003_932, "\(a) \(b) \(c) \(d): \(g)")
            #expect(g.initialAzimuthDegrees.isFinite && g.finalAzimuthDegrees.isFinite)
            if let from = Coordinate(latitudeDegrees: a, longitudeDegrees: b) {
                #expect(Geodesic.direct(from: from, azimuthDegrees: c, meters: d * 1e5).isValid)
            }
        }
    }

    @Test func quickDistanceIsGoodForPlanning() throws {
        var random = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            let a = try #require(
                Coordinate(
                    latitudeDegrees: random.unit() * 170 - 85, longitudeDegrees: random.unit() * 360 - 180))
            let b = Geodesic.direct(
                from: a, azimuthDegrees: random.unit() * 360, meters: random.unit() * 500_000)
            let exact = Geodesic.inverse(a, b).meters
            #expect(abs(distanceMeters(a, b) - exact) <= exact * 1e-3, "\(a) \(b)")
        }
    }

    @Test func framesRoundTripWithinACentimetre() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<5000 {
            let coordinate = try #require(
                Coordinate(
                    latitudeDegrees: random.unit() * 180 - 90, longitudeDegrees: random.unit() * 360 - 180))
            let frame = LocalFrame(
                origin: Position(coordinate, altitude: Altitude(meters: random.unit() * 4000 - 100)))
            let point = LocalPoint(
                east: random.unit() * 1e5 - 5e4, north: random.unit() * 1e5 - 5e4, up: random.unit() * 3000)
            let back = frame.point(of: frame.position(of: point))
            let squares =
                (back.east - point.east) * (back.east - point.east)
                + (back.north - point.north) * (back.north - point.north)
                + (back.up - point.up) * (back.up - point.up)
            #expect(squares.squareRoot() < 0.01, "\(coordinate) \(point) \(back)")
            let exact = frame.geodetic(of: point)
            let again = frame.point(
                latitudeDegrees: exact.latitudeDegrees, longitudeDegrees: exact.longitudeDegrees,
                heightMeters: exact.heightMeters)
            #expect(abs(again.east - point.east) < 1e-6 && abs(again.up - point.up) < 1e-6)
        }
    }

    @Test func framesAgreeWithProj() throws {
        for row in projTopocentric {
            let coordinate = try #require(Coordinate(latitudeDegrees: row[0], longitudeDegrees: row[1]))
            let frame = LocalFrame(origin: Position(coordinate, altitude: Altitude(meters: row[2])))
            let p = frame.point(latitudeDegrees: row[3], longitudeDegrees: row[4], heightMeters: row[5])
            #expect(abs(p.east - row[6]) < 1e-4 && abs(p.north - row[7]) < 1e-4 && abs(p.up - row[8]) < 1e-4)
        }
    }
}
