import CLinux
import TrafficKernels
import TrafficKernelsWide

extension Resolver {
    typealias Worker = UnsafeMutablePointer<ResolverWorker>

    /// Sorts the bodies into the grid.
    func fillGrid() {
        let t = table
        let count = t.pointee.count
        var low = SIMD2(repeating: Double.infinity)
        var high = SIMD2(repeating: -Double.infinity)
        let (cells, places) = (t.pointee.cells, t.pointee.places)
        for k in 0..<count where cells[k] == 0 {
            let place = places[k]
            if place.x < low.x { low.x = place.x }
            if place.y < low.y { low.y = place.y }
            if place.x > high.x { high.x = place.x }
            if place.y > high.y { high.y = place.y }
        }
        t.pointee.grid.lay((low.x, low.y), (high.x, high.y), size: settings.cellMeters, count: count)
        let grid = t.pointee.grid
        for k in 0..<count where cells[k] == 0 { cells[k] = grid.cell(places[k].x, places[k].y) }
        t.pointee.grid.sort(cells, count, into: t.pointee.rowAt)
    }

    /// Records and lines of a stretch of slots, for the manoeuvres bodies fly now.
    func fillLines(_ slots: Range<Int>, _ w: Worker) {
        let t = table
        let gridded = t.pointee.grid.gridded
        let (rowAt, input, last) = (t.pointee.rowAt, t.pointee.input, t.pointee.count - 1)
        for slot in slots {
            // Bodies of neighbouring slots stand anywhere: have them brought while others are worked on.
            let soon = UnsafeRawPointer(t.pointee.bodies + Int(input[Int(rowAt[min(slot + 10, last)])]))
            keruen_prefetch(soon)
            keruen_prefetch(soon + 64)
            keruen_prefetch(soon + 128)
            let k = Int(rowAt[slot])
            t.pointee.slotOf[k] = Int32(truncatingIfNeeded: slot)
            let body = t.pointee.body(k)
            let isCooperative = body.pointee.isCooperative
            let record = t.pointee.records + slot
            record.initialize(
                to: ResolverRecord(
                    path: isCooperative
                        ? FlightPath(
                            body.pointee.motion, body.pointee.current, shapes[Int(body.pointee.classIndex)])
                        : FlightPath(body.pointee.motion),
                    inflation: body.pointee.inflationMeters,
                    inflationHeight: body.pointee.inflationHeightMeters, row: Int32(truncatingIfNeeded: k),
                    classIndex: body.pointee.classIndex, rightOfWay: body.pointee.rightOfWay,
                    isCooperative: isCooperative, isFar: slot >= gridded))
            writeLine(slot, &w.pointee.reaches)
        }
    }

    /// The coarse row of what a slot is committed to, for the kernels.
    func writeLine(_ slot: Int, _ reaches: inout GridReach) {
        let record = table.pointee.records + slot
        let isFar = record.pointee.isFar
        let line = PathLine(
            record.pointee.path, until: isFar ? settings.intruderHorizonSeconds : settings.horizonSeconds)
        let stop = write(
            line, record, record.pointee.path, record.pointee.inflation, record.pointee.path.turnError,
            record.pointee.path.turnError,
            to: table.pointee.lines + slot, stride: table.pointee.lineStride)
        if isFar { return }
        let speed = record.pointee.path.fastestSquared
        if speed > reaches.speedSquared { reaches.speedSquared = speed }
        let more = record.pointee.inflation + record.pointee.path.turnError
        if more > reaches.inflation { reaches.inflation = more }
        if stop > reaches.stop { reaches.stop = stop }
    }

    /// Row `k` flying `path`, looking for others: written as a query. Returns how far its contingency can be.
    @discardableResult
    func writeQuery(_ w: Worker, _ k: Int, _ path: FlightPath, until: Double, extra: Double) -> Double {
        let line = PathLine(path, until: until)
        let record = table.pointee.record(k)
        let more = record.pointee.inflation + settings.marginMeters + path.turnError + extra
        let reaches = table.pointee.reaches
        let query = w.pointee.query
        w.pointee.kept = more + reaches.radius + shapes[Int(record.pointee.classIndex)].moreRadius
        let stop = write(
            line, record, path, 0, more + reaches.radius, more + reaches.height, to: query, stride: 1)
        let kept = Float(record.pointee.inflation + Contingency.separationMeters)
        query[9] += kept
        let keptHeight = Float(record.pointee.inflation + Contingency.separationHeightMeters)
        query[10] -= keptHeight
        query[11] += keptHeight
        query[12] = Float(until)
        return stop + Double(kept)
    }

