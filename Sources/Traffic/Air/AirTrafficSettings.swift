/// What a tick of the air keeps to.
public struct AirTrafficSettings: Sendable {
    public var volumes = PairVolumes.operational
    public var lookaheadSeconds = 60.0
    public var limits = DetectionLimits.tick
    public var classes: [ResolutionClass]
    public var resolver = ResolverSettings()
    public var uncertainty = UncertaintyModel()
    /// Each flight's way is looked at for fences every so many ticks, and so far ahead.
    public var fenceTicks: UInt64 = 10
    public var fenceLookaheadSeconds = 30.0

    public init(classes: [ResolutionClass]) { self.classes = classes }

    var fastestMetersPerSecond: Double {
        var fastest = 0.0
        for kind in classes where kind.maximumSpeed > fastest { fastest = kind.maximumSpeed }
        return fastest
    }

    /// The widest volume two may not share.
    var widestMeters: Double {
        var widest = 0.0
        for kind in classes where kind.separationMeters > widest { widest = kind.separationMeters }
        for a in BodyClass.allCases {
            for b in BodyClass.allCases {
                guard let rule = volumes[a, b] else { continue }
                switch rule.volume {
                case .cylinder(let radius, _): if radius > widest { widest = radius }
                case .wellClear(let volume):
                    // Modified tau opens that many seconds of closing speed before the distance.
                    let ahead = volume.distanceMeters + volume.timeSeconds * 400
                    if ahead > widest { widest = ahead }
                }
            }
        }
        return widest
    }
}

extension DetectionReport {
    mutating func add(_ other: DetectionReport) {
        bodies += other.bodies
        refusedBodies += other.refusedBodies
        conflicts += other.conflicts
        if other.slices > slices { slices = other.slices }
        testedPairs += other.testedPairs
        decidedPairs += other.decidedPairs
        deferredBodies += other.deferredBodies
        deferredPairs += other.deferredPairs
        if coveredSeconds == 0 || other.coveredSeconds < coveredSeconds {
            coveredSeconds = other.coveredSeconds
        }
    }
}

extension ResolutionCounts {
    mutating func add(_ other: ResolutionCounts) {
        screenedPairs += other.screenedPairs
        examinedPairs += other.examinedPairs
        conflicts += other.conflicts
        unresolved += other.unresolved
        solved += other.solved
        leastBad += other.leastBad
        contingencies += other.contingencies
        brokenContingencies += other.brokenContingencies
        deferredBodies += other.deferredBodies
        deferredPairs += other.deferredPairs
        refused += other.refused
    }
}
