import Glibc
import Testing
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
