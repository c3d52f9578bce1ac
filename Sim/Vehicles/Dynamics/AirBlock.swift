/// All that changes about eight aircraft in flight. Which kernel moves them decides which parts are used.
struct AirBlock: LaneBlock {
    var singles = AirLanes()
    var doubles = AirPlaces()

    func isParked(_ lane: Int) -> Bool {
        singles.engaged[lane] == 0 && singles.contact[lane] != 0 && singles.velocity.x[lane] == 0
            && singles.velocity.y[lane] == 0 && singles.rotorSum[lane] == 0
    }
}

/// Where they are and what they have left: in `Double`, so that a centimetre stays one after 1,000 km and a
/// joule after a full battery.
struct AirPlaces {
    var east = SIMD8<Double>.zero
    var north = SIMD8<Double>.zero
    var up = SIMD8<Double>.zero
    var ground = SIMD8<Double>.zero
    var energy = SIMD8<Double>.zero
}

/// World axes are east, north, up; body axes forward, left, up. Flags are 0 or 1.
struct AirLanes {
    // Rigid body.
    var velocity = Space.zero
    /// Attitude, body to world.
    var quaternion = (w: Lanes(repeating: 1), x: Lanes.zero, y: Lanes.zero, z: Lanes.zero)
    /// Body rates, rad/s.
    var rate = Space.zero
    var mass = Lanes(repeating: 1)
    /// Air density over 1.225 kg/m3.
    var density = Lanes(repeating: 1)
    var contact = Lanes.zero
    /// Fastest touch of the ground since it was last set to zero, m/s.
    var touchdown = Lanes.zero
    var wrecked = Lanes.zero

    // Rotors: speed as a share of the greatest, and the share of its thrust each still gives.
    var rotor = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var rotorHealth = (
        Lanes(repeating: 1), Lanes(repeating: 1), Lanes(repeating: 1), Lanes(repeating: 1)
    )
    var rotorSum = Lanes.zero
    /// Induced velocity through the discs, m/s.
    var inflow = Lanes.zero
    /// Battery power now, W, and joules drained since they were last taken from the store.
    var power = Lanes.zero
    var drained = Lanes.zero

    // Guidance: what is wanted, the reference on the way there, what the loops have learnt.
    var engaged = Lanes.zero
    var wanted = Space.zero
    var reference = Space.zero
    var learnt = Space.zero
    var headingEast = Lanes.zero
    var headingNorth = Lanes(repeating: 1)
    var alongTrack = Lanes.zero

    // Wing and pusher (VTOL only).
    var pusher = Lanes.zero
    var surface = Space.zero
    var airborneShare = Lanes.zero

    var wind = WindLanes()
}

/// The axes of the body in world coordinates.
struct BodyAxes {
    var forward: Space
    var left: Space
    var up: Space

    @inline(__always) init(_ q: (w: Lanes, x: Lanes, y: Lanes, z: Lanes)) {
        let x2 = q.x + q.x
        let y2 = q.y + q.y
        let z2 = q.z + q.z
        let xx = q.x * x2
        let yy = q.y * y2
        let zz = q.z * z2
        let xy = q.x * y2
        let xz = q.x * z2
        let yz = q.y * z2
        let wx = q.w * x2
        let wy = q.w * y2
        let wz = q.w * z2
        forward = Space(x: 1 - (yy + zz), y: xy + wz, z: xz - wy)
        left = Space(x: xy - wz, y: 1 - (xx + zz), z: yz + wx)
        up = Space(x: xz + wy, y: yz - wx, z: 1 - (xx + yy))
    }
}

