import Testing
import World

@testable import Traffic

/// What is not done each tick is done in its turn, and what was done need not be done again.
@Suite struct ResolverTurnTests {
    /// Two head-on, so far apart that they come near in `seconds`.
    private func pair(_ seconds: Double, y: Double = 0) -> [ResolutionBody] {
        [
            ResolverFlight.body(1, x: 0, y: y, vx: 20, vy: 0),
            ResolverFlight.body(2, x: 40 * seconds + 30, y: y, vx: -20, vy: 0),
        ]
    }

    @Test(arguments: [-900, -260, 0, 130, 400, 777] as [Double]) func nearConflictsAreSeenEveryTick(
        y: Double
    ) throws {
        for tick in 0..<8 {
            var flight = try #require(ResolverFlight(pair(4, y: y)))
            flight.tick = UInt64(tick)
            flight.resolve()
            #expect(flight.counts.conflicts == 1, "tick \(tick)")
        }
    }

    @Test(arguments: [-900, -260, 0, 130, 400, 777] as [Double]) func farConflictsAreSeenInTheirTurn(
        y: Double
    ) throws {
        let turns = Int(ResolverSettings().farTicks)
        var seen = 0
        for tick in 0..<2 * turns {
            var flight = try #require(ResolverFlight(pair(10, y: y)))
            flight.tick = UInt64(tick)
            flight.resolve()
            seen += flight.counts.conflicts
        }
        // Once each time round, twice for who flies near the border of two lines.
        #expect((2...4).contains(seen))
    }

    /// Whoever comes and goes far away does not change whose turn it is: nobody is passed over.
    @Test func turnsStayWhereTheyAre() throws {
        var random = SplitMix64(seed: 3)
        var waited = 0
        for tick in 0..<200 {
            let far = ResolverFlight.body(3, x: 5000, y: -3000 * random.unit() - 100, vx: 10, vy: 0)
            var flight = try #require(ResolverFlight(pair(10) + [far]))
            flight.tick = UInt64(tick)
            flight.resolve()
            waited = flight.counts.conflicts > 0 ? 0 : waited + 1
            #expect(waited < Int(ResolverSettings().farTicks))
        }
    }

    /// The error of position puts who flies along a line's border here and there: never where the turn is.
    @Test func whoIsBetweenLinesIsNotPassedOver() throws {
        let turns = ResolverSettings().farTicks
        var waited: UInt64 = 0
        for tick in 0..<40 as Range<UInt64> {
            // The line above has its turn at 0, the one below at 1.
            let y: Double = tick % turns == 0 ? -1 : 1
            var flight = try #require(ResolverFlight(pair(10, y: y)))
            flight.tick = tick
            flight.resolve()
            waited = flight.counts.conflicts > 0 ? 0 : waited + 1
            #expect(waited <= turns)
        }
    }

    /// What is chosen leaves room for the errors of what is measured next: shifted a little, nothing is in conflict.
    @Test(arguments: [-110, -117, -124, -104] as [Double]) func whatIsChosenLeavesRoom(y: Double) throws {
        var random = SplitMix64(seed: 5)
        let bodies = [
            ResolverFlight.body(1, x: 0, y: 0, vx: 20, vy: 0),
            ResolverFlight.body(2, x: 110, y: y, vx: 0, vy: 20),
        ]
        var flight = try #require(ResolverFlight(bodies))
        flight.resolve()
        #expect(flight.counts.conflicts == 1)
        for i in bodies.indices { flight.bodies[i].current = flight.advisories[i].manoeuvre }
        for _ in 0..<50 {
            for i in bodies.indices {
                flight.bodies[i].motion.x = bodies[i].motion.x + 1.4 * random.unit() - 0.7
                flight.bodies[i].motion.y = bodies[i].motion.y + 1.4 * random.unit() - 0.7
                flight.bodies[i].motion.z = bodies[i].motion.z + 1.4 * random.unit() - 0.7
            }
            flight.resolve()
            #expect(flight.counts.conflicts == 0)
        }
    }

    /// Commands come back rounded to millimetres a second: that is no other course, and nobody seeks another level.
    @Test func aRoundedCourseIsTheSame() throws {
        var bodies = [
            ResolverFlight.body(1, x: 0, y: 0, vx: 12.3456789, vy: 3.3333333),
            ResolverFlight.body(2, x: 0, y: 20, z: 72, vx: 12.3456789, vy: 3.3333333),
        ]
        // Above its level because of the one below it.
        bodies[0].wanted.levelMeters = 80
        bodies[0].current = Manoeuvre(vx: 12.346, vy: 3.333, climbRate: 2, levelMeters: 104)
        for tick in 0..<10 {
            var flight = try #require(ResolverFlight(bodies))
            flight.tick = UInt64(tick)
            flight.resolve()
            #expect(flight.advisories[0].manoeuvre == bodies[0].current)
        }
    }

    @Test func candidatesComeCheapestFirstAndAgain() {
        var table = ResolverTable()
        defer { table.deallocate() }
        var random = SplitMix64(seed: 8)
        let costs = (0..<200).map { _ in Double(random.next() % 40) }
        for (i, cost) in costs.enumerated() {
            table.add(Manoeuvre(vx: Double(i), vy: 0, climbRate: 0, levelMeters: 0), cost: cost)
        }
        let wanted = costs.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }
        for _ in 0..<2 {
            table.beginCandidates()
            var order: [Int] = []
            while let next = table.nextCandidate() { order.append(Int(next.vx)) }
            #expect(order == wanted)
        }
    }
}
