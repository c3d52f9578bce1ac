/// A winged aircraft with four lifting rotors and a pusher: 25 kg with freight, stalls at 16.5 m/s.
public struct VtolParameters: Sendable, Equatable {
    /// Lifting rotors, battery, limits and gains of hover.
    public var hover: MultirotorParameters
    public var wingArea: Float = 1.15
    /// Lift coefficient level, its slope per radian, and where the wing stalls.
    public var levelLift: Float = 0.35
    public var liftSlope: Float = 4.8
    public var maximumLift: Float = 1.3
    /// Drag coefficient without lift (stopped rotors included) and its growth with lift squared.
    public var zeroLiftDrag: Float = 0.035
    public var inducedDrag: Float = 0.05
    public var maximumPushNewtons: Float = 110
    /// The pusher turned backwards: without it a clean wing that sinks hardly slows down.
    public var maximumReverseNewtons: Float = 45
    /// Battery to thrust power of the pusher.
    public var pushEfficiency: Float = 0.7

    public init() {
        hover = MultirotorParameters()
        hover.emptyMassKilograms = 20
        hover.maximumPayloadKilograms = 5
        hover.maximumThrustNewtons = 430
        hover.maximumSpeed = 30
        hover.maximumAcceleration = 2.5
        hover.dragArea = 0.012
    }
}

/// The VTOL's kernel: the multirotor's, with what the wing carries taken off the rotors.
public struct VtolModel: AirModel {
    let base: MultirotorModel
    let p: VtolParameters
    public var envelope: FlightEnvelope { base.envelope }
    public var emptyMassKilograms: Float { base.emptyMassKilograms }
    public var maximumPayloadKilograms: Float { base.maximumPayloadKilograms }
    public var batteryJoules: Double { base.batteryJoules }
    /// The share of the stalling angle the controller uses.
    static let stallMargin: Float = 0.9

    init(_ p: VtolParameters, wind: WindField) {
        self.p = p
        base = MultirotorModel(p.hover, wind: wind)
    }

    public func advance(_ block: UnsafeMutableRawPointer, first: UInt64, steps: Int) {
        let block = block.assumingMemoryBound(to: AirBlock.self)
        var phase = Int(first % UInt64(AirframeLimits.stepsPerRefresh))
        for _ in 0..<steps {
            if phase == 0 { block.pointee.refresh(wind: base.wind) }
            step(&block.pointee)
            phase = phase == AirframeLimits.stepsPerRefresh - 1 ? 0 : phase + 1
        }
    }

