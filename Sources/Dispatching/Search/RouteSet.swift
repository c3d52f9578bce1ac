/// The routes of a plan that is being changed, and which stop is where. Changes are made at once and are then kept or
/// undone together.
final class RouteSet {
    let table: StopTable
    /// By kind, flat: fixed and distance cost, capacity, mode.
    private(set) var fixed: UnsafeMutablePointer<Int64>
    private(set) var rates: UnsafeMutablePointer<Int64>
    private(set) var capacities: UnsafeMutablePointer<Load>
    private(set) var modes: UnsafeMutablePointer<Int>
    /// Slots of routes; those of `active` have stops.
    private(set) var routes: UnsafeMutablePointer<Route>
    private var backups: UnsafeMutablePointer<Route>
    private(set) var slots = 0
    /// Slot, and index within the route, by stop; -1 where it is in none.
    private(set) var routeOf: UnsafeMutablePointer<Int32>
    private(set) var positionOf: UnsafeMutablePointer<Int32>
    private var stopCapacity: Int
    private var kindCapacity: Int
    /// Routes of vehicles under way: they stay when they have no stops, and begin where the vehicle is.
    let isLive: Bool
    /// By slot, of a vehicle that lives: what it costs that it begins to work. 0 once it has.
    private(set) var startCost: [Int64] = []
    /// Slots with stops, in a reproducible order, and where each stands in it (-1: not).
    private(set) var active: [Int32] = []
    private var activeIndex: [Int32] = []
    private var free: [Int32] = []
    /// How many of each kind have stops.
    private(set) var used: [Int]
    /// Of all routes: distance and fixed costs.
    private(set) var cost: Int64 = 0
    private var costBefore: Int64 = 0
    private var nextVersion: UInt32 = 1
    /// Slots changed since the last `keep` or `undo`, and whether each had stops then.
    private(set) var touched: [Int32] = []
    private(set) var isTouched: [Bool] = []
    private var wasActive: [Bool] = []

    init(_ table: StopTable, isLive: Bool = false) {
        self.table = table
        self.isLive = isLive
        stopCapacity = 2 * table.capacity
        routeOf = .allocate(capacity: stopCapacity)
        positionOf = .allocate(capacity: stopCapacity)
        routeOf.initialize(repeating: -1, count: stopCapacity)
        positionOf.initialize(repeating: -1, count: stopCapacity)
        let vehicles = table.problem.vehicles
        used = [Int](repeating: 0, count: vehicles.count)
        kindCapacity = max(vehicles.count, 1)
        fixed = .allocate(capacity: kindCapacity)
        rates = .allocate(capacity: kindCapacity)
        capacities = .allocate(capacity: kindCapacity)
        modes = .allocate(capacity: kindCapacity)
        routes = .allocate(capacity: 1)
        backups = .allocate(capacity: 1)
        for kind in vehicles.indices { write(kind) }
        grow(to: 16)
    }

    private func write(_ kind: Int) {
        let vehicle = table.problem.vehicles[kind]
        (fixed + kind).initialize(to: vehicle.fixedCost)
        (rates + kind).initialize(to: vehicle.distanceCost)
        (capacities + kind).initialize(to: vehicle.capacity)
        (modes + kind).initialize(to: vehicle.mode)
    }

    /// Room for the vehicle that the table took in last.
    func growVehicles() {
        let n = used.count
        if n == kindCapacity {
            func moved<T>(_ old: UnsafeMutablePointer<T>) -> UnsafeMutablePointer<T> {
                let new = UnsafeMutablePointer<T>.allocate(capacity: 2 * n)
                new.moveInitialize(from: old, count: n)
                old.deallocate()
                return new
            }
            fixed = moved(fixed)
            rates = moved(rates)
            capacities = moved(capacities)
            modes = moved(modes)
            kindCapacity = 2 * n
        }
        used.append(0)
        write(n)
    }

