import Glibc

/// Metres per ten-millionth of a degree at one latitude: a plane that follows the ellipsoid's curvature there.
///
/// From the radii of curvature in the meridian and the prime vertical (Rapp, Geometric Geodesy I, 3.5). Taken at
/// the middle latitude of two points it gives their distance within 0.01 % up to 100 km below 65 degrees; for
/// more, or for centimetres, take a geodesic or a `LocalFrame`.
public struct LocalScale: Hashable, Sendable {
    public let eastMetersPerE7: Double
    public let northMetersPerE7: Double

    public init(latitudeDegrees: Double) {
        let latitude = latitudeDegrees * WGS84.radiansPerDegree
        let sine = sin(latitude)
        let flattening = 1 - WGS84.e2 * sine * sine
        let normal = WGS84.a / flattening.squareRoot()
        let perE7 = 1e-7 * WGS84.radiansPerDegree
        eastMetersPerE7 = normal * cos(latitude) * perE7
        northMetersPerE7 = normal * (1 - WGS84.e2) / flattening * perE7
    }
}

extension Coordinate {
    /// East and north metres from here to `other`, the short way round the antimeridian.
    public func displacement(to other: Coordinate) -> (east: Double, north: Double) {
        let rise = Double(other.latitudeE7) - Double(latitudeE7)
        var turn = Double(other.longitudeE7) - Double(longitudeE7)
        if turn > 1.8e9 { turn -= 3.6e9 } else if turn < -1.8e9 { turn += 3.6e9 }
        let scale = LocalScale(latitudeDegrees: (Double(latitudeE7) + 0.5 * rise) * 1e-7)
        return (turn * scale.eastMetersPerE7, rise * scale.northMetersPerE7)
    }

    /// Metres along the plane of `LocalScale`.
    public func meters(to other: Coordinate) -> Double {
        let d = displacement(to: other)
        return (d.east * d.east + d.north * d.north).squareRoot()
    }

    /// The place that many metres away; never beyond a pole or the antimeridian.
    public func moved(east: Double, north: Double) -> Coordinate {
        let near = LocalScale(latitudeDegrees: latitudeDegrees)
        let half = Double(latitudeE7) + 0.5 * north / near.northMetersPerE7
        let scale = LocalScale(latitudeDegrees: half.clamped(to: -9e8...9e8) * 1e-7)
        let latitude = Double(latitudeE7) + north / scale.northMetersPerE7
        let longitude = Double(longitudeE7) + east / max(scale.eastMetersPerE7, 1e-5)
        return Coordinate(
            latitudeE7: Int32(latitude.isNaN ? 0 : latitude.rounded().clamped(to: -9e8...9e8)),
            longitudeE7: Int32(longitude.isNaN ? 0 : longitude.rounded().clamped(to: -1.8e9...1.8e9)))
    }
}
