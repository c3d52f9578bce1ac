/// Trucks that go from one place to another on an ordinary day; synthetic, see Data/world/README.md.
public struct FreightFlow: Hashable, Sendable {
    public let id: String
    /// Ids of places or checkpoints on the road graph.
    public let origin: String
    public let destination: String
    public let trucksPerDay: Double
    /// What they carry, at least one word such as `containers` or `grain`.
    public let goods: [String]
    /// Months (1...12) with half as much again; empty when all are alike.
    public let peakMonths: [Int]
}

/// Parcels a day from an aerodrome to a settlement.
public struct ExpressFlow: Hashable, Sendable {
    public let id: String
    /// ICAO code, or the data's own id of an aerodrome without one.
    public let airport: String
    /// GeoNames number.
    public let town: String
    public let meters: Double
    public let parcelsPerDay: Double
    public let heaviestKilograms: Double
    public let deadlineHours: Double
}

/// A fictional company that moves freight.
public struct Carrier: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case national, regional, express, agri, container, postal
    }
    public let id: String
    public let name: String
    /// Id of the place it is at home.
    public let home: String
    public let trucks: Int
    public let drones: Int
    public let kind: Kind
}

/// Where vehicles charge, park, are mended or land: at a place or beside a road.
public struct ServicePoint: Hashable, Sendable {
    public let id: String
    public let name: String
    public let coordinate: Coordinate
    /// Index into `RoadGraph.edges`, and metres from the edge's `a`, when beside a road.
    public let edge: Int?
    public let metersFromA: Double?
    /// Id of the place it stands at, when at one.
    public let place: String?
    public let chargerWatts: Double
    public let fastBays: Int
    public let hydrogen: Bool
    public let diesel: Bool
    public let repair: Bool
    public let truckParking: Int
    public let dronePads: Int
}
