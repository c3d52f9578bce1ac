/// Everything a plan is made of: freight, vehicles, places, how they travel, and what counts. Units are in the names:
/// times in milliseconds from an epoch of the caller's choice, distances in millimetres, money in micro-tenge. Nothing is
/// decided in floating point.
public struct DispatchProblem: Hashable, Sendable, Codable {
    public var name = ""
    public var locations: [Location] = []
    public var modes: [TravelMode] = []
    public var docks: [Dock] = []
    public var stations: [EnergyStation] = []
    public var vehicles: [DispatchVehicle] = []
    public var shipments: [Shipment] = []
    public var objective = DispatchObjective.cost
    public init() {}
}

/// What is least first. Unserved shipments come before everything in both, by their refusal cost.
public enum DispatchObjective: String, Hashable, Sendable, Codable, CaseIterable {
    /// Fixed, distance, time, lateness and energy cost, all in one sum.
    case cost
    /// First the number of vehicles, then the cost.
    case vehicles
}
