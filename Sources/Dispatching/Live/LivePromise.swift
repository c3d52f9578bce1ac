/// The earliest that a shipment can be delivered, which is what can be promised.
public struct LiveEarliest: Hashable, Sendable {
    /// Begin of the delivery.
    public var milliseconds: Int64
    public var vehicle: Int
    /// How many vehicles could do it at all.
    public var able: Int
}

extension LivePlanner {
    /// The earliest delivery by a vehicle that does it after all else in its plan, whatever it costs; nil when none can.
    /// Where all shipments are picked up and delivered, `submit` finds a place for one whose delivery may begin then or
    /// later. O(vehicles).
    public func earliest(
        _ shipment: Shipment, at milliseconds: Int64
    ) throws(ProblemFault) -> LiveEarliest? {
        try ask(shipment, milliseconds) { s in
            var best: LiveEarliest?
            var able = 0
            for v in slotOf.indices where mayCarry(s, v) {
                guard let time = last(s, v) else { continue }
                able += 1
                if time < best?.milliseconds ?? .max {
                    best = LiveEarliest(milliseconds: time, vehicle: v, able: 0)
                }
            }
            best?.able = able
            return best
        }
    }

    /// When service at the last stop of `s` begins behind all else in the plan of `v`.
    private func last(_ s: Int, _ v: Int) -> Int64? {
        standNow(v)
        let r = slotOf[v]
        let route = set.routes[r]
        let n = route.count
        guard !any(route.load[n - 2] &+ table.load[s] .> set.capacities[v]) else { return nil }
        let ways = table.ways + table.problem.vehicles[v].mode
        var here = route.spot[n - 2]
        var time = route.depart[n - 2]
        var begin = time
        var far: Int64 = 0
        for stop in stops(s) {
            let way = ways.pointee.way(here, table.spot[stop])
            far &+= way.millimeters
            begin = max(time &+ way.milliseconds, table.opens[stop])
            guard begin <= table.closes[stop] else { return nil }
            time = begin &+ table.service[stop]
            here = table.spot[stop]
        }
        if route.spot[n - 1].place >= 0 {
            let way = ways.pointee.way(here, route.spot[n - 1])
            far &+= way.millimeters &- route.leg[n - 2]
            time &+= way.milliseconds
        }
        return time <= route.closes[n - 1] && far < room(v, in: r) ? begin : nil
    }
}
