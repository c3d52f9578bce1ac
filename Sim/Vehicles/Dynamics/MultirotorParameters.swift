/// A multirotor with four arms in an X. Defaults: a cargo drone of 25 kg that lifts 10 kg and cruises at 20 m/s.
public struct MultirotorParameters: Sendable, Equatable {
    /// With battery, without freight.
    public var emptyMassKilograms: Float = 25
    public var maximumPayloadKilograms: Float = 10
    /// Usable energy of the full battery: 2.6 kWh, 12 kg at 215 Wh/kg.
    public var batteryJoules: Double = 9.4e6

    public var rotorRadiusMeters: Float = 0.5
    /// Hub to hub across the X.
    public var rotorSpanMeters: Float = 1.6
    /// Thrust of all four at full speed at sea level: 1.75 times the full weight.
    public var maximumThrustNewtons: Float = 600
    /// Speed of the blade tips at full speed, m/s.
    public var tipSpeed: Float = 160
    /// Blade area over disc area, and the mean drag coefficient of the blades.
    public var solidity: Float = 0.05
    public var bladeDrag: Float = 0.012
    /// Induced power over the ideal of momentum theory (non-uniform inflow, tip losses).
    public var inducedFactor: Float = 1.15
    /// Motor and speed controller, battery to shaft.
    public var drivetrainEfficiency: Float = 0.85
    /// Reaction torque over thrust, metres.
    public var torquePerThrust: Float = 0.035
    public var motorTimeConstant: Float = 0.05
    public var avionicsWatts: Float = 40

    /// Moments of inertia about forward, left, up, kg m2.
    public var inertia: (forward: Float, left: Float, up: Float) {
        get { (inertiaForward, inertiaLeft, inertiaUp) }
        set { (inertiaForward, inertiaLeft, inertiaUp) = newValue }
    }
    var inertiaForward: Float = 2.2
    var inertiaLeft: Float = 2.4
    var inertiaUp: Float = 4.0
    /// Drag coefficient times area, m2, with freight slung under the frame.
    public var dragArea: Float = 0.22

    /// What the autopilot may ask for.
    public var maximumSpeed: Float = 22
    public var maximumClimb: Float = 5
    public var maximumDescent: Float = 3
    public var maximumAcceleration: Float = 3
    public var maximumVerticalAcceleration: Float = 2.5
    public var maximumTiltRadians: Float = 0.6
    public var maximumYawRate: Float = 1

    /// Gains of the cascade, 1/s: velocity, its integral (1/s2), attitude, rates, heading.
    public var velocityGain: Float = 1.2
    public var velocityIntegralGain: Float = 0.5
    public var attitudeGain: Float = 4
    public var rateGain: Float = 10
    public var headingGain: Float = 1.5

    public init() {}
}
