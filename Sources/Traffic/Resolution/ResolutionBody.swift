/// Who goes first. Of two bodies that would meet, the one further down gives way; of equals the higher id does.
public enum RightOfWay: UInt8, Comparable, Sendable, CaseIterable {
    case crewed, emergency, disabled, loadedFixedWing, loaded, empty
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One body of a tick, as the resolver is given it.
public struct ResolutionBody: Sendable {
    /// Distinct in a tick. Orders equals.
    public var id: UInt32
    public var rightOfWay: RightOfWay
    /// False for who takes no commands of ours: it is taken to fly on as it flies.
    public var isCooperative: Bool
    /// Where it is now and how it moves now, best estimate.
    public var motion: Motion
    public var limits: ManoeuvreLimits
    /// What it would fly if it were alone.
    public var wanted: Manoeuvre
    /// What it is flying: the last advisory, or `wanted`.
    public var current: Manoeuvre
    /// Added to the separation from everybody: position error, age, tracking error (avoidance.md 6.5), metres.
    public var inflationMeters: Double
    /// The separation it keeps in its own right; of a pair the larger counts. Metres, horizontally.
    public var separationMeters: Double
    /// The same vertically. The volume kept free is the ellipsoid with these half axes.
    public var separationHeightMeters: Double

    public init(
        id: UInt32, rightOfWay: RightOfWay = .empty, isCooperative: Bool = true, motion: Motion,
        limits: ManoeuvreLimits, wanted: Manoeuvre, current: Manoeuvre, inflationMeters: Double = 0,
        separationMeters: Double = 30, separationHeightMeters: Double = 30
    ) {
        self.id = id
        self.rightOfWay = rightOfWay
        self.isCooperative = isCooperative
        self.motion = motion
        self.limits = limits
        self.wanted = wanted
        self.current = current
        self.inflationMeters = inflationMeters
        self.separationMeters = separationMeters
        self.separationHeightMeters = separationHeightMeters
    }

    /// Whether it can be worked with: finite, of a plausible size.
    var isSound: Bool {
        motion.isFinite && wanted.isFinite && current.isFinite && limits.areSound && abs(motion.x) <= 1e6
            && abs(motion.y) <= 1e6 && abs(motion.z) <= 1e5 && motion.vx * motion.vx + motion.vy * motion.vy <= 4e5
            && abs(motion.vz) <= 400 && wanted.climbRate >= 0 && current.climbRate >= 0 && inflationMeters >= 0
            && inflationMeters <= 5000 && separationMeters > 0 && separationMeters <= 5000
            && separationHeightMeters > 0 && separationHeightMeters <= 5000
    }
}