    /// The same plan over a copy of the table; with nothing to undo.
    func copy(over table: StopTable) -> RouteSet {
        let copy = RouteSet(table, isLive: isLive)
        if copy.slots < slots { copy.grow(to: slots) }
        copy.growStops()
        for r in 0..<slots {
            copy.routes[r].memory.deallocate()
            copy.routes[r] = routes[r].copied(capacity: routes[r].capacity)
        }
        copy.routeOf.update(from: routeOf, count: min(stopCapacity, copy.stopCapacity))
        copy.positionOf.update(from: positionOf, count: min(stopCapacity, copy.stopCapacity))
        copy.startCost = startCost
        copy.active = active
        copy.activeIndex = activeIndex
        copy.free = free
        copy.used = used
        copy.cost = cost
        copy.costBefore = costBefore
        copy.nextVersion = nextVersion
        copy.wasActive = wasActive
        return copy
    }

    deinit {
        for r in 0..<slots {
            routes[r].memory.deallocate()
            backups[r].memory.deallocate()
        }
        routes.deallocate()
        backups.deallocate()
        fixed.deallocate()
        rates.deallocate()
        capacities.deallocate()
        modes.deallocate()
        routeOf.deallocate()
        positionOf.deallocate()
    }

    private func grow(to count: Int) {
        func moved(_ old: UnsafeMutablePointer<Route>) -> UnsafeMutablePointer<Route> {
            let new = UnsafeMutablePointer<Route>.allocate(capacity: count)
            new.moveInitialize(from: old, count: slots)
            for r in slots..<count { (new + r).initialize(to: Route(capacity: 16)) }
            old.deallocate()
            return new
        }
        routes = moved(routes)
        backups = moved(backups)
        for r in stride(from: count - 1, through: slots, by: -1) { free.append(Int32(r)) }
        activeIndex += [Int32](repeating: -1, count: count - slots)
        isTouched += [Bool](repeating: false, count: count - slots)
        wasActive += [Bool](repeating: false, count: count - slots)
        slots = count
    }

    /// Room for shipments that the table took in.
    func growStops() {
        let more = 2 * table.capacity
        guard more > stopCapacity else { return }
        func moved(_ old: UnsafeMutablePointer<Int32>) -> UnsafeMutablePointer<Int32> {
            let new = UnsafeMutablePointer<Int32>.allocate(capacity: more)
            new.initialize(repeating: -1, count: more)
            new.update(from: old, count: stopCapacity)
            old.deallocate()
            return new
        }
        routeOf = moved(routeOf)
        positionOf = moved(positionOf)
        stopCapacity = more
    }

    /// Is the shipment in a route?
    @inline(__always) func isServed(_ s: Int) -> Bool { slot(of: s) >= 0 }
    @inline(__always) func slot(of s: Int) -> Int32 {
        routeOf[table.shape[s] == .deliveryOnly ? 2 &* s &+ 1 : 2 &* s]
    }

    // MARK: Keeping and undoing

    func keep() {
        for r in touched { isTouched[Int(r)] = false }
        touched.removeAll(keepingCapacity: true)
        costBefore = cost
    }

    /// Everything as it was at the last `keep`.
    func undo() {
        for r in touched {
            let route = routes[Int(r)]
            for k in 1..<max(route.count - 1, 1) { routeOf[Int(route.ids[k])] = -1 }
        }
        for r in touched {
            let i = Int(r)
            isTouched[i] = false
            if activeIndex[i] >= 0 { deactivate(r) }
            guard wasActive[i] else { continue }
            swap(&routes[i], &backups[i])
            activate(r)
            index(i)
        }
        touched.removeAll(keepingCapacity: true)
        cost = costBefore
    }

    private func touch(_ r: Int) {
        guard !isTouched[r] else { return }
        isTouched[r] = true
        wasActive[r] = activeIndex[r] >= 0
        touched.append(Int32(r))
        guard wasActive[r] else { return }
        if backups[r].capacity < routes[r].count {
            backups[r].memory.deallocate()
            backups[r] = routes[r].copied(capacity: routes[r].capacity)
        } else {
            backups[r].take(routes[r])
        }
    }

