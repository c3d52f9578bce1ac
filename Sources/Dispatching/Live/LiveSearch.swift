/// What the improvement of a living plan remembers.
struct LiveSearch {
    var chance: Chance
    /// Known and in no plan.
    var absent: [Int32] = []
    /// By shipment: the slot that was told last, -1 for none.
    private(set) var told: [Int32] = []
    /// Where plans changed last: the next improvements begin there.
    var dirty: [Int32] = []
    var marks: [UInt32] = []
    var round: UInt32 = 0
    /// Vehicle from which on to look for an idle one.
    var idle = 0
    var removed: [Int32] = []
    var near: [Int32] = []
    var order: [(Double, Int32)] = []
    /// Taken out of a plan by the last step, and by those that were kept since plans were told.
    var lifted: [Int32] = []
    var moved: [Int32] = []
    /// Given another vehicle by the last improvement.
    var changed: [Int32] = []
    /// What changes of vehicles cost since the plan that is told, and the best plan since then.
    var changes: Int64 = 0
    var best = Best()

    struct Best {
        var cost = Int64.max
        var absent: [Int32] = []
    }

    /// Of so many steps the first take worse plans for better, by a fifth of a leg; fewer are less bold: there would be no
    /// time to come back.
    static let boldSteps = 100

    /// More stops than this around a point are a crowd, of which a part is looked at.
    static let crowd = 160

    init(seed: UInt64) { chance = Chance(seed: seed) }

    mutating func home(_ s: Int, _ slot: Int32) {
        if told.count <= s { told += [Int32](repeating: -1, count: s + 1 - told.count) }
        told[s] = slot
    }
}

extension LivePlanner {
    /// Steps of ruin and recreate on what is not committed, around what changed last and then anywhere; the changes of
    /// vehicles since the plan that is told cost too. At first worse plans are gone on from as well (simulated annealing),
    /// at the end only better ones. Then the best found is told, all at once.
    public func improve(steps: Int) {
        search.changed.removeAll(keepingCapacity: true)
        guard steps > 0 else { return }
        search.changes = 0
        takeBest(liveCost())
        var isTried = false
        for k in 0..<steps {
            guard let seed = liveSeed() else { break }
            // 1024 and cooling down to 0.
            let heat = 1024 * Int64(min(steps, LiveSearch.boldSteps)) * Int64(steps - k)
            improveAround(seed, heat: heat / (Int64(LiveSearch.boldSteps) * Int64(steps)))
            isTried = true
        }
        if liveCost() &+ search.changes > search.best.cost {
            search.absent = search.best.absent
            for r in set.rewind() { planChanged(vehicleOf[Int(r)]) }
        }
        set.removeMark()
        if isTried { publish() }
    }

    private func takeBest(_ cost: Int64) {
        search.best.cost = cost
        search.best.absent.removeAll(keepingCapacity: true)
        search.best.absent += search.absent
        set.setMark()
    }

    /// What a worse plan may cost more, for an exponential chance; `heat` in 1024ths of a fifth of the route's mean leg.
    private func uphill(_ slot: Int32, _ heat: Int64) -> Int64 {
        let route = set.routes[Int(slot)]
        let leg = route.millimeters / Int64(route.count - 1) &* set.rates[vehicleOf[Int(slot)]]
        return (leg / (5 * 1024) &* heat &* search.chance.exponential()) >> 10
    }

    private func liveSeed() -> Int? {
        if let stop = search.dirty.popLast(), set.routeOf[Int(stop)] >= 0 { return Int(stop) }
        let n = table.shipments
        guard n > 0 else { return nil }
        for _ in 0..<32 {
            let stop = search.chance.below(2 * n)
            if set.routeOf[stop] >= 0 { return stop }
        }
        return nil
    }

    /// What a plan costs with what its changes cost.
    private func liveCost() -> Int64 {
        var cost = set.cost
        for s in search.absent { cost &+= missing(Int(s)) }
        return cost
    }

    private func missing(_ s: Int) -> Int64 { min(table.refusal[s], DispatchLimits.cost >> 12) }

    private func changeCost(_ s: Int, _ slot: Int) -> Int64 {
        let told = search.told[s]
        return told < 0 || Int(told) == slot ? 0 : settings.changeCost
    }

    private func improveAround(_ seed: Int, heat: Int64) {
        let before = liveCost() &+ uphill(set.routeOf[seed], heat)
        search.lifted = search.absent
        let absentBefore = search.absent
        search.round &+= 1
        if search.marks.count < set.slots {
            search.marks += [UInt32](repeating: 0, count: set.slots - search.marks.count)
        }
        let spot = table.spot[seed]
        grid.near(spot, count: 64, into: &search.near)
        search.order.removeAll(keepingCapacity: true)
        search.order.append((-1, Int32(seed)))
        // Of hundreds at one place some, anywhere among them.
        let isCrowd = search.near.count > LiveSearch.crowd
        let from = isCrowd ? search.chance.below(search.near.count - LiveSearch.crowd) : 0
        for stop in search.near[from..<(isCrowd ? from + LiveSearch.crowd : search.near.count)]
        where set.routeOf[Int(stop)] >= 0 {
            let other = table.spot[Int(stop)]
            let (x, y, z) = (other.x - spot.x, other.y - spot.y, other.z - spot.z)
            search.order.append((x * x + y * y + z * z, stop))
        }
        search.order.sort { $0 < $1 }
        var changed: Int64 = 0
        let strings = 1 + search.chance.below(4)
        var ruined = 0
        for (_, stop) in search.order {
            let r = set.routeOf[Int(stop)]
            guard r >= 0, search.marks[Int(r)] != search.round else { continue }
            search.marks[Int(r)] = search.round
            takeString(Int(stop), Int(r), &changed)
            ruined += 1
            if ruined >= strings { break }
        }
        for r in set.touched { set.refresh(Int(r)) }
        guard search.absent.count > 0 else { return set.keep() }
        for k in stride(from: search.absent.count - 1, to: 0, by: -1) {
            search.absent.swapAt(k, search.chance.below(k + 1))
        }
        var still = 0
        for k in 0..<search.absent.count {
            let s = Int(search.absent[k])
            if !putBack(s, &changed) {
                search.absent[still] = Int32(s)
                still += 1
            }
        }
        search.absent.removeLast(search.absent.count - still)
        // Nobody loses a vehicle for another to get one.
        let isKept = search.absent.allSatisfy { search.told[Int($0)] < 0 }
        let cost = liveCost()
        if isKept, cost &+ changed < before {
            for r in set.touched { planChanged(vehicleOf[Int(r)]) }
            search.moved += search.lifted
            search.changes &+= changed
            set.keep()
            if cost &+ search.changes < search.best.cost { takeBest(cost &+ search.changes) }
        } else {
            set.undo()
            search.absent = absentBefore
        }
    }

