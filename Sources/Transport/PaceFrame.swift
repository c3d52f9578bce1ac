/// The two sentences by which a station and its simulators keep one simulated clock.
///
/// A simulator says `REACHED name time sent`: it has simulated up to `time` (nanoseconds UTC) and handed `sent`
/// uplink messages to its sockets so far. The station answers `GRANT time`: simulate up to there. Plain text,
/// one frame each, over REQ/REP on loopback; only simulators speak it, never a real vehicle.
public enum PaceFrame: Equatable, Sendable {
    case reached(simulator: String, nanoseconds: Int64, sentMessages: UInt64)
    case grant(nanoseconds: Int64)

    /// Longest frame, bytes.
    public static let sizeMax = 256

    /// Nil when the bytes are not one of the two sentences.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.sizeMax else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(
            separator: " ", omittingEmptySubsequences: false)
        switch (words.first, words.count) {
        case ("REACHED", 4):
            guard !words[1].isEmpty, words[1].utf8.count <= 64, let time = Int64(words[2]), time >= 0,
                let sent = UInt64(words[3])
            else { return nil }
            self = .reached(simulator: String(words[1]), nanoseconds: time, sentMessages: sent)
        case ("GRANT", 2):
            guard let time = Int64(words[1]), time >= 0 else { return nil }
            self = .grant(nanoseconds: time)
        default: return nil
        }
    }

    public var bytes: [UInt8] {
        switch self {
        case .reached(let simulator, let nanoseconds, let sentMessages):
            Array("REACHED \(simulator) \(nanoseconds) \(sentMessages)".utf8)
        case .grant(let nanoseconds): Array("GRANT \(nanoseconds)".utf8)
        }
    }
}
