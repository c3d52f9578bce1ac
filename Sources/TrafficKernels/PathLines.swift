// Columns of a table of path lines, each `stride` floats long, in the order of `LineQuery`. A query is one such row,
// with what is kept between the two already added to its own: to `reach` and `discRadius`, and to the altitudes (lower
// ones lowered, upper ones raised).

/// Only in the query: the horizon.
private let until = 12

@inline(__always)
private func lanes8(_ base: UnsafePointer<Float>, _ index: Int) -> SIMD8<Float> {
    UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<Float>.self)
}

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

    /// Eight rows from `base` on: bit k is set where the line of row k may come within reach, bit k + 8 where its disc
    /// overlaps. Eight lanes and not sixteen: masks of more than a register are packed and unpacked.
    @inline(__always)
    func kinds(_ base: UnsafePointer<Float>, _ stride: Int) -> UInt32 {
        let sx = lanes8(base, 0) - x
        let sy = lanes8(base, stride) - y
        let ux = lanes8(base, 2 &* stride) - vx
        let uy = lanes8(base, 3 &* stride) - vy
        let radius = lanes8(base, 4 &* stride) + reach
        let square = radius * radius
        let gap = sx * sx + sy * sy - square
        let closing = sx * ux + sy * uy
        let speed = ux * ux + uy * uy
        let ex = sx + ux * horizon
        let ey = sy + uy * horizon
        let end = ex * ex + ey * ey
        let later = closing + speed * horizon
        let crossing = closing * closing .> speed * gap
        let passes = crossing .& (closing .< 0) .& (later .>= 0)
        let meets = passes .| (gap .< 0) .| (end .< square)
        let lines =
            meets .& (lanes8(base, 5 &* stride) .< highest) .& (lanes8(base, 6 &* stride) .> lowest)
        let cx = lanes8(base, 7 &* stride) - discX
        let cy = lanes8(base, 8 &* stride) - discY
        let touch = lanes8(base, 9 &* stride) + discRadius
        let apart = cx * cx + cy * cy
        let discs = apart .< touch * touch
        guard isAnyLane(lines .| discs) else { return 0 }
        let level = (lanes8(base, 10 &* stride) .< discHighest) .& (lanes8(base, 11 &* stride) .> discLowest)
        let near = discs .& level
        return laneBits(lines) | laneBits(near) &<< 8
    }
}

/// Whether any lane is set. `any` of the library goes lane by lane.
@inline(__always)
private func isAnyLane(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
    let words = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    return words.x | words.y | words.z | words.w != 0
}

/// Bit k of the result: lane k is set.
@inline(__always)
private func laneBits(_ mask: SIMDMask<SIMD8<Int32>>) -> UInt32 {
    let weights = SIMD8<UInt32>(1, 2, 4, 8, 16, 32, 64, 128)
    let words = unsafeBitCast(unsafeBitCast(mask, to: SIMD8<UInt32>.self) & weights, to: SIMD4<UInt64>.self)
    let pair = words.x | words.y | words.z | words.w
    return UInt32(truncatingIfNeeded: pair | pair &>> 32)
}

/// Clears the lowest lane of what `kinds` returned for the rows from `row` on: 4 times its row, plus its kinds.
@inline(__always)
private func take(_ set: inout UInt32, _ row: Int) -> Int {
    let low = (set | set &>> 8) & 0xFF
    let lane = low.trailingZeroBitCount
    let pair = set &>> UInt32(truncatingIfNeeded: lane)
    set &= ~(0x101 &<< UInt32(truncatingIfNeeded: lane))
    return 4 &* (row &+ lane) &+ Int(pair & 1 | (pair &>> 7) & 2)
}

/// Rows `from ..< to` that may come within reach of the query's line, as `4 * row + 1`, whose stopping discs overlap, as
/// `4 * row + 2`, or both. The table has 8 more rows than are used.
/// Selects only: who is returned need not meet; who is not surely does not.
public func pathLines(
    _ table: UnsafePointer<Float>, _ stride: Int, _ from: Int, _ to: Int, _ query: UnsafePointer<Float>,
    _ found: UnsafeMutablePointer<Int32>
) -> Int {
    let asked = LineQuery(query, 1, horizon: query[until])
    var count = 0
    var row = from
    while row < to {
        var set = asked.kinds(table + row, stride)
        if to &- row < 8 { set &= 0x101 &* ((1 &<< UInt32(truncatingIfNeeded: to &- row)) &- 1) }
        while set != 0 {
            found[count] = Int32(truncatingIfNeeded: take(&set, row))
            count &+= 1
        }
        row &+= 8
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
            var set = asked.kinds(table + row, stride)
            if to &- row < 8 { set &= 0x101 &* ((1 &<< UInt32(truncatingIfNeeded: to &- row)) &- 1) }
            while set != 0 {
                found[count] = pair | Int64(truncatingIfNeeded: take(&set, row))
                count &+= 1
            }
            row &+= 8
        }
        asking &+= 1
    }
    return count
}
