/// The last word of a tick. Whatever was solved, left over or put off before: after this, contingencies that were
/// disjoint at the beginning of the tick are disjoint after it.
///
/// Why it ends so. Begun at any time of its own flight, a contingency is the rest of itself: of two bodies that both fly
/// theirs, the contingencies stay disjoint if they were. So a pair can break only if one of the two does something
/// else, and then it is one that was looked at: pairs of bodies that both go on as before, by the screen; pairs of which
/// one was given something new, when that was chosen, or here (`isUnproven`). Of a pair found broken here, one stops;
/// whoever stops is looked at against all around; who breaks with that stops as well. Nobody stops twice, so it ends,
/// and at the end a broken pair is one of which both stop: it was broken before.
///
/// Not seen are only pairs beyond `ResolverWorker.mostLanes` around one body; they are counted as deferred. Contingencies
/// that are disjoint leave no room for so many in fewer than some forty layers.
extension Resolver {
    /// Who flies its contingency from now on.
    func settle(_ w: Worker) {
        let t = table
        let breaks = w.pointee.breaks
        var waiting = 0
        for place in 0..<breaks.count {
            let (a, b) = (Int(breaks.items[place].a), Int(breaks.items[place].b))
            guard !keeps(w, a, b) else { continue }
            let gives = Resolver.givesWay(t.pointee.body(a), to: t.pointee.body(b))
            stop(gives ? a : b, &waiting)
            if !keeps(w, a, b) { stop(gives ? b : a, &waiting) }
        }
        for k in 0..<t.pointee.count where t.pointee.isUnproven[k] {
            guard !t.pointee.isStopped[k], let other = firstBroken(w, k) else { continue }
            stop(k, &waiting)
            if !keeps(w, k, other) { stop(other, &waiting) }
        }
        while waiting > 0 {
            waiting -= 1
            let k = Int(t.pointee.stops[waiting])
            while let other = firstBroken(w, k) { stop(other, &waiting) }
        }
    }

    /// Whether the commands of two rows keep their contingencies disjoint.
    func keeps(_ w: Worker, _ j: Int, _ k: Int) -> Bool {
        w.pointee.counts.examinedPairs += 1
        if table.pointee.isStopped[j], table.pointee.isStopped[k] { return true }
        let a = table.pointee.record(j)
        return keepsContingencies(a, a.pointee.path, table.pointee.record(k))
    }

    /// Somebody who does not stop and whose contingency that of `k` would meet.
    private func firstBroken(_ w: Worker, _ k: Int) -> Int? {
        let t = table
        let own = t.pointee.record(k)
        let path = own.pointee.path
        let stop = writeQuery(w, k, path, until: 0, extra: 0)
        // Only contingencies matter: lines are out of everybody's reach.
        (w.pointee.query[5], w.pointee.query[6]) = (1e9, -1e9)
        let found = searchDiscs(w, path, stop: stop)
        for place in 0..<found {
            let entry = Int(w.pointee.found[place])
            let other = t.pointee.records + (entry >> 2)
            let row = Int(other.pointee.row)
            guard entry & 2 != 0, other != own, !t.pointee.isStopped[row] else { continue }
            w.pointee.counts.examinedPairs += 1
            if !keepsContingencies(own, path, other) { return row }
        }
        return nil
    }

    /// Row `k` flies its contingency.
    private func stop(_ k: Int, _ waiting: inout Int) {
        let t = table
        guard t.pointee.body(k).pointee.isCooperative, !t.pointee.isStopped[k] else { return }
        t.pointee.isStopped[k] = true
        commit(k, contingencyManoeuvre(k), .contingency)
        t.pointee.stops[waiting] = Int32(truncatingIfNeeded: k)
        waiting += 1
    }

    /// The command that is the contingency: braking straight to a stop, or the circle to the right.
    func contingencyManoeuvre(_ k: Int) -> Manoeuvre {
        let m = table.pointee.body(k).pointee.motion
        let kind = kind(k)
        let speed = (m.vx * m.vx + m.vy * m.vy + m.vz * m.vz).squareRoot()
        let level = kind.canHover ? m.z + m.vz * speed / (2 * kind.acceleration) : m.z
        guard !kind.canHover else { return Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: level) }
        return Manoeuvre(vx: m.vy, vy: -m.vx, climbRate: 0, levelMeters: level)
    }
}
