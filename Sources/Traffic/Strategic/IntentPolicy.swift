/// Which other intents a plan must keep clear of (ASTM F3548-21, SCD0015 to SCD0050 and SCD0005).
public struct IntentPolicy: Hashable, Sendable {
    public enum EqualPriority: String, Hashable, Sendable, CaseIterable {
        /// Conflicts of equal priority are not permitted.
        case refuse
        /// Only within one company, which answers for both.
        case permitWithinCompany
        case permit
    }

    public var equalPriority: EqualPriority
    /// Companies whose system is down: their Accepted intents count as lowest priority.
    public var downCompanies: [UInt32]

    public init(equalPriority: EqualPriority = .refuse, downCompanies: [UInt32] = []) {
        self.equalPriority = equalPriority
        self.downCompanies = downCompanies
    }

    /// Whether an intent of (priority, company) may not conflict with another one.
    public func isBlocked(
        priority: Int32, company: UInt32, by otherPriority: Int32, otherCompany: UInt32,
        otherState: IntentState
    ) -> Bool {
        if otherState == .accepted, downCompanies.contains(otherCompany) { return false }
        // What is out of its plan does not see who it should give way to.
        if otherState.isOffNominal { return true }
        if otherPriority != priority { return otherPriority > priority }
        switch equalPriority {
        case .refuse: return true
        case .permitWithinCompany: return company != otherCompany
        case .permit: return false
        }
    }

    /// What is asked for, which decides the requirement a refusal names.
    public enum Operation: String, Hashable, Sendable, CaseIterable {
        case plan, modify, activate, modifyActivated
        fileprivate var offset: Int {
            switch self {
            case .plan: 0
            case .modify: 5
            case .activate: 10
            case .modifyActivated: 15
            }
        }
    }

    /// The F3548 requirement that forbids a conflict: SCD0015...30 against higher, SCD0035...50 against equal priority.
    public func requirement(_ operation: Operation, priority: Int32, otherPriority: Int32) -> String {
        "SCD00\((otherPriority > priority ? 15 : 35) + operation.offset)"
    }
}

extension IntentIndex {
    /// How far two delays are told apart.
    public static let delayStepSeconds = 0.001

    /// The least delay, 0...`notAfter`, with which a plan has no conflict that the policy forbids; nil when there is none.
    /// Exact to `delayStepSeconds`: every earlier delay that is longer than the last forbidden one by that much conflicts.
    public func earliestDeparture(
        of intent: OperationalIntent, notAfter limit: Double, policy: IntentPolicy = IntentPolicy()
    ) -> Double? {
        var work = IntentWork()
        return earliestDeparture(of: intent, notAfter: limit, policy: policy, &work)
    }

    /// The same with memory kept by the caller. The horizon is looked at in parts, so that a plan that can soon go costs
    /// little.
    public func earliestDeparture(
        of intent: OperationalIntent, notAfter limit: Double, policy: IntentPolicy, _ work: inout IntentWork
    ) -> Double? {
        guard limit >= 0, limit <= IntentLimits.planningHorizonSeconds else { return nil }
        var delay = 0.0
        var part = 60.0
        work.boxesLookedAt = 0
        work.candidates = 0
        while delay <= limit {
            let end = min(delay + part, limit)
            delay = firstFree(intent, from: delay, to: end, policy, &work)
            if delay <= end { return delay }
            part = min(part * 2, 960)
        }
        return nil
    }

    /// The least free delay of `from`...`to`; when there is none, one beyond `to` that all free ones are not before.
    func firstFree(
        _ intent: OperationalIntent, from: Double, to: Double, _ policy: IntentPolicy,
        _ work: inout IntentWork
    ) -> Double {
        collectForbidden(intent, from: from, to: to, policy, &work)
        work.intervals.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        var delay = from
        for interval in work.intervals {
            if interval.lowerBound > delay { break }
            if interval.upperBound >= delay { delay = interval.upperBound + Self.delayStepSeconds }
        }
        return delay
    }

    private func collectForbidden(
        _ intent: OperationalIntent, from: Double, to: Double, _ policy: IntentPolicy,
        _ work: inout IntentWork
    ) {
        work.intervals.removeAll(keepingCapacity: true)
        intent.forEachLeg { _, flight in
            var box = intent.box(flight)
            box.minT += from
            box.maxT += to
            work.found.removeAll(keepingCapacity: true)
            work.boxesLookedAt += store.collect(box, into: &work.found)
            work.candidates += work.found.count
            for index in work.found {
                let other = store.segments[Int(index)]
                let plan = plans[Int(other.owner)]
                if plan.id == intent.id { continue }
                guard
                    policy.isBlocked(
                        priority: intent.priority, company: intent.company, by: plan.priority,
                        otherCompany: plan.company, otherState: plan.state),
                    let delays = delays(intent, flight, other.flight, plan),
                    delays.upperBound >= from, delays.lowerBound <= to
                else { continue }
                work.intervals.append(delays)
            }
        }
    }
}
