/// What is on board together: whatever the times.
extension Schedule {
    func freightFault(_ kind: Int, _ vehicle: DispatchVehicle, _ stops: [Int32]) -> Violation? {
        let shipments = table.problem.shipments
        var aboard: [Int] = []
        var atStart = 0
        for stop in stops where stop & 1 == 1 && table.shape[Int(stop) >> 1] == .deliveryOnly {
            let s = Int(stop) >> 1
            if let fault = together(s, aboard, vehicle) { return fault }
            aboard.append(s)
        }
        atStart = aboard.count
        for (i, stop) in stops.enumerated() {
            let s = Int(stop) >> 1
            let shipment = shipments[s]
            if shipment.skills & ~vehicle.skills != 0 {
                return Violation(kind: .missingSkills, stop: i, shipment: s)
            }
            if shipment.refusedVehicles.contains(kind) {
                return Violation(kind: .refusedVehicle, stop: i, shipment: s)
            }
            if let bound = shipment.vehicle, bound != kind {
                return Violation(kind: .otherVehicleBound, stop: i, shipment: s, other: bound)
            }
            if stop & 1 == 0 {
                if var fault = together(s, aboard, vehicle) {
                    fault.stop = i
                    return fault
                }
                aboard.append(s)
            } else if let place = aboard.firstIndex(of: s) {
                // What was loaded at the start was loaded in whatever order suits.
                if vehicle.lastInFirstOut, max(place + 1, atStart) < aboard.count {
                    return Violation(
                        kind: .notLastInFirstOut, stop: i, shipment: s,
                        other: aboard[max(place + 1, atStart)])
                }
                if place < atStart { atStart -= 1 }
                aboard.remove(at: place)
            }
        }
        return nil
    }

    /// What hinders `s` from coming on board.
    private func together(_ s: Int, _ aboard: [Int], _ vehicle: DispatchVehicle) -> Violation? {
        let shipments = table.problem.shipments
        let new = shipments[s]
        for dimension in 0..<4 {
            var load = Int64(table.load[s][dimension])
            for other in aboard { load += Int64(table.load[other][dimension]) }
            let room = Int64(vehicle.capacity[dimension])
            if load > room {
                return Violation(
                    kind: .overCapacity, shipment: s, other: dimension, excess: load - room)
            }
        }
        var common = new.temperature
        if let needs = common {
            guard let held = vehicle.temperature else {
                return Violation(kind: .temperaturesApart, shipment: s)
            }
            let gap = Schedule.gap(needs, held)
            if gap > 0 { return Violation(kind: .temperaturesApart, shipment: s, excess: gap) }
            common = needs.clamped(to: held)
        }
        for other in aboard {
            let second = shipments[other]
            if new.apartFromClasses >> UInt64(second.cargoClass) & 1 == 1
                || second.apartFromClasses >> UInt64(new.cargoClass) & 1 == 1
            {
                return Violation(kind: .classesTogether, shipment: s, other: other)
            }
            guard let one = common, let two = second.temperature else { continue }
            let gap = Schedule.gap(one, two)
            if gap > 0 { return Violation(kind: .temperaturesApart, shipment: s, other: other, excess: gap) }
            common = one.clamped(to: two)
        }
        return nil
    }

    private static func gap(_ a: ClosedRange<Int16>, _ b: ClosedRange<Int16>) -> Int64 {
        max(0, Int64(a.lowerBound) - Int64(b.upperBound), Int64(b.lowerBound) - Int64(a.upperBound))
    }
}
