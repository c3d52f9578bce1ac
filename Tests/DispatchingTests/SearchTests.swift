import DispatchingSamples
import Testing
import World

@testable import Dispatching

@Suite struct SearchTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>) func plansPassTheCheckerAndCostWhatIsSaid(seed: UInt64)
        throws
    {
        var random = SplitMix64(seed: seed)
        var problem = RandomProblem.make(&random, shipments: 4 + random.below(20))
        if seed % 4 == 0 { problem.objective = .vehicles }
        let search = DispatchSearch(problem, seed: seed)
        for i in 0..<20 { search.run(steps: 20, fraction: Double(i) / 20) }
        let plan = search.plan
        let verdict = try PlanChecker(problem).check(plan)
        let must = verdict.violations.filter { $0.kind != .mustBeServed }
        #expect(must.isEmpty, "\(must)")
        #expect(verdict.violations.count == search.bestMissing)
        #expect(verdict.totals.cost + verdict.totals.refusalCost == search.bestCost)
    }

    /// With each feature alone, and with all at once.
    @Test(arguments: 0...(6 * (Feature.allCases.count + 1)) as ClosedRange<Int>)
    func plansWithEveryFeaturePassTheChecker(run: Int) throws {
        var random = SplitMix64(seed: UInt64(run))
        let which = run % (Feature.allCases.count + 1)
        let features = which < Feature.allCases.count ? [Feature.allCases[which]] : Feature.allCases
        var problem = RandomProblem.make(&random, shipments: 4 + random.below(16), features: features)
        if run % 5 == 0 { problem.objective = .vehicles }
        let search = DispatchSearch(problem, seed: UInt64(run))
        for i in 0..<10 { search.run(steps: 20, fraction: Double(i) / 10) }
        let verdict = try PlanChecker(problem).check(search.plan)
        let must = verdict.violations.filter { $0.kind != .mustBeServed }
        #expect(must.isEmpty, "\(features): \(must)")
        #expect(verdict.violations.count == search.bestMissing)
        #expect(verdict.totals.cost + verdict.totals.refusalCost == search.bestCost)
    }

    /// Every insertion that is found is the shortest that the checker would accept, and none is missed.
    @Test(arguments: 1...30 as ClosedRange<UInt64>) func insertionsAreTheShortestFeasible(seed: UInt64) throws
    {
        var random = SplitMix64(seed: seed)
        let problem = RandomProblem.make(&random, shipments: 8)
        let checker = try PlanChecker(problem)
        let search = DispatchSearch(problem, seed: seed)
        let set = search.set
        for s in problem.shipments.indices where set.isServed(s) {
            let r = Int(set.slot(of: s))
            set.remove(s)
            set.refresh(r)
            for slot in set.active.map(Int.init) where search.set.table.fits(s, Int(set.routes[slot].kind)) {
                let kind = Int(set.routes[slot].kind)
                let found = set.shortest(
                    s, slot, capacity: set.capacities[kind], limit: .max >> 1, search.scratch)
                let slow = shortestByTrying(s, set, slot, checker)
                #expect((found.millimeters == .max ? nil : found.millimeters) == slow)
            }
            set.undo()
        }
    }

    private func shortestByTrying(_ s: Int, _ set: RouteSet, _ r: Int, _ checker: PlanChecker) -> Int64? {
        let route = set.routes[r]
        var stops: [DispatchPlan.Stop] = []
        for k in 1..<route.count - 1 {
            stops.append(.init(route.ids[k] & 1 == 0 ? .pickup : .delivery, Int(route.ids[k]) >> 1))
        }
        var least: Int64?
        let shape = set.table.shape[s]
        for i in 0...stops.count {
            for j in (shape == .pair ? i : 0)...(shape == .pair ? stops.count : 0) {
                var tried = stops
                if shape == .pair { tried.insert(.init(.delivery, s), at: j) }
                tried.insert(.init(shape == .deliveryOnly ? .delivery : .pickup, s), at: i)
                let plan = DispatchPlan(routes: [.init(vehicle: Int(route.kind), stops: tried)])
                let verdict = checker.check(plan)
                // The others are in other routes.
                guard
                    verdict.violations.allSatisfy({
                        $0.kind == .mustBeServed || $0.kind == .unservedNotListed
                    })
                else { continue }
                let add = verdict.totals.millimeters - route.millimeters
                least = min(least ?? .max, add)
            }
        }
        return least
    }

    @Test func undoingLeavesNoTrace() {
        var random = SplitMix64(seed: 7)
        let problem = RandomProblem.make(&random, shipments: 20)
        let search = DispatchSearch(problem, seed: 1)
        func picture() -> [[Int32]] {
            search.set.active.map { r in
                let route = search.set.routes[Int(r)]
                return (0..<route.count).map { route.ids[$0] } + [
                    route.kind, Int32(truncatingIfNeeded: route.millimeters),
                ]
            }.sorted { $0.lexicographicallyPrecedes($1) }
        }
        for _ in 0..<200 {
            let (before, cost) = (picture(), search.set.cost)
            let absent = search.absent
            search.ruin()
            search.recreate(blinks: true)
            search.set.undo()
            search.absent = absent
            #expect(picture() == before && search.set.cost == cost)
        }
    }

    /// Towns: every place is shared by many stops, and nobody has neighbours to begin a ruin with.
    @Test func fewPlacesAreSearchedToo() {
        var random = SplitMix64(seed: 4)
        var problem = RandomProblem.make(&random, shipments: 150, kinds: 1)
        problem.vehicles[0].count = 150
        problem.vehicles[0].capacity = Load(40, 60, 0, 0)
        let search = DispatchSearch(problem, seed: 1)
        let before = search.bestCost
        for i in 0..<10 { search.run(steps: 50, fraction: Double(i) / 10) }
        #expect(search.bestCost < before)
    }

    /// A file may leave out what a kilometre costs.
    @Test(arguments: [nil, Feature.lateness, .segregation]) func waysForNothing(feature: Feature?) throws {
        var random = SplitMix64(seed: 9)
        var problem = RandomProblem.make(&random, shipments: 12, features: feature.map { [$0] } ?? [])
        for s in problem.shipments.indices { problem.shipments[s].refusalCost = 400_000 }
        for v in problem.vehicles.indices {
            problem.vehicles[v].distanceCost = 0
            problem.vehicles[v].fixedCost = 100_000
        }
        let search = DispatchSearch(problem, seed: 1)
        search.run(steps: 100, fraction: 0)
        let verdict = try PlanChecker(problem).check(search.plan)
        #expect(verdict.violations.isEmpty)
        #expect(verdict.totals.cost + verdict.totals.refusalCost == search.bestCost)
    }

    @Test func refusalsOfAnyPriceDoNotOverflow() {
        var random = SplitMix64(seed: 4)
        var problem = RandomProblem.make(&random, shipments: 40)
        for s in problem.shipments.indices {
            problem.shipments[s].refusalCost = DispatchLimits.cost
            problem.shipments[s].skills = 1 << 60
        }
        let search = DispatchSearch(problem, seed: 1)
        search.run(steps: 10, fraction: 0)
        #expect(search.bestCost == Int64.max >> 1)
    }

    @Test func theSameSeedGivesTheSamePlan() {
        var random = SplitMix64(seed: 3)
        let problem = RandomProblem.make(&random, shipments: 30)
        func run(_ seed: UInt64) -> DispatchPlan {
            let search = DispatchSearch(problem, seed: seed)
            for i in 0..<10 { search.run(steps: 50, fraction: Double(i) / 10) }
            return search.plan
        }
        #expect(run(5) == run(5))
    }
}
