import Testing
import Vehicles

/// One drone in the air at `up`, hovering.
private func hovering(
    wind: WindField = .calm, seed: UInt64 = 1, up: Double = 100, energy: Double = 9e6
) -> MultirotorFleet {
    var fleet = MultirotorFleet(wind: wind, seed: seed)
    _ = fleet.add(at: MotionState(up: up, energyJoules: energy, onGround: false), groundUp: 0)
    return fleet
}

@Suite struct DynamicsMultirotorTests {
    @Test func takesOffClimbsAndLands() {
        var fleet = MultirotorFleet(seed: 1)
        let i = fleet.add(at: MotionState(heading: 1, energyJoules: 9e6), groundUp: 0)
        fleet.advance(steps: 250)
        #expect(fleet.activeCount == 0)
        #expect(fleet.state(i) == fleet.state(i) && fleet.state(i).energyJoules == 9e6)
        fleet.command(i, MotionCommand(velocityUp: 3))
        fleet.advance(steps: 2500)
        let high = fleet.state(i)
        #expect(high.up > 20 && high.up < 30, "\(high)")
        #expect(abs(high.heading - 1) < 0.01)
        fleet.command(i, MotionCommand(velocityUp: -1))
        fleet.advance(steps: 250 * 45)
        #expect(fleet.state(i).onGround && !fleet.isWrecked(i))
        #expect(fleet.touchdownSpeed(i) < 1.5)
        fleet.command(i, MotionCommand(engaged: false))
        fleet.advance(steps: 1000)
        #expect(fleet.activeCount == 0)
    }

    @Test func hoverHoldsPlaceInGustyWind() {
        var fleet = hovering(wind: WindField(east: 6, north: -3, gustDeviation: 1.2), seed: 7)
        fleet.command(0, MotionCommand())
        fleet.advance(steps: 250 * 20)
        let start = fleet.state(0)
        var far = 0.0
        for _ in 0..<60 {
            fleet.advance(steps: 125)
            let s = fleet.state(0)
            far = max(
                far,
                ((s.east - start.east) * (s.east - start.east)
                    + (s.north - start.north) * (s.north - start.north)).squareRoot(), abs(s.up - start.up))
        }
        #expect(far < 2.5, "\(far) m from where it hovered")
    }

    @Test func stepOfVelocitySettlesWithinLimits() {
        var fleet = hovering()
        fleet.command(0, MotionCommand(velocityEast: 15))
        var fastest: Float = 0
        var lean: Float = 0
        for _ in 0..<200 {
            fleet.advance(steps: 25)
            let s = fleet.state(0)
            fastest = max(fastest, s.velocityEast)
            lean = max(lean, abs(s.pitch))
        }
        let s = fleet.state(0)
        #expect(abs(s.velocityEast - 15) < 0.1 && abs(s.velocityNorth) < 0.05, "\(s)")
        #expect(fastest < 15.6, "overshoot to \(fastest)")
        #expect(lean < 0.65)
        #expect(abs(s.heading - .pi / 2) < 0.02)
        #expect(abs(s.up - 100) < 1.5)
    }

    @Test func hoverPowerIsMomentumTheory() {
        for payload: Float in [0, 10] {
            var fleet = hovering()
            fleet.setPayload(0, kilograms: payload)
            fleet.command(0, MotionCommand())
            fleet.advance(steps: 2500)
            let before = fleet.state(0).energyJoules
            fleet.advance(steps: 15_000)
            let perMinute = before - fleet.state(0).energyJoules
            // By hand: discs of 0.5 m radius, T = m g, v = sqrt(T / 2 rho A), P = 1.15 T v + profile, 85 %.
            let thrust = Double(25 + payload) * 9.80665
            let area = 4 * Double.pi * 0.25
            let induced = thrust * (thrust / (2 * 1.225 * area)).squareRoot() * 1.15
            let speed = (thrust / 600).squareRoot()
            let profile = 0.05 * 0.012 / 8 * 1.225 * area * 160 * 160 * 160 * speed * speed * speed
            let hand = ((induced + profile) / 0.85 + 40) * 60
            #expect(abs(perMinute / hand - 1) < 0.02, "\(perMinute) J against \(hand) J by hand")
        }
    }

    @Test func envelopeHolds() {
        var fleet = hovering()
        fleet.command(0, MotionCommand(velocityEast: 400, velocityNorth: 400, velocityUp: 90))
        fleet.advance(steps: 250 * 25)
        let s = fleet.state(0)
        let speed = (s.velocityEast * s.velocityEast + s.velocityNorth * s.velocityNorth).squareRoot()
        #expect(speed < 22.5 && speed > 20, "\(speed)")
        #expect(s.velocityUp < 5.3 && s.velocityUp > 4.5, "\(s.velocityUp)")
    }

