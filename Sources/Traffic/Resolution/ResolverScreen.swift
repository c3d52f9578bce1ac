import TrafficKernels
import TrafficKernelsWide

extension Resolver {
    /// Pairs of one body that are examined at most, where its neighbourhood is a crowd; the most urgent.
    private static let mostExamined = 2
    /// Nearer than this a loss of separation counts as begun, seconds.
    private static let insideSeconds = 0.5
    /// Sooner than this nobody waits for its turn, seconds.
    static let urgentSeconds = 3.0
    /// In place of the time of a conflict: whose turn it is in this tick.
    static let onAgenda = -1.0
    /// How far ahead everybody looks, in whatever crowd, seconds.
    private static let leastHorizon = 1.5

    /// Finds every pair of a stretch of slots and the slots behind them that would lose separation, or the
    /// disjointness of contingencies, under present manoeuvres.
    func screen(_ slots: Range<Int>, _ w: Worker) {
        let t = table
        let gridded = t.pointee.grid.gridded
        var slot = slots.lowerBound
        let end = min(slots.upperBound, gridded)
        while slot < end { slot = screenBatch(slot, end, w) }
        while slot < slots.upperBound {
            let k = Int(t.pointee.rowAt[slot])
            let path = t.pointee.records[slot].path
            var until = settings.intruderHorizonSeconds
            t.pointee.horizons[slot] = until
            let turn = UInt64(t.pointee.body(k).pointee.id)
            if (turn &+ tick) % settings.farTicks != 0 {
                until *= min(1, settings.nearHorizonSeconds / settings.horizonSeconds)
            }
            let stop = writeQuery(w, k, path, until: until, extra: 0)
            let found = searchAround(w, k, path, until: until, stop: stop, farFrom: slot + 1)
            for place in 0..<found { examine(w, slot, Int(w.pointee.found[place])) }
            slot += 1
        }
    }

    /// A few bodies of one grid line at once. Returns the first slot that is not among them.
    private func screenBatch(_ first: Int, _ end: Int, _ w: Worker) -> Int {
        let t = table
        let (records, lines, stride) = (t.pointee.records, t.pointee.lines, t.pointee.lineStride)
        let grid = t.pointee.grid
        let line = grid.line(records[first].path.y)
        var (west, east, south, north) = (
            Double.infinity, -Double.infinity, Double.infinity, -Double.infinity
        )
        var (fastest, stop) = (0.0, 0.0)
        var slot = first
        while slot < end, slot - first < ResolverWorker.batch {
            let (x, y) = (records[slot].path.x, records[slot].path.y)
            if slot > first, grid.line(y) != line || x - west > 0.5 * grid.height { break }
            west = x < west ? x : west
            east = x > east ? x : east
            south = y < south ? y : south
            north = y > north ? y : north
            let base = lines + slot
            let speed = records[slot].path.fastestSquared
            if speed > fastest { fastest = speed }
            let dx = Double(base[7 * stride]) + grid.left - x
            let dy = Double(base[8 * stride]) + grid.bottom - y
            let own = (dx * dx + dy * dy).squareRoot() + Double(base[9 * stride])
            if own > stop { stop = own }
            slot += 1
        }
        let count = slot - first
        let reaches = t.pointee.reaches
        stop += reaches.stop + Contingency.separationMeters
        let fixed = reaches.radius + 2 * reaches.inflation + settings.marginMeters + 2
        let speed = fastest.squareRoot() + reaches.speed
        var until = settings.horizonSeconds
        var reach = max(fixed + speed * until, stop)
        let area = Area(west: west, east: east, south: south, north: north, line: line, first: first)
        let near = lanes(area, reach)
        let isCrowd = near > 2 * settings.mostNeighbours
        if isCrowd {
            // A crowd: as far ahead as brings the usual number, but the contingencies always.
            until *= (Double(settings.mostNeighbours) / Double(near)).squareRoot()
            if until < Self.leastHorizon { until = Self.leastHorizon }
            reach = max(fixed + speed * until, stop)
            w.pointee.counts.deferredPairs += count * max(0, near - lanes(area, reach))
        }
        for own in first..<slot { t.pointee.horizons[own] = until }
        let isTurn = isCrowd ? isCrowdTurn(area) : isTurn(area)
        if until > settings.nearHorizonSeconds, !isTurn {
            until = settings.nearHorizonSeconds
            reach = max(fixed + speed * until, stop)
        } else if isCrowd, !isTurn {
            // Between its turns a crowd looks at contingencies only.
            w.pointee.counts.deferredPairs += count * max(0, lanes(area, reach) - lanes(area, stop))
            reach = stop
        }
        let added = w.pointee.query
        added[0] = Float(reaches.radius + settings.marginMeters)
        added[1] = isCrowd && !isTurn ? -1e9 : Float(reaches.height + settings.marginMeters)
        added[2] = Float(Contingency.separationMeters)
        added[3] = Float(Contingency.separationHeightMeters)
        added[4] = Float(until)
        var found = 0
        var left = ResolverWorker.mostLanes
        for cells in line...max(line, grid.line(north + reach)) {
            if !isCrowd {
                found = search(area, count, area.run(grid, cells, reach), found, &left, w)
                continue
            }
            let half = cells == line ? reach : grid.halfWidth(cells, north, reach)
            for stack in grid.stacks(from: west - half, to: east + half) {
                let run = grid.run(cells, stack: stack, from: south - 1e-6, to: north + reach)
                let from = max(run.lowerBound, first + 1)
                found = search(area, count, from..<max(from, run.upperBound), found, &left, w)
            }
        }
        guard found > 0 else { return slot }
        if found <= 4 * count || !isCrowd {
            for place in 0..<found {
                let pair = w.pointee.pairs[place]
                examine(w, Int(pair >> 32), Int(truncatingIfNeeded: pair & 0xFFFF_FFFF))
            }
        } else {
            examineUrgent(w, first, count, found, until)
        }
        return slot
    }

