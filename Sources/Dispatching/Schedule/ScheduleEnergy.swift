/// Where a sequence takes energy: labels of time, energy and cost set along it, each leg straight or by stations.
///
/// A station fills up; then every stay is also cut down to what is needed up to the next station, and the cheaper of
/// both counts. Without partial charging (swaps, or a stay that is filled up), without limits on times between stops and
/// without a cost of time this is exact as long as no more than `labels` labels a stop are worth keeping. Stations are
/// gone to for energy alone, never on the way where it lasts without.
extension Schedule {
    /// A vehicle on its way, at a stop or a station.
    struct Label {
        var time: Int64
        var joules: Int64
        /// Of distance, stations and lateness.
        var cost: Int128
        /// Of lateness alone.
        var lateness: Int128 = 0
        var millimeters: Int64
        /// Index of the label before; -1 at the start.
        var parent: Int
        /// -1: a stop.
        var station: Int32 = -1
        var stay: Int64 = 0

        func isNoWorse(than other: Label) -> Bool {
            time <= other.time && joules >= other.joules && cost <= other.cost
                && millimeters <= other.millimeters
        }
    }

    /// At a stop are kept at most so many labels that are not dominated; at a station half of it.
    private static let labels = 12

    func lastsToTheEnd(_ kind: Int) -> Bool {
        guard let energy = table.problem.vehicles[kind].energy else { return true }
        var left = Int128(energy.initialJoules)
        for leg in legs { left -= energy.spent(leg.millimeters, grams: leg.grams) }
        return left >= Int128(energy.reserveJoules)
    }

    /// The cheapest found way through with energy stops.
    func withStations(_ kind: Int, _ bounds: Bounds) -> Outcome {
        let vehicle = table.problem.vehicles[kind]
        guard let energy = vehicle.energy else { return timed(kind, legs, bounds) }
        var best: DispatchPlan.Route?
        var fault: Violation?
        func tryOut(_ tour: [Leg]) {
            switch timed(kind, tour, bounds) {
            case .fits(let route): if best.map({ route.cost < $0.cost }) ?? true { best = route }
            case .fails(let violation): fault = fault ?? violation
            }
        }
        // A stay that ends early may fit where none that fills up does.
        for isHurried in [false, true] where best == nil {
            switch ends(kind, vehicle, energy, bounds, isHurried: isHurried) {
            case .failure(let shortage): fault = fault ?? shortage.violation
            case .success(let ends):
                for end in ends {
                    // Shorter stays change times only.
                    let least = labels[end].cost - labels[end].lateness + Int128(vehicle.fixedCost)
                    if let best, least >= Int128(best.cost) { continue }
                    let tour = expanded(vehicle.mode, end)
                    tryOut(tour)
                    if let short = shortened(tour, energy) { tryOut(short) }
                }
            }
        }
        if let best { return .fits(best) }
        return .fails(fault ?? Violation(kind: .outOfEnergy))
    }

    private struct Shortage: Error { var violation: Violation }

    /// Labels at the end; or how much is missing where no label gets further.
    private func ends(
        _ kind: Int, _ vehicle: DispatchVehicle, _ energy: EnergyModel, _ bounds: Bounds, isHurried: Bool
    ) -> Result<[Int], Shortage> {
        times.prepare(kind, legs, bounds)
        var need = [Int128](repeating: Int128(energy.reserveJoules), count: legs.count + 1)
        for i in legs.indices.reversed() {
            need[i] = need[i + 1] + energy.spent(legs[i].millimeters, grams: legs[i].grams)
        }
        labels.removeAll(keepingCapacity: true)
        labels.append(
            Label(time: times.value[0], joules: energy.initialJoules, cost: 0, millimeters: 0, parent: -1))
        var row = [0]
        var here = StopTable.spot(table.problem, vehicle.start)
        for (i, leg) in legs.enumerated() {
            var tour = Tour(
                vehicle: vehicle, energy: energy, here: here, leg: leg, need: need[i + 1],
                isHurried: isHurried)
            var next = reached(&tour, row)
            let count = next.count
            next = next.compactMap { served($0, i) }
            guard !next.isEmpty else {
                return .failure(
                    Shortage(
                        violation: Violation(
                            kind: count > 0 ? .outsideWindow : .outOfEnergy,
                            stop: leg.id < 0 ? nil : Int(leg.seat),
                            shipment: leg.id < 0 ? nil : Int(leg.id >> 1),
                            excess: count > 0 ? 0 : held(tour.missing))))
            }
            row = kept(next, vehicle)
            here = leg.spot
        }
        return .success(row)
    }

    /// One leg, straight or by stations.
    private struct Tour {
        var vehicle: DispatchVehicle
        var energy: EnergyModel
        var here: Spot
        var leg: Leg
        /// Enough for the straight way behind this leg, reserve included.
        var need: Int128
        var isHurried: Bool
        /// Of energy, at best.
        var missing = Int128.max
    }

    private func reached(_ tour: inout Tour, _ row: [Int]) -> [Label] {
        var reached: [Label] = []
        var frontier = row
        let firstStation = labels.count
        while !frontier.isEmpty {
            var next: [Int] = []
            for parent in frontier {
                let label = labels[parent]
                let spot = label.station < 0 ? tour.here : self.spot(label.station)
                let straight = arrival(tour, label, parent, spot, tour.leg.spot)
                if let straight {
                    tour.missing = min(
                        tour.missing, Int128(tour.energy.reserveJoules) - Int128(straight.joules))
                    if straight.joules >= tour.energy.reserveJoules { reached.append(straight) }
                    if Int128(straight.joules) >= tour.need { continue }
                }
                for station in tour.energy.stations where table.problem.stations[station].isUsable {
                    guard var new = arrival(tour, label, parent, spot, self.spot(Int32(station))),
                        new.joules >= tour.energy.reserveJoules
                    else { continue }
                    fill(&new, Int32(station), tour)
                    guard isWorthKeeping(new, from: firstStation) else { continue }
                    next.append(labels.count)
                    labels.append(new)
                }
            }
            frontier = next
        }
        return reached
    }

