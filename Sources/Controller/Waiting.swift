import World

/// Orders that wait for a vehicle, flat so that a vehicle that becomes free can look at thousands.
struct WaitingOrders: Sendable {
    struct Entry: Sendable {
        var id: OrderID
        var pickup: Coordinate
        var delivery: Coordinate
        var massGrams: UInt32
        var volumeLiters: UInt32
        var since: Instant
        var readyAt: Instant
        /// Not offered again before: what is in the way may pass.
        var notBefore = Instant(nanoseconds: 0)
        /// Bit per kind, as `bit`.
        var kinds: UInt8
    }
    private(set) var entries: [Entry] = []
    private var slot: [OrderID: Int] = [:]
    /// Orders not yet offered to the free vehicles.
    var fresh: [OrderID] = []

    static func bit(_ kind: VehicleKind) -> UInt8 {
        switch kind {
        case .multirotor: 1
        case .vtol: 2
        case .truck: 4
        }
    }

    mutating func add(_ order: Order) {
        guard slot[order.id] == nil else { return }
        let request = order.request
        slot[order.id] = entries.count
        entries.append(
            Entry(
                id: order.id, pickup: request.pickup.coordinate, delivery: request.delivery.coordinate,
                massGrams: request.massGrams, volumeLiters: request.volumeLiters, since: order.submittedAt,
                readyAt: request.readyAt,
                kinds: (request.kinds ?? VehicleKind.allCases).reduce(0) { $0 | Self.bit($1) }))
        fresh.append(order.id)
    }

    mutating func remove(_ id: OrderID) {
        guard let i = slot.removeValue(forKey: id) else { return }
        let last = entries.removeLast()
        if last.id != id {
            entries[i] = last
            slot[last.id] = i
        }
    }

    mutating func wait(_ id: OrderID, until moment: Instant) {
        if let i = slot[id] { entries[i].notBefore = moment }
    }

    func entry(_ id: OrderID) -> Entry? { slot[id].map { entries[$0] } }
}
