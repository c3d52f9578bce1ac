/// How urgent an intruder is (RTCA DO-365B).
public enum AlertLevel: UInt8, Hashable, Sendable, Comparable, CaseIterable {
    case none = 0
    /// Watch it: separation will be small but sufficient.
    case preventive = 1
    /// Manoeuvre, after asking whoever controls the airspace.
    case corrective = 2
    /// Manoeuvre now.
    case warning = 3

    public static func < (a: AlertLevel, b: AlertLevel) -> Bool { a.rawValue < b.rawValue }
}

/// Which of the three sets of thresholds of DO-365B an intruder is held to. The values are those of the configuration
/// `DO_365B_no_SUM` that DAIDALUS 2.0.4 ships: volumes and alerting times without sensor uncertainty.
public enum Alerter: UInt8, Hashable, Sendable, CaseIterable {
    /// En route.
    case phaseI = 1
    /// Terminal area.
    case phaseII = 2
    /// Intruders without a transponder.
    case nonCooperative = 3

    /// How far conflicts are looked for, seconds.
    public static let lookaheadSeconds = 180.0

    /// The volume of corrective and warning alerts.
    public var correctiveVolume: WellClear {
        switch self {
        case .phaseI: .enRoute
        case .phaseII: .terminal
        case .nonCooperative: .nonCooperative
        }
    }

    /// The volume of preventive alerts: not lower than that of corrective ones.
    public var preventiveVolume: WellClear { self == .phaseI ? .enRoutePreventive : correctiveVolume }

    /// Seconds before entry into its volume from which a level is alerted.
    public func alertingSeconds(_ level: AlertLevel) -> Double {
        switch (self, level) {
        case (.phaseII, _): 45
        case (_, .warning): 25
        default: 55
        }
    }
}

/// What an intruder calls for.
public struct Alert: Hashable, Sendable {
    public var level: AlertLevel
    /// Seconds until the corrective volume is entered, 0 inside it; nil when that is not within the lookahead.
    public var secondsToCorrective: Double?
}

extension Alerter {
    /// The alert of one pair from the two states alone: no hysteresis, no memory.
    /// - Complexity: O(1).
    public func alert(own: Motion, intruder: Motion) -> Alert {
        let relative = RelativeMotion(own: own, intruder: intruder)
        let corrective = correctiveVolume.conflict(relative, horizonSeconds: Self.lookaheadSeconds)
        return Alert(
            level: level(relative, correctiveEntrySeconds: corrective?.entrySeconds),
            secondsToCorrective: corrective?.entrySeconds)
    }

    /// The level alone.
    @inline(__always)
    func level(_ relative: RelativeMotion) -> AlertLevel {
        let corrective = correctiveVolume.conflict(relative, horizonSeconds: Self.lookaheadSeconds)
        return level(relative, correctiveEntrySeconds: corrective?.entrySeconds)
    }

    @inline(__always)
    private func level(_ relative: RelativeMotion, correctiveEntrySeconds entry: Double?) -> AlertLevel {
        if let entry {
            if entry < alertingSeconds(.warning) { return .warning }
            if entry < alertingSeconds(.corrective) { return .corrective }
        }
        let preventive =
            self == .phaseI
            ? preventiveVolume.conflict(relative, horizonSeconds: Self.lookaheadSeconds)?.entrySeconds : entry
        guard let preventive, preventive < alertingSeconds(.preventive) else { return .none }
        return .preventive
    }
}
