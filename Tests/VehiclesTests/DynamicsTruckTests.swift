import Testing
import Vehicles

/// One truck heading north at `speed`.
private func driving(_ speed: Float, payload: Float = 24_000, friction: Float = 0.75) -> TruckFleet {
    var fleet = TruckFleet()
    _ = fleet.add(at: MotionState(velocityNorth: speed, energyJoules: 2e9), groundUp: 0)
    fleet.setPayload(0, kilograms: payload)
    fleet.setFriction(0, friction)
    return fleet
}

private func speed(_ s: MotionState) -> Float {
    (s.velocityEast * s.velocityEast + s.velocityNorth * s.velocityNorth).squareRoot()
}

@Suite struct DynamicsTruckTests {
    /// v^2 / 2 mu g where tyres limit, v^2 / 2 a where brakes do, and v x lag.
    @Test(arguments: [(0.75, 6.5), (0.3, 0.3 * 9.80665 * 0.98)] as [(Float, Float)])
    func stopsInTheDistancePhysicsAllows(friction: Float, deceleration: Float) {
        var fleet = driving(22, friction: friction)
        fleet.command(0, TruckCommand(speed: 22, emergencyBrake: true))
        fleet.advance(steps: 2000)
        let s = fleet.state(0)
        let hand = Double(22 * 22 / (2 * deceleration) + 22 * 0.25)
        #expect(speed(s) == 0)
        #expect(abs(s.north / hand - 1) < 0.07, "\(s.north) m against \(hand) m by hand")
    }

    @Test func climbsAsFastAsItsPowerAllows() {
        var fleet = driving(20)
        fleet.setGrade(0, 0.06)
        fleet.command(0, TruckCommand(speed: 25, steering: .heading(0)))
        fleet.advance(steps: 100 * 120)
        let v = speed(fleet.state(0))
        let force = 39_500 * 9.80665 * (0.06 + 0.006) + 0.5 * 1.225 * 5.5 * v * v
        #expect(abs(v * force / 400_000 - 1) < 0.02, "\(v) m/s")
        #expect(abs(fleet.state(0).up - 0.06 * fleet.state(0).north) < 0.01)
    }

    @Test func heavierAcceleratesSlowerAndUsesMore() {
        var used: [Double] = []
        for payload: Float in [0, 24_000] {
            var fleet = driving(1, payload: payload)
            fleet.command(0, TruckCommand(speed: 20, steering: .heading(0)))
            fleet.advance(steps: 100 * 60)
            #expect(abs(speed(fleet.state(0)) - 20) < 0.5)
            used.append(2e9 - fleet.state(0).energyJoules)
        }
        #expect(used[1] > used[0] * 1.8)
    }

    @Test func turnsOnTheWantedRadiusUntilGripEnds() {
        var fleet = driving(8)
        fleet.command(0, TruckCommand(speed: 8, steering: .curvature(1 / 50)))
        fleet.advance(steps: 1500)
        let radius = speed(fleet.state(0)) / fleet.state(0).yawRate
        #expect(radius > 45 && radius < 60, "\(radius) m")
        var icy = driving(20, friction: 0.1)
        icy.command(0, TruckCommand(speed: 20, steering: .curvature(1 / 50)))
        var most: Float = 0
        for _ in 0..<50 {
            icy.advance(steps: 10)
            most = max(most, abs(speed(icy.state(0)) * icy.state(0).yawRate))
        }
        #expect(most < 0.1 * 9.81 * 1.2, "\(most) m/s2 sideways on ice")
    }

    @Test func turnsToAHeadingAndTrailerFollows() {
        var fleet = driving(10)
        fleet.command(0, TruckCommand(speed: 10, steering: .heading(.pi / 2)))
        fleet.advance(steps: 3000)
        #expect(abs(fleet.state(0).heading - .pi / 2) < 0.02, "\(fleet.state(0))")
        #expect(abs(fleet.foldAngle(0)) < 0.02)
        #expect(!fleet.isJackknifed(0))
    }

