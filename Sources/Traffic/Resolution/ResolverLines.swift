import TrafficKernels
import TrafficKernelsWide

extension Resolver {
    func fillGrid() {
        var (low, high) = (
            (x: Double.infinity, y: Double.infinity), (x: -Double.infinity, y: -Double.infinity)
        )
        for k in 0..<table.count {
            if isIntruder(k) {
                table.cells[k] = -1
                continue
            }
            table.cells[k] = 0
            let m = table.body(k).pointee.motion
            if m.x < low.x { low.x = m.x }
            if m.y < low.y { low.y = m.y }
            if m.x > high.x { high.x = m.x }
            if m.y > high.y { high.y = m.y }
        }
        grid.lay(low, high, size: settings.cellMeters, count: table.count)
        for k in 0..<table.count where table.cells[k] == 0 {
            let m = table.body(k).pointee.motion
            table.cells[k] = grid.cell(m.x, m.y)
        }
        grid.sort(table.cells, table.count, into: table.rowAt)
        reaches = GridReach()
        for kind in classes where kind.separationMeters <= 100 { reaches.include(kind) }
        for slot in 0..<table.count {
            let k = Int(table.rowAt[slot])
            table.slotOf[k] = Int32(truncatingIfNeeded: slot)
            let inflation = table.body(k).pointee.inflationMeters
            if slot < grid.gridded, inflation > reaches.inflation { reaches.inflation = inflation }
            writeLine(
                k,
                isIntruder(k) && !table.body(k).pointee.isCooperative
                    ? FlightPath(table.body(k).pointee.motion) : path(k, table.body(k).pointee.current))
        }
    }

    /// The coarse row of a path, for the kernels.
    func writeLine(_ k: Int, _ path: FlightPath) {
        let slot = Int(table.slotOf[k])
        let isFar = slot >= grid.gridded
        let line = PathLine(path, until: isFar ? settings.intruderHorizonSeconds : settings.horizonSeconds)
        let inflation = table.body(k).pointee.inflationMeters
        if !isFar {
            let speed = line.vx * line.vx + line.vy * line.vy
            if speed > reaches.speedSquared { reaches.speedSquared = speed }
            if line.bend > reaches.bend { reaches.bend = line.bend }
        }
        write(line, path, k, inflation, 0, 0, 0, to: table.lines + slot, stride: table.lineStride)
    }

    /// The query of a slot's own committed line.
    func askAsCommitted(_ slot: Int, until: Double) {
        let (row, stride, query) = (table.lines + slot, table.lineStride, table.query)
        for column in 0..<ResolverTable.columns { query[column] = row[column * stride] }
        query[4] += Float(reaches.radius + settings.marginMeters)
        query[5] -= Float(reaches.height + settings.marginMeters)
        query[6] += Float(reaches.height + settings.marginMeters)
        query[9] += Float(Contingency.separationMeters)
        query[10] -= Float(Contingency.separationHeightMeters)
        query[11] += Float(Contingency.separationHeightMeters)
        query[12] = Float(until)
    }

    /// Row `k` flying `path`, looking for others: written as a query.
    func writeQuery(_ k: Int, _ path: FlightPath, until: Double, extra: Double) {
        let line = PathLine(path, until: until)
        let more = table.body(k).pointee.inflationMeters + settings.marginMeters + extra
        write(
            line, path, k, 0, more + reaches.radius, more + reaches.height,
            table.body(k).pointee.inflationMeters, to: table.query, stride: 1)
        table.query[12] = Float(until)
    }