    /// Whether the bodies of a batch look as far as they can in this tick: line by line of the grid. Who is near the next
    /// line has its turn with that too: passed over would be who is there at its own turn and here at the other.
    private func isTurn(_ area: Area) -> Bool {
        let grid = table.pointee.grid
        let line = grid.firstLine + area.line
        let bottom = Double(line) * grid.height
        let overlap = 0.1 * grid.height
        return isTurn(place: line) || (area.south < bottom + overlap && isTurn(place: line - 1))
            || (area.north > bottom + grid.height - overlap && isTurn(place: line + 1))
    }

    /// The same in a crowd, by narrower strips across the lines: a crowd may fill few lines, and each tick is to have a
    /// like share of it. Who moves from strip to strip may wait longer.
    private func isCrowdTurn(_ area: Area) -> Bool {
        let grid = table.pointee.grid
        return isTurn(place: grid.firstLine + area.line + Int((area.west * 4 / grid.height).rounded(.down)))
    }

    private func isTurn(place: Int) -> Bool {
        (UInt64(bitPattern: Int64(place)) &+ tick) % settings.farTicks == 0
    }

    /// Pairs of the batch and a run of slots, behind those already found.
    @inline(__always)
    private func search(
        _ area: Area, _ count: Int, _ run: Range<Int>, _ found: Int, _ left: inout Int, _ w: Worker
    ) -> Int {
        let from = run.lowerBound
        var to = run.upperBound
        guard from < to else { return found }
        if to - from > left {
            w.pointee.counts.deferredPairs += count * (to - from - left)
            to = from + left
        }
        left -= to - from
        w.pointee.counts.screenedPairs += count * (to - from)
        let (lines, stride) = (table.pointee.lines, table.pointee.lineStride)
        let (added, place) = (w.pointee.query, w.pointee.pairs + found)
        switch path {
        case .portable:
            return found + TrafficKernels.pathPairs(lines, stride, area.first, count, from, to, added, place)
        case .wide:
            return found
                + TrafficKernelsWide.pathPairs(lines, stride, area.first, count, from, to, added, place)
        }
    }

    /// The bodies of a batch.
    private struct Area {
        var west: Double
        var east: Double
        var south: Double
        var north: Double
        var line: Int
        var first: Int

        /// Slots behind the first that stand in one line of cells and within reach.
        @inline(__always)
        func run(_ grid: NeighbourGrid, _ cells: Int, _ reach: Double) -> Range<Int> {
            let half = cells == line ? reach : grid.halfWidth(cells, north, reach)
            let run = grid.run(cells, from: west - half, to: east + half)
            let from = run.lowerBound > first ? run.lowerBound : first + 1
            return from..<max(from, run.upperBound)
        }
    }

    private func lanes(_ area: Area, _ reach: Double) -> Int {
        let grid = table.pointee.grid
        var count = 0
        for line in area.line...max(area.line, grid.line(area.north + reach)) {
            count += area.run(grid, line, reach).count
        }
        return count
    }

