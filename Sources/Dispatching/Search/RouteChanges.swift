/// Changes of routes, made at once.
extension RouteSet {
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
        routes[i].extra = 0
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

    func put(_ stop: Int, _ r: Int, _ k: Int) {
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

    func charge(_ r: Int, _ change: Int64) {
        routes[r].millimeters &+= change
        cost &+= change &* rates[Int(routes[r].kind)]
    }

    /// The leg behind stop `k`. The end of a route without one costs nothing.
    func join(_ r: Int, _ k: Int) {
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

    /// A route with these stops, which are in none; its slot.
    @discardableResult
    func rebuild(_ kind: Int, _ stops: [Int32]) -> Int {
        let r = begin(kind)
        if routes[r].capacity < stops.count + 2 {
            let larger = routes[r].copied(capacity: stops.count + 8)
            routes[r].memory.deallocate()
            routes[r] = larger
        }
        for (k, stop) in stops.enumerated() { put(Int(stop), r, k) }
        refresh(r)
        return r
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

    /// Times, loads and places in route `r`, after its stops have changed. An empty route is given back.
    func refresh(_ r: Int) {
        routes[r].version = nextVersion
        nextVersion &+= 1
        let route = routes[r]
        let n = route.count
        guard n > 2 || isLive else {
            let vehicle = table.problem.vehicles[Int(route.kind)]
            cost &-= vehicle.fixedCost &+ route.millimeters &* vehicle.distanceCost &+ route.extra
            routes[r].millimeters = 0
            routes[r].extra = 0
            proofs?.set(r, nil)
            deactivate(Int32(r))
            return
        }
        let (depart, latest, legTime) = (route.depart, route.latest, route.legTime)
        let (opens, closes, service, ids) = (route.opens, route.closes, route.service, route.ids)
        depart[0] = opens[0]
        var load = Load()
        var needs = table.kindNeeds[Int(route.kind)]
        for k in stride(from: 1, to: n - 1, by: 1) {
            depart[k] = max(depart[k - 1] &+ legTime[k - 1], opens[k]) &+ service[k]
            let stop = Int(ids[k])
            routeOf[stop] = Int32(r)
            positionOf[stop] = Int32(k)
            needs.formUnion(table.needs[stop >> 1])
            if stop & 1 == 1, table.shape[stop >> 1] == .deliveryOnly { load &+= table.load[stop >> 1] }
        }
        routes[r].needs = needs
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
