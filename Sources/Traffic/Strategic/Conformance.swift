/// How well one flight keeps to its intent, against the limits of ASTM F3548. Fed once a tick, in order of time.
public struct Conformance: Hashable, Sendable {
    /// A limit that is not kept, with the figure found.
    public enum Breach: Hashable, Sendable {
        case share(Double)
        case excursionsPerHour(Double)
        case excursionSeconds(Double)
        case nonconformingSeconds(Double)
    }

    public private(set) var flownSeconds = 0.0
    public private(set) var outsideSeconds = 0.0
    public private(set) var excursions = 0
    public private(set) var longestExcursionSeconds = 0.0
    /// Of the excursion that goes on; 0 when inside.
    public private(set) var currentExcursionSeconds = 0.0

    public init() {}

    /// The flight was inside or outside of its intent for the last `seconds` (0 or more).
    public mutating func record(isInside: Bool, seconds: Double) {
        guard seconds >= 0, seconds.isFinite else { return }
        flownSeconds += seconds
        guard !isInside else {
            currentExcursionSeconds = 0
            return
        }
        if currentExcursionSeconds == 0 { excursions += 1 }
        // An excursion counts from its first report, however short.
        currentExcursionSeconds += max(seconds, .leastNonzeroMagnitude)
        outsideSeconds += seconds
        longestExcursionSeconds = max(longestExcursionSeconds, currentExcursionSeconds)
    }

    /// The state F3548 asks for: outside is Nonconforming, for over 60 s Contingent; inside again is Activated.
    public func state(after state: IntentState) -> IntentState {
        guard state == .activated || state == .nonconforming else { return state }
        if currentExcursionSeconds > IntentLimits.nonconformingSecondsMax { return .contingent }
        return currentExcursionSeconds > 0 ? .nonconforming : .activated
    }

    /// Limits not kept so far. Excursions are counted a flight hour, the first hour as a whole one.
    public var breaches: [Breach] {
        var found: [Breach] = []
        let share = flownSeconds > 0 ? 1 - outsideSeconds / flownSeconds : 1
        if share < IntentLimits.conformingShareMin { found.append(.share(share)) }
        let perHour = Double(excursions) / max(1, flownSeconds / 3600)
        if perHour > IntentLimits.excursionsPerFlightHourMax { found.append(.excursionsPerHour(perHour)) }
        if longestExcursionSeconds > IntentLimits.excursionSecondsMax {
            found.append(.excursionSeconds(longestExcursionSeconds))
        }
        if currentExcursionSeconds > IntentLimits.nonconformingSecondsMax {
            found.append(.nonconformingSeconds(currentExcursionSeconds))
        }
        return found
    }
}
