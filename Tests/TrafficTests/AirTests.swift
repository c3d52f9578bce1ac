import Testing
import World

@testable import Traffic

/// The tick over a whole fleet, wherever it is, against comparing every pair on the ellipsoid.
@Suite struct AirTests {
    private static let drone = ResolutionClass(
        acceleration: 3, maximumSpeed: 25, maximumClimb: 5, maximumDescent: 5)

    private func settings() -> AirTrafficSettings {
        var settings = AirTrafficSettings(classes: [Self.drone])
        settings.limits = .unbounded
        return settings
    }

    private func air(threads: Int = 1, path: VectorPath = .best) throws -> AirTraffic {
        try #require(AirTraffic(settings(), threads: threads, path: path))
    }

    private func run(_ air: AirTraffic, _ world: AirWorld, number: UInt64 = 0) {
        world.flights.withUnsafeBufferPointer {
            air.tick($0, number: number, airspace: OpenAirspace())
        }
    }

    enum Place: CaseIterable {
        case kazakhstan, dateLine, northPole, southPole, parallelChain, meridianChain, fast, wide
    }

    private func world(_ place: Place, seed: UInt64) -> AirWorld {
        var world = AirWorld(seed: seed)
        switch place {
        case .kazakhstan, .fast, .wide:
            for (latitude, longitude) in AirWorld.cities {
                world.add(place == .kazakhstan ? 24 : 16, latitude, longitude, within: 3000)
            }
            let (latitude, longitude) = AirWorld.cities[2]
            if place == .fast { world.add(1, latitude + 0.2, longitude, within: 10, fastest: 446) }
            if place == .wide { world.flights[37].extraRadiusMeters = 40_000 }
        case .dateLine:
            world.add(100, 52, 180, within: 5000)
            world.add(60, -17, -179.99, within: 2000)
        case .northPole:
            world.add(100, 90, 0, within: 5000)
            world.add(50, 89.7, 130, within: 2000)
            world.add(50, 43.24, 76.95, within: 2000)
        case .southPole: world.add(100, -89.99, 77, within: 5000)
        case .parallelChain: world.chain(48, 60, azimuth: 80, meters: 1_000_000, step: 8000)
        case .meridianChain: world.chain(42, 70, azimuth: 5, meters: 1_000_000, step: 8000)
        }
        return world
    }

    @Test(arguments: Place.allCases)
    func findsWhatComparingAllPairsOnTheEllipsoidFinds(place: Place) throws {
        for seed in 1...1 {
            let world = world(place, seed: UInt64(seed))
            let air = try air()
            run(air, world)
            #expect(air.report.refusedFlights == 0 && air.report.resolution.refused == 0)
            #expect(air.report.detection.refusedBodies == 0)
            let found = Set(air.conflicts.map { AirWorld.Pair(a: min($0.a, $0.b), b: max($0.a, $0.b)) })
            #expect(found.count == air.conflicts.count)
            // 5 cm and a hundredth of a second for frames, which are not the ellipsoid either; more for who flies far.
            let slack = place == .fast ? 5 : place == .wide ? 2 : 0.05
            let must = world.conflicts(settings(), more: -slack, seconds: 59.99)
            let may = world.conflicts(
                settings(), more: 2 * air.report.stretchMeters + slack, seconds: 60.01)
            #expect(must.count > 10, "\(place) \(seed): nothing to find")
            for pair in must.keys where !found.contains(pair) {
                Issue.record("\(place) \(seed): missed \(pair)")
            }
            for pair in found where may[pair] == nil {
                Issue.record("\(place) \(seed): invented \(pair)")
            }
            #expect(air.report.stretchMeters < (place == .fast || place == .wide ? 60 : 2.5))
        }
    }

    @Test func manyCitiesAreManyPlanes() throws {
        let air = try air()
        run(air, world(.kazakhstan, seed: 1))
        #expect(air.report.groups == AirWorld.cities.count)
        #expect(air.report.stretchMeters < 0.02)
    }

    /// Threads and vector paths, memory new or used.
    @Test func sameBytesWhateverTheThreadsThePathAndTheMemory() throws {
        let worlds = [Place.kazakhstan, .northPole, .fast].map { world($0, seed: 5) }
        let used = try air()
        for world in worlds { run(used, world) }
        for world in worlds {
            var hashes: [UInt64] = []
            for (threads, path) in [(1, VectorPath.portable), (2, .portable), (1, .best), (2, .best)] {
                let air = try air(threads: threads, path: path)
                run(air, world)
                hashes.append(air.hash)
            }
            run(used, world)
            hashes.append(used.hash)
            #expect(Set(hashes).count == 1)
        }
    }

    @Test func unsoundFlightsAreRefusedAndCounted() throws {
        let air = try air()
        var world = world(.dateLine, seed: 9)
        run(air, world)
        let before = air.conflicts.count
        let good = world.flights[0]
        let spoilings: [(inout Flight) -> Void] = [
            { $0.altitudeMeters = .nan }, { $0.velocityEast = .infinity }, { $0.velocityNorth = -.infinity },
            { $0.velocityEast = 700 }, { $0.velocityUp = .nan }, { $0.ageSeconds = .nan },
            { $0.ageSeconds = 1e9 }, { $0.sigmaHorizontalMeters = -1 }, { $0.sigmaVerticalMeters = .nan },
            { $0.extraRadiusMeters = 1e6 }, { $0.extraHeightMeters = .nan }, { $0.latitudeE7 = .max },
            { $0.longitudeE7 = .min }, { $0.unknownAcceleration = .nan },
            { ($0.unknownAcceleration, $0.ageSeconds) = (100, 3600) }, { $0.unknownClimbAcceleration = -1 },
        ]
        for spoil in spoilings {
            var bad = good
            bad.id = UInt32(3 * world.flights.count)
            spoil(&bad)
            world.flights.append(bad)
        }
        // Not in ascending order of id: again, and backwards.
        world.flights.append(good)
        run(air, world)
        #expect(air.report.refusedFlights == spoilings.count + 1)
        #expect(air.conflicts.count == before)
        #expect(air.advisories.filter { $0.reason == .refused }.count == spoilings.count + 1)
        #expect(air.advisories.count == world.flights.count)
    }

    @Test func aManoeuvreThatIsNoneIsRefusedByResolutionOnly() throws {
        let air = try air()
        var world = world(.dateLine, seed: 9)
        run(air, world)
        let before = air.conflicts.count
        world.flights[3].wanted.vx = .nan
        world.flights[3].isCooperative = true
        world.flights[3].isResolved = true
        run(air, world)
        #expect(air.conflicts.count == before)
        #expect(air.report.resolution.refused == 1)
    }

    @Test func aMillionCopiesAreCountedOnce() throws {
        let air = try air()
        let one = world(.dateLine, seed: 2).flights[0]
        Array(repeating: one, count: 1_000_000).withUnsafeBufferPointer {
            air.tick($0, number: 0, airspace: OpenAirspace())
        }
        #expect(air.report.refusedFlights == 999_999)
        #expect(air.conflicts.isEmpty)
    }

    @Test func nothingIsASoundTickToo() throws {
        let air = try air()
        run(air, AirWorld(seed: 0))
        #expect(air.report.groups == 0 && air.conflicts.isEmpty && air.advisories.isEmpty)
    }
}
