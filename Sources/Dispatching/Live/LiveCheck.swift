// What comes in from outside is checked before anything changes.

extension LivePlanner {
    func check(_ shipment: Shipment) throws(ProblemFault) {
        guard table.shipments < DispatchLimits.shipments else {
            throw ProblemFault(field: "shipments", problem: "are \(table.shipments) already")
        }
        try table.problem.check(shipment, table.shipments)
        try LivePlanner.checkKept(shipment, "shipments[\(table.shipments)]")
    }

    /// What the checker holds and a living plan would not keep is refused, not forgotten: plan it by `DispatchSearch`.
    static func checkKept(_ shipment: Shipment, _ path: String) throws(ProblemFault) {
        let visits = [shipment.pickup, shipment.delivery]
        let fault: String? =
            if visits.contains(where: { ($0?.windows.count ?? 1) > 1 }) {
                "has several windows"
            } else if visits.contains(where: { $0?.dock != nil }) {
                "needs a dock"
            } else if shipment.apartFromClasses != 0 {
                "keeps apart from other goods"
            } else if shipment.temperature != nil {
                "needs a temperature"
            } else if shipment.longestOnBoardMilliseconds != nil {
                "may not be on board for long"
            } else if shipment.after != nil || shipment.legOf != nil {
                "waits for another shipment or is a leg of one"
            } else {
                nil
            }
        if let fault {
            throw ProblemFault(field: path, problem: fault + ", which living plans do not keep yet")
        }
    }

    static func checkKept(_ vehicle: DispatchVehicle, _ path: String) throws(ProblemFault) {
        let fault: String? =
            if vehicle.energy != nil {
                "takes energy on its way"
            } else if vehicle.longestMilliseconds != nil {
                "may not be out for long"
            } else if vehicle.lastInFirstOut {
                "is unloaded last in, first out"
            } else {
                nil
            }
        if let fault {
            throw ProblemFault(field: path, problem: fault + ", which living plans do not keep yet")
        }
    }

    func check(time milliseconds: Int64) throws(ProblemFault) {
        try ProblemLimits.number(milliseconds, ProblemLimits.time, "event", "milliseconds")
    }

    func check(vehicle v: Int) throws(ProblemFault) {
        try ProblemLimits.index(v, slotOf.count, "event", "vehicle")
    }

    func check(location: Int) throws(ProblemFault) {
        try ProblemLimits.index(location, table.problem.locations.count, "event", "location")
    }

    /// A shipment that can still be changed: it waits or is planned, and nobody has begun it.
    func check(open s: Int) throws(ProblemFault) {
        guard states.indices.contains(s) else {
            throw ProblemFault(field: "event.shipment", problem: "is \(s), which is none")
        }
        guard states[s] == .waiting || states[s] == .planned && !isBegun(s) else {
            throw ProblemFault(field: "event.shipment", problem: "\(s) is begun or over")
        }
    }
}
