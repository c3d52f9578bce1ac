import Testing
import World

@testable import Traffic

/// The table's rules one at a time, on one road with something in the middle.
@Suite struct RoadTableTests {
    /// 1 km, a zone of 20 m, 1 km.
    private func road(
        _ zone: RoadLayout.Zone = .init(), settings: RoadSettings = RoadSettings(), capacity: Int = 8
    ) throws -> RoadTraffic {
        let layout = try #require(
            RoadLayout(
                sections: [
                    .init(lengthMeters: 1000), .init(lengthMeters: 20, zone: 0, mayStand: false),
                    .init(lengthMeters: 1000),
                ], zones: [zone]))
        return try #require(RoadTraffic(layout: layout, truckCapacity: capacity, settings: settings))
    }

    private func isTaken(_ r: Result<Void, RoadRefusal>) -> Bool {
        if case .success = r { true } else { false }
    }

    private func report(_ truck: Int32, _ meters: Double, _ speed: Double, _ at: Double) -> RoadReport {
        RoadReport(truck: truck, routeMeters: meters, speed: speed, measuredSeconds: at)
    }

    /// A drone that is never heard of again keeps its pad for as long as it was leased, and longer when renewed.
    @Test func leasesOfGuestsEnd() throws {
        let t = try road()
        #expect(isTaken(t.add(0, RoadTruckType(), route: [0, 1, 2], at: 980)))
        t.step(now: 0.1, reports: [])
        #expect(t.lease(zone: 0, guest: 7, massKilograms: 30, seconds: 60))
        t.step(now: 50, reports: [report(0, 980, 0, 50)])
        #expect(t.holders(ofZone: 0) == [-9])
        #expect(t.lease(zone: 0, guest: 7, seconds: 60))
        t.step(now: 109, reports: [report(0, 980, 0, 109)])
        #expect(t.holders(ofZone: 0) == [-9] && t.counts.expiredGuests == 0)
        t.step(now: 110.1, reports: [report(0, 980, 0, 110)])
        #expect(t.holders(ofZone: 0) == [0] && t.counts.expiredGuests == 1)
    }

    /// Who stands beside the road comes onto it only where the one behind can brake for it.
    @Test func joinsWhereThereIsAGap() throws {
        let t = try road()
        #expect(isTaken(t.add(0, RoadTruckType(), route: [0, 1, 2], at: 300)))
        t.step(now: 1, reports: [report(0, 300, 20, 1)])
        // 20 m/s: 24 m of reaction and 100 m of braking, and the margin.
        #expect(!isTaken(t.add(1, RoadTruckType(), route: [0, 1, 2], at: 400, .joins)))
        #expect(t.truckCount == 1)
        #expect(isTaken(t.add(1, RoadTruckType(), route: [0, 1, 2], at: 300 + 16.5 + 24 + 100 + 4, .joins)))
        #expect(!isTaken(t.add(2, RoadTruckType(), route: [0, 1, 2], at: 290, speed: 20, .joins)))
        #expect(isTaken(t.add(2, RoadTruckType(), route: [0, 1, 2], at: 200, .joins)))
    }

    /// What is there is there: on top of another, and in a zone that is full. The one behind is told to stand.
    @Test func whatIsThereIsTaken() throws {
        let t = try road()
        #expect(isTaken(t.add(0, RoadTruckType(), route: [0, 1, 2], at: 1015)))
        #expect(!isTaken(t.add(1, RoadTruckType(), route: [0, 1, 2], at: 1010)))
        #expect(isTaken(t.add(1, RoadTruckType(), route: [0, 1, 2], at: 1010, speed: 5, .isThere)))
        #expect(t.holders(ofZone: 0) == [0, 1])
        t.step(now: 1, reports: [report(0, 1015, 0, 1), report(1, 1010, 5, 1)])
        #expect(t.advisory(of: 1)?.speedLimit == 0 && t.advisory(of: 1)?.brakes == true)
        #expect(t.advisory(of: 0)?.speedLimit ?? 0 > 10)
        t.remove(1)
        #expect(t.holders(ofZone: 0) == [0])
    }

    /// The rear and the front of a truck whose position is uncertain are both taken at their worst.
    @Test func uncertainPositionsKeepApart() throws {
        func limit(_ meters: Double) throws -> Double {
            let t = try road()
            #expect(isTaken(t.add(0, RoadTruckType(), route: [0, 1, 2], at: 300)))
            #expect(isTaken(t.add(1, RoadTruckType(), route: [0, 1, 2], at: 200)))
            var reports = [report(0, 300, 10, 1), report(1, 200, 10, 1)]
            for i in reports.indices { reports[i].uncertaintyMeters = meters }
            t.step(now: 1, reports: reports)
            let a = try #require(t.advisory(of: 1))
            #expect(a.reason == .leader && a.aheadSpeed == 10)
            #expect(abs(a.gapMeters - (100 - 16.5 - 2 * meters)) < 1e-9)
            return a.speedLimit
        }
        #expect(try limit(10) < limit(0) - 1)
    }

    /// A truck that falls silent at speed may reach the zone: nobody else gets it, until it is heard standing before it.
    @Test func aSilentTruckKeepsWhatItMayReach() throws {
        let t = try road(.init(capacity: 1))
        #expect(isTaken(t.add(0, RoadTruckType(), route: [0, 1, 2], at: 800)))
        #expect(t.lease(zone: 0, guest: 1))
        t.step(now: 1, reports: [report(0, 850, 20, 1)])
        #expect(t.advisory(of: 0)?.reason == .zone)
        t.release(zone: 0, guest: 1)
        // Not heard any more: it may have missed the order to stop.
        t.step(now: 5, reports: [])
        #expect(t.holders(ofZone: 0) == [0])
        #expect(!t.lease(zone: 0, guest: 1))
        for n in 0..<600 { t.step(now: 5 + Double(n), reports: []) }
        #expect(t.holders(ofZone: 0) == [0])
        for n in 0..<20 {
            let now = 700 + Double(n) * 0.1
            var r = report(0, 960, 0, now)
            r.isDisabled = true
            t.step(now: now, reports: [r])
        }
        #expect(t.holders(ofZone: 0).isEmpty)
    }

    /// One that stood when it was last heard of does not reach for more.
    @Test func aSilentTruckThatStoodBlocksNothingAhead() throws {
        let t = try road()
        #expect(isTaken(t.add(0, RoadTruckType(), route: [0, 1, 2], at: 900)))
        t.step(now: 1, reports: [report(0, 900, 0, 1)])
        t.step(now: 10, reports: [])
        #expect(t.holders(ofZone: 0).isEmpty)
    }

    /// Room for more trucks changes nothing else.
    @Test func growingChangesNothing() throws {
        let yard = RoadYard.grid(2, trucks: 16, seed: 3)
        let layout = try #require(yard.0)
        var small = try #require(RoadDrill(layout, yard.1, seed: 9))
        var grown = try #require(RoadDrill(layout, yard.1, seed: 9))
        for n in 0..<400 {
            if n == 150 { grown.traffic = RoadTraffic(grown.traffic, truckCapacity: 100) }
            _ = small.advance()
            _ = grown.advance()
            if n % 20 == 0 || n > 395 { #expect(small.hashes == grown.hashes, "tick \(n)") }
        }
        #expect(grown.traffic.truckCapacity == 100)
        #expect(isTaken(grown.traffic.add(99, RoadTruckType(), route: [0, 4, 32], at: 100)))
    }

    /// Each thing that decides what happens next is in the hash.
    @Test func theHashTellsTablesApart() throws {
        func hash(
            _ type: RoadTruckType = RoadTruckType(), report edit: (inout RoadReport) -> Void = { _ in },
            table change: (RoadTraffic) -> Void = { _ in }
        ) throws -> UInt64 {
            let t = try road(.init(capacity: 2))
            #expect(isTaken(t.add(0, type, route: [0, 1, 2], at: 900)))
            var r = report(0, 900, 0, 1)
            edit(&r)
            t.step(now: 1, reports: [r])
            change(t)
            return t.hash()
        }
        var all: [UInt64] = [try hash()]
        for type in [
            RoadTruckType(lengthMeters: 12), RoadTruckType(brakingAtLeast: 1),
            RoadTruckType(brakingAtMost: 8),
            RoadTruckType(massKilograms: 5000), RoadTruckType(priority: 1),
        ] { all.append(try hash(type)) }
        all.append(try hash(report: { $0.isDisabled = true }))
        all.append(try hash(report: { $0.speed = 1 }))
        all.append(try hash(report: { $0.uncertaintyMeters = 1 }))
        all.append(try hash(report: { $0.measuredSeconds = 0.9 }))
        all.append(try hash(table: { _ = $0.lease(zone: 0, guest: 3) }))
        all.append(try hash(table: { _ = $0.lease(zone: 0, guest: 3, seconds: 9) }))
        all.append(try hash(table: { _ = $0.lease(zone: 0, guest: 4) }))
        all.append(try hash(table: { $0.store.bodies[0].retryAt = 3 }))
        all.append(try hash(table: { $0.store.bodies[0].restSeconds = 5 }))
        all.append(try hash(table: { $0.store.zones[0].otherWaitsAt = 1 }))
        all.append(try hash(table: { $0.store.routes[2] = 0 }))
        #expect(Set(all).count == all.count)
        let again = try hash()
        #expect(all[0] == again)
    }

    /// A member that falls back is a truck of its own again, in the leader's sections behind it, and keeps its gap.
    @Test func aPlatoonSplitsWhereAGapGrows() throws {
        let t = try road(.init(capacity: 2))
        let type = RoadTruckType()
        #expect(
            isTaken(t.addPlatoon([0, 1, 2], [type, type, type], route: [0, 1, 2], at: [700, 675, 650])))
        func step(_ n: Int, _ back: Double) {
            let now = Double(n) * 0.1
            let way = 10 * now
            t.step(
                now: now,
                reports: [
                    report(0, 700 + way, 10, now), report(1, 675 + way - back, 10, now),
                    report(2, 650 + way - back, 10, now),
                ])
        }
        for n in 1...20 { step(n, 0) }
        #expect(t.counts.splits == 0)
        #expect(t.advisory(of: 1)?.reason == .platoon && t.advisory(of: 2)?.other == 1)
        // Seconds of gap grow to 30 m and one second of way.
        step(21, 25)
        #expect(t.counts.splits == 0)
        step(22, 45)
        #expect(t.counts.splits == 1)
        step(23, 45)
        let a = try #require(t.advisory(of: 1))
        #expect(a.reason == .leader || a.reason == .free)
        #expect(t.advisory(of: 2)?.reason == .platoon && t.advisory(of: 2)?.other == 1)
        // 53.5 m behind at 10 m/s: free to drive as fast as the safe gap says, no faster.
        let gap: Double = 700 - 16.5 - 630 - 3 + 100 / 13.0
        #expect(
            a.speedLimit <= RoadHeadway.speed(stoppingWithin: gap, reactionSeconds: 1.2, braking: 2) + 1e-9)
        // Both go on over the zone, the leader first, and the masses come out even when they are gone.
        for n in 24...600 {
            let now = Double(n) * 0.1
            let way = min(10 * now, 1250)
            t.step(
                now: now,
                reports: [
                    report(0, 700 + way, 10, now), report(1, 630 + way, 10, now),
                    report(2, 605 + way, 10, now),
                ])
        }
        #expect(t.counts.overruns == 0)
        #expect(t.holders(ofZone: 0).isEmpty)
        #expect(t.store.zones[0].mass == 0)
        t.remove(0)
        t.remove(1)
        #expect(t.truckCount == 0)
        for s in 0..<3 {
            #expect(abs(t.store.sections[s].used) < 1e-9 && abs(t.store.sections[s].claimed) < 1e-9)
            #expect(t.store.sections[s].last == -1)
        }
    }

    /// A truck that comes up behind another joins it on the road: one body over the zone, each in metres of its own route,
    /// and apart again where one falls back. Routes begin in different sections.
    @Test func aPlatoonFormsOnTheRoad() throws {
        let layout = try #require(
            RoadLayout(
                sections: [
                    .init(lengthMeters: 500), .init(lengthMeters: 400),
                    .init(lengthMeters: 20, zone: 0, mayStand: false), .init(lengthMeters: 1000),
                ], zones: [.init(capacity: 1)]))
        let t = try #require(RoadTraffic(layout: layout, truckCapacity: 8))
        // The leader's metres count from section 1, the follower's from section 0.
        #expect(isTaken(t.add(0, RoadTruckType(), route: [1, 2, 3], at: 70)))
        #expect(isTaken(t.add(1, RoadTruckType(), route: [0, 1, 2, 3], at: 530)))
        #expect(isTaken(t.add(2, RoadTruckType(), route: [0, 1, 2, 3], at: 100)))
        func step(_ n: Int, back: Double = 0) {
            let now = Double(n) * 0.1
            let way = 10 * now
            t.step(
                now: now,
                reports: [
                    report(0, 70 + way, 10, now), report(1, 530 + way - back, 10, now),
                    report(2, 100, 0, now),
                ])
        }
        step(1)
        #expect(!isTaken(t.join(2, behind: 0)))
        #expect(!isTaken(t.join(2, behind: 1)))
        #expect(!isTaken(t.join(0, behind: 1)))
        #expect(isTaken(t.join(1, behind: 0)))
        #expect(!isTaken(t.join(1, behind: 0)))
        step(2)
        let a = try #require(t.advisory(of: 1))
        #expect(a.reason == .platoon && a.other == 0)
        #expect(abs(a.gapMeters - (570 - 16.5 - 530)) < 1e-9)
        // Its authority, too, in its own metres: 500 more than the leader's.
        #expect(abs(a.authorityMeters - 500 - (t.advisory(of: 0)?.authorityMeters ?? 0)) < 1e-9)
        // The one behind follows the whole: its leader in the order is the platoon.
        #expect(t.blocker(of: 2) < 0)
        var wereIn = false
        for n in 3...520 {
            step(n)
            let zone = t.holders(ofZone: 0)
            #expect(zone.isEmpty || zone == [0])
            if zone == [0] {
                wereIn = true
                #expect(t.store.zones[0].mass == 80_000)
            }
        }
        #expect(wereIn && t.counts.overruns == 0 && t.counts.splits == 0)
        for n in 521...525 { step(n, back: 60) }
        #expect(t.counts.splits == 1)
        #expect(t.advisory(of: 1)?.reason != .platoon)
        t.remove(0)
        t.remove(1)
        t.remove(2)
        #expect(t.truckCount == 0)
        for s in 0..<4 {
            #expect(abs(t.store.sections[s].used) < 1e-9 && abs(t.store.sections[s].claimed) < 1e-9)
            #expect(t.store.sections[s].last == -1 && t.store.sections[s].first == -1)
        }
        #expect(t.store.zones[0].count == 0)
    }

    /// At single-lane works nobody who asked later goes first, but for the rest of a batch; and the line says who is next.
    @Test(arguments: 1...4) func whoAsksFirstGoesFirst(seed: UInt64) throws {
        var yard = RoadYard.works(1, trucks: 24, capacity: 3)
        var dice = SplitMix64(seed: seed)
        for i in yard.1.indices {
            yard.1[i].entersAt = dice.unit() * 200
            yard.1[i].front = 2900
        }
        let layout = try #require(yard.0)
        var drill = try #require(RoadDrill(layout, yard.1, seed: seed))
        var asked = [Double](repeating: -1, count: 24)
        var entered = [Double](repeating: .infinity, count: 24)
        var wasFirst = -1
        while drill.now < 1500, drill.arrived < 24 {
            _ = drill.advance()
            for (truck, since) in drill.traffic.line(forZone: 0) where asked[Int(truck)] < 0 {
                asked[Int(truck)] = since
            }
            for body in drill.traffic.holders(ofZone: 0) where entered[Int(body)] == .infinity {
                entered[Int(body)] = drill.now
            }
            if let first = drill.traffic.line(forZone: 0).first { wasFirst = max(wasFirst, Int(first.truck)) }
        }
        #expect(drill.arrived == 24 && wasFirst >= 0)
        for i in 0..<24 where asked[i] >= 0 {
            let before = (0..<24).count { asked[$0] > asked[i] && entered[$0] < entered[i] }
            #expect(before <= 4, "seed \(seed): \(before) went before truck \(i)")
        }
        #expect(asked.count { $0 >= 0 } > 6)
    }
}
