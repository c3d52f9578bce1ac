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
    /// The first is the one with the least share of what it changes; the rest follow in that order. Where none helps
    /// alone, those that help when also everything that refuses the order on the vehicle is lifted; where these do not
    /// either, two together, of neither of which a unit less is enough. Empty where the order is served, could be served
    /// as things are, or even so cannot.
    public func relaxations(_ s: Int) -> [Relaxation] {
        guard lineOf[s] < 0, legs(s).isEmpty else { return [] }
        for isLifted in [false, true] {
            let start = Relaxation(kind: .allLifted, amount: 0, isLifted: isLifted, shipment: s, vehicle: 0)
            let missed = missed(start)
            if let fitting = missed.fitting { return isLifted ? [fitting] : [] }
            var found = PlanReasons.parts.compactMap { least($0, start, missed) }
            // Both windows are not worth telling where one alone needs no more.
            let lowest = found.filter { PlanReasons.oneSided.contains($0.kind) }.map(\.amount).min() ?? .max
            found.removeAll { $0.kind == .windowsWider && $0.amount >= lowest }
            if let more = oneMoreVehicle(s, isLifted) { found.append(more) }
            if !found.isEmpty { return inOrder(found, s) }
        }
        return inOrder(pairs(s), s)
    }

    private static let oneSided: [Relaxation.Kind] = [
        .deliveryClosesLater, .deliveryOpensEarlier, .pickupClosesLater, .pickupOpensEarlier,
    ]

    /// Everything that has an amount of its own.
    private static let parts: [Relaxation.Part] = {
        var parts: [Relaxation.Part] = []
        for kind in Relaxation.Kind.allCases where kind != .oneMoreVehicle && kind != .allLifted {
            for dimension in 0..<(kind == .lessLoad ? 4 : 1) {
                parts.append(
                    Relaxation.Part(
                        kind: kind, amount: .max, dimension: kind == .lessLoad ? dimension : nil))
            }
        }
        return parts
    }()

    /// Of each two the least of one with the other as it can be, then the least of the other with that.
    private func pairs(_ s: Int) -> [Relaxation] {
        let none = Relaxation(kind: .allLifted, amount: 0, isLifted: true, shipment: s, vehicle: 0)
        var found: [Relaxation] = []
        for (k, first) in PlanReasons.parts.enumerated() {
            let limits = problem.vehicles.map {
                Relaxation.limit(first.kind, first.dimension ?? 0, problem.shipments[s], $0)
            }
            if limits.allSatisfy({ $0 == 0 }) { continue }
            var start = none
            start.also = first
            let missed = missed(start)
            guard missed.fitting == nil else { continue }
            for second in PlanReasons.parts[(k + 1)...] {
                guard let lower = least(second, start, missed) else { continue }
                var end = none
                end.also = Relaxation.Part(
                    kind: second.kind, amount: lower.amount, dimension: second.dimension)
                if let pair = least(first, end, self.missed(end)) { found.append(pair) }
            }
        }
        return found
    }

    /// Every place as it is with what `start` makes easier.
    private struct Missed {
        var bounds: [Schedule.Bounds] = []
        var misses: [Miss] = []
        /// The cheapest of those with the fewest refusals where it fits all the same.
        var fitting: Relaxation?
    }

    private func missed(_ start: Relaxation) -> Missed {
        var missed = Missed()
        let s = start.shipment
        for (line, index) in others(s) {
            let bounds = self.bounds(index, with: s)
            var here = start
            (here.vehicle, here.route, here.amount) = (line.kind, line.route, refusals(s, line.kind))
            ease(here)
            for place in places(s, line) {
                put(s, place, line)
                switch evaluate(line, trial, bounds) {
                case .fits(let route):
                    here.cost = route.cost - line.cost
                    let best = missed.fitting.map { ($0.amount, $0.cost) } ?? (.max, .max)
                    if (here.amount, here.cost) < best { missed.fitting = here }
                case .fails(let violation):
                    missed.misses.append(
                        Miss(line: line, bounds: missed.bounds.count, place: place, violation: violation))
                }
            }
            missed.bounds.append(bounds)
            restore(here)
        }
        // What is nearest is tried first, so that most others are refused by one look.
        missed.misses.sort { $0.violation.excess < $1.violation.excess }
        return missed
    }

    /// How many things refuse the order on the vehicle.
    private func refusals(_ s: Int, _ kind: Int) -> Int64 {
        let order = problem.shipments[s]
        let missing = (order.skills & ~problem.vehicles[kind].skills).nonzeroBitCount
        return Int64(missing) + (order.refusedVehicles.contains(kind) ? 1 : 0)
            + (order.vehicle.map { $0 != kind } == true ? 1 : 0)
    }

    private func inOrder(_ found: [Relaxation], _ s: Int) -> [Relaxation] {
        let shares = found.map { $0.share(problem.shipments[s], problem.vehicles[$0.vehicle]) }
        return found.indices.sorted { (shares[$0], $0) < (shares[$1], $1) }.map { found[$0] }
    }

    private func oneMoreVehicle(_ s: Int, _ isLifted: Bool) -> Relaxation? {
        var best: Relaxation?
        let bounds = bounds(nil, with: s)
        for kind in problem.vehicles.indices where !isSpare(kind) {
            var more = Relaxation(
                kind: .oneMoreVehicle, amount: 1, isLifted: isLifted, shipment: s, vehicle: kind)
            guard let cost = cost(more, unused(kind), Place(pickup: 0, delivery: 0), bounds) else { continue }
            more.cost = cost
            if cost < best?.cost ?? .max { best = more }
        }
        return best
    }

    /// The least of one more part with what `start` makes easier.
    private func least(_ part: Relaxation.Part, _ start: Relaxation, _ missed: Missed) -> Relaxation? {
        var start = start
        (start.kind, start.dimension) = (part.kind, part.dimension)
        var best: Relaxation?
        for miss in missed.misses {
            let carrier = problem.vehicles[miss.line.kind]
            guard
                PlanReasons.mayHelp(
                    start.kind, start.dimension, miss.violation, hasEnergy: carrier.energy != nil)
            else { continue }
            let limit = Relaxation.limit(
                start.kind, start.dimension ?? 0, problem.shipments[start.shipment], carrier)
            var most = start
            most.vehicle = miss.line.kind
            most.route = miss.line.route
            most.amount = min(limit, (best?.amount ?? .max) - 1)
            // All skills that are missing, or none.
            let isWhole = start.kind == .moreSkills
            guard most.amount > 0, !isWhole || most.amount == limit else { continue }
            func cost(_ amount: Int64) -> Int64? {
                var tried = most
                tried.amount = amount
                return self.cost(tried, miss.line, miss.place, missed.bounds[miss.bounds])
            }
            guard let added = cost(most.amount) else { continue }
            most.cost = added
            // 0 fails, `most` fits. What is missing is often just what is needed, or not much less.
            var none = isWhole ? most.amount - 1 : 0
            let excess = miss.violation.excess
            var guess = [excess, excess - 1, excess &* 4][...]
            while most.amount - none > 1 {
                let next = guess.popFirst() ?? 0
                let middle =
                    next > none && next < most.amount ? next : none + (most.amount - none) / 2
                if let less = cost(middle) {
                    (most.amount, most.cost) = (middle, less)
                } else {
                    none = middle
                }
            }
            best = most
        }
        return best
    }

    /// What the order adds to the cost of a line when this is made easier; nil: it still does not fit.
    private func cost(
        _ relaxation: Relaxation, _ line: Line, _ place: Place, _ bounds: Schedule.Bounds
    ) -> Int64? {
        ease(relaxation)
        defer { restore(relaxation) }
        put(relaxation.shipment, place, line)
        guard case .fits(let route) = evaluate(line, trial, bounds) else { return nil }
        return route.cost - line.cost
    }

    private func ease(_ relaxation: Relaxation) {
        var (order, carrier) = (problem.shipments[relaxation.shipment], problem.vehicles[relaxation.vehicle])
        relaxation.apply(&order, &carrier)
        table.replace(relaxation.shipment, with: order)
        table.replace(vehicle: relaxation.vehicle, with: carrier)
    }

    private func restore(_ relaxation: Relaxation) {
        table.replace(relaxation.shipment, with: problem.shipments[relaxation.shipment])
        table.replace(vehicle: relaxation.vehicle, with: problem.vehicles[relaxation.vehicle])
    }

    /// False where what failed first would fail again.
    private static func mayHelp(
        _ kind: Relaxation.Kind, _ dimension: Int?, _ violation: Violation, hasEnergy: Bool
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
        case .refusalLifted, .bindingLifted, .moreSkills, .oneMoreVehicle, .allLifted: return false
        case .lessLoad: return hasEnergy && dimension == 0
        case .moreEnergy: return hasEnergy
        case .longerRoute: return hasEnergy || violation.kind == .tooFar
        default: return hasEnergy || violation.kind != .tooFar
        }
    }
}
