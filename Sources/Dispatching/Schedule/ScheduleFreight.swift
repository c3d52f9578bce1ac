/// Who may carry what, and what is on board together: whatever the times.
extension Schedule {
    func freightFault(_ kind: Int, _ stops: [Int32]) -> Violation? {
        let capacity = table.problem.vehicles[kind].capacity
        let lastInFirstOut = table.problem.vehicles[kind].lastInFirstOut
        var isMixed = false
        for (i, stop) in stops.enumerated()
        where stop & 1 == 0 || table.shape[Int(stop) >> 1] == .deliveryOnly {
            let s = Int(stop) >> 1
            if let fault = refusal(s, kind) {
                return Violation(kind: fault.kind, stop: i, shipment: s, other: fault.other)
            }
            isMixed =
                isMixed || table.problem.shipments[s].apartFromClasses != 0
                || table.problem.shipments[s].temperature != nil
        }
        aboard.removeAll(keepingCapacity: true)
        var load = Load()
        var sum = SIMD4<Int64>()
        for stop in stops where stop & 1 == 1 && table.shape[Int(stop) >> 1] == .deliveryOnly {
            sum &+= SIMD4<Int64>(truncatingIfNeeded: table.load[Int(stop) >> 1])
        }
        if let dimension = (0..<4).first(where: { sum[$0] > Int64(capacity[$0]) }) {
            return Violation(
                kind: .overCapacity, other: dimension, excess: sum[dimension] - Int64(capacity[dimension]))
        }
        for stop in stops where stop & 1 == 1 && table.shape[Int(stop) >> 1] == .deliveryOnly {
            let s = Int(stop) >> 1
            if let fault = boarding(s, kind, &load, capacity, isMixed) { return fault }
        }
        var atStart = aboard.count
        guard isMixed || lastInFirstOut else { return loadFault(stops, load, capacity) }
        for (i, stop) in stops.enumerated() {
            let s = Int(stop) >> 1
            if stop & 1 == 0 {
                if var fault = boarding(s, kind, &load, capacity, isMixed) {
                    fault.stop = i
                    return fault
                }
            } else if let place = aboard.firstIndex(of: Int32(s)) {
                // What was loaded at the start was loaded in whatever order suits.
                let above = max(place + 1, atStart)
                if lastInFirstOut, above < aboard.count {
                    return Violation(
                        kind: .notLastInFirstOut, stop: i, shipment: s, other: Int(aboard[above]))
                }
                if place < atStart { atStart -= 1 }
                aboard.remove(at: place)
                load &-= table.load[s]
            }
        }
        return nil
    }

    /// Why the shipment may not be on this vehicle at all.
    private func refusal(_ s: Int, _ kind: Int) -> (kind: Violation.Kind, other: Int?)? {
        if table.problem.shipments[s].skills & ~table.problem.vehicles[kind].skills != 0 {
            return (.missingSkills, nil)
        }
        if table.problem.shipments[s].refusedVehicles.contains(kind) { return (.refusedVehicle, nil) }
        if let bound = table.problem.shipments[s].vehicle, bound != kind {
            return (.otherVehicleBound, bound)
        }
        return nil
    }

    /// Where nothing counts but how much there is.
    private func loadFault(_ stops: [Int32], _ start: Load, _ capacity: Load) -> Violation? {
        var load = start
        for (i, stop) in stops.enumerated() {
            let s = Int(stop) >> 1
            if stop & 1 == 1 {
                load &-= table.load[s]
                continue
            }
            load &+= table.load[s]
            if var fault = excess(s, load, capacity) {
                fault.stop = i
                return fault
            }
        }
        return nil
    }

    /// Every sum stays below 2^29: what is on board fits, and a shipment is at most `DispatchLimits.load`.
    private func excess(_ s: Int, _ load: Load, _ capacity: Load) -> Violation? {
        guard any(load .> capacity) else { return nil }
        for dimension in 0..<4 where load[dimension] > capacity[dimension] {
            return Violation(
                kind: .overCapacity, shipment: s, other: dimension,
                excess: Int64(load[dimension] &- capacity[dimension]))
        }
        return nil
    }

    /// Takes `s` on board, or says what hinders it.
    private func boarding(
        _ s: Int, _ kind: Int, _ load: inout Load, _ capacity: Load, _ isMixed: Bool
    ) -> Violation? {
        load &+= table.load[s]
        if let fault = excess(s, load, capacity) { return fault }
        if isMixed, let fault = clash(s, kind) { return fault }
        aboard.append(Int32(s))
        return nil
    }

    private func clash(_ s: Int, _ kind: Int) -> Violation? {
        let apart = table.problem.shipments[s].apartFromClasses
        let cargoClass = UInt64(table.problem.shipments[s].cargoClass)
        var common = table.problem.shipments[s].temperature
        if let needs = common {
            guard let held = table.problem.vehicles[kind].temperature else {
                return Violation(kind: .temperaturesApart, shipment: s)
            }
            let gap = Schedule.gap(needs, held)
            if gap > 0 { return Violation(kind: .temperaturesApart, shipment: s, excess: gap) }
            common = needs.clamped(to: held)
        }
        for other in aboard {
            let o = Int(other)
            if apart >> UInt64(table.problem.shipments[o].cargoClass) & 1 == 1
                || table.problem.shipments[o].apartFromClasses >> cargoClass & 1 == 1
            {
                return Violation(kind: .classesTogether, shipment: s, other: o)
            }
            guard let one = common, let two = table.problem.shipments[o].temperature else { continue }
            let gap = Schedule.gap(one, two)
            if gap > 0 { return Violation(kind: .temperaturesApart, shipment: s, other: o, excess: gap) }
            common = one.clamped(to: two)
        }
        return nil
    }

    private static func gap(_ a: ClosedRange<Int16>, _ b: ClosedRange<Int16>) -> Int64 {
        max(0, Int64(a.lowerBound) - Int64(b.upperBound), Int64(b.lowerBound) - Int64(a.upperBound))
    }
}
