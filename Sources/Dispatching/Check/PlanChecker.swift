/// The slow, obvious judge of plans. Everything is reckoned anew from the problem and the order of the stops; nothing
/// is shared with the search. Any plan may be given, however wrong: it is told, never trapped on.
///
/// A plan that states no times (all are zero) is given the earliest that keep every limit; one that states times is
/// held to them. What counts as together on board is what is there at the same moment; a dock is taken from the begin
/// to the end of service, the end excluded.
public struct PlanChecker {
    public let problem: DispatchProblem
    let travel: PlainTravel

    /// - Throws: `ProblemFault` when the problem itself is wrong.
    public init(_ problem: DispatchProblem) throws(ProblemFault) {
        try problem.validate()
        self.problem = problem
        travel = PlainTravel(locations: problem.locations)
    }

    public func check(_ plan: DispatchPlan) -> PlanVerdict {
        var check = PlanCheck(problem, travel, plan)
        check.run()
        return check.verdict
    }
}

/// One run of the checker. Routes keep their index in the plan; stops that name nothing known are told and left out.
struct PlanCheck {
    typealias Stop = DispatchPlan.Stop

    /// A route of which every stop names something that exists.
    struct Known {
        var vehicle: DispatchVehicle
        var kind: Int
        var stops: [Stop]
        /// Where each of `stops` stands in the plan's route.
        var original: [Int]
        /// By stop, and one more to the end: the way there from the stop before, or from the start.
        var ways: [PlainTravel.Way?] = []
        /// By stop: how long the vehicle must stay.
        var stay: [Int64] = []
        var loadedAtStart: [Int] = []
        var unloadedAtEnd: [Int] = []
    }

    /// Route and index among `Known.stops`.
    struct Seat: Hashable {
        var route: Int
        var stop: Int
    }

    let problem: DispatchProblem
    let travel: PlainTravel
    let plan: DispatchPlan
    /// No route states any time.
    let isTimeless: Bool
    var routes: [Known?] = []
    /// By shipment: its pickups and deliveries in the plan.
    var pickups: [[Seat]]
    var deliveries: [[Seat]]
    /// By shipment: its legs.
    var legs: [[Int]]
    var verdict = PlanVerdict()

    init(_ problem: DispatchProblem, _ travel: PlainTravel, _ plan: DispatchPlan) {
        self.problem = problem
        self.travel = travel
        self.plan = plan
        isTimeless = plan.routes.allSatisfy(\.isTimeless)
        pickups = Array(repeating: [], count: problem.shipments.count)
        deliveries = pickups
        legs = Array(repeating: [], count: problem.shipments.count)
        for (s, shipment) in problem.shipments.enumerated() {
            if let whole = shipment.legOf { legs[whole].append(s) }
        }
    }

    mutating func run() {
        nameStops()
        checkVehicles()
        checkShipments()
        measureWays()
        walkRoutes()
        verdict.timetables = isTimeless ? earliest() : stated()
        checkTimes()
        checkDocks()
        reckonTotals()
    }

    mutating func tell(
        _ kind: Violation.Kind, route: Int? = nil, stop: Int? = nil, shipment: Int? = nil, other: Int? = nil,
        by excess: Int64 = 0
    ) {
        let original = route.flatMap { route in stop.flatMap { routes[route]?.original[$0] } }
        verdict.violations.append(
            Violation(
                kind: kind, route: route, stop: original, shipment: shipment, other: other, excess: excess))
    }

    /// Where a stop is; nil for a visit that its shipment does not have.
    func location(_ stop: Stop) -> Int? {
        switch stop.action {
        case .pickup: problem.shipments[stop.index].pickup?.location
        case .delivery: problem.shipments[stop.index].delivery?.location
        case .energy: problem.stations[stop.index].location
        }
    }

    func visit(_ stop: Stop) -> Visit? {
        switch stop.action {
        case .pickup: problem.shipments[stop.index].pickup
        case .delivery: problem.shipments[stop.index].delivery
        case .energy: nil
        }
    }

    private mutating func nameStops() {
        for (r, route) in plan.routes.enumerated() {
            guard problem.vehicles.indices.contains(route.vehicle) else {
                verdict.violations.append(Violation(kind: .unknownVehicle, route: r, other: route.vehicle))
                routes.append(nil)
                continue
            }
            var known = Known(
                vehicle: problem.vehicles[route.vehicle], kind: route.vehicle, stops: [], original: [])
            for (i, stop) in route.stops.enumerated() {
                let names = stop.action == .energy ? problem.stations.indices : problem.shipments.indices
                guard names.contains(stop.index) else {
                    let kind = stop.action == .energy ? Violation.Kind.unknownStation : .unknownShipment
                    verdict.violations.append(Violation(kind: kind, route: r, stop: i, other: stop.index))
                    continue
                }
                guard stop.action == .energy || location(stop) != nil else {
                    verdict.violations.append(
                        Violation(kind: .needlessStop, route: r, stop: i, shipment: stop.index))
                    continue
                }
                let seat = Seat(route: r, stop: known.stops.count)
                switch stop.action {
                case .pickup: pickups[stop.index].append(seat)
                case .delivery: deliveries[stop.index].append(seat)
                case .energy: break
                }
                known.stops.append(stop)
                known.original.append(i)
            }
            routes.append(known)
        }
        for (s, shipment) in problem.shipments.enumerated() {
            if shipment.pickup == nil, let seat = deliveries[s].first {
                routes[seat.route]?.loadedAtStart.append(s)
            }
            if shipment.delivery == nil, let seat = pickups[s].first {
                routes[seat.route]?.unloadedAtEnd.append(s)
            }
        }
    }

