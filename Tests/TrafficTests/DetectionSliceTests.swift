import Testing
import Traffic
import World

/// Lookaheads of pair classes, borders of slices, layers of altitude and crowds: against every pair in double.
@Suite struct DetectionSliceTests {
    /// Each pair of classes looks as far ahead as its rule says, with slices and without.
    @Test(arguments: [51, 52, 53])
    func everyClassHasItsOwnLookahead(seed: UInt64) {
        var volumes = PairVolumes()
        let near = ProtectedVolume.cylinder(radiusMeters: 60, halfHeightMeters: 25)
        let wide = ProtectedVolume.cylinder(radiusMeters: 600, halfHeightMeters: 80)
        volumes[.drone, .drone] = PairRule(near, lookaheadSeconds: 30)
        volumes[.drone, .truck] = PairRule(near, lookaheadSeconds: 4.5)
        volumes[.drone, .emergency] = PairRule(near, lookaheadSeconds: 29.999)
        volumes[.drone, .crewed] = PairRule(wide)
        volumes[.emergency, .crewed] = PairRule(wide, lookaheadSeconds: 61)
        volumes[.emergency, .truck] = PairRule(near, lookaheadSeconds: 0)
        volumes[.drone, .nonCooperative] = PairRule(
            .wellClear(
                WellClear(
                    .modifiedTau, distanceMeters: 300, heightMeters: 40, timeSeconds: 35,
                    coAltitudeSeconds: 10)), lookaheadSeconds: 31)
        let world = World.random(360, side: 2500, top: 120, seed: seed)
        let expected = world.everyPair(volumes, lookahead: 90)
        #expect(expected.filter { $0.entrySeconds < 30 }.count > 100)
        #expect(expected.contains { $0.entrySeconds > 40 })
        DetectionTests.check(world, volumes, lookahead: 90, "seed \(seed)")
        DetectionTests.check(world, volumes, lookahead: 20, "seed \(seed)")
    }

    /// Pairs that enter at a border of the usual or the crowd's slices, to the last bit before and after it, at
    /// speeds from a crawl to a jet's, head on, overtaking and crossing.
    static func borderWorld() -> World {
        var world = World()
        var lane = 0.0
        for border in [2.0, 10, 15, 20, 30, 40, 45, 60] {
            for shift in [-1e-3, -1e-9, -0x1p-46, 0, 0x1p-46, 1e-9, 1e-3] {
                for speed in [0.25, 16, 256] {
                    let gap = 50 + speed * (border + shift)
                    lane += 130
                    world.add(0, lane, 100, speed / 2)
                    world.add(gap, lane, 100, -speed / 2)
                    world.add(-40_000, lane, 100, speed + 16)
                    world.add(-40_000 + gap, lane, 100, 16)
                }
            }
        }
        return world
    }

    @Test func nothingIsMissedAtBorders() {
        let world = Self.borderWorld()
        DetectionTests.check(world, DetectionAdversaryTests.cylinder, lookahead: 60)
        DetectionTests.check(world, DetectionAdversaryTests.cylinder, lookahead: 45)
    }

    /// The crowd's slices, forced by a low limit that defers nothing.
    @Test func nothingIsMissedAtBordersOfShortSlices() {
        let world = Self.borderWorld()
        let expected = world.everyPair(DetectionAdversaryTests.cylinder, lookahead: 60)
        let table = world.table
        var isFound = false
        for neighbours in [4, 8, 16, 32, 64, 128, 256, 512] where !isFound {
            let limits = DetectionLimits(
                neighboursPerBody: neighbours, candidatesPerBody: .max, conflictsPerBody: .max)
            let detector = ConflictDetector(
                DetectionAdversaryTests.cylinder, lookaheadSeconds: 60, limits: limits)
            detector.run(table)
            guard detector.report.slices == 4, detector.report.deferredPairs == 0 else { continue }
            isFound = true
            let isSame = detector.conflicts.elementsEqual(expected)
            #expect(isSame)
            #expect(detector.report.coveredSeconds == 60)
        }
        #expect(isFound)
    }

