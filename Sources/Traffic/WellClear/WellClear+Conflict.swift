/// The evaluators decide in closed form: nothing is stepped, so nothing is missed between steps.
///
/// Formulas: Munoz, Narkawicz, Chamberlain, Consiglio, Upchurch, "A Family of Well-Clear Boundary Models for the
/// Integration of UAS in the NAS" (2014), written around the time of closest approach tau = -s.v / v^2 and half the
/// time h that the line of motion spends in the circle of radius DTHR. The horizontal part is violated in
/// [tau - lead, tau + h], where the lead is
///
///     TCPA   max(h, TTHR)
///     TAUMOD TTHR / 2 + sqrt(h^2 + TTHR^2 / 4)      (the earlier root of the quadratic of modified tau)
///     TEP    h + TTHR
///
/// so that TCPA is inside TAUMOD and TAUMOD inside TEP, as proved in PVS by the authors.
extension WellClear {
    /// Whether the pair is inside the volume now and stays for longer than an instant.
    /// - Complexity: O(1).
    public func isViolated(own: Motion, intruder: Motion) -> Bool {
        // A second is long enough to tell staying from touching: an interval is cut at the horizon, never moved.
        guard let interval = conflict(RelativeMotion(own: own, intruder: intruder), horizonSeconds: 1) else {
            return false
        }
        return interval.entrySeconds < 1e-13
    }

    /// When the pair is inside the volume within the next `horizonSeconds`, both at constant velocity. Nil when it
    /// is not, or for one instant only.
    /// - Complexity: O(1).
    public func conflict(own: Motion, intruder: Motion, horizonSeconds: Double) -> ConflictInterval? {
        conflict(RelativeMotion(own: own, intruder: intruder), horizonSeconds: horizonSeconds)
    }

    @inline(__always)
    func conflict(_ relative: RelativeMotion, horizonSeconds: Double) -> ConflictInterval? {
        guard horizonSeconds > 0 else { return nil }
        let lower: Double
        let upper: Double
        if abs(relative.vz) < Negligible.verticalSpeed {
            guard abs(relative.z) <= heightMeters else { return nil }
            (lower, upper) = (0, horizonSeconds)
        } else {
            let climb = abs(relative.vz)
            // Height still to go to co-altitude, along the direction of vertical motion.
            let below = relative.vz > 0 ? -relative.z : relative.z
            let reach = max(heightMeters, climb * coAltitudeSeconds)
            lower = max(0, (below - reach) / climb)
            upper = min(horizonSeconds, (below + heightMeters) / climb)
        }
        guard lower < upper else { return nil }
        return horizontalConflict(relative, from: lower, to: upper)
    }

    /// The part of `lower ... upper`, while vertically violated, that is horizontally violated too.
    @inline(__always)
    private func horizontalConflict(
        _ relative: RelativeMotion, from lower: Double, to upper: Double
    ) -> ConflictInterval? {
        let startX = relative.x + lower * relative.vx
        let startY = relative.y + lower * relative.vy
        let startsInside = startX * startX + startY * startY <= distanceMeters * distanceMeters
        let squaredSpeed = relative.squaredSpeed
        guard squaredSpeed >= Negligible.squaredSpeed else {
            guard startsInside, Negligible.lasts(from: lower, to: upper) else { return nil }
            return ConflictInterval(entrySeconds: lower, exitSeconds: upper)
        }
        let chord = relative.chord(radius: distanceMeters)
        // From inside the circle the line of motion meets it; a negative chord there is rounding.
        guard chord >= 0 || startsInside else { return nil }
        guard startsInside || startX * relative.vx + startY * relative.vy < 0 else { return nil }
        let halfChord = max(chord, 0).squareRoot() / squaredSpeed
        let closest = -relative.closing / squaredSpeed
        let entry = startsInside ? lower : max(lower, closest - lead(halfChordSeconds: halfChord))
        let exit = min(upper, closest + halfChord)
        guard Negligible.lasts(from: entry, to: exit) else { return nil }
        return ConflictInterval(entrySeconds: entry, exitSeconds: exit)
    }

    /// How long before the closest approach the horizontal part begins to be violated.
    @inline(__always)
    private func lead(halfChordSeconds half: Double) -> Double {
        switch variable {
        case .closestApproach: max(half, timeSeconds)
        case .modifiedTau: timeSeconds / 2 + (half * half + timeSeconds * timeSeconds / 4).squareRoot()
        case .entryPoint: half + timeSeconds
        }
    }
}
