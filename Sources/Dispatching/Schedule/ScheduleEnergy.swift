/// Where a sequence takes energy: labels of time, energy and cost set along it, each leg direct or by one station.
extension Schedule {
    struct Shortage: Error { var violation: Violation }

    private struct Label {
        var time: Int64
        var joules: Int64
        var cost: Int128
        /// Among the labels of the stop before; -1 at the start.
        var parent: Int
        /// On the way here; -1: none.
        var station = -1
        var stay: Int64 = 0
    }

    /// At a stop are kept at most so many labels that are not dominated.
    private static let labels = 8

    /// The sequences with energy stops put in that end with a label, cheapest first; or how much is missing where
    /// no label gets further.
    func charged(
        _ vehicle: DispatchVehicle, _ energy: EnergyModel, _ legs: [Leg]
    ) -> Result<[[Leg]], Shortage> {
        var rows = [
            [
                Label(
                    time: vehicle.shift.opensMilliseconds, joules: energy.initialJoules, cost: 0, parent: -1)
            ]
        ]
        var here = StopTable.spot(table.problem, vehicle.start)
        for (i, leg) in legs.enumerated() {
            var next: [Label] = []
            var missing = Int128.max
            for (p, label) in rows[i].enumerated() {
                let left = Int128(label.joules) - energy.spent(leg.millimeters, grams: leg.grams)
                missing = min(missing, Int128(energy.reserveJoules) - left)
                if left >= Int128(energy.reserveJoules) {
                    var new = label
                    new.joules = held(left)
                    new.time += leg.milliseconds
                    new.cost += Int128(vehicle.distanceCost) * Int128(leg.millimeters)
                    (new.parent, new.station, new.stay) = (p, -1, 0)
                    next.append(new)
                }
                for station in energy.stations {
                    if let new = detour(vehicle, energy, label, p, here, leg, station) { next.append(new) }
                }
            }
            let reached = next.count
            next = next.compactMap { served($0, leg) }
            guard !next.isEmpty else {
                let shipment = leg.stop.index < 0 ? nil : leg.stop.index
                let stop = leg.stop.index < 0 ? nil : i
                return .failure(
                    Shortage(
                        violation: Violation(
                            kind: reached > 0 ? .outsideWindow : .outOfEnergy, stop: stop, shipment: shipment,
                            excess: reached > 0 ? 0 : held(missing))))
            }
            rows.append(Schedule.kept(next))
            here = leg.spot
        }
        let ends = rows[legs.count]
        let order = ends.indices.sorted { (ends[$0].cost, $0) < (ends[$1].cost, $1) }
        return .success(order.map { expanded(vehicle, legs, rows, $0) })
    }

    private func detour(
        _ vehicle: DispatchVehicle, _ energy: EnergyModel, _ label: Label, _ parent: Int, _ here: Spot,
        _ leg: Leg, _ index: Int
    ) -> Label? {
        let station = table.problem.stations[index]
        guard station.swapMilliseconds != nil || station.watts > 0 else { return nil }
        let spot = StopTable.spot(table.problem, station.location)
        let there = table.ways[vehicle.mode].way(here, spot)
        let onward = table.ways[vehicle.mode].way(spot, leg.spot)
        guard max(there.milliseconds, onward.milliseconds) < DispatchLimits.latestMilliseconds else {
            return nil
        }
        let reserve = Int128(energy.reserveJoules)
        var left = Int128(label.joules) - energy.spent(there.millimeters, grams: leg.grams)
        guard left >= reserve else { return nil }
        let stay = station.fillingMilliseconds(held(left), energy.capacityJoules)
        left = Int128(station.filled(held(left), energy.capacityJoules, after: stay))
        left -= energy.spent(onward.millimeters, grams: leg.grams)
        guard left >= reserve else { return nil }
        let time = label.time + there.milliseconds + stay + onward.milliseconds
        guard time < 4 * DispatchLimits.latestMilliseconds else { return nil }
        let far = Int128(there.millimeters) + Int128(onward.millimeters)
        return Label(
            time: time, joules: held(left),
            cost: label.cost + Int128(vehicle.distanceCost) * far + Int128(station.cost), parent: parent,
            station: index, stay: stay)
    }

