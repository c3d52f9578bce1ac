import Testing
import Traffic
import World

/// Worlds made to break a grid, a slice or a float.
@Suite struct DetectionAdversaryTests {
    static let cylinder = PairVolumes(all: .cylinder(radiusMeters: 50, halfHeightMeters: 20))

    /// Pairs that pass at almost exactly the limit, near and far from the origin, at every angle and time.
    @Test(arguments: [0.0, 25_000, 1e6])
    func grazing(offset: Double) {
        var random = SplitMix64(seed: 11)
        var world = World()
        for k in 0..<120 {
            let miss = 50 + (random.unit() - 0.5) * [1e-9, 1e-6, 1e-3, 0.1][k % 4]
            let (x, y) = (offset + 4000 * random.unit(), offset + 4000 * random.unit())
            let when = 60 * random.unit()
            let angle = 2 * random.unit() - 1
            let (ux, uy) = (angle, (1 - angle * angle).squareRoot())
            let speed = 40 * random.unit()
            world.add(x, y, 100)
            world.add(
                x - uy * miss - ux * speed * when, y + ux * miss - uy * speed * when, 100, ux * speed,
                uy * speed)
        }
        DetectionTests.check(world, Self.cylinder, lookahead: 60)
    }

    /// Nothing moves against anything: one velocity, hovering, or differences below what floats hold.
    @Test func parallel() {
        var world = World()
        var random = SplitMix64(seed: 12)
        for k in 0..<240 {
            let jitter = k % 3 == 0 ? 1e-7 * (random.unit() - 0.5) : 0
            let (x, y) = (Double(k % 16) * 50, Double(k / 16) * 50)
            world.add(x, y, Double(k % 2) * 20, 15 + jitter, -7, 0)
        }
        DetectionTests.check(world, Self.cylinder, lookahead: 60)
        var hovering = World()
        for k in 0..<225 { hovering.add(Double(k % 15) * 49.999999, Double(k / 15) * 50.000001, 100) }
        DetectionTests.check(hovering, Self.cylinder, lookahead: 60)
    }

    /// Entries exactly at the slices' borders, at the end of the lookahead, and bodies on the cells' borders.
    @Test func borders() {
        var world = World()
        for k in 0..<60 {
            let y = Double(k) * 450
            world.add(0, y, 100, 10, 0, 0)
            // Enters after k seconds: 0, 20, 40 and 60 are borders.
            world.add(50 + 20 * Double(k) + 0, y, 100, -10, 0, 0)
            world.add(5000 + Double(k) * 225, y + 225, 80 + Double(k % 3) * 20)
        }
        DetectionTests.check(world, Self.cylinder, lookahead: 60)
        DetectionTests.check(world, Self.cylinder, lookahead: 20)
    }

    /// One altitude, one line, one point.
    @Test func degenerate() {
        var line = World()
        for k in 0..<200 { line.add(Double(k) * 17, 0, 100, Double(k % 7) - 3) }
        DetectionTests.check(line, Self.cylinder, lookahead: 60)
        var point = World()
        for k in 0..<60 { point.add(7, 7, 100, 0, 0, Double(k % 3) - 1) }
        DetectionTests.check(point, Self.cylinder, lookahead: 60)
        DetectionTests.check(World(), Self.cylinder, lookahead: 60)
        var single = World()
        single.add(1, 2, 3)
        DetectionTests.check(single, Self.cylinder, lookahead: 60)
    }

    /// A few fast ones through many slow ones, some far away, some of unknown place.
    @Test func fastAndVague() {
        var world = World.random(250, side: 5000, top: 150, seed: 13)
        world.add(-600_000, 2000, 80, 9999, 0, 0, .nonCooperative)
        world.add(2500, 400_000, 80, 0, -7000, 0, .nonCooperative)
        world.add(2500, 2500, 80, radius: 3000, height: 500, .drone)
        world.add(9e6, -9e6, 80)
        DetectionTests.check(world, Self.cylinder, lookahead: 60)
        DetectionTests.check(world, .operational, lookahead: 60)
    }

