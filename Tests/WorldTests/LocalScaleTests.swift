import Testing

@testable import World

@Suite struct LocalScaleTests {
    @Test(arguments: 1...8) func distancesAgreeWithGeodesics(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let a = try #require(
                Coordinate(
                    latitudeDegrees: (random.unit() - 0.5) * 130, longitudeDegrees: random.unit() * 360 - 180)
            )
            let b = a.moved(
                east: (random.unit() - 0.5) * 140_000, north: (random.unit() - 0.5) * 140_000)
            guard abs(b.longitudeE7) < 1_799_999_999, abs(b.latitudeE7) < 650_000_000 else { continue }
            let exact = distanceMeters(a, b)
            #expect(abs(a.meters(to: b) - exact) <= 1e-4 * exact + 0.05, "seed \(seed): \(a) \(b)")
        }
    }

    @Test(arguments: 1...4) func movingIsTheInverseOfDisplacement(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let a = try #require(
                Coordinate(
                    latitudeDegrees: (random.unit() - 0.5) * 130, longitudeDegrees: random.unit() * 358 - 179)
            )
            let (east, north) = ((random.unit() - 0.5) * 60_000, (random.unit() - 0.5) * 60_000)
            let d = a.displacement(to: a.moved(east: east, north: north))
            #expect(abs(d.east - east) < 0.05 && abs(d.north - north) < 0.05, "seed \(seed): \(a) \(d)")
        }
    }

    @Test func theWorldIsRound() {
        let west = Coordinate(latitudeE7: 500_000_000, longitudeE7: -1_799_999_000)
        let east = Coordinate(latitudeE7: 500_000_000, longitudeE7: 1_799_999_000)
        #expect(abs(west.meters(to: east) - 14.3) < 0.1)
        let pole = Coordinate(latitudeE7: 900_000_000, longitudeE7: 0)
        #expect(pole.moved(east: 1e9, north: 1e9).isValid)
        #expect(pole.moved(east: .nan, north: -.infinity).isValid)
    }
}
