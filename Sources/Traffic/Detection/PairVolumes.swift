/// What a body is to the detector: which volume a pair must keep depends on the two classes.
public enum BodyClass: UInt8, Sendable, CaseIterable {
    case drone
    case truck
    /// With people aboard.
    case crewed
    /// A drone on an emergency or medical flight.
    case emergency
    /// Takes no commands and tells no intent.
    case nonCooperative
}

/// The volume that pairs of two classes must keep and how far ahead it is looked for.
public struct PairRule: Hashable, Sendable {
    public var volume: ProtectedVolume
    /// Seconds; not beyond the detector's own lookahead.
    public var lookaheadSeconds: Double

    public init(_ volume: ProtectedVolume, lookaheadSeconds: Double = .infinity) {
        self.volume = volume
        self.lookaheadSeconds = lookaheadSeconds
    }
}

/// A flat, symmetric table of rules by pair of classes. No rule: such pairs are not looked at.
public struct PairVolumes: Sendable {
    static let classes = BodyClass.allCases.count
    private var rules: [PairRule?]

    /// No pair is looked at.
    public init() { rules = Array(repeating: nil, count: Self.classes * Self.classes) }

    /// The same volume for every pair of classes.
    public init(all volume: ProtectedVolume) {
        rules = Array(repeating: PairRule(volume), count: Self.classes * Self.classes)
    }

    public subscript(a: BodyClass, b: BodyClass) -> PairRule? {
        get { rules[Int(a.rawValue) * Self.classes + Int(b.rawValue)] }
        set {
            rules[Int(a.rawValue) * Self.classes + Int(b.rawValue)] = newValue
            rules[Int(b.rawValue) * Self.classes + Int(a.rawValue)] = newValue
        }
    }

    /// What we fly with: 50 m / 20 m between drones, 30 m / 15 m over trucks, ASTM F3442 well clear (2,000 ft,
    /// 250 ft) of crewed aircraft and what may be one, half as much again around emergency flights. Trucks keep
    /// apart on the road graph, crewed aircraft among themselves by their own means.
    public static var operational: PairVolumes {
        var table = PairVolumes()
        let crewed = ProtectedVolume.cylinder(radiusMeters: 609.6, halfHeightMeters: 76.2)
        table[.drone, .drone] = PairRule(.cylinder(radiusMeters: 50, halfHeightMeters: 20))
        table[.drone, .truck] = PairRule(.cylinder(radiusMeters: 30, halfHeightMeters: 15))
        table[.emergency, .truck] = PairRule(.cylinder(radiusMeters: 30, halfHeightMeters: 15))
        table[.drone, .emergency] = PairRule(.cylinder(radiusMeters: 75, halfHeightMeters: 30))
        table[.emergency, .emergency] = PairRule(.cylinder(radiusMeters: 75, halfHeightMeters: 30))
        for own in [BodyClass.drone, .emergency] {
            table[own, .crewed] = PairRule(crewed)
            table[own, .nonCooperative] = PairRule(crewed)
        }
        return table
    }
}

/// A rule taken apart for the inner loops.
struct FlatRule {
    var isActive = false
    var isWellClear = false
    var radius = 0.0
    var halfHeight = 0.0
    /// How long before being within `radius` a pair may count as horizontally inside (TTHR); likewise TCOA.
    var leadSeconds = 0.0
    var verticalLeadSeconds = 0.0
    var horizon = 0.0
    var wellClear = WellClear(
        .modifiedTau, distanceMeters: 0, heightMeters: 0, timeSeconds: 0, coAltitudeSeconds: 0)

    init(_ rule: PairRule?, lookahead: Double) {
        guard let rule else { return }
        horizon = min(rule.lookaheadSeconds, lookahead)
        switch rule.volume {
        case .cylinder(let radiusMeters, let halfHeightMeters):
            (radius, halfHeight) = (radiusMeters, halfHeightMeters)
            // Nothing is closer than nothing; inflation may still make it something.
            isActive = radius >= 0 && halfHeight >= 0
        case .wellClear(let volume):
            wellClear = volume
            isWellClear = true
            (radius, halfHeight) = (volume.distanceMeters, volume.heightMeters)
            (leadSeconds, verticalLeadSeconds) = (volume.timeSeconds, volume.coAltitudeSeconds)
            isActive = radius >= 0 && halfHeight >= 0 && leadSeconds >= 0 && verticalLeadSeconds >= 0
        }
        let isFinite = radius.isFinite && halfHeight.isFinite && leadSeconds.isFinite
        isActive = isActive && isFinite && verticalLeadSeconds.isFinite && horizon >= 0
    }

    /// The exact decision for one pair, in double. At a lookahead of zero seconds a pair is in conflict when it is
    /// inside now and stays a moment.
    @inline(__always)
    func interval(_ pair: PairCandidate) -> ConflictInterval? {
        if horizon > 0 { return interval(pair, within: horizon) }
        guard let moment = interval(pair, within: 1), moment.entrySeconds == 0 else { return nil }
        return ConflictInterval(entrySeconds: 0, exitSeconds: 0)
    }

    @inline(__always)
    private func interval(_ pair: PairCandidate, within seconds: Double) -> ConflictInterval? {
        if isWellClear {
            var volume = wellClear
            volume.distanceMeters += pair.addedRadius
            volume.heightMeters += pair.addedHeight
            return volume.conflict(pair.relative, horizonSeconds: seconds)
        }
        return .cylinder(
            radiusMeters: radius + pair.addedRadius, halfHeightMeters: halfHeight + pair.addedHeight,
            relative: pair.relative, horizonSeconds: seconds)
    }
}
