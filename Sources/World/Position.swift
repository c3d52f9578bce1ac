/// A place on the WGS84 ellipsoid in ten-millionths of a degree (1.1 cm of latitude).
public struct Coordinate: Hashable, Sendable, Codable {
    public var latitudeE7: Int32
    public var longitudeE7: Int32

    public init(latitudeE7: Int32, longitudeE7: Int32) {
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
    }

    /// Nil when not finite or outside -90...90, -180...180.
    public init?(latitudeDegrees: Double, longitudeDegrees: Double) {
        guard (-90...90).contains(latitudeDegrees), (-180...180).contains(longitudeDegrees) else {
            return nil
        }
        latitudeE7 = Int32((latitudeDegrees * 1e7).rounded())
        longitudeE7 = Int32((longitudeDegrees * 1e7).rounded())
    }

    public var latitudeDegrees: Double { Double(latitudeE7) * 1e-7 }
    public var longitudeDegrees: Double { Double(longitudeE7) * 1e-7 }

    public var isValid: Bool {
        (-900_000_000...900_000_000).contains(latitudeE7)
            && (-1_800_000_000...1_800_000_000).contains(longitudeE7)
    }
}

/// What an altitude is measured from. Altitudes of two datums cannot be compared or subtracted.
public protocol AltitudeDatum: Sendable {}
/// Height above the WGS84 ellipsoid.
public enum Ellipsoid: AltitudeDatum {}
/// Height above the geoid, as on charts.
public enum MeanSeaLevel: AltitudeDatum {}
/// Height above the ground right below.
public enum AboveGround: AltitudeDatum {}

/// Millimetres above `Datum`.
public struct Altitude<Datum: AltitudeDatum>: Hashable, Comparable, Sendable, Codable {
    public var millimeters: Int32

    public init(millimeters: Int32) { self.millimeters = millimeters }
    /// Clamped to what 32 bits hold; NaN becomes 0.
    public init(meters: Double) {
        millimeters =
            meters.isNaN ? 0 : Int32((meters * 1000).rounded().clamped(to: -2_000_000_000...2_000_000_000))
    }

    public var meters: Double { Double(millimeters) * 1e-3 }

    public static func < (a: Self, b: Self) -> Bool { a.millimeters < b.millimeters }

    public init(from decoder: any Decoder) throws {
        millimeters = try decoder.singleValueContainer().decode(Int32.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(millimeters)
    }
}

/// A coordinate with an altitude.
public struct Position<Datum: AltitudeDatum>: Hashable, Sendable, Codable {
    public var coordinate: Coordinate
    public var altitude: Altitude<Datum>

    public init(_ coordinate: Coordinate, altitude: Altitude<Datum>) {
        self.coordinate = coordinate
        self.altitude = altitude
    }
}

extension Comparable {
    public func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
