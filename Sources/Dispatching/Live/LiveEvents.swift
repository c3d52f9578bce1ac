// What happens to a living plan beside orders: vehicles are late, lost, back or new, windows change, places close, a
// vehicle is refused for a shipment. What no longer fits is taken out and placed anew at once; what is committed or on
// board is never touched.

/// A shipment that an event took out of a plan or found waiting, and what became of it.
public struct LiveRepair: Hashable, Sendable {
    public enum Cause: String, Hashable, Sendable {
        /// The vehicle would come too late, or its plan would lead farther than it can go.
        case late, tooFar
        case vehicleOut, refused, closed, windowChanged
        /// It waited, and was tried again.
        case waited
    }
    public var shipment: Int
    /// The vehicle whose plan it was in; nil where it waited.
    public var from: Int?
    public var cause: Cause
    /// Where it is now; nil: it waits.
    public var place: LivePlace?
}

/// Around a point nothing can be picked up or delivered by vehicles of a mode.
public struct LiveClosure: Hashable, Sendable {
    public var center: Location
    public var radiusMillimeters: Double
    /// Nil: for all.
    public var mode: Int?
    public init(center: Location, radiusMillimeters: Double, mode: Int?) {
        self.center = center
        self.radiusMillimeters = radiusMillimeters
        self.mode = mode
    }
}

extension LivePlanner {
    // MARK: Vehicles

    /// A vehicle joins, where and from when its `start` and `shift` say. Its index; what waited is tried with it.
    public func add(
        _ vehicle: DispatchVehicle, at milliseconds: Int64
    ) throws(ProblemFault) -> (vehicle: Int, repairs: [LiveRepair]) {
        try check(time: milliseconds)
        let v = slotOf.count
        guard v < DispatchLimits.vehicles else {
            throw ProblemFault(field: "vehicles", problem: "are \(v) already")
        }
        try table.problem.check(vehicle, "vehicles[\(v)]")
        try LivePlanner.checkKept(vehicle, "vehicles[\(v)]")
        guard vehicle.count == 1 else {
            throw ProblemFault(field: "vehicles[\(v)].count", problem: "is not 1: each lives by itself")
        }
        advance(to: milliseconds)
        table.append(vehicle)
        set.growVehicles()
        begin(v)
        return (v, retryWaiting())
    }

    /// Vehicle `v` is at a place, or will be there and free for what its plan says next, at `from`. Late or early, its
    /// plan is re-timed, and what no longer fits finds another place.
    public func observe(
        _ v: Int, location: Int, from: Int64, at milliseconds: Int64
    ) throws(ProblemFault) -> [LiveRepair] {
        try check(vehicle: v)
        try check(location: location)
        try check(time: from)
        try check(time: milliseconds)
        advance(to: milliseconds)
        let r = slotOf[v]
        let spot = StopTable.spot(table.problem, location)
        if settings.followsClock {
            let mode = table.problem.vehicles[v].mode
            statistics.millimeters += table.ways[mode].way(set.routes[r].spot[0], spot).millimeters
        }
        set.advance(r, to: spot, at: max(from, now), done: 0, committed: set.routes[r].frozen)
        return repair(v)
    }

    /// A vehicle is lost or out of service. What it has not begun goes to others; what is on board stays with it.
    public func withdraw(_ v: Int, at milliseconds: Int64) throws(ProblemFault) -> [LiveRepair] {
        try check(vehicle: v)
        try check(time: milliseconds)
        advance(to: milliseconds)
        isOut[v] = true
        return repair(v)
    }

    /// It is back at a place from a time on.
    public func restore(
        _ v: Int, location: Int, from: Int64, at milliseconds: Int64
    ) throws(ProblemFault) -> [LiveRepair] {
        try check(vehicle: v)
        let wasOut = isOut[v]
        isOut[v] = false
        do {
            let repairs = try observe(v, location: location, from: from, at: milliseconds)
            return wasOut ? repairs + retryWaiting() : repairs
        } catch {
            isOut[v] = wasOut
            throw error
        }
    }

