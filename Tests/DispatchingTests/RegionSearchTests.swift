import DispatchingSamples
import Testing
import World

@testable import Dispatching

/// Searching two regions side by side.
@Suite struct RegionSearchTests {
    static func problem(_ seed: UInt64, shipments: Int = 90) -> DispatchProblem {
        var random = SplitMix64(seed: seed)
        var problem = RandomProblem.make(&random, shipments: shipments)
        // Some may be refused, so that both sides have some in no route.
        for s in problem.shipments.indices where s % 3 == 0 { problem.shipments[s].refusalCost = 900_000 }
        return problem
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func threadsDoNotChangeThePlan(seed: UInt64) throws {
        let problem = Self.problem(seed)
        var plans: [[DispatchPlan]] = []
        for threads in [1, 2] {
            let search = RegionSearch(problem, seed: seed, threads: threads)
            var told: [DispatchPlan] = []
            for k in 0..<10 {
                search.run(steps: 501, fraction: Double(k) / 10)
                told.append(search.plan)
            }
            #expect(search.iterations == 5010)
            plans.append(told)
            let verdict = try PlanChecker(problem).check(search.plan)
            #expect(verdict.violations.allSatisfy { $0.kind == .mustBeServed })
            #expect(verdict.violations.count == search.bestMissing)
            if search.bestMissing == 0 {
                #expect(verdict.totals.cost + verdict.totals.refusalCost == search.bestCost)
            }
        }
        #expect(plans[0] == plans[1])
    }

    @Test func itNeverGetsWorse() {
        let search = RegionSearch(Self.problem(7), seed: 7, threads: 2)
        var last = (Int.max, Int64.max)
        for k in 0..<20 {
            search.run(steps: 400, fraction: Double(k) / 20)
            let now = (search.bestMissing, search.bestCost)
            #expect(now <= last)
            last = now
        }
    }

    /// What ties routes together, and what is small, is searched whole: as without threads.
    @Test func whatIsTiedTogetherIsSearchedWhole() {
        var small = Self.problem(3, shipments: 20)
        var fewest = Self.problem(3)
        fewest.objective = .vehicles
        small.objective = .cost
        for problem in [small, fewest] {
            let (one, other) = (
                RegionSearch(problem, seed: 3, threads: 2), DispatchSearch(problem, seed: 3)
            )
            one.run(steps: 300, fraction: 0.5)
            other.run(steps: 300, fraction: 0.5)
            #expect(one.plan == other.plan)
        }
    }
}
