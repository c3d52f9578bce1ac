/// Who goes first. Of two bodies that would meet, the one further down gives way; of equals the higher id does.
public enum RightOfWay: UInt8, Comparable, Sendable, CaseIterable {
    case crewed, emergency, disabled, loadedFixedWing, loaded, empty
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One body of a tick, as the resolver is given it.
public struct ResolutionBody: Sendable {
    /// Distinct in a tick. Orders equals.
    public var id: UInt32
    /// Index into the resolver's classes.
    public var classIndex: UInt8
    public var rightOfWay: RightOfWay
    /// False for who takes no commands of ours: it is taken to fly on as it flies.
    public var isCooperative: Bool
    /// Where it is now and how it moves now, best estimate.
    public var motion: Motion
    /// What it would fly if it were alone.
    public var wanted: Manoeuvre
    /// What it is flying: the manoeuvre of its last advisory, or `wanted`.
    public var current: Manoeuvre
    /// Added to the separation from everybody, horizontally and vertically: position error, age, tracking error
    /// (avoidance.md 6.5), metres. Vertically at most as much: heights are held better than courses.
    public var inflationMeters: Double
    public var inflationHeightMeters: Double
    /// Altitudes it may not leave (terrain floor, ceiling of its airspace), metres above mean sea level.
    public var floorMeters: Double
    public var ceilingMeters: Double

    public init(
        id: UInt32, classIndex: UInt8 = 0, rightOfWay: RightOfWay = .empty, isCooperative: Bool = true,
        motion: Motion, wanted: Manoeuvre, current: Manoeuvre, inflationMeters: Double = 0,
        inflationHeightMeters: Double? = nil, floorMeters: Double = -1000, ceilingMeters: Double = 20_000
    ) {
        self.id = id
        self.classIndex = classIndex
        self.rightOfWay = rightOfWay
        self.isCooperative = isCooperative
        self.motion = motion
        self.wanted = wanted
        self.current = current
        self.inflationMeters = inflationMeters
        self.inflationHeightMeters = inflationHeightMeters ?? inflationMeters
        self.floorMeters = floorMeters
        self.ceilingMeters = ceilingMeters
    }

    /// Whether it can be worked with: finite, of a plausible size. NaN fails every comparison.
    @inline(__always)
    var isSound: Bool {
        let m = motion
        return abs(m.x) <= 1e6 && abs(m.y) <= 1e6 && abs(m.z) <= 1e5 && m.vx * m.vx + m.vy * m.vy <= 4e5
            && abs(m.vz) <= 400 && wanted.isSound && current.isSound && inflationMeters >= 0
            && inflationMeters <= 5000 && inflationHeightMeters >= 0
            && inflationHeightMeters <= inflationMeters
            && floorMeters >= -1e5 && floorMeters <= ceilingMeters
            && ceilingMeters <= 1e5
    }
}

extension Manoeuvre {
    @inline(__always)
    var isSound: Bool {
        vx * vx + vy * vy <= 4e5 && climbRate >= 0 && climbRate <= 400 && abs(levelMeters) <= 1e5
    }
}
