/// When stops happen: as stated, or the earliest times that keep every limit.
extension PlanCheck {
    func stated() -> [RouteTimetable] {
        plan.routes.enumerated().map { r, route in
            var table = RouteTimetable()
            table.begin = Self.bounded(route.startMilliseconds)
            table.end = Self.bounded(route.endMilliseconds)
            table.stops = (routes[r]?.stops ?? []).map {
                RouteTimetable.Stop(
                    arrival: Self.bounded($0.arrivalMilliseconds), start: Self.bounded($0.startMilliseconds),
                    departure: Self.bounded($0.departureMilliseconds))
            }
            return table
        }
    }

    /// Far outside every window, near enough for sums.
    private static func bounded(_ time: Int64) -> Int64 { min(max(time, -latest), latest) }
    private static let latest = 8 * DispatchLimits.latestMilliseconds

    /// The least times that satisfy everything that says "not before", found by raising them until nothing changes:
    /// travel, windows, hand-overs; and backwards, since a delivery at t within `longest` on board means a pickup not
    /// before t - longest, and so for the longest time of a route. Where these have no solution, the least times without
    /// the backward limits, which then show what is exceeded.
    func earliest() -> [RouteTimetable] {
        raised(backwards: true) ?? raised(backwards: false) ?? raisedOnce()
    }

    private func raised(backwards: Bool) -> [RouteTimetable]? {
        var tables = routes.map { $0.map(first) ?? RouteTimetable() }
        let stops = tables.reduce(0) { $0 + $1.stops.count }
        let rounds = max(100, min(16 * stops + 64, 200_000_000 / (stops + 1)))
        for _ in 0..<rounds {
            let before = tables
            for r in tables.indices { forward(r, &tables[r]) }
            raiseAfterHandover(&tables)
            if backwards, !raiseForLimits(&tables) { return nil }
            if tables == before { return leavingLate(tables) }
        }
        return nil
    }

    /// Without hand-overs: what is left when vehicles wait for each other in a circle.
    private func raisedOnce() -> [RouteTimetable] {
        var tables = routes.map { $0.map(first) ?? RouteTimetable() }
        for r in tables.indices { forward(r, &tables[r]) }
        return leavingLate(tables)
    }

    private func first(_ route: Known) -> RouteTimetable {
        var table = RouteTimetable()
        table.begin = route.vehicle.shift.opensMilliseconds
        table.stops = Array(repeating: RouteTimetable.Stop(), count: route.stops.count)
        return table
    }

    /// Times never sink; what is past the last window stays there, to be told.
    private func forward(_ r: Int, _ table: inout RouteTimetable) {
        guard let route = routes[r] else { return }
        var time = table.begin
        for (i, stop) in route.stops.enumerated() {
            let arrival = time + (route.ways[i]?.milliseconds ?? 0)
            var start = Self.bounded(max(arrival, table.stops[i].start))
            if let window = visit(stop)?.windows.first(where: { $0.closesMilliseconds >= start }) {
                start = max(start, window.opensMilliseconds)
            }
            time = start + route.stay[i]
            table.stops[i] = RouteTimetable.Stop(arrival: arrival, start: start, departure: time)
        }
        if route.vehicle.end != nil, !route.stops.isEmpty { time += route.ways.last??.milliseconds ?? 0 }
        table.end = time
    }

    private func raiseAfterHandover(_ tables: inout [RouteTimetable]) {
        for (s, shipment) in problem.shipments.enumerated() {
            guard let before = shipment.after, let over = unloaded(before, tables) else { continue }
            raiseLoading(s, over + shipment.handoverMilliseconds, &tables)
        }
    }

    /// False when a limit cannot be kept by loading or leaving later.
    private func raiseForLimits(_ tables: inout [RouteTimetable]) -> Bool {
        for (s, shipment) in problem.shipments.enumerated() {
            guard let longest = shipment.longestOnBoardMilliseconds, let down = unloading(s, tables) else {
                continue
            }
            raiseLoading(s, down - longest - (shipment.pickup?.serviceMilliseconds ?? 0), &tables)
        }
        for r in tables.indices {
            guard let longest = routes[r]?.vehicle.longestMilliseconds else { continue }
            tables[r].begin = max(tables[r].begin, tables[r].end - longest)
        }
        return tables.allSatisfy { $0.end < Self.latest }
    }

    private func raiseLoading(_ s: Int, _ time: Int64, _ tables: inout [RouteTimetable]) {
        if let seat = pickups[s].first {
            tables[seat.route].stops[seat.stop].start = max(tables[seat.route].stops[seat.stop].start, time)
        } else if problem.shipments[s].pickup == nil, let seat = deliveries[s].first {
            tables[seat.route].begin = max(tables[seat.route].begin, time)
        }
    }

    /// Waiting before the first stop is spent where the vehicle starts.
    private func leavingLate(_ tables: [RouteTimetable]) -> [RouteTimetable] {
        var tables = tables
        for r in tables.indices {
            guard let first = tables[r].stops.first else { continue }
            let wait = max(0, first.start - first.arrival)
            tables[r].begin += wait
            tables[r].stops[0].arrival += wait
        }
        return tables
    }

    // MARK: Moments of a shipment; nil when it is not served

    /// When loading is over.
    func loaded(_ s: Int, _ tables: [RouteTimetable]) -> Int64? {
        if let seat = pickups[s].first { return tables[seat.route].stops[seat.stop].departure }
        guard problem.shipments[s].pickup == nil else { return nil }
        return deliveries[s].first.map { tables[$0.route].begin }
    }

    /// When loading begins.
    func loading(_ s: Int, _ tables: [RouteTimetable]) -> Int64? {
        if let seat = pickups[s].first { return tables[seat.route].stops[seat.stop].start }
        return loaded(s, tables)
    }

    /// When unloading begins.
    func unloading(_ s: Int, _ tables: [RouteTimetable]) -> Int64? {
        if let seat = deliveries[s].first { return tables[seat.route].stops[seat.stop].start }
        return unloaded(s, tables)
    }

    /// When unloading is over.
    func unloaded(_ s: Int, _ tables: [RouteTimetable]) -> Int64? {
        if let seat = deliveries[s].first { return tables[seat.route].stops[seat.stop].departure }
        guard problem.shipments[s].delivery == nil else { return nil }
        return pickups[s].first.map { tables[$0.route].end }
    }
}
