/// The cheapest place of a shipment in one route.
struct Insertion {
    /// What it adds to the way; `.max` when it does not fit.
    var millimeters: Int64
    /// Behind which stops, see `RouteSet.insert`.
    var pickupAfter: Int32
    var deliveryAfter: Int32

    static let none = Insertion(millimeters: .max, pickupAfter: 0, deliveryAfter: 0)
}

/// Memory of an evaluation: distances and times between a pickup or delivery and the stops of a route.
final class InsertionScratch {
    private(set) var capacity = 0
    /// To pickup, from pickup, to delivery, from delivery, in milliseconds; distances beside them.
    private var memory: UnsafeMutablePointer<Int64>

    init() { memory = .allocate(capacity: 1) }
    deinit { memory.deallocate() }

    func reserve(_ count: Int) {
        guard count > capacity else { return }
        memory.deallocate()
        capacity = (2 * count + 7) & ~7
        memory = .allocate(capacity: 9 * capacity)
    }

    @inline(__always) func column(_ i: Int) -> UnsafeMutablePointer<Int64> { memory + i &* capacity }
}

extension RouteSet {
    /// The shortest feasible insertion of `s` into route `r` that adds less than `limit` millimetres, exactly, for a
    /// vehicle of this capacity. O(n + feasible pairs of positions); positions that cannot be better by the triangle
    /// inequality are passed over.
    ///
    /// Break rules as in: arrivals grow along a route, so a window missed once stays missed; what a delivery adds at
    /// least behind a position is known from a backward pass.
    func shortest(
        _ s: Int, _ r: Int, capacity: Load, limit: Int64, _ scratch: InsertionScratch
    ) -> Insertion {
        scratch.reserve(routes[r].count)
        switch table.shape[s] {
        case .pair: return shortestPair(s, r, capacity, limit, scratch)
        case .deliveryOnly: return shortestSingle(s, 2 &* s &+ 1, r, capacity, limit)
        case .pickupOnly: return shortestSingle(s, 2 &* s, r, capacity, limit)
        }
    }

    /// Distances, and times where they differ, between a spot and stops `lo...hi`.
    @inline(__always)
    private func measure(
        _ ways: UnsafeMutablePointer<Ways>, _ route: Route, _ spot: Spot, _ lo: Int, _ hi: Int,
        _ to: (UnsafeMutablePointer<Int64>, UnsafeMutablePointer<Int64>),
        _ from: (UnsafeMutablePointer<Int64>, UnsafeMutablePointer<Int64>)
    ) {
        guard lo <= hi else { return }
        let spots = route.spot
        if ways.pointee.isPlain {
            for k in lo...hi { to.0[k] = ways.pointee.plain(spots[k], spot) }
            if spots[hi].place < 0 { to.0[hi] = 0 }
            return
        }
        for k in lo...hi {
            if spots[k].place < 0 {
                to.0[k] = 0
                to.1[k] = 0
                from.0[k] = 0
                from.1[k] = 0
                continue
            }
            (to.0[k], to.1[k]) = ways.pointee.way(spots[k], spot)
            (from.0[k], from.1[k]) = ways.pointee.way(spot, spots[k])
        }
    }

