/// One vehicle with a sequence of stops, evaluated with everything the model knows: feasible with its times, energy
/// stops, way and least cost, or the first constraint that fails and by how much. Integers only.
///
/// Without energy it is exact: a schedule is found when there is one, and its cost is the least. O(n) where no limit
/// reaches backwards in time and no time is paid for. A schedule that takes energy is always sound, but stations are
/// chosen from a bounded set of labels, see `ScheduleEnergy.swift`.
///
/// The sequence must be well formed: each stop once, a delivery behind its pickup, both in the sequence.
final class Schedule {
    let table: StopTable
    let times: ScheduleTimes
    /// Scratch: the stops as they come, and with energy stops put in.
    var legs: [Leg] = []
    var labels: [Label] = []
    var aboard: [Int32] = []

    init(table: StopTable) {
        self.table = table
        times = ScheduleTimes(table)
    }

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

    /// A stop with its numbers, or the way home.
    struct Leg {
        /// Stop of the `StopTable`; negative for a station and for the way home.
        var id: Int32
        var spot: Spot
        var station: Int32 = -1
        /// Which of the stops asked for; -1: none of them.
        var seat: Int32 = -1
        /// The way here.
        var millimeters: Int64 = 0
        var milliseconds: Int64 = 0
        var stay: Int64 = 0
        /// On board on the way here, in units of the first dimension.
        var grams: Int64 = 0
        var isHome: Bool { id < 0 && station < 0 }
    }

    /// Stops are numbered as in the `StopTable`. A route without stops costs nothing.
    func evaluate(_ kind: Int, _ stops: [Int32], _ bounds: Bounds = Bounds()) -> Outcome {
        if stops.isEmpty { return .fits(DispatchPlan.Route(vehicle: kind, stops: [])) }
        if let fault = freightFault(kind, stops) { return .fails(fault) }
        if let fault = layOut(kind, stops) { return .fails(fault) }
        if table.problem.vehicles[kind].energy != nil, !lastsToTheEnd(kind) {
            return withStations(kind, bounds)
        }
        return timed(kind, legs, bounds)
    }

    /// Legs in the order of the stops, straight from one to the next.
    private func layOut(_ kind: Int, _ stops: [Int32]) -> Violation? {
        let mode = table.problem.vehicles[kind].mode
        legs.removeAll(keepingCapacity: true)
        var here = StopTable.spot(table.problem, table.problem.vehicles[kind].start)
        var grams: Int64 = 0
        for stop in stops where stop & 1 == 1 && table.shape[Int(stop) >> 1] == .deliveryOnly {
            grams += Int64(table.load[Int(stop) >> 1][0])
        }
        for (i, id) in stops.enumerated() {
            let stop = Int(id)
            var leg = Leg(
                id: id, spot: table.spot[stop], seat: Int32(i), stay: table.service[stop], grams: grams)
            guard reach(&leg, from: here, mode) else {
                return Violation(kind: .noWay, stop: i, shipment: stop >> 1)
            }
            grams += Int64(table.load[stop >> 1][0]) * (id & 1 == 0 ? 1 : -1)
            here = leg.spot
            legs.append(leg)
        }
        if let end = table.problem.vehicles[kind].end {
            var home = Leg(id: -1, spot: StopTable.spot(table.problem, end), grams: grams)
            guard reach(&home, from: here, mode) else { return Violation(kind: .noWay) }
            legs.append(home)
        }
        return nil
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
    func timed(_ kind: Int, _ legs: [Leg], _ bounds: Bounds) -> Outcome {
        var far: Int64 = 0
        for leg in legs { far &+= leg.millimeters }
        if let longest = table.problem.vehicles[kind].longestMillimeters, far > longest {
            return .fails(Violation(kind: .tooFar, excess: far - longest))
        }
        if let fault = times.solve(kind, legs, bounds) { return .fails(fault) }
        var route = DispatchPlan.Route(vehicle: kind, stops: [])
        route.stops.reserveCapacity(legs.count)
        route.startMilliseconds = times.value[0]
        route.endMilliseconds = times.value[times.stops + 1]
        route.millimeters = far
        var cost = times.cost + Int128(table.problem.vehicles[kind].fixedCost)
        cost += Int128(table.problem.vehicles[kind].distanceCost) * Int128(far)
        var time = route.startMilliseconds
        for (i, leg) in legs.enumerated() where !leg.isHome {
            let start = times.value[i + 1]
            let isEnergy = leg.station >= 0
            if isEnergy { cost += Int128(table.problem.stations[Int(leg.station)].cost) }
            route.stops.append(
                DispatchPlan.Stop(
                    isEnergy ? .energy : leg.id & 1 == 0 ? .pickup : .delivery,
                    isEnergy ? Int(leg.station) : Int(leg.id >> 1),
                    arrivalMilliseconds: time + leg.milliseconds, startMilliseconds: start,
                    departureMilliseconds: start + leg.stay))
            time = start + leg.stay
        }
        route.cost = held(cost)
        return .fits(route)
    }
}
