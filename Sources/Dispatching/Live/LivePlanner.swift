/// A plan that lives: orders come and go, vehicles move, and the plan follows at once by the cheapest insertion, then better
/// by and by. What is committed is never changed, and what has a vehicle keeps one.
///
/// Every vehicle of the problem is one vehicle (`count` 1) and keeps its route, from where it is. Nobody waits at a stop who
/// can wait before it: a vehicle leaves late, with some slack left (`LiveSettings.leaveSlack`). Pure: time comes in with
/// every call and never goes back. Whatever comes in is checked, and refused with what is wrong.
public final class LivePlanner {
    let table: StopTable
    let set: RouteSet
    let settings: LiveSettings
    var bounds = FleetBounds()
    var search: LiveSearch
    /// Slot of a vehicle's route.
    var slotOf: [Int] = []
    var vehicleOf: [Int] = []
    let scratch = InsertionScratch()
    private var found: [(Float, Int32)] = []
    /// By shipment.
    var states: [ShipmentState] = []
    public private(set) var now: Int64
    public internal(set) var statistics = LiveStatistics()
    var grid: StopGrid
    /// By vehicle: when something is to be done about it next.
    var due: [Int64] = []
    /// No vehicle is due before.
    private var nextDue = Int64.min
    /// What was told last was told then: nobody leaves before.
    private var since = Int64.min
    /// By vehicle: takes nothing new; and how far its plan may lead.
    var isOut: [Bool] = []
    var reach: [Int64] = []
    /// Where vehicles of a mode cannot go.
    var closures: [LiveClosure?] = []
    /// Placed until the grid is spread anew over what is planned; never where the places were known from the start.
    var untilSpread = Int.max
    private var nearby: [Int32] = []

    enum ShipmentState: UInt8 { case none, waiting, planned, onBoard, delivered, cancelled }

    /// `problem` must be valid (`DispatchProblem.validate`); its shipments are left out.
    public init(_ problem: DispatchProblem, settings: LiveSettings = LiveSettings(), at start: Int64 = 0) {
        var empty = problem
        empty.shipments = []
        table = StopTable(empty)
        set = RouteSet(table, isLive: true)
        self.settings = settings
        now = start
        search = LiveSearch(seed: settings.seed)
        grid = StopGrid(problem.locations, stops: 8 * problem.vehicles.count)
        if problem.locations.isEmpty { untilSpread = 64 }
        for v in problem.vehicles.indices { begin(v) }
    }

    /// The same plan, which goes its own way from here. `onDone` stays behind.
    public func copy() -> LivePlanner { LivePlanner(self) }

    private init(_ other: LivePlanner) {
        table = other.table.copy()
        set = other.set.copy(over: table)
        settings = other.settings
        bounds = other.bounds
        search = other.search
        slotOf = other.slotOf
        vehicleOf = other.vehicleOf
        states = other.states
        now = other.now
        statistics = other.statistics
        grid = other.grid
        due = other.due
        nextDue = other.nextDue
        since = other.since
        isOut = other.isOut
        reach = other.reach
        closures = other.closures
        untilSpread = other.untilSpread
    }

    /// A plan without stops for vehicle `v`.
    func begin(_ v: Int) {
        let r = set.begin(v)
        slotOf.append(r)
        if vehicleOf.count <= r { vehicleOf += [Int](repeating: -1, count: r + 1 - vehicleOf.count) }
        vehicleOf[r] = v
        set.keep()
        bounds.append()
        bounds.update(v, set, r)
        due.append(.max)
        isOut.append(false)
        reach.append(table.problem.vehicles[v].longestMillimeters ?? .max)
    }

    // MARK: Orders

    /// Takes an order in and plans it where it is cheapest. Exact: no vehicle and no place in a plan would cost less.
    /// Returns its id and what it got; nil in `plan` where nobody can carry it now, and it waits.
    public func submit(
        _ shipment: Shipment, at milliseconds: Int64
    ) throws(ProblemFault) -> (id: Int, plan: LivePlace?) {
        try check(shipment)
        try check(time: milliseconds)
        advance(to: milliseconds)
        let s = table.append(shipment)
        set.growStops()
        if states.count <= s { states += [ShipmentState](repeating: .none, count: s + 1 - states.count) }
        states[s] = .waiting
        search.home(s, -1)
        statistics.submitted += 1
        return (s, place(s))
    }

    /// What an order would get now; nil where nobody can carry it. Nothing changes.
    public func quote(_ shipment: Shipment, at milliseconds: Int64) throws(ProblemFault) -> LivePlace? {
        try ask(shipment, milliseconds) { cheapest($0) }
    }

    /// The same by looking at every vehicle: what `quote` is measured against.
    public func quoteByFullScan(
        _ shipment: Shipment, at milliseconds: Int64
    ) throws(ProblemFault) -> LivePlace? {
        try ask(shipment, milliseconds) { cheapestByFullScan($0) }
    }

