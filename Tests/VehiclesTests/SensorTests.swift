import Testing
import Vehicles
import World

@Suite struct SensorTests {
    private let truth = MotionState(east: 100, north: -50, up: 30, velocityEast: 5, energyJoules: 1e6)

    @Test(arguments: [1, 2, 3] as [UInt64]) func noiseAndBiasHaveTheStatedSize(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var squares = 0.0
        var apart = 0.0
        let receivers = 400
        for _ in 0..<receivers {
            var gnss = GNSS()
            guard let a = gnss.measure(true: truth, dt: 0.1, random: &random),
                let b = gnss.measure(true: truth, dt: 0.1, random: &random)
            else { continue }
            squares += (a.east - 100) * (a.east - 100)
            apart += (b.east - a.east) * (b.east - a.east)
        }
        let total = (squares / Double(receivers)).squareRoot()
        let white = (apart / Double(receivers) / 2).squareRoot()
        #expect(abs(total / 1.077 - 1) < 0.15, "seed \(seed): \(total)")
        #expect(abs(white / 0.4 - 1) < 0.15, "seed \(seed): \(white), the bias stays between two fixes")
    }

    @Test func dropoutsTakeTheirShareOfTime() {
        var random = SplitMix64(seed: 4)
        var gnss = GNSS(dropoutEverySeconds: 30, dropoutSeconds: 10)
        var lost = 0
        for _ in 0..<100_000 where gnss.measure(true: truth, dt: 0.1, random: &random) == nil { lost += 1 }
        #expect(abs(Double(lost) / 100_000 - 0.25) < 0.06, "\(lost)")
    }

    @Test func sameSeedSameFixes() {
        func run() -> [GNSS.Measurement?] {
            var random = SplitMix64(seed: 9)
            var gnss = GNSS(dropoutEverySeconds: 5)
            return (0..<200).map { _ in gnss.measure(true: truth, dt: 0.1, random: &random) }
        }
        #expect(run() == run())
    }

    @Test func gaugeIsWrongByItsScaleOnly() {
        var random = SplitMix64(seed: 2)
        let gauge = EnergyGauge(random: &random)
        #expect(gauge.scale != 1 && abs(gauge.measure(true: truth) - 1e6 * gauge.scale) <= 500)
        let attitude = AttitudeSensor(random: &random)
        let told = attitude.measure(true: truth, random: &random)
        #expect(abs(told.roll) < 0.05 && told.roll != 0)
    }
}
