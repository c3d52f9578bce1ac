/// State of an operational intent (ASTM F3548-21).
public enum IntentState: String, Hashable, Sendable, CaseIterable {
    case accepted = "Accepted"
    case activated = "Activated"
    case nonconforming = "Nonconforming"
    case contingent = "Contingent"
    case ended = "Ended"

    /// Which states may follow; staying is allowed, except in Ended.
    public func mayBecome(_ next: IntentState) -> Bool {
        switch (self, next) {
        case (.ended, _): false
        case (_, .ended): true
        case (.accepted, _): true
        case (.activated, .activated), (.activated, .nonconforming), (.activated, .contingent): true
        case (.nonconforming, .activated), (.nonconforming, .nonconforming), (.nonconforming, .contingent):
            true
        case (.contingent, .contingent): true
        default: false
        }
    }

    /// Flown outside of its volumes, or out of them soon: cannot be asked to give way.
    public var isOffNominal: Bool { self == .nonconforming || self == .contingent }
}

/// Where a plan is at a time: metres of the tile, above mean sea level, seconds of the index's clock.
public struct Waypoint: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var z: Double
    public var seconds: Double
    public init(x: Double, y: Double, z: Double, seconds: Double) {
        (self.x, self.y, self.z, self.seconds) = (x, y, z, seconds)
    }
}

/// A plan in space and time: straight at constant speed between waypoints, within a tube, not more than some seconds
/// early or late. Checked.
public struct OperationalIntent: Hashable, Sendable {
    public let id: UInt64
    /// Higher goes first.
    public let priority: Int32
    public let company: UInt32
    public internal(set) var state: IntentState
    public let waypoints: [Waypoint]
    public let radiusMeters: Double
    public let halfHeightMeters: Double
    /// How early it may pass a place.
    public let slackBeforeSeconds: Double
    /// How late it may pass a place.
    public let slackAfterSeconds: Double

    public init(
        id: UInt64, priority: Int32 = 0, company: UInt32 = 0, state: IntentState = .accepted,
        waypoints: [Waypoint], radiusMeters: Double, halfHeightMeters: Double, slackBeforeSeconds: Double = 0,
        slackAfterSeconds: Double = 0
    ) throws(IntentFault) {
        guard waypoints.count >= 2 else { throw .tooFewWaypoints(count: waypoints.count) }
        guard waypoints.count - 1 <= IntentLimits.segmentsMax else {
            throw .tooManySegments(count: waypoints.count - 1, limit: IntentLimits.segmentsMax)
        }
        guard (0...IntentLimits.tubeMetersMax).contains(radiusMeters),
            (0...IntentLimits.tubeMetersMax).contains(halfHeightMeters)
        else { throw .tubeOutOfRange }
        guard (0...IntentLimits.slackSecondsMax).contains(slackBeforeSeconds),
            (0...IntentLimits.slackSecondsMax).contains(slackAfterSeconds)
        else { throw .slackOutOfRange }
        for (index, point) in waypoints.enumerated() {
            guard point.x.isFinite, point.y.isFinite, point.z.isFinite, point.seconds.isFinite else {
                throw .notFinite(waypoint: index)
            }
            let limit = IntentLimits.metersMax
            guard point.x.magnitude <= limit, point.y.magnitude <= limit,
                point.z.magnitude <= IntentLimits.altitudeMetersMax, point.seconds.magnitude <= 1e10
            else { throw .outOfRange(waypoint: index) }
            guard index > 0 else { continue }
            let last = waypoints[index - 1]
            let span = point.seconds - last.seconds
            guard span > 0 else { throw .timeNotAscending(waypoint: index) }
            let (dx, dy, dz) = (point.x - last.x, point.y - last.y, point.z - last.z)
            let speed = (dx * dx + dy * dy + dz * dz).squareRoot() / span
            guard speed <= IntentLimits.speedMax else {
                throw .tooFast(waypoint: index, metersPerSecond: speed)
            }
        }
        let length = waypoints[waypoints.count - 1].seconds - waypoints[0].seconds
        guard length <= IntentLimits.planningHorizonSeconds else {
            throw .beyondHorizon(seconds: length, limit: IntentLimits.planningHorizonSeconds)
        }
        (self.id, self.priority, self.company, self.state) = (id, priority, company, state)
        self.waypoints = waypoints
        (self.radiusMeters, self.halfHeightMeters) = (radiusMeters, halfHeightMeters)
        (self.slackBeforeSeconds, self.slackAfterSeconds) = (slackBeforeSeconds, slackAfterSeconds)
    }

    /// The limits of time that F3548 sets to a new intent.
    public func checkHorizon(nowSeconds: Double) throws(IntentFault) {
        let end = waypoints[waypoints.count - 1].seconds + slackAfterSeconds
        guard end >= nowSeconds else { throw .endsBeforeNow }
        guard end - nowSeconds <= IntentLimits.planningHorizonSeconds else {
            throw .beyondHorizon(seconds: end - nowSeconds, limit: IntentLimits.planningHorizonSeconds)
        }
    }

    /// The same plan later, higher and to the side; the ends keep their place over the ground when `keepsEnds`.
    public func moved(
        bySeconds seconds: Double, upMeters: Double = 0, eastMeters: Double = 0, northMeters: Double = 0,
        keepsEnds: Bool = true
    ) throws(IntentFault) -> OperationalIntent {
        var points = waypoints
        for index in points.indices {
            points[index].seconds += seconds
            if keepsEnds, index == 0 || index == points.count - 1 { continue }
            points[index].x += eastMeters
            points[index].y += northMeters
            points[index].z += upMeters
        }
        return try OperationalIntent(
            id: id, priority: priority, company: company, state: state, waypoints: points,
            radiusMeters: radiusMeters, halfHeightMeters: halfHeightMeters,
            slackBeforeSeconds: slackBeforeSeconds, slackAfterSeconds: slackAfterSeconds)
    }
}
