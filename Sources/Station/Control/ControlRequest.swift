import Controller
import World

/// What an operator can ask of a running station. As JSON: an object with one member named for the case, for
/// example `{"status":{}}`, `{"vehicle":{"selector":"drone-7"}}` or `{"cancelOrder":{"by":"aigul","id":12}}`.
public enum ControlRequest: Hashable, Sendable {
    case status
    case vehicles(VehicleFilter)
    /// By number or by name.
    case vehicle(selector: String)
    case orders(OrderFilter)
    case order(id: OrderID)
    /// By what the submitter called it.
    case orderOfKey(company: String, key: String)
    /// At most `ControlLimits.ordersPerRequest`; answered once all are durable. Those that are ready at
    /// `ControlLimits.atOnce` get the station's time, or, when repeated, the time they got before.
    case submitOrders([OrderRequest])
    case cancelOrder(id: OrderID, by: String)
    case missions(MissionFilter)
    case mission(id: MissionID)
    case operatorAction(OperatorAction, vehicle: VehicleID, by: String)
    /// The same on the vehicle of a mission, refused when the mission is over.
    case missionAction(OperatorAction, mission: MissionID, by: String)
    /// Crewed aircraft that receivers see, at most `ControlLimits.contactsPerRequest`.
    case surveillance([ReportedContact])
    /// What flies near a vehicle, by number or by name.
    case near(selector: String)
    case revokeKey(vehicle: VehicleID)
    case reloadKeys
    case shutdown
}

/// How much one request may hold and one answer may bring.
public enum ControlLimits {
    public static let ordersPerRequest = 1000
    public static let contactsPerRequest = 1000
    /// Entries of a list in one answer.
    public static let pageMax = 1000
    public static let pageDefault = 200
    /// The `readyAt` of freight that waits already.
    public static let atOnce = Instant(nanoseconds: 0)
    /// Bytes of a person's name, a company, a selector or a key.
    public static let textMax = 64
}
