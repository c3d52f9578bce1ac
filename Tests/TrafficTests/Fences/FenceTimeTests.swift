import Testing
import World

@testable import Traffic

@Suite struct FenceTimeTests {
    private static func second(_ n: Int64) -> Instant { Instant(nanoseconds: n * 1_000_000_000) }
    private static let square: FenceReference.Ring = [(0, 0), (10, 0), (10, 10), (0, 10)]

    private static func test(
        _ kind: Geofence.Kind, floor: Double? = nil, ceiling: Double? = nil, windows: [(Int64, Int64)] = []
    ) throws -> FenceTest {
        FenceTest(
            try Geofence(
                id: 1, kind: kind, outline: FenceOutline(rings: [square]),
                band: AltitudeBand(floorMeters: floor, ceilingMeters: ceiling),
                windows: windows.map { TimeWindow(start: second($0.0), end: second($0.1)) }))
    }

    @Test func bandsCutSweepsExactly() throws {
        let test = try Self.test(.keepOut, floor: 50, ceiling: 100)
        func first(_ z0: Double, _ z1: Double, half: Double = 0) -> Double? {
            test.firstBreach(
                Sweep(
                    from: (-10, 5, z0), to: (20, 5, z1), start: Self.second(0), end: Self.second(30),
                    halfHeightMeters: half))
        }
        #expect(first(75, 75).map { ($0 - 1.0 / 3).magnitude < 1e-9 } == true)
        #expect(first(49.999999999, 49.999999999) == nil)
        #expect(first(50, 50) != nil)
        #expect(first(100.000000001, 100.000000001) == nil)
        #expect(first(40, 40, half: 10) != nil)
        #expect(first(40, 40, half: 9.999999999) == nil)
        // Climbing from 0 to 75: reaches 50 at two thirds, where x is 10: just the far edge.
        #expect(first(0, 75).map { ($0 - 2.0 / 3).magnitude < 1e-9 } == true)
        #expect(first(0, 74.999999999) == nil)
        // Descending out of it: 100 at the near edge.
        #expect(first(200, -100) != nil)
        #expect(first(100.000000003, 175) == nil)
    }

    @Test func windowsCutSweepsExactly() throws {
        let test = try Self.test(.keepOut, windows: [(100, 110), (111, 120), (119, 130)])
        #expect(test.fence.windows.count == 2)
        func first(_ start: Int64, _ end: Int64) -> Double? {
            test.firstBreach(
                Sweep(from: (-10, 5, 0), to: (20, 5, 0), start: Self.second(start), end: Self.second(end)))
        }
        // Inside from a third to two thirds of 30 s.
        #expect(first(80, 110) != nil)
        #expect(first(79, 109) == nil || first(79, 109).map { $0 >= 0.7 } == true)
        #expect(first(80, 110).map { ($0 - 2.0 / 3).magnitude < 1e-9 } == true)
        #expect(first(120, 150).map { ($0 - 1.0 / 3).magnitude < 1e-9 } == true)
        #expect(first(121, 151) == nil)
        #expect(first(0, 30) == nil)
        #expect(test.contains(x: 5, y: 5, z: 0, at: Self.second(110)))
        #expect(!test.contains(x: 5, y: 5, z: 0, at: Instant(nanoseconds: 110_500_000_000)))
    }

    @Test func keepInIsBrokenByItsBorder() throws {
        let test = try Self.test(.keepIn, floor: 0, ceiling: 100)
        func first(_ a: (Double, Double, Double), _ b: (Double, Double, Double), r: Double = 0) -> Double? {
            test.firstBreach(
                Sweep(from: a, to: b, start: Self.second(0), end: Self.second(1), radiusMeters: r))
        }
        #expect(first((1, 5, 50), (9, 5, 50)) == nil)
        #expect(first((1, 5, 50), (9, 5, 50), r: 0.999999999) == nil)
        #expect(first((1, 5, 50), (9, 5, 50), r: 1) == 0)
        #expect(first((5, 5, 50), (15, 5, 50)) == 0.5)
        #expect(first((5, 5, 50), (15, 5, 50), r: 2).map { ($0 - 0.3).magnitude < 1e-9 } == true)
        #expect(first((5, 5, 50), (5, 5, 150)) == 0.5)
        #expect(first((5, 5, 0), (5, 5, 100)) == nil)
        #expect(first((15, 5, 50), (5, 5, 50)) == 0)
        #expect(first((5, 5, .nan), (5, 5, 50)) == 0)
    }

