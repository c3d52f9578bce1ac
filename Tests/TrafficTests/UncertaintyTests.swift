import Testing
import World

@testable import Traffic

@Suite struct UncertaintyTests {
    /// A body that moved on, accelerated within its limit and was measured with errors, by a clock that is off, is
    /// within what the model adds of where it is taken to be.
    @Test func inflationHoldsWhatItPromises() {
        var random = SplitMix64(seed: 4)
        let model = UncertaintyModel()
        let (speed, sigmaPosition, sigmaVelocity, acceleration) = (10.0, 2.0, 0.5, 3.0)
        var widest = 0.0
        for _ in 0..<3000 {
            func error(_ bound: Double) -> Double { bound * (2 * random.unit() - 1) }
            let age = 5 * random.unit()
            let added = model.added(
                sigmaPosition: sigmaPosition, sigmaVelocity: sigmaVelocity, age: age, speed: speed,
                acceleration: acceleration)
            let velocity = error(model.sigmas * sigmaVelocity) * age
            let astray =
                error(model.sigmas * sigmaPosition) + velocity + speed * error(model.clockErrorSeconds)
                + 0.5 * error(acceleration) * age * age + error(model.trackingMeters)
            #expect(astray.magnitude <= added)
            widest = max(widest, astray.magnitude / added)
        }
        #expect(widest > 0.7, "the bound is far from what happens")
    }
}
