/// What is forecast, and where.
public struct ForecastKey: Hashable, Sendable, Codable {
    public enum Kind: UInt8, Hashable, Sendable, Codable { case travel, queue, service, other }
    public var kind: Kind
    /// A place, an edge, a class of goods at a place ...: the caller's number.
    public var number: UInt64
    public init(_ kind: Kind, _ number: UInt64) {
        self.kind = kind
        self.number = number
    }
}

public enum ForecastLimits {
    /// Keys that are learned, about 12 kB each; more are counted and left out.
    public static let keys = 1 << 13
    /// Longer durations are taken as this: 30 days.
    public static let durationMilliseconds: Int64 = 30 * 86_400_000
    static let time = 0...DispatchLimits.latestMilliseconds
}

/// Hours of a week from Monday, in the time of the place.
struct WeekHour {
    static let hour: Int64 = 3_600_000
    static let hours = 168
    /// Of the week.
    var index: Int
    var week: Int64
    /// Past the hour, in 1/256.
    var fraction: Int64
    var day: Int64 { week * 7 + Int64(index / 24) }

    init(_ milliseconds: Int64, offset: Int64) {
        // 1970 began on a Thursday, the fourth day.
        let local = milliseconds + offset + 3 * 24 * Self.hour
        let hours = local >= 0 ? local / Self.hour : (local - Self.hour + 1) / Self.hour
        week = hours >= 0 ? hours / 168 : (hours - 167) / 168
        index = Int(hours - week * 168)
        fraction = (local - hours * Self.hour) * 256 / Self.hour
    }
}
