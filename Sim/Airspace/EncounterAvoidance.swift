import Traffic

/// What gives way in a study of encounters.
public enum EncounterAvoidance: String, Sendable, CaseIterable {
    /// `CrewedAvoider` alone.
    case avoider
    /// The resolver alone, which takes the crewed aircraft as one without commands, in an ellipsoid around its well
    /// clear volume.
    case resolver
    /// As the controller does it: the avoider says where to, the resolver keeps what it was told.
    case both
}

/// The resolver's part in one encounter.
struct EncounterResolver {
    private let resolver: Resolver
    private let avoidance: EncounterAvoidance
    private let wanted: Manoeuvre
    private var current: Manoeuvre
    private var tick: UInt64 = 0

    /// Nil when the limits make no sound class, or the resolver has no part.
    init?(
        _ limits: AvoidanceLimits, own: Motion, avoidance: EncounterAvoidance, horizonSeconds: Double
    ) {
        guard avoidance != .avoider else { return nil }
        let drone = ResolutionClass(
            acceleration: limits.acceleration, maximumSpeed: limits.fastest, minimumSpeed: limits.slowest,
            maximumClimb: limits.climbRate, maximumDescent: limits.descentRate, separationMeters: 80,
            separationHeightMeters: 23)
        let volume = WellClear.smallUnmanned
        // Twice the squares hold the whole cylinder.
        let scale = avoidance == .resolver ? 2.0.squareRoot() : 1
        let crewed = ResolutionClass(
            acceleration: 3, maximumSpeed: 100, maximumClimb: 10, maximumDescent: 10,
            separationMeters: scale * volume.distanceMeters,
            separationHeightMeters: scale * volume.heightMeters)
        var settings = ResolverSettings()
        settings.intruderHorizonSeconds = horizonSeconds
        settings.tickSeconds = 1
        settings.returnTicks = 1
        guard let resolver = Resolver(classes: [drone, crewed], settings: settings) else { return nil }
        self.resolver = resolver
        self.avoidance = avoidance
        wanted = Manoeuvre(vx: own.vx, vy: own.vy, climbRate: 0, levelMeters: own.z)
        current = wanted
    }

    /// - Parameter advised: what the avoider says, nil when it has no part or nothing to say.
    mutating func decide(
        own: Motion, advised: AvoidanceVelocity?, traffic: UnsafeBufferPointer<CrewedTrack>
    ) -> Manoeuvre {
        let usable = EncounterModel.usableAltitude
        var goal = wanted
        if let advised {
            let level = advised.vz == 0 ? own.z : advised.vz > 0 ? usable.upperBound : usable.lowerBound
            goal = Manoeuvre(
                vx: advised.vx, vy: advised.vy, climbRate: advised.vz.magnitude, levelMeters: level)
        }
        var bodies = [
            ResolutionBody(
                id: 0, motion: own, wanted: goal, current: current, inflationMeters: 2,
                floorMeters: usable.lowerBound,
                ceilingMeters: usable.upperBound)
        ]
        for track in traffic {
            let path = Manoeuvre(
                vx: track.motion.vx, vy: track.motion.vy, climbRate: track.motion.vz.magnitude,
                levelMeters: track.motion.z + 1000 * track.motion.vz)
            bodies.append(
                ResolutionBody(
                    id: UInt32(bodies.count), classIndex: 1, rightOfWay: .crewed, isCooperative: false,
                    motion: track.motion, wanted: path, current: path,
                    inflationMeters: 1.5 * track.positionError + 20 * track.velocityError,
                    inflationHeightMeters: 1.5 * track.altitudeError))
        }
        tick += 1
        var answers = bodies.map { body in
            Advisory(id: body.id, reason: .clear, manoeuvre: body.wanted, against: body.id, timeSeconds: 0)
        }
        bodies.withUnsafeBufferPointer { bodies in
            answers.withUnsafeMutableBufferPointer { answers in
                _ = resolver.resolve(bodies, tick: tick, airspace: OpenAirspace(), into: answers)
            }
        }
        current = answers[0].manoeuvre
        return current
    }
}