    private mutating func checkVehicles() {
        var used = Array(repeating: 0, count: problem.vehicles.count)
        for case let route? in routes where !route.stops.isEmpty { used[route.kind] += 1 }
        for (kind, vehicle) in problem.vehicles.enumerated() where used[kind] > vehicle.count {
            tell(.tooManyVehicles, other: kind, by: Int64(used[kind] - vehicle.count))
        }
    }

    private mutating func checkShipments() {
        var listed = Array(repeating: false, count: problem.shipments.count)
        for s in plan.unserved {
            if listed.indices.contains(s) {
                listed[s] = true
            } else {
                tell(.unknownShipment, other: s)
            }
        }
        for (s, shipment) in problem.shipments.enumerated() {
            let all = pickups[s] + deliveries[s]
            guard let first = all.first else {
                if shipment.legOf != nil || legs[s].contains(where: isServed) { continue }
                if !listed[s] { tell(.unservedNotListed, shipment: s) }
                if shipment.refusalCost > DispatchLimits.cost { tell(.mustBeServed, shipment: s) }
                verdict.totals.unserved += 1
                continue
            }
            if listed[s] || shipment.legOf.map({ listed[$0] }) ?? false {
                tell(.servedYetListed, route: first.route, stop: first.stop, shipment: s)
            }
            for again in pickups[s].dropFirst() + deliveries[s].dropFirst() {
                tell(.repeatedStop, route: again.route, stop: again.stop, shipment: s)
            }
            if shipment.pickup != nil && pickups[s].isEmpty
                || shipment.delivery != nil && deliveries[s].isEmpty
            {
                tell(.missingStop, route: first.route, stop: first.stop, shipment: s)
            }
            if let from = pickups[s].first, let to = deliveries[s].first {
                if from.route != to.route {
                    tell(
                        .differentVehicles, route: to.route, stop: to.stop, shipment: s, other: from.route)
                } else if from.stop > to.stop {
                    tell(.deliveryBeforePickup, route: to.route, stop: to.stop, shipment: s)
                }
            }
            for route in Set(all.map(\.route)).sorted() { checkAllowed(s, route) }
        }
        checkLegs()
    }

    /// Whether it is moved by several vehicles: every leg of one of its chains is served.
    func isServedInLegs(_ s: Int) -> Bool { chains(of: s).contains { $0.allSatisfy(isServed) } }

    private func isServed(_ s: Int) -> Bool { !pickups[s].isEmpty || !deliveries[s].isEmpty }

    /// A chain is a leg that nobody waits for, with all that it waits for.
    private func chains(of s: Int) -> [[Int]] {
        let lasts = legs[s].filter { leg in !legs[s].contains { problem.shipments[$0].after == leg } }
        return lasts.map { last in
            var chain = [last]
            while let before = problem.shipments[chain[0]].after, chain.count <= legs[s].count {
                chain.insert(before, at: 0)
            }
            return chain
        }
    }

    /// All or nothing of a chain, and only one way for each shipment.
    private mutating func checkLegs() {
        for s in problem.shipments.indices where !legs[s].isEmpty {
            let begun = chains(of: s).filter { $0.contains(where: isServed) }
            for chain in begun where !chain.allSatisfy(isServed) {
                tell(.legMissing, shipment: chain.first { !isServed($0) }, other: s)
            }
            if begun.count + (isServed(s) ? 1 : 0) > 1, !begun.isEmpty { tell(.servedTwice, shipment: s) }
        }
    }

    /// Whether the shipment may be on this vehicle, whatever else is.
    private mutating func checkAllowed(_ s: Int, _ r: Int) {
        guard let route = routes[r] else { return }
        let shipment = problem.shipments[s]
        if shipment.skills & ~route.vehicle.skills != 0 { tell(.missingSkills, route: r, shipment: s) }
        if shipment.refusedVehicles.contains(route.kind) { tell(.refusedVehicle, route: r, shipment: s) }
        if let bound = shipment.vehicle, bound != route.kind {
            tell(.otherVehicleBound, route: r, shipment: s, other: bound)
        }
    }

    private mutating func measureWays() {
        for r in routes.indices {
            guard let route = routes[r], !route.stops.isEmpty else { continue }
            let mode = problem.modes[route.vehicle.mode]
            var here = route.vehicle.start
            for (i, stop) in route.stops.enumerated() {
                let there = location(stop) ?? here
                let way = travel.way(mode, here, there)
                if way == nil { tell(.noWay, route: r, stop: i) }
                routes[r]?.ways.append(way)
                here = there
            }
            if let end = route.vehicle.end {
                let way = travel.way(mode, here, end)
                if way == nil { tell(.noWay, route: r) }
                routes[r]?.ways.append(way)
            }
            let length = routes[r]?.ways.reduce(Int128(0)) { $0 + Int128($1?.millimeters ?? 0) } ?? 0
            if let longest = route.vehicle.longestMillimeters, length > longest {
                tell(.tooFar, route: r, by: held(length - Int128(longest)))
            }
        }
    }
}

extension DispatchPlan.Route {
    /// Whether it states no time anywhere.
    var isTimeless: Bool {
        startMilliseconds == 0 && endMilliseconds == 0
            && stops.allSatisfy {
                $0.arrivalMilliseconds == 0 && $0.startMilliseconds == 0 && $0.departureMilliseconds == 0
            }
    }
}
