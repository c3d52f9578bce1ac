/// The least that would serve an order which no vehicle can carry as things are.
extension PlanReasons {
    /// A place that fails as things are.
    private struct Miss {
        var line: Line
        /// Into `bounds`.
        var bounds: Int
        var place: Place
        var violation: Violation
    }

    /// One of each kind that helps, the least over all vehicles and places, and exactly so: one unit less serves nowhere.
    /// The first is the one with the least share of what it changes; the rest follow in that order. Empty where the order
    /// is served, could be served without, or cannot be served by any one of them.
    public func relaxations(_ s: Int) -> [Relaxation] {
        guard lineOf[s] < 0 else { return [] }
        var bounds: [Schedule.Bounds] = []
        var misses: [Miss] = []
        for (line, index) in others(s) {
            bounds.append(self.bounds(index, with: s))
            for place in places(s, line) {
                put(s, place, line)
                switch evaluate(line, trial, bounds[bounds.count - 1]) {
                case .fits: return []
                case .fails(let violation):
                    misses.append(
                        Miss(line: line, bounds: bounds.count - 1, place: place, violation: violation))
                }
            }
        }
        // What is nearest is tried first, so that most others are refused by one look.
        misses.sort { $0.violation.excess < $1.violation.excess }
        var found: [Relaxation] = []
        for kind in Relaxation.Kind.allCases where kind != .oneMoreVehicle {
            for dimension in 0..<(kind == .lessLoad ? 4 : 1) {
                if let least = least(kind, dimension, s, misses, bounds) { found.append(least) }
            }
        }
        if let more = oneMoreVehicle(s) { found.append(more) }
        return inOrder(found, s)
    }

    private func inOrder(_ found: [Relaxation], _ s: Int) -> [Relaxation] {
        func share(_ one: Relaxation) -> (Int128, Int128) {
            (Int128(one.amount), Int128(one.size(problem.shipments[s], problem.vehicles[one.vehicle])))
        }
        return found.enumerated().sorted {
            let (a, b) = (share($0.element), share($1.element))
            return a.0 * b.1 == b.0 * a.1 ? $0.offset < $1.offset : a.0 * b.1 < b.0 * a.1
        }.map(\.element)
    }

    private func oneMoreVehicle(_ s: Int) -> Relaxation? {
        var best: Relaxation?
        let bounds = bounds(nil, with: s)
        for kind in problem.vehicles.indices where !isSpare(kind) {
            put(s, Place(pickup: 0, delivery: 0), unused(kind))
            guard case .fits(let route) = evaluate(unused(kind), trial, bounds),
                route.cost < best?.cost ?? .max
            else { continue }
            best = Relaxation(
                kind: .oneMoreVehicle, amount: 1, shipment: s, vehicle: kind, route: nil, cost: route.cost)
        }
        return best
    }

    private func least(
        _ kind: Relaxation.Kind, _ dimension: Int, _ s: Int, _ misses: [Miss], _ bounds: [Schedule.Bounds]
    ) -> Relaxation? {
        let order = problem.shipments[s]
        var best: Relaxation?
        for miss in misses {
            let carrier = problem.vehicles[miss.line.kind]
            guard PlanReasons.mayHelp(kind, dimension, miss.violation, hasEnergy: carrier.energy != nil)
            else {
                continue
            }
            let limit = Relaxation.limit(kind, dimension, order, carrier)
            var most = min(limit, (best?.amount ?? .max) - 1)
            // All skills that are missing, or none.
            if kind == .moreSkills, most < limit { continue }
            guard most > 0 else { continue }
            func cost(_ amount: Int64) -> Int64? {
                costWith(
                    Relaxation(
                        kind: kind, amount: amount, dimension: kind == .lessLoad ? dimension : nil,
                        shipment: s,
                        vehicle: miss.line.kind, route: miss.line.route),
                    order, carrier, miss.line, miss.place, bounds[miss.bounds])
            }
            guard var added = cost(most) else { continue }
            // 0 fails, `most` fits. What is missing is often just what is needed, or not much less.
            var none: Int64 = 0
            var guess = [miss.violation.excess, miss.violation.excess - 1, 4 * miss.violation.excess][...]
            while most - none > 1 {
                let next = guess.popFirst() ?? 0
                let middle = next > none && next < most ? next : none + (most - none) / 2
                if let less = cost(middle) {
                    (most, added) = (middle, less)
                } else {
                    none = middle
                }
            }
            best = Relaxation(
                kind: kind, amount: kind == .moreSkills ? limit : most,
                dimension: kind == .lessLoad ? dimension : nil, shipment: s, vehicle: miss.line.kind,
                route: miss.line.route, cost: added)
        }
        return best
    }

    /// What the order adds to the cost of a line when this is made easier; nil: it still does not fit.
    private func costWith(
        _ relaxation: Relaxation, _ order: Shipment, _ carrier: DispatchVehicle, _ line: Line, _ place: Place,
        _ bounds: Schedule.Bounds
    ) -> Int64? {
        var (easierOrder, easierCarrier) = (order, carrier)
        relaxation.apply(&easierOrder, &easierCarrier)
        table.replace(relaxation.shipment, with: easierOrder)
        table.replace(vehicle: line.kind, with: easierCarrier)
        defer {
            table.replace(relaxation.shipment, with: order)
            table.replace(vehicle: line.kind, with: carrier)
        }
        put(relaxation.shipment, place, line)
        guard case .fits(let route) = evaluate(line, trial, bounds) else { return nil }
        return route.cost - line.cost
    }

    /// False where what failed first would fail again.
    private static func mayHelp(
        _ kind: Relaxation.Kind, _ dimension: Int, _ violation: Violation, hasEnergy: Bool
    ) -> Bool {
        switch violation.kind {
        case .missingSkills: return kind == .moreSkills
        case .refusedVehicle: return kind == .refusalLifted
        case .otherVehicleBound: return kind == .bindingLifted
        case .overCapacity: return kind == .lessLoad && violation.other == dimension
        case .classesTogether, .temperaturesApart, .notLastInFirstOut, .noWay: return false
        default: break
        }
        switch kind {
        case .refusalLifted, .bindingLifted, .moreSkills, .oneMoreVehicle: return false
        case .lessLoad: return hasEnergy && dimension == 0
        case .moreEnergy: return hasEnergy
        case .longerRoute: return hasEnergy || violation.kind == .tooFar
        default: return hasEnergy || violation.kind != .tooFar
        }
    }
}