    /// Takes up to ten stops around one out of its route; never what is committed or on board.
    private func takeString(_ stop: Int, _ r: Int, _ changed: inout Int64) {
        let route = set.routes[r]
        let stops = route.count - 2 - route.frozen
        guard stops > 0 else { return }
        let length = 1 + search.chance.below(min(stops, 10))
        let at = Int(set.positionOf[stop])
        let first = max(route.frozen + 1, at - length + 1)
        let begin = first + search.chance.below(max(min(at, route.count - 1 - length) - first + 1, 1))
        search.removed.removeAll(keepingCapacity: true)
        for k in begin..<min(begin + length, route.count - 1) {
            let s = route.ids[k] >> 1
            let pinned = table.shape[Int(s)] == .deliveryOnly && states[Int(s)] == .onBoard
            let begun = table.shape[Int(s)] == .pair && set.positionOf[2 * Int(s)] <= Int32(route.frozen)
            if !pinned, !begun { search.removed.append(s) }
        }
        for s in search.removed where set.isServed(Int(s)) {
            changed &-= changeCost(Int(s), r)
            set.remove(Int(s))
            search.absent.append(s)
            search.lifted.append(s)
        }
    }

    private func putBack(_ s: Int, _ changed: inout Int64) -> Bool {
        var best = Int64.max
        var place: (slot: Int, i: Int, j: Int)?
        func look(_ slot: Int) {
            let v = vehicleOf[slot]
            guard v >= 0, mayCarry(s, v) else { return }
            standNow(v)
            let idle = set.routes[slot].count == 2 ? set.startCost[slot] : 0
            let extra = idle &+ changeCost(s, slot)
            guard best > extra else { return }
            let rate = set.rates[v]
            let limit = min(
                RouteSet.millimeters(costing: best == .max ? best : best &- extra, rate: rate),
                room(v, in: slot))
            let it = set.shortest(s, slot, capacity: set.capacities[v], limit: limit, scratch)
            guard it.millimeters < limit else { return }
            best = it.millimeters &* rate &+ extra
            place = (slot, Int(it.pickupAfter), Int(it.deliveryAfter))
        }
        if set.active.count <= 64 {
            for r in set.active where !search.chance.oneIn(50) { look(Int(r)) }
        } else {
            search.round &+= 1
            for stop in [2 * s, 2 * s + 1] {
                grid.near(table.spot[stop], count: 32, into: &search.near)
                let n = search.near.count
                var (k, looks) = (n > LiveSearch.crowd ? search.chance.below(n) : 0, 0)
                for _ in 0..<n {
                    let r = Int(set.routeOf[Int(search.near[k])])
                    k = k + 1 == n ? 0 : k + 1
                    guard r >= 0, search.marks[r] != search.round else { continue }
                    search.marks[r] = search.round
                    if !search.chance.oneIn(50) { look(r) }
                    looks += 1
                    if n > LiveSearch.crowd && looks == 32 { break }
                }
            }
            lookAtIdle(look)
            let told = Int(search.told[s])
            if told >= 0, search.marks[told] != search.round { look(told) }
        }
        guard let place else { return false }
        changed &+= changeCost(s, place.slot)
        set.insert(s, place.slot, place.i, place.j)
        return true
    }

    /// Plans without stops are near nothing: a vehicle that has not left where it starts, so that new routes can begin. The
    /// same until it has a plan.
    private func lookAtIdle(_ look: (Int) -> Void) {
        for _ in 0..<min(16, slotOf.count) {
            let v = search.idle % slotOf.count
            let route = set.routes[slotOf[v]]
            if route.count == 2, route.spot[0].place == Int32(table.problem.vehicles[v].start) {
                return look(slotOf[v])
            }
            search.idle = v + 1
        }
    }

    /// What is planned is told: counts whose vehicle changed. O(stops moved).
    private func publish() {
        for moved in search.moved {
            let s = Int(moved)
            guard states[s] == .planned || states[s] == .waiting else { continue }
            let slot = set.slot(of: s)
            if slot >= 0 { states[s] = .planned } else { states[s] = .waiting }
            let told = search.told[s]
            guard slot != told, slot >= 0 else { continue }
            if told >= 0 {
                statistics.vehicleChanges += 1
                search.changed.append(Int32(s))
            } else {
                for stop in stops(s) { grid.add(stop, table.spot[stop]) }
            }
            search.home(s, slot)
        }
        search.moved.removeAll(keepingCapacity: true)
        search.changed.sort()
    }
}
