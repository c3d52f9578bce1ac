import Traffic
import World

/// A fact that must survive: the controller's durable state is the fold of these, in order.
public enum Event: Hashable, Sendable {
    case stationStarted(fence: UInt64, at: Instant)
    case vehicleEnrolled(VehicleProfile, at: Instant)
    case orderAccepted(Order)
    case orderChanged(OrderID, OrderState, mission: MissionID?, reason: String, at: Instant)
    case missionAccepted(Mission)
    case missionChanged(MissionID, MissionState, nextStep: Int, reason: String, at: Instant)
    case commandIssued(OutboundCommand, at: Instant)
    case incident(VehicleID, String, at: Instant)
    /// Where the vehicle was first seen parked: the place it returns to.
    case vehicleHome(VehicleID, Position<MeanSeaLevel>, at: Instant)
    /// An operator took it out of service (or gave it back): it gets no missions while grounded.
    case vehicleGrounded(VehicleID, Bool, reason: String, at: Instant)
}

public enum CommandVerb: String, Sendable, Codable {
    case start, hold, resume, returnHome, land, abort, speedLimit, altitude, manoeuvre
}

/// A command to one vehicle; the link turns it into wire bytes and repeats it until acknowledged or expired.
public struct OutboundCommand: Hashable, Sendable {
    /// Fence in the upper 32 bits, counter in the lower.
    public var id: UInt64
    public var fence: UInt64
    public var vehicle: VehicleID
    public var verb: CommandVerb
    public var mission: MissionID?
    public var revision: UInt16
    public var speedMillimetersPerSecond: UInt32
    public var altitude: Altitude<MeanSeaLevel>?
    public var issuedAt: Instant
    public var notAfter: Instant
    /// Why, for logs on both sides.
    public var reason: String
    /// Of a manoeuvre, as the three after it, and 0 otherwise: wanted velocity over ground, towards true east and
    /// north, at most 100 m/s together.
    public var velocityEastMillimetersPerSecond: Int32
    public var velocityNorthMillimetersPerSecond: Int32
    /// Fastest climb or descent to `altitude`, at most 30 m/s.
    public var climbMillimetersPerSecond: UInt32
    /// After this time without another command the vehicle holds; 1 to 120,000.
    public var durationMilliseconds: UInt32
    public init(
        id: UInt64, fence: UInt64, vehicle: VehicleID, verb: CommandVerb, mission: MissionID?,
        revision: UInt16,
        speedMillimetersPerSecond: UInt32 = 0, altitude: Altitude<MeanSeaLevel>? = nil, issuedAt: Instant,
        notAfter: Instant, reason: String, velocityEastMillimetersPerSecond: Int32 = 0,
        velocityNorthMillimetersPerSecond: Int32 = 0, climbMillimetersPerSecond: UInt32 = 0,
        durationMilliseconds: UInt32 = 0
    ) {
        self.id = id
        self.fence = fence
        self.vehicle = vehicle
        self.verb = verb
        self.mission = mission
        self.revision = revision
        self.speedMillimetersPerSecond = speedMillimetersPerSecond
        self.altitude = altitude
        self.issuedAt = issuedAt
        self.notAfter = notAfter
        self.reason = reason
        self.velocityEastMillimetersPerSecond = velocityEastMillimetersPerSecond
        self.velocityNorthMillimetersPerSecond = velocityNorthMillimetersPerSecond
        self.climbMillimetersPerSecond = climbMillimetersPerSecond
        self.durationMilliseconds = durationMilliseconds
    }

    /// Asks for a manoeuvre, cut to what the wire carries: 100 m/s, climbs of 30 m/s, two minutes. Numbers that are
    /// none count as 0.
    mutating func ask(_ manoeuvre: Manoeuvre, seconds: Double) {
        func whole(_ value: Double, _ range: ClosedRange<Double>) -> Int64 {
            // The range is far within 64 bits.
            value.isNaN ? 0 : Int64((value * 1000).rounded().clamped(to: range))
        }
        let speed = (manoeuvre.vx * manoeuvre.vx + manoeuvre.vy * manoeuvre.vy).squareRoot()
        // A little below the limit, for the rounding of both.
        let share = speed > 99.998 ? 99.998 / speed : 1
        let axis = -100_000.0...100_000
        velocityEastMillimetersPerSecond = Int32(clamping: whole(manoeuvre.vx * share, axis))
        velocityNorthMillimetersPerSecond = Int32(clamping: whole(manoeuvre.vy * share, axis))
        climbMillimetersPerSecond = UInt32(clamping: whole(manoeuvre.climbRate, 0...30_000))
        durationMilliseconds = UInt32(clamping: max(1, whole(seconds, 1...120_000)))
        altitude = Altitude(
            millimeters: Int32(clamping: whole(manoeuvre.levelMeters, -500_000...20_000_000)))
    }
}

/// What the shell must do, in this order. `afterDurable` effects wait until every earlier `record` is on disk;
/// the others (what makes safe) never wait.
public enum Effect: Hashable, Sendable, Codable {
    case record(Event)
    case upload(Mission, afterDurable: Bool)
    case command(OutboundCommand, afterDurable: Bool)
    /// Something an operator should know; not kept for ever.
    case notice(String, vehicle: VehicleID?, at: Instant)
    /// Answers the input of this very step: exactly one for each order submitted or cancelled and for each
    /// operator action. Comes after the records it rests on; tell it when those are durable.
    case answer(Answer)
}

/// What became of a request, with the reason.
public struct Answer: Hashable, Sendable, Codable {
    public var accepted: Bool
    public var order: OrderID?
    public var vehicle: VehicleID?
    public var reason: String
    public init(accepted: Bool, order: OrderID? = nil, vehicle: VehicleID? = nil, reason: String) {
        self.accepted = accepted
        self.order = order
        self.vehicle = vehicle
        self.reason = reason
    }
}
