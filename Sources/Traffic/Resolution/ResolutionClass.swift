/// A class of vehicle as resolution sees it: what it can do and the separation it keeps. Metres, metres a second,
/// metres a second squared.
public struct ResolutionClass: Hashable, Sendable {
    /// The most the velocity changes in a second, as a vector; of a fixed wing the lateral acceleration of its turn.
    public var acceleration: Double
    public var maximumSpeed: Double
    /// 0 for who can hover. Others circle as their contingency.
    public var minimumSpeed: Double
    public var maximumClimb: Double
    public var maximumDescent: Double
    /// Half axes of the ellipsoid kept free around it; of a pair the larger ones count.
    public var separationMeters: Double
    public var separationHeightMeters: Double

    public init(
        acceleration: Double, maximumSpeed: Double, minimumSpeed: Double = 0, maximumClimb: Double,
        maximumDescent: Double, separationMeters: Double = 30, separationHeightMeters: Double = 30
    ) {
        self.acceleration = acceleration
        self.maximumSpeed = maximumSpeed
        self.minimumSpeed = minimumSpeed
        self.maximumClimb = maximumClimb
        self.maximumDescent = maximumDescent
        self.separationMeters = separationMeters
        self.separationHeightMeters = separationHeightMeters
    }

    public var canHover: Bool { minimumSpeed == 0 }

    /// Whether the numbers describe a vehicle: finite, of a plausible size, lower limits below upper ones.
    public var isSound: Bool {
        (0.05...100).contains(acceleration) && (0.1...400).contains(maximumSpeed)
            && (0...maximumSpeed).contains(minimumSpeed) && (0...100).contains(maximumClimb)
            && (0...100).contains(maximumDescent) && (1...5000).contains(separationMeters)
            && (1...5000).contains(separationHeightMeters)
    }
}