    private func activate(_ r: Int32) {
        activeIndex[Int(r)] = Int32(active.count)
        active.append(r)
        used[Int(routes[Int(r)].kind)] += 1
        if let i = free.lastIndex(of: r) { free.remove(at: i) }
    }

    private func deactivate(_ r: Int32) {
        let at = Int(activeIndex[Int(r)])
        let last = active.removeLast()
        if last != r {
            active[at] = last
            activeIndex[Int(last)] = Int32(at)
        }
        activeIndex[Int(r)] = -1
        used[Int(routes[Int(r)].kind)] -= 1
        free.append(r)
    }

    // MARK: Changing

    /// A route of this kind without stops.
    func begin(_ kind: Int) -> Int {
        if free.isEmpty { grow(to: 2 * slots) }
        let r = free[free.count - 1]
        let i = Int(r)
        touch(i)
        let vehicle = table.problem.vehicles[kind]
        routes[i].kind = Int32(kind)
        routes[i].count = 2
        routes[i].frozen = 0
        routes[i].millimeters = 0
        set(routes[i], 0, id: Route.startID, StopTable.spot(table.problem, vehicle.start), vehicle.shift, 0)
        let end = vehicle.end.map { StopTable.spot(table.problem, $0) } ?? Spot(place: -1)
        set(routes[i], 1, id: Route.endID, end, vehicle.shift, 0)
        routes[i].leg[0] = 0
        routes[i].legTime[0] = 0
        activate(r)
        if isLive {
            startCost += [Int64](repeating: 0, count: max(0, slots - startCost.count))
            startCost[i] = vehicle.fixedCost
            join(i, 0)
            charge(i, routes[i].leg[0])
            refresh(i)
        } else {
            cost &+= vehicle.fixedCost
        }
        return i
    }

    private func set(
        _ route: Route, _ k: Int, id: Int32, _ spot: Spot, _ window: TimeWindow, _ service: Int64
    ) {
        route.ids[k] = id
        route.spot[k] = spot
        route.opens[k] = window.opensMilliseconds
        route.closes[k] = window.closesMilliseconds
        route.service[k] = service
    }

    /// Puts a shipment behind stops `i` and `j` of route `r`, counted before; the delivery of a pair stands behind its
    /// pickup where `i == j`.
    func insert(_ s: Int, _ r: Int, _ i: Int, _ j: Int) {
        touch(r)
        let needed = routes[r].count + 2
        if needed > routes[r].capacity {
            let larger = routes[r].copied(capacity: 2 * needed)
            routes[r].memory.deallocate()
            routes[r] = larger
        }
        if table.shape[s] != .pickupOnly { put(2 * s + 1, r, j) }
        if table.shape[s] != .deliveryOnly { put(2 * s, r, i) }
        refresh(r)
    }

    private func put(_ stop: Int, _ r: Int, _ k: Int) {
        routes[r].open(after: k)
        set(
            routes[r], k + 1, id: Int32(stop), table.spot[stop],
            TimeWindow(table.opens[stop], table.closes[stop]), table.service[stop])
        let before = routes[r].leg[k]
        join(r, k)
        join(r, k + 1)
        let change = routes[r].leg[k] &+ routes[r].leg[k + 1] &- before
        if isLive, routes[r].count == 3 { cost &+= startCost[r] }
        charge(r, change)
    }

    private func charge(_ r: Int, _ change: Int64) {
        routes[r].millimeters &+= change
        cost &+= change &* rates[Int(routes[r].kind)]
    }

    /// The leg behind stop `k`. The end of a route without one costs nothing.
    private func join(_ r: Int, _ k: Int) {
        let route = routes[r]
        if route.ids[k + 1] == Route.endID, route.spot[k + 1].place < 0 {
            route.leg[k] = 0
            route.legTime[k] = 0
            return
        }
        let way = table.ways[modes[Int(route.kind)]].way(route.spot[k], route.spot[k + 1])
        route.leg[k] = way.millimeters
        route.legTime[k] = way.milliseconds
    }

