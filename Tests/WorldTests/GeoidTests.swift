import FoundationEssentials
import Testing

@testable import World

private let file =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    + "/Data/world/geoid/egm96_15_kazakhstan.gtx"

@Suite struct GeoidTests {
    private let bytes: [UInt8]
    private let geoid: Geoid

    init() throws {
        bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        geoid = try Geoid(file: "t", gtx: bytes)
    }

    private func undulation(_ latitude: Double, _ longitude: Double) throws -> Double {
        let at = try #require(Coordinate(latitudeDegrees: latitude, longitudeDegrees: longitude))
        let meters = geoid.undulationMeters(at: at)
        return try #require(meters, "\(latitude) \(longitude)")
    }

    /// NGA's test point for EGM96 that is nearest to Kazakhstan: its program that sums the harmonics gives -43.572,
    /// the one that interpolates -43.575.
    @Test func agreesWithThePublishedTestPoint() throws {
        let meters = try undulation(46.8743190, 102.4487290)
        #expect(abs(meters + 43.5735) < 0.003, "\(meters)")
    }

    /// By PROJ 9.5.1 (`+proj=vgridshift +grids=egm96_15.gtx`), which reads the world-wide grid and interpolates
    /// bilinearly: the grid's own points, then aerodromes.
    private static let proj: [(latitude: Double, longitude: Double, meters: Double)] = [
        (39, 46, 18.2919), (56, 100, -40.2602), (43.25, 77, -43.8428), (51.25, 71.5, -32.1465),
        (50, 60.75, -21.3856), (45, 63.25, -33.9231),
        (43.3521, 77.0405, -44.7809), (45.1262, 78.447, -48.7972), (51.0222, 71.4669, -32.6073),
        (53.3291, 69.5946, -27.5310), (54.7747, 69.1839, -25.4291), (42.8536, 71.3036, -40.6113),
        (42.3642, 69.4789, -42.6025), (43.30667, 68.55017, -40.4137), (47.7083, 67.7333, -35.4201),
        (49.6708, 73.3344, -36.2791), (44.7069, 65.5925, -37.4331), (51.1508, 51.5431, -11.5692),
        (50.0366, 82.4942, -44.2684), (52.195, 77.0739, -38.4571), (50.3513, 80.2344, -44.2814),
        (43.8601, 51.092, -11.6329), (47.1219, 51.8214, -16.2902), (50.2458, 57.2067, -20.4716),
        (53.2069, 63.5503, -21.1113),
    ]

    @Test func holdsTheWorldWideGridWhereProjHasIt() throws {
        for row in Self.proj {
            let (south, west) = (
                (row.latitude * 4).rounded(.down) / 4, (row.longitude * 4).rounded(.down) / 4
            )
            let (up, right) = ((row.latitude - south) * 4, (row.longitude - west) * 4)
            let bilinear =
                try (1 - up)
                * ((1 - right) * undulation(south, west) + right * undulation(south, west + 0.25))
                + up
                * ((1 - right) * undulation(south + 0.25, west)
                    + right * undulation(south + 0.25, west + 0.25))
            #expect(abs(bilinear - row.meters) < 1e-4, "\(row) got \(bilinear)")
            // The smooth surface is better than the bilinear one, but never far from it.
            #expect(try abs(undulation(row.latitude, row.longitude) - row.meters) < 0.4, "\(row)")
        }
    }

    @Test func altitudesRoundTripWithinAMillimetre() throws {
        var random = SplitMix64(seed: 31)
        for _ in 0..<5000 {
            let at = try #require(
                Coordinate(
                    latitudeDegrees: 39 + 18 * random.unit(), longitudeDegrees: 45 + 58 * random.unit()))
            let height = Altitude<Ellipsoid>(meters: random.unit() * 9000 - 100)
            let (given, undulation) = (geoid.meanSeaLevel(height, at: at), geoid.undulationMeters(at: at))
            let altitude = try #require(given, "seed 31: \(at)")
            let meters = try #require(undulation, "seed 31: \(at)")
            let back = geoid.ellipsoid(altitude, at: at)
            #expect(back == height, "seed 31: \(at)")
            #expect(abs(height.meters - altitude.meters - meters) < 0.001)
            // Continuous across the grid's lines: a metre away it is never a centimetre different.
            let near = geoid.undulationMeters(at: at.moved(east: 0.7, north: 0.7)) ?? .infinity
            #expect(abs(near - meters) < 0.001, "seed 31: \(at)")
        }
    }

    @Test func whereItDoesNotReachThereIsNoAnswer() {
        let almaty = Coordinate(latitudeE7: 433_521_000, longitudeE7: 770_405_000)
        for (latitude, longitude) in [
            (0, 0), (385_000_000, 600_000_000), (577_500_000, 600_000_000), (500_000_000, 440_000_000),
            (500_000_000, 1_037_000_000), (Int32.max, Int32.min), (Int32.min, Int32.max),
        ] {
            let at = Coordinate(latitudeE7: latitude, longitudeE7: longitude)
            let meters = geoid.undulationMeters(at: at)
            #expect(meters == nil, "\(at)")
        }
        let tooHigh = geoid.meanSeaLevel(Altitude(millimeters: .max), at: almaty)
        let tooLow = geoid.ellipsoid(Altitude(millimeters: .min), at: almaty)
        #expect(tooHigh == nil && tooLow == nil)
    }

    @Test func damagedGridsAreRefused() throws {
        var random = SplitMix64(seed: 8)
        for count in [0, 1, 39, 40, bytes.count - 1, bytes.count - 4] {
            #expect(throws: DataError.self) { try Geoid(file: "t", gtx: Array(bytes.prefix(count))) }
        }
        #expect(throws: DataError.self) { try Geoid(file: "t", gtx: bytes + [0]) }
        #expect(throws: DataError.self) {
            try Geoid(file: "t", gtx: [UInt8](repeating: 0, count: Geoid.maximumBytes + 1))
        }
        // Ten by ten points, by the low bytes of both counts.
        var small = Array(bytes.prefix(40 + 400))
        for (offset, byte) in [(35, 10), (39, 10)] { small[offset] = UInt8(byte) }
        _ = try Geoid(file: "t", gtx: small)
        var refused = 0
        for _ in 0..<2000 {
            var bent = small
            bent[Int(random.next() % 40)] = UInt8(truncatingIfNeeded: random.next())
            bent[Int(random.next() % UInt64(bent.count))] = UInt8(truncatingIfNeeded: random.next())
            do {
                let geoid = try Geoid(file: "t", gtx: bent)
                for latitude: Int32 in [390_000_000, 500_000_000, -900_000_000, .max] {
                    _ = geoid.undulationMeters(at: Coordinate(latitudeE7: latitude, longitudeE7: 700_000_000))
                }
            } catch { refused += 1 }
        }
        #expect(refused > 500, "seed 8: only \(refused) of 2000 were refused")
    }
}
