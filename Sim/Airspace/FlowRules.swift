/// The rules of a dense-flow run, the same for every planner. Each tick of 0.1 s: the planner sees positions as they
/// were `latencySeconds` ago with Gaussian noise on each axis, and the velocities of that time; it returns a velocity
/// for each drone; each moves its velocity towards it by at most `acceleration` a second (as a vector), then its
/// position by the new velocity; then distances are measured.
public struct FlowRules: Sendable {
    public var accelerationMetersPerSecond2 = 3.0
    /// Standard deviation on each axis, metres.
    public var noiseMeters = 2.0
    public var latencySeconds = 0.5
    public var seconds = 60.0
    public var seed: UInt64 = 1

    public init() {}

    public static let tickSeconds = 0.1
    public static let fastestMetersPerSecond = 25.0
    public static let fastestClimbMetersPerSecond = 5.0
    /// Loss of separation: nearer than this in three dimensions.
    public static let separationMeters = 30.0
    /// Near mid-air collision of small aircraft: nearer than both.
    public static let collisionRadiusMeters = 15.24
    public static let collisionHeightMeters = 4.572

    var latencyTicks: Int { Int((latencySeconds / Self.tickSeconds).rounded()) }
    var ticks: Int { Int((seconds / Self.tickSeconds).rounded()) }

    /// Climb wanted at altitude `z` by who began at `first`: half the way each second, at most 2 m/s.
    static func wantedClimb(_ z: Double, first: Double) -> Double { max(-2, min(2, 0.5 * (first - z))) }
}

/// What a dense-flow run came to. Pairs are distinct pairs over the whole run.
public struct FlowReport: Codable, Sendable {
    public var planner = ""
    public var drones = 0
    public var flightHours = 0.0
    public var lossesPerFlightHour = 0.0
    public var collisionsPerFlightHour = 0.0
    public var lostPairs = 0
    public var collisionPairs = 0
    /// Pairs that first lost separation later than 10 s after the start, when nothing is owed to where drones began.
    public var lostPairsAfter10Seconds = 0
    /// The smallest distance of any two drones at any tick.
    public var minimumSeparationMeters = 0.0
    /// Mean speed along the wanted direction over wanted speed.
    public var progress = 0.0
    /// Drones that went less than a quarter of the way they wanted.
    public var stuck = 0
    /// How often a drone's manoeuvre began, ended or was replaced, in a flight hour.
    public var manoeuvreChangesPerFlightHour = 0.0
    /// The planner's own counts, by name.
    public var plannerCounts: [String: Int] = [:]
    /// Only when asked for: drones planned in a second of one core.
    public var agentStepsPerCoreSecond: Double?

    private enum CodingKeys: String, CodingKey {
        case planner, drones, progress, stuck
        case flightHours = "flight_hours"
        case lossesPerFlightHour = "los_per_flight_hour"
        case collisionsPerFlightHour = "snmac_per_flight_hour"
        case lostPairsAfter10Seconds = "los_pairs_after_10_s"
        case lostPairs = "los_pairs"
        case collisionPairs = "snmac_pairs"
        case minimumSeparationMeters = "min_separation_m"
        case manoeuvreChangesPerFlightHour = "manoeuvre_changes_per_flight_hour"
        case plannerCounts = "planner_counts"
        case agentStepsPerCoreSecond = "agent_steps_per_core_second"
    }
}

extension FlowReport {
    /// Several runs of the same rules as one: counts added up, rates over all flight hours, the nearest of all.
    public mutating func add(_ other: FlowReport) {
        let hours = flightHours + other.flightHours
        guard hours > 0 else { return }
        let (own, its) = (flightHours / hours, other.flightHours / hours)
        flightHours = hours
        lostPairs += other.lostPairs
        collisionPairs += other.collisionPairs
        lostPairsAfter10Seconds += other.lostPairsAfter10Seconds
        lossesPerFlightHour = Double(lostPairs) / hours
        collisionsPerFlightHour = Double(collisionPairs) / hours
        minimumSeparationMeters = min(minimumSeparationMeters, other.minimumSeparationMeters)
        progress = own * progress + its * other.progress
        stuck += other.stuck
        manoeuvreChangesPerFlightHour =
            own * manoeuvreChangesPerFlightHour + its * other.manoeuvreChangesPerFlightHour
        plannerCounts.merge(other.plannerCounts, uniquingKeysWith: +)
        if let speed = agentStepsPerCoreSecond, let second = other.agentStepsPerCoreSecond {
            agentStepsPerCoreSecond = 1 / (own / speed + its / second)
        }
    }
}
