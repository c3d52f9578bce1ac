import Controller
import Testing
import World

@Suite struct RecoveryTests {
    /// The controller dies and is rebuilt from its events; vehicles connect again with what they hold.
    private func restart(_ h: inout Harness, fence: UInt64) {
        var configuration = ControllerConfiguration()
        configuration.telemetryPeriodSeconds = 1
        var again = Controller(configuration: configuration, geography: Harness.geography)
        for event in h.events { again.apply(event) }
        #expect(again.snapshot == h.controller.snapshot)
        h.controller = again
        h.now = h.now.advanced(bySeconds: 20)
        h.give(.stationStarted(fence: fence, at: h.now))
        for id in h.bodies.keys.sorted() {
            guard let body = h.bodies[id] else { continue }
            h.give(
                .vehicleConnected(
                    body.profile, heldMission: body.mission?.id, heldRevision: body.mission?.revision ?? 0,
                    at: h.now))
        }
    }

    @Test func restartsLoseNothing() {
        var h = Harness()
        for n in 1...3 { h.add(Harness.profile(UInt32(n)), at: Harness.place(Double(n) * 300, 0)) }
        h.run(5)
        for n in 1...6 {
            h.submit(
                Harness.request("k\(n)", from: (Double(n) * 400, 500), to: (Double(n) * 400, 3000), at: h.now)
            )
        }
        for fence in 2...6 {
            h.run(97)
            restart(&h, fence: UInt64(fence))
        }
        h.run(9000)
        for order in h.controller.orders {
            #expect(order.state == .delivered, "\(order.id.number): \(order.reason)")
        }
        #expect(h.controller.fence == 6)
    }

    @Test func aVehicleThatForgotItsMissionGetsItAgain() {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        h.submit(Harness.request("a", at: h.now))
        h.run(30)
        h.bodies[VehicleID(1)]?.mission = nil
        h.bodies[VehicleID(1)]?.mode = .parked
        h.give(.vehicleConnected(Harness.profile(1), heldMission: nil, heldRevision: 0, at: h.now))
        h.run(1500)
        #expect(h.controller.orders[0].state == .delivered)
        #expect(h.controller.missions.count >= 2 && h.controller.missions[0].state == .aborted)
    }

    @Test func anUnknownMissionIsDropped() {
        var h = Harness()
        let effects = h.give(
            .vehicleConnected(Harness.profile(1), heldMission: MissionID(99), heldRevision: 4, at: h.now))
        let aborts = effects.compactMap { effect -> OutboundCommand? in
            if case .command(let command, false) = effect, command.verb == .abort { command } else { nil }
        }
        #expect(aborts.map(\.mission) == [MissionID(99)])
        #expect(aborts.first?.revision == 4)
    }

