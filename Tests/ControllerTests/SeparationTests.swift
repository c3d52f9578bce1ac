import Glibc
import Testing
import Traffic
import World

@testable import Controller

@Suite struct SeparationTests {
    /// Drones that all cross one point at one height at one time: nearly every pair is a conflict.
    @Test(arguments: [6, 14]) func aCrowdCrossesAPoint(count: Int) {
        var configuration = ControllerConfiguration()
        configuration.layerSpacingMeters = 1
        configuration.terrainClearanceMeters = 100
        configuration.checksDepartures = false
        var fleet = Fleet(configuration, Harness.geography)
        for n in 0..<count {
            let angle = Double(n) / Double(count) * 2 * .pi
            fleet.add(
                Harness.profile(UInt32(n + 1)),
                at: Harness.place(3000 * sin(angle), 3000 * cos(angle)))
        }
        fleet.run(5)
        for n in 0..<count {
            let angle = Double(n) / Double(count) * 2 * .pi
            let (e, north) = (3000 * sin(angle), 3000 * cos(angle))
            fleet.submit(
                Harness.request("c\(n)", from: (e, north), to: (-e * 0.9, -north * 0.9), at: fleet.now))
        }
        fleet.run(3600)
        let statistics = fleet.controller.separationStatistics
        print("crowd of \(count): \(statistics)")
        #expect(statistics.conflicts > 0 && statistics.resolutions > 0)
        // Fourteen at once (91 pairs, there and back) is beyond pairwise rules; departures are checked for that.
        #expect(statistics.lossesOfSeparation <= (count < 10 ? 0 : 8), "\(fleet.incidents)")
        // Nobody is left waiting in the air.
        #expect(fleet.count(.delivered) == count, "\(fleet.controller.vehicles.map(\.reason))")
        #expect(fleet.vehicles.allSatisfy { $0.isOnGround })
    }
}

extension SeparationTests {
    /// Nothing could look after the drones: it is counted, told and journalled, and nobody takes off.
    @Test func nobodyFliesUnwatchedWithoutAWord() {
        var fleet = Fleet(ControllerConfiguration(), Harness.geography)
        for n in 1...2 { fleet.add(Harness.profile(UInt32(n)), at: Harness.place(Double(n) * 500, 0)) }
        fleet.run(5)
        fleet.submit(Harness.request("a", from: (500, 3000), to: (500, 6000), at: fleet.now))
        fleet.run(60)
        #expect(fleet.controller.separationStatistics.unwatchedTicks == 0)
        #expect(fleet.vehicles[0].mission != nil && !fleet.vehicles[0].isOnGround)
        // As after a restart with a configuration that makes none.
        fleet.controller.separation = Separation(ControllerConfiguration())
        fleet.controller.separation.settings.classes = []
        fleet.submit(Harness.request("b", from: (1000, 100), to: (1000, 6000), at: fleet.now))
        fleet.run(100)
        #expect(fleet.controller.separationStatistics.unwatchedTicks == 100)
        let told = "nothing keeps drones apart"
        #expect(fleet.notices.count { $0.contains(told) } == 2, "once a minute")
        #expect(fleet.incidents.count { $0.contains(told) } == 2)
        #expect(fleet.vehicles[1].isOnGround && fleet.controller.orders[1].state == .waiting)
        // Who flies goes on, and who waits goes when it is well again.
        fleet.controller.separation = Separation(ControllerConfiguration())
        fleet.run(1500)
        #expect(fleet.count(.delivered) == 2)
    }
}
