/// The largest lane.
@inline(__always)
private func largest(_ value: Eight) -> Float {
    let half = larger(value.lowHalf, value.highHalf)
    let (a, b) = (half.lowHalf, half.highHalf)
    let quarter = b.replacing(with: a, where: a .> b)
    return quarter.x > quarter.y ? quarter.x : quarter.y
}

@inline(__always)
private func larger(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    b.replacing(with: a, where: a .> b)
}

/// Eight searchers that are neighbours in their row, and the box around them.
private struct Cluster {
    var bodies: EightBodies
    var minX, maxX, minY, maxY: Float
    /// From any of them, metres.
    var reach: Float
    var count: Int

    /// Up to eight bodies from `at`, before `end` and not too far from the first; the rest are copies of it.
    @inline(__always)
    init(_ join: PairJoin, _ at: Int, _ end: Int) {
        let stride = join.ownStride
        let base = join.ownColumns + at
        var b = EightBodies(
            x: load8(base, 0), y: load8(base, stride), z: load8(base, 2 &* stride),
            vx: load8(base, 3 &* stride), vy: load8(base, 4 &* stride), vz: load8(base, 5 &* stride),
            radius: load8(base, 6 &* stride), height: load8(base, 7 &* stride))
        let farthest = Eight(repeating: b.x[0] + join.clusterMeters)
        let stop =
            setLanes(b.x .> farthest) | (end &- at < 8 ? 1 &<< UInt32(truncatingIfNeeded: end &- at) : 256)
        count = stop.trailingZeroBitCount
        if count < 8 {
            let lane = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)
            let isBeyond = lane .>= SIMD8(repeating: Int32(truncatingIfNeeded: count))
            b.x.replace(with: b.x[0], where: isBeyond)
            b.y.replace(with: b.y[0], where: isBeyond)
            b.vx.replace(with: b.vx[0], where: isBeyond)
            b.vy.replace(with: b.vy[0], where: isBeyond)
            b.radius.replace(with: b.radius[0], where: isBeyond)
        }
        minX = -largest(-b.x)
        maxX = largest(b.x)
        minY = -largest(-b.y)
        maxY = largest(b.y)
        let speed = (b.vx * b.vx + b.vy * b.vy).squareRoot()
        let way = b.radius + speed * Eight(repeating: join.window)
        reach = (join.distance + largest(way) + join.farthestOther) * 1.00001 + join.slack
        b.radius = b.radius + Eight(repeating: join.distance)
        b.height = b.height + Eight(repeating: join.height)
        bodies = b
    }

    /// How far from the box's sides bodies of a row may be along x. Rows are a cell high about their number (see
    /// `cell`), the outermost ones go on for ever.
    @inline(__always)
    func halfWidth(_ join: PairJoin, row: Int) -> Float {
        let low = join.originY + (Float(row) - 0.5) * join.rowMeters
        let above = row == 0 ? 0 : low - maxY
        let below = row == Int(join.rowCount) &- 1 ? 0 : minY - (low + join.rowMeters)
        let gap = (above > below ? above : below) - join.slack
        if gap <= 0 { return reach }
        let square = reach * reach - gap * gap
        return (square > 0 ? square : 0).squareRoot() + join.slack
    }
}