    @inline(__always) private func step(_ block: inout AirBlock) {
        let one = Lanes(repeating: 1)
        let axes = BodyAxes(block.singles.quaternion)
        let height = Lanes(block.doubles.up - block.doubles.ground)
        let powered = Lanes(block.doubles.energy) .> block.singles.drained
        let on = (block.singles.engaged .!= 0) .& (block.singles.wrecked .== 0) .& powered
        let wanted = base.loop.acceleration(&block.singles)
        base.loop.heading(&block.singles)
        let s = block.singles
        let gravity = AirframeLimits.gravity
        var f = Space(x: wanted.x, y: wanted.y, z: greater(wanted.z + gravity, 0.3 * gravity))
        let side2 = f.x * f.x + f.y * f.y
        let cut = lesser(f.z * base.tiltTangent * reciprocalRoot(greater(side2, 1e-12)), 1)
        f.x *= cut
        f.y *= cut

        // Air over the wing. Slip of the flow against the chord is tan(alpha) = down / ahead.
        let air = s.velocity - s.wind.now
        let ahead = greater(air.dot(axes.forward), 0)
        let airUp = air.dot(axes.up)
        let airLeft = air.dot(axes.left)
        let alpha = limit(-airUp / greater(ahead, 3), 1)
        let pressureArea = s.density * (ahead * ahead) * (0.5 * RotorSet.seaLevelDensity * p.wingArea)
        let straight = alpha * p.liftSlope + p.levelLift
        let excess = greater(straight - p.maximumLift, 0)
        // Past the stall, lift falls off to a flat plate's and drag jumps.
        let liftNumber = greater(
            select(excess .> 0, greater(p.maximumLift - excess, 0.6), straight), -0.9)
        let dragNumber = liftNumber * liftNumber * p.inducedDrag + p.zeroLiftDrag + excess * 0.5
        let spread = reciprocalRoot(1 + alpha * alpha)
        let lift = pressureArea * liftNumber * spread
        let drag = pressureArea * dragNumber * spread
        let wingUp = lift + drag * alpha
        let wingAhead = lift * alpha - drag
        // Sides of fuselage and fin.
        let wingLeft =
            -airLeft * magnitude(airLeft) * (0.5 * RotorSet.seaLevelDensity * 0.5) - airLeft * ahead * 0.6

        // How far the wing carries: from nothing at half the stalling pressure to all above it.
        let need = s.mass * greater(f.dot(axes.up), 1)
        let share = limit(pressureArea * p.maximumLift / need - 0.5, .zero, one)
        let stall = (p.maximumLift - p.levelLift) / p.liftSlope * Self.stallMargin
        let best = limit(
            (need / greater(pressureArea, 1) - p.levelLift) * (1 / p.liftSlope), Lanes(repeating: -0.15),
            Lanes(repeating: stall))

        let unit = reciprocalRoot(f.dot(f))
        let along = f.dot(axes.up)
        let forward = f.dot(axes.forward) * unit
        let left = f.dot(axes.left) * unit
        // In hover it leans back to brake but lets the pusher do the rest; on the wing it holds the angle.
        let level = axes.forward.z
        let hoverPitch = select(forward .< 0, forward, level)
        let pitch = hoverPitch * (one - share) + (alpha - best) * share
        let airScale = reciprocalRoot(greater(air.x * air.x + air.y * air.y, 1))
        let east = s.headingEast * (one - share) + air.x * airScale * share
        let north = s.headingNorth * (one - share) + air.y * airScale * share
        let turn = axes.forward.x * north - axes.forward.y * east
        let facing = axes.forward.x * east + axes.forward.y * north
        let full = select(turn .< 0, -one, one)
        // A banked turn turns the nose by g tan(bank) / V.
        let coordinated = share * left * gravity / greater(ahead, 10)
        let wantedRate = Space(
            x: limit(-left * base.attitudeGain, 1.5), y: limit(pitch * base.attitudeGain, 1.5),
            z: limit(select(facing .< 0, full, turn) * base.headingGain + coordinated, base.yawRate))
        let asked = Space(
            x: (wantedRate.x - s.rate.x) * (base.rateGain * base.inertia.0),
            y: (wantedRate.y - s.rate.y) * (base.rateGain * base.inertia.1),
            z: (wantedRate.z - s.rate.z) * (base.rateGain * base.inertia.2))
        // Surfaces give what the air allows, rotors the rest.
        let authority = select(on, pressureArea * 0.08, .zero)
        let bySurface = Space(
            x: limit(asked.x, -authority, authority), y: limit(asked.y, -authority, authority),
            z: limit(asked.z, -authority, authority))

        let resting = (s.contact .!= 0) .& (s.wanted.z .<= 0)
        let rotorLift = greater(along * s.mass - wingUp, 0)
        let turning = on .& ((share .< 1) .| (rotorLift .> need * 0.15))
        let airSide2 = ahead * ahead + airLeft * airLeft
        let output = base.rotors.run(
            &block.singles, lift: select(resting, .zero, rotorLift),
            torque: (asked - bySurface) * select(resting, .zero, one), turning: turning, airUp: airUp,
            airSide2: airSide2, height: height)

        // The pusher: what is wanted ahead and the wing does not give.
        let push = limit(
            f.dot(axes.forward) * s.mass - wingAhead, Lanes(repeating: -p.maximumReverseNewtons),
            Lanes(repeating: p.maximumPushNewtons))
        let goal = select(on .& (s.contact .== 0), push, .zero)
        block.singles.pusher += (goal - s.pusher) * (AirframeLimits.seconds / 0.15)
        let thrust = block.singles.pusher
        let air2 = air.dot(air)
        let body = block.singles.density * root(air2) * base.dragFactor
        let force =
            axes.up * (output.lift + wingUp) + axes.forward * (thrust + wingAhead) + axes.left * wingLeft
            - air * body
        // Momentum theory at rest: a pusher at speed zero still costs; 5 m/s stands for its own wash. Backwards the
        // air drives it, and nothing is won back.
        let pushPower = greater(thrust * (ahead + 5), magnitude(thrust) * 5)
        block.singles.power = select(
            on,
            output.shaftPower * base.rotors.inverseEfficiency + pushPower * (1 / p.pushEfficiency)
                + base.avionics, .zero)
        block.integrate(
            force: force, torque: output.torque + bySurface, inertia: base.inertia, axes: axes,
            frame: base.frame)
    }
}

/// Winged aircraft that take off like a multirotor.
public typealias VtolFleet = AirFleet<VtolModel>

extension AirFleet where Model == VtolModel {
    public init(parameters: VtolParameters = .init(), wind: WindField = .calm, seed: UInt64) {
        self.init(model: VtolModel(parameters, wind: wind), wind: wind, seed: seed)
    }
}
