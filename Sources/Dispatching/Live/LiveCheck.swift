// What comes in from outside is checked before anything changes.

extension LivePlanner {
    func check(_ shipment: Shipment) throws(ProblemFault) {
        guard table.shipments < DispatchLimits.shipments else {
            throw ProblemFault(field: "shipments", problem: "are \(table.shipments) already")
        }
        try table.problem.check(shipment, table.shipments)
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
