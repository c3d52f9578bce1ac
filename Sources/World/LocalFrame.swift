/// Metres east, north and up of a frame's origin.
public struct LocalPoint: Hashable, Sendable {
    public var east: Double
    public var north: Double
    public var up: Double
    public init(east: Double, north: Double, up: Double) {
        self.east = east
        self.north = north
        self.up = up
    }
}

/// A flat frame touching the ellipsoid's normal at its origin: exact at any distance (through earth-centred
/// coordinates), meant for at most 50 km, where the ground falls 200 m below the plane.
public struct LocalFrame: Sendable {
    public let origin: Position<Ellipsoid>
    private let center: (x: Double, y: Double, z: Double)
    private let latitude: (sine: Double, cosine: Double)
    private let longitude: (sine: Double, cosine: Double)

    public init(origin: Position<Ellipsoid>) {
        self.origin = origin
        latitude = WGS84.sineCosine(degrees: origin.coordinate.latitudeDegrees)
        longitude = WGS84.sineCosine(degrees: origin.coordinate.longitudeDegrees)
        center = WGS84.cartesian(
            latitudeDegrees: origin.coordinate.latitudeDegrees,
            longitudeDegrees: origin.coordinate.longitudeDegrees, heightMeters: origin.altitude.meters)
    }

    public func point(of position: Position<Ellipsoid>) -> LocalPoint {
        point(
            latitudeDegrees: position.coordinate.latitudeDegrees,
            longitudeDegrees: position.coordinate.longitudeDegrees, heightMeters: position.altitude.meters)
    }

    /// The same without the rounding of `Position`.
    public func point(latitudeDegrees: Double, longitudeDegrees: Double, heightMeters: Double) -> LocalPoint {
        let p = WGS84.cartesian(
            latitudeDegrees: latitudeDegrees, longitudeDegrees: longitudeDegrees, heightMeters: heightMeters)
        let (x, y, z) = (p.x - center.x, p.y - center.y, p.z - center.z)
        let outward = longitude.cosine * x + longitude.sine * y
        return LocalPoint(
            east: longitude.cosine * y - longitude.sine * x,
            north: latitude.cosine * z - latitude.sine * outward,
            up: latitude.cosine * outward + latitude.sine * z)
    }

    /// Rounded to `Position`'s grid (at most 0.8 cm away); not-finite input gives the origin.
    public func position(of point: LocalPoint) -> Position<Ellipsoid> {
        let g = geodetic(of: point)
        guard
            let coordinate = Coordinate(
                latitudeDegrees: g.latitudeDegrees, longitudeDegrees: g.longitudeDegrees)
        else { return origin }
        return Position(coordinate, altitude: Altitude(meters: g.heightMeters))
    }

    /// The same without rounding.
    public func geodetic(of point: LocalPoint) -> (
        latitudeDegrees: Double, longitudeDegrees: Double, heightMeters: Double
    ) {
        let outward = latitude.cosine * point.up - latitude.sine * point.north
        return WGS84.geodetic(
            x: center.x + longitude.cosine * outward - longitude.sine * point.east,
            y: center.y + longitude.sine * outward + longitude.cosine * point.east,
            z: center.z + latitude.cosine * point.north + latitude.sine * point.up)
    }
}
