import Glibc
import World

/// A way along roads.
public struct Route: Hashable, Sendable {
    public var points: [Coordinate]
    public var lengthMeters: Double
    public var seconds: Double
    public init(points: [Coordinate], lengthMeters: Double, seconds: Double) {
        self.points = points
        self.lengthMeters = lengthMeters
        self.seconds = seconds
    }
}

/// What the controller asks of the world. Both answers must depend on their arguments only.
public struct Geography: Sendable {
    /// The best way by road, or nil when there is none.
    public var route: @Sendable (_ from: Coordinate, _ to: Coordinate, _ on: Instant?) -> Route?
    /// Height of the ground.
    public var ground: @Sendable (Coordinate) -> Altitude<MeanSeaLevel>
    public init(
        route: @escaping @Sendable (Coordinate, Coordinate, Instant?) -> Route?,
        ground: @escaping @Sendable (Coordinate) -> Altitude<MeanSeaLevel>
    ) {
        self.route = route
        self.ground = ground
    }
}

private let metersPerE7 = 0.0111319491

/// East and north metres from `a` to `b` on a plane: good to 0.3 % within 100 km, used for ranking, layers and
/// separation of neighbours.
func displacement(_ a: Coordinate, _ b: Coordinate) -> (east: Double, north: Double) {
    let middle = (Double(a.latitudeE7) + Double(b.latitudeE7)) * 0.5e-7 * Double.pi / 180
    let north = (Double(b.latitudeE7) - Double(a.latitudeE7)) * metersPerE7
    var turn = Double(b.longitudeE7) - Double(a.longitudeE7)
    if turn > 1.8e9 { turn -= 3.6e9 } else if turn < -1.8e9 { turn += 3.6e9 }
    return (turn * metersPerE7 * cos(middle), north)
}

func meters(_ a: Coordinate, _ b: Coordinate) -> Double {
    let d = displacement(a, b)
    return (d.east * d.east + d.north * d.north).squareRoot()
}

/// `a` moved by metres; latitude is kept within the poles.
func moved(_ a: Coordinate, east: Double, north: Double) -> Coordinate {
    let latitude = (Double(a.latitudeE7) + north / metersPerE7).clamped(to: -9e8...9e8)
    let shrink = max(cos(a.latitudeDegrees * .pi / 180), 1e-3)
    let longitude = (Double(a.longitudeE7) + east / metersPerE7 / shrink).clamped(to: -1.8e9...1.8e9)
    return Coordinate(latitudeE7: Int32(latitude), longitudeE7: Int32(longitude))
}

/// Which of eight courses leads from `a` to `b`: 0 north, 2 east, 4 south, 6 west.
func courseSector(_ a: Coordinate, _ b: Coordinate) -> Int {
    let d = displacement(a, b)
    guard d.east != 0 || d.north != 0 else { return 0 }
    let eighths = atan2(d.east, d.north) / (.pi / 4)
    return (Int(eighths.rounded()) + 8) % 8
}
