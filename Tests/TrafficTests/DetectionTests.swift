import Testing
import Traffic

/// The detector against every pair decided in double: the same conflicts with the same times, bit for bit.
@Suite struct DetectionTests {
    static func check(
        _ world: World, _ volumes: PairVolumes, lookahead: Double, _ note: Comment? = nil,
        location: SourceLocation = #_sourceLocation
    ) {
        let expected = world.everyPair(volumes, lookahead: lookahead)
        let table = world.table
        for path in VectorPath.available {
            for threads in [1, 2] {
                let detector = ConflictDetector(
                    volumes, lookaheadSeconds: lookahead, threads: threads, path: path)
                detector.run(table)
                let isSame = detector.conflicts.elementsEqual(expected)
                #expect(isSame, note, sourceLocation: location)
                #expect(detector.report.deferredPairs == 0)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func randomWorldsOfAllClasses(seed: UInt64) {
        let world = World.random(400, side: 3000 * Double(seed), top: 300, seed: seed)
        Self.check(world, .operational, lookahead: 60)
    }

    @Test(arguments: [ProtectedVolume.cylinder(radiusMeters: 50, halfHeightMeters: 20)])
    func oneVolumeForAll(volume: ProtectedVolume) {
        for (seed, lookahead) in [(5, 60.0), (6, 7), (7, 180), (8, 0)] {
            Self.check(
                .random(300, side: 4000, top: 200, seed: UInt64(seed)), PairVolumes(all: volume),
                lookahead: lookahead)
        }
    }

    @Test(arguments: WellClear.TimeVariable.allCases)
    func wellClear(variable: WellClear.TimeVariable) {
        for (seed, coAltitude) in [(9, 0.0), (10, 20)] {
            let volume = WellClear(
                variable, distanceMeters: 300, heightMeters: 40, timeSeconds: 35,
                coAltitudeSeconds: coAltitude)
            Self.check(
                .random(250, side: 20_000, top: 500, seed: UInt64(seed)),
                PairVolumes(all: .wellClear(volume)),
                lookahead: 90)
        }
    }
}
