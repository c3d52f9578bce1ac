/// Remembered insertions. A version names one state of one route, so an entry is right as long as its version is the
/// route's, however often the route was changed and changed back.
struct InsertionMemory {
    struct Entry {
        /// Of the insertion; with `pickupAfter` -1 only known to be no less.
        var cost: Int64 = 0
        var version: UInt32 = 0
        var pickupAfter: Int32 = 0
        var deliveryAfter: Int32 = 0
        /// Of the vehicle it needs.
        var kind: Int32 = 0
    }
    let width: Int
    private let entries: UnsafeMutablePointer<Entry>
    private let count: Int

    init(shipments: Int, slots: Int, mostBytes: Int) {
        let affordable = mostBytes / max(shipments * 2 * MemoryLayout<Entry>.stride, 1)
        width = max(1, min(slots, affordable))
        count = max(shipments, 1) * width * 2
        entries = .allocate(capacity: count)
        entries.initialize(repeating: Entry(), count: count)
    }
    func deallocate() { entries.deallocate() }

    /// Two entries: one for the route as it was kept, one for the route as it is being tried.
    @inline(__always) func place(_ s: Int, _ r: Int) -> UnsafeMutablePointer<Entry> {
        entries + 2 &* (s &* width &+ (r < width ? r : r % width))
    }
}

extension DispatchSearch {
    /// Puts the absent shipments back, each where it is cheapest, in an order that chance chooses; now and then a route is
    /// overlooked (a blink, after Christiaens and Vanden Berghe), so that the same hole is not filled the same way.
    func recreate(blinks: Bool) {
        sortAbsent()
        swap(&absent, &waiting)
        absent.removeAll(keepingCapacity: true)
        if blinks, opens(), let first = waiting.first { openFor(Int(first)) }
        for s in waiting where !set.isServed(Int(s)) { put(Int(s), blinks: blinks) }
    }

    /// Long routes fill up before anyone thinks of another vehicle: now and then one is begun at once.
    private func opens() -> Bool {
        set.active.count < fleetLimit && !isReducing
            && 2 * set.table.shipments > settings.longRoute * set.active.count
            && chance.oneIn(settings.openEvery)
    }

    /// A vehicle of its own for a shipment that another would carry for less: others may join.
    private func openFor(_ s: Int) {
        guard set.table.needs[s].isEmpty else { return }
        var (least, chosen) = (Int64.max, -1)
        for kind in set.used.indices where hasLeft(kind) && costAlone(s, kind) < least {
            (least, chosen) = (costAlone(s, kind), kind)
        }
        guard chosen >= 0, set.table.kindNeeds[chosen].isEmpty else { return }
        set.insert(s, begin(chosen), 0, 0)
    }

    /// Where it is cheapest; among the absent again where it can be nowhere.
    private func put(_ s: Int, blinks: Bool) {
        var refusal = set.table.refusal[s]
        // Whoever waits for it may find no vehicle either.
        if worth[s] != refusal, chance.oneIn(2) { refusal = worth[s] }
        if blinks, strays(s), insertAstray(s) { return }
        let limit = refusal == StopTable.mustServe ? Int64.max : refusal
        var best = cheapest(s, below: limit, blinks)
        if !legs.ways(s).isEmpty {
            if putInLegs(s, limit: best?.cost ?? limit, blinks: blinks) { return }
            best = cheapest(s, below: limit, false)
        }
        guard let best, insert(s, best) else { return absent.append(Int32(s)) }
    }

    /// Where a shipment costs least and less than `limit`; the route of an own vehicle is -1.
    func cheapest(_ s: Int, below limit: Int64, _ blinks: Bool) -> Best? {
        var best = Best(cost: limit)
        candidates(s, blinks)
        look(s, &best)
        let needsOthers = set.table.needs[s].contains(.others)
        if set.active.count < fleetLimit {
            for kind in set.used.indices where set.used[kind] < limits[kind] {
                let cost = needsOthers ? aloneNow(s, kind) : costAlone(s, kind)
                if cost < best.cost { best = Best(cost: cost, kind: Int32(kind)) }
            }
        }
        return best.kind < 0 ? nil : best
    }

