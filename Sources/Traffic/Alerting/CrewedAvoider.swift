/// Keeps a drone well clear of crewed aircraft (ASTM F3442: 2000 ft, 250 ft). The drone gives way fully: nothing is
/// expected of the other.
///
/// Each decision flies a fixed set of manoeuvres ahead with the drone's own dynamics: courses all round, three speeds
/// (a multirotor may stop), climb, level and descent. The other flies on straight, in a volume that grows with the
/// error of its track. The manoeuvre that keeps outside it and departs least from the wanted velocity wins; when none
/// keeps outside, the one that comes least far in. What is flown already is preferred, so that commands do not flap.
///
/// The outcome depends on the arguments and the last decision only; a decision allocates nothing.
public struct CrewedAvoider: Sendable {
    /// How far ahead manoeuvres are flown, seconds, and in which steps.
    public static let horizonSeconds = 80.0
    static let stepSeconds = 2.0
    static let courses = 16

    public let limits: AvoidanceLimits
    /// Altitudes that may be used, metres above mean sea level.
    public var floorMeters: Double
    public var ceilingMeters: Double
    /// What was decided last; nil while the wanted velocity is free.
    public private(set) var current: AvoidanceVelocity?

    public init(limits: AvoidanceLimits, floorMeters: Double, ceilingMeters: Double) {
        self.limits = limits
        self.floorMeters = floorMeters
        self.ceilingMeters = ceilingMeters
    }

    /// The velocity to fly now.
    /// - Parameters:
    ///   - own: the drone.
    ///   - wanted: what it would fly without traffic.
    ///   - traffic: crewed aircraft around.
    ///   - isAllowed: whether a manoeuvre that leads to a state is allowed, by fences for instance.
    /// - Complexity: O(manoeuvres x steps x traffic), about 150 x 40 x traffic; O(steps x traffic) while free.
    public mutating func decide(
        own: Motion, wanted: AvoidanceVelocity, traffic: UnsafeBufferPointer<CrewedTrack>,
        isAllowed: (Motion) -> Bool = { _ in true }
    ) -> AvoidanceVelocity {
        // Leaving an avoidance asks for more clearance than beginning one.
        let enough = current == nil ? 1.0 : 1.15
        if clearance(own, wanted, traffic, atLeast: 0, isAllowed) >= enough {
            current = nil
            return wanted
        }
        var choice = Choice(velocity: wanted, cost: .infinity)
        if let current { consider(current, own, wanted, traffic, isAllowed, &choice) }
        let (ux, uy) = course(own, wanted)
        for vertical in 0..<3 {
            let climb = vertical == 0 ? 0 : vertical == 1 ? -limits.descentRate : limits.climbRate
            for place in 0..<Self.courses {
                let (cosine, sine) = Self.compass[place]
                let (x, y) = (ux * cosine - uy * sine, uy * cosine + ux * sine)
                for pace in 0..<3 {
                    let speed = pace == 0 ? limits.fastest : pace == 1 ? limits.cruise : limits.slowest
                    // Hovering has no course.
                    if speed <= 0, place > 0 { continue }
                    let candidate = AvoidanceVelocity(vx: x * speed, vy: y * speed, vz: climb)
                    consider(candidate, own, wanted, traffic, isAllowed, &choice)
                }
            }
        }
        current = choice.velocity
        return bounded(choice.velocity, own)
    }

    /// The best manoeuvre so far.
    private struct Choice {
        var velocity: AvoidanceVelocity
        var cost: Double
    }

    private func consider(
        _ candidate: AvoidanceVelocity, _ own: Motion, _ wanted: AvoidanceVelocity,
        _ traffic: UnsafeBufferPointer<CrewedTrack>, _ isAllowed: (Motion) -> Bool, _ choice: inout Choice
    ) {
        let change = current.map { difference(candidate, $0) } ?? 0
        let fixed = 3 * difference(candidate, wanted) + 4 * min(change, 1)
        guard fixed < choice.cost else { return }
        // Less clearance than this cannot win.
        let least = min(Self.target, Self.target - (choice.cost - fixed) / 100)
        let reached = clearance(own, candidate, traffic, atLeast: least, isAllowed)
        let cost = fixed + 100 * max(0, Self.target - reached)
        if cost < choice.cost { choice = Choice(velocity: candidate, cost: cost) }
    }

