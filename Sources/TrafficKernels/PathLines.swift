// Columns of a table of path lines, each `stride` floats long, in the order of `LineQuery`. A query is one such row,
// with what is kept between the two already added to its own: to `reach` and `discRadius`, and to the altitudes (lower
// ones lowered, upper ones raised).

/// Only in the query: the horizon.
private let until = 12

// As floats: comparing vectors of integers is done lane by lane.
private let laneNumbers = SIMD16<Float>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

/// A row asking, in registers.
private struct LineQuery {
    var x: Float
    var y: Float
    var vx: Float
    var vy: Float
    var reach: Float
    var lowest: Float
    var highest: Float
    var discX: Float
    var discY: Float
    var discRadius: Float
    var discLowest: Float
    var discHighest: Float
    var horizon: Float

    @inline(__always)
    init(_ row: UnsafePointer<Float>, _ stride: Int, horizon: Float) {
        x = row[0]
        y = row[stride]
        vx = row[2 &* stride]
        vy = row[3 &* stride]
        reach = row[4 &* stride]
        lowest = row[5 &* stride]
        highest = row[6 &* stride]
        discX = row[7 &* stride]
        discY = row[8 &* stride]
        discRadius = row[9 &* stride]
        discLowest = row[10 &* stride]
        discHighest = row[11 &* stride]
        self.horizon = horizon
    }

    /// Sixteen rows from `base` on: a byte each, 1 where lines may come within reach, 2 where discs overlap. Nil where
    /// nothing does.
    @inline(__always)
    func kinds(
        _ base: UnsafePointer<Float>, _ stride: Int, _ lanes: SIMDMask<SIMD16<Int32>>
    ) -> SIMD2<UInt64>? {
        let sx = load(base, 0) - x
        let sy = load(base, stride) - y
        let ux = load(base, 2 &* stride) - vx
        let uy = load(base, 3 &* stride) - vy
        let radius = load(base, 4 &* stride) + reach
        let square = radius * radius
        let gap = sx * sx + sy * sy - square
        let closing = sx * ux + sy * uy
        let speed = ux * ux + uy * uy
        let ex = sx + ux * horizon
        let ey = sy + uy * horizon
        let passes = (closing .< 0) .& (closing * closing .> speed * gap) .& (closing + speed * horizon .>= 0)
        let meets = (gap .< 0) .| passes .| (ex * ex + ey * ey .< square)
        let level = (load(base, 5 &* stride) .< highest) .& (load(base, 6 &* stride) .> lowest)
        let lines = level .& meets .& lanes
        let cx = load(base, 7 &* stride) - discX
        let cy = load(base, 8 &* stride) - discY
        let touch = load(base, 9 &* stride) + discRadius
        var discs = (cx * cx + cy * cy .< touch * touch) .& lanes
        guard isAny(lines .| discs) else { return nil }
        discs =
            discs .& (load(base, 10 &* stride) .< discHighest) .& (load(base, 11 &* stride) .> discLowest)
        let kinds =
            (unsafeBitCast(lines, to: SIMD16<Int32>.self) & SIMD16(repeating: 1))
            | (unsafeBitCast(discs, to: SIMD16<Int32>.self) & SIMD16(repeating: 2))
        // Sixteen bytes in two words: the set ones are walked, the others cost nothing.
        return unsafeBitCast(SIMD16<UInt8>(truncatingIfNeeded: kinds), to: SIMD2<UInt64>.self)
    }
}

/// Whether any lane is set. `any` of the library calls a function that looks at lane after lane.
@inline(__always)
private func isAny(_ mask: SIMDMask<SIMD16<Int32>>) -> Bool {
    let lanes = unsafeBitCast(mask, to: SIMD16<Int32>.self)
    let eight = lanes.lowHalf | lanes.highHalf
    let four = unsafeBitCast(eight.lowHalf | eight.highHalf, to: SIMD2<Int64>.self)
    return four[0] | four[1] != 0
}

/// Rows `from ..< to` that may come within reach of the query's line, as `4 * row + 1`, whose stopping discs overlap, as
/// `4 * row + 2`, or both. `found` needs room for 16 more than can be found; the table 16 more rows than are used.
/// Selects only: who is returned need not meet; who is not surely does not.
public func pathLines(
    _ table: UnsafePointer<Float>, _ stride: Int, _ from: Int, _ to: Int, _ query: UnsafePointer<Float>,
    _ found: UnsafeMutablePointer<Int32>
) -> Int {
    let asked = LineQuery(query, 1, horizon: query[until])
    var count = 0
    var row = from
    while row < to {
        let lanes = laneNumbers .< Float(to &- row)
        if let bytes = asked.kinds(table + row, stride, lanes) {
            count = append(bytes[0], row, found, count)
            count = append(bytes[1], row &+ 8, found, count)
        }
        row &+= 16
    }
    return count
}

/// The same for `queries` rows of the table from `first` on, each asking for rows behind itself only. What is kept
/// between two is in `added`: reach, height, disc radius, disc height; then the horizon. Pairs are written as the
/// asking row times 2^32 plus what `pathLines` writes.
public func pathPairs(
    _ table: UnsafePointer<Float>, _ stride: Int, _ first: Int, _ queries: Int, _ from: Int, _ to: Int,
    _ added: UnsafePointer<Float>, _ found: UnsafeMutablePointer<Int64>
) -> Int {
    var count = 0
    var asking = first
    while asking < first &+ queries {
        var asked = LineQuery(table + asking, stride, horizon: added[4])
        asked.reach += added[0]
        asked.lowest -= added[1]
        asked.highest += added[1]
        asked.discRadius += added[2]
        asked.discLowest -= added[3]
        asked.discHighest += added[3]
        let pair = Int64(truncatingIfNeeded: asking) &<< 32
        var row = from > asking ? from : asking &+ 1
        while row < to {
            let lanes = laneNumbers .< Float(to &- row)
            if let bytes = asked.kinds(table + row, stride, lanes) {
                count = append(bytes[0], row, pair, found, count)
                count = append(bytes[1], row &+ 8, pair, found, count)
            }
            row &+= 16
        }
        asking &+= 1
    }
    return count
}

@inline(__always)
private func append(
    _ bytes: UInt64, _ row: Int, _ pair: Int64, _ found: UnsafeMutablePointer<Int64>, _ count: Int
) -> Int {
    var (left, count) = (bytes, count)
    while left != 0 {
        let shift = UInt64(truncatingIfNeeded: left.trailingZeroBitCount & 56)
        let kind = Int(truncatingIfNeeded: (left &>> shift) & 3)
        found[count] =
            pair | Int64(truncatingIfNeeded: 4 &* (row &+ Int(truncatingIfNeeded: shift &>> 3)) &+ kind)
        count &+= 1
        left &= ~(0xFF &<< shift)
    }
    return count
}

/// Appends the rows whose byte is not 0.
@inline(__always)
private func append(_ bytes: UInt64, _ row: Int, _ found: UnsafeMutablePointer<Int32>, _ count: Int) -> Int {
    var (left, count) = (bytes, count)
    while left != 0 {
        let shift = UInt64(truncatingIfNeeded: left.trailingZeroBitCount & 56)
        let kind = Int(truncatingIfNeeded: (left &>> shift) & 3)
        found[count] = Int32(truncatingIfNeeded: 4 &* (row &+ Int(truncatingIfNeeded: shift &>> 3)) &+ kind)
        count &+= 1
        left &= ~(0xFF &<< shift)
    }
    return count
}