    /// Many drones over trucks, which only the lowest can meet, and under a few aircraft.
    @Test(arguments: [54, 55])
    func searchersOfOneLayer(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var world = World()
        func unit(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.unit() }
        for _ in 0..<560 {
            world.add(
                unit(0, 4000), unit(0, 3000), unit(10, 400), unit(-15, 15), unit(-15, 15), unit(-2, 2),
                radius: unit(0, 9), height: unit(0, 9))
        }
        for _ in 0..<90 {
            world.add(
                unit(0, 4000), unit(0, 3000), unit(0, 5), unit(-20, 20), unit(-20, 20), radius: unit(0, 5),
                .truck)
        }
        for _ in 0..<8 {
            world.add(
                unit(-2000, 6000), unit(-2000, 5000), unit(50, 600), unit(-90, 90), unit(-90, 90),
                unit(-5, 5), .crewed)
        }
        let expected = world.everyPair(.operational, lookahead: 60)
        #expect(expected.filter { $0.b >= 560 && $0.b < 650 && $0.a < 560 }.count > 10)
        DetectionTests.check(world, .operational, lookahead: 60, "seed \(seed)")
    }

    /// What a crowd leaves out begins after the covered time, between two bodies that both have conflicts enough.
    @Test func onlyTheSettledWait() {
        var world = World.random(250, side: 6000, top: 150, seed: 56)
        var random = SplitMix64(seed: 57)
        for _ in 0..<500 {
            world.add(
                3000 + 500 * random.unit(), 3000 + 500 * random.unit(), 100, 20 * random.unit() - 10,
                20 * random.unit() - 10)
        }
        let limits = DetectionLimits(neighboursPerBody: 100, candidatesPerBody: .max, conflictsPerBody: 6)
        let detector = ConflictDetector(
            DetectionAdversaryTests.cylinder, lookaheadSeconds: 60, limits: limits)
        detector.run(world.table)
        let report = detector.report
        #expect(report.coveredSeconds >= 2 && report.coveredSeconds < 60)
        let expected = world.everyPair(DetectionAdversaryTests.cylinder, lookahead: 60)
        let found = Set(detector.conflicts)
        #expect(found.isSubset(of: expected))
        var had = [Int](repeating: 0, count: world.bodies.count)
        for conflict in detector.conflicts {
            had[Int(conflict.a)] += 1
            had[Int(conflict.b)] += 1
        }
        let missing = expected.filter { !found.contains($0) }
        #expect(missing.count > 1000)
        #expect(missing.count <= report.deferredPairs)
        #expect(missing.allSatisfy { $0.entrySeconds >= report.coveredSeconds })
        #expect(missing.allSatisfy { had[Int($0.a)] >= 6 && had[Int($0.b)] >= 6 })
    }

    /// Tick after tick in used memory: the same conflicts and counts for any number of threads on either path.
    @Test func sameTicksForThreadsAndPaths() {
        let worlds = [(2300, 58), (60, 59), (2100, 60)].map {
            World.random($0.0, side: 9000, top: 150, seed: UInt64($0.1))
        }
        func ticks(threads: Int, _ path: VectorPath) -> (hashes: [UInt64], reports: [DetectionReport]) {
            let detector = ConflictDetector(
                .operational, lookaheadSeconds: 30, limits: .tick, threads: threads, path: path)
            var seen: (hashes: [UInt64], reports: [DetectionReport]) = ([], [])
            for world in worlds {
                detector.run(world.table)
                seen.hashes.append(detector.hash)
                seen.reports.append(detector.report)
            }
            return seen
        }
        let expected = ticks(threads: 1, .portable)
        #expect(Set(expected.hashes).count == 3)
        for path in VectorPath.available {
            for threads in [1, 2] {
                let seen = ticks(threads: threads, path)
                #expect(seen.hashes == expected.hashes && seen.reports == expected.reports)
            }
        }
    }
}