    /// Levels off before the floor and the ceiling, with a time constant of three seconds.
    private func bounded(_ goal: AvoidanceVelocity, _ own: Motion) -> AvoidanceVelocity {
        let (down, up) = ((floorMeters - own.z) / 3, (ceilingMeters - own.z) / 3)
        return AvoidanceVelocity(vx: goal.vx, vy: goal.vy, vz: min(max(goal.vz, down), max(up, down)))
    }

    /// Clearance that is worth no more: a little outside the volume.
    private static let target = 1.1

    /// The smallest clearance on the way: 1 on the surface of the volume, 0 at the other. Gives up below `atLeast`.
    private func clearance(
        _ own: Motion, _ goal: AvoidanceVelocity, _ traffic: UnsafeBufferPointer<CrewedTrack>,
        atLeast: Double,
        _ isAllowed: (Motion) -> Bool
    ) -> Double {
        var least = Double.infinity
        var state = own
        var time = 0.0
        while time < Self.horizonSeconds {
            let next = limits.advance(state, towards: bounded(goal, state), seconds: Self.stepSeconds)
            for track in traffic {
                least = min(least, Self.clearance(state, next, track, time))
            }
            if least < atLeast { return least }
            state = next
            time += Self.stepSeconds
        }
        return isAllowed(state) ? least : 0
    }

    /// The smallest clearance within one step, at the closest horizontal approach.
    private static func clearance(_ from: Motion, _ to: Motion, _ track: CrewedTrack, _ time: Double)
        -> Double
    {
        let other = track.motion
        let sx = from.x - (other.x + other.vx * time)
        let sy = from.y - (other.y + other.vy * time)
        let sz = from.z - (other.z + other.vz * time)
        let dx = to.x - from.x - other.vx * stepSeconds
        let dy = to.y - from.y - other.vy * stepSeconds
        let dz = to.z - from.z - other.vz * stepSeconds
        let length = dx * dx + dy * dy
        let part = length > 0 ? min(max(-(sx * dx + sy * dy) / length, 0), 1) : 0
        let (x, y, z) = (sx + part * dx, sy + part * dy, sz + part * dz)
        let later = time + part * stepSeconds
        let volume = WellClear.smallUnmanned
        // Two standard deviations of the track, and a heading and a climb that need not stay.
        let drift = min(track.velocityError * later, 300)
        let spread = 2 * (track.positionError * track.positionError + drift * drift).squareRoot()
        let radius = volume.distanceMeters + 60 + spread
        let climb = min(track.verticalRateError * later, 60)
        let height =
            volume.heightMeters + 6 + 1.5
            * (track.altitudeError * track.altitudeError + climb * climb).squareRoot()
        return max((x * x + y * y).squareRoot() / radius, abs(z) / height)
    }

    private func difference(_ a: AvoidanceVelocity, _ b: AvoidanceVelocity) -> Double {
        let (dx, dy, dz) = (a.vx - b.vx, a.vy - b.vy, a.vz - b.vz)
        return (dx * dx + dy * dy + dz * dz).squareRoot() / limits.fastest
    }

    private func course(_ own: Motion, _ wanted: AvoidanceVelocity) -> (Double, Double) {
        let speed = (wanted.vx * wanted.vx + wanted.vy * wanted.vy).squareRoot()
        if speed > 0.1 { return (wanted.vx / speed, wanted.vy / speed) }
        let flown = (own.vx * own.vx + own.vy * own.vy).squareRoot()
        return flown > 0.1 ? (own.vx / flown, own.vy / flown) : (0, 1)
    }

    /// Cosine and sine of sixteenths of a turn, from square roots alone.
    private static let compass: [(Double, Double)] = {
        let half = 0.5.squareRoot()
        let (c, s) = (((1 + half) / 2).squareRoot(), ((1 - half) / 2).squareRoot())
        let quarter = [(1.0, 0.0), (c, s), (half, half), (s, c)]
        return (0..<16).map { place in
            let (x, y) = quarter[place % 4]
            switch place / 4 {
            case 0: return (x, y)
            case 1: return (-y, x)
            case 2: return (-x, -y)
            default: return (y, -x)
            }
        }
    }()
}