    /// Random sweeps cut by band and window against many small steps.
    @Test func cutSweepsAgreeWithSteps() throws {
        let test = try Self.test(.keepOut, floor: 20, ceiling: 60, windows: [(10, 20), (30, 45)])
        var (random, hits) = (SplitMix64(seed: 7), 0)
        for _ in 0..<400 {
            func point() -> (Double, Double, Double) {
                (40 * random.unit() - 15, 40 * random.unit() - 15, 100 * random.unit())
            }
            let (a, b) = (point(), point())
            let (start, span) = (Double(Int(random.next() % 40)), 1 + 20 * random.unit())
            let sweep = Sweep(
                from: a, to: b, start: Instant(nanoseconds: Int64(start * 1e9)),
                end: Instant(nanoseconds: Int64((start + span) * 1e9)))
            let first = test.firstBreach(sweep)
            var stepped: Double?
            for step in 0...2000 where stepped == nil {
                let t = Double(step) / 2000
                let moment = Instant(nanoseconds: Int64((start + span * t) * 1e9))
                if test.contains(
                    x: a.0 + (b.0 - a.0) * t, y: a.1 + (b.1 - a.1) * t, z: a.2 + (b.2 - a.2) * t, at: moment)
                {
                    stepped = t
                }
            }
            if let stepped {
                hits += 1
                #expect(first.map { $0 <= stepped + 1e-9 && $0 > stepped - 0.002 } == true)
            }
        }
        #expect(hits > 40)
    }

    @Test func indexAgreesWithAllFences() throws {
        var random = SplitMix64(seed: 3)
        var fences: [Geofence] = []
        for id in 0..<UInt32(150) {
            let center = (x: 8000 * random.unit(), y: 8000 * random.unit())
            let size = id % 10 == 0 ? 3000.0 : 200
            // To stay in: two large ones, which most sweeps keep.
            let kind: Geofence.Kind = id % 75 == 7 ? .keepIn : .keepOut
            if kind == .keepIn {
                fences.append(
                    try Geofence(
                        id: id, kind: kind,
                        outline: FenceOutline(
                            centerX: 4000, centerY: 4000 + Double(id), radiusMeters: 4500)))
                continue
            }
            if id % 3 == 0 {
                fences.append(
                    try Geofence(
                        id: id, kind: kind,
                        outline: FenceOutline(centerX: center.x, centerY: center.y, radiusMeters: size * 0.5),
                        band: AltitudeBand(floorMeters: 50, ceilingMeters: 150)))
            } else if let outline = try? FenceOutline(
                rings: FenceReference.star(
                    &random, corners: 9, size: size, at: center, grid: 0, hasHole: false))
            {
                fences.append(try Geofence(id: id, kind: kind, outline: outline))
            }
        }
        let index = try GeofenceIndex(fences)
        var (scratch, found): ([Int32], [Int32]) = ([], [])
        var byKind: [Geofence.Kind: Int] = [:]
        for _ in 0..<300 {
            let (x, y, z) = (9000 * random.unit() - 500, 9000 * random.unit() - 500, 200 * random.unit())
            index.collect(x: x, y: y, z: z, at: Self.second(0), into: &found)
            let all = index.tests.indices.filter {
                index.tests[$0].contains(x: x, y: y, z: z, at: Self.second(0))
            }
            #expect(found.map(Int.init) == all)
            let sweep = Sweep(
                from: (x, y, z), to: (x + 2000 * random.unit() - 1000, y + 2000 * random.unit() - 1000, z),
                start: Self.second(0), end: Self.second(60), radiusMeters: 20, halfHeightMeters: 5)
            var best: (position: Int, fraction: Double)?
            for (position, test) in index.tests.enumerated() {
                if let fraction = test.firstBreach(sweep), fraction < best?.fraction ?? 2 {
                    best = (position, fraction)
                }
            }
            let first = index.firstBreach(sweep, scratch: &scratch)
            #expect(first?.position == best?.position && first?.fraction == best?.fraction)
            if let first { byKind[index.tests[first.position].fence.kind, default: 0] += 1 }
        }
        #expect(byKind[.keepOut, default: 0] > 20 && byKind[.keepIn, default: 0] > 20, "\(byKind)")
        let broken = index.firstBreach(
            Sweep(from: (.nan, 0, 0), to: (0, 0, 0), start: Self.second(0), end: Self.second(1)),
            scratch: &scratch)
        #expect(broken != nil)
        let none = try GeofenceIndex([]).firstBreach(
            Sweep(from: (0, 0, 0), to: (0, 0, 0), start: Self.second(0), end: Self.second(1)),
            scratch: &scratch)
        #expect(none == nil)
    }
}
