extension Resolver {
    /// Seeks a manoeuvre for row `k` against the committed paths of all others and commits to it.
    func solve<Airspace: ResolutionAirspace>(_ k: Int, _ airspace: Airspace) {
        let body = table.body(k)
        guard body.pointee.isCooperative else { return }
        counts.solved += 1
        let wanted = body.pointee.wanted
        let present = table.advisory(k).pointee.manoeuvre
        let hasConflict = table.conflictTime[k] < .infinity
        let deviates = present != wanted
        if isFreeOfAll(k, wanted, deviates ? settings.returnMarginMeters : 0), admits(k, wanted, airspace) {
            return commit(k, wanted, .clear)
        }
        // Without a conflict it may fly on as it does.
        let presentIsFree =
            deviates && (!hasConflict || isFreeOfAll(k, present, 0)) && admits(k, present, airspace)
        let keepsCourse = present.vx == wanted.vx && present.vy == wanted.vy
        let reason: AdvisoryReason = hasConflict ? .resolving : .holding
        if presentIsFree, keepsCourse { return commit(k, present, reason) }
        let climbs = verticalCandidates(k)
        if !kind(k).canHover {
            // Wings turn before they climb.
            if let found = solveHorizontally(k, airspace) { return commit(k, found, .resolving) }
            _ = verticalCandidates(k)
        }
        if climbs, let found = firstFree(k, airspace) { return commit(k, found, .resolving) }
        if presentIsFree { return commit(k, present, reason) }
        if kind(k).canHover, let found = solveHorizontally(k, airspace) {
            return commit(k, found, .resolving)
        }
        if !kind(k).canHover { gatherAll(k); horizontalCandidates(k) }
        leastBad(k, airspace)
    }

    private func solveHorizontally<Airspace: ResolutionAirspace>(_ k: Int, _ airspace: Airspace) -> Manoeuvre?
    {
        gatherAll(k)
        horizontalCandidates(k)
        return firstFree(k, airspace)
    }

    func admits<Airspace: ResolutionAirspace>(_ k: Int, _ manoeuvre: Manoeuvre, _ airspace: Airspace) -> Bool
    {
        airspace.admits(table.body(k).pointee, manoeuvre, seconds: settings.horizonSeconds)
    }

    func commit(_ k: Int, _ manoeuvre: Manoeuvre, _ reason: AdvisoryReason) {
        let advisory = table.advisory(k)
        advisory.pointee.reason = reason
        if advisory.pointee.manoeuvre != manoeuvre {
            advisory.pointee.manoeuvre = manoeuvre
            writeLine(k, committedPath(k))
        }
    }

    @inline(__always)
    func path(_ k: Int, _ manoeuvre: Manoeuvre) -> FlightPath {
        FlightPath(table.body(k).pointee.motion, manoeuvre, acceleration: kind(k).acceleration)
    }

    func horizon(_ k: Int) -> Double {
        Int(table.slotOf[k]) >= grid.gridded ? settings.intruderHorizonSeconds : settings.horizonSeconds
    }

    /// How far ahead any of the threats matters.
    private func threatHorizon(_ k: Int) -> Double {
        grid.gridded < table.count ? settings.intruderHorizonSeconds : horizon(k)
    }

    /// Whether `manoeuvre` keeps every separation and `extra` metres more, looking at everybody.
    private func isFreeOfAll(_ k: Int, _ manoeuvre: Manoeuvre, _ extra: Double) -> Bool {
        let path = path(k, manoeuvre)
        // Whoever is outside the grid is looked at as far ahead as matters for them.
        writeQuery(k, path, until: horizon(k), extra: extra)
        var found = searchAround(k, path, until: horizon(k), farFrom: table.count)
        if grid.gridded < table.count {
            writeQuery(k, path, until: settings.intruderHorizonSeconds, extra: extra)
            found = search(table.lines, table.lineStride, grid.gridded..<table.count, found)
        }
        for place in 0..<found {
            let j = Int(table.rowAt[Int(table.found[place] >> 2)])
            if j != k, !goTogether(k, path, j, extra) { return false }
        }
        return true
    }

    /// The same, looking at the threats only.
    private func isFree(_ k: Int, _ path: FlightPath) -> Bool {
        writeQuery(k, path, until: threatHorizon(k), extra: 0)
        let found = search(table.nearLines, ResolverTable.nearStride, 0..<table.threatCount, 0)
        for place in 0..<found where !goTogether(k, path, Int(table.threats[Int(table.found[place] >> 2)]), 0)
        {
            return false
        }
        return true
    }

