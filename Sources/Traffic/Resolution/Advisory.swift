/// Why a body is told what it is told.
public enum AdvisoryReason: UInt8, Sendable, CaseIterable {
    /// Flies as wanted.
    case clear
    /// A manoeuvre that keeps every separation within the horizon.
    case resolving
    /// Still flies an earlier manoeuvre: going back to what is wanted is not free yet.
    case holding
    /// Nothing keeps every separation: the manoeuvre keeps the most of it. A named degraded mode.
    case leastBad
    /// No command was safe to give: its contingency continues. A named degraded mode.
    case contingency
    /// Takes no commands.
    case uncontrolled
    /// Refused: not finite, out of range or an id twice.
    case refused
}

/// What the resolver says about one body.
public struct Advisory: Hashable, Sendable {
    public var id: UInt32
    public var reason: AdvisoryReason
    public var manoeuvre: Manoeuvre
    /// Whom it avoids, for `resolving` and `leastBad`; its own id otherwise.
    public var against: UInt32
    /// When separation would have been smallest without a change, seconds from now; 0 when there is no conflict.
    public var timeSeconds: Double

    public init(
        id: UInt32, reason: AdvisoryReason, manoeuvre: Manoeuvre, against: UInt32, timeSeconds: Double
    ) {
        self.id = id
        self.reason = reason
        self.manoeuvre = manoeuvre
        self.against = against
        self.timeSeconds = timeSeconds
    }
}

/// What happened in a tick. Nothing is left out silently: what was put off is counted here.
public struct ResolutionCounts: Hashable, Sendable {
    /// Pairs looked at coarsely, and pairs that were then looked at exactly.
    public var screenedPairs = 0
    public var examinedPairs = 0
    /// Pairs that would have lost separation under the manoeuvres of the tick before.
    public var conflicts = 0
    /// Pairs that lose it under those of this tick as well, those that wait for their turn among them.
    public var unresolved = 0
    /// Bodies for which a manoeuvre was sought.
    public var solved = 0
    public var leastBad = 0
    public var contingencies = 0
    /// Pairs whose contingencies are not disjoint: the invariant does not hold for them.
    public var brokenContingencies = 0
    /// Bodies not solved and pairs not looked at in this tick because its budget was used up.
    public var deferredBodies = 0
    public var deferredPairs = 0
    public var refused = 0
    public init() {}
}
