import World

/// What a vehicle said of itself at enrolment and in its Hello.
public struct VehicleProfile: Hashable, Sendable, Codable {
    public var id: VehicleID
    /// Short name such as `drone-7`, unique.
    public var name: String
    public var kind: VehicleKind
    public var company: String
    public var model: String
    public var payloadCapacityGrams: UInt32
    public var cargoVolumeLiters: UInt32
    public var cruiseSpeedMillimetersPerSecond: UInt32
    public var energyCapacityKilojoules: UInt32
    /// Full energy, full payload, still air, no reserve.
    public var rangeMeters: UInt32
    public init(
        id: VehicleID, name: String, kind: VehicleKind, company: String, model: String,
        payloadCapacityGrams: UInt32,
        cargoVolumeLiters: UInt32, cruiseSpeedMillimetersPerSecond: UInt32, energyCapacityKilojoules: UInt32,
        rangeMeters: UInt32
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.company = company
        self.model = model
        self.payloadCapacityGrams = payloadCapacityGrams
        self.cargoVolumeLiters = cargoVolumeLiters
        self.cruiseSpeedMillimetersPerSecond = cruiseSpeedMillimetersPerSecond
        self.energyCapacityKilojoules = energyCapacityKilojoules
        self.rangeMeters = rangeMeters
    }
}

/// What a vehicle says it is doing. Same cases and raw values as the wire's Mode.
public enum VehicleMode: UInt8, Sendable, Codable {
    case unspecified, parked, ready, moving, holding, returning, landing, diverting, fault
}

/// The newest believed telemetry of one vehicle since the last tick, checked by the link, altitude converted
/// to mean sea level. Flat, so that thousands go through a tick without reference counting.
public struct TrackReport: Hashable, Sendable, Codable {
    public var vehicle: VehicleID
    public var measuredAt: Instant
    public var position: Position<MeanSeaLevel>
    public var velocityEastMillimetersPerSecond: Int32
    public var velocityNorthMillimetersPerSecond: Int32
    public var velocityUpMillimetersPerSecond: Int32
    public var horizontalAccuracyCentimeters: UInt16
    public var verticalAccuracyCentimeters: UInt16
    public var headingCentidegrees: UInt16
    public var mode: VehicleMode
    public var health: UInt16
    public var energyKilojoules: UInt32
    public var payloadGrams: UInt32
    public var missionNumber: UInt64
    public var missionRevision: UInt16
    public var leg: UInt16
    public init(
        vehicle: VehicleID, measuredAt: Instant, position: Position<MeanSeaLevel>,
        velocityEastMillimetersPerSecond: Int32, velocityNorthMillimetersPerSecond: Int32,
        velocityUpMillimetersPerSecond: Int32, horizontalAccuracyCentimeters: UInt16,
        verticalAccuracyCentimeters: UInt16, headingCentidegrees: UInt16, mode: VehicleMode, health: UInt16,
        energyKilojoules: UInt32, payloadGrams: UInt32, missionNumber: UInt64, missionRevision: UInt16,
        leg: UInt16
    ) {
        self.vehicle = vehicle
        self.measuredAt = measuredAt
        self.position = position
        self.velocityEastMillimetersPerSecond = velocityEastMillimetersPerSecond
        self.velocityNorthMillimetersPerSecond = velocityNorthMillimetersPerSecond
        self.velocityUpMillimetersPerSecond = velocityUpMillimetersPerSecond
        self.horizontalAccuracyCentimeters = horizontalAccuracyCentimeters
        self.verticalAccuracyCentimeters = verticalAccuracyCentimeters
        self.headingCentidegrees = headingCentidegrees
        self.mode = mode
        self.health = health
        self.energyKilojoules = energyKilojoules
        self.payloadGrams = payloadGrams
        self.missionNumber = missionNumber
        self.missionRevision = missionRevision
        self.leg = leg
    }

