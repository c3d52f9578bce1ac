/// The four bytes before each protobuf message, and the sizes allowed before anything is parsed.
///
/// Uplink frame: `envelope message`. Downlink frame: `topic envelope message`, where topic is the vehicle's
/// number as four little-endian bytes, 0 for all vehicles, so that it serves as the subscription.
/// Envelope: magic 0x4B 'K', major version 1, type, flags. A flag changes what the bytes after it mean, so it is
/// sent only in a session whose negotiated minor version defines it; v1.0 defines none and refuses all.
public enum Envelope {
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
    }
}

extension Envelope {
    /// Splits a frame that starts with the envelope (an uplink frame, or a downlink frame without its topic).
    ///
    /// Everything is decided before one byte of the message is looked at: `truncated`, `magic`, `majorVersion`,
    /// `unknownType`, `flags`, `oversized` (each type has its own limit).
    @inlinable
    public static func parse(
        _ frame: UnsafeRawBufferPointer
    ) throws(WireError) -> (type: MessageType, body: UnsafeRawBufferPointer) {
        guard frame.count >= size else { throw .truncated }
        guard frame[0] == magic else { throw .magic }
        guard frame[1] == major else { throw .majorVersion }
        guard let type = MessageType(rawValue: frame[2]) else { throw .unknownType }
        guard frame[3] == 0 else { throw .flags }
        guard frame.count - size <= type.sizeMax else { throw .oversized }
        return (type, UnsafeRawBufferPointer(rebasing: frame[size...]))
    }

    /// Splits a downlink frame: topic, then envelope. Throws as `parse`.
    public static func parseDownlink(
        _ frame: UnsafeRawBufferPointer
    ) throws(WireError) -> (topic: UInt32, type: MessageType, body: UnsafeRawBufferPointer) {
        guard frame.count >= topicSize else { throw .truncated }
        let topic = UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self))
        let (type, body) = try parse(UnsafeRawBufferPointer(rebasing: frame[topicSize...]))
        return (topic, type, body)
    }

    /// Writes the four bytes; `buffer` must hold them.
    static func write(_ type: MessageType, into buffer: UnsafeMutableRawBufferPointer) {
        buffer[0] = magic
        buffer[1] = major
        buffer[2] = type.rawValue
        buffer[3] = 0
    }
}

/// Why bytes were refused. Counted by cause, never logged per message.
public enum WireError: Error, Equatable, Sendable, CaseIterable {
    /// Shorter than envelope (and topic).
    case truncated
    case magic
    case majorVersion
    case unknownType
    /// A flag this version does not define.
    case flags
    /// Longer than the type allows.
    case oversized
    /// Not protobuf, or more memory than the decoder's cap.
    case malformed
    /// A field the message cannot do without is missing.
    case missingField
    /// A value outside its documented range.
    case outOfRange
}