    /// One row, everything rounded outwards: floats of tile coordinates are good to 2^-24 of 1e6 m, the products of the
    /// kernels to a few parts in 1e7 of some km squared; 0.5 m covers both. Returns how far from where it is its
    /// contingency can be.
    @inline(__always)
    private func write(
        _ line: PathLine, _ record: UnsafePointer<ResolverRecord>, _ path: FlightPath, _ inflation: Double,
        _ radius: Double, _ height: Double, to base: UnsafeMutablePointer<Float>, stride: Int
    ) -> Double {
        let shape = shapes[Int(record.pointee.classIndex)]
        let (left, bottom) = (table.pointee.grid.left, table.pointee.grid.bottom)
        let (radius, height) = (radius + shape.moreRadius, height + shape.moreHeight)
        base[0] = Float(line.x - left)
        base[stride] = Float(line.y - bottom)
        base[2 * stride] = Float(line.vx)
        base[3 * stride] = Float(line.vy)
        base[4 * stride] = Float(line.bend + inflation + radius + 0.5)
        base[5 * stride] = Float(line.lowest - inflation - height - 0.5)
        base[6 * stride] = Float(line.highest + inflation + height + 0.5)
        guard record.pointee.isCooperative else {
            base[7 * stride] = stride == 1 ? -1e9 : 1e9
            base[8 * stride] = 1e9
            base[9 * stride] = 0
            base[10 * stride] = 0
            base[11 * stride] = 0
            return 0
        }
        // The disc that holds the contingency begun now or after a tick of anything: `Contingency.Disc` says why.
        let disc = Contingency.Disc(path, shape, tick: settings.tickSeconds)
        base[7 * stride] = Float(disc.x - left)
        base[8 * stride] = Float(disc.y - bottom)
        base[9 * stride] = Float(disc.radius + inflation + 0.5)
        base[10 * stride] = Float(disc.lowest - inflation - 0.5)
        base[11 * stride] = Float(disc.highest + inflation + 0.5)
        return disc.offset + disc.radius + inflation + 1
    }

    /// Slots `range` of a table of lines that the query may meet, behind those already found.
    @inline(__always)
    func search(
        _ w: Worker, _ lines: UnsafePointer<Float>, _ stride: Int, _ range: Range<Int>, _ found: Int
    ) -> Int {
        guard range.lowerBound < range.upperBound else { return found }
        w.pointee.counts.screenedPairs += range.count
        w.pointee.budget -= (range.count + 16) >> 6
        let (query, place) = (w.pointee.query, w.pointee.found + found)
        switch path {
        case .portable:
            return found
                + TrafficKernels.pathLines(lines, stride, range.lowerBound, range.upperBound, query, place)
        case .wide:
            return found
                + TrafficKernelsWide.pathLines(
                    lines, stride, range.lowerBound, range.upperBound, query, place)
        }
    }

    /// Slots that the query, written for `path` of row `k`, may meet: in the cells around, then among those outside
    /// the grid from slot `farFrom` on. `stop` is what writing the query returned.
    func searchAround(
        _ w: Worker, _ k: Int, _ path: FlightPath, until: Double, stop: Double, farFrom: Int
    ) -> Int {
        let t = table
        let (x, y) = (path.x, path.y)
        let reaches = t.pointee.reaches
        let speed = path.fastestSquared.squareRoot() + reaches.speed
        var reach = w.pointee.kept + reaches.inflation + 1 + speed * until
        if stop + reaches.stop > reach { reach = stop + reaches.stop }
        var found = 0
        let grid = t.pointee.grid
        let (lines, stride) = (t.pointee.lines, t.pointee.lineStride)
        for line in grid.lineRange(y, reach) {
            let half = grid.halfWidth(line, y, reach)
            found = search(w, lines, stride, grid.run(line, from: x - half, to: x + half), found)
        }
        return search(
            w, lines, stride, max(farFrom, grid.gridded)..<max(t.pointee.count, farFrom), found)
    }

    /// Slots whose contingencies the query's may meet, and whom its line meets.
    func searchDiscs(_ w: Worker, _ path: FlightPath, stop: Double) -> Int {
        let t = table
        let grid = t.pointee.grid
        let (lines, stride) = (t.pointee.lines, t.pointee.lineStride)
        let reach = stop + t.pointee.reaches.stop
        var found = 0
        for line in grid.lineRange(path.y, reach) {
            let half = grid.halfWidth(line, path.y, reach)
            found = search(w, lines, stride, grid.run(line, from: path.x - half, to: path.x + half), found)
        }
        return search(w, lines, stride, grid.gridded..<t.pointee.count, found)
    }

    /// Copies the lines of found slots side by side.
    func compact(_ w: Worker, _ found: Int, without k: Int) {
        let t = table
        t.pointee.threatCount = 0
        t.pointee.nearThreatCount = 0
        let (lines, near) = (t.pointee.lines, t.pointee.nearLines)
        let stride = t.pointee.lineStride
        for place in 0..<found {
            let slot = Int(w.pointee.found[place] >> 2)
            let row = t.pointee.rowAt[slot]
            let count = t.pointee.threatCount
            if Int(row) == k { continue }
            guard count < ResolverTable.mostThreats else {
                // What is chosen without having seen everybody, `settle` looks at again.
                t.pointee.isUnproven[k] = true
                w.pointee.counts.deferredPairs += found - place
                break
            }
            t.pointee.threats[count] = row
            for column in 0..<ResolverTable.columns {
                near[column &* ResolverTable.nearStride &+ count] = lines[column &* stride &+ slot]
            }
            t.pointee.threatCount = count + 1
            if slot < t.pointee.grid.gridded { t.pointee.nearThreatCount = count + 1 }
        }
    }
}
