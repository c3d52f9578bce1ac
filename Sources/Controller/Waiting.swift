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

    func entry(_ id: OrderID) -> Entry? { slot[id].map { entries[$0] } }
}

/// Which vehicle may stand on which landing spot. A vehicle keeps the spots of its newest mission, where it
/// also stands when that is over.
struct PadReservations: Sendable {
    private var holder: [Coordinate: Int] = [:]
    private var spots: [Int: [Coordinate]] = [:]

    mutating func replace(_ vehicle: Int, _ new: [Coordinate]) {
        for spot in spots[vehicle] ?? [] where holder[spot] == vehicle { holder[spot] = nil }
        spots[vehicle] = new
        for spot in new where holder[spot] == nil { holder[spot] = vehicle }
    }

    /// The first spot of a stop that no other vehicle holds: a square spiral of 49 around it; nil when all
    /// are taken.
    func free(at stop: Coordinate, for vehicle: Int, spacingMeters: Double) -> Coordinate? {
        for ring in 0...3 {
            for row in -ring...ring {
                for column in -ring...ring where max(abs(row), abs(column)) == ring {
                    let spot = stop.moved(
                        east: Double(column) * spacingMeters, north: Double(row) * spacingMeters)
                    if let taken = holder[spot], taken != vehicle { continue }
                    return spot
                }
            }
        }
        return nil
    }
}
