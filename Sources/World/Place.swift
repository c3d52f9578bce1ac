/// Somewhere freight can start or end.
public struct Place: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case city, town, station, seaport, junction, resort, checkpoint, airport, settlement
        case dryPort = "dry_port"
    }
    /// As in the data: `ALA`, checkpoint `NURZHOLY`, aerodrome `UAAA`, settlement by its GeoNames number.
    public let id: String
    public let name: String
    public let kind: Kind
    public let coordinate: Coordinate
    /// Level of the simulation's ground here, see `Terrain`.
    public let ground: Altitude<MeanSeaLevel>
    /// 0 when unknown.
    public let population: Int
}
