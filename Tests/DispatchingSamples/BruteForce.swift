import Dispatching

/// Every plan of a tiny problem, each judged by the checker.
package struct BruteForce {
    private let problem: DispatchProblem
    private let checker: PlanChecker

    package init(_ problem: DispatchProblem) throws {
        self.problem = problem
        checker = try PlanChecker(problem)
    }

    /// What must be served and is not, and the cost with refusals, of the best plan without energy stops.
    package func best() -> (Int, Int64) {
        var best = (Int.max, Int64.max)
        let vehicles = problem.vehicles.count
        var owners = [Int](repeating: 0, count: problem.shipments.count)
        // The last "vehicle" stands for nobody.
        let all = (0..<owners.count).reduce(1) { product, _ in product * (vehicles + 1) }
        for code in 0..<all {
            var rest = code
            for s in owners.indices {
                owners[s] = rest % (vehicles + 1)
                rest /= vehicles + 1
            }
            guard isWholeOrInLegs({ owners[$0] < vehicles }) else { continue }
            var plans = [
                DispatchPlan(
                    unserved: owners.indices.filter {
                        owners[$0] == vehicles && problem.shipments[$0].legOf == nil
                    })
            ]
            for v in 0..<vehicles {
                let own = owners.indices.filter { owners[$0] == v }
                guard !own.isEmpty else { continue }
                let orders = sequences(own)
                plans = plans.flatMap { plan in
                    orders.map { stops in
                        var more = plan
                        more.routes.append(DispatchPlan.Route(vehicle: v, stops: stops))
                        return more
                    }
                }
            }
            for plan in plans {
                var plan = plan
                let whole = problem.shipments.indices.filter { s in
                    problem.shipments.indices.contains {
                        problem.shipments[$0].legOf == s && owners[$0] < vehicles
                    }
                }
                plan.unserved.removeAll(where: whole.contains)
                let verdict = checker.check(plan)
                let missing = verdict.violations.count { $0.kind == .mustBeServed }
                guard verdict.violations.count == missing else { continue }
                best = min(best, (missing, verdict.totals.cost + verdict.totals.refusalCost), by: <)
            }
        }
        return best
    }

    /// Each shipment goes whole or over one hub: what the checker would refuse anyway.
    private func isWholeOrInLegs(_ isServed: (Int) -> Bool) -> Bool {
        problem.shipments.indices.allSatisfy { s in
            let legs = problem.shipments.indices.filter { problem.shipments[$0].legOf == s && isServed($0) }
            if legs.isEmpty { return true }
            return !isServed(s) && legs.count == 2 && problem.shipments[legs[1]].after == legs[0]
        }
    }

    private func min(_ a: (Int, Int64), _ b: (Int, Int64), by less: ((Int, Int64), (Int, Int64)) -> Bool) -> (
        Int, Int64
    ) { less(b, a) ? b : a }

    /// Every order of the stops of these shipments with each pickup before its delivery.
    private func sequences(_ shipments: [Int]) -> [[DispatchPlan.Stop]] {
        var all: [[DispatchPlan.Stop]] = [[]]
        for s in shipments {
            let shipment = problem.shipments[s]
            all = all.flatMap { stops -> [[DispatchPlan.Stop]] in
                var grown: [[DispatchPlan.Stop]] = []
                for i in 0...stops.count {
                    var first = stops
                    first.insert(.init(shipment.pickup == nil ? .delivery : .pickup, s), at: i)
                    guard shipment.pickup != nil, shipment.delivery != nil else {
                        grown.append(first)
                        continue
                    }
                    for j in i + 1...first.count {
                        var both = first
                        both.insert(.init(.delivery, s), at: j)
                        grown.append(both)
                    }
                }
                return grown
            }
        }
        return all
    }
}
