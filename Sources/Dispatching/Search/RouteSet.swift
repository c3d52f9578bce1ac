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
    var startCost: [Int64] = []
    /// Slots with stops, in a reproducible order, and where each stands in it (-1: not).
    private(set) var active: [Int32] = []
    private(set) var activeIndex: [Int32] = []
    var free: [Int32] = []
    /// How many of each kind have stops.
    var used: [Int]
    /// Of all routes.
    var cost: Int64 = 0
    private var costBefore: Int64 = 0
    var nextVersion: UInt32 = 1
    /// Slots changed since the last `keep` or `undo`, and whether each had stops then.
    private(set) var touched: [Int32] = []
    private(set) var isTouched: [Bool] = []
    private var wasActive: [Bool] = []
    /// Of the routes that need them.
    let proofs: Proofs?
    var mark = RouteMark()

    init(_ table: StopTable, isLive: Bool = false) {
        self.table = table
        self.isLive = isLive
        stopCapacity = 2 * table.capacity
        proofs = table.needsProofs ? Proofs(table) : nil
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
        mark.deallocate()
        routes.deallocate()
        backups.deallocate()
        fixed.deallocate()
        rates.deallocate()
        capacities.deallocate()
        modes.deallocate()
        routeOf.deallocate()
        positionOf.deallocate()
    }

    func grow(to count: Int) {
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
        proofs?.makeRoom(count)
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
            guard wasActive[i] else {
                proofs?.set(i, nil)
                continue
            }
            swap(&routes[i], &backups[i])
            activate(r)
            index(i)
            proofs?.restore(i)
        }
        touched.removeAll(keepingCapacity: true)
        cost = costBefore
    }

    func touch(_ r: Int) {
        guard !isTouched[r] else { return }
        isTouched[r] = true
        wasActive[r] = activeIndex[r] >= 0
        touched.append(Int32(r))
        if mark.isOn { mark.touch(r, routes[r]) }
        guard wasActive[r] else { return }
        proofs?.backUp(r)
        if backups[r].capacity < routes[r].count {
            backups[r].memory.deallocate()
            backups[r] = routes[r].copied(capacity: routes[r].capacity)
        } else {
            backups[r].take(routes[r])
        }
    }

    func activate(_ r: Int32) {
        activeIndex[Int(r)] = Int32(active.count)
        active.append(r)
        used[Int(routes[Int(r)].kind)] += 1
        if let i = free.lastIndex(of: r) { free.remove(at: i) }
    }

    func deactivate(_ r: Int32) {
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

    func index(_ r: Int) {
        let route = routes[r]
        for k in 1..<max(route.count - 1, 1) {
            let stop = Int(route.ids[k])
            routeOf[stop] = Int32(r)
            positionOf[stop] = Int32(k)
        }
    }
}
