import DispatchingSamples
import Testing
import World

@testable import Dispatching

/// Reasons against the checker and against looking everywhere.
@Suite struct ReasonsTests {
    #if DEBUG
        static let cases = 60
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
            #expect(relaxations == relaxations.sorted { isLess($0, $1, problem) })
            for relaxation in relaxations {
                stated += 1
                let easier = relaxation.applied(to: problem)
                let fitting = ReasonsSample.insertions(easier, plan, order, relaxation.vehicle)
                #expect(fitting != nil, "seed \(seed): \(relaxation) does not fit")
                if let fitting {
                    let verdict = try PlanChecker(easier).check(fitting)
                    #expect(verdict.isFeasible, "seed \(seed): \(relaxation): \(verdict.violations)")
                }
                for less in withLess(relaxation) {
                    for vehicle in problem.vehicles.indices {
                        var less = less
                        less.vehicle = vehicle
                        let found = ReasonsSample.insertions(less.applied(to: problem), plan, order, vehicle)
                        #expect(
                            found == nil, "seed \(seed): \(relaxation), but less is enough for \(vehicle)")
                    }
                }
            }
        }
        #expect(helped * 100 > orders * 95)
        print("reasons:", orders, "orders,", helped, "with", stated, "relaxations")
    }

    private func isLess(_ a: Relaxation, _ b: Relaxation, _ problem: DispatchProblem) -> Bool {
        func share(_ one: Relaxation) -> Int128 {
            one.share(problem.shipments[one.shipment], problem.vehicles[one.vehicle])
        }
        return share(a) < share(b)
    }

    /// One unit less of what has units; of pairs, of either.
    private func withLess(_ relaxation: Relaxation) -> [Relaxation] {
        var all: [Relaxation] = []
        if ![.moreSkills, .allLifted].contains(relaxation.kind), relaxation.amount > 1 {
            var less = relaxation
            less.amount -= 1
            all.append(less)
        }
        if relaxation.also?.kind != .moreSkills, relaxation.also?.amount ?? 0 > 1 {
            var less = relaxation
            less.also?.amount -= 1
            all.append(less)
        }
        return all
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

    /// What fits beside docks that others take and freight that others wait for fits in the whole plan; with the least
    /// relaxation it does, with one unit less it does not.
    @Test func offersLeaveTheOthersTheirTimes() throws {
        var (offers, relaxed) = (0, 0)
        for seed in 1...UInt64(Self.cases / 5) {
            var random = SplitMix64(seed: seed)
            let features = Feature.allCases.filter { $0 != .legs && random.below(4) == 0 }
            let problem = RandomProblem.make(
                &random, shipments: 5, features: features + [.docks, .handover])
            let search = DispatchSearch(problem, seed: seed)
            search.run(steps: 30, fraction: 0)
            let checker = try PlanChecker(problem)
            guard let (plan, s) = try without(problem, search.plan, checker, &random) else { continue }
            let reasons = try PlanReasons(problem, plan)
            for (line, index) in reasons.others(s) {
                guard let (_, route) = reasons.cheapest(s, line, index) else { continue }
                offers += 1
                var with = plan
                with.unserved.removeAll { $0 == s }
                if let r = line.route { with.routes[r] = route } else { with.routes.append(route) }
                let wrong = checker.check(with).violations.filter { $0.kind != .mustBeServed }
                #expect(wrong.isEmpty, "seed \(seed): \(wrong)")
            }
            guard reasons.best(s) == nil else { continue }
            for relaxation in reasons.relaxations(s) {
                relaxed += 1
                let easier = try PlanReasons(relaxation.applied(to: problem), plan)
                #expect(easier.best(s) != nil, "seed \(seed): \(relaxation)")
                for less in withLess(relaxation) {
                    for vehicle in problem.vehicles.indices {
                        var less = less
                        less.vehicle = vehicle
                        let hard = try PlanReasons(less.applied(to: problem), plan)
                        let fitting = hard.others(s).contains {
                            $0.line.kind == vehicle && hard.cheapest(s, $0.line, $0.index) != nil
                        }
                        #expect(!fitting, "seed \(seed): less than \(relaxation)")
                    }
                }
            }
        }
        #expect(offers > 0 && relaxed > 0)
        print("offers:", offers, "relaxations:", relaxed)
    }

    /// The plan with one order taken out that nobody waits for, the others where they are.
    private func without(
        _ problem: DispatchProblem, _ plan: DispatchPlan, _ checker: PlanChecker, _ random: inout SplitMix64
    ) throws -> (DispatchPlan, Int)? {
        guard checker.check(plan).violations.allSatisfy({ $0.kind == .mustBeServed }) else { return nil }
        let s = random.below(problem.shipments.count)
        if plan.unserved.contains(s) { return (plan, s) }
        let awaited = problem.shipments.indices.contains {
            problem.shipments[$0].after == s && !plan.unserved.contains($0)
        }
        let reasons = try PlanReasons(problem, plan)
        let own = reasons.lines[reasons.lineOf[s]]
        let rest = own.stops.filter { Int($0) >> 1 != s }
        guard !awaited, let r = own.route,
            case .fits(let route) = reasons.evaluate(own, rest, reasons.bounds(reasons.lineOf[s], with: nil))
        else { return nil }
        var plan = plan
        plan.routes[r] = route
        if rest.isEmpty { plan.routes.remove(at: r) }
        plan.unserved = (plan.unserved + [s]).sorted()
        return (plan, s)
    }
}