    /// Of the pairs found for a batch: all of which the contingencies may meet, and for each body those of the others that
    /// are likely to come nearest soonest.
    private func examineUrgent(_ w: Worker, _ first: Int, _ owns: Int, _ found: Int, _ until: Double) {
        let most = Self.mostExamined
        let counts = w.pointee.urgentCounts
        for own in 0..<owns { counts[own] = 0 }
        for place in 0..<found {
            let pair = w.pointee.pairs[place]
            let slot = Int(pair >> 32)
            let entry = Int(truncatingIfNeeded: pair & 0xFFFF_FFFF)
            guard entry & 1 != 0 else {
                examine(w, slot, entry)
                continue
            }
            guard let item = urgency(w, slot, entry, until) else { continue }
            let (urgent, count) = (w.pointee.urgent + (slot - first) * most, counts[slot - first])
            if count < most {
                urgent[count] = item
                counts[slot - first] = count + 1
                if count + 1 == most { Heap.make(urgent, most) }
                continue
            }
            // The least urgent of all so far is left out.
            let last = item.comes(before: urgent[0]) ? urgent[0] : item
            Encounter.replaceLast(urgent, most, with: item)
            w.pointee.counts.deferredPairs += 1
            if last.a & 2 != 0 { examine(w, slot, Int(last.a) & ~1) }
        }
        for own in 0..<owns {
            for place in 0..<counts[own] {
                examine(w, first + own, Int(w.pointee.urgent[own * most + place].a))
            }
        }
    }

    /// How soon and near a pair is likely to come. Nil where separation is lost already and nobody need look closely.
    @inline(__always)
    private func urgency(_ w: Worker, _ slot: Int, _ entry: Int, _ until: Double) -> Encounter? {
        let (a, b) = (table.pointee.records + slot, table.pointee.records + (entry >> 2))
        let (p, q) = (a.pointee.path, b.pointee.path)
        let (x, y, z) = (p.x - q.x, p.y - q.y, p.z - q.z)
        let (u, v) = (p.cx - q.cx, p.cy - q.cy)
        let speed = u * u + v * v
        var time = speed > 0 ? -(x * u + y * v) / speed : 0
        time = time < 0 ? 0 : time > until ? until : time
        let volume = volume(a, b, extra: 0)
        let scale = volume.radius / volume.height
        if x * x + y * y + z * z * scale * scale < volume.radius * volume.radius {
            w.pointee.counts.examinedPairs += 1
            record(w, a, b, PairConflict(time: time, breaksContingency: false), entry)
            return nil
        }
        let (mx, my) = (x + u * time, y + v * time)
        return Encounter(
            time: time + 1e-6 * (mx * mx + my * my + z * z), a: Int32(truncatingIfNeeded: entry), b: 0)
    }

    /// Looks exactly at the pair of a slot and what a kernel found: 4 * slot, + 1 for the lines, + 2 for the discs.
    private func examine(_ w: Worker, _ slot: Int, _ entry: Int) {
        let records = table.pointee.records
        let (a, b) = (records + slot, records + (entry >> 2))
        guard a.pointee.isCooperative || b.pointee.isCooperative else { return }
        record(w, a, b, conflict(w, a, b, entry & 1), entry)
    }

    /// Writes down what is wrong with a pair: `lost` separation, and contingencies where the discs overlap.
    @inline(__always)
    private func record(_ w: Worker, _ a: Record, _ b: Record, _ lost: PairConflict?, _ entry: Int) {
        let (j, k) = (a.pointee.row, b.pointee.row)
        let pair = (a: j < k ? j : k, b: j < k ? k : j)
        var conflict = lost
        if entry & 2 != 0, !keepsContingencies(a, a.pointee.path, b) {
            w.pointee.breaks.append(Encounter(time: 0, a: pair.a, b: pair.b))
            // After losses of separation in urgency.
            if conflict == nil {
                conflict = PairConflict(time: volume(a, b, extra: 0).until, breaksContingency: true)
            }
        }
        guard let conflict else { return }
        w.pointee.conflicts.append(Encounter(time: conflict.time, a: pair.a, b: pair.b))
    }

