import World

/// What may travel together and what needs care; segregation rules come with Rules.
public enum CargoClass: String, Sendable, Codable, CaseIterable {
    case general, parcel, food, chilled, medical, electronics, dangerous, bulk, containers, vehicles
}

/// A point where freight is picked up or handed over, resolved by the shell from a place's name.
public struct Stop: Hashable, Sendable, Codable {
    /// Id of a place, airport or town in the world data, or a free name.
    public var place: String
    public var coordinate: Coordinate
    /// Ground level here.
    public var ground: Altitude<MeanSeaLevel>
    public init(place: String, coordinate: Coordinate, ground: Altitude<MeanSeaLevel>) {
        self.place = place
        self.coordinate = coordinate
        self.ground = ground
    }
}

/// Freight that somebody wants moved. `key` makes submitting it twice harmless.
public struct OrderRequest: Hashable, Sendable, Codable {
    /// Chosen by the submitter, unique per company, at most 64 bytes.
    public var key: String
    public var company: String
    public var pickup: Stop
    public var delivery: Stop
    public var massGrams: UInt32
    public var volumeLiters: UInt32
    public var cargo: CargoClass
    /// Pickup not before.
    public var readyAt: Instant
    /// Delivered later than this is late; nil promises nothing.
    public var deliverBy: Instant?
    /// Nil lets the controller choose.
    public var kinds: [VehicleKind]?
    public init(
        key: String, company: String, pickup: Stop, delivery: Stop, massGrams: UInt32, volumeLiters: UInt32,
        cargo: CargoClass, readyAt: Instant, deliverBy: Instant?, kinds: [VehicleKind]? = nil
    ) {
        self.key = key
        self.company = company
        self.pickup = pickup
        self.delivery = delivery
        self.massGrams = massGrams
        self.volumeLiters = volumeLiters
        self.cargo = cargo
        self.readyAt = readyAt
        self.deliverBy = deliverBy
        self.kinds = kinds
    }
}

public enum OrderState: String, Sendable, Codable, CaseIterable {
    /// Known, waits for a vehicle.
    case waiting
    /// A mission carries it; not picked up yet.
    case assigned
    /// On board.
    case carried
    case delivered
    /// No vehicle can ever carry it as asked; `Order.reason` says what would change that.
    case refused
    case cancelled
    /// Not deliverable any more: the vehicle was lost or broke down with the freight on board, or attempt after
    /// attempt to pick it up failed.
    case failed
}

/// An order and where it stands.
public struct Order: Hashable, Sendable, Codable {
    public var id: OrderID
    public var request: OrderRequest
    public var state: OrderState
    public var submittedAt: Instant
    public var mission: MissionID?
    public var pickedUpAt: Instant?
    public var closedAt: Instant?
    /// Why it is in this state, for a person.
    public var reason: String
    public init(id: OrderID, request: OrderRequest, submittedAt: Instant, state: OrderState, reason: String) {
        self.id = id
        self.request = request
        self.submittedAt = submittedAt
        self.state = state
        self.reason = reason
    }

    public var isLate: Bool {
        guard let deliverBy = request.deliverBy, let closedAt, state == .delivered else { return false }
        return closedAt > deliverBy
    }
}
