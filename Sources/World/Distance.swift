import Glibc

/// Metres between two points for planning: the chord through the earth bent back to an arc. Within 0.1 % of the
/// geodesic below 500 km (in Kazakhstan 0.001 %), within 0.6 % anywhere.
public func distanceMeters(_ a: Coordinate, _ b: Coordinate) -> Double {
    let p = WGS84.cartesian(
        latitudeDegrees: a.latitudeDegrees, longitudeDegrees: a.longitudeDegrees, heightMeters: 0)
    let q = WGS84.cartesian(
        latitudeDegrees: b.latitudeDegrees, longitudeDegrees: b.longitudeDegrees, heightMeters: 0)
    let (x, y, z) = (p.x - q.x, p.y - q.y, p.z - q.z)
    let diameter = 2 * 6_378_137.0
    return diameter * asin(min(1, (x * x + y * y + z * z).squareRoot() / diameter))
}
