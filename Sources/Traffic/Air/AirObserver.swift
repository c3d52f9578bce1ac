/// Parts of a tick, in their order. The later four come once for each group.
public enum AirPhase: Int, CaseIterable, Sendable {
    /// Flights are checked and grouped.
    case grouped
    /// Brought to now, on their plane.
    case placed
    case detected
    case resolved
    /// Advisories written back and fences looked at.
    case fenced
    /// Conflicts of all groups joined and the hash made; once, at the end.
    case folded
}

/// Told as each part of a tick ends: who measures brings a clock, the tick has none.
public protocol AirObserver {
    mutating func ended(_ phase: AirPhase)
}

/// Nobody looks.
public struct NoAirObserver: AirObserver {
    public init() {}
    @inline(__always)
    public mutating func ended(_ phase: AirPhase) {}
}
