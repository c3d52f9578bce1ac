import Wire

/// Why the link refused a message or a connection. Counted, never logged per message.
public enum LinkRefusal: Int, CaseIterable, Sendable {
    /// No User-Id on the message: the ZAP handler did not answer for this connection.
    case identityMissing
    /// Revoked, unknown, or of an older key generation.
    case revoked
    /// A frame of a connection that a newer one of the same key has replaced.
    case replaced
    /// More than one frame in a message.
    case multipart
    case truncated, magic, version, unknownType, flags, oversized, malformed
    /// A field is missing or outside its documented range.
    case outOfRange
    /// The same sequence again.
    case duplicate
    /// A lower sequence, or the boot before the present one.
    case replayed
    /// Measured further ahead of the station's time than allowed.
    case future
    /// Measured so long ago that it says nothing of now.
    case late
    /// Further from the last position than any vehicle can have moved.
    case jump
    /// Beyond the vehicle's message rate.
    case flood
    /// The inbox, or this vehicle's part of it, was full.
    case inboxFull
    /// Subscribed to another vehicle's topic.
    case topic
    /// Bytes came in that never became messages: an endless multipart message.
    case hoarding
    /// A connection that spoke something else, or CURVE to another station's key, or left without a message.
    case handshake
    /// A connection that did not finish its handshake in time, or hung up before.
    case unfinished
    /// A connection with a good key that then said nothing.
    case silent
    /// A connection beyond the bounds of its address or of the station.
    case crowded
    /// A connection the system had no descriptor for.
    case exhausted

    /// Whether a connection or a subscription was refused, not an uplink message.
    var isOfConnection: Bool { rawValue >= Self.topic.rawValue }

    init(_ error: WireError) {
        switch error {
        case .truncated: self = .truncated
        case .magic: self = .magic
        case .majorVersion: self = .version
        case .unknownType: self = .unknownType
        case .flags: self = .flags
        case .oversized: self = .oversized
        case .malformed: self = .malformed
        case .missingField, .outOfRange: self = .outOfRange
        }
    }
}

/// What the link has seen since it started.
public struct LinkCounters: Sendable, Equatable {
    /// Messages accepted.
    public internal(set) var accepted: UInt64 = 0
    /// Telemetry sequence numbers that never came.
    public internal(set) var lost: UInt64 = 0
    /// Handshakes answered by the authenticator: allowed, denied, put off.
    public internal(set) var admitted: UInt64 = 0
    public internal(set) var denied: UInt64 = 0
    public internal(set) var putOff: UInt64 = 0
    /// Messages that came in, accepted or not.
    public var taken: UInt64 {
        LinkRefusal.allCases.reduce(accepted) { $1.isOfConnection ? $0 : $0 &+ self[$1] }
    }
    /// TCP connections open now, of both sockets.
    public internal(set) var connections = 0
    var refused = [UInt64](repeating: 0, count: LinkRefusal.allCases.count)

    public subscript(cause: LinkRefusal) -> UInt64 {
        get { refused[cause.rawValue] }
        set { refused[cause.rawValue] = newValue }
    }
}
