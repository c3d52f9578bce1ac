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

extension Geography {
    /// Roads and ground as the world data tells them.
    public init(_ world: WorldData) {
        let (roads, terrain) = (world.roads, world.terrain)
        self.init(
            route: { from, to, date in
                roads.route(from: from, to: to, on: date).map {
                    Route(points: $0.points, lengthMeters: $0.lengthMeters, seconds: $0.seconds)
                }
            }, ground: { terrain.ground(at: $0) })
    }
}

/// Which of eight courses leads from `a` to `b`: 0 north, 2 east, 4 south, 6 west.
func courseSector(_ a: Coordinate, _ b: Coordinate) -> Int {
    let d = a.displacement(to: b)
    guard d.east != 0 || d.north != 0 else { return 0 }
    let eighths = atan2(d.east, d.north) / (.pi / 4)
    return (Int(eighths.rounded()) + 8) % 8
}
