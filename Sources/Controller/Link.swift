import World

/// How well a vehicle is heard. A pure function of the age of its newest telemetry.
public enum LinkState: String, Sendable, Codable, CaseIterable {
    /// Not heard since the station started.
    case unheard
    case live
    /// Older than a few periods: nothing is lost yet, but nothing new is planned either.
    case late
    /// Silent so long that the vehicle follows its contingency; only that may be commanded.
    case lost
    /// Heard again after a loss, but not long enough to be relied on.
    case regained

    /// Telemetry comes in now.
    public var isHeard: Bool { self == .live || self == .regained }

    /// The state after a silence of `age` seconds. `freshSeconds`: how long it has been heard without a gap.
    func next(age: Double, freshSeconds: Double, flies: Bool, _ limits: ControllerConfiguration) -> LinkState
    {
        if self == .unheard && age < 0 { return .unheard }
        if age > limits.lostSeconds(flies: flies) { return .lost }
        if age > limits.latePeriods * limits.telemetryPeriodSeconds { return self == .lost ? .lost : .late }
        switch self {
        case .lost: return .regained
        case .regained: return freshSeconds >= limits.regainedSeconds ? .live : .regained
        case .unheard, .live, .late: return .live
        }
    }
}
