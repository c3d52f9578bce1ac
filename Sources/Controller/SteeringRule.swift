import Traffic

/// When what resolution advises is worth a command: few commands, each because something changes or the last one runs
/// out, and none that is taken back at once.
public struct SteeringRule: Sendable {
    public enum Answer: Sendable {
        /// It flies what it should.
        case nothing
        /// A manoeuvre is to be told.
        case tell
        /// It may go back to its mission.
        case resume
    }

    /// A manoeuvre ends by itself after this long, and is flown for at least this long.
    public var manoeuvreSeconds: Double
    public var leastSeconds: Double
    /// Two commands are at least this far apart.
    public var apartSeconds = 0.5

    public init(_ configuration: ControllerConfiguration) {
        manoeuvreSeconds = configuration.manoeuvreSeconds
        leastSeconds = configuration.manoeuvreLeastSeconds
    }

    /// - Parameters:
    ///   - told: what it was told last; nil while it flies its mission.
    ///   - toldAgo: seconds since then, and since the first manoeuvre of this deviation.
    ///   - isGuided: what it wants is no mission but the way around an aircraft, which it would not fly by itself.
    public func answer(
        _ advisory: FlightAdvisory, told: Manoeuvre?, toldAgo: Double, deviatesFor: Double,
        isGuided: Bool = false
    ) -> Answer {
        switch advisory.reason {
        case .uncontrolled, .refused: return .nothing
        case .clear where !isGuided: return told != nil && deviatesFor >= leastSeconds ? .resume : .nothing
        case .clear: break
        case .holding, .resolving, .leastBad, .contingency:
            guard advisory.isNew || told != nil else { return .nothing }
        }
        guard let told else { return .tell }
        if toldAgo > 0.5 * manoeuvreSeconds { return .tell }
        return toldAgo >= apartSeconds && Self.changes(told, advisory.manoeuvre) ? .tell : .nothing
    }

    /// By more than 0.5 m/s, 1 m of height or 0.5 m/s of climb.
    private static func changes(_ told: Manoeuvre, _ new: Manoeuvre) -> Bool {
        let (dx, dy) = (new.vx - told.vx, new.vy - told.vy)
        return dx * dx + dy * dy > 0.25 || (new.levelMeters - told.levelMeters).magnitude > 1
            || (new.climbRate - told.climbRate).magnitude > 0.5
    }
}
