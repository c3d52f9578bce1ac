import Glibc
import Testing
import World

@testable import Controller

@Suite struct ConformanceTests {
    /// One drone on its way north with freight, in level flight.
    private func underWay(_ configuration: ControllerConfiguration = ControllerConfiguration()) -> Fleet {
        var fleet = Fleet(configuration, Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        fleet.submit(Harness.request("a", from: (0, 100), to: (0, 6000), at: fleet.now))
        var patience = 0
        while fleet.vehicles[0].leg != 5, patience < 600 {
            fleet.second()
            patience += 1
        }
        fleet.run(20)
        return fleet
    }

    @Test func offItsWayIsHeldAndGoesOnWhenBack() {
        var fleet = underWay()
        let there = fleet.vehicles[0].at
        fleet.change(VehicleID(1)) { $0.at = there.moved(east: 150, north: 0) }
        fleet.run(8)
        #expect(fleet.incidents.contains { $0.contains("from its planned way at step 5") })
        #expect(fleet.controller.missions[0].state == .active, "told, not yet held")
        fleet.change(VehicleID(1)) { $0.at = there.moved(east: 700, north: 0) }
        fleet.run(3)
        #expect(fleet.controller.missions[0].state == .held)
        #expect(fleet.vehicles[0].task == .hold)
        fleet.change(VehicleID(1)) { $0.at = there }
        fleet.run(5)
        #expect(fleet.controller.missions[0].state == .active)
        fleet.run(900)
        #expect(fleet.count(.delivered) == 1)
    }

    @Test func farOffForLongIsSentBack() {
        var fleet = underWay()
        let there = fleet.vehicles[0].at
        fleet.change(VehicleID(1)) { $0.at = there.moved(east: 800, north: 0) }
        fleet.run(20)
        #expect(fleet.controller.missions[0].state == .held)
        fleet.run(120)
        #expect(fleet.controller.missions[0].state == .contingent)
        #expect(fleet.controller.missions[0].reason.contains("sent back"))
        // Freight on board is brought after all.
        fleet.chargers = [(Harness.place(0, 0), 50, true)]
        fleet.run(2500)
        #expect(fleet.count(.delivered) == 1)
        #expect(fleet.controller.missions.count > 1)
    }

    @Test func wrongHeightIsSeen() {
        var fleet = underWay()
        for _ in 0..<6 {
            fleet.change(VehicleID(1)) {
                $0.altitudeMeters += 60 - ($0.altitudeMeters - 400).clamped(to: 0...60)
            }
            fleet.second()
        }
        #expect(fleet.incidents.contains { $0.contains("above its planned height") }, "\(fleet.incidents)")
    }

    @Test func aWrongRevisionIsDropped() throws {
        var fleet = underWay()
        fleet.chargers = [(Harness.place(0, 0), 50, true)]
        fleet.change(VehicleID(1)) { $0.mission?.revision = 7 }
        fleet.run(8)
        #expect(fleet.incidents.contains { $0.contains("revision 7 instead of 1 revision 1") })
        #expect(fleet.controller.missions[0].state == .aborted)
        #expect(fleet.vehicles[0].mission == nil || fleet.vehicles[0].mission?.id == MissionID(2))
        fleet.run(2000)
        #expect(fleet.count(.delivered) == 1, "\(fleet.controller.orders[0].reason)")
    }

    @Test func latenessIsKeptAndTold() {
        var fleet = Fleet(ControllerConfiguration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        var request = Harness.request("late", from: (0, 100), to: (0, 6000), at: fleet.now)
        request.deliverBy = fleet.now.advanced(bySeconds: 200)
        fleet.submit(request)
        fleet.run(210)
        #expect(fleet.controller.orders[0].reason.hasPrefix("late, was due at"))
        #expect(fleet.notices.contains { $0.hasPrefix("order 1 is late") })
        fleet.run(800)
        #expect(fleet.controller.orders[0].isLate && fleet.controller.orders[0].reason.contains("late"))
        #expect(fleet.notices.count { $0.hasPrefix("order 1 is late") } == 1)
    }

    @Test func anOperatorsHoldOutlastsSeparation() {
        var fleet = underWay()
        fleet.give(.operatorAction(.hold, VehicleID(1), by: "Dana", at: fleet.now))
        fleet.run(120)
        #expect(fleet.vehicles[0].task == .hold && fleet.controller.missions[0].state == .held)
    }

    // MARK: Energy in wind

    /// Out with the wind, and home against it: still air would say that all is well.
    @Test(arguments: [0.0, 8, 12, 15]) func windSendsItHomeInTime(wind: Double) {
        var fleet = Fleet(ControllerConfiguration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.change(VehicleID(1)) { $0.wind = (east: 0, north: wind) }
        fleet.chargers = [(Harness.place(0, 0), 50, true)]
        fleet.run(5)
        let answer = fleet.submit(Harness.request("w", from: (0, 50), to: (0, 9500), at: fleet.now))
        #expect(answer?.accepted == true)
        fleet.run(2500)
        #expect(fleet.crashes.isEmpty, "wind \(wind)")
        // In still air it delivers; in much wind it must not try to the end.
        if wind == 0 { #expect(fleet.count(.delivered) == 1) }
        #expect(fleet.vehicles[0].isOnGround)
    }

    /// Worn cells use twice as much on every course: it delivers and stays where it can stand.
    @Test func wearIsNoticedInTime() {
        var fleet = Fleet(ControllerConfiguration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.change(VehicleID(1)) { $0.wear = 1 }
        fleet.run(5)
        fleet.submit(Harness.request("w", from: (0, 50), to: (0, 9000), at: fleet.now))
        fleet.run(4000)
        #expect(fleet.crashes.isEmpty)
        #expect(fleet.vehicles[0].isOnGround)
        // Not tried again and again.
        #expect(fleet.controller.missions.count < 4)
    }

    // MARK: Departures

    @Test func crossingFlightsLeaveLaterOrHigher() throws {
        var configuration = ControllerConfiguration()
        // All courses in one layer: only time or height can keep them apart.
        configuration.layerSpacingMeters = 1
        configuration.terrainClearanceMeters = 100
        var checked = Fleet(configuration, Harness.geography)
        configuration.checksDepartures = false
        var unchecked = Fleet(configuration, Harness.geography)
        func fly(_ fleet: inout Fleet) {
            for n in 0..<6 {
                let angle = Double(n) / 6 * 2 * .pi
                fleet.add(
                    Harness.profile(UInt32(n + 1)), at: Harness.place(3000 * sin(angle), 3000 * cos(angle)))
            }
            fleet.run(5)
            for n in 0..<6 {
                let angle = Double(n) / 6 * 2 * .pi
                let (e, north) = (3000 * sin(angle), 3000 * cos(angle))
                fleet.submit(
                    Harness.request("c\(n)", from: (e, north), to: (-e * 0.9, -north * 0.9), at: fleet.now))
            }
            fleet.run(1800)
        }
        fly(&checked)
        fly(&unchecked)
        #expect(
            checked.count(.delivered) == 6 && checked.controller.separationStatistics.lossesOfSeparation == 0)
        let reasons = checked.controller.missions.map(\.reason) + checked.controller.orders.map(\.reason)
        #expect(
            checked.controller.separationStatistics.conflicts
                < unchecked.controller.separationStatistics.conflicts / 2)
        print(
            "departures: \(checked.controller.separationStatistics.conflicts) conflicts when checked, "
                + "\(unchecked.controller.separationStatistics.conflicts) when not")
        #expect(!reasons.isEmpty)
        #expect(checked.assigned.contains { $0.contains("to stay clear of") }, "\(checked.assigned)")
    }
}
