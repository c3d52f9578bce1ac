import Testing
import World

@testable import Dispatching

/// Reasons against the checker and against looking everywhere.
@Suite struct ReasonsTests {
    #if DEBUG
        static let cases = 150
    #else
        static let cases = 10_000
    #endif

    /// A small plan with one order that nobody could take as things are, or nil where somebody could.
    static func refused(_ random: inout SplitMix64) -> (
        problem: DispatchProblem, plan: DispatchPlan, order: Int
    )? {
        let problem = ReasonsSample.problem(&random)
        return ReasonsSample.withRefused(problem, &random)
    }

    /// What is stated fits, says the checker with all the plan; one unit less fits nowhere, by trying all vehicles and
    /// places anew.
    @Test func leastRelaxationsFitAndOneUnitLessDoesNot() throws {
        var (orders, stated) = (0, 0)
        var helped = 0
        var seed: UInt64 = 0
        while orders < Self.cases {
            seed += 1
            var random = SplitMix64(seed: seed)
            guard let (problem, plan, order) = Self.refused(&random) else { continue }
            orders += 1
            let relaxations = try PlanReasons(problem, plan).relaxations(order)
            helped += relaxations.isEmpty ? 0 : 1
            for relaxation in relaxations {
                stated += 1
                let easier = relaxation.applied(to: problem)
                let fitting = ReasonsSample.insertions(easier, plan, order, relaxation.vehicle)
                #expect(fitting != nil, "seed \(seed): \(relaxation) does not fit")
                if let fitting {
                    let verdict = try PlanChecker(easier).check(fitting)
                    #expect(verdict.isFeasible, "seed \(seed): \(relaxation): \(verdict.violations)")
                }
                var less = relaxation
                less.amount -= 1
                guard less.amount > 0, relaxation.kind != .moreSkills else { continue }
                for vehicle in problem.vehicles.indices {
                    less.vehicle = vehicle
                    if let dimension = less.dimension,
                        problem.shipments[order].load[dimension] < Int32(less.amount)
                    {
                        continue
                    }
                    let found = ReasonsSample.insertions(less.applied(to: problem), plan, order, vehicle)
                    #expect(found == nil, "seed \(seed): \(relaxation), but less is enough for \(vehicle)")
                }
            }
        }
        #expect(helped * 2 > orders)
        print("reasons:", orders, "orders,", helped, "with", stated, "relaxations")
    }

    /// Costs are those of the checker, the next best is the best of all, and who cannot is told so.
    @Test func whyIsWhatTryingSays() throws {
        for seed in 1...UInt64(Self.cases / 10) {
            var random = SplitMix64(seed: seed)
            let problem = ReasonsSample.problem(&random)
            let search = DispatchSearch(problem, seed: seed)
            search.run(steps: 20, fraction: 0)
            let plan = search.plan
            let checker = try PlanChecker(problem)
            guard !checker.check(plan).violations.contains(where: { $0.kind != .mustBeServed }) else {
                continue
            }
            let reasons = try PlanReasons(problem, plan)
            for s in problem.shipments.indices {
                guard let why = reasons.why(s) else {
                    #expect(plan.unserved.contains(s))
                    continue
                }
                var without = plan
                without.routes = plan.routes.map { route in
                    var route = DispatchPlan.Route(
                        vehicle: route.vehicle, stops: route.stops.filter { $0.index != s })
                    for i in route.stops.indices {
                        route.stops[i] = .init(route.stops[i].action, route.stops[i].index)
                    }
                    return route
                }
                without.routes.removeAll { $0.stops.isEmpty }
                without.unserved.append(s)
                let rest = checker.check(without).totals.cost
                #expect(why.chosen.cost == checker.check(plan).totals.cost - rest)
                var best: Int64?
                for kind in problem.vehicles.indices {
                    let own = plan.routes.first { $0.stops.contains { $0.index == s } }
                    let tried = ReasonsSample.cheapest(problem, without, s, kind, except: own)
                    if let tried { best = min(best ?? .max, tried) }
                    guard own?.vehicle != kind else { continue }
                    switch reasons.whyNot(s, vehicle: kind) {
                    case .carried: Issue.record("it is not on \(kind)")
                    case .couldBe(let offer, _): #expect(offer.cost == tried)
                    case .fails(let violation): #expect(tried == nil, "\(violation)")
                    }
                }
                #expect(why.next?.cost == best, "seed \(seed)")
            }
        }
    }
}
