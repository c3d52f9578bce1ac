/// The multirotor's kernel: six degrees of freedom, rotor lag and saturation, cascaded control, wind, ground.
public struct MultirotorModel: AirModel {
    public let envelope: FlightEnvelope
    public let emptyMassKilograms: Float
    public let maximumPayloadKilograms: Float
    public let batteryJoules: Double

    let rotors: RotorSet
    let loop: VelocityLoop
    let frame = AirframeLimits()
    let wind: WindConstants
    let inertia: (Float, Float, Float)
    let dragFactor: Float
    let tiltTangent: Float
    let attitudeGain: Float
    let rateGain: Float
    let headingGain: Float
    let yawRate: Float
    let avionics: Float
    static let leanRateLimit: Float = 3

    init(_ p: MultirotorParameters, wind: WindField) {
        envelope = FlightEnvelope(
            maximumSpeed: p.maximumSpeed, maximumClimb: p.maximumClimb, maximumDescent: p.maximumDescent)
        emptyMassKilograms = p.emptyMassKilograms
        maximumPayloadKilograms = p.maximumPayloadKilograms
        batteryJoules = p.batteryJoules
        rotors = RotorSet(
            count: 4, radius: p.rotorRadiusMeters, span: p.rotorSpanMeters, thrust: p.maximumThrustNewtons,
            tipSpeed: p.tipSpeed, solidity: p.solidity, bladeDrag: p.bladeDrag,
            inducedFactor: p.inducedFactor, efficiency: p.drivetrainEfficiency,
            torquePerThrust: p.torquePerThrust, timeConstant: p.motorTimeConstant)
        dragFactor = 0.5 * RotorSet.seaLevelDensity * p.dragArea
        loop = VelocityLoop(
            acceleration: p.maximumAcceleration, verticalAcceleration: p.maximumVerticalAcceleration,
            gain: p.velocityGain, integralGain: p.velocityIntegralGain,
            drag: dragFactor / p.emptyMassKilograms)
        self.wind = WindConstants(wind)
        inertia = (p.inertiaForward, p.inertiaLeft, p.inertiaUp)
        tiltTangent = Float.tangent(p.maximumTiltRadians)
        attitudeGain = p.attitudeGain
        rateGain = p.rateGain
        headingGain = p.headingGain
        yawRate = p.maximumYawRate
        avionics = p.avionicsWatts
    }

    public func advance(_ block: UnsafeMutableRawPointer, first: UInt64, steps: Int) {
        let block = block.assumingMemoryBound(to: AirBlock.self)
        var phase = Int(first % UInt64(AirframeLimits.stepsPerRefresh))
        for _ in 0..<steps {
            if phase == 0 { block.pointee.refresh(wind: wind) }
            step(&block.pointee)
            phase = phase == AirframeLimits.stepsPerRefresh - 1 ? 0 : phase + 1
        }
    }

    @inline(__always) private func step(_ block: inout AirBlock) {
        let axes = BodyAxes(block.singles.quaternion)
        let height = Lanes(block.doubles.up - block.doubles.ground)
        let powered = Lanes(block.doubles.energy) .> block.singles.drained
        let on = (block.singles.engaged .!= 0) .& (block.singles.wrecked .== 0) .& powered

        // Wanted force in the world, lean limited.
        let wanted = loop.acceleration(&block.singles)
        loop.heading(&block.singles)
        let s = block.singles
        let gravity = AirframeLimits.gravity
        var f = Space(x: wanted.x, y: wanted.y, z: greater(wanted.z + gravity, 0.3 * gravity))
        let side2 = f.x * f.x + f.y * f.y
        let cut = lesser(f.z * tiltTangent * reciprocalRoot(greater(side2, 1e-12)), 1)
        f.x *= cut
        f.y *= cut

        // Lean error and heading error in body axes, then rates, then torque.
        let unit = reciprocalRoot(f.dot(f))
        let forward = f.dot(axes.forward) * unit
        let left = f.dot(axes.left) * unit
        let along = f.dot(axes.up)
        let flipped = along .< 0
        let stretch = select(
            flipped, reciprocalRoot(greater(forward * forward + left * left, 1e-6)), Lanes(repeating: 1))
        let leanGain = stretch * attitudeGain
        let turn = axes.forward.x * s.headingNorth - axes.forward.y * s.headingEast
        let ahead = axes.forward.x * s.headingEast + axes.forward.y * s.headingNorth
        let turnFull = select(turn .< 0, Lanes(repeating: -1), Lanes(repeating: 1))
        let wantedRate = Space(
            x: limit(-left * leanGain, Self.leanRateLimit),
            y: limit(forward * leanGain, Self.leanRateLimit),
            z: limit(select(ahead .< 0, turnFull, turn) * headingGain, yawRate))
        let torque = Space(
            x: (wantedRate.x - s.rate.x) * (rateGain * inertia.0),
            y: (wantedRate.y - s.rate.y) * (rateGain * inertia.1),
            z: (wantedRate.z - s.rate.z) * (rateGain * 0.3 * inertia.2))

        // On the ground without a wish to climb the rotors idle.
        let resting = (s.contact .!= 0) .& (s.wanted.z .<= 0)
        let lift = select(resting, Lanes.zero, along * s.mass)
        let calm = select(resting, Lanes.zero, Lanes(repeating: 1))

        let air = s.velocity - s.wind.now
        let airUp = air.dot(axes.up)
        let air2 = air.dot(air)
        let output = rotors.run(
            &block.singles, lift: lift, torque: torque * calm, turning: on, airUp: airUp,
            airSide2: greater(air2 - airUp * airUp, 0), height: height)

        let drag = block.singles.density * root(air2) * dragFactor
        let force = axes.up * output.lift - air * drag
        block.singles.power = select(
            on, output.shaftPower * rotors.inverseEfficiency + avionics, Lanes.zero)
        block.integrate(force: force, torque: output.torque, inertia: inertia, axes: axes, frame: frame)
    }
}

extension RotorSet {
    init(
        count: Int, radius: Float, span: Float, thrust: Float, tipSpeed: Float, solidity: Float,
        bladeDrag: Float, inducedFactor: Float, efficiency: Float, torquePerThrust: Float, timeConstant: Float
    ) {
        let area = Float(count) * .pi * radius * radius
        self.init(
            thrust: thrust / Float(count), arm: span / 2 * 0.707_106_8, torquePerThrust: torquePerThrust,
            lag: AirframeLimits.seconds / max(timeConstant, AirframeLimits.seconds), discArea: area,
            tipSpeed: tipSpeed,
            profilePower: solidity * bladeDrag / 8 * Self.seaLevelDensity * area * tipSpeed * tipSpeed
                * tipSpeed, inducedFactor: inducedFactor, inverseEfficiency: 1 / efficiency, radius: radius)
    }
}
