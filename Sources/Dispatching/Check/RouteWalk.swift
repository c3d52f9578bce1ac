/// What is on board along each route: loads, classes, temperatures, order of unloading, energy.
extension PlanCheck {
    mutating func walkRoutes() {
        for r in routes.indices {
            guard let route = routes[r], !route.stops.isEmpty else { continue }
            walkFreight(r, route)
            walkEnergy(r, route)
        }
    }

    private mutating func walkFreight(_ r: Int, _ route: Known) {
        var aboard = route.loadedAtStart
        checkTogether(r, nil, route.vehicle, aboard)
        for (i, stop) in route.stops.enumerated() {
            switch stop.action {
            case .energy: break
            case .pickup:
                aboard.append(stop.index)
                checkTogether(r, i, route.vehicle, aboard, new: stop.index)
            case .delivery:
                guard let place = aboard.firstIndex(of: stop.index) else { continue }
                if route.vehicle.lastInFirstOut {
                    // What was loaded at the start was loaded in whatever order suits.
                    let above = aboard[(place + 1)...].first { !route.loadedAtStart.contains($0) }
                    if let above {
                        tell(.notLastInFirstOut, route: r, stop: i, shipment: stop.index, other: above)
                    }
                }
                aboard.remove(at: place)
            }
        }
    }

    /// - Parameter new: what has just come on board; nil: everything.
    private mutating func checkTogether(
        _ r: Int, _ i: Int?, _ vehicle: DispatchVehicle, _ aboard: [Int], new: Int? = nil
    ) {
        for dimension in 0..<4 {
            let load = aboard.reduce(Int64(0)) { $0 + Int64(problem.shipments[$1].load[dimension]) }
            let room = Int64(vehicle.capacity[dimension])
            if load > room {
                tell(.overCapacity, route: r, stop: i, shipment: new, other: dimension, by: load - room)
            }
        }
        for (k, a) in aboard.enumerated() where new == nil || a == new {
            let (first, others) = (problem.shipments[a], new == nil ? aboard[..<k] : aboard[...])
            if let needs = first.temperature {
                let gap = vehicle.temperature.map { Self.gap(needs, $0) }
                if gap != 0 { tell(.temperaturesApart, route: r, stop: i, shipment: a, by: gap ?? 0) }
            }
            for b in others where b != a {
                let second = problem.shipments[b]
                if first.isApart(from: second) || second.isApart(from: first) {
                    tell(.classesTogether, route: r, stop: i, shipment: a, other: b)
                }
                guard let one = first.temperature, let two = second.temperature else { continue }
                if Self.gap(one, two) != 0 {
                    tell(.temperaturesApart, route: r, stop: i, shipment: a, other: b, by: Self.gap(one, two))
                }
            }
        }
        checkCommonTemperature(r, i, vehicle, aboard)
    }

    /// Intervals that overlap in pairs have a point in common, so that pairs are enough, unless the vehicle cannot hold
    /// that point.
    private mutating func checkCommonTemperature(
        _ r: Int, _ i: Int?, _ vehicle: DispatchVehicle, _ aboard: [Int]
    ) {
        let needs = aboard.compactMap { problem.shipments[$0].temperature }
        guard let held = vehicle.temperature, let low = needs.map(\.lowerBound).max(),
            let high = needs.map(\.upperBound).min(), low <= high
        else { return }
        let alone = needs.allSatisfy { Self.gap($0, held) == 0 }
        if alone, Self.gap(low...high, held) != 0 {
            tell(.temperaturesApart, route: r, stop: i, by: Self.gap(low...high, held))
        }
    }

    private static func gap(_ a: ClosedRange<Int16>, _ b: ClosedRange<Int16>) -> Int64 {
        max(0, Int64(a.lowerBound) - Int64(b.upperBound), Int64(b.lowerBound) - Int64(a.upperBound))
    }

