import Controller
import World

/// What an operator can ask of a running station. As JSON: an object with one member named for the case, for
/// example `{"status":{}}`, `{"vehicle":{"selector":"drone-7"}}` or `{"cancelOrder":{"by":"aigul","id":12}}`.
public enum ControlRequest: Hashable, Sendable, Codable {
    case status
    case vehicles
    /// By number or by name.
    case vehicle(selector: String)
    /// All, or those in one state, or of one company.
    case orders(state: OrderState?, company: String?)
    case order(id: OrderID)
    case submitOrders([OrderRequest])
    case cancelOrder(id: OrderID, by: String)
    case missions
    case mission(id: MissionID)
    case operatorAction(OperatorAction, vehicle: VehicleID, by: String)
    case revokeKey(vehicle: VehicleID)
    case reloadKeys
    case shutdown
}

/// What the station answers. As JSON: an object with one member named for the case.
public enum ControlResponse: Hashable, Sendable, Codable {
    case status(StationStatus)
    case vehicles([VehicleStatus])
    case vehicle(VehicleStatus)
    case orders([Order])
    case order(Order)
    case missions([Mission])
    case mission(Mission)
    /// One answer per submitted order, in order.
    case submitted([SubmittedOrder])
    /// Done, or on its way; the text is for a person.
    case done(String)
    case problem(ControlProblem)
}

/// Why a request was not carried out: what is wrong, where, and what would help.
public struct ControlProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    public var what: String
    public var `where`: String
    public var todo: String
    public init(what: String, where place: String, todo: String) {
        self.what = what
        self.where = place
        self.todo = todo
    }
    public var description: String { "\(`where`): \(what). \(todo)" }
}

/// The station at a glance.
public struct StationStatus: Hashable, Sendable, Codable {
    public var fence: UInt64
    public var startedAt: Instant
    public var now: Instant
    public var vehiclesEnrolled: Int
    public var vehiclesConnected: Int
    /// Orders by state, named as in `OrderState`.
    public var orders: [String: Int]
    public var missionsOpen: Int
    public var telemetryMessages: UInt64
    /// Refused messages by cause.
    public var refusedMessages: [String: UInt64]
    public var durableSequence: UInt64
    public init(
        fence: UInt64, startedAt: Instant, now: Instant, vehiclesEnrolled: Int, vehiclesConnected: Int,
        orders: [String: Int], missionsOpen: Int, telemetryMessages: UInt64,
        refusedMessages: [String: UInt64], durableSequence: UInt64
    ) {
        self.fence = fence
        self.startedAt = startedAt
        self.now = now
        self.vehiclesEnrolled = vehiclesEnrolled
        self.vehiclesConnected = vehiclesConnected
        self.orders = orders
        self.missionsOpen = missionsOpen
        self.telemetryMessages = telemetryMessages
        self.refusedMessages = refusedMessages
        self.durableSequence = durableSequence
    }
}

/// A vehicle and the newest that was heard of it.
public struct VehicleStatus: Hashable, Sendable, Codable {
    public var profile: VehicleProfile
    public var isConnected: Bool
    public var lastReport: TrackReport?
    public var mission: MissionID?
    public init(profile: VehicleProfile, isConnected: Bool, lastReport: TrackReport?, mission: MissionID?) {
        self.profile = profile
        self.isConnected = isConnected
        self.lastReport = lastReport
        self.mission = mission
    }
}

/// What became of one submitted order: its number, or why there is none.
public struct SubmittedOrder: Hashable, Sendable, Codable {
    public var key: String
    public var id: OrderID?
    public var problem: ControlProblem?
    public init(key: String, id: OrderID?, problem: ControlProblem? = nil) {
        self.key = key
        self.id = id
        self.problem = problem
    }
}
