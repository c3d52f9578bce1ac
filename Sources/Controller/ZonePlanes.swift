import Traffic
import World

/// Zones and ground for each plane that flights are resolved on, kept as long as flights are there. Knows nothing that
/// does not follow from the geography.
final class ZonePlanes: FlightAirspace {
    private struct Key: Hashable {
        var latitudeE7: Int32
        var longitudeE7: Int32
        var reachKilometers: Int32
    }
    private let geography: Geography
    private let clearanceMeters: Double
    private let accelerations: [Double]
    private let horizonSeconds: Double
    private var known: [Key: ZoneAirspace] = [:]
    var now = Instant(nanoseconds: 0)

    static let limit = 256

    init(_ geography: Geography, _ settings: AirTrafficSettings, _ configuration: ControllerConfiguration) {
        self.geography = geography
        clearanceMeters = configuration.terrainClearanceMeters
        accelerations = settings.classes.map(\.acceleration)
        horizonSeconds = settings.resolver.horizonSeconds
    }

    /// Of flights more than 40 km from the plane's origin, and of what lies beyond, nothing is known: they are in one
    /// group with so many others that it reaches that far.
    func around(_ plane: LocalPlane, extentMeters: Double) -> ZoneAirspace {
        // A manoeuvre leads a few kilometres on; steps of reach keep the plane's zones for a while.
        let kilometers = [8, 16, 40].first { Double($0) * 1000 >= extentMeters + 4000 } ?? 40
        let key = Key(
            latitudeE7: plane.latitudeE7, longitudeE7: plane.longitudeE7, reachKilometers: Int32(kilometers))
        if var zones = known[key] {
            zones.refresh(now: now, horizon: horizonSeconds)
            return zones
        }
        if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
        let origin = Coordinate(latitudeE7: plane.latitudeE7, longitudeE7: plane.longitudeE7)
        var zones = ZoneAirspace(
            geography, frame: LocalFrame(origin: Position(origin, altitude: Altitude(millimeters: 0))),
            reachMeters: Double(kilometers) * 1000, clearanceMeters: clearanceMeters,
            accelerations: accelerations)
        known[key] = zones
        zones.refresh(now: now, horizon: horizonSeconds)
        return zones
    }
}
