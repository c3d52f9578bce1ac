import Testing

@testable import Controller
@testable import World

/// Orders and vehicles in the living plan.
@Suite struct PlanTests {
    private func vehicle(_ h: Harness, _ order: UInt64) -> UInt32? {
        h.controller.order(OrderID(order))?.mission.flatMap { h.controller.mission($0) }?.vehicle.number
    }

    /// An order is given to a busy vehicle that is soon done beside it rather than to an idle one far away.
    @Test func aBusyVehicleNearbyIsWorthWaitingFor() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.add(Harness.profile(2), at: Harness.place(9000, 0))
        h.run(5)
        h.submit(Harness.request("a", from: (100, 0), to: (100, 1500), at: h.now))
        h.run(60)
        h.submit(Harness.request("b", from: (100, 1600), to: (100, 3000), at: h.now))
        h.run(3)
        let waits = try #require(h.controller.order(OrderID(2)))
        #expect(waits.state == .waiting)
        #expect(waits.reason.hasPrefix("planned for drone-1: at the pickup at "), "\(waits.reason)")
        h.run(900)
        #expect(h.controller.orders.allSatisfy { $0.state == .delivered })
        #expect(vehicle(h, 2) == 1)
    }

    /// What the vehicle of a plan cannot do goes to another, and comes back to it only when it has charged.
    @Test func whatIsRefusedIsNotOfferedAgainUntilItCharges() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        // Enough by the straight line, not with climb, reserve and the way home.
        h.bodies[VehicleID(1)]?.energy = 1150
        h.run(2)
        h.submit(Harness.request("a", from: (200, 0), to: (200, 9500), at: h.now))
        h.run(2)
        let order = try #require(h.controller.order(OrderID(1)))
        #expect(order.state == .waiting)
        #expect(order.reason.contains("of its energy and has"), "\(order.reason)")
        let events = h.events.count
        let refused = h.controller.plans.vehicles[0].refused
        #expect(refused == [OrderID(1)])
        h.run(100)
        #expect(h.events.count == events, "nothing is tried while nothing has changed")
        // A little more changes nothing, a twentieth of its capacity does.
        h.bodies[VehicleID(1)]?.energy = 1250
        h.run(2)
        #expect(h.controller.plans.vehicles[0].refused == [OrderID(1)])
        h.bodies[VehicleID(1)]?.energy = 3000
        h.run(2)
        #expect(h.controller.order(OrderID(1))?.state == .assigned)
        #expect(h.controller.plans.vehicles[0].refused.isEmpty)
    }

    /// With another there, the refused order goes to it at once.
    @Test func whatIsRefusedGoesToAnother() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.add(Harness.profile(2), at: Harness.place(3000, 0))
        h.run(5)
        h.bodies[VehicleID(1)]?.energy = 1150
        h.run(2)
        h.submit(Harness.request("a", from: (200, 0), to: (200, 9500), at: h.now))
        h.run(1)
        #expect(vehicle(h, 1) == 2)
        let reason = try #require(h.controller.orders.first?.reason)
        #expect(reason.contains("; no other could as soon"), "\(reason)")
    }

    /// A vehicle that falls silent gives away what it has not begun.
    @Test func aLostVehicleGivesItsPlanAway() {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.add(Harness.profile(2), at: Harness.place(12_000, 0))
        h.run(5)
        h.submit(Harness.request("a", from: (100, 0), to: (100, 1500), at: h.now))
        h.run(60)
        h.submit(Harness.request("b", from: (100, 1600), to: (100, 3000), at: h.now))
        h.run(3)
        #expect(h.controller.plans.plan(of: OrderID(2))?.vehicle == 0)
        h.bodies[VehicleID(1)]?.silent = true
        h.run(8)
        #expect(vehicle(h, 2) == 2)
    }

    /// An operator's grounding counts at once, and so does taking it back.
    @Test func aGroundedVehicleIsNotPlannedWith() {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        h.give(.operatorAction(.abort, VehicleID(1), by: "Dana", at: h.now))
        h.run(2)
        h.submit(Harness.request("a", at: h.now))
        h.run(3)
        #expect(
            h.controller.orders[0].reason
                == "waits for a vehicle: none of 1 vehicle that could carry it is in service")
        h.give(.operatorAction(.resume, VehicleID(1), by: "Dana", at: h.now))
        h.run(3)
        #expect(h.controller.orders[0].state == .assigned)
    }

    /// A copy of a controller plans for itself, whichever of the two goes on first.
    @Test func copiesPlanForThemselves() {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        for n in 0..<5 { h.submit(Harness.request("k\(n)", from: (100, 100), to: (100, 2000), at: h.now)) }
        h.run(2)
        func plans(_ h: Harness) -> String {
            (1...6).map { "\(String(describing: h.controller.plans.plan(of: OrderID(UInt64($0)))))" }.joined()
        }
        var copy = h
        let before = plans(h)
        copy.submit(Harness.request("more", from: (100, 100), to: (100, 2000), at: copy.now))
        copy.give(.orderCancelled(OrderID(3), by: "Dana", at: copy.now))
        copy.run(3)
        #expect(plans(h) == before && plans(copy) != before)
        var again = h
        again.run(400)
        h.run(400)
        #expect(plans(again) == plans(h))
        #expect(h.controller.hash == again.controller.hash && h.controller.hash != copy.controller.hash)
    }

    /// The plan after a restart follows from what is durable: what is under way stays where it is, what waits is planned.
    @Test func aRestartPlansWhatWaits() {
        var h = Harness()
        for n in 1...2 { h.add(Harness.profile(UInt32(n)), at: Harness.place(Double(n) * 500, 0)) }
        h.run(5)
        for n in 0..<6 {
            h.submit(Harness.request("k\(n)", from: (600, 100), to: (600, 2000), at: h.now))
        }
        h.run(30)
        func restarted(_ snapshot: ControllerSnapshot) -> Harness {
            var again = h
            var configuration = ControllerConfiguration()
            configuration.telemetryPeriodSeconds = 1
            again.controller = Controller(
                restoring: snapshot, configuration: configuration, geography: Harness.geography)
            again.give(.stationStarted(fence: 2, at: again.now))
            for id in again.bodies.keys.sorted() {
                guard let body = again.bodies[id] else { continue }
                again.give(
                    .vehicleConnected(
                        body.profile, heldMission: body.mission?.id,
                        heldRevision: body.mission?.revision ?? 0,
                        at: again.now))
            }
            again.run(10)
            return again
        }
        let (first, second) = (restarted(h.controller.snapshot), restarted(h.controller.snapshot))
        #expect(first.controller.missions == h.controller.missions)
        for n in 3...6 as ClosedRange<UInt64> {
            let plan = first.controller.plans.plan(of: OrderID(n))
            #expect(plan != nil)
            #expect(plan?.vehicle == second.controller.plans.plan(of: OrderID(n))?.vehicle)
        }
        #expect(first.controller.hash == second.controller.hash)
        var on = first
        on.run(4000)
        #expect(on.controller.orders.allSatisfy { $0.state == .delivered })
    }
}
