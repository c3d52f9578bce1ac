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

/// What the controller asks of the world. All answers must depend on their arguments only.
public struct Geography: Sendable {
    /// The best way by road, or nil when there is none.
    public var route: @Sendable (_ from: Coordinate, _ to: Coordinate, _ on: Instant?) -> Route?
    /// Height of the ground.
    public var ground: @Sendable (Coordinate) -> Altitude<MeanSeaLevel>
    /// Geozones that no flight may enter.
    let zones: ZoneMap
    /// The roads that routes follow; without them trucks drive unwatched by each other.
    public var roads: RoadNetwork?

    /// Of the zones, those that prohibit flights count. `geoidMeters` is the height of the geoid above the ellipsoid, for
    /// zones told above that. Making the zones ready costs about a millisecond for each and every 40 km of its size.
    public init(
        route: @escaping @Sendable (Coordinate, Coordinate, Instant?) -> Route?,
        ground: @escaping @Sendable (Coordinate) -> Altitude<MeanSeaLevel>, zones: [Geozone] = [],
        geoidMeters: @escaping @Sendable (Coordinate) -> Double? = { _ in nil }, roads: RoadNetwork? = nil
    ) {
        self.route = route
        self.ground = ground
        self.zones = ZoneMap(zones, ground: ground, geoidMeters: geoidMeters)
        self.roads = roads
    }
}

extension Geography {
    /// Roads, ground and zones as the world data tells them.
    public init(_ world: WorldData) {
        let (roads, terrain, geoid) = (world.roads, world.terrain, world.geoid)
        self.init(
            route: { from, to, date in
                roads.route(from: from, to: to, on: date).map {
                    Route(points: $0.points, lengthMeters: $0.lengthMeters, seconds: $0.seconds)
                }
            }, ground: { terrain.ground(at: $0) }, zones: world.geozones,
            geoidMeters: { geoid.undulationMeters(at: $0) },
            roads: RoadNetwork(roads, works: world.roadWorks, gates: world.gates))
    }
}

/// How many courses take turns in the layers. More would keep fewer flights in one layer, but higher: each layer
/// costs a drone as much as 400 m of way, up and down.
let courses = 4

/// Which course leads from `a` to `b`: 0 north, 1 east, 2 south, 3 west.
func courseSector(_ a: Coordinate, _ b: Coordinate) -> Int {
    let d = a.displacement(to: b)
    guard d.east != 0 || d.north != 0 else { return 0 }
    let quarters = atan2(d.east, d.north) / (2 * .pi / Double(courses))
    return (Int(quarters.rounded()) + courses) % courses
}
