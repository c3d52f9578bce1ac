// Every number of wire protocol 1.0 on which both ends must agree. Docs/Vehicles.md tells them to makers of vehicles, and
// a test compares the two.

// MARK: Bytes

extension Envelope {
    /// First byte of each envelope, 'K'.
    public static let magic: UInt8 = 0x4B
    /// Second byte: a change that older software cannot read.
    public static let major: UInt8 = 1
    /// Bytes of an envelope, and of the topic before it on the downlink.
    public static let size = 4
    public static let topicSize = 4
    /// Longest frame: topic, envelope and message.
    public static let frameSizeMax = 4096
    /// Longest protobuf message either side may send.
    public static let messageSizeMax = frameSizeMax - size - topicSize
    /// What libzmq counts of a frame under CURVE: the frame and 33 bytes. The value of ZMQ_MAXMSGSIZE.
    public static let socketFrameSizeMax = Int64(frameSizeMax + 33)
}

extension Envelope.MessageType {
    /// Longest protobuf message of this type, with room for fields of later minor versions.
    public var sizeMax: Int {
        switch self {
        case .hello, .event, .command, .welcome: 512
        case .missionPart: Envelope.messageSizeMax
        default: 256
        }
    }
}

extension Telemetry {
    /// Bytes of the constant layout.
    public static let encodedSize = 93
}

// MARK: Texts, UTF-8 bytes

extension Hello {
    /// Longest model and software.
    public static let textSizeMax = 64
}
extension Welcome {
    /// Longest station name.
    public static let textSizeMax = 64
}
extension VehicleEvent {
    /// Longest text.
    public static let textSizeMax = 128
}
extension Command {
    /// Longest reason.
    public static let textSizeMax = 128
}

/// What a manoeuvre may ask for. A vehicle answers INVALID beyond it.
extension Command {
    /// Of the horizontal velocity, both axes together.
    public static let manoeuvreSpeedMillimetersPerSecondMax: UInt64 = 100_000
    public static let manoeuvreClimbMillimetersPerSecondMax: UInt32 = 30_000
    public static let manoeuvreMilliseconds: ClosedRange<UInt32> = 1...120_000

    /// Whether the numbers of a manoeuvre are within these limits.
    public var isPossibleManoeuvre: Bool {
        // Unsigned: the squares of two -2^31 make 2^63.
        let east = UInt64(velocityEastMillimetersPerSecond.magnitude)
        let north = UInt64(velocityNorthMillimetersPerSecond.magnitude)
        let most = Self.manoeuvreSpeedMillimetersPerSecondMax
        return east * east + north * north <= most * most
            && climbMillimetersPerSecond <= Self.manoeuvreClimbMillimetersPerSecondMax
            && Self.manoeuvreMilliseconds.contains(durationMilliseconds)
            && Telemetry.altitudeMillimetersRange.contains(altitudeMillimeters)
    }
}

/// What no vehicle exceeds: a Hello that says more is a mistake.
extension Hello {
    public static let payloadGramsMax: UInt32 = 100_000_000
    public static let cargoVolumeLitersMax: UInt32 = 1_000_000
    public static let cruiseSpeedMillimetersPerSecondMax: UInt32 = 200_000
    public static let energyKilojoulesMax: UInt32 = 100_000_000
    public static let rangeMetersMax: UInt32 = 20_000_000

    /// Whether what the vehicle says of itself can be true and is enough to plan with.
    public var isPlausible: Bool {
        payloadCapacityGrams <= Self.payloadGramsMax && cargoVolumeLiters <= Self.cargoVolumeLitersMax
            && (1...Self.cruiseSpeedMillimetersPerSecondMax).contains(cruiseSpeedMillimetersPerSecond)
            && (1...Self.energyKilojoulesMax).contains(energyCapacityKilojoules)
            && (1...Self.rangeMetersMax).contains(rangeMeters)
    }
}

// MARK: Missions

extension MissionPart {
    /// Most items in one part, most parts, most items in a mission.
    public static let itemsMax = 32
    public static let partsMax = 64
    public static let missionItemsMax = 2048
}

// MARK: Values
// Computed, so that the hot path of other modules sees plain numbers and no lazily made globals.

extension Telemetry {
    /// Degrees x 10,000,000, both ways.
    @inlinable public static var latitudeE7Max: Int32 { 900_000_000 }
    @inlinable public static var longitudeE7Max: Int32 { 1_800_000_000 }
    /// Largest believable speed along one axis.
    @inlinable public static var speedMillimetersPerSecondMax: Int32 { 200_000 }
    /// Believable altitudes above any datum.
    @inlinable public static var altitudeMillimetersRange: ClosedRange<Int32> { -500_000...20_000_000 }
    /// Headings stay below it.
    @inlinable public static var fullCircleCentidegrees: UInt16 { 36_000 }
    /// Heartbeat loss of one hundred percent.
    @inlinable public static var lossPerTenThousandMax: UInt16 { 10_000 }
}

// MARK: Times and rates

/// How long each side waits for the other, how often it says things again, how much it remembers.
public enum WireLimits {
    /// A vehicle says Hello this often until it is welcomed, and this often after a refusal.
    public static let helloMilliseconds: Int64 = 1000
    public static let refusedHelloMilliseconds: Int64 = 30_000
    /// A vehicle makes its sockets anew after this silence, then after twice as long each time, up to the second.
    public static let renewFirstMilliseconds: Int64 = 5000
    public static let renewMaxMilliseconds: Int64 = 30_000
    /// A vehicle forces the intervals of a Welcome into these ranges.
    public static let telemetryIntervalMilliseconds: ClosedRange<UInt32> = 20...60_000
    public static let heartbeatIntervalMilliseconds: ClosedRange<UInt32> = 50...60_000
    public static let linkLostMilliseconds: ClosedRange<UInt32> = 500...600_000
    /// A command or mission part is said again after the first, then after twice as long each time.
    public static let commandRetryFirstMilliseconds: Int64 = 200
    public static let commandRetryMaxMilliseconds: Int64 = 2000
    /// The same for progress.
    public static let progressRetryFirstMilliseconds: Int64 = 1000
    public static let progressRetryMaxMilliseconds: Int64 = 30_000
    /// Commands whose answers a vehicle remembers.
    public static let commandMemory = 256
    /// How far ahead of the station's time a measurement may be, and how much more when the clock's correction is
    /// unsure.
    public static let futureMilliseconds: Int64 = 250
    public static let futureUncertaintyMaxMilliseconds: Int64 = 2000
    /// How far behind the station's time a measurement may be.
    public static let lateMilliseconds: Int64 = 10_000
    /// Clock corrections less sure than this are ignored.
    public static let clockUncertaintyMaxMilliseconds: Int64 = 10_000
    /// Messages of one vehicle in the long run, and at once.
    public static let messagesPerSecond = 50.0
    public static let messageBurst = 100.0
}