    @Test func absurdBodiesAreCountedAndChangeNothing() {
        var world = World.random(120, side: 1500, top: 100, seed: 14)
        let expected = world.everyPair(Self.cylinder, lookahead: 60)
        for bad in [Double.nan, .infinity, -.infinity, 1e30, 1e300] {
            world.add(bad, 0, 0)
            world.add(0, bad, 0)
            world.add(0, 0, bad)
            world.add(0, 0, 0, bad)
            world.add(0, 0, 0, 0, bad)
            world.add(0, 0, 0, 0, 0, bad)
            world.add(0, 0, 0, radius: bad)
        }
        world.add(0, 0, 0, radius: -1)
        let detector = ConflictDetector(Self.cylinder, lookaheadSeconds: 60)
        detector.run(world.table)
        let isSame = detector.conflicts.elementsEqual(expected)
        #expect(isSame)
        #expect(detector.report.refusedBodies == 36)
    }

    /// Thousands over one pad: work is bounded, what is left out is counted, and what is reported is right.
    @Test func crowdIsBoundedAndCounted() {
        var world = World.random(300, side: 6000, top: 150, seed: 15)
        var random = SplitMix64(seed: 16)
        for _ in 0..<1500 { world.add(3000 + 40 * random.unit(), 3000 + 40 * random.unit(), 100) }
        let table = world.table
        var hashes: Set<UInt64> = []
        for path in VectorPath.available {
            for threads in [1, 2] {
                let limits = DetectionLimits(neighboursPerBody: 100, candidatesPerBody: 32)
                let detector = ConflictDetector(
                    Self.cylinder, lookaheadSeconds: 60, limits: limits, threads: threads, path: path)
                detector.run(table)
                let report = detector.report
                #expect(report.deferredPairs > 100_000)
                #expect(report.deferredBodies > 0)
                #expect(report.coveredSeconds == 0)
                #expect(report.slices == 4)
                #expect(report.decidedPairs < 1800 * 6 * 40)
                hashes.insert(detector.hash)
                for conflict in detector.conflicts {
                    let (p, q) = (world.bodies[Int(conflict.a)].0, world.bodies[Int(conflict.b)].0)
                    let added = p.addedRadiusMeters + q.addedRadiusMeters
                    let height = p.addedHeightMeters + q.addedHeightMeters
                    let time = ConflictInterval.cylinder(
                        radiusMeters: 50 + added, halfHeightMeters: 20 + height, own: p.motion,
                        intruder: q.motion, horizonSeconds: 60)
                    #expect(time?.entrySeconds == conflict.entrySeconds)
                }
            }
        }
        #expect(hashes.count == 1)
    }

    /// A dense square: the next seconds are exact even there, and only what begins later is put off.
    @Test func crowdedButSoonIsExact() {
        let world = World.random(900, side: 700, top: 60, seed: 22)
        let detector = ConflictDetector(
            Self.cylinder, lookaheadSeconds: 60,
            limits: DetectionLimits(neighboursPerBody: 60, candidatesPerBody: 100_000))
        detector.run(world.table)
        let report = detector.report
        #expect(report.deferredPairs > 0)
        #expect(report.coveredSeconds >= 2 && report.coveredSeconds < 60)
        let expected = world.everyPair(Self.cylinder, lookahead: 60).filter {
            $0.entrySeconds < report.coveredSeconds
        }
        #expect(expected.count > 1000)
        let isSame = detector.conflicts.prefix(expected.count).elementsEqual(expected)
        #expect(isSame)
    }

    /// Every pair in one slice, and no pair but those in reach: the same.
    @Test func exhaustiveSearchAgrees() {
        let world = World.random(500, side: 4000, top: 150, seed: 23)
        for isExhaustive in [false, true] {
            let detector = ConflictDetector(
                .operational, lookaheadSeconds: 60, isExhaustive: isExhaustive)
            detector.run(world.table)
            let isSame = detector.conflicts.elementsEqual(world.everyPair(.operational, lookahead: 60))
            #expect(isSame)
        }
    }

    /// The same memory serves tick after tick, of any size.
    @Test func runsDoNotRememberEachOther() {
        let detector = ConflictDetector(.operational, lookaheadSeconds: 60, threads: 2)
        for (seed, count) in [(17, 300), (18, 20), (19, 350), (20, 0), (21, 100)] {
            let world = World.random(count, side: 3000, top: 150, seed: UInt64(seed))
            detector.run(world.table)
            let isSame = detector.conflicts.elementsEqual(world.everyPair(.operational, lookahead: 60))
            #expect(isSame)
        }
    }
}