    /// How far its plan may lead from where it is: its energy, say; nil lifts the limit.
    public func limit(
        _ v: Int, millimeters: Int64?, at milliseconds: Int64
    ) throws(ProblemFault) -> [LiveRepair] {
        try check(vehicle: v)
        try check(time: milliseconds)
        try ProblemLimits.number(millimeters ?? 0, 0...(.max), "event", "millimeters")
        advance(to: milliseconds)
        let before = reach[v]
        reach[v] = millimeters ?? .max
        return reach[v] < before ? repair(v) : reach[v] > before ? retryWaiting() : []
    }

    // MARK: Shipments

    /// Vehicle `v` may not carry the shipment, for a reason the plan does not know: it is not offered again until
    /// `allow`.
    public func refuse(
        _ s: Int, by v: Int, at milliseconds: Int64
    ) throws(ProblemFault) -> [LiveRepair] {
        try check(open: s)
        try check(vehicle: v)
        try check(time: milliseconds)
        advance(to: milliseconds)
        // Time may have begun it.
        try check(open: s)
        var shipment = table.problem.shipments[s]
        guard !shipment.refusedVehicles.contains(v) else { return [] }
        shipment.refusedVehicles.append(v)
        table.replace(s, with: shipment)
        guard states[s] == .planned, vehicleOf[Int(set.slot(of: s))] == v else { return [] }
        return repair(v)
    }

    /// What made `v` be refused is over.
    public func allow(_ s: Int, by v: Int, at milliseconds: Int64) throws(ProblemFault) -> [LiveRepair] {
        try check(open: s)
        try check(time: milliseconds)
        advance(to: milliseconds)
        try check(open: s)
        var shipment = table.problem.shipments[s]
        shipment.refusedVehicles.removeAll { $0 == v }
        table.replace(s, with: shipment)
        return states[s] == .waiting ? retryWaiting(only: s) : []
    }

    /// Other windows of a shipment that nobody has begun: it finds the place that is best for them.
    public func change(
        _ s: Int, pickup: [TimeWindow]?, delivery: [TimeWindow]?, at milliseconds: Int64
    ) throws(ProblemFault) -> [LiveRepair] {
        try check(open: s)
        try check(time: milliseconds)
        advance(to: milliseconds)
        try check(open: s)
        var shipment = table.problem.shipments[s]
        if let pickup { shipment.pickup?.windows = pickup }
        if let delivery { shipment.delivery?.windows = delivery }
        try check(shipment)
        guard states[s] == .planned else {
            table.replace(s, with: shipment)
            return retryWaiting(only: s)
        }
        let v = takeOut(s)
        table.replace(s, with: shipment)
        planChanged(v)
        return [LiveRepair(shipment: s, from: v, cause: .windowChanged, place: place(s))]
    }

    /// The shipment leaves the plan, for its vehicle does it now; tell by `observe` where and when the vehicle is free
    /// again. What it cost here, and who else would have been cheapest.
    public func begin(
        _ s: Int, at milliseconds: Int64
    ) throws(ProblemFault) -> (vehicle: Int, cost: Int64, next: LivePlace?) {
        try check(open: s)
        try check(time: milliseconds)
        advance(to: milliseconds)
        try check(open: s)
        guard states[s] == .planned else {
            throw ProblemFault(field: "event.shipment", problem: "\(s) is in no plan")
        }
        let before = set.cost
        let v = takeOut(s)
        planChanged(v)
        let cost = before &- set.cost
        let wasOut = isOut[v]
        isOut[v] = true
        let next = cheapest(s)
        isOut[v] = wasOut
        states[s] = .delivered
        statistics.delivered += 1
        table.release(s)
        return (v, cost, next)
    }

    // MARK: The world

    public func add(_ location: Location) throws(ProblemFault) -> Int {
        guard table.problem.locations.count < DispatchLimits.locations else {
            throw ProblemFault(field: "locations", problem: "are \(table.problem.locations.count) already")
        }
        try table.problem.check(location, table.problem.locations.count)
        return table.append(location)
    }

