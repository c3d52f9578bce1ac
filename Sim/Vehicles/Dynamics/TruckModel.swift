/// The truck's kernel at 100 Hz: an articulated single-track model with saturating tyres.
///
/// Tractor and trailer are joined by a hitch; the force in it is eliminated exactly, so that the fold angle may
/// be of any size. Longitudinal and lateral tyre forces share one friction circle; wheels do not lock (ABS).
struct TruckModel: Sendable {
    static let stepsPerSecond = 100
    static let seconds: Float = 1 / 100
    static let stepsPerRefresh = 10
    static let gravity: Float = 9.806_65
    /// Below this the slip angles are taken as if at this speed: they have no limit at rest.
    static let slipSpeed: Float = 2
    static let foldLimit: Float = 0.17  // cosine of 80 degrees: the cab touches the trailer

    let p: TruckParameters

    func advance(_ block: inout TruckBlock, first: UInt64, steps: Int) {
        var phase = Int(first % UInt64(Self.stepsPerRefresh))
        for _ in 0..<steps {
            if phase == 0 {
                let left = block.doubles.energy - SIMD8<Double>(block.singles.drained)
                block.doubles.energy = left.replacing(with: 0, where: left .< 0)
                    .replacing(with: p.batteryJoules, where: left .> p.batteryJoules)
                block.singles.drained = .zero
            }
            step(&block)
            phase = phase == Self.stepsPerRefresh - 1 ? 0 : phase + 1
        }
    }

    /// A tyre's side force for a slip angle: rises with stiffness, saturates at `most`.
    @inline(__always) private func side(_ slip: Lanes, _ load: Lanes, _ most: Lanes) -> Lanes {
        let linear = slip * load * p.corneringPerLoad
        let ratio = linear / greater(most, 1)
        return linear * reciprocalRoot(1 + ratio * ratio)
    }

    /// What is left of friction for side force when `along` is used.
    @inline(__always) private func remaining(_ most: Lanes, _ along: Lanes) -> Lanes {
        root(greater(most * most - along * along, 0.01 * most * most))
    }

