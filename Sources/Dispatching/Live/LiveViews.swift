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
        let route = set.routes[slot]
        // Reading changes nothing: who stands leaves now at the earliest.
        var time = route.frozen == 0 ? max(route.opens[0], now) : route.opens[0]
        var begins = (pickup: route.opens[0], delivery: route.opens[0])
        for k in stride(from: 1, to: route.count - 1, by: 1) {
            time = max(time &+ route.legTime[k - 1], route.opens[k])
            if Int(route.ids[k]) == 2 * s { begins.pickup = time }
            if Int(route.ids[k]) == 2 * s + 1 { begins.delivery = time }
            time &+= route.service[k]
        }
        return (vehicleOf[slot], begins.pickup, begins.delivery)
    }

    /// Shipments that the last `improve` gave another vehicle.
    public var changed: [Int] { search.changed.map(Int.init) }
}