    /// Among the labels at its station on this leg.
    private func isWorthKeeping(_ new: Label, from first: Int) -> Bool {
        var rivals = 0
        for k in first..<labels.count where labels[k].station == new.station {
            rivals += 1
            if rivals >= Schedule.labels / 2 || labels[k].isNoWorse(than: new) { return false }
        }
        return true
    }

    private func spot(_ station: Int32) -> Spot {
        StopTable.spot(table.problem, table.problem.stations[Int(station)].location)
    }

    private func arrival(_ tour: Tour, _ label: Label, _ parent: Int, _ from: Spot, _ to: Spot) -> Label? {
        let way = table.ways[tour.vehicle.mode].way(from, to)
        guard max(way.milliseconds, way.millimeters) < DispatchLimits.latestMilliseconds else { return nil }
        let left = Int128(label.joules) - tour.energy.spent(way.millimeters, grams: tour.leg.grams)
        return Label(
            time: label.time + way.milliseconds, joules: held(left),
            cost: label.cost + Int128(tour.vehicle.distanceCost) * Int128(way.millimeters),
            lateness: label.lateness, millimeters: label.millimeters + way.millimeters, parent: parent)
    }

    private func fill(_ label: inout Label, _ station: Int32, _ tour: Tour) {
        let known = table.problem.stations[Int(station)]
        let full = known.fullest(label.joules, tour.energy.capacityJoules)
        label.station = station
        label.stay = known.milliseconds(from: label.joules, to: full, tour.energy.capacityJoules) ?? 0
        label.joules = known.charged(label.joules, tour.energy.capacityJoules, after: label.stay)
        label.cost += Int128(known.cost)
        if !tour.isHurried { label.time += label.stay }
    }

    /// After service; nil where that cannot be.
    private func served(_ label: Label, _ i: Int) -> Label? {
        var label = label
        label.time = max(label.time, times.value[i + 1])
        if let longest = table.problem.vehicles[times.kind].longestMillimeters, label.millimeters > longest {
            return nil
        }
        let leg = legs[i]
        if leg.id >= 0 {
            guard let start = times.firstSlot(leg.id, label.time, leg.stay) else { return nil }
            label.time = start
            if leg.id & 1 == 1 {
                let late = times.lateness(Int(leg.id >> 1), start)
                label.cost += late
                label.lateness += late
            }
        }
        guard label.time <= times.ceiling[i + 1] else { return nil }
        label.time += leg.stay
        return label
    }

    private func kept(_ found: [Label], _ vehicle: DispatchVehicle) -> [Int] {
        let rate = Int128(vehicle.timeCost)
        let sorted = found.enumerated().sorted {
            ($0.element.cost + rate * Int128($0.element.time), $0.offset)
                < ($1.element.cost + rate * Int128($1.element.time), $1.offset)
        }.map(\.element)
        var kept: [Label] = []
        for label in sorted where !kept.contains(where: { $0.isNoWorse(than: label) }) { kept.append(label) }
        if kept.count > Schedule.labels {
            // The fullest goes furthest, the earliest is the least late: both stay with the cheapest.
            let rest = kept[(Schedule.labels - 2)...]
            kept.removeLast(kept.count - Schedule.labels + 2)
            if let fullest = rest.max(by: { $0.joules < $1.joules }) { kept.append(fullest) }
            if let earliest = rest.min(by: { $0.time < $1.time }) { kept.append(earliest) }
        }
        labels.append(contentsOf: kept)
        return Array(labels.count - kept.count..<labels.count)
    }

    /// The legs by which a label came.
    private func expanded(_ mode: Int, _ last: Int) -> [Leg] {
        var chain: [Label] = []
        var at = last
        while at > 0 {
            chain.append(labels[at])
            at = labels[at].parent
        }
        var tour: [Leg] = []
        var here = StopTable.spot(table.problem, table.problem.vehicles[times.kind].start)
        var i = 0
        for label in chain.reversed() {
            var leg = legs[i]
            if label.station >= 0 {
                leg = Leg(
                    id: -1, spot: spot(label.station), station: label.station, stay: label.stay,
                    grams: legs[i].grams)
            } else {
                i += 1
            }
            _ = reach(&leg, from: here, mode)
            here = leg.spot
            tour.append(leg)
        }
        return tour
    }

    /// With every stay cut down to what is needed up to the next station; nil where that changes nothing.
    private func shortened(_ tour: [Leg], _ energy: EnergyModel) -> [Leg]? {
        var targets = [Int64](repeating: 0, count: tour.count)
        var need = Int128(energy.reserveJoules)
        for i in tour.indices.reversed() {
            if tour[i].station >= 0 {
                targets[i] = held(need)
                need = Int128(energy.reserveJoules)
            }
            need += energy.spent(tour[i].millimeters, grams: tour[i].grams)
        }
        var short = tour
        var left = Int128(energy.initialJoules)
        var isShorter = false
        for i in tour.indices {
            left -= energy.spent(tour[i].millimeters, grams: tour[i].grams)
            guard tour[i].station >= 0 else { continue }
            let station = table.problem.stations[Int(tour[i].station)]
            guard
                let stay = station.milliseconds(from: held(left), to: targets[i], energy.capacityJoules)
            else { return nil }
            isShorter = isShorter || stay < tour[i].stay
            short[i].stay = stay
            left = Int128(station.charged(held(left), energy.capacityJoules, after: stay))
        }
        return isShorter ? short : nil
    }
}
