/// Four lifting rotors with their motors, as the kernel wants them.
///
/// Order: front left, front right, rear right, rear left. The first and third turn clockwise seen from above
/// and so push the body anticlockwise.
struct RotorSet: Sendable {
    var thrust: Float  // of one rotor at full speed, sea level
    var arm: Float  // distance of a hub from each horizontal axis
    var torquePerThrust: Float
    var lag: Float  // share of the way to the commanded speed made in one step
    var discArea: Float
    var tipSpeed: Float
    var profilePower: Float  // of all rotors at full speed, W
    var inducedFactor: Float
    var inverseEfficiency: Float
    var radius: Float
    static let inflowLag: Float = AirframeLimits.seconds / 0.1
    static let idle: Float = 0.1
    static let seaLevelDensity: Float = 1.225

    struct Output {
        var lift: Lanes  // along body up, N
        var torque: Space
        var shaftPower: Lanes
    }

    /// Splits wanted lift and torque over the rotors, lets motors follow, returns what really comes out.
    /// When a motor saturates, lean has priority over lift, and lift over heading.
    @inline(__always) func run(
        _ s: inout AirLanes, lift: Lanes, torque: Space, turning: LaneMask, airUp: Lanes, airSide2: Lanes,
        height: Lanes
    ) -> Output {
        let most = s.density * thrust
        let a = torque.x * (0.25 / arm)
        let b = torque.y * (0.25 / arm)
        let room = most * 0.15
        let c = limit(torque.z * (0.25 / torquePerThrust), -room, room)
        let p = a - b + c
        let q = -(a + b + c)
        let r = b - a + c
        let t = a + b - c
        let top = greater(greater(p, q), greater(r, t))
        let bottom = lesser(lesser(p, q), lesser(r, t))
        let each = lesser(greater(lift * 0.25, most * (Self.idle * Self.idle) - bottom), most - top)
        let perThrust = Lanes(repeating: 1) / most

        @inline(__always) func follow(_ speed: Lanes, _ share: Lanes) -> Lanes {
            let target = root(
                limit(
                    (each + share) * perThrust, Lanes(repeating: Self.idle * Self.idle), Lanes(repeating: 1)))
            let next = speed + (select(turning, target, .zero) - speed) * lag
            return select(next .< 1e-3, .zero, next)
        }
        s.rotor.0 = follow(s.rotor.0, p)
        s.rotor.1 = follow(s.rotor.1, q)
        s.rotor.2 = follow(s.rotor.2, r)
        s.rotor.3 = follow(s.rotor.3, t)
        s.rotorSum = s.rotor.0 + s.rotor.1 + s.rotor.2 + s.rotor.3

        // Ground effect, Cheeseman and Bennett 1955: T / T_free = 1 / (1 - (R / 4 z)^2).
        let near = radius * 0.25 / greater(height + radius * 0.8, radius * 0.5)
        let available = most / (1 - near * near)
        let t0 = s.rotor.0 * s.rotor.0 * s.rotorHealth.0 * available
        let t1 = s.rotor.1 * s.rotor.1 * s.rotorHealth.1 * available
        let t2 = s.rotor.2 * s.rotor.2 * s.rotorHealth.2 * available
        let t3 = s.rotor.3 * s.rotor.3 * s.rotorHealth.3 * available
        let total = t0 + t1 + t2 + t3

        // Momentum theory (Glauert): v_i = v_h^2 / sqrt(V_side^2 + (V_up + v_i)^2), reached with a lag.
        let hover2 = total / (s.density * (2 * Self.seaLevelDensity * discArea))
        let through = airUp + s.inflow
        let target = hover2 * reciprocalRoot(greater(airSide2 + through * through, 1e-4))
        s.inflow += (lesser(target, 2 * root(hover2)) - s.inflow) * Self.inflowLag

        // Profile power with the advance ratio's 4.65 mu^2 (Leishman), climb power with its sign.
        let cubes =
            s.rotor.0 * s.rotor.0 * s.rotor.0 + s.rotor.1 * s.rotor.1 * s.rotor.1
            + s.rotor.2 * s.rotor.2 * s.rotor.2 + s.rotor.3 * s.rotor.3 * s.rotor.3
        let profile =
            s.density
            * (cubes * (profilePower * 0.25) + s.rotorSum * airSide2
                * (profilePower * 0.25 * 4.65 / (tipSpeed * tipSpeed)))
        let shaft = greater(total * (s.inflow * inducedFactor + airUp), 0) + profile
        return Output(
            lift: total,
            torque: Space(
                x: (t0 - t1 - t2 + t3) * arm, y: (t2 + t3 - t0 - t1) * arm,
                z: (t0 - t1 + t2 - t3) * torquePerThrust),
            shaftPower: shaft)
    }
}
