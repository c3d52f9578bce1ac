/// A vehicle, or several alike.
public struct DispatchVehicle: Hashable, Sendable, Codable {
    public var name: String
    /// How many of the same; each makes one route.
    public var count: Int = 1
    /// Index into `DispatchProblem.modes`: how it travels.
    public var mode: Int = 0
    /// Where it starts; index into `DispatchProblem.locations`.
    public var start: Int
    /// Where its route ends; nil: with the last stop.
    public var end: Int?
    /// It leaves at or after the opening and is back before the close.
    public var shift: TimeWindow
    public var capacity: Load
    public var skills: UInt64 = 0
    /// Holds any temperature within, in tenths of a degree Celsius; nil: freight that needs one is not carried.
    public var temperature: ClosedRange<Int16>?
    /// Micro-tenge when it is used at all.
    public var fixedCost: Int64 = 0
    /// Micro-tenge a millimetre, which is tenge a kilometre.
    public var distanceCost: Int64 = 1
    /// Micro-tenge a millisecond from leaving to the end.
    public var timeCost: Int64 = 0
    public var longestMillimeters: Int64?
    public var longestMilliseconds: Int64?
    public var energy: EnergyModel?
    /// What is loaded last is unloaded first.
    public var lastInFirstOut = false

    public init(name: String, start: Int, end: Int?, shift: TimeWindow = .always, capacity: Load) {
        self.name = name
        self.start = start
        self.end = end
        self.shift = shift
        self.capacity = capacity
    }
}

/// Energy of a vehicle, linear in the load: `E = distance * (empty + perKilogram * load) + hop * (1 + load share)`.
///
/// For drones the coefficients follow from momentum theory at the commanded airspeed (`PowerCurve`); for trucks they
/// are fuel or charge. Integers, rounded up, so that a plan that passes has what it needs.
public struct EnergyModel: Hashable, Sendable, Codable {
    public var capacityJoules: Int64
    /// At the start of the route.
    public var initialJoules: Int64
    /// What must be left at every stop; includes the worst diversion.
    public var reserveJoules: Int64
    public var joulesPerKilometer: Int64
    /// For each kilometre and each kilogram of the first dimension of the load.
    public var joulesPerKilometerKilogram: Int64 = 0
    /// Take-off, climb, descent and landing: once a leg with a length.
    public var joulesPerLeg: Int64 = 0
    public var joulesPerLegKilogram: Int64 = 0
    /// Stations it can use; indices into `DispatchProblem.stations`.
    public var stations: [Int] = []
    public init(capacityJoules: Int64, reserveJoules: Int64, joulesPerKilometer: Int64) {
        self.capacityJoules = capacityJoules
        self.initialJoules = capacityJoules
        self.reserveJoules = reserveJoules
        self.joulesPerKilometer = joulesPerKilometer
    }
}

/// Where energy is taken: a swap, a charger, a filling station.
public struct EnergyStation: Hashable, Sendable, Codable {
    public var name: String
    public var location: Int
    /// A swap: the whole charge in this time. Nil: no swap here.
    public var swapMilliseconds: Int64?
    /// Charging: watts up to `kneeShare`/256 of the capacity, above it `slowWatts`. 0: no charger.
    public var watts: Int64 = 0
    public var kneeShare: Int64 = 205
    public var slowWatts: Int64 = 0
    /// Micro-tenge a use.
    public var cost: Int64 = 0
    public init(name: String, location: Int, swapMilliseconds: Int64? = nil) {
        self.name = name
        self.location = location
        self.swapMilliseconds = swapMilliseconds
    }
}
