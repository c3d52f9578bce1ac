import Testing
import Vehicles

private func cruising(seed: UInt64 = 1, wind: WindField = .calm) -> VtolFleet {
    var fleet = VtolFleet(wind: wind, seed: seed)
    _ = fleet.add(at: MotionState(up: 100, energyJoules: 9e6, onGround: false), groundUp: 0)
    fleet.command(0, MotionCommand(velocityEast: 25))
    fleet.advance(steps: 250 * 30)
    return fleet
}

@Suite struct DynamicsVtolTests {
    @Test func goesOverToItsWingAndBack() {
        var fleet = cruising()
        let s = fleet.state(0)
        #expect(abs(s.velocityEast - 25) < 0.3 && abs(s.up - 100) < 3, "\(s)")
        fleet.command(0, MotionCommand())
        fleet.advance(steps: 250 * 20)
        let still = fleet.state(0)
        #expect(abs(still.velocityEast) < 0.3 && abs(still.up - 100) < 6, "\(still)")
        #expect(!fleet.isWrecked(0))
    }

    @Test func cruiseCostsLessThanAMultirotor() {
        let fleet = cruising()
        var rotors = MultirotorFleet(seed: 1)
        _ = rotors.add(at: MotionState(up: 100, energyJoules: 9e6, onGround: false), groundUp: 0)
        rotors.command(0, MotionCommand(velocityEast: 20))
        rotors.advance(steps: 250 * 30)
        // By hand: (drag of wing and body) x (speed + wash) / 0.7 + avionics.
        let pressureArea: Float = 0.5 * 1.225 * 625 * 1.15
        let lift = 20 * 9.80665 / pressureArea
        let drag = pressureArea * (0.035 + 0.05 * lift * lift) + 0.5 * 1.225 * 625 * 0.012
        let hand = drag * 30 / 0.7 + 40
        #expect(abs(fleet.powerWatts(0) / hand - 1) < 0.05, "\(fleet.powerWatts(0)) W, \(hand) W by hand")
        #expect(fleet.powerWatts(0) / 25 < rotors.powerWatts(0) / 20 * 0.7)
    }

    @Test func belowStallSpeedRotorsCarry() {
        var fleet = cruising()
        fleet.command(0, MotionCommand(velocityEast: 12))
        fleet.advance(steps: 250 * 25)
        let s = fleet.state(0)
        #expect(abs(s.velocityEast - 12) < 0.5 && abs(s.up - 100) < 6, "\(s)")
        // The wing alone could not: its most at 12 m/s is 132 N against 196 N of weight.
    }

    @Test func turnsBankedWithinTheLimitInWind() {
        var fleet = cruising(seed: 5, wind: WindField(east: 4, north: 4, gustDeviation: 1))
        fleet.command(0, MotionCommand(velocityNorth: 25))
        var bank: Float = 0
        for _ in 0..<120 {
            fleet.advance(steps: 50)
            bank = max(bank, abs(fleet.state(0).roll))
        }
        let s = fleet.state(0)
        #expect(bank > 0.15 && bank < 0.8, "\(bank)")
        #expect(abs(s.velocityNorth - 25) < 2 && abs(s.velocityEast) < 2 && abs(s.up - 100) < 12, "\(s)")
    }

    @Test(arguments: [1, 2] as [UInt64]) func sameBitsAndNothingBreaks(seed: UInt64) {
        func run(threads: Int, split: Int) -> [MotionState] {
            var random = SystemLikeNoise(state: seed)
            var fleet = VtolFleet(wind: WindField(east: 15, gustDeviation: 6), seed: seed)
            for n in 0..<13 {
                _ = fleet.add(
                    at: MotionState(up: Double(n) * 30, energyJoules: 9e6, onGround: n % 3 == 0), groundUp: 0)
            }
            for _ in 0..<15 {
                for n in 0..<13 {
                    fleet.command(
                        n,
                        MotionCommand(
                            velocityEast: random.wild(), velocityNorth: random.wild(),
                            velocityUp: random.wild(), heading: random.wild(),
                            engaged: random.next() % 8 != 0))
                }
                var left = 70
                while left > 0 {
                    fleet.advance(steps: min(split, left), threads: threads)
                    left -= split
                }
            }
            return (0..<13).map { fleet.state($0) }
        }
        let once = run(threads: 1, split: 70)
        let again = run(threads: 2, split: 9)
        #expect((0..<13).allSatisfy { once[$0] == again[$0] }, "seed \(seed)")
        #expect(once.allSatisfy { $0.east.isFinite && $0.up.isFinite && $0.roll.isFinite }, "seed \(seed)")
    }
}