    /// Its index may be given to another from now on: nothing that comes in later may name it.
    public func remove(location: Int) throws(ProblemFault) {
        try check(location: location)
        table.remove(location: location)
    }

    public func add(_ mode: TravelMode) throws(ProblemFault) -> Int {
        let m = table.problem.modes.count
        guard m < 1 << 10 else { throw ProblemFault(field: "modes", problem: "are \(m) already") }
        try table.problem.check(mode, "modes[\(m)]")
        try ProblemLimits.number(mode.pace, 1...DispatchLimits.slowestPace, "modes[\(m)]", "pace")
        table.append(mode)
        return m
    }

    /// Vehicles of this mode travel otherwise from now on: a road is closed or open, the wind has turned.
    public func replace(
        mode m: Int, with mode: TravelMode, at milliseconds: Int64
    ) throws(ProblemFault) -> [LiveRepair] {
        try ProblemLimits.index(m, table.problem.modes.count, "event", "mode")
        try table.problem.check(mode, "event.mode")
        try ProblemLimits.number(mode.pace, 1...DispatchLimits.slowestPace, "event.mode", "pace")
        try check(time: milliseconds)
        advance(to: milliseconds)
        // Who is there already came by the ways as they were.
        for v in slotOf.indices where table.problem.vehicles[v].mode == m { arrive(v) }
        table.replace(mode: m, with: mode)
        var repairs: [LiveRepair] = []
        for v in slotOf.indices where table.problem.vehicles[v].mode == m {
            set.rejoin(slotOf[v])
            arriveNotBeforeNow(v)
        }
        // All are re-timed before the first looks for another.
        for v in slotOf.indices where table.problem.vehicles[v].mode == m { repairs += repair(v) }
        return repairs + retryWaiting()
    }

    /// A vehicle that is at its committed stop begins its route there.
    private func arrive(_ v: Int) {
        let r = slotOf[v]
        let route = set.routes[r]
        let arrival = route.opens[0] &+ route.legTime[0]
        guard route.frozen == 1, arrival <= now, !isOut[v] else { return }
        statistics.millimeters += route.leg[0]
        set.advance(r, to: route.spot[1], at: arrival, done: 0, committed: 1)
    }

    /// Who is under way and faster now did not arrive before it was.
    private func arriveNotBeforeNow(_ v: Int) {
        let r = slotOf[v]
        let route = set.routes[r]
        guard route.frozen == 1, route.legTime[0] > 0, route.opens[0] &+ route.legTime[0] < now else {
            return
        }
        set.advance(r, to: route.spot[0], at: now &- route.legTime[0], done: 0, committed: 1)
    }

    /// Closes an area; its number, for `open`.
    public func close(
        _ closure: LiveClosure, at milliseconds: Int64
    ) throws(ProblemFault) -> (number: Int, repairs: [LiveRepair]) {
        try table.problem.check(closure.center, table.problem.locations.count)
        guard closure.radiusMillimeters >= 0, closure.radiusMillimeters <= DispatchLimits.farthestMillimeters
        else {
            throw ProblemFault(field: "event.radius", problem: "\(closure.radiusMillimeters) is none")
        }
        if let mode = closure.mode {
            try ProblemLimits.index(mode, table.problem.modes.count, "event", "mode")
        }
        guard closures.count < 1 << 16 else {
            throw ProblemFault(field: "closures", problem: "are \(closures.count) already")
        }
        try check(time: milliseconds)
        advance(to: milliseconds)
        let number = closures.firstIndex(of: nil) ?? closures.count
        if number == closures.count { closures.append(nil) }
        closures[number] = closure
        var repairs: [LiveRepair] = []
        for v in slotOf.indices { repairs += repair(v) }
        return (number, repairs)
    }

    public func open(_ number: Int, at milliseconds: Int64) throws(ProblemFault) -> [LiveRepair] {
        try ProblemLimits.index(number, closures.count, "event", "closure")
        try check(time: milliseconds)
        advance(to: milliseconds)
        closures[number] = nil
        return retryWaiting()
    }
}
