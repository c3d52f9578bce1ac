import Controller
import Testing
import World

@Suite struct ScaleTests {
    /// 2,000 drones and 10,000 orders: every order is taken or waits with a reason, within seconds even
    /// without optimisation.
    @Test(.timeLimit(.minutes(4))) func aBigDayStaysFast() {
        var configuration = ControllerConfiguration()
        configuration.plansPerTick = 200
        var h = Harness(configuration)
        var random = SplitMix64(seed: 5)
        for n in 1...2000 {
            h.add(
                Harness.profile(UInt32(n)),
                at: Harness.place(Double(n % 50) * 4000, Double(n / 50) * 4000))
        }
        h.run(4)
        for n in 0..<10_000 {
            let (e, north) = (random.unit() * 200_000, random.unit() * 160_000)
            h.submit(Harness.request("k\(n)", from: (e, north), to: (e + 2000, north + 2000), at: h.now))
        }
        h.run(14)
        let assigned = h.controller.orders.filter { $0.state != .waiting }.count
        #expect(assigned > 1500, "\(assigned) of 2,000 drones have work after 14 ticks")
        #expect(h.controller.orders.allSatisfy { !$0.reason.isEmpty })
    }
}
