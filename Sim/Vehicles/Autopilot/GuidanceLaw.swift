import Foundation

/// Metres east, north and up of here.
struct LocalOffset: Equatable, Sendable {
    var east: Double
    var north: Double
    var up: Double
    var horizontal: Double { (east * east + north * north).squareRoot() }

    /// From one place to another in the plane that touches the ellipsoid at `from`. The error vanishes as the
    /// two come together, which is all that closing in on a target needs.
    static func from(_ from: Waypoint, to: Waypoint) -> LocalOffset {
        let latitude = Double(from.latitudeE7) * 1e-7 * .pi / 180
        // WGS84: semi-major axis and first eccentricity squared; radii of curvature of meridian and prime vertical.
        let a = 6_378_137.0
        let e2 = 6.694_379_990_141_316e-3
        let w = 1 - e2 * sin(latitude) * sin(latitude)
        let primeVertical = a / w.squareRoot()
        let meridian = a * (1 - e2) / (w * w.squareRoot())
        var longitudeDifference = Int64(to.longitudeE7) - Int64(from.longitudeE7)
        if longitudeDifference > 1_800_000_000 { longitudeDifference -= 3_600_000_000 }
        if longitudeDifference < -1_800_000_000 { longitudeDifference += 3_600_000_000 }
        let latitudeDifference = Int64(to.latitudeE7) - Int64(from.latitudeE7)
        let radians = 1e-7 * Double.pi / 180
        return LocalOffset(
            east: Double(longitudeDifference) * radians * primeVertical * cos(latitude),
            north: Double(latitudeDifference) * radians * meridian,
            up: Double(Int64(to.altitudeMillimeters) - Int64(from.altitudeMillimeters)) * 1e-3)
    }
}

/// A place to steer for; altitude above mean sea level.
struct Waypoint: Codable, Equatable, Sendable {
    var latitudeE7: Int32
    var longitudeE7: Int32
    var altitudeMillimeters: Int32

    private func clamped(_ value: Double, _ size: Double) -> Double {
        value.isNaN ? 0 : min(max(value, -size), size)
    }
}

/// From distance to wanted speed, such that a vehicle that follows it stops at the point.
enum GuidanceLaw {
    /// Speed at `distance` metres from a stop: proportional when near, on the braking parabola v² = 2 a d when
    /// far, joined where both have the same slope (d = a / k², with k = 1 per second).
    static func approachSpeed(distance: Double, braking: Double, atPoint: Double = 0) -> Double {
        guard distance > 0 else { return atPoint }
        let speed = distance <= braking ? distance : (2 * braking * (distance - braking / 2)).squareRoot()
        return (speed * speed + atPoint * atPoint).squareRoot()
    }

    /// Fastest speed round a corner that stays within `deviation` metres of it: the fillet arc of radius
    /// R = δ cos(θ/2) / (1 - cos(θ/2)) flown at v² = a R. 0 for turns beyond 120 degrees.
    static func cornerSpeed(
        _ before: LocalOffset, _ after: LocalOffset, deviation: Double, acceleration: Double
    )
        -> Double
    {
        let lengths = before.horizontal * after.horizontal
        guard lengths > 0 else { return 0 }
        let cosine = (before.east * after.east + before.north * after.north) / lengths
        guard cosine > -0.5 else { return 0 }
        let half = ((1 + min(cosine, 1)) / 2).squareRoot()
        guard half < 0.999_999 else { return .infinity }
        return (acceleration * deviation * half / (1 - half)).squareRoot()
    }
}
