import World

/// What is simulated: which vehicles stand where, in what weather, with which weaknesses. Read from a file of
/// `Scenarios/`; Docs/Scenarios.md is the reference of every key.
public struct Scenario: Sendable, Equatable {
    /// Vehicles of one kind that start and charge at one place.
    public struct Fleet: Sendable, Equatable {
        public var kind: VehicleKind
        /// Id of a place in the world data.
        public var base: String
        public var count: Int
        /// Nil: any company's keys.
        public var company: String?
        /// Nil: the model's own.
        public var payloadKilograms: Double?
        public var energyKilowattHours: Double?
        /// Minutes to change a battery at a charging place; nil: it is charged with `chargeKilowatts`.
        public var swapMinutes: Double?
        public var chargeKilowatts: Double
        /// Line of the file, for messages.
        public var line: Int
    }

    public struct Wind: Sendable, Equatable {
        /// Mean at 10 m, m/s, and the direction it comes from, degrees from north.
        public var speed = 0.0
        public var fromDegrees = 270.0
        /// Standard deviation, m/s.
        public var gust = 0.0
    }

    public struct Sensors: Sendable, Equatable {
        public var gnssNoiseMeters = 0.4
        public var gnssBiasMeters = 1.0
        /// Standard deviation of the energy gauge's scale.
        public var energyGaugeError = 0.02
    }

    public struct LinkQuality: Sendable, Equatable {
        /// Delay of each message, one way, seconds of simulated time.
        public var latencySeconds = 0.0
    }

    /// Events per vehicle and hour, and how long they last.
    public struct Faults: Sendable, Equatable {
        /// A motor loses thrust (drones, while flying), the drive derates (trucks, while driving).
        public var propulsionPerHour = 0.0
        public var gnssPerHour = 0.0
        public var gnssSeconds = 20.0
        /// A cell fails: a tenth of the energy is gone at once.
        public var energyPerHour = 0.0
        public var linkPerHour = 0.0
        public var linkSeconds = 30.0
        public var payloadPerHour = 0.0
        /// Until a propulsion or payload fault of a standing vehicle is repaired.
        public var repairMinutes = 45.0
    }

    public var name: String
    /// When simulated time starts if no station paces it; nil: now.
    public var start: Instant?
    public var wind = Wind()
    public var sensors = Sensors()
    public var link = LinkQuality()
    public var faults = Faults()
    /// Share of its capacity that a vehicle takes aboard at each LOAD, drawn evenly from here.
    public var loadShare = 0.3...1.0
    /// Ids of places where every vehicle may charge, beside the bases.
    public var depots: [String] = []
    public var fleets: [Fleet]

    public var vehicleCount: Int { fleets.reduce(0) { $0 + $1.count } }

    /// The same scenario with `count` vehicles in all, each fleet by its share (largest remainders first).
    public func scaled(to count: Int) -> Scenario {
        let total = vehicleCount
        guard count >= 0, total > 0, count != total else { return self }
        var scaled = self
        var remainders: [(index: Int, rest: Int)] = []
        var given = 0
        for index in fleets.indices {
            let (whole, rest) = (fleets[index].count * count).quotientAndRemainder(dividingBy: total)
            scaled.fleets[index].count = whole
            given += whole
            remainders.append((index, rest))
        }
        remainders.sort { ($1.rest, $0.index) < ($0.rest, $1.index) }
        for (index, _) in remainders.prefix(count - given) { scaled.fleets[index].count += 1 }
        scaled.fleets.removeAll { $0.count == 0 }
        return scaled
    }
}

/// A scenario that cannot be used: where in the file, what is wrong, what to do.
public struct ScenarioError: Error, Equatable, CustomStringConvertible, Sendable {
    public var description: String
    public init(file: String, line: Int, _ problem: String) {
        description = line > 0 ? "\(file):\(line): \(problem)" : "\(file): \(problem)"
    }
}
