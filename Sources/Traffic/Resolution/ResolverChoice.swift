extension Resolver {
    /// Work spent on one body at most, in exact tests of pairs.
    private static let mostWork = 400

    /// Seeks a manoeuvre for row `k` against the committed paths of all others and commits to it. `other` is whom it
    /// most urgently avoids.
    func solve<Airspace: ResolutionAirspace>(
        _ w: Worker, _ k: Int, against other: Int?, _ airspace: Airspace
    ) {
        let body = table.pointee.body(k)
        guard body.pointee.isCooperative else { return }
        w.pointee.counts.solved += 1
        w.pointee.limit = w.pointee.budget - Self.mostWork
        w.pointee.barCount = 0
        if horizon(k) < settings.horizonSeconds { return solveInCrowd(w, k, airspace) }
        if let other, isInevitable(k, other) {
            gatherAll(w, k)
            crowdCandidates(k)
            w.pointee.addBar(ResolverWorker.Bar(row: Int32(truncatingIfNeeded: other), parts: 1))
            return leastBad(w, k, airspace)
        }
        let wanted = body.pointee.wanted
        let present = table.pointee.advisory(k).pointee.manoeuvre
        let hasConflict = table.pointee.conflictTime[k] < .infinity
        let deviates = present != wanted
        if isFreeOfAll(w, k, wanted, deviates ? settings.returnMarginMeters : 0), admits(k, wanted, airspace)
        {
            return commit(k, wanted, .clear)
        }
        // Without a conflict it may fly on as it does.
        let presentIsFree =
            deviates && (!hasConflict || isFreeOfAll(w, k, present, 0)) && admits(k, present, airspace)
        let keepsCourse = present.keepsCourse(of: wanted)
        let reason: AdvisoryReason = hasConflict ? .resolving : .holding
        if presentIsFree, keepsCourse { return commit(k, present, reason) }
        let climbs = verticalCandidates(w, k)
        if !kind(k).canHover {
            // Wings turn before they climb.
            if let found = solveHorizontally(w, k, airspace) { return commit(k, found, .resolving) }
            _ = verticalCandidates(w, k)
        }
        if climbs, let found = firstFree(w, k, airspace) { return commit(k, found, .resolving) }
        if presentIsFree { return commit(k, present, reason) }
        if kind(k).canHover, let found = solveHorizontally(w, k, airspace) {
            return commit(k, found, .resolving)
        }
        if !kind(k).canHover { gatherAll(w, k) }
        horizontalCandidates(k, isFew: true)
        leastBad(w, k, airspace)
    }

    /// Whether nothing row `k` can do keeps its separation from `other` as committed: in a time t no manoeuvre brings it
    /// farther than at^2/2 from where its present velocity does.
    func isInevitable(_ k: Int, _ other: Int) -> Bool {
        let (own, its) = (table.pointee.record(k), table.pointee.record(other))
        let volume = volume(own, 0, its, extra: 0)
        let scale = volume.radius / volume.height
        let (path, a) = (own.pointee.path, 0.5 * shape(k).acceleration * (scale > 1 ? scale : 1))
        for step in 0..<6 {
            let t = 0.4 * Double(step)
            let p = its.pointee.path.position(t)
            let (x, y) = (path.x + path.vx * t - p.x, path.y + path.vy * t - p.y)
            let z = (path.z + path.vz * t - p.z) * scale
            let left = volume.radius - a * t * t
            if left > 0, x * x + y * y + z * z < left * left { return true }
        }
        return false
    }

    /// In a dense crowd there is seldom anything free, and looking for it is dear: the best of a few simple manoeuvres, looking
    /// no farther ahead than the screen did. Others get their turn for it.
    private func solveInCrowd<Airspace: ResolutionAirspace>(_ w: Worker, _ k: Int, _ airspace: Airspace) {
        gatherAll(w, k)
        crowdCandidates(k)
        leastBad(w, k, airspace, freeIs: .resolving)
    }

    private func solveHorizontally<Airspace: ResolutionAirspace>(_ w: Worker, _ k: Int, _ airspace: Airspace)
        -> Manoeuvre?
    {
        gatherAll(w, k)
        horizontalCandidates(k, isFew: false)
        return firstFree(w, k, airspace)
    }

    func admits<Airspace: ResolutionAirspace>(_ k: Int, _ manoeuvre: Manoeuvre, _ airspace: Airspace) -> Bool
    {
        airspace.admits(table.pointee.body(k).pointee, manoeuvre, seconds: settings.horizonSeconds)
    }

    func commit(_ k: Int, _ manoeuvre: Manoeuvre, _ reason: AdvisoryReason) {
        let advisory = table.pointee.advisory(k)
        advisory.pointee.reason = reason
        if advisory.pointee.manoeuvre != manoeuvre {
            advisory.pointee.manoeuvre = manoeuvre
            let record = table.pointee.record(k)
            record.pointee.path = path(k, manoeuvre)
            writeLine(Int(table.pointee.slotOf[k]), &table.pointee.reaches)
        }
    }

    @inline(__always)
    func path(_ k: Int, _ manoeuvre: Manoeuvre) -> FlightPath {
        FlightPath(table.pointee.body(k).pointee.motion, manoeuvre, shape(k))
    }

    /// How far ahead row `k` looks.
    func horizon(_ k: Int) -> Double { table.pointee.horizons[Int(table.pointee.slotOf[k])] }

    /// Whether `manoeuvre` keeps every separation and `extra` metres more, looking at everybody.
    private func isFreeOfAll(_ w: Worker, _ k: Int, _ manoeuvre: Manoeuvre, _ extra: Double) -> Bool {
        let path = path(k, manoeuvre)
        let own = table.pointee.record(k)
        let found = searchAll(w, k, path, extra)
        for place in 0..<found {
            let entry = Int(w.pointee.found[place])
            let other = table.pointee.records + (entry >> 2)
            if other != own, !goTogether(w, own, path, other, extra, entry) { return false }
        }
        return true
    }

    /// Everybody whom `path` may meet, and whoever is outside the grid as far ahead as matters for them.
    private func searchAll(_ w: Worker, _ k: Int, _ path: FlightPath, _ extra: Double) -> Int {
        let t = table
        let until = horizon(k)
        let stop = writeQuery(w, k, path, until: until, extra: extra)
        let found = searchAround(w, k, path, until: until, stop: stop, farFrom: t.pointee.count)
        let gridded = t.pointee.grid.gridded
        guard gridded < t.pointee.count else { return found }
        writeQuery(w, k, path, until: settings.intruderHorizonSeconds, extra: extra)
        return search(w, t.pointee.lines, t.pointee.lineStride, gridded..<t.pointee.count, found)
    }

    /// The same, looking at the threats only.
    private func isFree(_ w: Worker, _ k: Int, _ path: FlightPath, _ extra: Double) -> Bool {
        let own = table.pointee.record(k)
        // Who barred the last manoeuvres likely bars this one as well.
        let bars = w.pointee.bars
        for place in 0..<w.pointee.barCount {
            let bar = bars[place]
            if !goTogether(w, own, path, table.pointee.record(Int(bar.row)), extra, Int(bar.parts)) {
                w.pointee.bar(place)
                return false
            }
        }
        let found = searchThreats(w, k, path, extra)
        for place in 0..<found {
            let entry = Int(w.pointee.found[place])
            let row = table.pointee.threats[entry >> 2]
            if !goTogether(w, own, path, table.pointee.record(Int(row)), extra, entry) {
                w.pointee.addBar(ResolverWorker.Bar(row: row, parts: Int32(truncatingIfNeeded: entry & 3)))
                return false
            }
        }
        return true
    }

    private func searchThreats(_ w: Worker, _ k: Int, _ path: FlightPath, _ extra: Double) -> Int {
        let t = table
        let (near, all) = (t.pointee.nearThreatCount, t.pointee.threatCount)
        writeQuery(w, k, path, until: horizon(k), extra: extra)
        let found = search(w, t.pointee.nearLines, ResolverTable.nearStride, 0..<near, 0)
        guard near < all else { return found }
        writeQuery(w, k, path, until: settings.intruderHorizonSeconds, extra: extra)
        return search(w, t.pointee.nearLines, ResolverTable.nearStride, near..<all, found)
    }

    /// Whether `own` on `path` and `other` as committed keep separation, where bit 0 of what a kernel found is set, and
    /// contingencies disjoint, where bit 1 is.
    private func goTogether(
        _ w: Worker, _ own: Record, _ path: FlightPath, _ other: Record, _ extra: Double, _ parts: Int
    ) -> Bool {
        w.pointee.counts.examinedPairs += 1
        w.pointee.budget -= 1
        if parts & 1 != 0 {
            let volume = volume(own, path.turnError, other, extra: extra)
            if let time = PathPair.approach(
                path, other.pointee.path, until: volume.until,
                verticalScale: volume.radius / volume.height, radius: volume.radius)
            {
                // Unless the other shall give way and has time to.
                guard
                    time > settings.yieldSeconds, other.pointee.isCooperative,
                    other.pointee.rightOfWay > own.pointee.rightOfWay
                else { return false }
            }
        }
        return parts & 2 == 0 || keepsContingencies(own, path, other)
    }

    /// The cheapest candidate that is free and admitted.
    private func firstFree<Airspace: ResolutionAirspace>(_ w: Worker, _ k: Int, _ airspace: Airspace)
        -> Manoeuvre?
    {
        // With room for errors of the next measurements first, or it would have to be sought again a tick later.
        firstFree(w, k, settings.chosenMarginMeters, airspace) ?? firstFree(w, k, 0, airspace)
    }

    private func firstFree<Airspace: ResolutionAirspace>(
        _ w: Worker, _ k: Int, _ extra: Double, _ airspace: Airspace
    ) -> Manoeuvre? {
        w.pointee.barCount = 0
        table.pointee.beginCandidates()
        // Those tried go to the back, for `leastBad`.
        while w.pointee.budget > w.pointee.limit, let manoeuvre = table.pointee.nextCandidate() {
            if isFree(w, k, path(k, manoeuvre), extra), admits(k, manoeuvre, airspace) { return manoeuvre }
        }
        return nil
    }

    /// Nothing is free: the manoeuvre that keeps the most of the smallest separation, among those after which
    /// contingencies are disjoint; where there is none of these but stopping is one, that; else among all.
    private func leastBad<Airspace: ResolutionAirspace>(
        _ w: Worker, _ k: Int, _ airspace: Airspace, freeIs reasonWhenFree: AdvisoryReason = .leastBad
    ) {
        let body = table.pointee.body(k)
        table.pointee.add(table.pointee.advisory(k).pointee.manoeuvre, cost: 0)
        let z = body.pointee.motion.z
        for i in 0..<table.pointee.candidateCount
        where abs(table.pointee.candidates[i].manoeuvre.levelMeters - z) > 30 {
            let far = table.pointee.candidates[i].manoeuvre.levelMeters > z ? z + 60 : z - 60
            table.pointee.candidates[i].manoeuvre.levelMeters = bounded(k, far)
        }
        var best = (score: -Double.infinity, index: -1)
        var safest = (score: -Double.infinity, index: -1)
        w.pointee.limit = w.pointee.budget - Self.mostWork
        for place in 0..<table.pointee.candidateCount {
            // What is flown already first: it is seldom far from the best, and others are given up sooner.
            let i = place == 0 ? table.pointee.candidateCount - 1 : place - 1
            // Then what is best so far is taken.
            if w.pointee.budget <= w.pointee.limit, safest.index >= 0 { break }
            let candidate = table.pointee.candidates[i]
            let (share, isSafe) = score(w, k, path(k, candidate.manoeuvre), enough: safest.score)
            let score = share - 1e-3 * candidate.cost
            guard score > best.score || (isSafe && score > safest.score) else { continue }
            guard admits(k, candidate.manoeuvre, airspace) else { continue }
            if score > best.score { best = (score, i) }
            if isSafe, score > safest.score { safest = (score, i) }
        }
        // `settle` looks at it again: threats may be more than fit, and what is flown may be unsafe.
        table.pointee.isUnproven[k] = true
        if safest.index >= 0 {
            let chosen = table.pointee.candidates[safest.index]
            let isFree = safest.score + 1e-3 * chosen.cost >= 30
            return commit(k, chosen.manoeuvre, isFree ? reasonWhenFree : .leastBad)
        }
        if kind(k).canHover {
            let stop = contingencyManoeuvre(k)
            if score(w, k, path(k, stop), enough: -.infinity).isSafe { return commit(k, stop, .contingency) }
        }
        if best.index >= 0 { commit(k, table.pointee.candidates[best.index].manoeuvre, .leastBad) }
    }

    /// The smallest share of its separation that `path` keeps from anybody, times 30, and whether all contingencies
    /// are disjoint after a tick of it. Gives up below `enough`.
    private func score(_ w: Worker, _ k: Int, _ path: FlightPath, enough: Double) -> (
        share: Double, isSafe: Bool
    ) {
        let own = table.pointee.record(k)
        var least = 1.0
        var isSafe = true
        // Who barred what was free of others likely keeps the least of this.
        for place in 0..<w.pointee.barCount where w.pointee.bars[place].parts & 1 != 0 {
            let share = share(w, own, path, table.pointee.record(Int(w.pointee.bars[place].row)))
            if share < least { least = share }
            if least * 30 < enough { return (least * 30, false) }
        }
        let found = searchThreats(w, k, path, 0)
        for place in 0..<found {
            let entry = Int(w.pointee.found[place])
            let other = table.pointee.record(Int(table.pointee.threats[entry >> 2]))
            if entry & 1 != 0 {
                let share = share(w, own, path, other)
                if share < least { least = share }
                if least * 30 < enough { return (least * 30, false) }
            }
            if entry & 2 != 0, isSafe, !keepsContingencies(own, path, other) { isSafe = false }
        }
        return (least * 30, isSafe)
    }

    /// The share of its separation from `other` that `path` keeps from half a second on.
    private func share(_ w: Worker, _ own: Record, _ path: FlightPath, _ other: Record) -> Double {
        w.pointee.counts.examinedPairs += 1
        w.pointee.budget -= 1
        let volume = volume(own, path.turnError, other, extra: 0)
        let s = PathPair.separation(
            path, other.pointee.path, from: 0.5, until: volume.until,
            verticalScale: volume.radius / volume.height, enough: volume.radius)
        return s.squared.squareRoot() / volume.radius
    }

    func bounded(_ k: Int, _ level: Double) -> Double {
        let body = table.pointee.body(k)
        if level < body.pointee.floorMeters { return body.pointee.floorMeters }
        return level > body.pointee.ceilingMeters ? body.pointee.ceilingMeters : level
    }
}
