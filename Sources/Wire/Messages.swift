// The cold messages of Proto/keruen/v1 as Swift values. Enumerations stay the numbers of the wire inside
// `Open`, so that a value this version does not know passes through unharmed and never traps.

/// An enumeration as received: a known case, or a number from a newer version.
public struct Open<Known: RawRepresentable & Sendable & Hashable>: Hashable, Sendable
where Known.RawValue == UInt32 {
    public var number: UInt32
    public init(number: UInt32) { self.number = number }
    public init(_ known: Known) { number = known.rawValue }
    public var known: Known? { Known(rawValue: number) }
}

public enum WireVehicleKind: UInt32, Sendable { case unspecified, multirotor, vtol, truck }
public enum Mode: UInt32, Sendable {
    case unspecified, parked, ready, moving, holding, returning, landing, diverting, fault
}
public enum WireDatum: UInt32, Sendable { case unspecified, ellipsoid, meanSeaLevel, aboveGround }
public enum Refusal: UInt32, Sendable { case unspecified, version, identity, invalid, busy, revoked }
public enum GoodbyeReason: UInt32, Sendable { case unspecified, shutdown, maintenance, replaced, revoked }
public enum CommandKind: UInt32, Sendable {
    case unspecified, start, hold, resume, returnHome, land, abort, goTo, speedLimit, altitude, manoeuvre
}
public enum CommandStage: UInt32, Sendable {
    case unspecified, received, accepted, rejected, started, done, failed, expired
}
public enum Rejection: UInt32, Sendable {
    case unspecified, fence, expired, mission, mode, unsupported, invalid, energy, fault
}
public enum MissionAction: UInt32, Sendable {
    case unspecified, takeoff, fly, land, drive, load, unload, wait, contingency
}
public enum MissionAckResult: UInt32, Sendable {
    case unspecified, part, complete, digest, invalid, busy, fence
}
public enum ProgressKind: UInt32, Sendable {
    case unspecified, started, legDone, loaded, unloaded, completed, aborted
}
public enum EventKind: UInt32, Sendable {
    case unspecified, linkLost, contingency, energyLow, positionLost, propulsionFault, payloadFault,
        emergencyStop,
        recovered
}

/// Start of every non-telemetry message a vehicle sends: who restarted when, and order within that run.
public struct UplinkStamp: Hashable, Sendable {
    public var boot: UInt32
    public var sequence: UInt32
    public init(boot: UInt32, sequence: UInt32) {
        self.boot = boot
        self.sequence = sequence
    }
}

public struct Hello: Equatable, Sendable {
    public var vehicleID: UInt32 = 0
    public var minorMin: UInt32 = 0
    public var minorMax: UInt32 = 0
    public var kind = Open<WireVehicleKind>(.unspecified)
    public var capabilities: UInt64 = 0
    public var model = ""
    public var software = ""
    public var payloadCapacityGrams: UInt32 = 0
    public var cargoVolumeLiters: UInt32 = 0
    public var cruiseSpeedMillimetersPerSecond: UInt32 = 0
    public var energyCapacityKilojoules: UInt32 = 0
    public var rangeMeters: UInt32 = 0
    public var mission = MissionReference(packed: 0)
    public var missionDigest: UInt32 = 0
    public var lastCommandID: UInt64 = 0
    public var fence: UInt64 = 0
    public init() {}
}

public struct VehicleHeartbeat: Equatable, Sendable {
    public var nonce: UInt64 = 0
    public var stationTimeNanoseconds: UInt64 = 0
    public var receivedAtNanoseconds: UInt64 = 0
    public var sentAtNanoseconds: UInt64 = 0
    public init() {}
}

public struct CommandAck: Equatable, Sendable {
    public var commandID: UInt64 = 0
    public var stage = Open<CommandStage>(.unspecified)
    public var rejection = Open<Rejection>(.unspecified)
    public var atNanoseconds: UInt64 = 0
    public init() {}
}

public struct MissionAck: Equatable, Sendable {
    public var mission = MissionReference(packed: 0)
    public var part: UInt32 = 0
    public var result = Open<MissionAckResult>(.unspecified)
    public var digest: UInt32 = 0
    public init() {}
}

public struct MissionProgress: Equatable, Sendable {
    public var mission = MissionReference(packed: 0)
    public var kind = Open<ProgressKind>(.unspecified)
    public var atNanoseconds: UInt64 = 0
    public var payloadGrams: UInt32 = 0
    public init() {}
}