    /// Brings together what the threads found: the most urgent conflicts in order, and each body's first.
    func collect() {
        let (t, w) = (table, workers)
        t.pointee.conflictCount = 0
        for i in 0..<threads {
            for place in 0..<w[i].conflicts.count {
                let item = w[i].conflicts.items[place]
                note(item.time, Int(item.a), Int(item.b))
                note(item.time, Int(item.b), Int(item.a))
                let count = t.pointee.conflictCount
                if count < ResolverTable.mostConflicts {
                    t.pointee.conflicts[count] = item
                    t.pointee.conflictCount = count + 1
                    if count + 1 == ResolverTable.mostConflicts {
                        Heap.make(t.pointee.conflicts, count + 1)
                    }
                } else {
                    Encounter.replaceLast(t.pointee.conflicts, count, with: item)
                }
            }
            w.pointee.counts.conflicts += w[i].conflicts.count
            guard i > 0 else { continue }
            for place in 0..<w[i].breaks.count { w.pointee.breaks.append(w[i].breaks.items[place]) }
            w.pointee.counts.screenedPairs += w[i].counts.screenedPairs
            w.pointee.counts.examinedPairs += w[i].counts.examinedPairs
            w.pointee.counts.deferredPairs += w[i].counts.deferredPairs
        }
        Encounter.sort(t.pointee.conflicts, t.pointee.conflictCount)
        // Equal pairs do not occur: the order is the same for any number of threads.
        Encounter.sort(w.pointee.breaks.items, w.pointee.breaks.count)
    }

    private func note(_ time: Double, _ k: Int, _ other: Int) {
        let t = table
        let id = t.pointee.body(other).pointee.id
        let advisory = t.pointee.advisory(k)
        let first = t.pointee.conflictTime[k]
        guard time < first || (time == first && id < advisory.pointee.against) else { return }
        t.pointee.conflictTime[k] = time
        advisory.pointee.against = id
        advisory.pointee.timeSeconds = time
    }

    /// Who is solved, in which order: who gives way in the most urgent conflict first, then those on their way back.
    func makeAgenda() {
        let (t, w) = (table, workers)
        t.pointee.agendaCount = 0
        for place in 0..<t.pointee.conflictCount {
            let conflict = t.pointee.conflicts[place]
            let (a, b) = (Int(conflict.a), Int(conflict.b))
            let row = Resolver.givesWay(t.pointee.body(a), to: t.pointee.body(b)) ? a : b
            // Once is enough: at its most urgent.
            guard t.pointee.conflictTime[row] != Self.onAgenda else { continue }
            // Who is in a volume already or cannot but come into it, sees somebody from afar or avoids somebody looks in
            // its turn, unless it is urgent: or those for whom there is no way out would keep all others from being looked at.
            let giver = row == a ? b : a
            let other = t.pointee.record(giver)
            let isFar = other.pointee.isFar && !other.pointee.isCooperative
            let avoids = t.pointee.advisory(row).pointee.reason == .holding
            let waits =
                isFar || conflict.time < Self.insideSeconds
                || (avoids && (conflict.time > Self.urgentSeconds || isInevitable(row, giver)))
            if waits, !isTurn(row, isFar ? 2 : 1) { continue }
            t.pointee.conflictTime[row] = Self.onAgenda
            append(row, giver, conflict.time)
        }
        let isCut = w.pointee.counts.conflicts > t.pointee.conflictCount
        for k in 0..<t.pointee.count where t.pointee.conflictTime[k] != Self.onAgenda {
            if t.pointee.conflictTime[k] < .infinity {
                // Whose conflicts were not among the most urgent, or who has right of way in all of them.
                if isCut { w.pointee.counts.deferredBodies += 1 }
                continue
            }
            let advisory = t.pointee.advisory(k)
            guard advisory.pointee.reason == .holding, isTurn(k) else { continue }
            append(k, -1, .infinity)
        }
    }

    /// Whether what need not be done each tick is done in this one.
    private func isTurn(_ row: Int, _ rounds: UInt64 = 1) -> Bool {
        (UInt64(table.pointee.body(row).pointee.id) &+ tick) % (rounds * settings.returnTicks) == 0
    }

    private func append(_ row: Int, _ other: Int, _ time: Double) {
        let count = table.pointee.agendaCount
        table.pointee.agenda[count] = Encounter(
            time: time, a: Int32(truncatingIfNeeded: row), b: Int32(truncatingIfNeeded: other))
        table.pointee.agendaCount = count + 1
    }

    /// Which of two moves out of the way: who must, or the one with less right of way, or the higher id.
    static func givesWay(_ a: UnsafePointer<ResolutionBody>, to b: UnsafePointer<ResolutionBody>) -> Bool {
        if a.pointee.isCooperative != b.pointee.isCooperative { return a.pointee.isCooperative }
        if a.pointee.rightOfWay != b.pointee.rightOfWay { return a.pointee.rightOfWay > b.pointee.rightOfWay }
        return a.pointee.id > b.pointee.id
    }
}