/// Tests searchers, eight of one row at a time, against each neighbour of any of them, and writes those pairs that
/// may be inside the volume at some time of the window as (searcher, neighbour). Stops when the next piece does not
/// fit into `capacity`; call again until `join.own == join.end`. Returns the number of pairs written.
public func joinClusters(
    _ order: UnsafeMutableRawPointer, _ out: UnsafeMutablePointer<Int32>, capacity: Int
) -> Int {
    let join = order.assumingMemoryBound(to: PairJoin.self)
    let stride = join.pointee.stride
    let x = join.pointee.columns
    let (y, z, vx, vy) = (x + stride, x + 2 &* stride, x + 3 &* stride, x + 4 &* stride)
    let (vz, radius, height) = (x + 5 &* stride, x + 6 &* stride, x + 7 &* stride)
    let cells = join.pointee.cells
    let (originX, perMeterX, columns) = (
        join.pointee.originX, join.pointee.cellsPerMeterX, join.pointee.columnCount
    )
    let (originY, perMeterY, rows) = (
        join.pointee.originY, join.pointee.cellsPerMeterY, join.pointee.rowCount
    )
    let isSelf = join.pointee.isSelf
    let limits = EightLimits(join.pointee)
    let neighbourLimit = join.pointee.neighbourLimit
    let candidateLimit = join.pointee.candidateLimit
    let end = join.pointee.end
    var own = join.pointee.own
    var resumedRow = join.pointee.row
    let resumedNeighbour = join.pointee.neighbour
    var yielded = join.pointee.yielded
    var tested = join.pointee.tested
    var count = 0

    while own < end {
        let cluster = Cluster(join.pointee, own, end)
        let lanes = cluster.count
        let present = (1 as UInt32) &<< UInt32(truncatingIfNeeded: lanes) &- 1
        let searchers = cluster.bodies
        let lastRow = cell(cluster.maxY + cluster.reach, originY, perMeterY, rows)
        var row = resumedRow
        if row < 0 {
            row =
                isSelf
                ? Int(join.pointee.ownRow) : cell(cluster.minY - cluster.reach, originY, perMeterY, rows)
        }
        while row <= lastRow {
            let isOwnRow = isSelf && row == Int(join.pointee.ownRow)
            let halfWidth = cluster.halfWidth(join.pointee, row: row)
            let base = row &* Int(columns)
            let firstColumn = cell(cluster.minX - halfWidth, originX, perMeterX, columns)
            let lastColumn = cell(cluster.maxX + halfWidth, originX, perMeterX, columns)
            let from = isOwnRow ? own &+ 1 : Int(cells[base &+ firstColumn])
            let to = Int(cells[base &+ lastColumn &+ 1])
            if to &- from > neighbourLimit {
                join.pointee.deferredBodies &+= lanes
                join.pointee.deferredPairs &+= lanes &* (to &- from)
                row &+= 1
                continue
            }
            var at = resumedRow == row ? resumedNeighbour : from
            if at < to { tested &+= lanes &* (to &- at) }
            while at < to {
                if capacity &- count < 8 {
                    join.pointee.own = own
                    join.pointee.row = row
                    join.pointee.neighbour = at
                    join.pointee.yielded = yielded
                    join.pointee.tested = tested &- lanes &* (to &- at)
                    return count
                }
                let other = EightBodies(
                    x: Eight(repeating: x[at]), y: Eight(repeating: y[at]), z: Eight(repeating: z[at]),
                    vx: Eight(repeating: vx[at]), vy: Eight(repeating: vy[at]), vz: Eight(repeating: vz[at]),
                    radius: Eight(repeating: radius[at]), height: Eight(repeating: height[at]))
                let mask = mayMeet(searchers, other, limits)
                if isAnySet(mask) {
                    var set = setLanes(mask) & present
                    // In its own row a searcher looks only behind itself.
                    let behind = at &- own
                    if isOwnRow && behind < lanes { set &= 1 &<< UInt32(truncatingIfNeeded: behind) &- 1 }
                    if yielded >= candidateLimit {
                        join.pointee.deferredPairs &+= set.nonzeroBitCount
                        set = 0
                    }
                    while set != 0 {
                        out[2 &* count] = Int32(truncatingIfNeeded: own &+ set.trailingZeroBitCount)
                        out[2 &* count &+ 1] = Int32(truncatingIfNeeded: at)
                        count &+= 1
                        yielded &+= 1
                        set &= set &- 1
                    }
                }
                at &+= 1
            }
            row &+= 1
        }
        resumedRow = -1
        yielded = 0
        own &+= lanes
    }
    join.pointee.own = own
    join.pointee.row = -1
    join.pointee.yielded = 0
    join.pointee.tested = tested
    return count
}