    /// By vehicle, the newest first; of those of one moment the same one first, in whatever order they came.
    func precedes(_ other: TrackReport) -> Bool {
        if vehicle != other.vehicle { return vehicle < other.vehicle }
        if measuredAt != other.measuredAt { return measuredAt > other.measuredAt }
        return words.lexicographicallyPrecedes(other.words)
    }

    private var words: [Int64] {
        [
            Int64(position.coordinate.latitudeE7), Int64(position.coordinate.longitudeE7),
            Int64(position.altitude.millimeters), Int64(velocityEastMillimetersPerSecond),
            Int64(velocityNorthMillimetersPerSecond), Int64(velocityUpMillimetersPerSecond),
            Int64(horizontalAccuracyCentimeters), Int64(verticalAccuracyCentimeters),
            Int64(headingCentidegrees), Int64(mode.rawValue), Int64(health), Int64(energyKilojoules),
            Int64(payloadGrams), Int64(bitPattern: missionNumber), Int64(missionRevision), Int64(leg),
        ]
    }
}

/// Stage of a command as acknowledged by the vehicle.
public enum AckStage: String, Sendable, Codable {
    case received, accepted, rejected, started, done, failed, expired
}

/// How a mission upload went.
public enum UploadResult: String, Sendable, Codable { case complete, invalid, busy, fence, timedOut }

public enum ProgressReport: String, Sendable, Codable {
    case started, legDone, loaded, unloaded, completed, aborted
}

public enum VehicleIncident: String, Sendable, Codable {
    case linkLost, contingency, energyLow, positionLost, propulsionFault, payloadFault, emergencyStop,
        recovered, other
}

/// What an operator asks for by hand.
public enum OperatorAction: String, Sendable, Codable, CaseIterable {
    case hold, resume, returnHome, land, abort
}

/// Everything the controller ever learns. Each carries the time it happened; the shell orders them.
public enum Input: Hashable, Sendable, Codable {
    /// First input of a run, after the journal was applied: the new epoch, higher than every earlier one.
    case stationStarted(fence: UInt64, at: Instant)
    /// A vehicle said Hello with an accepted identity. `heldMission` is what it still carries.
    case vehicleConnected(VehicleProfile, heldMission: MissionID?, heldRevision: UInt16, at: Instant)
    /// Its connection closed or its key was revoked.
    case vehicleDisconnected(VehicleID, reason: String, at: Instant)
    case orderSubmitted(OrderRequest, at: Instant)
    case orderCancelled(OrderID, by: String, at: Instant)
    case operatorAction(OperatorAction, VehicleID, by: String, at: Instant)
    case uploadFinished(VehicleID, MissionID, revision: UInt16, UploadResult, at: Instant)
    case commandAcknowledged(VehicleID, command: UInt64, AckStage, detail: String, at: Instant)
    case progress(VehicleID, MissionID, revision: UInt16, leg: Int, ProgressReport, at: Instant)
    case incident(VehicleID, VehicleIncident, value: Int32, at: Instant)
    /// Crewed aircraft as receivers saw them, in any order, repeated or late.
    case surveillance(at: Instant, contacts: [SurveillanceContact])
    /// Time moves on; what was heard since the last tick. The newest of each vehicle counts; sorted by vehicle, with one
    /// of each, they are taken the fastest.
    case tick(at: Instant, reports: [TrackReport])

    /// When it happened.
    public var at: Instant {
        switch self {
        case .stationStarted(_, let at), .vehicleConnected(_, _, _, let at),
            .vehicleDisconnected(_, _, let at), .orderSubmitted(_, let at), .orderCancelled(_, _, let at),
            .operatorAction(_, _, _, let at), .uploadFinished(_, _, _, _, let at),
            .commandAcknowledged(_, _, _, _, let at), .progress(_, _, _, _, _, let at),
            .incident(_, _, _, let at), .surveillance(let at, _), .tick(let at, _):
            at
        }
    }
}