    private func shortestPair(
        _ s: Int, _ r: Int, _ capacity: Load, _ bound: Int64, _ scratch: InsertionScratch
    ) -> Insertion {
        let route = routes[r]
        let n = route.count
        let vehicle = Int(route.kind)
        let room = capacity &- table.load[s]
        let ways = table.ways + modes[vehicle]
        let (pickup, delivery) = (2 &* s, 2 &* s &+ 1)
        let (depart, latest, leg, legTime) = (route.depart, route.latest, route.leg, route.legTime)
        let load = route.load
        let service = route.service
        let (openP, closeP, serviceP) = (table.opens[pickup], table.closes[pickup], table.service[pickup])
        let (openD, closeD, serviceD) =
            (table.opens[delivery], table.closes[delivery], table.service[delivery])

        // Where the pickup can stand by its window alone.
        var first = route.frozen
        let readyP = openP &+ serviceP
        while first < n &- 1, latest[first &+ 1] < readyP { first &+= 1 }
        var last = n &- 2
        while last >= first, depart[last] > closeP { last &-= 1 }
        guard first <= last else { return .none }
        var end = n &- 2
        while end >= first, depart[end] > closeD { end &-= 1 }
        guard first <= end else { return .none }

        let toP = scratch.column(0)
        let toD = scratch.column(1)
        let least = scratch.column(2)
        let plain = ways.pointee.isPlain
        let timeToP = plain ? toP : scratch.column(3)
        let timeToD = plain ? toD : scratch.column(4)
        let fromP = plain ? toP : scratch.column(5)
        let timeFromP = plain ? toP : scratch.column(6)
        let fromD = plain ? toD : scratch.column(7)
        let timeFromD = plain ? toD : scratch.column(8)
        measure(ways, route, table.spot[pickup], first, last &+ 1, (toP, timeToP), (fromP, timeFromP))
        // The pickup alone may be too dear everywhere.
        var lowestP = Int64.max
        for k in first...last { lowestP = min(lowestP, toP[k] &+ fromP[k &+ 1] &- leg[k]) }
        if lowestP >= bound { return .none }
        measure(ways, route, table.spot[delivery], first, end &+ 1, (toD, timeToD), (fromD, timeFromD))
        let direct = ways.pointee.way(table.spot[pickup], table.spot[delivery])

        // What the delivery adds at least behind stop k or later.
        var lowest = Int64.max >> 1
        for k in stride(from: end, through: first, by: -1) {
            lowest = min(lowest, toD[k] &+ fromD[k &+ 1] &- leg[k])
            least[k] = lowest
        }
        var best = bound
        var (bestI, bestJ) = (0, 0)
        let place = table.spot[pickup].place
        for i in first...last {
            let arrival = depart[i] &+ timeToP[i]
            if arrival > closeP { break }
            // At the same place in passing: behind the next stop is as good, and no worse for anything else.
            if serviceP == 0, route.spot[i &+ 1].place == place, service[i &+ 1] == 0, i < last { continue }
            if any(load[i] .> room) { continue }
            let departP = max(arrival, openP) &+ serviceP
            let head = toP[i] &- leg[i]
            let both = head &+ direct.millimeters &+ fromD[min(i &+ 1, end &+ 1)]
            if i <= end, both < best {
                let arrivalD = departP &+ direct.milliseconds
                if arrivalD <= closeD,
                    max(arrivalD, openD) &+ serviceD &+ timeFromD[i &+ 1] <= latest[i &+ 1]
                {
                    best = both
                    (bestI, bestJ) = (i, i)
                }
            }
            guard i < end else { continue }
            let addP = head &+ fromP[i &+ 1]
            if addP &+ least[i &+ 1] >= best { continue }
            var time = departP &+ timeFromP[i &+ 1]
            var k = i &+ 1
            while time <= latest[k] {
                if any(load[k] .> room) { break }
                let departK = max(depart[k], time &+ service[k])
                let add = addP &+ toD[k] &+ fromD[k &+ 1] &- leg[k]
                if add < best {
                    let arrivalD = departK &+ timeToD[k]
                    if arrivalD > closeD { break }
                    if max(arrivalD, openD) &+ serviceD &+ timeFromD[k &+ 1] <= latest[k &+ 1] {
                        best = add
                        (bestI, bestJ) = (i, k)
                    }
                }
                k &+= 1
                if k > end || addP &+ least[k] >= best { break }
                time = departK &+ legTime[k &- 1]
            }
        }
        guard best < bound else { return .none }
        return Insertion(millimeters: best, pickupAfter: Int32(bestI), deliveryAfter: Int32(bestJ))
    }

    private func shortestSingle(
        _ s: Int, _ stop: Int, _ r: Int, _ capacity: Load, _ bound: Int64
    ) -> Insertion {
        let route = routes[r]
        let n = route.count
        let vehicle = Int(route.kind)
        let room = capacity &- table.load[s]
        let ways = table.ways + modes[vehicle]
        let (depart, latest, leg, load) = (route.depart, route.latest, route.leg, route.load)
        let (opens, closes, service) = (table.opens[stop], table.closes[stop], table.service[stop])
        let spot = table.spot[stop]
        var first = route.frozen
        while first < n &- 1, latest[first &+ 1] < opens &+ service { first &+= 1 }
        var last = n &- 2
        while last >= first, depart[last] > closes { last &-= 1 }
        // The load is on board from the start to a delivery, from a pickup to the end.
        if stop & 1 == 1 {
            var k = 0
            while k <= last, !any(load[k] .> room) { k &+= 1 }
            last = min(last, k &- 1)
        } else {
            var k = n &- 2
            while k >= first, !any(load[k] .> room) { k &-= 1 }
            first = max(first, k &+ 1)
        }
        guard first <= last else { return .none }
        var best = bound
        var at = 0
        var to = ways.pointee.way(route.spot[first], spot)
        for k in first...last {
            let next = route.spot[k &+ 1]
            let here = to
            let isLast = next.place < 0
            let from: (millimeters: Int64, milliseconds: Int64)
            if isLast {
                from = (0, 0)
            } else if ways.pointee.isPlain {
                from = ways.pointee.way(next, spot)
                to = from
            } else {
                from = ways.pointee.way(spot, next)
                to = ways.pointee.way(next, spot)
            }
            let add = here.millimeters &+ from.millimeters &- leg[k]
            let arrival = depart[k] &+ here.milliseconds
            if arrival > closes { break }
            if add < best, max(arrival, opens) &+ service &+ from.milliseconds <= latest[k &+ 1] {
                best = add
                at = k
            }
        }
        guard best < bound else { return .none }
        return Insertion(millimeters: best, pickupAfter: Int32(at), deliveryAfter: Int32(at))
    }
}