    /// After service; nil past the last window.
    private func served(_ label: Label, _ leg: Leg) -> Label? {
        guard leg.stop.index >= 0 else { return label }
        let shipment = table.problem.shipments[leg.stop.index]
        let visit = leg.stop.action == .pickup ? shipment.pickup : shipment.delivery
        guard let window = visit?.windows.first(where: { $0.closesMilliseconds >= label.time }) else {
            return nil
        }
        var label = label
        label.time = max(label.time, window.opensMilliseconds) + leg.stay
        return label
    }

    private static func kept(_ labels: [Label]) -> [Label] {
        var kept: [Label] = []
        let sorted = labels.sorted { ($0.cost, $0.time, -$0.joules) < ($1.cost, $1.time, -$1.joules) }
        for label in sorted
        where !kept.contains(where: { $0.time <= label.time && $0.joules >= label.joules }) {
            kept.append(label)
        }
        guard kept.count > Schedule.labels else { return kept }
        // The fullest goes furthest, the earliest is the least late: both stay with the cheapest.
        let rest = kept[(Schedule.labels - 2)...]
        var few = Array(kept[..<(Schedule.labels - 2)])
        if let fullest = rest.max(by: { $0.joules < $1.joules }) { few.append(fullest) }
        if let earliest = rest.min(by: { $0.time < $1.time }) { few.append(earliest) }
        return few
    }

    private func expanded(
        _ vehicle: DispatchVehicle, _ legs: [Leg], _ rows: [[Label]], _ last: Int
    ) -> [Leg] {
        var chosen: [Label] = []
        var at = last
        for i in stride(from: legs.count, through: 1, by: -1) {
            chosen.append(rows[i][at])
            at = rows[i][at].parent
        }
        var all: [Leg] = []
        var here = StopTable.spot(table.problem, vehicle.start)
        for (leg, label) in zip(legs, chosen.reversed()) {
            var leg = leg
            if label.station >= 0 {
                let location = table.problem.stations[label.station].location
                var stop = Leg(
                    stop: DispatchPlan.Stop(.energy, label.station),
                    spot: StopTable.spot(table.problem, location), stay: label.stay, grams: leg.grams)
                _ = reach(&stop, from: here, vehicle.mode)
                all.append(stop)
                _ = reach(&leg, from: stop.spot, vehicle.mode)
            }
            all.append(leg)
            here = leg.spot
        }
        return all
    }
}

extension EnergyModel {
    /// For one leg, rounded up. The load counts in kilograms of a thousand units.
    func spent(_ millimeters: Int64, grams: Int64) -> Int128 {
        guard millimeters > 0 else { return 0 }
        let load = Int128(max(grams, 0))
        let rate = Int128(joulesPerKilometer) * 1000 + Int128(joulesPerKilometerKilogram) * load
        let way = (Int128(millimeters) * rate + 999_999_999) / 1_000_000_000
        return way + Int128(joulesPerLeg) + (Int128(joulesPerLegKilogram) * load + 999) / 1000
    }
}

extension EnergyStation {
    private func bend(_ capacity: Int64) -> Int64 {
        min(held(Int128(capacity) * Int128(kneeShare) / 256), capacity)
    }

    /// The least time to the whole charge, or to the knee where it charges no further.
    func fillingMilliseconds(_ joules: Int64, _ capacity: Int64) -> Int64 {
        guard watts > 0 else { return swapMilliseconds ?? 0 }
        let knee = bend(capacity)
        func time(_ joules: Int64, _ watts: Int64) -> Int128 {
            (Int128(max(joules, 0)) * 1000 + Int128(watts) - 1) / Int128(watts)
        }
        let slow = slowWatts > 0 ? time(capacity - max(joules, knee), slowWatts) : 0
        return min(held(time(knee - joules, watts) + slow), swapMilliseconds ?? .max)
    }

    func filled(_ joules: Int64, _ capacity: Int64, after milliseconds: Int64) -> Int64 {
        if let swapMilliseconds, milliseconds >= swapMilliseconds { return max(joules, capacity) }
        return watts <= 0 ? joules : max(joules, slowWatts > 0 ? capacity : bend(capacity))
    }
}
