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

/// How far from its plan a flight may be: a tube, and seconds early or late that may grow along the way.
public struct IntentTolerance: Hashable, Sendable {
    public var radiusMeters: Double
    public var halfHeightMeters: Double
    /// How early it may pass a place.
    public var slackBeforeSeconds: Double
    /// How late it may pass a place.
    public var slackAfterSeconds: Double
    /// Added to both for each second of the plan before the leg begins; 0...1.
    public var slackGrowth: Double

    public init(
        radiusMeters: Double, halfHeightMeters: Double, slackBeforeSeconds: Double = 0,
        slackAfterSeconds: Double = 0, slackGrowth: Double = 0
    ) {
        (self.radiusMeters, self.halfHeightMeters) = (radiusMeters, halfHeightMeters)
        (self.slackBeforeSeconds, self.slackAfterSeconds) = (slackBeforeSeconds, slackAfterSeconds)
        self.slackGrowth = slackGrowth
    }

    func check(spanSeconds: Double) throws(IntentFault) {
        guard (0...IntentLimits.tubeMetersMax).contains(radiusMeters),
            (0...IntentLimits.tubeMetersMax).contains(halfHeightMeters)
        else { throw .tubeOutOfRange }
        let most = IntentLimits.slackSecondsMax
        guard (0...most).contains(slackBeforeSeconds), (0...most).contains(slackAfterSeconds),
            (0...1).contains(slackGrowth),
            slackGrowth * spanSeconds + max(slackBeforeSeconds, slackAfterSeconds) <= most
        else { throw .slackOutOfRange }
    }
}

/// A plan in space and time: straight at constant speed between waypoints, within a tube, not more than some seconds
/// early or late. Checked.
///
/// It may have several strands: stretches between which it is on the ground, ways it may take besides (a held drone
/// goes on or stays), and the same stretch in the coordinates of several tiles (`AirTile`).
public struct OperationalIntent: Hashable, Sendable {
    public let id: UInt64
    /// Higher goes first.
    public let priority: Int32
    public let company: UInt32
    public internal(set) var state: IntentState
    /// Strand after strand; leg n leads from waypoint n to the next, unless that begins a strand.
    public let waypoints: [Waypoint]
    /// First waypoints of the strands after the first, ascending.
    public let strandStarts: [Int]
    public let tolerance: IntentTolerance
    /// From the first to the last moment of all strands, without slack.
    public let startSeconds: Double
    public let endSeconds: Double

    public init(
        id: UInt64, priority: Int32 = 0, company: UInt32 = 0, state: IntentState = .accepted,
        waypoints: [Waypoint], radiusMeters: Double, halfHeightMeters: Double, slackBeforeSeconds: Double = 0,
        slackAfterSeconds: Double = 0
    ) throws(IntentFault) {
        try self.init(
            id: id, priority: priority, company: company, state: state, waypoints: waypoints,
            strandStarts: [],
            tolerance: IntentTolerance(
                radiusMeters: radiusMeters, halfHeightMeters: halfHeightMeters,
                slackBeforeSeconds: slackBeforeSeconds, slackAfterSeconds: slackAfterSeconds))
    }

    public init(
        id: UInt64, priority: Int32 = 0, company: UInt32 = 0, state: IntentState = .accepted,
        waypoints: [Waypoint], strandStarts: [Int], tolerance: IntentTolerance
    ) throws(IntentFault) {
        guard waypoints.count >= 2 else { throw .tooFewWaypoints(count: waypoints.count) }
        var (first, last) = (Double.infinity, -Double.infinity)
        var (strand, legs) = (0, 0)
        for (index, point) in waypoints.enumerated() {
            guard point.x.isFinite, point.y.isFinite, point.z.isFinite, point.seconds.isFinite else {
                throw .notFinite(waypoint: index)
            }
            let limit = IntentLimits.metersMax
            guard point.x.magnitude <= limit, point.y.magnitude <= limit,
                point.z.magnitude <= IntentLimits.altitudeMetersMax, point.seconds.magnitude <= 1e10
            else { throw .outOfRange(waypoint: index) }
            first = min(first, point.seconds)
            last = max(last, point.seconds)
            if index == 0 { continue }
            if strand < strandStarts.count, strandStarts[strand] == index {
                strand += 1
                // No strand of one waypoint.
                guard index >= 2, index < waypoints.count - 1,
                    strand < 2 || index - strandStarts[strand - 2] >= 2
                else { throw .badStrand(waypoint: index) }
                continue
            }
            legs += 1
            let before = waypoints[index - 1]
            let span = point.seconds - before.seconds
            guard span > 0 else { throw .timeNotAscending(waypoint: index) }
            let (dx, dy, dz) = (point.x - before.x, point.y - before.y, point.z - before.z)
            let speed = (dx * dx + dy * dy + dz * dz).squareRoot() / span
            guard speed <= IntentLimits.speedMax else {
                throw .tooFast(waypoint: index, metersPerSecond: speed)
            }
        }
        guard strand == strandStarts.count else { throw .badStrand(waypoint: strandStarts[strand]) }
        guard legs <= IntentLimits.segmentsMax else {
            throw .tooManySegments(count: legs, limit: IntentLimits.segmentsMax)
        }
        guard last - first <= IntentLimits.planningHorizonSeconds else {
            throw .beyondHorizon(seconds: last - first, limit: IntentLimits.planningHorizonSeconds)
        }
        try tolerance.check(spanSeconds: last - first)
        (self.id, self.priority, self.company, self.state) = (id, priority, company, state)
        (self.waypoints, self.strandStarts, self.tolerance) = (waypoints, strandStarts, tolerance)
        (startSeconds, endSeconds) = (first, last)
    }

    /// The limits of time that F3548 sets to a new intent.
    public func checkHorizon(nowSeconds: Double) throws(IntentFault) {
        let end = slackAfter(endSeconds) + endSeconds
        guard end >= nowSeconds else { throw .endsBeforeNow }
        guard end - nowSeconds <= IntentLimits.planningHorizonSeconds else {
            throw .beyondHorizon(seconds: end - nowSeconds, limit: IntentLimits.planningHorizonSeconds)
        }
    }

    /// How early, how late a leg that begins at `seconds` may be flown.
    @inline(__always)
    func slackBefore(_ seconds: Double) -> Double {
        tolerance.slackBeforeSeconds + tolerance.slackGrowth * (seconds - startSeconds)
    }
    @inline(__always)
    func slackAfter(_ seconds: Double) -> Double {
        tolerance.slackAfterSeconds + tolerance.slackGrowth * (seconds - startSeconds)
    }

    /// Calls `body` for every leg with its number.
    @inline(__always)
    func forEachLeg(_ body: (Int, PlanSegment) -> Void) {
        var strand = 0
        for number in 0..<waypoints.count - 1 {
            if strand < strandStarts.count, strandStarts[strand] == number + 1 {
                strand += 1
                continue
            }
            body(number, PlanSegment(waypoints[number], waypoints[number + 1]))
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
            strandStarts: strandStarts, tolerance: tolerance)
    }
}
