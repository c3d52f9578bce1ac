import Traffic
import World

// Drones give way to crewed aircraft. `CrewedAvoider` says where to: it looks 80 s ahead and all round, which in
// thousands of drawn encounters loses well clear a quarter as often as the resolver alone (`keruen-sim encounters
// --avoidance`). What it says is what the drone then wants, and the resolver keeps drones apart as ever.

extension Controller {
    /// Those near an aircraft think over what they want to fly, in turns when they are many.
    mutating func avoidCrewed() {
        let near = surveillance.nearFlights
        guard !near.isEmpty else { return }
        var left = max(configuration.avoidanceDecisions, 1)
        let last = surveillance.lastDecided
        let first = near.firstIndex { separation.vehicles[Int($0)] > last } ?? 0
        for k in near.indices {
            let i = Int(near[(first + k) % near.count])
            let v = Int(separation.vehicles[i])
            guard separation.flights[i].isCooperative else {
                tracks[v].forgetCrewed()
                continue
            }
            if now.seconds(since: tracks[v].avoiderAt) > configuration.avoidanceSeconds - 0.05 {
                if left > 0 {
                    left -= 1
                    decide(i, v)
                    surveillance.lastDecided = Int32(truncatingIfNeeded: v)
                } else {
                    surveillance.statistics.deferredDecisions += 1
                }
            }
            if let avoidance = tracks[v].avoidance { separation.flights[i].wanted = avoidance }
        }
    }

    private mutating func decide(_ i: Int, _ v: Int) {
        let flight = separation.flights[i]
        var around = surveillance.around
        var traffic = surveillance.tracks
        (surveillance.around, surveillance.tracks) = ([], [])
        around.removeAll(keepingCapacity: true)
        traffic.removeAll(keepingCapacity: true)
        findNear(flight, ahead: configuration.commandLatencySeconds, &around)
        var own = Motion(x: 0, y: 0, z: flight.altitudeMeters, vx: 0, vy: 0, vz: 0)
        var (nearest, address) = (Double.infinity, UInt32(0))
        for near in around {
            own = near.own
            let contact = surveillance.contacts[near.contact]
            traffic.append(contact.track(near.other, at: now))
            let (dx, dy) = (near.other.x - own.x, near.other.y - own.y)
            let far = dx * dx + dy * dy
            if far < nearest || (far == nearest && contact.address < address) {
                (nearest, address) = (far, contact.address)
            }
        }
        let z = own.z
        let rise = flight.wanted.levelMeters - z
        let climbs = rise > 1
        let limits = avoidanceLimits(flight)
        var avoider =
            tracks[v].avoider ?? CrewedAvoider(limits: limits, floorMeters: z, ceilingMeters: z)
        avoider.floorMeters = flight.floorMeters
        // While it climbs to its height, that is where it levels off.
        avoider.ceilingMeters = climbs ? flight.wanted.levelMeters : flight.ceilingMeters
        let way = AvoidanceVelocity(
            vx: flight.wanted.vx, vy: flight.wanted.vy,
            vz: abs(rise) > 1 ? (climbs ? limits.climbRate : -limits.descentRate) : 0)
        let zones = ZoneCone(self, v, seconds: CrewedAvoider.horizonSeconds)
        let velocity = traffic.withUnsafeBufferPointer {
            avoider.decide(own: own, wanted: way, traffic: $0) { zones?.isOpen(from: own, to: $0) ?? true }
        }
        (surveillance.around, surveillance.tracks) = (around, traffic)
        tracks[v].avoiderAt = now
        tracks[v].avoider = avoider
        tracks[v].avoids = address
        guard avoider.current != nil else { return tracks[v].avoidance = nil }
        let level = velocity.vz > 0.1 ? avoider.ceilingMeters : velocity.vz < -0.1 ? avoider.floorMeters : z
        tracks[v].avoidance = Manoeuvre(
            vx: velocity.vx, vy: velocity.vy, climbRate: max(velocity.vz.magnitude, 0.5), levelMeters: level)
    }

    private func avoidanceLimits(_ flight: Flight) -> AvoidanceLimits {
        let cruise = Double(Int(flight.classIndex) + AirTrafficSettings.slowest)
        let acceleration = configuration.accelerationMetersPerSecondSquared.clamped(to: 0.1...20)
        return AvoidanceLimits(
            slowest: 0, cruise: cruise, fastest: cruise, acceleration: acceleration, turnRate: nil,
            climbRate: configuration.climbMetersPerSecond.clamped(to: 0.1...30),
            descentRate: configuration.descentMetersPerSecond.clamped(to: 0.1...30),
            verticalAcceleration: 0.5 * acceleration)
    }
}

extension SurveillanceContact {
    func track(_ motion: Motion, at now: Instant) -> CrewedTrack {
        let age = max(ageSeconds(at: now), 0)
        return CrewedTrack(
            motion, positionError: sigmaHorizontal + sigmaVelocity * age,
            altitudeError: sigmaVertical + 0.5 * sigmaVelocity * age, velocityError: sigmaVelocity,
            verticalRateError: 0.5 * sigmaVelocity)
    }
}

extension Track {
    mutating func forgetCrewed() {
        avoider = nil
        avoidance = nil
        avoiderAt = Instant(nanoseconds: .min / 2)
    }
}
