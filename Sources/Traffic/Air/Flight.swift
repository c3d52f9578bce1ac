/// One body in the air (or a truck under it) as a tick is given it: measured values as they were reported, and what it
/// is to do.
public struct Flight: Sendable {
    /// Distinct in a tick; flights come in ascending order.
    public var id: UInt32
    public var kind: BodyClass
    /// Degrees times 1e7, metres above mean sea level, metres a second to its own east, north and up.
    public var latitudeE7: Int32
    public var longitudeE7: Int32
    public var altitudeMeters: Double
    public var velocityEast: Double
    public var velocityNorth: Double
    public var velocityUp: Double
    /// How long ago that was measured, seconds; negative for a fast clock.
    public var ageSeconds: Double
    /// Metres to its own east and north from where it was measured to where it is taken to be, and for how long it may
    /// have done otherwise, beside its age.
    public var aheadEastMeters: Double = 0
    public var aheadNorthMeters: Double = 0
    public var unknownSeconds: Double = 0
    /// Standard deviations per axis.
    public var sigmaHorizontalMeters: Double
    public var sigmaVerticalMeters: Double
    /// How hard it may have changed its velocity since then without our knowing, m/s^2: little on a steady leg.
    public var unknownAcceleration: Double = 3
    public var unknownClimbAcceleration: Double = 1.5
    /// Added to every radius and half height for what is known beyond that: a reachable set, a delay.
    public var extraRadiusMeters: Double = 0
    public var extraHeightMeters: Double = 0

    /// Whether resolution deals with it: trucks are only looked at.
    public var isResolved = true
    /// Index into the classes of resolution.
    public var classIndex: UInt8 = 0
    public var rightOfWay = RightOfWay.empty
    /// False for who takes no commands, or none now.
    public var isCooperative = true
    /// What it would fly if it were alone and what it was told last, velocities to its own east and north.
    public var wanted: Manoeuvre
    public var current: Manoeuvre
    /// Altitudes it may not leave.
    public var floorMeters: Double = -1000
    public var ceilingMeters: Double = 20_000

    public init(
        id: UInt32, kind: BodyClass, latitudeE7: Int32, longitudeE7: Int32, altitudeMeters: Double,
        velocityEast: Double, velocityNorth: Double, velocityUp: Double, ageSeconds: Double = 0,
        sigmaHorizontalMeters: Double = 0, sigmaVerticalMeters: Double = 0
    ) {
        self.id = id
        self.kind = kind
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        self.altitudeMeters = altitudeMeters
        self.velocityEast = velocityEast
        self.velocityNorth = velocityNorth
        self.velocityUp = velocityUp
        self.ageSeconds = ageSeconds
        self.sigmaHorizontalMeters = sigmaHorizontalMeters
        self.sigmaVerticalMeters = sigmaVerticalMeters
        wanted = Manoeuvre(
            vx: velocityEast, vy: velocityNorth, climbRate: velocityUp.magnitude,
            levelMeters: altitudeMeters + 1000 * velocityUp)
        current = wanted
    }

    /// For how long it may have done otherwise than is known.
    var uncertainSeconds: Double { ageSeconds.magnitude + unknownSeconds }

    /// Square of the fastest a flight is believed to be, m/s: what resolution takes.
    static let fastestSquared = 4e5
    /// The most that may be unknown of where it is, metres.
    static let widestMeters = 1e5

    /// Whether it can be worked with. NaN fails every comparison.
    var isSound: Bool {
        let isPlace = latitudeE7.magnitude <= 900_000_000 && longitudeE7.magnitude <= 1_800_000_000
        let isMotion =
            altitudeMeters.magnitude <= 1e5
            && velocityEast * velocityEast + velocityNorth * velocityNorth <= Self.fastestSquared
            && velocityUp.magnitude <= 400
        let isKnown =
            ageSeconds.magnitude <= 3600 && (0...1e4).contains(sigmaHorizontalMeters)
            && (0...1e4).contains(sigmaVerticalMeters) && (0...100).contains(unknownAcceleration)
            && (0...100).contains(unknownClimbAcceleration)
            && (0...Self.widestMeters).contains(extraRadiusMeters)
            && (0...Self.widestMeters).contains(extraHeightMeters)
            && aheadEastMeters.magnitude <= Self.widestMeters
            && aheadNorthMeters.magnitude <= Self.widestMeters && (0...3600).contains(unknownSeconds)
        let old = 0.5 * uncertainSeconds * uncertainSeconds
        return isPlace && isMotion && isKnown && old * unknownAcceleration <= Self.widestMeters
            && old * unknownClimbAcceleration <= Self.widestMeters
    }

    /// What is added to every radius for what is not known of it.
    @inline(__always)
    func addedRadius(_ model: UncertaintyModel) -> Double {
        model.added(
            sigmaPosition: sigmaHorizontalMeters, sigmaVelocity: 0, age: uncertainSeconds,
            speed: (velocityEast * velocityEast + velocityNorth * velocityNorth).squareRoot(),
            acceleration: unknownAcceleration) + extraRadiusMeters
    }

    /// And to every half height.
    @inline(__always)
    func addedHeight(_ model: UncertaintyModel) -> Double {
        model.added(
            sigmaPosition: sigmaVerticalMeters, sigmaVelocity: 0, age: uncertainSeconds,
            speed: velocityUp.magnitude, acceleration: unknownClimbAcceleration) + extraHeightMeters
    }
}
