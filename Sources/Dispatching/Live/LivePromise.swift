/// The earliest that a shipment can be delivered, which is what can be promised.
public struct LiveEarliest: Hashable, Sendable {
    /// Begin of the delivery.
    public var milliseconds: Int64
    public var vehicle: Int
}

extension LivePlanner {
    /// The earliest delivery by a vehicle that does it after all else in its plan, whatever it costs; nil when none can.
    /// Where all shipments are picked up and delivered, `submit` finds a place for one whose delivery may begin then or
    /// later. O(vehicles).
    public func earliest(
        _ shipment: Shipment, at milliseconds: Int64
    ) throws(ProblemFault) -> LiveEarliest? {
        try ask(shipment, milliseconds) { s in
            var best = LiveEarliest(milliseconds: .max, vehicle: -1)
            let load = table.load[s]
            let skills = shipment.skills
            for v in slotOf.indices {
                // What is cheap to know first; most are too late by what they do before.
                if isOut[v] || any(load .> set.capacities[v]) || skills & ~bounds.skills[v] != 0 { continue }
                let r = slotOf[v]
                let route = set.routes[r]
                if max(route.depart[route.count - 2], now) >= best.milliseconds { continue }
                standNow(v)
                if let time = last(s, v, before: best.milliseconds), mayCarry(s, v) {
                    best = LiveEarliest(milliseconds: time, vehicle: v)
                }
            }
            return best.vehicle < 0 ? nil : best
        }
    }

    /// When service at the last stop of `s` begins behind all else in the plan of `v`; nil where that cannot be, or not
    /// before a time.
    private func last(_ s: Int, _ v: Int, before limit: Int64) -> Int64? {
        let r = slotOf[v]
        let route = set.routes[r]
        let n = route.count
        guard !any(route.load[n - 2] &+ table.load[s] .> set.capacities[v]) else { return nil }
        let ways = table.ways + set.modes[v]
        var here = route.spot[n - 2]
        var time = route.depart[n - 2]
        var begin = time
        var far: Int64 = 0
        var stop = table.shape[s] == .deliveryOnly ? 2 * s + 1 : 2 * s
        let end = table.shape[s] == .pickupOnly ? 2 * s : 2 * s + 1
        while stop <= end {
            let way = ways.pointee.way(here, table.spot[stop])
            far &+= way.millimeters
            begin = max(time &+ way.milliseconds, table.opens[stop])
            guard begin < limit, begin <= table.closes[stop] else { return nil }
            time = begin &+ table.service[stop]
            here = table.spot[stop]
            stop += 1
        }
        if route.spot[n - 1].place >= 0 {
            let way = ways.pointee.way(here, route.spot[n - 1])
            far &+= way.millimeters &- route.leg[n - 2]
            time &+= way.milliseconds
        }
        return time <= route.closes[n - 1] && far < room(v, in: r) ? begin : nil
    }
}