    private mutating func walkEnergy(_ r: Int, _ route: Known) {
        let model = route.vehicle.energy
        var left = Int128(model?.initialJoules ?? 0)
        var grams = route.loadedAtStart.reduce(Int64(0)) { $0 + Int64(problem.shipments[$1].load[0]) }
        for (i, way) in route.ways.enumerated() {
            if let model, let way {
                left -= model.joules(way.millimeters, grams: grams)
                let missing = Int128(model.reserveJoules) - left
                if missing > 0 {
                    tell(
                        .outOfEnergy, route: r, stop: i < route.stops.count ? i : nil, by: held(missing))
                }
            }
            guard i < route.stops.count else { break }
            let stop = route.stops[i]
            var stay = visit(stop)?.serviceMilliseconds ?? 0
            switch stop.action {
            case .pickup: grams += Int64(problem.shipments[stop.index].load[0])
            case .delivery: grams -= Int64(problem.shipments[stop.index].load[0])
            case .energy:
                let station = problem.stations[stop.index]
                guard let model, model.stations.contains(stop.index),
                    station.swapMilliseconds != nil || station.watts > 0
                else {
                    tell(.unusableStation, route: r, stop: i, other: stop.index)
                    break
                }
                stay = station.millisecondsToFill(Int64(max(left, 0)), model.capacityJoules)
                if !isTimeless {
                    // As long as it stays by its own times, whether that fills it or not.
                    stay = max(0, held(Int128(stop.departureMilliseconds) - Int128(stop.startMilliseconds)))
                }
                left = Int128(station.joules(Int64(max(left, 0)), model.capacityJoules, after: stay))
            }
            routes[r]?.stay.append(min(stay, DispatchLimits.latestMilliseconds))
        }
    }
}

extension Shipment {
    fileprivate func isApart(from other: Shipment) -> Bool {
        apartFromClasses >> UInt64(other.cargoClass) & 1 == 1
    }
}

extension EnergyModel {
    /// For one leg. The load counts in kilograms of a thousand units of its first dimension.
    fileprivate func joules(_ millimeters: Int64, grams: Int64) -> Int128 {
        guard millimeters > 0 else { return 0 }
        let load = Int128(max(grams, 0))
        let perKilometer = Int128(joulesPerKilometer) * 1000 + Int128(joulesPerKilometerKilogram) * load
        let way = (Int128(millimeters) * perKilometer + 999_999_999) / 1_000_000_000
        return way + Int128(joulesPerLeg) + (Int128(joulesPerLegKilogram) * load + 999) / 1000
    }
}

extension EnergyStation {
    /// Energy up to which it charges fast.
    private func knee(_ capacity: Int64) -> Int64 { held(Int128(capacity) * Int128(kneeShare) / 256) }

    fileprivate func millisecondsToFill(_ joules: Int64, _ capacity: Int64) -> Int64 {
        var charging: Int64?
        if watts > 0 {
            let fast = Int128(max(0, min(knee(capacity), capacity) - joules))
            let slow = Int128(max(0, capacity - max(joules, knee(capacity))))
            let rest =
                slow == 0 ? 0 : slowWatts > 0 ? (slow * 1000 + Int128(slowWatts) - 1) / Int128(slowWatts) : 0
            charging = held((fast * 1000 + Int128(watts) - 1) / Int128(watts) + rest)
        }
        return [charging, swapMilliseconds].compactMap { $0 }.min() ?? 0
    }

    /// What it holds after standing there; the better of swap and charger.
    fileprivate func joules(_ joules: Int64, _ capacity: Int64, after milliseconds: Int64) -> Int64 {
        if let swapMilliseconds, milliseconds >= swapMilliseconds { return max(joules, capacity) }
        guard watts > 0 else { return joules }
        let knee = Int128(min(knee(capacity), capacity))
        // In thousandths of a joule, which is what a watt gives in a millisecond.
        var now = Int128(joules) * 1000
        var time = Int128(milliseconds)
        if now < knee * 1000 {
            let needed = (knee * 1000 - now + Int128(watts) - 1) / Int128(watts)
            let fast = min(time, needed)
            now = min(now + fast * Int128(watts), knee * 1000)
            time -= fast
        }
        if now >= knee * 1000 { now = max(now, min(now + time * Int128(slowWatts), Int128(capacity) * 1000)) }
        return held(now / 1000)
    }
}
