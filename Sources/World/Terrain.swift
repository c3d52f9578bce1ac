/// Ground level for the simulation: elevations known at aerodromes, blended by the inverse fourth power of distance.
/// Not for flight. Between aerodromes it knows no hill: mountains are missing entirely.
public struct Terrain: Sendable {
    private let points: [(x: Double, y: Double, z: Double, meters: Double)]

    /// Without any point the ground is everywhere at sea level.
    public init(_ known: [(Coordinate, Altitude<MeanSeaLevel>)]) {
        points = known.map { coordinate, altitude in
            let p = Self.cartesian(coordinate)
            return (p.x, p.y, p.z, altitude.meters)
        }
    }

    private static func cartesian(_ c: Coordinate) -> (x: Double, y: Double, z: Double) {
        WGS84.cartesian(
            latitudeDegrees: c.latitudeDegrees, longitudeDegrees: c.longitudeDegrees, heightMeters: 0)
    }

    public func ground(at coordinate: Coordinate) -> Altitude<MeanSeaLevel> {
        let p = Self.cartesian(coordinate)
        var sum = 0.0
        var weights = 0.0
        for point in points {
            let (x, y, z) = (point.x - p.x, point.y - p.y, point.z - p.z)
            let square = x * x + y * y + z * z
            if square < 1 { return Altitude(meters: point.meters) }
            let weight = 1 / (square * square)
            sum += weight * point.meters
            weights += weight
        }
        return Altitude(meters: weights > 0 ? sum / weights : 0)
    }
}
