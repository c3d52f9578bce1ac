import Testing
import Traffic

/// The closed loop: 0.3 s of latency each way and 0.8 m of noise unless said otherwise.
@Suite struct RoadTests {
    private func drill(
        _ name: String, _ road: (RoadLayout?, [RoadDrillTruck]), seed: UInt64 = 1, seconds: Double = 3000
    ) throws -> RoadDrill {
        let layout = try #require(road.0)
        var drill = try #require(RoadDrill(layout, road.1, seed: seed))
        let left = drill.run(seconds: seconds)
        let c = drill.traffic.counts
        print(
            name, "left", left, "of", drill.trucks.count, "s", drill.now.rounded(), "gap", drill.least,
            "overlaps", drill.overlaps, "intrusions", drill.intrusions, "leases", c.leases, "unsafe",
            c.unsafeRequests, "cut", c.cutChecks, "overruns", c.overruns, "withdrawn", c.withdrawn, "entry",
            drill.entryRefusals, "wait", drill.trucks.map(\.longestWait).max() ?? 0)
        if left > 0 {
            for i in drill.trucks.indices.prefix(40) where !drill.trucks[i].isDone {
                if let a = drill.traffic.advisory(of: Int32(i)) {
                    print("  ", i, drill.trucks[i].front, drill.trucks[i].speed, a)
                }
            }
        }
        #expect(left == 0, "\(name)")
        #expect(drill.overlaps == 0, "\(name)")
        #expect(drill.intrusions == 0, "\(name)")
        #expect(drill.traffic.counts.overruns == 0, "\(name)")
        return drill
    }

    @Test(arguments: [2, 3, 4, 8]) func ring(_ k: Int) throws {
        _ = try drill("ring \(k)", RoadYard.ring(k, hops: k - 1, seed: 1))
    }
    @Test(arguments: [1, 2, 3]) func crossings(_ seed: Int) throws {
        _ = try drill("grid 2x2", RoadYard.grid(2, trucks: 40, seed: UInt64(seed)), seed: UInt64(seed))
    }
    @Test func manyCrossings() throws {
        _ = try drill("grid 5x5", RoadYard.grid(5, trucks: 120, seed: 7))
    }
    @Test func chainOfWorks() throws {
        _ = try drill("works", RoadYard.works(4, trucks: 40))
    }
    @Test(arguments: 1...6) func random(_ seed: Int) throws {
        _ = try drill(
            "random \(seed)", RoadYard.random(nodes: 30, trucks: 48, seed: UInt64(seed)), seed: UInt64(seed))
    }
}
