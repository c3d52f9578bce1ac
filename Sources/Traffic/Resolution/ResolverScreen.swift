extension Resolver {
    /// Radius and height kept between two rows, without margin.
    @inline(__always)
    func volume(_ a: UnsafePointer<ResolverRow>, _ b: UnsafePointer<ResolverRow>) -> (
        radius: Double, height: Double, until: Double
    ) {
        let inflation = a.pointee.body.inflationMeters + b.pointee.body.inflationMeters
        let radius = max(a.pointee.body.separationMeters, b.pointee.body.separationMeters) + inflation
        let height = max(a.pointee.body.separationHeightMeters, b.pointee.body.separationHeightMeters) + inflation
        let isIntruder = a.pointee.isIntruder || b.pointee.isIntruder
        return (radius, height, isIntruder ? settings.intruderHorizonSeconds : settings.horizonSeconds)
    }

    /// Finds every pair that would lose separation under the present manoeuvres.
    func screen() {
        conflicts.removeAll(keepingCapacity: true)
        for slot in 0..<grid.gridded {
            let k = Int(grid.slots[slot])
            let row = rows + k
            let m = row.pointee.body.motion
            let speed = (row.pointee.line.vx * row.pointee.line.vx + row.pointee.line.vy * row.pointee.line.vy)
                .squareRoot()
            let reach =
                (speed + grid.fastest) * settings.horizonSeconds + row.pointee.radius + grid.widest
                + settings.marginMeters + row.pointee.line.bend + grid.mostBend
            let range = grid.rowRange(m.y, reach)
            for gridRow in range {
                for other in grid.run(gridRow, m.x, reach) where other > slot {
                    screen(k, Int(grid.slots[other]))
                }
            }
        }
        for slot in grid.gridded..<count {
            let k = Int(grid.slots[slot])
            for other in 0..<slot { screen(k, Int(grid.slots[other])) }
        }
        conflicts.sort { ($0.time, $0.a, $0.b) < ($1.time, $1.a, $1.b) }
        counts.conflicts = conflicts.count
    }

    @inline(__always)
    private func screen(_ j: Int, _ k: Int) {
        let (a, b) = (rows + min(j, k), rows + max(j, k))
        guard a.pointee.body.isCooperative || b.pointee.body.isCooperative else { return }
        counts.screenedPairs += 1
        let volume = volume(a, b)
        let margin = settings.marginMeters
        guard
            PathLine.mayMeet(
                a.pointee.line, b.pointee.line, radius: volume.radius + margin, height: volume.height + margin,
                until: volume.until)
        else { return }
        counts.examinedPairs += 1
        let scale = (volume.radius + margin) / (volume.height + margin)
        let s = PathPair.separation(
            a.pointee.path, b.pointee.path, from: 0, until: volume.until, verticalScale: scale)
        guard s.squared < (volume.radius + margin) * (volume.radius + margin) else { return }
        conflicts.append(
            ResolverConflict(a: Int32(truncatingIfNeeded: min(j, k)), b: Int32(truncatingIfNeeded: max(j, k)), time: s.time))
        for (row, other) in [(a, b), (b, a)] where !row.pointee.hasConflict || s.time < row.pointee.conflictTime {
            row.pointee.hasConflict = true
            row.pointee.conflictTime = s.time
            row.pointee.against = other.pointee.body.id
        }
    }

    func stillConflicts(_ j: Int, _ k: Int) -> Bool {
        let (a, b) = (rows + j, rows + k)
        let volume = volume(a, b)
        let radius = volume.radius + settings.marginMeters
        let scale = radius / (volume.height + settings.marginMeters)
        return PathPair.separation(
            a.pointee.path, b.pointee.path, from: 0, until: volume.until, verticalScale: scale
        ).squared < radius * radius
    }

    /// Who is solved, in which order: who gives way in the most urgent conflict first, then those on their way back.
    func makeAgenda() {
        agenda.removeAll(keepingCapacity: true)
        for conflict in conflicts {
            let (a, b) = (rows + Int(conflict.a), rows + Int(conflict.b))
            let yields = Resolver.givesWay(a.pointee.body, to: b.pointee.body) ? conflict.a : conflict.b
            agenda.append(AgendaEntry(row: yields, time: conflict.time))
        }
        for k in 0..<count where rows[k].body.isCooperative && !rows[k].hasConflict && rows[k].body.current != rows[k].body.wanted {
            agenda.append(AgendaEntry(row: Int32(truncatingIfNeeded: k), time: .infinity))
        }
    }

    /// Which of two moves out of the way: who must, or the one with less right of way, or the higher id.
    static func givesWay(_ a: ResolutionBody, to b: ResolutionBody) -> Bool {
        if a.isCooperative != b.isCooperative { return a.isCooperative }
        if a.rightOfWay != b.rightOfWay { return a.rightOfWay > b.rightOfWay }
        return a.id > b.id
    }
}