    /// False, and nothing inserted, when no schedule proves it after all: what proved it proves it again.
    func insert(_ s: Int, _ best: Best) -> Bool {
        let slot = best.route >= 0 ? best.route : begin(Int(best.kind))
        set.change(slot, to: Int(best.kind))
        set.insert(s, slot, best.pickupAfter, best.deliveryAfter)
        if set.prove(slot) { return true }
        set.remove(s)
        settleTouched()
        return false
    }

    struct Best {
        var cost: Int64
        var route = -1
        var pickupAfter = 0
        var deliveryAfter = 0
        /// Of the vehicle; -1: nowhere.
        var kind: Int32 = -1
    }

    /// The routes that are looked at: those that pass near one of its stops, or all where there are few.
    private func candidates(_ s: Int, _ blinks: Bool) {
        candidateCount = 0
        let active = set.active
        if active.count <= (blinks ? settings.fewRoutes : settings.manyRoutes) {
            for r in active { offer(r, blinks) }
            return
        }
        round &+= 1
        for stop in [2 &* s, 2 &* s &+ 1] {
            for k in 0..<min(neighbours.count(stop), settings.nearStops) {
                let r = set.routeOf[neighbours[stop, k]]
                if r < 0 || marks[Int(r)] == round { continue }
                marks[Int(r)] = round
                offer(r, blinks)
            }
        }
        if candidateCount == 0 { for r in active { offer(r, false) } }
    }

    @inline(__always)
    private func offer(_ r: Int32, _ blinks: Bool) {
        if blinks {
            untilBlink &-= 1
            if untilBlink <= 0 {
                // Geometric.
                untilBlink = Int((Int64(settings.blinkEvery) &* chance.exponential()) >> 10) &+ 1
                return
            }
        }
        candidateRoutes[candidateCount] = r
        candidateCount &+= 1
    }

    /// The best insertion into a candidate that costs less than `best`: what is remembered first, so that the rest need
    /// only be looked at as far as it can be better.
    private func look(_ s: Int, _ best: inout Best) {
        let routes = set.routes
        let own = set.table.needs[s]
        var stale = 0
        for k in 0..<candidateCount {
            let slot = Int(candidateRoutes[k])
            let version = routes[slot].version
            if own.union(routes[slot].needs).contains(.others) {
                candidateRoutes[stale] = candidateRoutes[k]
                stale &+= 1
                continue
            }
            var entry = memory.place(s, slot)
            if entry.pointee.version != version { entry += 1 }
            if entry.pointee.version == version {
                if entry.pointee.cost >= best.cost { continue }
                let kind = entry.pointee.kind
                if entry.pointee.pickupAfter >= 0, kind == routes[slot].kind || hasLeft(Int(kind)) {
                    best = Best(
                        cost: entry.pointee.cost, route: slot, pickupAfter: Int(entry.pointee.pickupAfter),
                        deliveryAfter: Int(entry.pointee.deliveryAfter), kind: kind)
                    continue
                }
            }
            candidateRoutes[stale] = candidateRoutes[k]
            stale &+= 1
        }
        for k in 0..<stale {
            let slot = Int(candidateRoutes[k])
            let version = routes[slot].version
            let needs = own.union(routes[slot].needs)
            if needs.contains(.others) {
                evaluations &+= 1
                if compatible(s, Int(routes[slot].kind)) { _ = evaluateProved(s, slot, &best) }
                continue
            }
            let entry = memory.place(s, slot) + (set.isTouched[slot] ? 1 : 0)
            // What became known of it meanwhile may be enough.
            if entry.pointee.version == version, entry.pointee.cost >= best.cost { continue }
            guard compatible(s, Int(routes[slot].kind)) else {
                entry.pointee = InsertionMemory.Entry(cost: .max, version: version)
                continue
            }
            evaluations &+= 1
            if needs.isEmpty ? evaluate(s, slot, &best) : evaluateProved(s, slot, &best) {
                entry.pointee = InsertionMemory.Entry(
                    cost: best.cost, version: version, pickupAfter: Int32(best.pickupAfter),
                    deliveryAfter: Int32(best.deliveryAfter), kind: best.kind)
            } else {
                entry.pointee = InsertionMemory.Entry(
                    cost: best.cost, version: version, pickupAfter: best.cost == .max ? 0 : -1)
            }
        }
    }

