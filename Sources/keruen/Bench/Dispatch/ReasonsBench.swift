import CLinux
import Dispatching
import World

/// Least relaxations of orders that nobody can take: whether what is stated is enough and one unit less is not, by the
/// slow checker, which knows nothing of how they were found.
func reasonsRows() -> [BenchRow] {
    var tally = ReasonsTally()
    var seed: UInt64 = 0
    while tally.orders < 10_000 {
        seed += 1
        var random = SplitMix64(seed: seed)
        let problem = ReasonsWorld.problem(&random)
        guard let checker = try? PlanChecker(problem) else { continue }
        guard let plan = ReasonsWorld.plan(problem, checker) else { continue }
        tally.look(problem, plan, order: problem.shipments.count - 1, seed: seed)
    }
    tally.times.sort()
    let mean = tally.times.reduce(0, +) / Double(max(tally.times.count, 1))
    let told =
        "\(tally.orders) orders that fit nowhere: \(tally.helped) with \(tally.stated) relaxations, "
        + "\(tally.orders - tally.helped) that no two serve"
    return [
        .atLeast(
            100 * Double(tally.right) / Double(max(tally.stated, 1)), must: 100, goal: 100,
            "stated relaxations that fit and one unit less does not, percent",
            reference: told + "; by the checker, all vehicles and places"
                + (tally.wrong.isEmpty ? "" : "; wrong: \(tally.wrong.prefix(3).joined(separator: "; "))")),
        .atMost(
            mean / 1000, must: 1, goal: 1, unit: " ms", "all least relaxations of one order, mean",
            reference: "p99 \(BenchRow.figure(tally.times[tally.times.count * 99 / 100] / 1000)) ms; "
                + "up to 5 vehicles and 8 orders"),
    ]
}

private struct ReasonsTally {
    var orders = 0
    var helped = 0
    var stated = 0
    var right = 0
    var wrong: [String] = []
    /// Microseconds.
    var times: [Double] = []

    mutating func look(_ problem: DispatchProblem, _ plan: DispatchPlan, order: Int, seed: UInt64) {
        guard let reasons = try? PlanReasons(problem, plan) else {
            wrong.append("seed \(seed): no reasons")
            return
        }
        orders += 1
        let begin = keruen_thread_cpu_ns()
        let relaxations = reasons.relaxations(order)
        times.append(Double(keruen_thread_cpu_ns() - begin) / 1000)
        helped += relaxations.isEmpty ? 0 : 1
        for relaxation in relaxations {
            stated += 1
            let fits = ReasonsWorld.fits(relaxation, problem, plan, relaxation.vehicle)
            let lessFits = ReasonsWorld.withLess(relaxation).contains { less in
                problem.vehicles.indices.contains { vehicle in
                    var less = less
                    less.vehicle = vehicle
                    return ReasonsWorld.fits(less, problem, plan, vehicle)
                }
            }
            if fits && !lessFits { right += 1 } else { wrong.append("seed \(seed): \(relaxation)") }
        }
    }
}

/// Tiny plans by the checker alone: each order where it fits first, the last one nowhere.
private enum ReasonsWorld {
    static func problem(_ random: inout SplitMix64) -> DispatchProblem {
        func below(_ n: Int) -> Int { Int(random.next() % UInt64(n)) }
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        for _ in 0..<10 {
            problem.locations.append(Location(x: Double(below(1000)) * 1000, y: Double(below(1000)) * 1000))
        }
        for k in 0..<2 + below(2) {
            var vehicle = DispatchVehicle(
                name: "k\(k)", start: below(10), end: below(3) == 0 ? nil : 0,
                shift: TimeWindow(0, 5_000_000),
                capacity: Load(Int32(6 + below(6)), 20, 0, 0))
            vehicle.count = 1 + below(2)
            vehicle.skills = below(3) == 0 ? 1 : 3
            if below(4) == 0 { vehicle.longestMilliseconds = 3_000_000 }
            if below(4) == 0 { vehicle.longestMillimeters = 3_000_000 }
            if below(4) == 0 {
                vehicle.energy = EnergyModel(
                    capacityJoules: 2_500_000, reserveJoules: 100_000, joulesPerKilometer: 1_000_000)
            }
            problem.vehicles.append(vehicle)
        }
        func visit() -> Visit {
            let opens = Int64(below(3_000_000))
            var visit = Visit(
                location: below(10), windows: [TimeWindow(opens, opens + Int64(below(1_500_000)))],
                serviceMilliseconds: Int64(below(50_000)))
            if below(5) == 0 {
                let later = visit.windows[0].closesMilliseconds + 1 + Int64(below(500_000))
                visit.windows.append(TimeWindow(later, later + 200_000))
            }
            return visit
        }
        for s in 0..<4 + below(5) {
            var shipment = Dispatching.Shipment(
                name: "s\(s)", load: Load(Int32(1 + below(6)), 3, 0, 0), refusalCost: 10_000_000)
            let shape = below(5)
            if shape != 0 { shipment.pickup = visit() }
            if shape != 1 { shipment.delivery = visit() }
            shipment.skills = below(4) == 0 ? 2 : 0
            if below(5) == 0 { shipment.longestOnBoardMilliseconds = Int64(below(1_000_000)) }
            problem.shipments.append(shipment)
        }
        return problem
    }

    static func plan(_ problem: DispatchProblem, _ checker: PlanChecker) -> DispatchPlan? {
        var plan = DispatchPlan()
        for s in problem.shipments.indices {
            var placed = false
            for kind in problem.vehicles.indices where !placed {
                placed = place(s, kind, problem, checker, &plan)
            }
            if !placed { plan.unserved.append(s) }
        }
        return plan.unserved.contains(problem.shipments.count - 1) ? plan : nil
    }

    /// One unit less of what has units; of pairs, of either.
    static func withLess(_ relaxation: Relaxation) -> [Relaxation] {
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

    static func fits(
        _ relaxation: Relaxation, _ problem: DispatchProblem, _ plan: DispatchPlan, _ kind: Int
    ) -> Bool {
        let easier = relaxation.applied(to: problem)
        guard let checker = try? PlanChecker(easier) else { return false }
        var plan = plan
        return place(relaxation.shipment, kind, easier, checker, &plan)
    }

    /// Puts the order where the checker has nothing against the route first.
    private static func place(
        _ s: Int, _ kind: Int, _ problem: DispatchProblem, _ checker: PlanChecker, _ plan: inout DispatchPlan
    ) -> Bool {
        let shipment = problem.shipments[s]
        var routes = plan.routes.indices.filter { plan.routes[$0].vehicle == kind }
        if routes.count < problem.vehicles[kind].count { routes.append(plan.routes.count) }
        for r in routes {
            let stops = r < plan.routes.count ? plan.routes[r].stops : []
            for i in 0...stops.count {
                for j in i...stops.count where shipment.pickup != nil && shipment.delivery != nil || i == j {
                    var tried = stops
                    if shipment.delivery != nil { tried.insert(.init(.delivery, s), at: j) }
                    if shipment.pickup != nil { tried.insert(.init(.pickup, s), at: i) }
                    let route = DispatchPlan.Route(vehicle: kind, stops: tried)
                    let verdict = checker.check(DispatchPlan(routes: [route]))
                    guard verdict.violations.allSatisfy({ $0.kind == .unservedNotListed }) else { continue }
                    if r < plan.routes.count { plan.routes[r] = route } else { plan.routes.append(route) }
                    return true
                }
            }
        }
        return false
    }
}
