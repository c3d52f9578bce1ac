import Traffic
import World

/// Flies one encounter, with or without avoidance.
struct EncounterRun {
    var isCollision = false
    var isLossOfWellClear = false
    /// Seconds under a manoeuvre.
    var avoidingSeconds = 0.0

    /// - Parameter avoidance: nil flies on as planned.
    init(
        _ encounter: Encounter, seed: UInt64, avoidance: EncounterAvoidance?, rangeMeters: Double,
        horizonSeconds: Double
    ) {
        var own = encounter.own
        let wanted = AvoidanceVelocity(vx: own.vx, vy: own.vy, vz: own.vz)
        let usable = EncounterModel.usableAltitude
        var avoider = CrewedAvoider(
            limits: encounter.limits, floorMeters: usable.lowerBound, ceilingMeters: usable.upperBound)
        var surveillance = EncounterSurveillance(seed: seed, rangeMeters: rangeMeters)
        var resolver = avoidance.flatMap {
            EncounterResolver(encounter.limits, own: own, avoidance: $0, horizonSeconds: horizonSeconds)
        }
        var goal = wanted
        var level: Manoeuvre?
        var (pending, pendingLevel, pendingAt) = (wanted, level, Int.max)
        let delay = Int(EncounterModel.commandDelaySeconds * Double(EncounterModel.stepsPerSecond))
        for step in encounter.crewed.indices {
            let other = encounter.crewed[step]
            judge(own, other)
            if let avoidance {
                if step % EncounterModel.stepsPerSecond == 0 {
                    surveillance.observe(encounter.crewed, step, own)
                    surveillance.withTrack(atStep: step) { traffic in
                        pending =
                            avoidance == .resolver
                            ? wanted : avoider.decide(own: own, wanted: wanted, traffic: traffic)
                        guard
                            let told = resolver?.decide(
                                own: own, advised: avoider.current == nil ? nil : pending, traffic: traffic)
                        else { return }
                        pending = AvoidanceVelocity(vx: told.vx, vy: told.vy, vz: 0)
                        pendingLevel = told
                    }
                    pendingAt = step + delay
                    if pending != wanted { avoidingSeconds += 1 }
                }
                if step >= pendingAt { (goal, level) = (pending, pendingLevel) }
                if let level {
                    goal.vz = level.verticalVelocity(
                        at: own.z, acceleration: encounter.limits.verticalAcceleration)
                }
            }
            own = encounter.limits.advance(own, towards: goal, seconds: EncounterModel.stepSeconds)
        }
    }

    private mutating func judge(_ own: Motion, _ other: Motion) {
        let (dx, dy, dz) = (own.x - other.x, own.y - other.y, abs(own.z - other.z))
        let square = dx * dx + dy * dy
        let volume = WellClear.smallUnmanned
        if square < 152.4 * 152.4, dz < 30.48 { isCollision = true }
        if square <= volume.distanceMeters * volume.distanceMeters, dz <= volume.heightMeters {
            isLossOfWellClear = true
        }
    }
}

/// What the drone's station knows of the crewed aircraft: late, noisy reports, smoothed.
private struct EncounterSurveillance {
    private var random: SplitMix64
    private var estimate: Motion?
    private var estimateStep = 0

    private let rangeMeters: Double

    init(seed: UInt64, rangeMeters: Double) {
        self.rangeMeters = rangeMeters
        random = SplitMix64(seed: seed ^ 0x5EED_5EED_5EED_5EED)
    }

    /// Takes the report that arrives at a step, if one does.
    mutating func observe(_ path: [Motion], _ step: Int, _ own: Motion) {
        let sent = step - Int(EncounterModel.latencySeconds * Double(EncounterModel.stepsPerSecond))
        let isLost = random.unit() < EncounterModel.lossShare
        var seen = path[max(sent, 0)]
        seen.x += EncounterModel.positionError * normal()
        seen.y += EncounterModel.positionError * normal()
        seen.z += EncounterModel.altitudeError * normal()
        seen.vx += EncounterModel.velocityError * normal()
        seen.vy += EncounterModel.velocityError * normal()
        seen.vz += EncounterModel.verticalRateError * normal()
        let (dx, dy) = (seen.x - own.x, seen.y - own.y)
        guard sent >= 0, !isLost, dx * dx + dy * dy <= rangeMeters * rangeMeters
        else { return }
        guard let last = estimate else {
            (estimate, estimateStep) = (seen, sent)
            return
        }
        let expected = last.advanced(by: Double(sent - estimateStep) * EncounterModel.stepSeconds)
        func blend(_ a: Double, _ b: Double) -> Double { a + 0.5 * (b - a) }
        estimate = Motion(
            x: blend(expected.x, seen.x), y: blend(expected.y, seen.y), z: blend(expected.z, seen.z),
            vx: blend(expected.vx, seen.vx), vy: blend(expected.vy, seen.vy), vz: blend(expected.vz, seen.vz))
        estimateStep = sent
    }

    /// The track extrapolated to a step, with the errors that the reports state, smoothed.
    func withTrack<Result>(atStep step: Int, _ body: (UnsafeBufferPointer<CrewedTrack>) -> Result) -> Result {
        guard let estimate else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
        let age = Double(step - estimateStep) * EncounterModel.stepSeconds
        // Half the new and half the old: the variance falls to a third.
        let share = 0.58
        var track = CrewedTrack(
            estimate.advanced(by: age),
            positionError: share * (EncounterModel.positionError + EncounterModel.velocityError * age),
            altitudeError: share * (EncounterModel.altitudeError + EncounterModel.verticalRateError * age),
            velocityError: share * EncounterModel.velocityError,
            verticalRateError: share * EncounterModel.verticalRateError)
        return withUnsafePointer(to: &track) { body(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Near enough normal: the sum of twelve uniform numbers, at most six deviations.
    private mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += random.unit() }
        return sum
    }
}
