import CAllocations
import Testing
import Traffic
import World

/// The closed loop: 0.3 s of latency each way and 0.8 m of noise; the drill's own check of the truth is the judge.
@Suite struct RoadTests {
    @discardableResult private func drill(
        _ name: String, _ road: (RoadLayout?, [RoadDrillTruck]), seed: UInt64 = 1,
        stuck: ClosedRange<Int> = 0...0
    ) throws -> RoadDrill {
        let layout = try #require(road.0)
        var drill = try #require(RoadDrill(layout, road.1, seed: seed))
        let left = drill.run(seconds: 3000)
        #expect(stuck.contains(left), "\(name), seed \(seed): \(left) left")
        #expect(drill.overlaps == 0, "\(name), seed \(seed)")
        #expect(drill.intrusions == 0, "\(name), seed \(seed)")
        #expect(drill.traffic.counts.overruns == 0, "\(name), seed \(seed)")
        // Nobody stands longer than the whole convoy needs.
        #expect((drill.trucks.filter(\.isDone).map(\.longestWait).max() ?? 0) < 600, "\(name), seed \(seed)")
        return drill
    }

    @Test(arguments: [2, 3, 8]) func ringWithOneTooMany(_ k: Int) throws {
        try drill("ring \(k)", RoadYard.ring(k, hops: k - 1, seed: 1))
    }
    @Test(arguments: [1, 2]) func fourCrossings(_ seed: Int) throws {
        try drill("2x2", RoadYard.grid(2, trucks: 24, seed: UInt64(seed)), seed: UInt64(seed))
    }
    @Test func twentyFiveCrossings() throws { try drill("5x5", RoadYard.grid(5, trucks: 50, seed: 7)) }
    @Test func chainOfWorks() throws {
        let d = try drill("works", RoadYard.works(2, trucks: 20))
        // 20 trucks alternately in batches of 4 through 150 m at 10 m/s: far better than one at a time.
        #expect(d.now < 420 + 20 * 25)
    }
    @Test(arguments: [1, 3, 4]) func randomRoads(_ seed: Int) throws {
        try drill("random", RoadYard.random(nodes: 30, trucks: 32, seed: UInt64(seed)), seed: UInt64(seed))
    }

    /// One stops for ever in its yard's lane end: only those behind it in that lane are left.
    @Test(arguments: [RoadFault.stopsAndSays, .stopsAndPretends, .stopsAndFallsSilent])
    func oneFails(_ fault: RoadFault) throws {
        var road = RoadYard.works(1, trucks: 12)
        road.1[0].fault = fault
        road.1[0].failsAt = 0.5
        let d = try drill("fault", road, stuck: 6...6)
        for i in stride(from: 0, to: 12, by: 2) {
            #expect(!d.trucks[i].isDone)
            #expect(d.traffic.rootBlocker(of: Int32(i)) == 0)
        }
        #expect(d.traffic.holders(ofZone: 0).isEmpty)
    }

    @Test func sameBytesForTheSameSeed() throws {
        func run() throws -> UInt64 {
            let road = RoadYard.grid(2, trucks: 16, seed: 3)
            let layout = try #require(road.0)
            var d = try #require(RoadDrill(layout, road.1, seed: 9))
            for _ in 0..<600 { _ = d.advance() }
            return d.hashes
        }
        let (first, second) = (try run(), try run())
        #expect(first == second)
    }

    private func line(_ zones: [RoadLayout.Zone], _ sections: [RoadLayout.Section]) throws -> RoadTraffic {
        let layout = try #require(RoadLayout(sections: sections, zones: zones))
        return try #require(RoadTraffic(layout: layout, truckCapacity: 8))
    }
    private func isTaken(_ r: Result<Void, RoadRefusal>) -> Bool {
        if case .success = r { true } else { false }
    }

