// What a living plan says.

extension LivePlanner {
    /// Shipments nobody can carry as their windows and refusals are now, by number.
    public var waitingShipments: [Int] { search.absent.map(Int.init).sorted() }

    public var hasWaiting: Bool { !search.absent.isEmpty }

    /// The first stop of a plan that is not begun: its shipment, when to leave for it so that nobody waits there, and
    /// when the vehicle can leave.
    public func next(of v: Int) -> (shipment: Int, leaveMilliseconds: Int64)? {
        guard slotOf.indices.contains(v) else { return nil }
        let route = set.routes[slotOf[v]]
        guard route.frozen == 0, route.count > 2 else { return nil }
        return (Int(route.ids[1] >> 1), max(route.opens[0], route.opens[1] &- route.legTime[0]))
    }

    /// Who has a shipment in his plan, and when service begins at both ends; nil where it waits or is over.
    public func plan(of s: Int) -> (vehicle: Int, pickup: Int64, delivery: Int64)? {
        guard states.indices.contains(s), states[s] == .planned || states[s] == .onBoard else { return nil }
        let slot = Int(set.slot(of: s))
        guard slot >= 0 else { return nil }
        standNow(vehicleOf[slot])
        let route = set.routes[slot]
        func begin(_ stop: Int) -> Int64 {
            guard set.routeOf[stop] >= 0 else { return route.opens[0] }
            let k = Int(set.positionOf[stop])
            return route.depart[k] &- route.service[k]
        }
        return (vehicleOf[slot], begin(2 * s), begin(2 * s + 1))
    }

    /// Shipments that the last `improve` gave another vehicle.
    public var changed: [Int] { search.changed.map(Int.init) }
}
