/// What the table must know of a truck once.
public struct RoadTruckType: Hashable, Sendable {
    /// Front to rear, trailer included.
    public var lengthMeters: Double
    /// Deceleration it has for certain on this road, loaded as it is, m/s2.
    public var brakingAtLeast: Double
    /// Deceleration it cannot exceed, m/s2: what a follower must reckon with. Not below `brakingAtLeast`.
    public var brakingAtMost: Double
    public var massKilograms: Double
    /// Higher goes first: 0...7.
    public var priority: UInt8

    public init(
        lengthMeters: Double = 16.5, brakingAtLeast: Double = 2, brakingAtMost: Double = 6.5,
        massKilograms: Double = 40_000, priority: UInt8 = 0
    ) {
        self.lengthMeters = lengthMeters
        self.brakingAtLeast = brakingAtLeast
        self.brakingAtMost = brakingAtMost
        self.massKilograms = massKilograms
        self.priority = priority
    }

    var isValid: Bool {
        lengthMeters >= 1 && lengthMeters <= 60 && brakingAtLeast >= 0.2 && brakingAtLeast <= brakingAtMost
            && brakingAtMost <= 15 && massKilograms > 0 && massKilograms < 1e6 && priority < 8
    }
}

/// Where a truck says it is.
public struct RoadReport: Hashable, Sendable {
    public var truck: Int32
    /// Metres of the truck's front along its route, from the start of the route's first section.
    public var routeMeters: Double
    /// Metres a second, not negative.
    public var speed: Double
    /// Seconds of the table's clock at which this was measured.
    public var measuredSeconds: Double
    /// It says itself that it cannot drive on.
    public var isDisabled: Bool
    /// How far it may be ahead of or behind `routeMeters`, beyond the margin of the settings.
    public var uncertaintyMeters: Double

    public init(
        truck: Int32, routeMeters: Double, speed: Double, measuredSeconds: Double, isDisabled: Bool = false,
        uncertaintyMeters: Double = 0
    ) {
        self.truck = truck
        self.routeMeters = routeMeters
        self.speed = speed
        self.measuredSeconds = measuredSeconds
        self.isDisabled = isDisabled
        self.uncertaintyMeters = uncertaintyMeters
    }
}

/// What a truck shall do until it hears otherwise.
public struct RoadAdvisory: Hashable, Sendable {
    public enum Reason: UInt8, Sendable, CaseIterable {
        /// Nothing but the road's own limit.
        case free
        /// Keeps its gap to `other`.
        case leader
        /// The way ahead ends at its authority; `other` holds the zone, or -1.
        case zone
        /// No room to stand behind what it would have to cross; `other` stands there.
        case room
        /// Going on now could end in a circle of trucks that wait for each other; through `other`.
        case deadlock
        /// Another that waits longer or goes first has the zone promised.
        case promised
        /// The zone drains for the other direction.
        case direction
        /// The truck ahead has no leave to go on either.
        case queue
        /// End of the route.
        case routeEnd
        /// The lease ran out before the truck used it.
        case leaseExpired
        /// Not heard for too long, or disabled.
        case silent
        /// Is part of a platoon: follows `other`.
        case platoon
    }
    /// Metres a second it may drive at most.
    public var speedLimit: Double
    /// The speed it will come down to by what limits it: the leader's, that of a slower section ahead; 0 where it has to
    /// stop.
    public var aheadSpeed: Double
    /// Metres along its route where it must stand if it hears nothing more: end of what is leased to it.
    public var authorityMeters: Double
    /// Metres between its front and `other`'s rear when the reason is a leader; else metres to the authority's end.
    public var gapMeters: Double
    /// When the zone ahead is expected to be free for it, seconds of the table's clock; 0 when it waits for none.
    public var expectedSeconds: Double
    /// Who is in the way; -1 for nobody.
    public var other: Int32
    public var reason: Reason
    /// It is too fast for the gap: brake with all that is certain.
    public var brakes: Bool

    /// Before the first step.
    static let none = RoadAdvisory(
        speedLimit: 0, aheadSpeed: 0, authorityMeters: 0, gapMeters: 0, expectedSeconds: 0, other: -1,
        reason: .free, brakes: false)
}

/// Constants of the table. Seconds, metres, m/s2.
public struct RoadSettings: Hashable, Sendable {
    /// From a change in the world to a truck's brakes: telemetry, tick, command and the truck's own response.
    public var reactionSeconds = 1.2
    /// Position error of a truck and the least distance to stand apart.
    public var marginMeters = 3.0
    /// Leave to go on is asked for this long before the truck would have to brake.
    public var askAheadSeconds = 2.0
    /// A lease that is not used is withdrawn after this beyond the expected arrival.
    public var leaseSeconds = 20.0
    /// A truck not heard for this long is silent: it stops within its authority.
    public var silentSeconds = 3.0
    /// A truck that hears nothing any more drives on for this long before it stops by itself.
    public var cutOffSeconds = 3.0
    /// Who waited longer gets what it needs promised.
    public var promiseSeconds = 30.0
    /// Bounded work: a safety check that visits more trucks refuses; and once all checks of a tick visited this
    /// many, the others may visit 16 each.
    public var deepestCheck = 256
    public var visitsPerTick = 4096
    /// After a refusal by the safety check a truck asks again so much later, twice as long each time, to the most.
    public var retrySeconds = 0.3
    public var longestRetrySeconds = 4.0
    public init() {}
}