    /// One row, everything rounded outwards: floats of tile coordinates are good to 2^-24 of 1e6 m, the products of the
    /// kernels to a few parts in 1e7 of some km squared; 0.5 m covers both.
    @inline(__always)
    private func write(
        _ line: PathLine, _ path: FlightPath, _ k: Int, _ inflation: Double, _ radius: Double,
        _ height: Double,
        _ contingency: Double, to base: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let isQuery = stride == 1
        let kind = kind(k)
        // What it keeps beyond what everybody of the grid does.
        let radius =
            radius + (kind.separationMeters > reaches.radius ? kind.separationMeters - reaches.radius : 0)
        let height =
            height
            + (kind.separationHeightMeters > reaches.height
                ? kind.separationHeightMeters - reaches.height : 0)
        base[0] = Float(line.x - grid.left)
        base[stride] = Float(line.y - grid.bottom)
        base[2 * stride] = Float(line.vx)
        base[3 * stride] = Float(line.vy)
        base[4 * stride] = Float(line.bend + inflation + radius + 0.5)
        base[5 * stride] = Float(line.lowest - inflation - height - 0.5)
        base[6 * stride] = Float(line.highest + inflation + height + 0.5)
        // The disc around the way a stop takes, from now and after a tick of anything.
        let speed = (path.vx * path.vx + path.vy * path.vy + path.vz * path.vz).squareRoot()
        let more = inflation + contingency + 2 * settings.tickSeconds * speed + 1
        if !table.body(k).pointee.isCooperative {
            base[7 * stride] = 1e9
            base[8 * stride] = isQuery ? -1e9 : 1e9
            base[9 * stride] = 0
        } else if kind.canHover {
            let share = speed / (4 * kind.acceleration)
            base[7 * stride] = Float(path.x - grid.left + path.vx * share)
            base[8 * stride] = Float(path.y - grid.bottom + path.vy * share)
            let way = (path.vx * path.vx + path.vy * path.vy).squareRoot() * share
            base[9 * stride] = Float(way + more + (isQuery ? Contingency.separationMeters : 0))
        } else {
            base[7 * stride] = Float(path.x - grid.left)
            base[8 * stride] = Float(path.y - grid.bottom)
            base[9 * stride] = Float(
                2 * (speed + 1) * (speed + 1) / kind.acceleration + more
                    + (isQuery ? Contingency.separationMeters : 0))
        }
        let rise =
            abs(path.vz) * speed / (2 * kind.acceleration) + more - 2 * settings.tickSeconds * speed
            + settings.tickSeconds * (abs(path.vz) + 1) * 2
        let kept = isQuery ? Contingency.separationHeightMeters : 0
        base[10 * stride] = Float(path.z - (path.vz < 0 ? rise : more) - kept)
        base[11 * stride] = Float(path.z + (path.vz > 0 ? rise : more) + kept)
    }

    /// Rows `range` of a table of lines that the query may meet, behind those already found.
    @inline(__always)
    func search(_ lines: UnsafePointer<Float>, _ stride: Int, _ range: Range<Int>, _ found: Int) -> Int {
        guard range.lowerBound < range.upperBound else { return found }
        counts.screenedPairs += range.count
        switch path {
        case .portable:
            return found
                + TrafficKernels.pathLines(
                    lines, stride, range.lowerBound, range.upperBound, table.query, table.found + found)
        case .wide:
            return found
                + TrafficKernelsWide.pathLines(
                    lines, stride, range.lowerBound, range.upperBound, table.query, table.found + found)
        }
    }

    /// Slots that the query, written for `path` of row `k`, may meet: in the cells around, then among those outside
    /// the grid from slot `farFrom` on.
    func searchAround(_ k: Int, _ path: FlightPath, until: Double, farFrom: Int) -> Int {
        let m = table.body(k).pointee.motion
        let speed = (path.cx * path.cx + path.cy * path.cy).squareRoot()
        let reach =
            Double(table.query[4]) + reaches.bend + reaches.inflation + 1 + (speed + reaches.speed) * until
        var found = 0
        for line in grid.lineRange(m.y, reach) {
            found = search(table.lines, table.lineStride, grid.run(line, m.x, reach), found)
        }
        return search(
            table.lines, table.lineStride, max(farFrom, grid.gridded)..<max(table.count, farFrom), found)
    }

    /// Copies the lines of found slots side by side.
    func compact(_ found: Int, without k: Int) {
        table.threatCount = 0
        for place in 0..<found {
            let slot = Int(table.found[place] >> 2)
            let row = table.rowAt[slot]
            guard Int(row) != k, table.threatCount < ResolverTable.mostThreats else { continue }
            table.threats[table.threatCount] = row
            for column in 0..<ResolverTable.columns {
                table.nearLines[column * ResolverTable.nearStride + table.threatCount] =
                    table.lines[column * table.lineStride + slot]
            }
            table.threatCount += 1
        }
    }
}

/// How far apart bodies of the grid can matter to each other.
struct GridReach {
    var speedSquared = 0.0
    var bend = 0.0
    var inflation = 0.0
    var radius = 0.0
    var height = 0.0

    var speed: Double { speedSquared.squareRoot() }

    mutating func include(_ kind: ResolutionClass) {
        if kind.separationMeters > radius { radius = kind.separationMeters }
        if kind.separationHeightMeters > height { height = kind.separationHeightMeters }
    }
}