    /// A pad that a truck must cross: a drone on it keeps the truck out, a truck keeps the drone out.
    @Test func droneOnThePad() throws {
        let t = try line(
            [.init()],
            [
                .init(lengthMeters: 500), .init(lengthMeters: 20, zone: 0, mayStand: false),
                .init(lengthMeters: 500),
            ])
        #expect(isTaken(t.add(0, RoadTruckType(), route: [0, 1, 2], at: 490)))
        #expect(t.lease(zone: 0, guest: 7))
        let report = RoadReport(truck: 0, routeMeters: 490, speed: 0, measuredSeconds: 0.1)
        t.step(now: 0.1, reports: [report])
        #expect(t.advisory(of: 0)?.reason == .zone)
        #expect(t.blocker(of: 0) == -2 - 7)
        #expect(!t.lease(zone: 0, guest: 8))
        t.release(zone: 0, guest: 7)
        t.step(now: 0.2, reports: [report])
        #expect(t.holders(ofZone: 0) == [0])
        #expect(!t.lease(zone: 0, guest: 8))
        let before = keruen_allocations()
        withUnsafePointer(to: report) { p in
            for n in 3..<300 {
                t.step(now: Double(n) * 0.1, reports: UnsafeBufferPointer(start: p, count: 1))
            }
        }
        #expect(keruen_allocations() == before)
    }

    /// A platoon goes over as one body; where a bridge is too weak for the whole it is split.
    @Test func platoonSplitsAtTheWeakBridge() throws {
        let t = try line(
            [.init(capacity: 2, maximumKilograms: 60_000)],
            [
                .init(lengthMeters: 500), .init(lengthMeters: 20, zone: 0, mayStand: false),
                .init(lengthMeters: 500),
            ])
        let type = RoadTruckType()
        #expect(isTaken(t.addPlatoon([0, 1], [type, type], route: [0, 1, 2], at: [490, 465])))
        for n in 1...3 {
            let now = Double(n) * 0.1
            t.step(
                now: now,
                reports: [
                    RoadReport(truck: 0, routeMeters: 490, speed: 0, measuredSeconds: now),
                    RoadReport(truck: 1, routeMeters: 465, speed: 0, measuredSeconds: now),
                ])
        }
        #expect(t.counts.splits == 1)
        #expect(t.holders(ofZone: 0) == [0])
    }

    @Test func nonsenseIsRefused() throws {
        let t = try line([], [.init(lengthMeters: 500)])
        #expect(RoadLayout(sections: [.init(lengthMeters: .nan)], zones: []) == nil)
        #expect(RoadLayout(sections: [.init(lengthMeters: 5, zone: 0)], zones: []) == nil)
        #expect(!isTaken(t.add(0, RoadTruckType(), route: [1], at: 0)))
        #expect(!isTaken(t.add(0, RoadTruckType(lengthMeters: .nan), route: [0], at: 20)))
        #expect(isTaken(t.add(0, RoadTruckType(), route: [0], at: 20)))
        #expect(!isTaken(t.add(0, RoadTruckType(), route: [0], at: 200)))
        #expect(!isTaken(t.add(1, RoadTruckType(), route: [0], at: 30)))
        t.step(
            now: 1,
            reports: [
                RoadReport(truck: 0, routeMeters: .nan, speed: 0, measuredSeconds: 1),
                RoadReport(truck: 5, routeMeters: 1, speed: 0, measuredSeconds: 1),
                RoadReport(truck: 0, routeMeters: 1, speed: .infinity, measuredSeconds: 1),
            ])
        #expect(t.counts.ignoredReports == 3)
    }

    /// At exactly the safe gap, leader braking as hard as it can, follower late and gentle: never nearer than the margin.
    @Test func safeGapIsSafe() {
        for n in 0..<2000 {
            var dice = SplitMix64(seed: UInt64(n))
            let (v0, w0) = (dice.unit() * 25, dice.unit() * 25)
            let (own, lead) = (1 + dice.unit() * 3, 4 + dice.unit() * 4)
            let gap = RoadHeadway.safeGap(
                speed: v0, leadSpeed: w0, reactionSeconds: 1, ownBraking: own, leadBraking: lead,
                marginMeters: 2)
            var (x, y, v, w, t) = (0.0, gap, v0, w0, 0.0)
            var least = gap
            while v > 0 {
                x += v * 0.005
                if t >= 1 { v -= own * 0.005 }
                y += max(w, 0) * 0.005
                w -= lead * 0.005
                t += 0.005
                least = min(least, y - x)
            }
            #expect(least > 2 - 0.3, "seed \(n)")
        }
    }
}
