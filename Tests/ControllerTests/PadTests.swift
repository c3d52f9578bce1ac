import Testing

@testable import Controller
@testable import World

/// Landing spots are leased from before take-off until the next mission: nobody is ever over another's.
@Suite struct PadTests {
    @Test(arguments: [1, 2] as [UInt64]) func twoAreNeverOverOneSpot(seed: UInt64) {
        print("landing spots, seed \(seed)")
        var random = SplitMix64(seed: seed)
        var fleet = Fleet(ControllerConfiguration(), Harness.geography)
        for n in 0..<10 {
            fleet.add(
                Harness.profile(UInt32(n + 1)), at: Harness.place(Double(n) * 300, 2000 * random.unit()))
        }
        // A truck stands where half of them go, and another is sent there while they fly.
        fleet.add(Harness.profile(50, .truck), at: Harness.place(2000, 5000))
        fleet.add(Harness.profile(51, .truck), at: Harness.place(2500, 9000))
        fleet.run(5)
        for n in 0..<10 {
            let from = (Double(n) * 300, 1000 + 1000 * random.unit())
            fleet.submit(
                Harness.request("p\(n)", from: from, to: (2000, n < 5 ? 5000 : 7000), at: fleet.now))
        }
        var request = Harness.request("t", from: (2500, 9000), to: (2000, 7000), grams: 5_000_000)
        request.kinds = [.truck]
        fleet.submit(request)
        var (least, leastToTruck, pairs) = (Double.infinity, Double.infinity, 0)
        for _ in 0..<2500 {
            fleet.second()
            let drones = fleet.vehicles.filter(\.flies)
            for (i, a) in drones.enumerated() where !a.isOnGround && a.altitudeMeters < 330 {
                for b in drones[(i + 1)...] + drones[..<i] where b.altitudeMeters < 330 {
                    pairs += 1
                    least = min(least, a.at.meters(to: b.at))
                }
                guard a.mission?.steps[a.leg].action == .land, a.altitudeMeters < 315 else { continue }
                for truck in fleet.vehicles where !truck.flies {
                    leastToTruck = min(leastToTruck, a.at.meters(to: truck.at))
                }
            }
        }
        #expect(fleet.count(.delivered) == 11, "\(fleet.controller.orders.map(\.reason))")
        #expect(pairs > 100 && least > 75, "\(least) m of \(pairs)")
        #expect(leastToTruck > 60, "\(leastToTruck)")
        let statistics = fleet.controller.separationStatistics
        #expect(statistics.lossesOfSeparation == 0 && statistics.truckLosses == 0)
    }
}
