// Which parts of a plan no longer fit, and how they leave it.

extension LivePlanner {
    /// Has its vehicle begun it, so that it can go to no other?
    func isBegun(_ s: Int) -> Bool {
        if states[s] == .onBoard { return true }
        let slot = set.slot(of: s)
        guard slot >= 0 else { return false }
        let first = table.shape[s] == .deliveryOnly ? 2 * s + 1 : 2 * s
        return set.positionOf[first] <= Int32(set.routes[Int(slot)].frozen)
    }

    /// May vehicle `v` take the shipment into its plan now?
    func mayCarry(_ s: Int, _ v: Int) -> Bool { !isOut[v] && table.fits(s, v) && !isClosed(s, v) }

    private func isClosed(_ s: Int, _ v: Int) -> Bool {
        guard !closures.isEmpty else { return false }
        let mode = table.problem.vehicles[v].mode
        for case let closure? in closures where closure.mode == nil || closure.mode == mode {
            for stop in stops(s) {
                let spot = table.spot[stop]
                let (x, y, z) = (
                    spot.x - closure.center.x, spot.y - closure.center.y, spot.z - closure.center.z
                )
                if x * x + y * y + z * z <= closure.radiusMillimeters * closure.radiusMillimeters {
                    return true
                }
            }
        }
        return false
    }

    /// What may be added to the plan of `v`: one more than the millimetres that are left.
    func room(_ v: Int, in r: Int) -> Int64 {
        reach[v] == .max ? .max >> 1 : max(reach[v] &- set.routes[r].millimeters &+ 1, 0)
    }

    /// Takes a planned shipment out; the vehicle it was with. `planChanged` is for the caller.
    func takeOut(_ s: Int) -> Int {
        let r = Int(set.slot(of: s))
        for stop in stops(s) { grid.remove(stop, table.spot[stop]) }
        set.remove(s)
        set.refresh(r)
        set.keep()
        states[s] = .waiting
        search.home(s, -1)
        return vehicleOf[r]
    }

    func forget(waiting s: Int) { search.absent.removeAll { $0 == Int32(s) } }

    /// Takes out of the plan of `v` what no longer fits, and places it anew.
    func repair(_ v: Int) -> [LiveRepair] {
        standNow(v)
        var repairs: [LiveRepair] = []
        while let (s, cause) = misfit(v) {
            _ = takeOut(s)
            repairs.append(LiveRepair(shipment: s, from: v, cause: cause, place: nil))
        }
        planChanged(v)
        repairs.sort { $0.shipment < $1.shipment }
        for i in repairs.indices { repairs[i].place = place(repairs[i].shipment) }
        return repairs
    }

    /// Tries those that wait, or one of them, again.
    func retryWaiting(only one: Int? = nil) -> [LiveRepair] {
        let tried = search.absent.filter { one == nil || Int($0) == one }.sorted()
        guard !tried.isEmpty else { return [] }
        search.absent.removeAll { one == nil || Int($0) == one }
        return tried.compactMap { s in
            place(Int(s)).map { LiveRepair(shipment: Int(s), from: nil, cause: .waited, place: $0) }
        }
    }

    /// One shipment that must leave the plan of `v`, and why; nil when all fits. What is late and cannot be helped, for
    /// all before it is begun, is late: its window is widened.
    private func misfit(_ v: Int) -> (Int, LiveRepair.Cause)? {
        let r = slotOf[v]
        let route = set.routes[r]
        let n = route.count
        for k in stride(from: n - 2, through: 1, by: -1) {
            let s = Int(route.ids[k] >> 1)
            if isBegun(s) { continue }
            if isOut[v] { return (s, .vehicleOut) }
            if !table.fits(s, v) { return (s, .refused) }
            if isClosed(s, v) { return (s, .closed) }
        }
        for k in stride(from: 1, to: n, by: 1) {
            let arrival = route.depart[k - 1] &+ route.legTime[k - 1]
            guard arrival > route.closes[k] else { continue }
            if let s = lastFree(route, k) { return (s, .late) }
            route.closes[k] = arrival
            if k < n - 1 { table.closes[Int(route.ids[k])] = arrival }
            set.refresh(r)
        }
        if route.millimeters > reach[v], let s = lastFree(route, n - 1) { return (s, .tooFar) }
        return nil
    }

    /// The last shipment with a stop up to `k` that nobody has begun.
    private func lastFree(_ route: Route, _ k: Int) -> Int? {
        for m in stride(from: min(k, route.count - 2), through: 1, by: -1) {
            let s = Int(route.ids[m] >> 1)
            if !isBegun(s) { return s }
        }
        return nil
    }

    /// Cells for what is planned now.
    func spreadGrid() {
        var spots: [(Int32, Spot)] = []
        for r in slotOf {
            let route = set.routes[r]
            for k in stride(from: 1, to: route.count - 1, by: 1) {
                spots.append((route.ids[k], route.spot[k]))
            }
        }
        grid = StopGrid(spots.map { Location(x: $0.1.x, y: $0.1.y, z: $0.1.z) }, stops: 2 * spots.count)
        for (stop, spot) in spots { grid.add(Int(stop), spot) }
        untilSpread = max(64, spots.count)
    }
}
