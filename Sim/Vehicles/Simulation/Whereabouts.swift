import Glibc
import World

/// A vehicle's true place on the ellipsoid, moved on by the metres its physics covers.
///
/// The physics moves in a plane that touches the ellipsoid at the vehicle itself: after each control step the
/// metres are carried over to latitude and longitude and the plane follows (`rebase`). So the plane is never
/// larger than one step, and no distance driven makes it wrong.
struct Whereabouts: Sendable, Equatable {
    var latitudeDegrees: Double
    var longitudeDegrees: Double

    // WGS84: semi-major axis, m, and first eccentricity squared.
    private static let a = 6_378_137.0
    private static let e2 = 6.694_379_990_141_316e-3
    private static let degree = Double.pi / 180

    init(latitudeDegrees: Double, longitudeDegrees: Double) {
        self.latitudeDegrees = latitudeDegrees
        self.longitudeDegrees = longitudeDegrees
    }

    init(_ coordinate: Coordinate) {
        latitudeDegrees = coordinate.latitudeDegrees
        longitudeDegrees = coordinate.longitudeDegrees
    }

    /// Metres of one degree north and of one degree east at `latitude` and `height` above the ellipsoid.
    static func metersPerDegree(latitude: Double, height: Double) -> (north: Double, east: Double) {
        let (s, c) = (sin(latitude * degree), cos(latitude * degree))
        let w2 = 1 - e2 * s * s
        let w = w2.squareRoot()
        return ((a * (1 - e2) / (w2 * w) + height) * degree, (a / w + height) * c * degree)
    }

    /// Moves by metres, at most some hundred, `height` metres above the ellipsoid. The step is taken with the
    /// radii at its middle: the error is of third order in its length.
    mutating func move(east: Double, north: Double, height: Double) {
        guard east != 0 || north != 0 else { return }
        let here = Self.metersPerDegree(latitude: latitudeDegrees, height: height)
        let middle = Self.metersPerDegree(
            latitude: latitudeDegrees + north / here.north / 2, height: height)
        latitudeDegrees = min(max(latitudeDegrees + north / middle.north, -89.9), 89.9)
        longitudeDegrees += east / middle.east
        if longitudeDegrees > 180 { longitudeDegrees -= 360 }
        if longitudeDegrees < -180 { longitudeDegrees += 360 }
    }

    func moved(east: Double, north: Double, height: Double) -> Whereabouts {
        var copy = self
        copy.move(east: east, north: north, height: height)
        return copy
    }

    /// Rounded to a ten-millionth of a degree.
    var coordinate: Coordinate {
        Coordinate(latitudeDegrees: latitudeDegrees, longitudeDegrees: longitudeDegrees)
            ?? Coordinate(latitudeE7: 0, longitudeE7: 0)
    }
}
