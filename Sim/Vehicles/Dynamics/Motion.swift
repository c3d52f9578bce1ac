/// What an autopilot wants of an aircraft's motion.
public struct MotionCommand: Sendable, Equatable {
    /// Wanted velocity, m/s. Limited to what the airframe's parameters allow; NaN counts as 0.
    public var velocityEast: Float
    public var velocityNorth: Float
    public var velocityUp: Float
    /// Wanted heading, radians from north, clockwise. NaN: along the track.
    public var heading: Float
    /// False: motors off. In the air that is a fall.
    public var engaged: Bool

    public init(
        velocityEast: Float = 0, velocityNorth: Float = 0, velocityUp: Float = 0, heading: Float = .nan,
        engaged: Bool = true
    ) {
        self.velocityEast = velocityEast
        self.velocityNorth = velocityNorth
        self.velocityUp = velocityUp
        self.heading = heading
        self.engaged = engaged
    }
}

/// The true motion of a vehicle, in its own frame: metres east, north and up of where the frame's owner put it.
public struct MotionState: Sendable, Equatable {
    public var east: Double
    public var north: Double
    public var up: Double
    /// m/s
    public var velocityEast: Float
    public var velocityNorth: Float
    public var velocityUp: Float
    /// Radians: roll positive right side down, pitch positive nose up, heading from north clockwise.
    public var roll: Float
    public var pitch: Float
    public var heading: Float
    /// rad/s, clockwise seen from above.
    public var yawRate: Float
    /// What the battery or tank still holds.
    public var energyJoules: Double
    public var onGround: Bool

    public init(
        east: Double = 0, north: Double = 0, up: Double = 0, velocityEast: Float = 0,
        velocityNorth: Float = 0,
        velocityUp: Float = 0, roll: Float = 0, pitch: Float = 0, heading: Float = 0, yawRate: Float = 0,
        energyJoules: Double, onGround: Bool = true
    ) {
        self.east = east
        self.north = north
        self.up = up
        self.velocityEast = velocityEast
        self.velocityNorth = velocityNorth
        self.velocityUp = velocityUp
        self.roll = roll
        self.pitch = pitch
        self.heading = heading
        self.yawRate = yawRate
        self.energyJoules = energyJoules
        self.onGround = onGround
    }
}

/// What all fleets of moving vehicles have in common. Indices are those `add` returned.
public protocol MotionFleet: Sendable {
    /// Steps of physics in a second.
    static var stepsPerSecond: Int { get }
    var count: Int { get }
    /// Vehicles that cost time: not parked.
    var activeCount: Int { get }

    /// Adds a vehicle. `groundUp` is the ground's height below it, in its own frame.
    mutating func add(at state: MotionState, groundUp: Double) -> Int
    func state(_ i: Int) -> MotionState
    /// The freight on board; limited to 0 ... what the parameters allow.
    mutating func setPayload(_ i: Int, kilograms: Float)
    /// The ground's height; a vehicle that stands on it comes along.
    mutating func setGround(_ i: Int, up: Double)
    mutating func setEnergy(_ i: Int, joules: Double)
    /// Moves the origin of the vehicle's frame by the given metres: its coordinates shrink by exactly that.
    mutating func rebase(_ i: Int, east: Double, north: Double, up: Double)
    /// Advances all vehicles. The result has the same bits for any `threads` and any split of `steps`.
    mutating func advance(steps: Int, threads: Int)
}

extension Float {
    /// Itself when finite, 0 otherwise, within ±`size`.
    func bounded(by size: Float) -> Float { isFinite ? Swift.min(Swift.max(self, -size), size) : 0 }
}
