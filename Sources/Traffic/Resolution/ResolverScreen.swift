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
    /// Fast, wide or not ours: looked at farther ahead and found by everybody without the grid.
    func isIntruder(_ k: Int) -> Bool {
        let body = table.body(k)
        let m = body.pointee.motion
        return !body.pointee.isCooperative || m.vx * m.vx + m.vy * m.vy > 35 * 35
            || kind(k).separationMeters + body.pointee.inflationMeters > 100
    }

    /// Volume kept between two rows, margin included.
    @inline(__always)
    func volume(_ j: Int, _ k: Int, extra: Double) -> PairVolume {
        let (a, b) = (kind(j), kind(k))
        let more =
            table.body(j).pointee.inflationMeters + table.body(k).pointee.inflationMeters
            + settings.marginMeters + extra
        let higher =
            table.body(j).pointee.inflationHeightMeters + table.body(k).pointee.inflationHeightMeters
            + settings.marginMeters + extra
        let isFar = Int(table.slotOf[j]) >= grid.gridded || Int(table.slotOf[k]) >= grid.gridded
        return PairVolume(
            radius: (a.separationMeters > b.separationMeters ? a.separationMeters : b.separationMeters)
                + more,
            height: (a.separationHeightMeters > b.separationHeightMeters
                ? a.separationHeightMeters : b.separationHeightMeters) + higher,
            until: isFar ? settings.intruderHorizonSeconds : settings.horizonSeconds)
    }

    /// Finds every pair that would lose separation, or the disjointness of contingencies, under present manoeuvres.
    func screen() {
        table.conflictCount = 0
        let margin = settings.marginMeters
        for slot in 0..<grid.gridded {
            let k = Int(table.rowAt[slot])
            let line = table.lines + slot
            // Where its line begins: nearer to where it is than the bend that the reach allows for.
            let (x, y) = (Double(line[0]) + grid.left, Double(line[table.lineStride]) + grid.bottom)
            let (vx, vy) = (Double(line[2 * table.lineStride]), Double(line[3 * table.lineStride]))
            let speed = (vx * vx + vy * vy).squareRoot()
            let fixed = reaches.radius + 2 * reaches.inflation + margin + 2 * reaches.bend + 1
            var until = settings.horizonSeconds
            var reach = fixed + (speed + reaches.speed) * until
            let near = neighbours(x, y, reach)
            if near > settings.mostNeighbours {
                // A crowd: as far ahead as brings the usual number.
                until *= (Double(settings.mostNeighbours) / Double(near)).squareRoot()
                if until < 1.5 { until = 1.5 }
                reach = fixed + (speed + reaches.speed) * until
                counts.deferredPairs += max(0, near - neighbours(x, y, reach))
            }
            askAsCommitted(slot, until: until)
            var found = 0
            for cells in grid.lineRange(y, reach) {
                let run = grid.run(cells, x, reach)
                let from = run.lowerBound > slot ? run.lowerBound : slot + 1
                if from < run.upperBound {
                    found = search(table.lines, table.lineStride, from..<run.upperBound, found)
                }
            }
            examine(k, found)
        }
        for slot in grid.gridded..<table.count {
            let k = Int(table.rowAt[slot])
            let path = committedPath(k)
            writeQuery(k, path, until: settings.intruderHorizonSeconds, extra: 0)
            examine(k, searchAround(k, path, until: settings.intruderHorizonSeconds, farFrom: slot + 1))
        }
        Encounter.sort(table.conflicts, table.conflictCount)
        counts.conflicts = table.conflictCount
    }

    private func neighbours(_ x: Double, _ y: Double, _ reach: Double) -> Int {
        var count = 0
        for line in grid.lineRange(y, reach) { count += grid.run(line, x, reach).count }
        return count
    }

    private func examine(_ k: Int, _ found: Int) {
        for place in 0..<found {
            let j = Int(table.rowAt[Int(table.found[place] >> 2)])
            guard table.body(k).pointee.isCooperative || table.body(j).pointee.isCooperative else { continue }
            let (a, b) = (min(j, k), max(j, k))
            guard let conflict = conflict(a, b) else { continue }
            guard table.conflictCount < table.conflictRoom else {
                counts.deferredPairs += 1
                continue
            }
            table.conflicts[table.conflictCount] = Encounter(
                time: conflict.time, a: Int32(truncatingIfNeeded: a), b: Int32(truncatingIfNeeded: b))
            table.conflictCount += 1
            note(conflict.time, a, b)
            note(conflict.time, b, a)
        }
    }

    private func note(_ time: Double, _ k: Int, _ other: Int) {
        let id = table.body(other).pointee.id
        let advisory = table.advisory(k)
        guard time < table.conflictTime[k] || (time == table.conflictTime[k] && id < advisory.pointee.against)
        else { return }
        table.conflictTime[k] = time
        advisory.pointee.against = id
        advisory.pointee.timeSeconds = time
    }

    /// What is wrong between two rows under their committed manoeuvres.
    func conflict(_ j: Int, _ k: Int) -> PairConflict? {
        counts.examinedPairs += 1
        budget -= 1
        let (a, b) = (committedPath(j), committedPath(k))
        let volume = volume(j, k, extra: 0)
        let s = PathPair.separation(
            a, b, from: 0, until: volume.until, verticalScale: volume.radius / volume.height,
            enough: volume.radius)
        if s.squared < volume.radius * volume.radius {
            return PairConflict(time: s.time, breaksContingency: false)
        }
        // After losses of separation in urgency.
        return keepsContingencies(j, a, k, b)
            ? nil : PairConflict(time: volume.until, breaksContingency: true)
    }

    /// Whether a tick of `a` by row `j` and of `b` by row `k` keeps their contingencies disjoint. True where nothing is
    /// left to keep: somebody takes no commands, or the contingencies meet already. Those pairs are counted by
    /// `screen`.
    @inline(__always)
    func keepsContingencies(_ j: Int, _ a: FlightPath, _ k: Int, _ b: FlightPath) -> Bool {
        contingencies(j, a, k, b, tick: settings.tickSeconds) || !contingencies(j, a, k, b, tick: 0)
    }

    /// Whether contingencies begun `tick` seconds from now are disjoint.
    func contingencies(_ j: Int, _ a: FlightPath, _ k: Int, _ b: FlightPath, tick: Double) -> Bool {
        guard table.body(j).pointee.isCooperative, table.body(k).pointee.isCooperative else { return true }
        let (first, second) = (kind(j), kind(k))
        let inflation = table.body(j).pointee.inflationMeters + table.body(k).pointee.inflationMeters
        let height =
            table.body(j).pointee.inflationHeightMeters + table.body(k).pointee.inflationHeightMeters
        return Contingency(after: a, tick: tick, first).isDisjoint(
            from: Contingency(after: b, tick: tick, second), inflation: inflation, inflationHeight: height)
    }

    /// Who is solved, in which order: who gives way in the most urgent conflict first, then those on their way back.
    func makeAgenda(_ tick: UInt64) {
        table.agendaCount = 0
        for place in 0..<table.conflictCount {
            let conflict = table.conflicts[place]
            let (a, b) = (Int(conflict.a), Int(conflict.b))
            let row = Resolver.givesWay(table.body(a), to: table.body(b)) ? a : b
            // Once is enough: at its most urgent.
            guard table.conflictTime[row] >= 0 else { continue }
            table.conflictTime[row] = -1
            append(row, conflict.time)
        }
        for k in 0..<table.count where table.conflictTime[k] == .infinity {
            let body = table.body(k)
            guard body.pointee.isCooperative, table.advisory(k).pointee.reason == .holding,
                (UInt64(body.pointee.id) &+ tick) % settings.returnTicks == 0
            else { continue }
            append(k, .infinity)
        }
    }

    private func append(_ row: Int, _ time: Double) {
        table.agenda[table.agendaCount] = Encounter(time: time, a: Int32(truncatingIfNeeded: row), b: 0)
        table.agendaCount += 1
    }

    /// Which of two moves out of the way: who must, or the one with less right of way, or the higher id.
    static func givesWay(_ a: UnsafePointer<ResolutionBody>, to b: UnsafePointer<ResolutionBody>) -> Bool {
        if a.pointee.isCooperative != b.pointee.isCooperative { return a.pointee.isCooperative }
        if a.pointee.rightOfWay != b.pointee.rightOfWay { return a.pointee.rightOfWay > b.pointee.rightOfWay }
        return a.pointee.id > b.pointee.id
    }
}
