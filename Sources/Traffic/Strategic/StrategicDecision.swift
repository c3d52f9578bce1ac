/// What may be tried with a plan that cannot go as it is, and what each is worth.
public struct StrategicOptions: Hashable, Sendable {
    public var operation: IntentPolicy.Operation
    public var policy: IntentPolicy
    /// Longest delay, seconds.
    public var delaySecondsMax: Double
    /// Delays are whole multiples of this; 0 takes the least one.
    public var delayGridSeconds = 0.0
    /// Metres up or down that inner waypoints may be moved by, in order of preference.
    public var layers: [Double]
    /// Metres to the side of the way from first to last waypoint that inner waypoints may be moved by, positive left.
    public var offsets: [Double]
    /// What a metre up or down, and a metre aside, is worth in seconds of delay.
    public var secondsPerLayerMeter: Double
    public var secondsPerOffsetMeter: Double
    /// Bound of the search: so many looks at one variant and one part of the delays.
    public var looksMax = 200

    public init(
        operation: IntentPolicy.Operation = .plan, policy: IntentPolicy = IntentPolicy(),
        delaySecondsMax: Double = 600, layers: [Double] = [], offsets: [Double] = [],
        secondsPerLayerMeter: Double = 0.5, secondsPerOffsetMeter: Double = 0.1
    ) {
        (self.operation, self.policy, self.delaySecondsMax) = (operation, policy, delaySecondsMax)
        (self.layers, self.offsets) = (layers, offsets)
        (self.secondsPerLayerMeter, self.secondsPerOffsetMeter) = (
            secondsPerLayerMeter, secondsPerOffsetMeter
        )
    }
}

/// The answer to a plan, and the version of the index it holds for: insert it while that is still the version, or ask
/// again.
public struct StrategicDecision: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case accepted
        case delayed(seconds: Double)
        case layerChanged(upMeters: Double, delaySeconds: Double)
        case rerouted(leftMeters: Double, upMeters: Double, delaySeconds: Double)
        /// The requirement of F3548 that the worst conflict breaks.
        case refused(requirement: String)
    }
    public let version: UInt64
    public let outcome: Outcome
    /// The plan as it may go; as it was asked for when refused.
    public let intent: OperationalIntent
    /// Conflicts of the plan as it was asked for that the policy forbids.
    public let blocking: [IntentConflict]
    /// Intents the plan as it may go is in conflict with, and may: their operators are told (SCD0090, SCD0095). Ascending.
    public let notices: [UInt64]
}

extension IntentIndex {
    /// Accepts a plan, or finds the cheapest of: delay, layer change, way aside, each with the least delay that clears
    /// it. Of equal cost the first in the order of the options.
    public func decide(
        _ intent: OperationalIntent, options: StrategicOptions = StrategicOptions(), nowSeconds: Double? = nil
    ) throws(IntentFault) -> StrategicDecision {
        let way = direction(intent)
        return try decide(intent, options: options, nowSeconds: nowSeconds) { up, left in
            // A place outside of all limits is no way to go.
            let moved = try? intent.moved(
                bySeconds: 0, upMeters: up, eastMeters: -way.north * left, northMeters: way.east * left)
            return moved.map { ($0, 0) }
        }
    }

    /// The same for whoever knows better than to move waypoints what a plan so many metres up and to the left is:
    /// `variant` makes it and says what it costs besides, in seconds of delay; nil is no way to go. It is asked once for
    /// each, those that can still be the best only.
    public func decide(
        _ intent: OperationalIntent, options: StrategicOptions, nowSeconds: Double? = nil,
        variant: (_ upMeters: Double, _ leftMeters: Double) -> (plan: OperationalIntent, seconds: Double)?
    ) throws(IntentFault) -> StrategicDecision {
        if let nowSeconds { try intent.checkHorizon(nowSeconds: nowSeconds) }
        if options.operation == .plan, intent.state != .accepted { throw .firstStateMustBeAccepted }
        var work = IntentWork()
        let (blocking, notices) = divide(conflicts(of: intent, &work), intent, options.policy)
        func decision(_ outcome: StrategicDecision.Outcome, _ plan: OperationalIntent, _ notices: [UInt64])
            -> StrategicDecision
        {
            StrategicDecision(
                version: version, outcome: outcome, intent: plan, blocking: blocking, notices: notices)
        }
        if blocking.isEmpty { return decision(.accepted, intent, notices) }
        var search = VariantSearch(intent, options)
        if let best = search.run(self, &work, variant) {
            let plan = try best.plan.moved(bySeconds: best.delay)
            let (_, notices) = divide(conflicts(of: plan, &work), intent, options.policy)
            return decision(best.outcome, plan, notices)
        }
        let worst = blocking.reduce(Int32.min) { max($0, $1.otherPriority) }
        let requirement = options.policy.requirement(
            options.operation, priority: intent.priority, otherPriority: worst)
        return decision(.refused(requirement: requirement), intent, notices)
    }

    private func divide(
        _ conflicts: [IntentConflict], _ intent: OperationalIntent, _ policy: IntentPolicy
    ) -> (blocking: [IntentConflict], notices: [UInt64]) {
        var blocking: [IntentConflict] = []
        var notices: [UInt64] = []
        for conflict in conflicts {
            if policy.isBlocked(
                priority: intent.priority, company: intent.company, by: conflict.otherPriority,
                otherCompany: conflict.otherCompany, otherState: conflict.otherState)
            {
                blocking.append(conflict)
            } else {
                notices.append(conflict.otherID)
            }
        }
        notices.sort()
        var last: UInt64?
        notices.removeAll { id in
            defer { last = id }
            return id == last
        }
        return (blocking, notices)
    }

    /// From the first to the last waypoint, length 1; east where they are above each other.
    private func direction(_ intent: OperationalIntent) -> (east: Double, north: Double) {
        let (a, b) = (intent.waypoints[0], intent.waypoints[intent.waypoints.count - 1])
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = (dx * dx + dy * dy).squareRoot()
        return length > 0 ? (dx / length, dy / length) : (1, 0)
    }
}