    /// What `find` says of the shipment, which is then forgotten.
    func ask<Answer>(
        _ shipment: Shipment, _ at: Int64, _ find: (Int) -> Answer?
    ) throws(ProblemFault) -> Answer? {
        try check(shipment)
        try check(time: at)
        advance(to: at)
        let s = table.append(shipment)
        set.growStops()
        defer { table.release(s) }
        return find(s)
    }

    /// Plans a waiting shipment; nil where nobody can.
    @discardableResult
    func place(_ s: Int) -> LivePlace? {
        guard let best = cheapest(s) else {
            search.absent.append(Int32(s))
            return nil
        }
        set.insert(s, slotOf[best.vehicle], best.pickupAfter, best.deliveryAfter)
        set.keep()
        states[s] = .planned
        search.home(s, Int32(slotOf[best.vehicle]))
        for stop in stops(s) {
            grid.add(stop, table.spot[stop])
            search.dirty.append(Int32(stop))
        }
        planChanged(best.vehicle)
        if untilSpread < .max {
            untilSpread -= 1
            if untilSpread == 0 { spreadGrid() }
        }
        return best
    }

    /// The stops it has.
    func stops(_ s: Int) -> [Int] {
        switch table.shape[s] {
        case .pair: [2 * s, 2 * s + 1]
        case .deliveryOnly: [2 * s + 1]
        case .pickupOnly: [2 * s]
        }
    }

    /// What follows from a changed plan of vehicle `v`.
    func planChanged(_ v: Int) {
        defer { nextDue = min(nextDue, due[v]) }
        let r = slotOf[v]
        bounds.update(v, set, r)
        let route = set.routes[r]
        guard route.count > 2, !isOut[v] else {
            due[v] = .max
            return
        }
        if !settings.followsClock {
            // Who has not left by then comes too late.
            due[v] = route.latest[0] &+ 1
        } else if route.frozen == 1 {
            due[v] = route.depart[1]
        } else {
            due[v] = leaves(v, route, 0) &- settings.commitMilliseconds
        }
    }

    /// Where the shipment is cheapest, without planning it.
    func cheapest(_ s: Int) -> LivePlace? {
        let shipment = table.problem.shipments[s]
        let pickup = shipment.pickup == nil ? nil : table.spot[2 * s]
        let delivery = shipment.delivery == nil ? nil : table.spot[2 * s + 1]
        var best: LivePlace?
        // The nearest few give a limit, with which most of the others need not be looked at.
        var limit = Int64.max
        grid.near(pickup ?? delivery ?? Spot(), count: 8, into: &nearby)
        for k in 0..<min(nearby.count, 16) {
            let r = Int(set.routeOf[Int(nearby[k])])
            if r >= 0 { look(s, vehicleOf[r], &limit, &best) }
        }
        bounds.candidates(
            pickup: pickup, delivery: delivery, skills: shipment.skills, limit: limit, into: &found)
        found.sort { $0 < $1 }
        for (bound, v) in found {
            if Double(bound) > Double(limit) { break }
            look(s, Int(v), &limit, &best)
        }
        return best
    }

    /// The same by looking at every vehicle: what `cheapest` is compared with.
    func cheapestByFullScan(_ s: Int) -> LivePlace? {
        var best: LivePlace?
        var limit = Int64.max
        for v in table.problem.vehicles.indices { look(s, v, &limit, &best) }
        return best
    }

    /// Ties go to the lower index.
    private func look(_ s: Int, _ v: Int, _ limit: inout Int64, _ best: inout LivePlace?) {
        guard mayCarry(s, v) else { return }
        statistics.evaluations += 1
        standNow(v)
        let r = slotOf[v]
        let rate = set.rates[v]
        let idle = set.routes[r].count == 2 ? set.startCost[r] : 0
        guard limit >= idle else { return }
        // One more than the limit, so that of equal ones the lower index wins whatever the order of looking.
        let room = min(
            RouteSet.millimeters(costing: limit == .max ? limit : limit &- idle &+ 1, rate: rate),
            room(v, in: r))
        let it = set.shortest(s, r, capacity: set.capacities[v], limit: room, scratch)
        guard it.millimeters < room else { return }
        let cost = it.millimeters &* rate &+ idle
        if cost > limit { return }
        if cost == limit, let best, best.vehicle < v { return }
        limit = cost
        best = LivePlace(
            vehicle: v, cost: cost, pickupAfter: Int(it.pickupAfter), deliveryAfter: Int(it.deliveryAfter))
    }

    /// Takes an order out; false where it is begun, on board or over already.
    public func cancel(_ s: Int, at milliseconds: Int64) throws(ProblemFault) -> Bool {
        try check(time: milliseconds)
        advance(to: milliseconds)
        guard states.indices.contains(s), states[s] == .planned && !isBegun(s) || states[s] == .waiting else {
            return false
        }
        if states[s] == .planned { planChanged(takeOut(s)) } else { forget(waiting: s) }
        states[s] = .cancelled
        statistics.cancelled += 1
        table.release(s)
        return true
    }

