/// What an autopilot may ask of its vehicle.
public struct MotionLimits: Sendable, Equatable {
    public var flies: Bool
    /// m/s
    public var cruiseSpeed: Float
    public var climbSpeed: Float
    public var descentSpeed: Float
    /// Speed at touchdown, m/s.
    public var touchdownSpeed: Float
    /// m/s², for speeding up, braking and turning; vertical half of it.
    public var acceleration: Float
    /// A manoeuvre goes no lower above the ground than this, metres, nor sideways at half of it.
    public var safeHeightMeters: Float
    /// How late the vehicle's velocity follows the wanted one: the time constant of a first-order lag, seconds.
    public var responseSeconds: Float
    /// A point without a radius of its own is reached when closer than this, metres.
    public var reachedRadius: Float
    /// Contingency starts by itself at or below this energy.
    public var lowEnergyKilojoules: UInt32
    /// Seconds to stand still without a position before landing.
    public var positionLostHoldSeconds: Double

    public init(
        flies: Bool, cruiseSpeed: Float, climbSpeed: Float = 3, descentSpeed: Float = 2,
        touchdownSpeed: Float = 0.5, acceleration: Float = 2, safeHeightMeters: Float = 30,
        responseSeconds: Float = 0, reachedRadius: Float = 3, lowEnergyKilojoules: UInt32 = 0,
        positionLostHoldSeconds: Double = 10
    ) {
        self.flies = flies
        self.cruiseSpeed = cruiseSpeed.limited(0.1...150)
        self.climbSpeed = climbSpeed.limited(0.1...50)
        self.descentSpeed = descentSpeed.limited(0.1...50)
        self.touchdownSpeed = touchdownSpeed.limited(0.05...3)
        self.acceleration = acceleration.limited(0.1...30)
        self.safeHeightMeters = safeHeightMeters.limited(1...1000)
        self.responseSeconds = responseSeconds.limited(0...5)
        self.reachedRadius = reachedRadius.limited(0.1...200)
        self.lowEnergyKilojoules = lowEnergyKilojoules
        self.positionLostHoldSeconds = positionLostHoldSeconds
    }
}

extension Float {
    /// Itself within the range; NaN becomes the lower bound.
    func limited(_ range: ClosedRange<Float>) -> Float {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
