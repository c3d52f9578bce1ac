import World

/// A moment as operators read and write it: ISO 8601 text in UTC, as `"2026-11-25T09:40:00.250Z"`.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var instant: Instant

    public init(_ instant: Instant) { self.instant = instant }

    public static func < (a: Self, b: Self) -> Bool { a.instant < b.instant }
    public var description: String { instant.description }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(iso8601: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "it is no ISO 8601 time with an offset from UTC")
        }
        self.instant = instant
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A point in degrees of WGS84.
public struct PointView: Hashable, Sendable, Codable {
    public var latitudeDegrees: Double
    public var longitudeDegrees: Double
    /// Above mean sea level.
    public var altitudeMeters: Double

    public init(_ coordinate: Coordinate, _ altitude: Altitude<MeanSeaLevel>) {
        latitudeDegrees = (coordinate.latitudeDegrees * 1e7).rounded() / 1e7
        longitudeDegrees = (coordinate.longitudeDegrees * 1e7).rounded() / 1e7
        altitudeMeters = (altitude.meters * 1e3).rounded() / 1e3
    }

    public init(_ position: Position<MeanSeaLevel>) { self.init(position.coordinate, position.altitude) }
}
