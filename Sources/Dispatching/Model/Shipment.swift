/// Freight to move: what the planner calls an order, or one leg of an order that changes vehicles.
///
/// With both visits the same vehicle makes both, the pickup first. Without a pickup the freight is loaded where the
/// vehicle starts; without a delivery it is unloaded where the vehicle ends.
public struct Shipment: Hashable, Sendable, Codable {
    /// What people call it; unique within a problem.
    public var name: String
    public var pickup: Visit?
    public var delivery: Visit?
    public var load: Load
    /// What not serving it costs, in micro-tenge; `.max` (any over `DispatchLimits.cost`) for what must be served.
    public var refusalCost: Int64
    /// Vehicles without all of these skills (bits) do not carry it: cooling, tail lift, dangerous goods, drone only ...
    public var skills: UInt64 = 0
    /// Goods of this class (0...63) never share a vehicle with ...
    public var cargoClass: UInt8 = 0
    /// ... goods of these classes (bit per class). Holds in both directions.
    public var apartFromClasses: UInt64 = 0
    /// Temperature the freight needs, in tenths of a degree Celsius; what shares a vehicle must share a temperature.
    public var temperature: ClosedRange<Int16>?
    /// From the end of pickup to the begin of delivery.
    public var longestOnBoardMilliseconds: Int64?
    /// Told to the customer: begin of delivery after it costs `latenessCost`.
    public var promisedMilliseconds: Int64?
    /// Micro-tenge a millisecond late; the cost grows in proportion.
    public var latenessCost: Int64 = 0
    /// Index of the shipment whose delivery must be over, `handoverMilliseconds` before the pickup of this begins.
    public var after: Int?
    public var handoverMilliseconds: Int64 = 0
    /// Index of the shipment of which this is a leg: all legs of a chain (each `after` the one before) stand for it, moved
    /// by several vehicles, and are nothing by themselves. The planner chooses between a chain and one vehicle.
    public var legOf: Int?
    /// Vehicles (indices) that may not carry it: what Rules or Traffic refused is not offered again.
    public var refusedVehicles: [Int] = []
    /// The one vehicle that may carry it, because the freight is on board or promised.
    public var vehicle: Int?
    /// Whose freight it is, index of the company; for fairness and reports.
    public var company: Int = 0

    public init(
        name: String, pickup: Visit? = nil, delivery: Visit? = nil, load: Load = Load(),
        refusalCost: Int64 = .max
    ) {
        self.name = name
        self.pickup = pickup
        self.delivery = delivery
        self.load = load
        self.refusalCost = refusalCost
    }
}
