/// One vehicle with a sequence of stops, evaluated with everything the model knows: feasible with its times, energy
/// stops, way and cost, or the first constraint that fails and by how much. Integers only. O(n) without energy, limits
/// backwards in time and docks.
struct Schedule {
    let table: StopTable

    /// What other routes mean for this one.
    struct Bounds {
        /// By shipment: its loading begins at or after.
        var release: [Int: Int64] = [:]
        /// By shipment: its unloading is over at or before.
        var deadline: [Int: Int64] = [:]
        /// By dock: taken by other routes.
        var taken: [Int: [TimeWindow]] = [:]
    }

    enum Outcome {
        case fits(DispatchPlan.Route)
        case fails(Violation)
    }

    /// A stop with its numbers.
    struct Leg {
        var stop: DispatchPlan.Stop
        var spot: Spot
        /// The way here.
        var millimeters: Int64 = 0
        var milliseconds: Int64 = 0
        var stay: Int64
        /// On board on the way here, in units of the first dimension.
        var grams: Int64 = 0
    }

    /// Stops are numbered as in the `StopTable`.
    func evaluate(_ kind: Int, _ stops: [Int32], _ bounds: Bounds = Bounds()) -> Outcome {
        let vehicle = table.problem.vehicles[kind]
        if let fault = freightFault(kind, vehicle, stops) { return .fails(fault) }
        var legs: [Leg] = []
        legs.reserveCapacity(stops.count)
        var here = StopTable.spot(table.problem, vehicle.start)
        var grams: Int64 = 0
        for stop in stops where stop & 1 == 1 && table.shape[Int(stop) >> 1] == .deliveryOnly {
            grams += Int64(table.load[Int(stop) >> 1][0])
        }
        for (i, id) in stops.enumerated() {
            let stop = Int(id)
            var leg = Leg(
                stop: DispatchPlan.Stop(stop & 1 == 0 ? .pickup : .delivery, stop >> 1),
                spot: table.spot[stop], stay: table.service[stop], grams: grams)
            guard reach(&leg, from: here, vehicle.mode) else {
                return .fails(Violation(kind: .noWay, stop: i, shipment: stop >> 1))
            }
            grams += Int64(table.load[stop >> 1][0]) * (stop & 1 == 0 ? 1 : -1)
            here = leg.spot
            legs.append(leg)
        }
        if let end = vehicle.end {
            // The way home is a last leg without a stop of its own.
            var home = Leg(
                stop: DispatchPlan.Stop(.energy, -1), spot: StopTable.spot(table.problem, end), stay: 0,
                grams: grams)
            guard reach(&home, from: here, vehicle.mode) else { return .fails(Violation(kind: .noWay)) }
            legs.append(home)
        }
        guard let energy = vehicle.energy else { return timed(kind, vehicle, legs, bounds) }
        switch charged(vehicle, energy, legs) {
        case .failure(let shortage): return .fails(shortage.violation)
        case .success(let plans):
            var best: DispatchPlan.Route?
            var fault: Violation?
            for plan in plans {
                switch timed(kind, vehicle, plan, bounds) {
                case .fits(let route): if route.cost < best?.cost ?? .max { best = route }
                case .fails(let violation): fault = fault ?? violation
                }
            }
            if let best { return .fits(best) }
            return .fails(fault ?? Violation(kind: .outOfEnergy))
        }
    }

    /// False where no way leads.
    func reach(_ leg: inout Leg, from: Spot, _ mode: Int) -> Bool {
        let way = table.ways[mode].way(from, leg.spot)
        leg.millimeters = way.millimeters
        leg.milliseconds = way.milliseconds
        return way.milliseconds < DispatchLimits.latestMilliseconds
            && way.millimeters < DispatchLimits.latestMilliseconds
    }

    /// Times of a sequence with its energy stops, then what it costs.
    private func timed(
        _ kind: Int, _ vehicle: DispatchVehicle, _ legs: [Leg], _ bounds: Bounds
    ) -> Outcome {
        let far = legs.reduce(Int64(0)) { $0 &+ $1.millimeters }
        if let longest = vehicle.longestMillimeters, far > longest {
            return .fails(Violation(kind: .tooFar, excess: far - longest))
        }
        var times = ScheduleTimes(table, vehicle, legs, bounds)
        if let fault = times.solve() { return .fails(fault) }
        var route = DispatchPlan.Route(vehicle: kind, stops: [])
        route.startMilliseconds = times.begin
        route.endMilliseconds = times.end
        route.millimeters = far
        var cost = Int128(vehicle.fixedCost) + Int128(vehicle.distanceCost) * Int128(far)
        cost += Int128(vehicle.timeCost) * Int128(times.end - times.begin)
        var time = times.begin
        for i in 0..<times.count {
            var stop = legs[i].stop
            stop.arrivalMilliseconds = time + legs[i].milliseconds
            stop.startMilliseconds = times.start[i]
            stop.departureMilliseconds = times.start[i] + legs[i].stay
            time = stop.departureMilliseconds
            route.stops.append(stop)
            switch stop.action {
            case .pickup: break
            case .energy: cost += Int128(table.problem.stations[stop.index].cost)
            case .delivery:
                let shipment = table.problem.shipments[stop.index]
                let late = max(0, stop.startMilliseconds - (shipment.promisedMilliseconds ?? .max))
                cost += Int128(late) * Int128(shipment.latenessCost)
            }
        }
        route.cost = held(cost)
        return .fits(route)
    }
}
