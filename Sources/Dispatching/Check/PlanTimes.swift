/// Whether the times of a plan can be kept.
extension PlanCheck {
    mutating func checkTimes() {
        for r in routes.indices {
            guard let route = routes[r], !route.stops.isEmpty else { continue }
            checkTimes(r, route, verdict.timetables[r])
        }
        let tables = verdict.timetables
        for (s, shipment) in problem.shipments.enumerated() {
            let seat = deliveries[s].first ?? pickups[s].first
            if let longest = shipment.longestOnBoardMilliseconds, let from = loaded(s, tables),
                let to = unloading(s, tables), to - from > longest
            {
                tell(
                    .tooLongOnBoard, route: seat?.route, stop: seat?.stop, shipment: s,
                    by: to - from - longest)
            }
            if let before = shipment.after, let from = loading(s, tables) {
                let first = pickups[s].first ?? seat
                guard let over = unloaded(before, tables) else {
                    tell(
                        .beforeHandover, route: first?.route, stop: first?.stop, shipment: s, other: before)
                    continue
                }
                let missing = over + shipment.handoverMilliseconds - from
                if missing > 0 {
                    tell(
                        .beforeHandover, route: first?.route, stop: first?.stop, shipment: s, other: before,
                        by: missing)
                }
            }
        }
    }

    private mutating func checkTimes(_ r: Int, _ route: Known, _ table: RouteTimetable) {
        let (shift, vehicle) = (route.vehicle.shift, route.vehicle)
        if table.begin < shift.opensMilliseconds {
            tell(.leavesBeforeShift, route: r, by: shift.opensMilliseconds - table.begin)
        }
        var time = table.begin
        for (i, stop) in route.stops.enumerated() {
            let times = table.stops[i]
            let earliest = time + (route.ways[i]?.milliseconds ?? 0)
            if times.arrival < earliest {
                tell(.arrivesTooEarly, route: r, stop: i, by: earliest - times.arrival)
            }
            if times.start < times.arrival {
                tell(.startsBeforeArrival, route: r, stop: i, by: times.arrival - times.start)
            }
            if let visit = visit(stop) {
                let missed = visit.windows.map {
                    max(0, $0.opensMilliseconds - times.start, times.start - $0.closesMilliseconds)
                }
                if let least = missed.min(), least > 0 {
                    tell(.outsideWindow, route: r, stop: i, shipment: stop.index, by: least)
                }
            }
            let stay = times.departure - times.start
            if stay < route.stay[i] {
                tell(.serviceTooShort, route: r, stop: i, by: route.stay[i] - stay)
            } else if stay < 0 {
                tell(.serviceTooShort, route: r, stop: i, by: -stay)
            }
            time = times.departure
        }
        let home = vehicle.end == nil ? 0 : route.ways.last??.milliseconds ?? 0
        if table.end < time + home { tell(.arrivesTooEarly, route: r, by: time + home - table.end) }
        if table.end > shift.closesMilliseconds {
            tell(.endsAfterShift, route: r, by: table.end - shift.closesMilliseconds)
        }
        if let longest = vehicle.longestMilliseconds, table.end - table.begin > longest {
            tell(.tooLong, route: r, by: table.end - table.begin - longest)
        }
    }

    /// At every begin of service at a dock: how many are there at that moment, with what others have booked.
    mutating func checkDocks() {
        struct Use {
            var from: Int64
            var to: Int64
            var route: Int
            var stop: Int
        }
        var uses = Array(repeating: [Use](), count: problem.docks.count)
        for (r, route) in routes.enumerated() {
            for (i, stop) in (route?.stops ?? []).enumerated() {
                guard let dock = visit(stop)?.dock else { continue }
                let times = verdict.timetables[r].stops[i]
                uses[dock].append(Use(from: times.start, to: times.departure, route: r, stop: i))
            }
        }
        for (d, dock) in problem.docks.enumerated() {
            for use in uses[d] where use.from < use.to {
                // The fullest moment of an interval is its begin or the begin of one that falls into it.
                let moments =
                    [use.from] + uses[d].map(\.from) + dock.booked.map(\.opensMilliseconds)
                let fullest = moments.filter { $0 >= use.from && $0 < use.to }
                    .map { moment in
                        uses[d].count { $0.from <= moment && moment < $0.to }
                            + dock.booked.count {
                                $0.opensMilliseconds <= moment && moment < $0.closesMilliseconds
                            }
                    }.max()
                if let fullest, fullest > dock.places {
                    tell(
                        .dockTaken, route: use.route, stop: use.stop, other: d,
                        by: Int64(fullest - dock.places))
                }
            }
        }
    }

    mutating func reckonTotals() {
        var (millimeters, cost) = (Int128(0), Int128(0))
        for r in routes.indices {
            guard let route = routes[r], !route.stops.isEmpty else { continue }
            let vehicle = route.vehicle
            let table = verdict.timetables[r]
            let length = route.ways.reduce(Int128(0)) { $0 + Int128($1?.millimeters ?? 0) }
            let plain = route.ways.reduce(0.0) { $0 + ($1?.plainMillimeters ?? 0) }
            var rest = Int128(vehicle.fixedCost) + Int128(vehicle.timeCost) * Int128(table.end - table.begin)
            for (i, stop) in route.stops.enumerated() {
                switch stop.action {
                case .pickup: break
                case .energy: rest += Int128(problem.stations[stop.index].cost)
                case .delivery:
                    let shipment = problem.shipments[stop.index]
                    guard let promised = shipment.promisedMilliseconds, table.stops[i].start > promised
                    else { continue }
                    let late = table.stops[i].start - promised
                    verdict.totals.lateMilliseconds += late
                    verdict.totals.lateShipments += 1
                    rest += Int128(late) * Int128(shipment.latenessCost)
                }
            }
            let total = rest + length * Int128(vehicle.distanceCost)
            verdict.timetables[r].millimeters = held(length)
            verdict.timetables[r].cost = held(total)
            verdict.totals.vehicles += 1
            millimeters += length
            cost += total
            verdict.totals.plainMillimeters += plain
            verdict.totals.plainCost += Double(rest) + plain * Double(vehicle.distanceCost)
        }
        verdict.totals.millimeters = held(millimeters)
        verdict.totals.cost = held(cost)
        let refused = problem.shipments.indices
            .filter { pickups[$0].isEmpty && deliveries[$0].isEmpty }
            .filter { problem.shipments[$0].legOf == nil && !isServedInLegs($0) }
            .map { problem.shipments[$0].refusalCost }
            .filter { $0 <= DispatchLimits.cost }
        verdict.totals.refusalCost = held(refused.reduce(Int128(0)) { $0 + Int128($1) })
    }
}
