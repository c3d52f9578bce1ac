import World

/// One thing a vehicle does next. Mirrors MissionItem of the wire; altitudes above mean sea level.
public struct MissionStep: Hashable, Sendable, Codable {
    public enum Action: String, Sendable, Codable {
        case takeoff, fly, land, drive, load, unload, wait, contingency
    }
    public var action: Action
    public var target: Position<MeanSeaLevel>
    /// 0 leaves the speed to the vehicle.
    public var speedMillimetersPerSecond: UInt32
    public var durationMilliseconds: UInt32
    public init(
        _ action: Action, _ target: Position<MeanSeaLevel>, speedMillimetersPerSecond: UInt32 = 0,
        durationMilliseconds: UInt32 = 0
    ) {
        self.action = action
        self.target = target
        self.speedMillimetersPerSecond = speedMillimetersPerSecond
        self.durationMilliseconds = durationMilliseconds
    }
}

public enum MissionState: String, Sendable, Codable, CaseIterable {
    /// Planned; being uploaded.
    case accepted
    /// The vehicle holds it (digest agreed) and was told to start.
    case loaded
    /// Under way.
    case active
    /// Under way, told to hold.
    case held
    /// The vehicle flies or drives its contingency.
    case contingent
    case completed
    case aborted
}

/// A checked, versioned plan for one vehicle.
public struct Mission: Hashable, Sendable, Codable {
    public var id: MissionID
    public var revision: UInt16
    public var vehicle: VehicleID
    public var order: OrderID?
    /// Ordinary steps in order, then the contingency steps.
    public var steps: [MissionStep]
    public var state: MissionState
    public var createdAt: Instant
    public var expectedEnd: Instant
    /// Steps before this index are done.
    public var nextStep: Int
    /// Why this vehicle and this route, for a person.
    public var reason: String
    public init(
        id: MissionID, revision: UInt16, vehicle: VehicleID, order: OrderID?, steps: [MissionStep],
        createdAt: Instant, expectedEnd: Instant, reason: String
    ) {
        self.id = id
        self.revision = revision
        self.vehicle = vehicle
        self.order = order
        self.steps = steps
        self.state = .accepted
        self.createdAt = createdAt
        self.expectedEnd = expectedEnd
        self.nextStep = 0
        self.reason = reason
    }
}

extension Mission {
    /// Nil beyond the last.
    func step(_ index: Int) -> MissionStep? { steps.indices.contains(index) ? steps[index] : nil }
}
