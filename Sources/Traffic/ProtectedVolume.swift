/// The volume two bodies may not share. Lengths in metres, times in seconds.
public enum ProtectedVolume: Hashable, Sendable {
    /// Closer than `radiusMeters` horizontally and than `halfHeightMeters` vertically, both limits excluded.
    case cylinder(radiusMeters: Double, halfHeightMeters: Double)
    case wellClear(WellClear)
}

/// A well-clear volume with a time variable: violated while horizontally and vertically violated, limits included
/// (Munoz, Narkawicz et al., "A Family of Well-Clear Boundary Models for the Integration of UAS in the NAS", 2014).
public struct WellClear: Hashable, Sendable {
    /// What the horizontal time threshold is compared with.
    public enum TimeVariable: String, Sendable, CaseIterable {
        /// Modified tau: (DTHR^2 - s.s) / (s.v).
        case modifiedTau
        /// Time to the closest point of approach.
        case closestApproach
        /// Time of entry into the circle of radius DTHR.
        case entryPoint
    }
    public var variable: TimeVariable
    /// DTHR.
    public var distanceMeters: Double
    /// ZTHR.
    public var heightMeters: Double
    /// TTHR.
    public var timeSeconds: Double
    /// TCOA: time to co-altitude.
    public var coAltitudeSeconds: Double

    public init(
        _ variable: TimeVariable, distanceMeters: Double, heightMeters: Double, timeSeconds: Double,
        coAltitudeSeconds: Double
    ) {
        self.variable = variable
        self.distanceMeters = distanceMeters
        self.heightMeters = heightMeters
        self.timeSeconds = timeSeconds
        self.coAltitudeSeconds = coAltitudeSeconds
    }
}

/// When a pair is inside its volume, seconds from now, both ends inside the lookahead.
public struct ConflictInterval: Hashable, Sendable {
    public var entrySeconds: Double
    public var exitSeconds: Double
    public init(entrySeconds: Double, exitSeconds: Double) {
        self.entrySeconds = entrySeconds
        self.exitSeconds = exitSeconds
    }
}