    /// Told to turn left for two minutes at walking pace, as when circling a point it cannot reach.
    @Test(arguments: [1, 2, 3] as [Float]) func theDriverDoesNotFoldTheTrailer(metersPerSecond: Float) {
        var fleet = driving(0)
        for _ in 0..<600 {
            let heading = fleet.state(0).heading
            fleet.command(0, TruckCommand(speed: metersPerSecond, steering: .heading(heading - .pi / 2)))
            fleet.advance(steps: 20)
        }
        #expect(!fleet.isJackknifed(0) && abs(fleet.foldAngle(0)) < 1.05, "\(fleet.foldAngle(0)) rad")
        #expect(speed(fleet.state(0)) > metersPerSecond - 0.5)
    }

    @Test func brakesHeatAndRecoveryFeedsBack() {
        var fleet = driving(22)
        fleet.setGrade(0, -0.06)
        fleet.command(0, TruckCommand(speed: 22, steering: .heading(0)))
        let before = fleet.state(0).energyJoules
        fleet.advance(steps: 6000)
        #expect(fleet.state(0).energyJoules > before)
        #expect(fleet.brakeHeat(0) > 0)
        #expect(abs(speed(fleet.state(0)) - 22) < 1)
    }

    @Test func stopsParksAndCostsNothing() {
        var fleet = driving(10)
        fleet.command(0, TruckCommand(speed: 0, steering: .heading(0)))
        fleet.advance(steps: 2500)
        #expect(speed(fleet.state(0)) == 0)
        fleet.command(0, TruckCommand(speed: 0, engaged: false))
        fleet.advance(steps: 100)
        #expect(fleet.activeCount == 0)
        let s = fleet.state(0)
        fleet.advance(steps: 1000)
        #expect(fleet.state(0) == s)
    }

    @Test func farIsAsExactAsNear() {
        var near = driving(20)
        var far = driving(20)
        far.rebase(0, east: 1e6, north: -1e6, up: 0)
        near.advance(steps: 5000)
        far.advance(steps: 5000)
        far.rebase(0, east: -1e6, north: 1e6, up: 0)
        #expect(abs(near.state(0).north - far.state(0).north) < 1e-4)
        #expect(abs(near.state(0).east - far.state(0).east) < 1e-4)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func sameBitsAndNothingBreaks(seed: UInt64) {
        func run(threads: Int, split: Int) -> [MotionState] {
            var random = SystemLikeNoise(state: seed)
            var fleet = TruckFleet()
            for _ in 0..<21 { _ = fleet.add(at: MotionState(energyJoules: 2e9), groundUp: 0) }
            for _ in 0..<20 {
                for n in 0..<21 {
                    fleet.command(
                        n,
                        TruckCommand(
                            speed: random.wild(),
                            steering: random.next() % 2 == 0
                                ? .heading(random.wild()) : .curvature(random.wild()),
                            emergencyBrake: random.next() % 8 == 0, engaged: random.next() % 8 != 0))
                    fleet.setPayload(n, kilograms: random.wild() * 1000)
                    fleet.setFriction(n, random.wild())
                    fleet.setGrade(n, random.wild())
                }
                var left = 60
                while left > 0 {
                    fleet.advance(steps: min(split, left), threads: threads)
                    left -= split
                }
            }
            return (0..<21).map { fleet.state($0) }
        }
        let once = run(threads: 1, split: 60)
        let again = run(threads: 2, split: 7)
        #expect((0..<21).allSatisfy { once[$0] == again[$0] }, "seed \(seed)")
        for s in once {
            #expect(s.east.isFinite && s.north.isFinite && s.energyJoules.isFinite, "seed \(seed): \(s)")
            #expect(speed(s) < 90 && s.yawRate.isFinite, "seed \(seed): \(s)")
        }
    }
}
