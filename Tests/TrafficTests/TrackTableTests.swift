import Testing
import Traffic
import World

@Suite struct TrackTableTests {
    static func measurement(_ time: Double, x: Double, vx: Double = 10) -> TrackMeasurement {
        TrackMeasurement(
            timeSeconds: time, motion: Motion(x: x, y: 0, z: 100, vx: vx, vy: 0, vz: 0), kind: .drone,
            sigmaPositionMeters: 2, sigmaVelocityMetersPerSecond: 0.5)
    }

    private static func bodies(_ tracks: TrackTable, at now: Double) -> [Body] {
        let table = BodyTable()
        tracks.fill(table, nowSeconds: now, horizonSeconds: 10, UncertaintyModel())
        return Array(UnsafeBufferPointer(start: table.bodies, count: table.count))
    }

    /// Late, repeated and reordered measurements, also different ones of one moment: the same tick.
    @Test(arguments: [1, 2, 3])
    func orderAndRepetitionDoNotMatter(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var given: [(TrackMeasurement, Int)] = []
        for slot in 0..<40 {
            for _ in 0..<5 {
                given.append((Self.measurement(Double(random.next() % 4), x: random.unit() * 100), slot))
            }
        }
        let straight = TrackTable()
        for (m, slot) in given { straight.ingest(m, slot: slot) }
        let mixed = TrackTable()
        for (m, slot) in (given + given).shuffled(using: &random) { mixed.ingest(m, slot: slot) }
        #expect(Self.bodies(straight, at: 4.5) == Self.bodies(mixed, at: 4.5))
    }

    @Test func duplicatesAndNonsenseAreCounted() {
        let tracks = TrackTable()
        #expect(tracks.ingest(Self.measurement(1, x: 5), slot: 3) == .taken)
        #if DEBUG
            let many = 20_000
        #else
            let many = 1_000_000
        #endif
        for _ in 0..<many { tracks.ingest(Self.measurement(1, x: 5), slot: 3) }
        #expect(tracks.staleMeasurements == many)
        for bad in [Double.nan, .infinity, -.infinity, 1e20] {
            #expect(tracks.ingest(Self.measurement(2, x: bad), slot: 3) == .refused)
            #expect(tracks.ingest(Self.measurement(2, x: 0, vx: bad), slot: 3) == .refused)
            #expect(tracks.ingest(Self.measurement(bad, x: 0), slot: 3) == .refused)
        }
        #expect(tracks.ingest(Self.measurement(2, x: 0), slot: -1) == .refused)
        #expect(tracks.ingest(Self.measurement(2, x: 0), slot: .max) == .refused)
        #expect(tracks.refusedMeasurements == 14)
        #expect(tracks.measurement(3) == Self.measurement(1, x: 5))
        #expect(tracks.slotCount == 4)
    }

    /// Every body lies inside its inflated place: it moves on, accelerates within its limit, reports with errors.
    @Test func inflationHoldsWhatItPromises() throws {
        var random = SplitMix64(seed: 4)
        let model = UncertaintyModel()
        for _ in 0..<300 {
            func error(_ bound: Double) -> Double { bound * (2 * random.unit() - 1) }
            let age = random.unit() * model.silentAfterSeconds
            let clock = error(model.clockErrorSeconds)
            let seen = Self.measurement(100, x: 0)
            let tracks = TrackTable()
            tracks.ingest(seen, slot: 0)
            let body = try #require(Self.bodies(tracks, at: 100 + age).first)
            let (bx, bv) = (error(3 * 2), error(3 * 0.5))
            let truth =
                bx + (10 + bv) * age + 10 * clock + 0.5 * error(3) * age * age + error(model.trackingMeters)
            #expect((truth - body.motion.x).magnitude <= body.addedRadiusMeters)
        }
    }

    /// A silent vehicle's set grows, holds where it may be, and stops at its contingency.
    @Test func silentVehiclesBecomeReachableSets() throws {
        let tracks = TrackTable()
        tracks.ingest(Self.measurement(0, x: 0), slot: 0)
        var last = 0.0
        for age in [3.5, 5, 10, 20, 60, 300] {
            let body = try #require(Self.bodies(tracks, at: age).first)
            #expect(tracks.silentVehicles == 1)
            #expect(body.motion.x == 0 && body.motion.vx == 0)
            #expect(body.addedRadiusMeters >= last)
            #expect(body.addedRadiusMeters >= min(10 * age, 500))
            #expect(body.addedRadiusMeters < 600)
            last = body.addedRadiusMeters
        }
        #expect(Self.bodies(tracks, at: 601).isEmpty)
        #expect(tracks.forgottenVehicles == 1)
    }
}
