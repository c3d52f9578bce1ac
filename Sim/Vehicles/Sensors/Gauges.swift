import World

/// Attitude as an inertial unit tells it: truth with a constant tilt of its own and white noise, radians.
public struct AttitudeSensor: Sendable {
    public var noiseRadians: Double
    private let offset: (roll: Double, pitch: Double, heading: Double)

    public init(noiseRadians: Double = 0.003, offsetRadians: Double = 0.005, random: inout SplitMix64) {
        self.noiseRadians = max(noiseRadians, 0)
        offset = (
            offsetRadians * random.normal(), offsetRadians * random.normal(), offsetRadians * random.normal()
        )
    }

    public func measure(
        true state: MotionState, random: inout SplitMix64
    ) -> (roll: Float, pitch: Float, heading: Float) {
        (
            state.roll + Float(offset.roll + noiseRadians * random.normal()),
            state.pitch + Float(offset.pitch + noiseRadians * random.normal()),
            state.heading + Float(offset.heading + noiseRadians * random.normal())
        )
    }
}

/// An energy gauge that is wrong by a constant share, and rounds.
public struct EnergyGauge: Sendable {
    public let scale: Double
    public var stepJoules: Double

    /// `deviation` is the standard deviation of the scale error.
    public init(deviation: Double = 0.02, stepJoules: Double = 1_000, random: inout SplitMix64) {
        scale = max(1 + deviation * random.normal(), 0.5)
        self.stepJoules = max(stepJoules, 1)
    }

    public func measure(true state: MotionState) -> Double {
        (state.energyJoules * scale / stepJoules).rounded() * stepJoules
    }
}
