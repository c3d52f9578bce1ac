extension ConflictInterval {
    /// When a pair is inside the open cylinder (closer than `radiusMeters` and than `halfHeightMeters`) within the
    /// next `horizonSeconds`, both at constant velocity. Nil when it is not: touching the surface is no conflict.
    /// - Complexity: O(1).
    public static func cylinder(
        radiusMeters: Double, halfHeightMeters: Double, own: Motion, intruder: Motion, horizonSeconds: Double
    ) -> ConflictInterval? {
        cylinder(
            radiusMeters: radiusMeters, halfHeightMeters: halfHeightMeters,
            relative: RelativeMotion(own: own, intruder: intruder), horizonSeconds: horizonSeconds)
    }

    @inline(__always)
    static func cylinder(
        radiusMeters: Double, halfHeightMeters: Double, relative: RelativeMotion, horizonSeconds: Double
    ) -> ConflictInterval? {
        guard horizonSeconds > 0 else { return nil }
        var (entry, exit) = (0.0, horizonSeconds)
        if abs(relative.vz) < Negligible.verticalSpeed {
            guard abs(relative.z) < halfHeightMeters else { return nil }
        } else {
            let climb = abs(relative.vz)
            let below = relative.vz > 0 ? -relative.z : relative.z
            entry = max(entry, (below - halfHeightMeters) / climb)
            exit = min(exit, (below + halfHeightMeters) / climb)
        }
        let squaredSpeed = relative.squaredSpeed
        if squaredSpeed < Negligible.squaredSpeed {
            guard relative.squaredDistance < radiusMeters * radiusMeters else { return nil }
        } else {
            let chord = relative.chord(radius: radiusMeters)
            guard chord > 0 else { return nil }
            let halfChord = chord.squareRoot() / squaredSpeed
            let closest = -relative.closing / squaredSpeed
            entry = max(entry, closest - halfChord)
            exit = min(exit, closest + halfChord)
        }
        guard entry < exit, Negligible.lasts(from: entry, to: exit) else { return nil }
        return ConflictInterval(entrySeconds: entry, exitSeconds: exit)
    }
}
