/// Two segments of two plans that come too near each other.
public struct IntentConflict: Hashable, Sendable {
    /// Of the plan asked about, from 0.
    public let segment: Int
    public let otherID: UInt64
    public let otherSegment: Int
    public let otherPriority: Int32
    public let otherCompany: UInt32
    public let otherState: IntentState
    /// By how much later departures of the plan asked about stay in conflict here, seconds, both included.
    public let forbiddenDelays: ClosedRange<Double>
}

/// All active operational intents in space and time, of one plane; `AirTile` lays the earth out in it.
///
/// Conflict: at some time both vehicles, each anywhere within its tube and as early or late as its slack allows, can
/// be at the same place; touching is a conflict. Nothing is missed and nothing added: the buckets select, the closed form
/// of `forbiddenDelays` decides, good to a millimetre (F3548 asks for a centimetre). Every change counts `version` up,
/// so that a decision can say for which state of the index it holds. A value: copies share memory until one is changed.
public struct IntentIndex: Sendable {
    /// Counts every change.
    public private(set) var version: UInt64 = 0
    var store = IntentStore()
    var plans: [Plan] = []
    private var freePlans: [UInt32] = []
    /// Looked up, never walked.
    private var slots: [UInt64: UInt32] = [:]

    struct Plan: Sendable {
        var id: UInt64
        var priority: Int32
        var company: UInt32
        var state: IntentState
        var firstSegment: Int32
        var start: Double
        var tolerance: IntentTolerance

        @inline(__always)
        func slackBefore(_ seconds: Double) -> Double {
            tolerance.slackBeforeSeconds + tolerance.slackGrowth * (seconds - start)
        }
        @inline(__always)
        func slackAfter(_ seconds: Double) -> Double {
            tolerance.slackAfterSeconds + tolerance.slackGrowth * (seconds - start)
        }
    }

    public init() {}

    public var count: Int { slots.count }
    /// Bytes held for the plans, without the table of ids.
    public var bytes: Int { store.bytes + plans.count * MemoryLayout<Plan>.stride }

    public func contains(_ id: UInt64) -> Bool { slots[id] != nil }
    public func state(of id: UInt64) -> IntentState? { slots[id].map { plans[Int($0)].state } }

    /// Adds a plan; O(segments).
    public mutating func insert(_ intent: OperationalIntent) throws(IntentFault) {
        guard slots[intent.id] == nil else { throw .duplicate(id: intent.id) }
        guard slots.count < IntentLimits.intentsMax else {
            throw .tooManyIntents(limit: IntentLimits.intentsMax)
        }
        let slot = freePlans.popLast() ?? UInt32(plans.count)
        var next: Int32 = -1
        intent.forEachLeg { number, flight in
            next = store.insert(flight, intent.box(flight), owner: slot, number: UInt32(number), next: next)
        }
        let plan = Plan(
            id: intent.id, priority: intent.priority, company: intent.company, state: intent.state,
            firstSegment: next, start: intent.startSeconds, tolerance: intent.tolerance)
        if Int(slot) == plans.count { plans.append(plan) } else { plans[Int(slot)] = plan }
        slots[intent.id] = slot
        version += 1
    }

    /// Takes a plan away; O(segments). Whether it was there.
    @discardableResult
    public mutating func remove(_ id: UInt64) -> Bool {
        guard let slot = slots.removeValue(forKey: id) else { return false }
        let plan = plans[Int(slot)]
        var next = plan.firstSegment
        while next >= 0 {
            let flight = store.segment(next).flight
            let box = SpaceTimeBox(
                flight, plan.tolerance, before: plan.slackBefore(flight.start),
                after: plan.slackAfter(flight.start))
            next = store.remove(next, box)
        }
        freePlans.append(slot)
        version += 1
        return true
    }

    /// Puts a plan in the place of the one with its id.
    public mutating func replace(_ intent: OperationalIntent) throws(IntentFault) {
        guard remove(intent.id) else { throw .unknown(id: intent.id) }
        try insert(intent)
    }

    /// Changes the state of a plan as F3548 allows; Ended takes it away.
    public mutating func move(_ id: UInt64, to state: IntentState) throws(IntentFault) {
        guard let slot = slots[id] else { throw .unknown(id: id) }
        let old = plans[Int(slot)].state
        guard old.mayBecome(state) else { throw .badTransition(from: old, to: state) }
        if state == .ended {
            remove(id)
        } else if state != old {
            plans[Int(slot)].state = state
            version += 1
        }
    }