extension AirBlock {
    /// Moves the bodies one step under `force` (world axes, without weight) and `torque` (body axes), lets the
    /// ground hold what touches it, and drains the battery.
    @inline(__always) mutating func integrate(
        force: Space, torque: Space, inertia: (Float, Float, Float), axes: BodyAxes, frame: AirframeLimits
    ) {
        let dt = AirframeLimits.seconds
        let height = Lanes(doubles.up - doubles.ground)

        // Semi-implicit Euler: new velocity first, then the place moves with it.
        let perMass = Lanes(repeating: dt) / singles.mass
        var v = singles.velocity + force * perMass
        v.z -= AirframeLimits.gravity * dt
        let touching = (height .<= 0) .& (v.z .<= 0)
        let arrival = touching .& (singles.contact .== 0)
        let impact = magnitude(v.z)
        singles.touchdown = select(arrival, greater(singles.touchdown, impact), singles.touchdown)
        let horizontal2 = v.x * v.x + v.y * v.y
        let ruin =
            arrival
            .& ((impact .> frame.touchdownLimit) .| (axes.up.z .< frame.leanLimit)
                .| (horizontal2 .> frame.slideLimit * frame.slideLimit))
        singles.wrecked = select(ruin, Lanes(repeating: 1), singles.wrecked)
        // Skids on the ground: Coulomb friction, then rest.
        let slide = greater(1 - frame.groundFriction * dt * reciprocalRoot(greater(horizontal2, 1e-12)), 0)
        v.x = select(touching, v.x * slide, v.x)
        v.y = select(touching, v.y * slide, v.y)
        v.z = select(touching, Lanes.zero, v.z)
        singles.velocity = v
        singles.contact = select(touching, Lanes(repeating: 1), Lanes.zero)

        let seconds = Double(dt)
        doubles.east += SIMD8<Double>(v.x) * seconds
        doubles.north += SIMD8<Double>(v.y) * seconds
        doubles.up += SIMD8<Double>(v.z) * seconds - SIMD8<Double>(select(touching, height, Lanes.zero))

        // Euler's equation, then the quaternion by its derivative and a first-order renormalisation.
        let w = singles.rate
        let (jx, jy, jz) = inertia
        var rate = Space(
            x: w.x + (torque.x + (jy - jz) * w.y * w.z) * (dt / jx),
            y: w.y + (torque.y + (jz - jx) * w.z * w.x) * (dt / jy),
            z: w.z + (torque.z + (jx - jy) * w.x * w.y) * (dt / jz))
        rate.x = select(touching, Lanes.zero, limit(rate.x, frame.rateCeiling))
        rate.y = select(touching, Lanes.zero, limit(rate.y, frame.rateCeiling))
        rate.z = select(touching, Lanes.zero, limit(rate.z, frame.rateCeiling))
        singles.rate = rate
        let h = rate * (dt / 2)
        let q = singles.quaternion
        var n = (
            w: q.w - h.x * q.x - h.y * q.y - h.z * q.z, x: q.x + h.x * q.w + h.z * q.y - h.y * q.z,
            y: q.y + h.y * q.w + h.x * q.z - h.z * q.x, z: q.z + h.z * q.w + h.y * q.x - h.x * q.y
        )
        // The gear sets a touching vehicle upright; a wreck lies as it fell, which nobody looks at.
        n.x = select(touching, Lanes.zero, n.x)
        n.y = select(touching, Lanes.zero, n.y)
        let lost = touching .& ((n.w * n.w + n.z * n.z) .< 1e-3)
        n.w = select(lost, Lanes(repeating: 1), n.w)
        let scale = reciprocalRoot(n.w * n.w + n.x * n.x + n.y * n.y + n.z * n.z)
        singles.quaternion = (w: n.w * scale, x: n.x * scale, y: n.y * scale, z: n.z * scale)

        singles.drained += singles.power * dt
    }

    /// Ten times less often than the steps: the wind moves on, and drained energy leaves the store.
    @inline(__always) mutating func refresh(wind: WindConstants) {
        let relative = singles.velocity - singles.wind.now
        singles.wind.refresh(
            height: Lanes(doubles.up - doubles.ground), airspeed: root(relative.dot(relative)), field: wind,
            seconds: AirframeLimits.seconds * Float(AirframeLimits.stepsPerRefresh))
        let left = doubles.energy - SIMD8<Double>(singles.drained)
        doubles.energy = left.replacing(with: 0, where: left .< 0)
        singles.drained = .zero
    }
}

/// What ground and structure allow, common to all aircraft.
struct AirframeLimits: Sendable {
    static let stepsPerSecond = 250
    static let seconds: Float = 1 / 250
    static let stepsPerRefresh = 10
    static let gravity: Float = 9.806_65

    /// Sink rate and sliding speed at touch that break it, m/s; cosine of the lean that does.
    var touchdownLimit: Float = 4
    var slideLimit: Float = 8
    var leanLimit: Float = 0.5
    /// Deceleration on skids, m/s2.
    var groundFriction: Float = 6
    /// No airframe of ours turns faster: keeps a tumbling one finite, rad/s.
    var rateCeiling: Float = 20
}
