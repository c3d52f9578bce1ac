/// The four bytes before each protobuf message, and the sizes allowed before anything is parsed.
///
/// Uplink frame: `envelope message`. Downlink frame: `topic envelope message`, where topic is the vehicle's
/// number as four little-endian bytes, 0 for all vehicles, so that it serves as the subscription.
/// Envelope: magic 0x4B 'K', major version 1, type, flags 0.
public enum Envelope {
    public static let magic: UInt8 = 0x4B
    public static let major: UInt8 = 1
    public static let size = 4
    public static let topicSize = 4
    /// Longest protobuf message either side may send, bytes; the socket's own limit stands above it.
    public static let messageSizeMax = 4096 - size - topicSize

    /// Message types of v1. Uplink below 64, downlink from 64.
    public enum MessageType: UInt8, Sendable, CaseIterable {
        case hello = 1
        case telemetry = 2
        case heartbeat = 3
        case commandAck = 4
        case missionAck = 5
        case progress = 6
        case event = 7
        case goodbye = 8
        case welcome = 65
        case stationHeartbeat = 66
        case clock = 67
        case command = 68
        case missionPart = 69
        case progressAck = 70
        case stationGoodbye = 71

        /// Longest protobuf message of this type, bytes, with room for fields of later minor versions.
        public var sizeMax: Int {
            switch self {
            case .hello: 512
            case .telemetry: 256
            case .event, .command, .welcome: 512
            case .missionPart: Envelope.messageSizeMax
            default: 256
            }
        }
    }
}

/// Why bytes were refused. Counted by cause, never logged per message.
public enum WireError: Error, Equatable, Sendable, CaseIterable {
    /// Shorter than envelope (and topic).
    case truncated
    case magic
    case majorVersion
    case unknownType
    /// Longer than the type allows.
    case oversized
    /// Not protobuf, or more memory than the decoder's cap.
    case malformed
    /// A field the message cannot do without is missing.
    case missingField
    /// A value outside its documented range.
    case outOfRange
}