    @Test func aLostVehicleIsFrozenThenReplaced() {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(1900, 0))
        h.add(Harness.profile(2), at: Harness.place(-2000, 0))
        h.run(5)
        h.submit(Harness.request("a", at: h.now))
        h.run(2)
        #expect(h.controller.missions[0].vehicle == VehicleID(1))
        h.bodies[VehicleID(1)]?.silent = true
        h.run(7)
        #expect(h.controller.vehicle(VehicleID(1))?.link == .lost)
        #expect(h.controller.missions[0].state == .active)
        h.run(12)
        #expect(h.controller.missions[0].state == .contingent)
        h.run(600)
        #expect(h.controller.missions[0].state == .aborted)
        h.run(900)
        #expect(h.controller.orders[0].state == .delivered)
        #expect(h.controller.missions[1].vehicle == VehicleID(2))
    }

    @Test func lowEnergyReturns() {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        h.submit(Harness.request("a", at: h.now))
        h.run(30)
        h.bodies[VehicleID(1)]?.energy = 200
        h.second()
        let returned = h.effects.contains {
            if case .command(let command, false) = $0 { command.verb == .returnHome } else { false }
        }
        #expect(returned)
        h.run(10)
        #expect(h.controller.orders[0].state == .waiting)
    }

    @Test func operatorHoldsAndResumes() {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        h.submit(Harness.request("a", at: h.now))
        h.run(30)
        h.give(.operatorAction(.hold, VehicleID(1), by: "Dana", at: h.now))
        #expect(h.controller.missions[0].state == .held)
        #expect(h.bodies[VehicleID(1)]?.mode == .holding)
        h.run(100)
        #expect(h.controller.missions[0].state == .held && h.bodies[VehicleID(1)]?.mode == .holding)
        h.give(.operatorAction(.resume, VehicleID(1), by: "Dana", at: h.now))
        h.run(900)
        #expect(h.controller.orders[0].state == .delivered)
    }

    @Test func aTruckDrivesFreight() {
        var h = Harness()
        h.add(Harness.profile(9, .truck), at: Harness.place(0, 0))
        h.run(5)
        h.submit(Harness.request("t", from: (5000, 0), to: (40_000, 0), grams: 18_000_000, at: h.now))
        h.run(6000)
        #expect(h.controller.orders[0].state == .delivered, "\(h.controller.orders[0].reason)")
    }

    @Test func differentCoursesNeverShareALayer() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.add(Harness.profile(2), at: Harness.place(0, 3000))
        h.run(5)
        h.submit(Harness.request("n", from: (10, 10), to: (0, 2500), at: h.now))
        h.submit(Harness.request("s", from: (10, 3010), to: (0, 500), at: h.now))
        h.run(2)
        let cruise = h.controller.missions.map { mission in
            mission.steps.filter { $0.action == .fly }.last?.target.altitude.millimeters ?? 0
        }
        try #require(cruise.count == 2)
        #expect(abs(cruise[0] - cruise[1]) >= 25_000)
    }

    /// Two reports, put by hand on the crossing courses of two missions at one height, 200 m from the crossing.
    @Test func convergingDronesAreKeptApart() throws {
        var configuration = ControllerConfiguration()
        configuration.layerSpacingMeters = 1
        configuration.checksDepartures = false
        var h = Harness(configuration)
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.add(Harness.profile(2), at: Harness.place(1000, -3000))
        h.run(5)
        h.submit(Harness.request("a", from: (3000, 0), to: (6000, 0), at: h.now))
        h.submit(Harness.request("b", from: (1000, 100), to: (1000, 3000), at: h.now))
        h.run(5)
        let missions = h.controller.missions
        try #require(missions.count == 2)
        for mission in missions {
            h.give(
                .progress(
                    mission.vehicle, mission.id, revision: mission.revision, leg: 0, .started, at: h.now))
        }
        func report(_ mission: Mission, _ e: Double, _ n: Double, _ ve: Int32, _ vn: Int32) -> TrackReport {
            TrackReport(
                vehicle: mission.vehicle, measuredAt: h.now,
                position: Position(Harness.place(e, n), altitude: missions[0].steps[1].target.altitude),
                velocityEastMillimetersPerSecond: ve, velocityNorthMillimetersPerSecond: vn,
                velocityUpMillimetersPerSecond: 0, horizontalAccuracyCentimeters: 100,
                verticalAccuracyCentimeters: 100, headingCentidegrees: 0, mode: .moving, health: 0,
                energyKilojoules: 2900, payloadGrams: 0, missionNumber: mission.id.number,
                missionRevision: mission.revision, leg: 1)
        }
        h.now = h.now.advanced(bySeconds: 1)
        let east = missions[0].vehicle == VehicleID(1) ? missions[0] : missions[1]
        let north = east == missions[0] ? missions[1] : missions[0]
        let effects = h.give(
            .tick(
                at: h.now,
                reports: [report(east, 800, 0, 15_000, 0), report(north, 1000, -200, 0, 15_000)]))
        let told = effects.compactMap { effect -> OutboundCommand? in
            if case .command(let command, _) = effect, command.verb == .manoeuvre { command } else { nil }
        }
        // One gives way, the later enrolled, and says for whom.
        #expect(told.map(\.vehicle) == [VehicleID(2)])
        #expect(told.first?.reason.contains(Harness.profile(1).name) == true, "\(told.map(\.reason))")
        #expect(h.controller.separationStatistics.lossesOfSeparation == 0)
        #expect(h.controller.separationStatistics.resolutions == 1)
    }
}