    /// The best insertion into one route, with the vehicle it has or another of its family.
    @inline(__always)
    private func evaluate(_ s: Int, _ slot: Int, _ best: inout Best) -> Bool {
        let kind = Int(set.routes[slot].kind)
        if families[kind].count > 1 { return evaluateFamily(s, slot, kind, &best) }
        let rate = set.rates[kind]
        let limit = RouteSet.millimeters(costing: best.cost, rate: rate)
        let found = set.shortest(s, slot, capacity: set.capacities[kind], limit: limit, scratch)
        guard found.millimeters < limit else { return false }
        best = Best(
            cost: found.millimeters &* rate, route: slot, pickupAfter: Int(found.pickupAfter),
            deliveryAfter: Int(found.deliveryAfter), kind: Int32(kind))
        return true
    }

    private func evaluateFamily(_ s: Int, _ slot: Int, _ kind: Int, _ best: inout Best) -> Bool {
        let route = set.routes[slot]
        let now = set.price(kind, route.millimeters)
        var (capacity, base, rate) = (Load(repeating: 0), Int64.max, Int64.max)
        for k in families[kind] where k == kind || hasLeft(k) {
            let other = set.capacities[k]
            capacity.replace(with: other, where: other .> capacity)
            base = min(base, set.price(k, route.millimeters) &- now)
            rate = min(rate, set.rates[k])
        }
        var limit = Int64.max >> 1
        if best.cost < .max {
            guard best.cost > base else { return false }
            limit = RouteSet.millimeters(costing: best.cost &- base &+ 1, rate: rate)
        }
        let found = set.shortest(s, slot, capacity: capacity, limit: limit, scratch)
        guard found.millimeters < limit else { return false }
        let (i, j) = (Int(found.pickupAfter), Int(found.deliveryAfter))
        let needs = set.peak(slot, s, i, j)
        let far = route.millimeters &+ found.millimeters
        var improved = false
        for k in families[kind] where k == kind || hasLeft(k) {
            guard !any(needs .> set.capacities[k]) else { continue }
            let cost = set.price(k, far) &- now
            if cost < best.cost {
                best = Best(cost: cost, route: slot, pickupAfter: i, deliveryAfter: j, kind: Int32(k))
                improved = true
            }
        }
        return improved
    }

    /// Is there a vehicle of this kind without a route?
    @inline(__always) func hasLeft(_ kind: Int) -> Bool { set.used[kind] < limits[kind] }

    /// Gives a route the cheapest vehicle of its family that carries what is left in it.
    func downsize(_ r: Int) {
        let route = set.routes[r]
        let kind = Int(route.kind)
        guard route.count > 2, families[kind].count > 1, route.needs.isEmpty else { return }
        let needs = set.peak(r, -1, 0, -1)
        var (least, chosen) = (set.price(kind, route.millimeters), kind)
        for k in families[kind] where hasLeft(k) && !any(needs .> set.capacities[k]) {
            let price = set.price(k, route.millimeters)
            if price < least { (least, chosen) = (price, k) }
        }
        set.change(r, to: chosen)
    }

    func begin(_ kind: Int) -> Int {
        let r = set.begin(kind)
        makeRoom()
        return r
    }

    /// As many marks as there are slots of routes.
    func makeRoom() {
        let more = set.slots - marks.count
        guard more > 0 else { return }
        marks += [UInt32](repeating: 0, count: more)
        candidateRoutes += [Int32](repeating: 0, count: more)
    }

    func compatible(_ s: Int, _ kind: Int) -> Bool { compatibility[s * set.used.count + kind] }

    /// With an own vehicle of this kind; `.max` when it cannot.
    func costAlone(_ s: Int, _ kind: Int) -> Int64 { alone[s * set.used.count + kind] }
}