    /// All pairs of segments in conflict with a plan as it is, by (segment, other id, other segment). A plan is not in
    /// conflict with its own id.
    public func conflicts(of intent: OperationalIntent) -> [IntentConflict] {
        var work = IntentWork()
        return conflicts(of: intent, &work)
    }

    /// The same with memory kept by the caller.
    public func conflicts(of intent: OperationalIntent, _ work: inout IntentWork) -> [IntentConflict] {
        var result: [IntentConflict] = []
        work.boxesLookedAt = 0
        work.candidates = 0
        intent.forEachLeg { number, flight in
            work.found.removeAll(keepingCapacity: true)
            work.boxesLookedAt += store.collect(intent.box(flight), into: &work.found)
            work.candidates += work.found.count
            // Touched first, so that memory answers for all of them at the same time.
            work.owners.removeAll(keepingCapacity: true)
            for index in work.found { work.owners.append(store.owner(Int(index))) }
            for (index, owner) in zip(work.found, work.owners) {
                let other = store.segments[Int(index)]
                let plan = plans[Int(owner)]
                if plan.id == intent.id { continue }
                if isSurelyApart(intent, flight, other.flight, plan) { continue }
                guard let delays = delays(intent, flight, other.flight, plan), delays.contains(0) else {
                    continue
                }
                result.append(
                    IntentConflict(
                        segment: number, otherID: plan.id, otherSegment: Int(other.number),
                        otherPriority: plan.priority, otherCompany: plan.company, otherState: plan.state,
                        forbiddenDelays: delays))
            }
        }
        result.sort {
            ($0.segment, $0.otherID, $0.otherSegment) < ($1.segment, $1.otherID, $1.otherSegment)
        }
        return result
    }

    /// The delays of a plan for which one pair of segments is in conflict, slack of both included.
    @inline(__always)
    func delays(_ intent: OperationalIntent, _ flight: PlanSegment, _ other: PlanSegment, _ plan: Plan)
        -> ClosedRange<Double>?
    {
        let limits = PairLimits(
            reach: intent.tolerance.radiusMeters + plan.tolerance.radiusMeters,
            height: intent.tolerance.halfHeightMeters + plan.tolerance.halfHeightMeters)
        guard let pair = Traffic.forbiddenDelays(flight, other, limits) else { return nil }
        return pair.low - plan.slackBefore(other.start) - intent.slackAfter(flight.start)...pair.high
            + plan.slackAfter(other.start) + intent.slackBefore(flight.start)
    }

    /// By the closest point of approach: where both are at most `slack` apart in time, the other is at most `slack` times
    /// its speed from where it is at the same time.
    @inline(__always)
    private func isSurelyApart(
        _ intent: OperationalIntent, _ a: PlanSegment, _ b: PlanSegment, _ plan: Plan
    ) -> Bool {
        let early = plan.slackBefore(b.start) + intent.slackAfter(a.start)
        let late = plan.slackAfter(b.start) + intent.slackBefore(a.start)
        let slack = early > late ? early : late
        let lag = b.start - a.start
        let (sx, sy) = (b.x - b.vx * lag - a.x, b.y - b.vy * lag - a.y)
        let (rx, ry) = (b.vx - a.vx, b.vy - a.vy)
        let rr = rx * rx + ry * ry
        let toward = -(sx * rx + sy * ry)
        var t = rr > 0 ? toward / rr : 0
        t = t < 0 ? 0 : t > a.duration ? a.duration : t
        let (gx, gy) = (sx + rx * t, sy + ry * t)
        let speed = (b.vx * b.vx + b.vy * b.vy).squareRoot()
        let reach = intent.tolerance.radiusMeters + plan.tolerance.radiusMeters + slack * speed + 0.01
        return gx * gx + gy * gy > reach * reach
    }
}

/// Memory of searches, kept from one to the next, and what the last one cost.
public struct IntentWork: Sendable {
    var found: [UInt32] = []
    var owners: [UInt32] = []
    var intervals: [ClosedRange<Double>] = []
    /// Boxes compared, and segments left after that.
    public internal(set) var boxesLookedAt = 0
    public internal(set) var candidates = 0
    public init() {}
}

extension OperationalIntent {
    @inline(__always)
    func box(_ flight: PlanSegment) -> SpaceTimeBox {
        SpaceTimeBox(
            flight, tolerance, before: slackBefore(flight.start), after: slackAfter(flight.start))
    }
}