    /// Whether row `k` on `path` and row `j` as committed keep separation, and contingencies disjoint.
    private func goTogether(_ k: Int, _ path: FlightPath, _ j: Int, _ extra: Double) -> Bool {
        counts.examinedPairs += 1
        budget -= 1
        let volume = volume(k, j, extra: extra)
        let other = committedPath(j)
        let s = PathPair.separation(
            path, other, from: 0, until: volume.until, verticalScale: volume.radius / volume.height,
            enough: volume.radius)
        if s.squared < volume.radius * volume.radius {
            // Unless the other shall give way and has time to.
            let (own, its) = (table.body(k), table.body(j))
            guard
                s.time > settings.yieldSeconds, its.pointee.isCooperative,
                its.pointee.rightOfWay > own.pointee.rightOfWay
            else { return false }
        }
        return keepsContingencies(k, path, j, other)
    }

    /// The cheapest candidate that is free and admitted.
    private func firstFree<Airspace: ResolutionAirspace>(_ k: Int, _ airspace: Airspace) -> Manoeuvre? {
        var left = table.candidateCount
        let candidates = table.candidates
        // Those tried go to the back and keep their place for `leastBad`.
        while left > 0 {
            var best = 0
            var i = 1
            while i < left {
                if candidates[i].cost < candidates[best].cost { best = i }
                i += 1
            }
            let manoeuvre = candidates[best].manoeuvre
            if isFree(k, path(k, manoeuvre)), admits(k, manoeuvre, airspace) { return manoeuvre }
            left -= 1
            (candidates[best], candidates[left]) = (candidates[left], candidates[best])
        }
        return nil
    }

    /// Nothing is free: the manoeuvre that keeps the most of the smallest separation, among those after which
    /// contingencies are disjoint; where there is none of these but stopping is one, that; else among all.
    private func leastBad<Airspace: ResolutionAirspace>(_ k: Int, _ airspace: Airspace) {
        let body = table.body(k)
        table.add(table.advisory(k).pointee.manoeuvre, cost: 0)
        let z = body.pointee.motion.z
        for i in 0..<table.candidateCount where abs(table.candidates[i].manoeuvre.levelMeters - z) > 30 {
            let far = table.candidates[i].manoeuvre.levelMeters > z ? z + 60 : z - 60
            table.candidates[i].manoeuvre.levelMeters = bounded(k, far)
        }
        var best = (score: -Double.infinity, index: -1)
        var safest = (score: -Double.infinity, index: -1)
        for i in 0..<table.candidateCount {
            let candidate = table.candidates[i]
            let (share, isSafe) = score(k, path(k, candidate.manoeuvre), enough: safest.score)
            let score = share - 1e-3 * candidate.cost
            guard score > best.score || (isSafe && score > safest.score) else { continue }
            guard admits(k, candidate.manoeuvre, airspace) else { continue }
            if score > best.score { best = (score, i) }
            if isSafe, score > safest.score { safest = (score, i) }
        }
        if safest.index >= 0 { return commit(k, table.candidates[safest.index].manoeuvre, .leastBad) }
        if kind(k).canHover {
            let stop = Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: z)
            if score(k, path(k, stop), enough: -.infinity).isSafe { return commit(k, stop, .contingency) }
        }
        if best.index >= 0 { commit(k, table.candidates[best.index].manoeuvre, .leastBad) }
    }

    /// The smallest share of its separation that `path` keeps from anybody, times 30, and whether all contingencies
    /// are disjoint after a tick of it. Gives up below `enough`.
    private func score(_ k: Int, _ path: FlightPath, enough: Double) -> (share: Double, isSafe: Bool) {
        writeQuery(k, path, until: threatHorizon(k), extra: 0)
        let found = search(table.nearLines, ResolverTable.nearStride, 0..<table.threatCount, 0)
        var least = 1.0
        var isSafe = true
        for place in 0..<found {
            let j = Int(table.threats[Int(table.found[place] >> 2)])
            counts.examinedPairs += 1
            budget -= 1
            let volume = volume(k, j, extra: 0)
            let other = committedPath(j)
            let s = PathPair.separation(
                path, other, from: 0.5, until: volume.until, verticalScale: volume.radius / volume.height,
                enough: volume.radius)
            let share = s.squared.squareRoot() / volume.radius
            if share < least { least = share }
            if least * 30 < enough { return (least * 30, false) }
            if isSafe, !keepsContingencies(k, path, j, other) { isSafe = false }
        }
        return (least * 30, isSafe)
    }

    func bounded(_ k: Int, _ level: Double) -> Double {
        let body = table.body(k)
        if level < body.pointee.floorMeters { return body.pointee.floorMeters }
        return level > body.pointee.ceilingMeters ? body.pointee.ceilingMeters : level
    }
}
