import Controller
import World

/// An order as operators see it.
public struct OrderStatus: Hashable, Sendable, Codable {
    public var id: UInt64
    public var company: String
    public var key: String
    public var state: OrderState
    /// Delivered after the time promised, or still open after it.
    public var isLate: Bool
    public var cargo: CargoClass
    public var massGrams: UInt32
    public var volumeLiters: UInt32
    public var from: StopView
    public var to: StopView
    public var readyAt: Timestamp
    public var deliverBy: Timestamp?
    /// Kinds of vehicle asked for; nil leaves the choice open.
    public var kinds: [VehicleKind]?
    public var submittedAt: Timestamp
    public var mission: UInt64?
    public var pickedUpAt: Timestamp?
    public var closedAt: Timestamp?
    /// Why it is in this state, for a person.
    public var reason: String

    /// Where freight is picked up or handed over.
    public struct StopView: Hashable, Sendable, Codable {
        public var place: String
        /// On the ground.
        public var position: PointView
        init(_ stop: Stop) {
            place = stop.place
            position = PointView(stop.coordinate, stop.ground)
        }
    }

    public init(_ order: Order, at now: Instant) {
        let request = order.request
        id = order.id.number
        company = request.company
        key = request.key
        state = order.state
        isLate = order.isLate(at: now)
        cargo = request.cargo
        massGrams = request.massGrams
        volumeLiters = request.volumeLiters
        from = StopView(request.pickup)
        to = StopView(request.delivery)
        readyAt = Timestamp(request.readyAt)
        deliverBy = request.deliverBy.map { Timestamp($0) }
        kinds = request.kinds
        submittedAt = Timestamp(order.submittedAt)
        mission = order.mission?.number
        pickedUpAt = order.pickedUpAt.map { Timestamp($0) }
        closedAt = order.closedAt.map { Timestamp($0) }
        reason = order.reason
    }
}

extension Order {
    /// Delivered after the time promised, or still open after it.
    func isLate(at now: Instant) -> Bool {
        guard let due = request.deliverBy else { return false }
        return state.isClosed ? isLate : now > due
    }
}
