/// A stop a vehicle makes next, whatever else changes.
public struct LiveStop: Hashable, Sendable {
    public var isPickup: Bool
    /// As `submit` named it.
    public var shipment: Int
    public var vehicle: Int
    /// Leaves for it, is there, is done.
    public var leavesMilliseconds: Int64
    public var arrivesMilliseconds: Int64
    public var departsMilliseconds: Int64
}

/// What an order got.
public struct LivePlace: Hashable, Sendable {
    public var vehicle: Int
    /// What it adds, in micro-tenge.
    public var cost: Int64
    var pickupAfter: Int
    var deliveryAfter: Int
}

public struct LiveStatistics: Hashable, Sendable {
    public var submitted = 0
    public var delivered = 0
    public var cancelled = 0
    public var evaluations = 0
    public var committed = 0
    /// Orders that changed their vehicle after they had one.
    public var vehicleChanges = 0
    /// Driven and flown so far.
    public var millimeters: Int64 = 0
}

public struct LiveSettings: Hashable, Sendable {
    public var seed: UInt64 = 1
    /// Vehicles leave and arrive by the clock as planned; else only what is told of them counts, and what they begin
    /// leaves the plan by `begin`.
    public var followsClock = true
    /// What is begun within this time is committed.
    public var commitMilliseconds: Int64 = 0
    /// A vehicle waits where it is, for orders that may come, until the slack of its plan is this many times the way to the
    /// next stop, in 256ths, 0 ... 65536: before short ways not for long, before long ways not until nothing could follow
    /// any more. 0 waits until the last moment, 65536 leaves as soon as nobody would wait there.
    public var leaveSlack: Int64 = 256
    /// What it costs, in micro-tenge, to give an order to another vehicle.
    public var changeCost: Int64 = 0
    public init() {}
}
