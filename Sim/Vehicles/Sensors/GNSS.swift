import Foundation
import World

/// A satellite receiver: white noise, a slowly wandering bias, dropouts, and its own estimate of accuracy.
public struct GNSS: Sendable {
    public struct Measurement: Sendable, Equatable {
        /// In the vehicle's own frame, m and m/s.
        public var east: Double
        public var north: Double
        public var up: Double
        public var velocityEast: Float
        public var velocityNorth: Float
        public var velocityUp: Float
        /// What the receiver believes of its error: one standard deviation, m.
        public var horizontalAccuracy: Float
        public var verticalAccuracy: Float
    }

    /// Standard deviations, each horizontal axis; the vertical ones are 1.6 times these.
    public var noiseMeters: Double
    public var biasMeters: Double
    /// Time constant of the bias, a first-order Gauss-Markov process, s.
    public var biasSeconds: Double
    public var speedNoise: Double
    /// Mean time between dropouts, s (infinite: none), and their mean length, s.
    public var dropoutEverySeconds: Double
    public var dropoutSeconds: Double

    private var bias = (east: 0.0, north: 0.0, up: 0.0)
    private var silentFor = 0.0
    private var started = false
    static let verticalFactor = 1.6

    public init(
        noiseMeters: Double = 0.4, biasMeters: Double = 1, biasSeconds: Double = 300,
        speedNoise: Double = 0.05, dropoutEverySeconds: Double = .infinity, dropoutSeconds: Double = 3
    ) {
        self.noiseMeters = max(noiseMeters, 0)
        self.biasMeters = max(biasMeters, 0)
        self.biasSeconds = max(biasSeconds, 0.1)
        self.speedNoise = max(speedNoise, 0)
        self.dropoutEverySeconds = max(dropoutEverySeconds, 0.1)
        self.dropoutSeconds = max(dropoutSeconds, 0)
    }

    /// The fix `dt` seconds after the one before; nil while satellites are lost.
    public mutating func measure(
        true state: MotionState, dt: Double, random: inout SplitMix64
    ) -> Measurement? {
        // The first bias comes from the process's own distribution.
        let keep = started ? exp(-max(dt, 0) / biasSeconds) : 0
        let feed = biasMeters * (1 - keep * keep).squareRoot()
        started = true
        bias.east = bias.east * keep + feed * random.normal()
        bias.north = bias.north * keep + feed * random.normal()
        bias.up = bias.up * keep + Self.verticalFactor * feed * random.normal()
        let chance = 1 - exp(-max(dt, 0) / dropoutEverySeconds)
        if silentFor <= 0, random.unit() < chance { silentFor = -log(1 - random.unit()) * dropoutSeconds }
        if silentFor > 0 {
            silentFor -= dt
            return nil
        }
        let accuracy = (noiseMeters * noiseMeters + biasMeters * biasMeters).squareRoot()
        let rough = noiseMeters * Self.verticalFactor
        return Measurement(
            east: state.east + bias.east + noiseMeters * random.normal(),
            north: state.north + bias.north + noiseMeters * random.normal(),
            up: state.up + bias.up + rough * random.normal(),
            velocityEast: state.velocityEast + Float(speedNoise * random.normal()),
            velocityNorth: state.velocityNorth + Float(speedNoise * random.normal()),
            velocityUp: state.velocityUp + Float(speedNoise * random.normal()),
            horizontalAccuracy: Float(accuracy), verticalAccuracy: Float(accuracy * Self.verticalFactor))
    }
}

extension SplitMix64 {
    /// Nearly normal, deviation 1: eight uniform 16-bit parts added, so never beyond 4.9. A third of the cost of an
    /// exact one, and a fleet draws a dozen of them a vehicle and step.
    mutating func normal() -> Double {
        let (a, b) = (next(), next())
        var sum = 0
        for shift in stride(from: 0, to: 64, by: 16) {
            sum += Int(truncatingIfNeeded: (a >> UInt64(shift)) & 0xFFFF)
            sum += Int(truncatingIfNeeded: (b >> UInt64(shift)) & 0xFFFF)
        }
        // Mean 8 x 32767.5, variance 8 x 65536^2 / 12.
        return (Double(sum) - 262_140) * (1.224_744_871_391_589 / 65_536)
    }
}