public struct VehicleEvent: Equatable, Sendable {
    public var kind = Open<EventKind>(.unspecified)
    public var atNanoseconds: UInt64 = 0
    public var value: Int32 = 0
    public var text = ""
    public init() {}
}

/// Everything a vehicle can say, but telemetry, which has its own path.
public enum Uplink: Equatable, Sendable {
    case hello(UplinkStamp, Hello)
    case heartbeat(UplinkStamp, VehicleHeartbeat)
    case commandAck(UplinkStamp, CommandAck)
    case missionAck(UplinkStamp, MissionAck)
    case progress(UplinkStamp, MissionProgress)
    case event(UplinkStamp, VehicleEvent)
    case goodbye(UplinkStamp, Open<GoodbyeReason>)
}

public struct Welcome: Equatable, Sendable {
    public var accepted = false
    public var refusal = Open<Refusal>(.unspecified)
    public var minor: UInt32 = 0
    public var capabilities: UInt64 = 0
    public var station = ""
    public var fence: UInt64 = 0
    public var telemetryIntervalMilliseconds: UInt32 = 100
    public var heartbeatIntervalMilliseconds: UInt32 = 1000
    public var linkLostAfterMilliseconds: UInt32 = 3000
    public var stationTimeNanoseconds: UInt64 = 0
    public var boot: UInt32 = 0
    public init() {}
}

public struct StationHeartbeat: Equatable, Sendable {
    public var nonce: UInt64 = 0
    public var stationTimeNanoseconds: UInt64 = 0
    public var fence: UInt64 = 0
    public init() {}
}

public struct ClockCorrection: Equatable, Sendable {
    public var offsetNanoseconds: Int64 = 0
    public var uncertaintyNanoseconds: UInt64 = 0
    public init() {}
}

public struct Command: Equatable, Sendable {
    public var commandID: UInt64 = 0
    public var fence: UInt64 = 0
    public var issuedAtNanoseconds: UInt64 = 0
    public var notAfterNanoseconds: UInt64 = 0
    public var timeToLiveMilliseconds: UInt32 = 0
    public var kind = Open<CommandKind>(.unspecified)
    public var mission = MissionReference(packed: 0)
    public var latitudeE7: Int32 = 0
    public var longitudeE7: Int32 = 0
    public var altitudeMillimeters: Int32 = 0
    public var speedMillimetersPerSecond: UInt32 = 0
    public var reason = ""
    /// Of a manoeuvre, as the two after it: over ground, towards true east and north.
    public var velocityEastMillimetersPerSecond: Int32 = 0
    public var velocityNorthMillimetersPerSecond: Int32 = 0
    /// Fastest climb or descent to `altitudeMillimeters`.
    public var climbMillimetersPerSecond: UInt32 = 0
    /// From the acceptance; then the vehicle holds.
    public var durationMilliseconds: UInt32 = 0
    public init() {}
}

public struct MissionItem: Hashable, Sendable {
    public var action = Open<MissionAction>(.unspecified)
    public var latitudeE7: Int32 = 0
    public var longitudeE7: Int32 = 0
    public var altitudeMillimeters: Int32 = 0
    public var speedMillimetersPerSecond: UInt32 = 0
    public var durationMilliseconds: UInt32 = 0
    public var radiusMillimeters: UInt32 = 0
    public init() {}
}

public struct MissionPart: Equatable, Sendable {
    public var mission = MissionReference(packed: 0)
    public var fence: UInt64 = 0
    public var part: UInt32 = 0
    public var parts: UInt32 = 0
    public var firstItem: UInt32 = 0
    public var itemCount: UInt32 = 0
    public var items: [MissionItem] = []
    public var digest: UInt32 = 0
    public init() {}
}

public struct ProgressAck: Equatable, Sendable {
    public var mission = MissionReference(packed: 0)
    public var kind = Open<ProgressKind>(.unspecified)
    public init() {}
}

/// Everything a station can say to a vehicle.
public enum Downlink: Equatable, Sendable {
    case welcome(Welcome)
    case heartbeat(StationHeartbeat)
    case clock(ClockCorrection)
    case command(Command)
    case missionPart(MissionPart)
    case progressAck(ProgressAck)
    case goodbye(Open<GoodbyeReason>)
}
