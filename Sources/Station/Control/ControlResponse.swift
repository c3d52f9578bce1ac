import Controller
import World

/// What the station answers. As JSON: an object with one member named for the case.
public enum ControlResponse: Hashable, Sendable {
    case status(StationStatus)
    case vehicles(VehiclePage)
    case vehicle(VehicleStatus)
    case orders(OrderPage)
    case order(OrderStatus)
    case missions(MissionPage)
    case mission(MissionStatus)
    /// One answer per submitted order, in order.
    case submitted([SubmittedOrder])
    /// Of the contacts of one request.
    case surveyed(SurveillanceReceipt)
    case near(TrafficNear)
    /// Done, or on its way; the text is for a person.
    case done(String)
    case problem(ControlProblem)
}

/// A part of the fleet, by number.
public struct VehiclePage: Hashable, Sendable, Codable {
    /// Station time of the answer.
    public var now: Timestamp
    public var vehicles: [VehicleStatus]
    /// `after` of the next part; nil when this is the last.
    public var next: UInt64?
    public init(vehicles: [VehicleStatus], next: UInt64?, at now: Instant) {
        self.now = Timestamp(now)
        self.vehicles = vehicles
        self.next = next
    }
}

/// A part of the orders, by number.
public struct OrderPage: Hashable, Sendable, Codable {
    /// Station time of the answer.
    public var now: Timestamp
    public var orders: [OrderStatus]
    /// `after` of the next part; nil when this is the last.
    public var next: UInt64?
    public init(orders: [OrderStatus], next: UInt64?, at now: Instant) {
        self.now = Timestamp(now)
        self.orders = orders
        self.next = next
    }
}

/// A part of the missions, by number, without their steps.
public struct MissionPage: Hashable, Sendable, Codable {
    /// Station time of the answer.
    public var now: Timestamp
    public var missions: [MissionStatus]
    /// `after` of the next part; nil when this is the last.
    public var next: UInt64?
    public init(missions: [MissionStatus], next: UInt64?, at now: Instant) {
        self.now = Timestamp(now)
        self.missions = missions
        self.next = next
    }
}

/// What became of one submitted order.
public struct SubmittedOrder: Hashable, Sendable, Codable {
    public var company: String
    public var key: String
    /// Nil when no order was made of it.
    public var id: UInt64?
    /// Its state when answered; nil when there is no order.
    public var state: OrderState?
    /// The same order was submitted before: nothing new was made.
    public var isRepeat: Bool
    /// Why it waits, or why it is refused and what would make it pass.
    public var reason: String
    public init(
        company: String, key: String, id: OrderID?, state: OrderState?, isRepeat: Bool, reason: String
    ) {
        self.company = company
        self.key = key
        self.id = id?.number
        self.state = state
        self.isRepeat = isRepeat
        self.reason = reason
    }

    /// - Parameters:
    ///   - before: the order of this company and key before the controller was asked.
    ///   - after: the order that the answer names.
    public init(_ request: OrderRequest, answer: Answer, before: Order?, after: Order?) {
        let isRepeat = before?.request == request
        // The key names another order, which is none of this submitter's business.
        let isTaken = before != nil && !isRepeat
        self.init(
            company: request.company, key: request.key, id: isTaken ? nil : answer.order,
            state: isTaken ? nil : after?.state, isRepeat: isRepeat, reason: answer.reason)
    }
}
