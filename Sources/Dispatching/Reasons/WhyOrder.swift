/// Why an order is on its vehicle.
public struct WhyOrder: Hashable, Sendable, Codable {
    /// A vehicle that could carry the order, and what the order adds to its cost there, in micro-tenge.
    public struct Offer: Hashable, Sendable, Codable {
        /// Index of the kind of vehicle.
        public var vehicle: Int
        /// Index of the route in the plan; nil: a vehicle that the plan does not use.
        public var route: Int?
        public var cost: Int64
    }
    public var chosen: Offer
    /// Stops of the order on the chosen vehicle, counted from 0 without energy stops; one where it has only one.
    public var stops: [Int]
    /// The cheapest elsewhere; nil: nobody else can.
    public var next: Offer?
    /// How much more the next costs; below 0 the plan could be improved by moving the order.
    public var more: Int64?
}

/// Why an order is not on a vehicle.
public enum WhyNotOrder: Hashable, Sendable {
    /// It is.
    case carried(route: Int)
    /// It could be, for so much, and for so much more than now (nil: it is not served now).
    case couldBe(WhyOrder.Offer, more: Int64?)
    /// What fails first where it comes closest; `Violation.stop` counts the stops with those of the order.
    case fails(Violation)
}

extension PlanReasons {
    /// Nil where the order is not served. Looks at every place in every route: O(routes * stops^3).
    public func why(_ s: Int) -> WhyOrder? {
        guard lineOf[s] >= 0 else { return nil }
        let own = lines[lineOf[s]]
        let best = best(s)
        let here = WhyOrder.Offer(vehicle: own.kind, route: own.route, cost: costHere(s))
        return WhyOrder(
            chosen: here, stops: own.stops.indices.filter { Int(own.stops[$0]) >> 1 == s }, next: best,
            more: best.map { $0.cost - here.cost })
    }

    /// The legs by which a shipment that no vehicle carries whole is moved; each has its own reasons.
    public func legs(_ s: Int) -> [Int] {
        lineOf[s] >= 0
            ? [] : problem.shipments.indices.filter { problem.shipments[$0].legOf == s && lineOf[$0] >= 0 }
    }

    /// The cheapest vehicle but the one that carries the order; nil: none can.
    public func best(_ s: Int) -> WhyOrder.Offer? {
        var best: WhyOrder.Offer?
        for (line, index) in others(s) {
            guard let (_, route) = cheapest(s, line, index) else { continue }
            let cost = route.cost - line.cost
            if cost < best?.cost ?? .max {
                best = WhyOrder.Offer(vehicle: line.kind, route: line.route, cost: cost)
            }
        }
        return best
    }

    /// With the order less without it. A route that needs the order (a hand-over) counts as if nothing were left.
    private func costHere(_ s: Int) -> Int64 {
        let own = lines[lineOf[s]]
        let rest = own.stops.filter { Int($0) >> 1 != s }
        guard case .fits(let route) = evaluate(own, rest, bounds(lineOf[s], with: nil)) else {
            return own.cost
        }
        return own.cost - route.cost
    }

    /// For the best of all vehicles of the kind that the plan uses, and of one that it does not use.
    public func whyNot(_ s: Int, vehicle kind: Int) -> WhyNotOrder {
        if lineOf[s] >= 0, lines[lineOf[s]].kind == kind {
            return .carried(route: lines[lineOf[s]].route ?? 0)
        }
        var best: WhyOrder.Offer?
        var closest: Violation?
        for (line, index) in others(s) where line.kind == kind {
            if let (_, route) = cheapest(s, line, index) {
                let cost = route.cost - line.cost
                if cost < best?.cost ?? .max {
                    best = WhyOrder.Offer(vehicle: kind, route: line.route, cost: cost)
                }
                continue
            }
            let bounds = bounds(index, with: s)
            for place in places(s, line) {
                put(s, place, line)
                guard case .fails(var violation) = evaluate(line, trial, bounds) else { continue }
                violation.route = line.route
                if closest.map({ PlanReasons.isCloser(violation, $0) }) ?? true { closest = violation }
            }
        }
        if let best { return .couldBe(best, more: lineOf[s] >= 0 ? best.cost - costHere(s) : nil) }
        return .fails(closest ?? Violation(kind: .tooManyVehicles, other: kind, excess: 1))
    }

    /// What is examined later is closer to being kept; then by how much is missing.
    private static func isCloser(_ a: Violation, _ b: Violation) -> Bool {
        let (x, y) = (rank(a.kind), rank(b.kind))
        return x == y ? a.excess < b.excess : x > y
    }

    private static func rank(_ kind: Violation.Kind) -> Int {
        switch kind {
        case .missingSkills, .refusedVehicle, .otherVehicleBound: 0
        case .overCapacity: 1
        case .classesTogether, .temperaturesApart, .notLastInFirstOut: 2
        case .noWay: 3
        case .tooFar: 4
        case .outOfEnergy: 5
        default: 6
        }
    }
}