    @Test func lostMotorCrashes() {
        var fleet = hovering()
        fleet.command(0, MotionCommand())
        fleet.setFault(0, motor: 1, efficiency: 0)
        fleet.advance(steps: 250 * 20)
        #expect(fleet.state(0).onGround && fleet.isWrecked(0))
        fleet.command(0, MotionCommand(velocityUp: 5))
        fleet.advance(steps: 1000)
        #expect(fleet.state(0).onGround, "a wreck does not fly")
    }

    @Test func emptyBatteryFalls() {
        var fleet = hovering(energy: 20_000)
        fleet.advance(steps: 250 * 20)
        #expect(fleet.state(0).onGround && fleet.state(0).energyJoules == 0)
    }

    @Test func rebaseIsExactAndFarIsNear() {
        var near = hovering(wind: WindField(east: 3, gustDeviation: 1))
        var far = MultirotorFleet(wind: WindField(east: 3, gustDeviation: 1), seed: 1)
        _ = far.add(
            at: MotionState(east: 1e6, north: -4e5, up: 100, energyJoules: 9e6, onGround: false), groundUp: 0)
        for round in 0..<10 {
            for n in [0, 1] {
                let c = MotionCommand(velocityEast: 20, velocityNorth: Float(round))
                if n == 0 { near.command(0, c) } else { far.command(0, c) }
            }
            near.advance(steps: 250)
            far.advance(steps: 250)
        }
        let (a, b) = (near.state(0), far.state(0))
        #expect(abs(b.east - 1e6 - a.east) < 1e-4 && abs(b.north + 4e5 - a.north) < 1e-4)
        far.rebase(0, east: 1_000_064, north: -4e5, up: 32)
        let c = far.state(0)
        #expect(c.east == b.east - 1_000_064 && c.north == b.north + 4e5 && c.up == b.up - 32)
        #expect(c.velocityEast == b.velocityEast && c.onGround == b.onGround)
    }

    /// The same fleet and script for any number of threads and any split of the steps.
    @Test(arguments: [(1, 50), (2, 50), (2, 7), (3, 1)])
    func sameBitsForAnyThreadsAndSplit(threads: Int, split: Int) {
        func run(_ threads: Int, _ split: Int) -> [MotionState] {
            var fleet = MultirotorFleet(wind: WindField(east: 5, gustDeviation: 1.5), seed: 42)
            for n in 0..<37 {
                _ = fleet.add(at: MotionState(up: 0, energyJoules: 9e6), groundUp: Double(n))
            }
            for round in 0..<3 {
                for n in stride(from: round, to: 37, by: 3) {
                    fleet.command(n, MotionCommand(velocityEast: Float(n), velocityUp: 2))
                }
                var left = 50
                while left > 0 {
                    fleet.advance(steps: min(split, left), threads: threads)
                    left -= split
                }
            }
            return (0..<37).map { fleet.state($0) }
        }
        #expect(run(threads, split) == run(1, 50))
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func nothingBreaksUnderWildCommands(seed: UInt64) {
        var random = SystemLikeNoise(state: seed)
        var fleet = MultirotorFleet(wind: WindField(east: 20, north: 20, gustDeviation: 8), seed: seed)
        for n in 0..<16 {
            _ = fleet.add(
                at: MotionState(up: Double(n) * 20, energyJoules: 9e6, onGround: n % 4 == 0), groundUp: 0)
        }
        for _ in 0..<40 {
            for n in 0..<16 {
                fleet.command(
                    n,
                    MotionCommand(
                        velocityEast: random.wild(), velocityNorth: random.wild(), velocityUp: random.wild(),
                        heading: random.wild(), engaged: random.next() % 8 != 0))
                fleet.setPayload(n, kilograms: random.wild())
                fleet.setFault(n, motor: Int(random.next() % 6), efficiency: random.wild())
            }
            fleet.advance(steps: 37)
        }
        for n in 0..<16 {
            let s = fleet.state(n)
            #expect(
                s.east.isFinite && s.north.isFinite && s.up.isFinite && s.energyJoules.isFinite, "\(seed)")
            #expect(s.velocityUp.isFinite && s.roll.isFinite && s.heading.isFinite && s.yawRate.isFinite)
            #expect(s.up > -0.5 && abs(s.velocityEast) < 120, "seed \(seed): \(s)")
        }
    }
}

/// A small generator that also yields what no autopilot should send.
struct SystemLikeNoise {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
    mutating func wild() -> Float {
        switch next() % 8 {
        case 0: .nan
        case 1: .infinity
        case 2: -.greatestFiniteMagnitude
        default: Float(next() % 2001) * 0.05 - 50
        }
    }
}
