import Controller
import World

/// The station at a glance.
public struct StationStatus: Hashable, Sendable, Codable {
    public var version: String
    /// Epoch of this start, higher than every earlier one.
    public var fence: UInt64
    /// Station time, simulated under pace.
    public var startedAt: Timestamp
    public var now: Timestamp
    /// Real seconds since the start.
    public var uptimeSeconds: Double
    /// Time is simulated, shared with simulators.
    public var isPaced: Bool
    /// Simulated seconds for each real one at most; nil in real time, or when there is no limit.
    public var pace: Double?
    public var vehicles: VehicleCounts
    public var orders: OrderCounts
    public var missions: MissionCounts
    public var separation: SeparationCounts
    /// Nil of a station of before it knew crewed aircraft.
    public var surveillance: SurveillanceCounts?
    /// Nil without roads, or trucks on them.
    public var roads: RoadStatistics?
    public var telemetry: TelemetryCounts
    /// Inputs that contradicted what is known and changed nothing.
    public var ignoredInputs: Int
    /// Newest event that is on disk.
    public var durableSequence: UInt64

    /// - Parameter pace: nil in real time; may be infinite.
    public init(
        version: String, fence: UInt64, startedAt: Instant, now: Instant, uptimeSeconds: Double,
        pace: Double?,
        vehicles: VehicleCounts, orders: OrderCounts, missions: MissionCounts,
        separation: SeparationCounts, surveillance: SurveillanceCounts? = nil, roads: RoadStatistics? = nil,
        telemetry: TelemetryCounts,
        ignoredInputs: Int, durableSequence: UInt64
    ) {
        self.version = version
        self.fence = fence
        self.startedAt = Timestamp(startedAt)
        self.now = Timestamp(now)
        self.uptimeSeconds = uptimeSeconds
        isPaced = pace != nil
        self.pace = pace.flatMap { $0.isFinite ? $0 : nil }
        self.vehicles = vehicles
        self.orders = orders
        self.missions = missions
        self.separation = separation
        self.surveillance = surveillance
        self.roads = roads
        self.telemetry = telemetry
        self.ignoredInputs = ignoredInputs
        self.durableSequence = durableSequence
    }
}

/// The fleet in numbers.
public struct VehicleCounts: Hashable, Sendable, Codable {
    /// In the allow list.
    public var enrolled: Int
    public var connected: Int
    /// Out of service by an operator.
    public var grounded: Int
    /// Of those that have said Hello at least once, by `LinkState`.
    public var byLink: [String: Int]

    public init(enrolled: Int, fleet: [VehicleView]) {
        self.enrolled = enrolled
        connected = fleet.count { $0.isConnected }
        grounded = fleet.count { $0.isGrounded }
        byLink = fleet.reduce(into: [:]) { $0[$1.link.rawValue, default: 0] += 1 }
    }
}

/// The orders in numbers.
public struct OrderCounts: Hashable, Sendable, Codable {
    public var total: Int
    /// By `OrderState`.
    public var byState: [String: Int]
    /// Delivered late, or still open after the time promised.
    public var late: Int
    /// Refused orders by reason, numbers written as N; the rarest beyond 20 reasons are under "other".
    public var refusedByReason: [String: Int]
    /// Submissions refused since the station started by `RefusalCause`, also those that left no order.
    public var refusedByCause: [String: Int]

    public init(_ orders: [Order], refusals: [RefusalCount], at now: Instant) {
        refusedByCause = Dictionary(refusals.map { ($0.cause.rawValue, $0.count) }) { $0 + $1 }
        total = orders.count
        late = 0
        byState = [:]
        var reasons: [String: Int] = [:]
        for order in orders {
            byState[order.state.rawValue, default: 0] += 1
            if order.isLate(at: now) { late += 1 }
            if order.state == .refused { reasons[Self.general(order.reason), default: 0] += 1 }
        }
        let ranked = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        refusedByReason = Dictionary(uniqueKeysWithValues: ranked.prefix(20).map { ($0.key, $0.value) })
        let rest = ranked.dropFirst(20).reduce(0) { $0 + $1.value }
        if rest > 0 { refusedByReason["other"] = rest }
    }

    /// The reason up to what would help, with N for each number, so that like refusals count together.
    public static func general(_ reason: String) -> String {
        var text = ""
        for byte in reason.prefix(while: { $0 != ";" }).unicodeScalars {
            let isPart = ("0"..."9").contains(byte) || (text.last == "N" && (byte == "," || byte == "."))
            if !isPart { text.unicodeScalars.append(byte) } else if text.last != "N" { text.append("N") }
        }
        return text
    }
}

/// The missions in numbers.
public struct MissionCounts: Hashable, Sendable, Codable {
    /// Neither completed nor aborted.
    public var open: Int
    /// By `MissionState`.
    public var byState: [String: Int]

    public init(_ missions: [Mission]) {
        open = missions.count { !$0.state.isOver }
        byState = missions.reduce(into: [:]) { $0[$1.state.rawValue, default: 0] += 1 }
    }
}

/// How far apart airborne drones have been since the station started.
public struct SeparationCounts: Hashable, Sendable, Codable {
    /// Pairs measured, each tick counts.
    public var pairsMeasured: Int
    /// Times a pair began to head for a loss of separation.
    public var conflicts: Int
    /// Holds and changes of height ordered to avoid one.
    public var conflictsResolved: Int
    /// Conflicts in which neither could be told to give way.
    public var conflictsUnresolved: Int
    public var lossesOfSeparation: Int
    /// Times a drone began to head for a truck under it, and times it came closer than 30 m and 15 m; left out when 0.
    public var truckConflicts: Int?
    public var truckLosses: Int?
    /// Ticks in which nothing could keep drones apart, because the settings are of no use; left out when 0.
    public var unwatchedTicks: Int?
    /// Smallest horizontal distance while also closer than the vertical limit; nil when there was none.
    public var closestMeters: Double?

    public init(_ statistics: SeparationStatistics) {
        pairsMeasured = statistics.pairsMeasured
        conflicts = statistics.conflicts
        conflictsResolved = statistics.resolutions
        conflictsUnresolved = statistics.unresolved
        lossesOfSeparation = statistics.lossesOfSeparation
        func some(_ count: Int) -> Int? { count > 0 ? count : nil }
        truckConflicts = some(statistics.truckConflicts)
        truckLosses = some(statistics.truckLosses)
        unwatchedTicks = some(statistics.unwatchedTicks)
        closestMeters = statistics.closestMeters
    }
}

/// What the link has taken and refused since the station started.
public struct TelemetryCounts: Hashable, Sendable, Codable {
    /// Telemetry messages taken.
    public var messages: UInt64
    /// Per real second, lately.
    public var messagesPerSecond: Double
    /// Sequence numbers that never came.
    public var lost: UInt64
    /// Refused messages and connections by cause, those that occurred.
    public var refused: [String: UInt64]

    public init(messages: UInt64, messagesPerSecond: Double, counters: LinkCounters) {
        self.messages = messages
        self.messagesPerSecond = messagesPerSecond
        lost = counters.lost
        refused = [:]
        for cause in LinkRefusal.allCases where counters[cause] > 0 { refused["\(cause)"] = counters[cause] }
        // Keys outside the allow list, and those that come too often: they never get as far as a message.
        if counters.denied > 0 { refused["denied"] = counters.denied }
        if counters.putOff > 0 { refused["putOff"] = counters.putOff }
    }
}