    // MARK: Vehicles

    /// Time goes on: what is done leaves the plans, what is begun is committed. Where vehicles do not follow the clock,
    /// what its vehicle did not begin in time is placed anew.
    public func advance(to milliseconds: Int64) {
        guard milliseconds > now else { return }
        since = now
        now = min(milliseconds, DispatchLimits.latestMilliseconds)
        guard nextDue <= now else { return }
        // What is done for one may make another due, then for the next time.
        nextDue = .max
        var next = Int64.max
        for v in slotOf.indices {
            if due[v] <= now {
                if settings.followsClock { follow(v) } else { _ = repair(v) }
            }
            next = min(next, due[v])
        }
        nextDue = min(nextDue, next)
    }

    /// Who stands and waits is here now, not when it came.
    func standNow(_ v: Int) {
        let r = slotOf[v]
        guard set.routes[r].frozen == 0, set.routes[r].opens[0] < now else { return }
        set.stand(r, at: now)
    }

    /// When the vehicle leaves for the stop behind `k`: when the slack left is so many times the way there
    /// (`LiveSettings.leaveSlack`), and never to wait there instead of here.
    func leaves(_ v: Int, _ route: Route, _ k: Int) -> Int64 {
        let earliest = route.depart[k]
        guard k + 1 < route.count - 1 else { return .max }
        let way = route.legTime[k]
        // Where nothing is urgent there is nothing to wait for.
        let isUrgent = route.latest[k + 1] < DispatchLimits.latestMilliseconds / 2
        guard isUrgent, settings.leaveSlack < 1 << 16 else { return max(earliest, route.opens[k + 1] &- way) }
        let slack = way / 256 &* max(settings.leaveSlack, 0)
        return max(earliest, route.opens[k + 1] &- way, route.latest[k + 1] &- way &- slack)
    }

    private func follow(_ v: Int) {
        let r = slotOf[v]
        while true {
            let route = set.routes[r]
            guard route.count > 2 else { break }
            if route.frozen == 1 {
                // Under way to stop 1, or serving it.
                guard route.depart[1] <= now else { break }
                let stop = Int(route.ids[1])
                let departure = route.depart[1]
                done(stop, v, departure)
                set.advance(r, to: route.spot[1], at: departure, done: 1, committed: 0)
                continue
            }
            let leave = leaves(v, route, 0)
            guard leave <= now &+ settings.commitMilliseconds else { break }
            if leave < since {
                // By what was changed since it should be gone already: it leaves now, with what can still be done.
                _ = repair(v)
                continue
            }
            // It leaves: from now on the stop is committed.
            let leaving = max(leave, route.opens[0], since)
            set.advance(r, to: route.spot[0], at: leaving, done: 0, committed: 1)
            statistics.committed += 1
            let next = set.routes[r]
            onCommit?(
                LiveStop(
                    isPickup: next.ids[1] & 1 == 0, shipment: Int(next.ids[1] >> 1), vehicle: v,
                    leavesMilliseconds: leaving, arrivesMilliseconds: leaving &+ next.legTime[0],
                    departsMilliseconds: next.depart[1]))
        }
        planChanged(v)
    }

    private func done(_ stop: Int, _ v: Int, _ departure: Int64) {
        let s = stop >> 1
        grid.remove(stop, table.spot[stop])
        statistics.millimeters += set.routes[slotOf[v]].leg[0]
        if stop & 1 == 0, table.problem.shipments[s].delivery != nil {
            states[s] = .onBoard
        } else {
            states[s] = .delivered
            statistics.delivered += 1
        }
        onDone?(stop & 1 == 0, s, v, departure)
        if states[s] == .delivered { table.release(s) }
    }

    /// Told of every stop that becomes committed, once for each.
    public var onCommit: ((LiveStop) -> Void)?

    /// The vehicle whose plan an order is in, or that carries it; nil where it waits or is over.
    public func vehicle(of s: Int) -> Int? {
        guard states.indices.contains(s), states[s] == .planned || states[s] == .onBoard else { return nil }
        let slot = Int(set.slot(of: s))
        return slot >= 0 ? vehicleOf[slot] : nil
    }

    /// Is anything planned?
    var isBusy: Bool { slotOf.contains { set.routes[$0].count > 2 } }

    /// How long a vehicle without a plan takes to where it ends.
    func wayHome(_ v: Int) -> Int64 {
        let route = set.routes[slotOf[v]]
        return route.legTime[route.count - 2]
    }

    /// Told of every stop that is done: is it a pickup, shipment, vehicle, departure.
    public var onDone: ((Bool, Int, Int, Int64) -> Void)?
}
