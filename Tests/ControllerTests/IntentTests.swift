import CAllocations
import Testing
import Traffic
import World

@testable import Controller

/// Missions as operational intents.
@Suite struct IntentTests {
    private static func configuration() -> ControllerConfiguration {
        var configuration = ControllerConfiguration()
        // All courses in one layer: only time, height or a way aside can keep them apart.
        configuration.layerSpacingMeters = 1
        configuration.terrainClearanceMeters = 100
        return configuration
    }

    private static func state(_ fleet: Fleet, _ v: Int) -> IntentState? {
        fleet.controller.intents.index.state(of: FlightIntents.id(v))
    }

    @Test func theIntentFollowsItsMission() throws {
        var fleet = Fleet(Self.configuration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        #expect(Self.state(fleet, 0) == nil && fleet.controller.intents.index.count == 0)
        fleet.submit(Harness.request("a", from: (0, 100), to: (0, 6000), at: fleet.now))
        var seen: [IntentState?] = []
        func look() {
            let state = Self.state(fleet, 0)
            if seen.last != state { seen.append(state) }
        }
        for _ in 0..<200 {
            fleet.second()
            look()
        }
        #expect(seen == [.accepted, .activated])
        // Blown off its way for long: nonconforming, then contingent. It is held where it is.
        fleet.change(VehicleID(1)) { $0.at = $0.at.moved(east: 250, north: 0) }
        for _ in 0..<40 {
            fleet.second()
            fleet.change(VehicleID(1)) { $0.at = $0.at.moved(east: 8, north: 0) }
            look()
        }
        #expect(seen.contains(.nonconforming), "\(seen)")
        #expect(fleet.controller.intents.faults == 0)
        for _ in 0..<2500 {
            fleet.second()
            look()
        }
        #expect(fleet.controller.missionsUnderWay.isEmpty)
        #expect(Self.state(fleet, 0) == nil && fleet.controller.intents.index.count == 0)
    }

    @Test func aSilentDroneIsContingent() throws {
        var fleet = Fleet(Self.configuration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        fleet.submit(Harness.request("a", from: (0, 100), to: (0, 6000), at: fleet.now))
        fleet.run(250)
        #expect(Self.state(fleet, 0) == .activated)
        fleet.silent.insert(VehicleID(1))
        fleet.run(30)
        #expect(Self.state(fleet, 0) == .contingent)
        // Heard again and still on its mission: another intent.
        fleet.silent.remove(VehicleID(1))
        fleet.run(40)
        #expect(Self.state(fleet, 0) == .activated, "\(String(describing: Self.state(fleet, 0)))")
    }

    /// A held drone may be where it is for some time: nobody plans through it.
    @Test func nobodyPlansThroughAHeldDrone() throws {
        var fleet = Fleet(Self.configuration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.add(Harness.profile(2), at: Harness.place(-700, 3030))
        fleet.run(5)
        fleet.submit(Harness.request("a", from: (0, 100), to: (0, 6000), at: fleet.now))
        fleet.run(1)
        while fleet.vehicles[0].at.latitudeE7 < Harness.place(0, 3000).latitudeE7, fleet.ticks < 900 {
            fleet.second()
        }
        fleet.give(.operatorAction(.hold, VehicleID(1), by: "test", at: fleet.now))
        fleet.run(5)
        fleet.submit(
            Harness.request("b", from: (700, 3030), to: (1500, 3010), at: fleet.now))
        fleet.run(5)
        let plan = try #require(fleet.assigned.last)
        #expect(plan.contains("to stay clear of drone-1"), "\(fleet.assigned)")
    }

    /// The plan says what was done; nobody comes too near whoever was planned before, by the index itself.
    @Test func crossingPlansAreDecidedApart() throws {
        var fleet = Fleet(Self.configuration(), Harness.geography)
        let count = 8
        for n in 0..<count {
            let (x, y) = (Double(n % 2) * 3000 - 1500, Double(n) * 150 - 600)
            fleet.add(Harness.profile(UInt32(n + 1)), at: Harness.place(x, y))
        }
        fleet.run(5)
        for n in 0..<count {
            let (x, y) = (Double(n % 2) * 3000 - 1500, Double(n) * 150 - 600)
            fleet.submit(Harness.request("c\(n)", from: (x, y + 30), to: (-x, 400 - y), at: fleet.now))
        }
        // All are planned in one tick.
        fleet.run(1)
        #expect(fleet.assigned.count == count, "\(fleet.controller.orders.map(\.reason))")
        let changed = fleet.assigned.filter { $0.contains("to stay clear of drone-") }
        #expect(changed.count >= 2, "\(fleet.assigned)")
        for text in changed {
            #expect(
                text.contains("later") || text.contains("higher") || text.contains("of the straight way"),
                "\(text)")
        }
        // Laid out again from the missions, none conflicts with another.
        let c = fleet.controller
        var layout = IntentLayout()
        for mission in c.missions {
            let v = try #require(c.state.index(of: mission.vehicle))
            let plan = Plan(steps: mission.steps, deliveredAt: mission.expectedEnd, reason: "")
            let intent = try c.intent(v, plan, &layout)
            #expect(c.intents.index.conflicts(of: intent).isEmpty, "\(mission.reason)")
        }
    }

    /// Time spent standing on a step that is done in part is not planned again.
    @Test func waitsAreNotWaitedTwice() throws {
        var configuration = Self.configuration()
        configuration.dispatchLeadSeconds = 500
        var fleet = Fleet(configuration, Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        fleet.submit(
            Harness.request("a", from: (0, 100), to: (0, 3000), at: fleet.now.advanced(bySeconds: 400)))
        fleet.run(5)
        func arrives() throws -> Double {
            let c = fleet.controller
            let mission = try #require(c.missions.first)
            let watch = c.intents.watches[0]
            var layout = IntentLayout()
            c.layOut(
                mission.steps.dropFirst(watch.leg), from: c.tracks[0].report.position, start: c.now,
                done: c.now.seconds(since: watch.legSince), c.state.fleet[0].profile, &layout)
            return try #require(layout.waypoints.last).seconds
        }
        let first = try arrives()
        var most = 0.0
        for _ in 0..<380 {
            fleet.second()
            most = max(most, abs(try arrives() - first))
        }
        #expect(most < 30, "\(most)")
    }

    /// What does not fit an intent is refused, not trapped.
    @Test func absurdPlansAreRefused() throws {
        var fleet = Fleet(Self.configuration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        var c = fleet.controller
        let here = Position<MeanSeaLevel>(Harness.place(0, 0), altitude: Altitude(meters: 2e6))
        let steps = [
            MissionStep(.takeoff, here), MissionStep(.wait, here, durationMilliseconds: .max),
            MissionStep(.fly, here), MissionStep(.land, here),
        ]
        var layout = IntentLayout()
        #expect(throws: IntentFault.self) {
            _ = try c.intent(0, Plan(steps: steps, deliveredAt: c.now, reason: ""), &layout)
        }
        if case .later = c.clear(0, { _, _ in .plan(Plan(steps: steps, deliveredAt: c.now, reason: "")) }) {
            Issue.record("may not pass")
        }
        c.intents.layout = layout
        c.intents.put(0, .accepted, c.intentTolerance)
        #expect(c.intents.faults == 1 && c.intents.index.count == 0)
    }

    /// Following the intents of drones under way allocates nothing, but where one is laid out anew.
    @Test func followingAllocatesNothing() throws {
        var fleet = Fleet(Self.configuration(), Harness.geography)
        let count = 20
        for n in 0..<count {
            fleet.add(Harness.profile(UInt32(n + 1)), at: Harness.place(Double(n) * 500, 0))
        }
        fleet.run(5)
        for n in 0..<count {
            fleet.submit(
                Harness.request(
                    "a\(n)", from: (Double(n) * 500, 60), to: (Double(n) * 500, 6000), at: fleet.now))
        }
        fleet.run(250)
        var c = fleet.controller
        var (steps, laidOut) = (0, 0)
        var allocations: UInt64 = 0
        for step in 0..<1600 {
            c.now = c.now.advanced(bySeconds: 0.1)
            let (version, before) = (c.intents.index.version, keruen_allocations())
            var v = 0
            while v < count {
                c.followIntent(v)
                v += 1
            }
            let new = keruen_allocations() - before
            // Apart from the fleet's copy by then, and with all memory it needs.
            guard step >= 400 else { continue }
            if c.intents.index.version == version {
                steps += 1
                #expect(new == 0)
            } else {
                laidOut += Int(c.intents.index.version - version) / 2
                allocations += new
            }
        }
        print("\(laidOut) intents laid out anew: \(allocations) allocations")
        #expect(steps > 500 && laidOut >= count)
    }
}
