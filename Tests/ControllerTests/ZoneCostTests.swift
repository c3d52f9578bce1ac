import Testing
import World

@testable import Controller

/// Prints what the zones of the world data cost. Meaningful with optimisation only, as `TickCostTests`.
@Suite(.serialized) struct ZoneCostTests {
    @Test func zonesOfTheWorldAreReadySoon() throws {
        let world = try WorldData.load(directory: DayTests.directory)
        let start = ContinuousClock.now
        let geography = Geography(world)
        let made = ContinuousClock.now - start
        let zones = geography.zones
        #expect(zones.zones.count > 50 && zones.zones.allSatisfy { $0.restriction == .prohibited })
        // Ways of 25 km about every zone of the country, so that each is in the way of some.
        var random = SplitMix64(seed: 3)
        var (ways, round, blocked) = (0, 0, 0)
        var slowest = Duration.zero
        let now = Harness.epoch
        let all = ContinuousClock.now
        for zone in zones.zones.indices {
            let middle = zones.corners[zone][0][0]
            for _ in 0..<4 {
                let (e, n) = (25_000 * random.unit() - 12_500, 25_000 * random.unit() - 12_500)
                let (a, b) = (middle.moved(east: e, north: n), middle.moved(east: -e, north: -n))
                let before = ContinuousClock.now
                switch zones.way(
                    from: a, to: b, altitude: geography.ground(middle).meters + 80, start: now, end: now)
                {
                case .blocked: blocked += 1
                case .way(let way): round += way.round == nil ? 0 : 1
                }
                slowest = max(slowest, ContinuousClock.now - before)
                ways += 1
            }
        }
        print(
            "\(zones.zones.count) zones ready in \(made); \(ways) ways by them, \(round) round one, \(blocked) "
                + "with an end in one: \((ContinuousClock.now - all) / ways) each, slowest \(slowest)")
        #expect(round > 20)
    }
}