    /// Every leg of route `r` anew, since its vehicle travels otherwise now. Not to be undone.
    func rejoin(_ r: Int) {
        let before = routes[r].millimeters
        var far: Int64 = 0
        for k in 0..<routes[r].count - 1 {
            join(r, k)
            far &+= routes[r].leg[k]
        }
        charge(r, far &- before)
        refresh(r)
        keep()
    }

    /// A route with these stops, which are in none.
    func rebuild(_ kind: Int, _ stops: [Int32]) {
        let r = begin(kind)
        if routes[r].capacity < stops.count + 2 {
            let larger = routes[r].copied(capacity: stops.count + 8)
            routes[r].memory.deallocate()
            routes[r] = larger
        }
        for (k, stop) in stops.enumerated() { put(Int(stop), r, k) }
        refresh(r)
    }

    /// What a route with nothing but this shipment costs; `.max` when it cannot be.
    func costAlone(_ s: Int, _ kind: Int) -> Int64 {
        let vehicle = table.problem.vehicles[kind]
        let ways = table.ways + vehicle.mode
        var here = StopTable.spot(table.problem, vehicle.start)
        var time = vehicle.shift.opensMilliseconds
        var far: Int64 = 0
        for stop in [2 * s, 2 * s + 1] {
            if stop & 1 == 0 ? table.shape[s] == .deliveryOnly : table.shape[s] == .pickupOnly { continue }
            let way = ways.pointee.way(here, table.spot[stop])
            far &+= way.millimeters
            time = max(time &+ way.milliseconds, table.opens[stop])
            guard time <= table.closes[stop] else { return .max }
            time &+= table.service[stop]
            here = table.spot[stop]
        }
        if let end = vehicle.end {
            let way = ways.pointee.way(here, StopTable.spot(table.problem, end))
            far &+= way.millimeters
            time &+= way.milliseconds
        }
        guard time <= vehicle.shift.closesMilliseconds else { return .max }
        return vehicle.fixedCost &+ far &* vehicle.distanceCost
    }

    /// The vehicle of route `r` still stands where it starts.
    func stand(_ r: Int, at milliseconds: Int64) {
        routes[r].opens[0] = milliseconds
        let route = routes[r]
        route.depart[0] = milliseconds
        for k in stride(from: 1, to: route.count - 1, by: 1) {
            let depart = max(route.depart[k - 1] &+ route.legTime[k - 1], route.opens[k]) &+ route.service[k]
            if depart == route.depart[k] { return }
            route.depart[k] = depart
        }
        let n = route.count
        route.depart[n - 1] = route.depart[n - 2] &+ route.legTime[n - 2]
    }

    /// The vehicle of route `r` is, or will be, here at this time, with its first `done` stops behind it; the next
    /// `committed` stay as they are. Not to be undone.
    func advance(_ r: Int, to spot: Spot, at milliseconds: Int64, done: Int, committed: Int) {
        for _ in 0..<done {
            let stop = Int(routes[r].ids[1])
            let before = routes[r].leg[0] &+ routes[r].leg[1]
            routes[r].close(1)
            join(r, 0)
            charge(r, routes[r].leg[0] &- before)
            routeOf[stop] = -1
            if stop & 1 == 0 { table.pickedUp(stop >> 1) }
        }
        let before = routes[r].leg[0]
        routes[r].spot[0] = spot
        routes[r].opens[0] = milliseconds
        join(r, 0)
        charge(r, routes[r].leg[0] &- before)
        routes[r].frozen = committed
        if committed > 0 { startCost[r] = 0 }
        refresh(r)
        keep()
    }

