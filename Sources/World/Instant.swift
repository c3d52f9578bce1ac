/// A moment: nanoseconds since 1970-01-01T00:00:00 UTC. The controller never reads a clock, it is told.
public struct Instant: Hashable, Comparable, Sendable, Codable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Whole and fractional seconds since 1970; microsecond exact for dates in this century.
    public init(secondsSince1970 seconds: Double) {
        self.nanoseconds = Int64(seconds * 1e6) * 1000
    }

    public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Seconds from `earlier` to this moment, negative when this is the earlier one.
    public func seconds(since earlier: Instant) -> Double {
        Double(nanoseconds &- earlier.nanoseconds) * 1e-9
    }

    /// This moment moved by `seconds`, which must be finite and below 9e9 in size.
    public func advanced(bySeconds seconds: Double) -> Instant {
        Instant(nanoseconds: nanoseconds + Int64(seconds * 1e9))
    }

    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}
