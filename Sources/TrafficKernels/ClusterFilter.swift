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
    /// Of the volume with anybody of the searched group: radius squared, that times the near factor, half height.
    var d2, near, height: Eight
    var minX, maxX, minY, maxY: Float
    /// From any of them, metres.
    var reach: Float
    var count: Int

    /// The first of them is `at` in its block of eight.
    var first: Int

    /// The bodies from `at` in its block, before `end` and not too far from the first; the other lanes are copies.
    @inline(__always)
    init(_ join: PairJoin, _ at: Int, _ end: Int) {
        first = at & 7
        var b = EightBodies(join.searchers, block: at &>> 3)
        let copied = EightBodies(join.searchers, repeating: at)
        let farthest = copied.x + Eight(repeating: join.clusterMeters)
        let last = end &- at &+ first
        let stop =
            (setLanes(b.x .> farthest) & (0xFF &<< UInt32(truncatingIfNeeded: first)))
            | (last < 8 ? 1 &<< UInt32(truncatingIfNeeded: last) : 256)
        count = stop.trailingZeroBitCount &- first
        if count < 8 {
            let lane = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7)
            let isOther =
                (lane .< SIMD8(repeating: Int32(truncatingIfNeeded: first)))
                .| (lane .>= SIMD8(repeating: Int32(truncatingIfNeeded: first &+ count)))
            b.x.replace(with: copied.x, where: isOther)
            b.y.replace(with: copied.y, where: isOther)
            b.vx.replace(with: copied.vx, where: isOther)
            b.vy.replace(with: copied.vy, where: isOther)
            b.radius.replace(with: copied.radius, where: isOther)
        }
        minX = -largest(-b.x)
        maxX = largest(b.x)
        minY = -largest(-b.y)
        maxY = largest(b.y)
        // The square root of a vector would be taken lane by lane.
        let way = largest(b.vx * b.vx + b.vy * b.vy).squareRoot() * join.window
        reach = (join.distance + largest(b.radius) + way + join.farthestOther) * 1.00001 + join.slack
        let d = b.radius + Eight(repeating: (join.distance + join.widestOther) * 1.00001)
        d2 = d * d
        near = d2 * Eight(repeating: join.nearFactor)
        height = b.height + Eight(repeating: (join.height + join.highestOther) * 1.00001)
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
    let bodies = join.pointee.bodies
    let limits = EightLimits(join.pointee)
    let end = join.pointee.end
    var run = JoinRun(join, out, capacity: capacity)

    while run.own < end {
        let own = run.own
        let cluster = Cluster(join.pointee, own, end)
        let lanes = cluster.count
        let first = cluster.first
        let present =
            ((1 as UInt32) &<< UInt32(truncatingIfNeeded: lanes) &- 1) &<< UInt32(truncatingIfNeeded: first)
        let searchers = cluster.bodies
        let lastRow = run.row(cluster.maxY + cluster.reach)
        var row = run.firstRow(cluster.minY - cluster.reach)
        while row <= lastRow {
            let halfWidth = cluster.halfWidth(join.pointee, row: row)
            let (from, to) = run.neighbours(
                row: row, from: run.column(cluster.minX - halfWidth),
                to: run.column(cluster.maxX + halfWidth),
                searchers: lanes)
            var at = from
            while at < to {
                if run.isFull { return run.pause(row: row, at: at, left: lanes &* (to &- at)) }
                let mask = mayMeet(
                    searchers, EightBodies(bodies, repeating: at), d2: cluster.d2, near: cluster.near,
                    height: cluster.height, limits)
                if isAnySet(mask) {
                    var set = setLanes(mask) & present
                    // In its own row a searcher looks only behind itself.
                    let behind = at &- own
                    if run.isOwn(row) && behind < lanes {
                        set &= 1 &<< UInt32(truncatingIfNeeded: behind &+ first) &- 1
                    }
                    run.yield(set, own: own &- first, other: at, lanesSearch: true)
                }
                at &+= 1
            }
            row &+= 1
        }
        run.advance(lanes)
    }
    return run.finish()
}
