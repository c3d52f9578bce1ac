import DispatchingSamples
import World

@testable import Dispatching

/// Plans with a reason to ask, and answers by trying.
enum ReasonsSample {
    static func problem(_ random: inout SplitMix64) -> DispatchProblem {
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        for _ in 0..<10 {
            problem.locations.append(
                Location(x: Double(random.below(1000)) * 1000, y: Double(random.below(1000)) * 1000))
        }
        for k in 0..<2 + random.below(2) {
            var vehicle = DispatchVehicle(
                name: "k\(k)", start: random.below(10), end: random.below(3) == 0 ? nil : 0,
                shift: TimeWindow(0, 5_000_000), capacity: Load(Int32(6 + random.below(6)), 20, 0, 0))
            vehicle.count = 1 + random.below(2)
            vehicle.fixedCost = Int64(random.below(300_000))
            vehicle.distanceCost = Int64(1 + random.below(3))
            vehicle.skills = UInt64(random.below(3) == 0 ? 1 : 3)
            if random.below(4) == 0 { vehicle.longestMilliseconds = 3_000_000 }
            if random.below(4) == 0 { vehicle.longestMillimeters = 3_000_000 }
            if random.below(4) == 0 {
                vehicle.energy = EnergyModel(
                    capacityJoules: 2_500_000, reserveJoules: 100_000, joulesPerKilometer: 1_000_000)
            }
            problem.vehicles.append(vehicle)
        }
        for s in 0..<4 + random.below(5) {
            var shipment = Dispatching.Shipment(
                name: "s\(s)", load: Load(Int32(1 + random.below(6)), 3, 0, 0), refusalCost: 10_000_000)
            let shape = random.below(5)
            if shape != 0 { shipment.pickup = visit(&random) }
            if shape != 1 { shipment.delivery = visit(&random) }
            shipment.skills = UInt64(random.below(4) == 0 ? 2 : 0)
            if random.below(5) == 0 { shipment.longestOnBoardMilliseconds = Int64(random.below(1_000_000)) }
            problem.shipments.append(shipment)
        }
        return problem
    }

    static func visit(_ random: inout SplitMix64) -> Visit {
        let opens = Int64(random.below(3_000_000))
        var visit = Visit(
            location: random.below(10), windows: [TimeWindow(opens, opens + Int64(random.below(1_500_000)))],
            serviceMilliseconds: Int64(random.below(50_000)))
        if random.below(5) == 0 {
            let later = visit.windows[0].closesMilliseconds + 1 + Int64(random.below(500_000))
            visit.windows.append(TimeWindow(later, later + 200_000))
        }
        return visit
    }

    /// Orders are put where they fit first, in turn; the first that fits nowhere is the one.
    static func withRefused(
        _ start: DispatchProblem, _ random: inout SplitMix64
    ) -> (problem: DispatchProblem, plan: DispatchPlan, order: Int)? {
        var problem = start
        let last = problem.shipments.count - 1
        // Some are asked for too much.
        if random.below(3) == 0 { problem.shipments[last].load[0] += Int32(random.below(8)) }
        if random.below(6) == 0 { problem.shipments[last].refusedVehicles = Array(problem.vehicles.indices) }
        var plan = DispatchPlan()
        for s in problem.shipments.indices {
            var placed: DispatchPlan?
            for kind in problem.vehicles.indices where placed == nil {
                placed = insertions(problem, plan, s, kind)
            }
            if let placed { plan = placed } else if s == last { return (problem, listed(plan, problem), s) }
        }
        return nil
    }

    /// With what is not served listed.
    private static func listed(_ plan: DispatchPlan, _ problem: DispatchProblem) -> DispatchPlan {
        var plan = plan
        plan.unserved = problem.shipments.indices.filter { s in
            !plan.routes.contains { $0.stops.contains { $0.action != .energy && $0.index == s } }
        }
        return plan
    }

    private static func tries(
        _ problem: DispatchProblem, _ plan: DispatchPlan, _ s: Int, _ kind: Int,
        except: DispatchPlan.Route? = nil, _ each: (Int, DispatchPlan.Route) -> Bool
    ) {
        let schedule = Schedule(table: StopTable(problem))
        var stops = plan.routes.map { $0.stops.filter { $0.action != .energy } }
        if plan.routes.count(where: { $0.vehicle == kind }) < problem.vehicles[kind].count {
            stops.append([])
        }
        for (r, route) in stops.enumerated() where route.isEmpty || plan.routes[r].vehicle == kind {
            let first = except?.stops.first(where: { $0.index != s })?.index
            if let first, route.first?.index == first { continue }
            let ids = route.map { Int32(2 * $0.index + ($0.action == .pickup ? 0 : 1)) }
            let shipment = problem.shipments[s]
            for i in 0...ids.count {
                for j in i...ids.count where shipment.pickup != nil && shipment.delivery != nil || i == j {
                    var tried = ids
                    if shipment.delivery != nil { tried.insert(Int32(2 * s + 1), at: j) }
                    if shipment.pickup != nil { tried.insert(Int32(2 * s), at: i) }
                    guard case .fits(let found) = schedule.evaluate(kind, tried) else { continue }
                    if each(r, found) { return }
                }
            }
        }
    }

    /// The plan with `s` in the first place of a vehicle of the kind that fits; nil: none.
    static func insertions(
        _ problem: DispatchProblem, _ plan: DispatchPlan, _ s: Int, _ kind: Int
    ) -> DispatchPlan? {
        var found: DispatchPlan?
        tries(problem, plan, s, kind) { r, route in
            var with = plan
            if r < with.routes.count { with.routes[r] = route } else { with.routes.append(route) }
            with.unserved.removeAll { $0 == s }
            found = with
            return true
        }
        return found
    }

    /// What `s` adds at least on a vehicle of the kind, by the checker.
    static func cheapest(
        _ problem: DispatchProblem, _ plan: DispatchPlan, _ s: Int, _ kind: Int,
        except: DispatchPlan.Route?
    ) -> Int64? {
        guard let checker = try? PlanChecker(problem) else { return nil }
        let isAlone = except?.stops.allSatisfy { $0.index == s } ?? false
        var least: Int64?
        tries(problem, plan, s, kind, except: except) { r, route in
            // Another of the same for the order alone is no other offer.
            if r >= plan.routes.count, isAlone, except?.vehicle == kind { return false }
            let before =
                r < plan.routes.count
                ? checker.check(DispatchPlan(routes: [plan.routes[r]])).totals.cost : 0
            let after = checker.check(DispatchPlan(routes: [route])).totals.cost
            least = min(least ?? .max, after - before)
            return false
        }
        return least
    }
}
