/// Limits of ASTM F3548-21 (values as in InterUSS's uas_standards) and of this index.
public enum IntentLimits {
    /// Furthest ahead an intent may end.
    public static let planningHorizonSeconds = 30.0 * 86_400
    /// Most vertices of an intent. A segment's volume, a rectangle around a line, has four.
    public static let verticesMax = 10_000
    public static let segmentsMax = verticesMax / 4
    /// Intersections are told to this precision; ours are good to a millimetre.
    public static let intersectionPrecisionMeters = 0.01
    public static let clockErrorSecondsMax = 5.0
    /// Share of the time a vehicle must be inside its intent.
    public static let conformingShareMin = 0.95
    public static let excursionsPerFlightHourMax = 18.0
    public static let excursionSecondsMax = 10.0
    /// A nonconforming intent that is not conforming again after this is contingent.
    public static let nonconformingSecondsMax = 60.0
    /// From when a conflict is known until the user must know.
    public static let conflictNoticeSecondsMax = 5.0

    /// Of this index: metres from the origin of its plane, height, tube radius and half height, slack, speed.
    public static let metersMax = 8_000_000.0
    public static let altitudeMetersMax = 30_000.0
    public static let tubeMetersMax = 5_000.0
    public static let slackSecondsMax = 3_600.0
    public static let speedMax = 1_000.0
    public static let intentsMax = 1_000_000
}

/// Why a plan is no operational intent.
public enum IntentFault: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewWaypoints(count: Int)
    case tooManySegments(count: Int, limit: Int)
    case notFinite(waypoint: Int)
    case outOfRange(waypoint: Int)
    case timeNotAscending(waypoint: Int)
    case badStrand(waypoint: Int)
    case tooFast(waypoint: Int, metersPerSecond: Double)
    case tubeOutOfRange
    case slackOutOfRange
    case endsBeforeNow
    case beyondHorizon(seconds: Double, limit: Double)
    case duplicate(id: UInt64)
    case unknown(id: UInt64)
    case tooManyIntents(limit: Int)
    case firstStateMustBeAccepted
    case badTransition(from: IntentState, to: IntentState)

    public var description: String {
        switch self {
        case .tooFewWaypoints(let count): "needs at least 2 waypoints, has \(count)"
        case .tooManySegments(let count, let limit):
            "has \(count) segments, at most \(limit) are taken (F3548: 10,000 vertices an intent)"
        case .notFinite(let waypoint): "waypoint \(waypoint) is not finite"
        case .outOfRange(let waypoint):
            "waypoint \(waypoint) is not within 8,000 km of the origin and 30,000 m of height"
        case .timeNotAscending(let waypoint): "waypoint \(waypoint) is not later than the one before"
        case .badStrand(let waypoint): "no strand of two or more waypoints begins at waypoint \(waypoint)"
        case .tooFast(let waypoint, let speed): "to waypoint \(waypoint) it flies \(speed) m/s, at most 1,000"
        case .tubeOutOfRange: "the tube's radius and half height must be 0 to 5,000 m"
        case .slackOutOfRange:
            "time slack must be 0 to 3,600 s, also where it has grown, and grow by 0 to 1 s a second"
        case .endsBeforeNow: "ends before now"
        case .beyondHorizon(let seconds, let limit):
            "ends \(seconds) s ahead, at most \(limit) are taken (F3548: 30 days)"
        case .duplicate(let id): "intent \(id) is there already"
        case .unknown(let id): "there is no intent \(id)"
        case .tooManyIntents(let limit): "there are \(limit) intents, no more are taken"
        case .firstStateMustBeAccepted: "the first state of an intent is Accepted"
        case .badTransition(let from, let to): "an intent cannot go from \(from.rawValue) to \(to.rawValue)"
        }
    }
}
