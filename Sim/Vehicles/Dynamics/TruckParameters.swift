/// A battery tractor with a semi-trailer. Defaults: 8.5 t tractor, 7 t trailer, 24 t of freight.
public struct TruckParameters: Sendable, Equatable {
    public var tractorMassKilograms: Float = 8_500
    /// Empty trailer; 0 for a lorry without one.
    public var trailerMassKilograms: Float = 7_000
    public var maximumPayloadKilograms: Float = 24_000
    public var tractorYawInertia: Float = 40_000
    /// Tractor's centre of mass to its front axle, rear axle and hitch (all but the first behind it), m.
    public var frontAxleMeters: Float = 1.3
    public var rearAxleMeters: Float = 2.5
    public var hitchMeters: Float = 2.1
    /// Hitch to the trailer's centre of mass and to its axles, m.
    public var trailerMassMeters: Float = 5
    public var trailerAxleMeters: Float = 7.7
    /// Cornering stiffness over vertical load, 1/rad: about 6 for truck tyres.
    public var corneringPerLoad: Float = 6
    public var maximumSteerRadians: Float = 0.6
    public var maximumSteerRate: Float = 0.5

    public var maximumSpeed: Float = 25
    /// At the wheels: power, starting force, and power and force that braking can feed back.
    public var drivePowerWatts: Float = 400_000
    public var driveForceNewtons: Float = 60_000
    public var feedbackPowerWatts: Float = 250_000
    public var feedbackForceNewtons: Float = 30_000
    public var drivetrainEfficiency: Float = 0.88
    public var batteryJoules: Double = 2.2e9
    /// Drag coefficient times area, m2, and rolling resistance over weight.
    public var dragArea: Float = 5.5
    public var rollingResistance: Float = 0.006
    /// What cold service brakes reach over mass when tyres hold, m/s2, and their lag, s.
    public var brakeDeceleration: Float = 6.5
    public var brakeTimeConstant: Float = 0.25
    /// Heat capacity of drums and discs, J/K, and cooling, W/K.
    public var brakeHeatCapacity: Float = 250_000
    public var brakeCooling: Float = 400
    /// Normal driving: acceleration, braking and cornering the autopilot allows itself, m/s2.
    public var comfortAcceleration: Float = 1
    public var comfortBraking: Float = 2
    public var comfortCornering: Float = 2
    public var auxiliaryWatts: Float = 3_000

    public init() {}
}

/// What an autopilot wants of a truck.
public struct TruckCommand: Sendable, Equatable {
    public enum Steering: Sendable, Equatable {
        /// Turn to this heading, radians from north clockwise.
        case heading(Float)
        /// Follow this curvature, 1/m, positive to the right.
        case curvature(Float)
    }
    /// Wanted speed, m/s, not negative.
    public var speed: Float
    public var steering: Steering
    /// Full service brakes, whatever the speed wanted.
    public var emergencyBrake: Bool
    /// False: brakes on, drive off.
    public var engaged: Bool

    public init(
        speed: Float, steering: Steering = .curvature(0), emergencyBrake: Bool = false, engaged: Bool = true
    ) {
        self.speed = speed
        self.steering = steering
        self.emergencyBrake = emergencyBrake
        self.engaged = engaged
    }
}
