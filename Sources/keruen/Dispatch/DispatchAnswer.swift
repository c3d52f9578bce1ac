import Dispatching

/// What is told about an order in a plan.
struct DispatchAnswer: Encodable {
    struct Offer: Encodable {
        var vehicle: String
        /// From 1; nil: a vehicle that the plan does not use.
        var route: Int?
        /// What the order adds there.
        var cost: Double

        init(_ offer: WhyOrder.Offer, _ problem: DispatchProblem) {
            vehicle = problem.vehicles[offer.vehicle].name
            route = offer.route.map { $0 + 1 }
            cost = Double(offer.cost) / 1e6
        }

        var text: String { vehicle + (route.map { ", route \($0)" } ?? ", not used so far") }
    }

    struct Part: Encodable {
        var kind: String
        var amount: Int64
        var unit: String
        var dimension: Int?

        init(_ kind: Relaxation.Kind, _ amount: Int64, _ dimension: Int?) {
            self.kind = kind.rawValue.reduce(into: "") {
                $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1)
            }
            (self.amount, unit, self.dimension) = (amount, kind.unit, dimension)
        }

        var text: String {
            var text = kind.replacing("_", with: " ") + " by \(amount) \(unit)"
            if unit == "ms", amount >= 60_000 {
                text += " (\(DispatchReport.fixed(Double(amount) / 60_000, 1)) min)"
            }
            if let dimension { text += " in dimension \(dimension)" }
            return text
        }
    }

    struct Step: Encodable {
        /// One, or two that are needed together.
        var change: [Part]
        /// Only when everything that refuses the order on this vehicle is lifted too.
        var liftsRefusals: Bool
        var vehicle: String
        var route: Int?
        var cost: Double

        enum CodingKeys: String, CodingKey {
            case change, vehicle, route, cost
            case liftsRefusals = "lifts_refusals"
        }

        init(_ relaxation: Relaxation, _ problem: DispatchProblem) {
            change = [Part(relaxation.kind, relaxation.amount, relaxation.dimension)]
            if let also = relaxation.also { change.append(Part(also.kind, also.amount, also.dimension)) }
            liftsRefusals = relaxation.isLifted
            vehicle = problem.vehicles[relaxation.vehicle].name
            route = relaxation.route.map { $0 + 1 }
            cost = Double(relaxation.cost) / 1e6
        }

        var text: String {
            var text = change.map(\.text).joined(separator: " and ")
            if liftsRefusals { text += ", with what refuses it lifted" }
            let route = route.map { ", route \($0)" } ?? ", one that is not used"
            return text + ": on \(vehicle)\(route), at \(DispatchReport.fixed(cost, 3)) more"
        }
    }

    var order: String
    var served: Bool
    var chosen: Offer?
    /// Of the order on its route, from 1, energy stops left out.
    var stops: [Int]?
    /// The next best, or for an order that is not served the best.
    var next: Offer?
    var more: Double?
    var refusalCost: Double?
    var relaxations: [Step]?
    /// Of an order that several vehicles move.
    var legs: [DispatchAnswer]?

    enum CodingKeys: String, CodingKey {
        case order, served, chosen, stops, next, more, relaxations, legs
        case refusalCost = "refusal_cost"
    }

    init(_ reasons: PlanReasons, order s: Int) {
        let problem = reasons.problem
        order = problem.shipments[s].name
        let legs = reasons.legs(s)
        if !legs.isEmpty {
            served = true
            self.legs = legs.map { DispatchAnswer(reasons, order: $0) }
            return
        }
        guard let why = reasons.why(s) else {
            served = false
            if problem.shipments[s].refusalCost <= DispatchLimits.cost {
                refusalCost = Double(problem.shipments[s].refusalCost) / 1e6
            }
            next = reasons.best(s).map { Offer($0, problem) }
            relaxations = reasons.relaxations(s).map { Step($0, problem) }
            return
        }
        served = true
        chosen = Offer(why.chosen, problem)
        stops = why.stops.map { $0 + 1 }
        next = why.next.map { Offer($0, problem) }
        more = why.more.map { Double($0) / 1e6 }
    }

    func show() {
        if let legs {
            print("\(order): in \(legs.count) legs")
            for leg in legs { leg.show() }
            return
        }
        let cost = { (value: Double) in DispatchReport.fixed(value, 3) }
        if let chosen {
            let places = (stops ?? []).map(String.init).joined(separator: " and ")
            print("\(order): on \(chosen.text), stop \(places), adds \(cost(chosen.cost))")
            if let next, let more {
                print("next best: \(next.text), adds \(cost(next.cost)), \(cost(more)) more")
                if more < 0 { print("the plan could be improved by moving it") }
            } else {
                print("no other vehicle can carry it as the others are planned")
            }
            return
        }
        print("\(order): not served" + (refusalCost.map { ", refusing it costs \(cost($0))" } ?? ""))
        if let next {
            print("it fits: \(next.text), adds \(cost(next.cost))")
        } else if let relaxations, let first = relaxations.first {
            print("would be served with \(first.text)")
            for other in relaxations.dropFirst() { print("  or \(other.text)") }
        } else {
            print(
                "no two relaxations serve it; 'keruen dispatch why-not' tells what keeps it off a vehicle")
        }
    }
}

/// What is told about an order and a vehicle.
struct DispatchRefusal: Encodable {
    var order: String
    var vehicle: String
    /// carried, possible or impossible.
    var answer: String
    var route: Int?
    /// What it adds there, and how much more that is than where it is.
    var cost: Double?
    var more: Double?
    /// What fails first, by how much, and of which unit.
    var constraint: String?
    var excess: Int64?
    var unit: String?
    var stop: Int?
    var text: String

    init(_ reasons: PlanReasons, order s: Int, vehicle kind: Int) {
        let problem = reasons.problem
        order = problem.shipments[s].name
        vehicle = problem.vehicles[kind].name
        switch reasons.whyNot(s, vehicle: kind) {
        case .carried(let route):
            answer = "carried"
            self.route = route + 1
            text = "\(order) is on \(vehicle), route \(route + 1)"
        case .couldBe(let offer, let more):
            answer = "possible"
            let told = DispatchAnswer.Offer(offer, problem)
            route = told.route
            cost = told.cost
            self.more = more.map { Double($0) / 1e6 }
            text = "\(order) could be on \(told.text), where it adds \(DispatchReport.fixed(told.cost, 3))"
            if let more = self.more { text += ", \(DispatchReport.fixed(more, 3)) more than where it is" }
        case .fails(let violation):
            answer = "impossible"
            constraint = violation.kind.rawValue.reduce(into: "") {
                $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1)
            }
            excess = violation.excess
            unit = violation.unit
            route = violation.route.map { $0 + 1 }
            stop = violation.stop.map { $0 + 1 }
            text = "\(order) cannot be on \(vehicle): "
            if let other = violation.shipment, other != s {
                text += "at the best place \(problem.shipments[other].name) would be "
            }
            // Which dimension of the load is not a name that says much.
            if violation.kind == .overCapacity {
                text += "it is over capacity by \(violation.excess) \(violation.unit)"
            } else {
                text += violation.reason
            }
        }
    }
}