    /// Takes a shipment out of its route; `refresh` the route afterwards.
    func remove(_ s: Int) {
        for stop in [2 * s, 2 * s + 1] where routeOf[stop] >= 0 {
            let r = Int(routeOf[stop])
            touch(r)
            let k = Int(positionOf[stop])
            let before = routes[r].leg[k - 1] &+ routes[r].leg[k]
            routes[r].close(k)
            join(r, k - 1)
            charge(r, routes[r].leg[k - 1] &- before)
            routeOf[stop] = -1
            if isLive, routes[r].count == 2 { cost &-= startCost[r] }
            for m in k..<routes[r].count - 1 { positionOf[Int(routes[r].ids[m])] = Int32(m) }
        }
    }

    /// What a route costs with a vehicle of this kind.
    @inline(__always) func price(_ kind: Int, _ millimeters: Int64) -> Int64 {
        fixed[kind] &+ millimeters &* rates[kind]
    }

    /// The most on board anywhere in route `r`, in each dimension, with `s` between stops `i` and `j` (-1: as it is).
    func peak(_ r: Int, _ s: Int, _ i: Int, _ j: Int) -> Load {
        let route = routes[r]
        var (from, to) = (i, j)
        let more = s >= 0 ? table.load[s] : Load()
        if s >= 0, table.shape[s] == .deliveryOnly { from = 0 }
        if s >= 0, table.shape[s] == .pickupOnly { to = route.count }
        var most = Load()
        for k in 0..<route.count {
            let load = s >= 0 && k >= from && k <= to ? route.load[k] &+ more : route.load[k]
            most.replace(with: load, where: load .> most)
        }
        return most
    }

    /// Another vehicle for a route, of the same family.
    func change(_ r: Int, to kind: Int) {
        let old = Int(routes[r].kind)
        guard old != kind else { return }
        touch(r)
        cost &+= price(kind, routes[r].millimeters) &- price(old, routes[r].millimeters)
        used[old] -= 1
        used[kind] += 1
        routes[r].kind = Int32(kind)
    }

    private func index(_ r: Int) {
        let route = routes[r]
        for k in 1..<max(route.count - 1, 1) {
            let stop = Int(route.ids[k])
            routeOf[stop] = Int32(r)
            positionOf[stop] = Int32(k)
        }
    }

    /// Times, loads and places in route `r`, after its stops have changed. An empty route is given back.
    func refresh(_ r: Int) {
        routes[r].version = nextVersion
        nextVersion &+= 1
        let route = routes[r]
        let n = route.count
        guard n > 2 || isLive else {
            let vehicle = table.problem.vehicles[Int(route.kind)]
            cost &-= vehicle.fixedCost &+ route.millimeters &* vehicle.distanceCost
            routes[r].millimeters = 0
            deactivate(Int32(r))
            return
        }
        let (depart, latest, legTime) = (route.depart, route.latest, route.legTime)
        let (opens, closes, service, ids) = (route.opens, route.closes, route.service, route.ids)
        depart[0] = opens[0]
        var load = Load()
        for k in stride(from: 1, to: n - 1, by: 1) {
            depart[k] = max(depart[k - 1] &+ legTime[k - 1], opens[k]) &+ service[k]
            let stop = Int(ids[k])
            routeOf[stop] = Int32(r)
            positionOf[stop] = Int32(k)
            if stop & 1 == 1, table.shape[stop >> 1] == .deliveryOnly { load &+= table.load[stop >> 1] }
        }
        depart[n - 1] = depart[n - 2] &+ legTime[n - 2]
        latest[n - 1] = closes[n - 1]
        for k in stride(from: n - 2, through: 0, by: -1) {
            latest[k] = min(closes[k], latest[k + 1] &- legTime[k] &- service[k])
        }
        route.load[0] = load
        for k in stride(from: 1, to: n - 1, by: 1) {
            let stop = Int(ids[k])
            if stop & 1 == 0 { load &+= table.load[stop >> 1] } else { load &-= table.load[stop >> 1] }
            route.load[k] = load
        }
        route.load[n - 1] = load
    }
}
