import Dispatching
import World

/// The search against every plan there is, on a problem small enough to try them all.
package struct TinyProblem {
    package let problem: DispatchProblem
    /// What must be served and is not, and the cost: found by the search, and the least there is.
    package let found: (missing: Int, cost: Int64)
    package let best: (missing: Int, cost: Int64)
    /// Whether the search is as good as it must be: where the checker's earliest times are the cheapest, exactly the best
    /// plan; with time to pay for, docks to wait for and stations to pass by never worse than the best plan without.
    package let isBest: Bool
    /// Better than the best plan there is: then one of the two is wrong.
    package let isTooGood: Bool

    package init(_ feature: Feature, _ number: Int, steps: Int = 1200) throws {
        let seed = UInt64(1000 * (feature.rawValue + 1) + number)
        var random = SplitMix64(seed: seed)
        var problem = RandomProblem.make(
            &random, shipments: feature == .legs ? 1 + random.below(2) : 3, features: [feature])
        for v in problem.vehicles.indices { problem.vehicles[v].count = 1 }
        let search = DispatchSearch(problem, seed: seed)
        for i in 0..<4 { search.run(steps: steps / 4, fraction: Double(i) / 4) }
        self.problem = problem
        found = (search.bestMissing, search.bestCost)
        best = try BruteForce(problem).best()
        let isExact = ![.timeCost, .docks, .energy].contains(feature)
        isBest = isExact ? found == best : found <= best
        isTooGood = isExact && found < best
    }
}