    @inline(__always) private func step(_ block: inout TruckBlock) {
        let dt = Self.seconds
        let s = block.singles
        let one = Lanes(repeating: 1)
        let mass = s.trailerMass + p.tractorMassKilograms
        let weight = mass * Self.gravity
        let on = (s.engaged .!= 0) .& (s.jackknifed .== 0)
        let powered = Lanes(block.doubles.energy) .> s.drained
        let moving = greater(s.speed, 1)

        // Steering: to a heading or a curvature, within comfort and what the road gives.
        let turn = s.directionEast * s.headingNorth - s.directionNorth * s.headingEast
        let ahead = s.directionEast * s.headingEast + s.directionNorth * s.headingNorth
        let full = select(turn .< 0, -one, one)
        let byHeading = select(ahead .< 0, full, turn) * 0.5 / moving
        var curvature = select(s.byHeading .!= 0, byHeading, s.wantedCurvature)
        let grip = lesser(s.friction * (0.5 * Self.gravity), p.comfortCornering) / (moving * moving)
        curvature = limit(curvature, -grip, grip)
        let wheelbase = p.frontAxleMeters + p.rearAxleMeters
        // Slowly and on full lock the trailer would fold into the cab: a driver eases off as the angle grows, from
        // 45 degrees on, and at 60 steers no further that way.
        let room = limit((s.foldCosine - 0.5) * 4.8, .zero, one) * p.maximumSteerRadians
        let most = Lanes(repeating: p.maximumSteerRadians)
        let steerGoal = limit(
            curvature * wheelbase, -select(s.foldSine .< 0, room, most), select(s.foldSine .> 0, room, most))
        let steer = s.steer + limit(steerGoal - s.steer, p.maximumSteerRate * dt)
        block.singles.steer = steer

        // Speed: a proportional driver with what drag, rolling and the grade take fed forward.
        let drag = s.speed * s.speed * (0.5 * 1.225 * p.dragArea)
        let rolling = weight * p.rollingResistance
        let wanted = lesser(
            greater((s.wantedSpeed - s.speed) * 0.8, -p.comfortBraking), p.comfortAcceleration)
        let stopping = s.wantedSpeed .<= 0
        let push = mass * select(stopping, lesser(wanted, -0.3), wanted) + drag + rolling + weight * s.grade
        let driveMost = lesser(Lanes(repeating: p.drivePowerWatts) / moving, p.driveForceNewtons)
        let feedMost = lesser(Lanes(repeating: p.feedbackPowerWatts) / moving, p.feedbackForceNewtons)
        let driving = on .& powered .& (s.emergency .== 0)
        let driveGoal = select(driving, limit(push, -feedMost, driveMost), .zero)
        let drive = s.drive + (driveGoal - s.drive) * (dt / 0.3)
        // Fade: from 300 K above ambient to 40 % at 600 K (drum brakes on long descents).
        let fade = one - limit((s.brakeHeat - 300) * (0.6 / 300), .zero, Lanes(repeating: 0.6))
        let brakeMost = mass * p.brakeDeceleration * fade * s.brakeHealth
        let emergency = (s.emergency .!= 0) .| (s.engaged .== 0) .| (s.jackknifed .!= 0)
        let brakeGoal = select(
            emergency, brakeMost, limit(select(driving, -feedMost, .zero) - push, .zero, brakeMost))
        let brake = s.brake + (brakeGoal - s.brake) * (dt / p.brakeTimeConstant)

        // Loads with the shift that braking brings (centre of mass 1.2 m up), then forces along the wheels.
        let total = s.frontLoad + s.rearLoad + s.trailerLoad
        let frontMost = s.friction * s.frontLoad
        let rearMost = s.friction * s.rearLoad
        let trailerMost = s.friction * s.trailerLoad
        // Braking never pushes backwards: what would reverse the truck in this step is cut.
        let arrest = greater(s.speed * mass / dt + drive - drag - weight * s.grade, 0)
        let held = lesser(brake + rolling, arrest)
        let perLoad = held / total
        let still = s.speed .<= 0
        let along = Lanes(repeating: 0.98)
        let frontX = -lesser(perLoad * s.frontLoad, frontMost * along)
        let rearX = limit(drive - perLoad * s.rearLoad, -rearMost * along, rearMost * along)
        let trailerX = -lesser(perLoad * s.trailerLoad, trailerMost * along)

        // Side forces from slip, in the wheels' axes.
        let over = one / greater(s.speed, Self.slipSpeed)
        let frontSlip = (s.speed * steer - s.sideways - s.yawRate * p.frontAxleMeters) * over
        let rearSlip = (s.yawRate * p.rearAxleMeters - s.sideways) * over
        let hitchSide = s.sideways - s.yawRate * p.hitchMeters
        let (c, sn) = (s.foldCosine, s.foldSine)
        let trailerSide = sn * s.speed + c * hitchSide - s.trailerRate * p.trailerAxleMeters
        let trailerAhead = c * s.speed - sn * hitchSide
        let trailerSlip = -trailerSide / greater(magnitude(trailerAhead), Self.slipSpeed)
        let frontY = side(frontSlip, s.frontLoad, remaining(frontMost, frontX))
        let rearY = side(rearSlip, s.rearLoad, remaining(rearMost, rearX))
        let trailerY = side(trailerSlip, s.trailerLoad, remaining(trailerMost, trailerX))

        // Sums on each body. Steering turns the front force by a small angle: sin = angle, cos = 1 - angle2 / 2.
        let cosSteer = one - steer * steer * 0.5
        let slope = Self.gravity * s.grade
        let x1 = frontX * cosSteer - frontY * steer + rearX - drag - slope * p.tractorMassKilograms
        let y1 = frontY * cosSteer + frontX * steer + rearY
        let moment1 = (frontY * cosSteer + frontX * steer) * p.frontAxleMeters - rearY * p.rearAxleMeters
        let arm = s.trailerMoment  // m2 d2
        let x2 = trailerX - slope * s.trailerMass - arm * s.trailerRate * s.trailerRate
        let y2 = trailerY * s.trailerAxleShare
        // Into the tractor's axes; the trailer then resists the hitch's acceleration with this mass matrix.
        let gx = c * x2 + sn * y2
        let gy = c * y2 - sn * x2
        let (mx, my) = (s.trailerMass, s.trailerLateralMass)
        let mxx = c * c * mx + sn * sn * my
        let mxy = c * sn * (my - mx)
        let myy = sn * sn * mx + c * c * my
        let m1 = p.tractorMassKilograms
        let inverseJ = 1 / p.tractorYawInertia
        let k = 1 / m1 + p.hitchMeters * p.hitchMeters * inverseJ
        let b = (y1 + gy) * (1 / m1) - (moment1 - gy * p.hitchMeters) * (p.hitchMeters * inverseJ)
        let a = x1 + gx + s.yawRate * s.yawRate * (m1 * p.hitchMeters)
        let a11 = mxx + m1
        let a22 = myy * k + 1
        let determinant = one / (a11 * a22 - mxy * mxy * k)
        let hitchX = (a * a22 - mxy * b) * determinant
        let hitchY = (a11 * b - mxy * a * k) * determinant
        let pull = mxy * hitchX + myy * hitchY
        let accelerationX = hitchX - s.yawRate * s.yawRate * p.hitchMeters
        let accelerationY = (y1 + gy - pull) * (1 / m1)
        let yaw = (moment1 - (gy - pull) * p.hitchMeters) * inverseJ
        let trailerPull = sn * hitchX + c * hitchY
        let trailerYaw = (arm * trailerPull - trailerY * p.trailerAxleMeters) * s.trailerInverseInertia

        // Forward.
        var speed = greater(s.speed + (accelerationX + s.sideways * s.yawRate) * dt, 0)
        let parked = (driveGoal .<= 0) .& (brakeGoal .> 0) .& (speed .< 0.02)
        speed = select(parked, .zero, speed)
        let rest = (speed .== 0) .& still
        let sideways = select(rest, .zero, s.sideways + (accelerationY - s.speed * s.yawRate) * dt)
        let yawRate = select(rest, .zero, limit(s.yawRate + yaw * dt, 3))
        var trailerRate = select(rest, .zero, limit(s.trailerRate + trailerYaw * dt, 3))

        // Fold: angle grows with the tractor's rate over the trailer's; at the limit the cab carries it along.
        let folding = (yawRate - trailerRate) * dt
        var cosine = c - sn * folding
        var sine = sn + c * folding
        var scale = reciprocalRoot(greater(cosine * cosine + sine * sine, 1e-6))
        cosine *= scale
        sine *= scale
        let jammed = cosine .< Self.foldLimit
        trailerRate = select(jammed, yawRate, trailerRate)
        block.singles.foldCosine = select(jammed, c, cosine)
        block.singles.foldSine = select(jammed, sn, sine)
        block.singles.jackknifed = select(jammed, one, s.jackknifed)

        let angle = yawRate * dt
        var east = s.directionEast - s.directionNorth * angle
        var north = s.directionNorth + s.directionEast * angle
        scale = reciprocalRoot(greater(east * east + north * north, 1e-6))
        east *= scale
        north *= scale
        let overGround = speed * dt
        block.doubles.east += SIMD8<Double>(east * speed - north * sideways) * Double(dt)
        block.doubles.north += SIMD8<Double>(north * speed + east * sideways) * Double(dt)
        block.doubles.up += SIMD8<Double>(overGround * s.grade)

        let drivePower = drive * speed
        let electric = select(
            drivePower .> 0, drivePower * (1 / p.drivetrainEfficiency), drivePower * p.drivetrainEfficiency)
        block.singles.drained += (electric + select(on, Lanes(repeating: p.auxiliaryWatts), .zero)) * dt
        let heating = lesser(brake, held) * speed - s.brakeHeat * p.brakeCooling
        block.singles.brakeHeat = s.brakeHeat + heating * (dt / p.brakeHeatCapacity)
        block.singles.speed = speed
        block.singles.sideways = sideways
        block.singles.yawRate = yawRate
        block.singles.trailerRate = trailerRate
        block.singles.directionEast = east
        block.singles.directionNorth = north
        block.singles.drive = drive
        block.singles.brake = brake
    }
}
