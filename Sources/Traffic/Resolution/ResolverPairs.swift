/// What is kept between two rows.
struct PairVolume {
    var radius: Double
    var height: Double
    var until: Double
}

/// A pair that loses separation, or whose contingencies would meet.
struct PairConflict {
    var time: Double
    var breaksContingency: Bool
}

extension Resolver {
    typealias Record = UnsafeMutablePointer<ResolverRecord>

    /// Volume kept between two bodies, margin included.
    @inline(__always)
    func volume(_ a: Record, _ b: Record, extra: Double) -> PairVolume {
        volume(a, a.pointee.path.turnError, b, extra: extra)
    }

    /// The same with `a` on another path, of that `turnError`.
    @inline(__always)
    func volume(_ a: Record, _ turnError: Double, _ b: Record, extra: Double) -> PairVolume {
        let (first, second) = (
            shapes + Int(a.pointee.classIndex), shapes + Int(b.pointee.classIndex)
        )
        let more =
            a.pointee.inflation + b.pointee.inflation + turnError + b.pointee.path.turnError
            + settings.marginMeters + extra
        let higher =
            a.pointee.inflationHeight + b.pointee.inflationHeight + settings.marginMeters + extra
        let (radius, other) = (first.pointee.separation, second.pointee.separation)
        let (height, otherHeight) = (first.pointee.separationHeight, second.pointee.separationHeight)
        return PairVolume(
            radius: (radius > other ? radius : other) + more,
            height: (height > otherHeight ? height : otherHeight) + higher,
            until: a.pointee.isFar || b.pointee.isFar
                ? settings.intruderHorizonSeconds : settings.horizonSeconds)
    }

    /// What is wrong between two rows under their committed manoeuvres.
    func conflict(_ w: Worker, _ j: Int, _ k: Int) -> PairConflict? {
        conflict(w, table.pointee.record(j), table.pointee.record(k), 3)
    }

    /// The same, looking at separation when bit 0 of `parts` is set, at contingencies when bit 1 is.
    @inline(__always)
    func conflict(_ w: Worker, _ a: Record, _ b: Record, _ parts: Int) -> PairConflict? {
        w.pointee.counts.examinedPairs += 1
        w.pointee.budget -= 1
        let volume = volume(a, b, extra: 0)
        if parts & 1 != 0 {
            let scale = volume.radius / volume.height
            let (path, other) = (a.pointee.path, b.pointee.path)
            let near = PathPair.approach(
                path, other, until: volume.until, verticalScale: scale, radius: volume.radius)
            if near != nil {
                let s = PathPair.separation(
                    path, other, from: 0, until: volume.until, verticalScale: scale, enough: volume.radius)
                return PairConflict(time: s.time, breaksContingency: false)
            }
        }
        // After losses of separation in urgency.
        return parts & 2 == 0 || keepsContingencies(a, a.pointee.path, b)
            ? nil : PairConflict(time: volume.until, breaksContingency: true)
    }

    /// Whether a tick of `path` by `a` keeps its contingency disjoint from that of `b`, as committed. True where
    /// nothing is left to keep: somebody takes no commands, or the contingencies meet already. They do not meet already
    /// when that is only how differently the same way is measured, a tick earlier and later.
    @inline(__always)
    func keepsContingencies(_ a: Record, _ path: FlightPath, _ b: Record) -> Bool {
        meetAlready(a, b) || contingencies(a, path, b, tick: settings.tickSeconds, less: 0)
            || !contingencies(a, path, b, tick: 0, less: 2 * PathPair.slackMeters)
    }

    /// Where both can hover and are nearer than contingencies keep: their contingencies begin there.
    @inline(__always)
    private func meetAlready(_ a: Record, _ b: Record) -> Bool {
        let (p, q) = (a.pointee.path, b.pointee.path)
        let reach =
            Contingency.separationMeters + a.pointee.inflation + b.pointee.inflation - 3
            * PathPair.slackMeters
        let height =
            Contingency.separationHeightMeters + a.pointee.inflationHeight + b.pointee.inflationHeight
        let (dx, dy, dz) = (p.x - q.x, p.y - q.y, (p.z - q.z) * (reach / height))
        return dx * dx + dy * dy + dz * dz < reach * reach
            && shapes[Int(a.pointee.classIndex)].canHover && shapes[Int(b.pointee.classIndex)].canHover
    }

    /// Whether contingencies begun `tick` seconds from now are disjoint.
    private func contingencies(
        _ a: Record, _ path: FlightPath, _ b: Record, tick: Double, less: Double
    ) -> Bool {
        guard a.pointee.isCooperative, b.pointee.isCooperative else { return true }
        return Contingency(after: path, tick: tick, shapes[Int(a.pointee.classIndex)]).isDisjoint(
            from: Contingency(after: b.pointee.path, tick: tick, shapes[Int(b.pointee.classIndex)]),
            inflation: a.pointee.inflation + b.pointee.inflation,
            inflationHeight: a.pointee.inflationHeight + b.pointee.inflationHeight, less: less)
    }
}
