/// Columns of a table of path lines, each `stride` floats long. A query is one such row, with what is kept between the
/// two already added to its own: to `reach` and `discRadius`, and to the altitudes (lower ones lowered, upper ones
/// raised).
private let x = 0
private let y = 1
private let vx = 2
private let vy = 3
private let reach = 4
private let lowest = 5
private let highest = 6
private let discX = 7
private let discY = 8
private let discRadius = 9
private let discLowest = 10
private let discHighest = 11
/// Only in the query: the horizon.
private let until = 12

// As floats: comparing vectors of integers is done lane by lane.
private let laneNumbers = SIMD16<Float>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

/// Rows `from ..< to` that may come within reach of the query's line, as `4 * row + 1`, whose stopping discs overlap, as
/// `4 * row + 2`, or both. `found` needs room for 16 more than can be found; the table 16 more rows than are used.
/// Selects only: who is returned need not meet; who is not surely does not.
public func pathLines(
    _ table: UnsafePointer<Float>, _ stride: Int, _ from: Int, _ to: Int, _ query: UnsafePointer<Float>,
    _ found: UnsafeMutablePointer<Int32>
) -> Int {
    let (qx, qy, qvx, qvy) = (query[x], query[y], query[vx], query[vy])
    let (qReach, qLowest, qHighest, horizon) = (query[reach], query[lowest], query[highest], query[until])
    let (dx, dy, dRadius) = (query[discX], query[discY], query[discRadius])
    let (dLowest, dHighest) = (query[discLowest], query[discHighest])
    var count = 0
    var row = from
    while row < to {
        let base = table + row
        let level = (load(base, stride &* lowest) .< qHighest) .& (load(base, stride &* highest) .> qLowest)
        let sx = load(base, stride &* x) - qx
        let sy = load(base, stride &* y) - qy
        let ux = load(base, stride &* vx) - qvx
        let uy = load(base, stride &* vy) - qvy
        let radius = load(base, stride &* reach) + qReach
        let square = radius * radius
        let gap = sx * sx + sy * sy - square
        let closing = sx * ux + sy * uy
        let speed = ux * ux + uy * uy
        let ex = sx + ux * horizon
        let ey = sy + uy * horizon
        let passes = (closing .< 0) .& (closing * closing .> speed * gap) .& (closing + speed * horizon .>= 0)
        let meets = (gap .< 0) .| passes .| (ex * ex + ey * ey .< square)
        let lanes = laneNumbers .< Float(to &- row)
        let lines = level .& meets .& lanes
        let cx = load(base, stride &* discX) - dx
        let cy = load(base, stride &* discY) - dy
        let touch = load(base, stride &* discRadius) + dRadius
        let discs =
            (cx * cx + cy * cy .< touch * touch) .& (load(base, stride &* discLowest) .< dHighest)
            .& (load(base, stride &* discHighest) .> dLowest) .& lanes
        if any(lines .| discs) {
            let kinds =
                (unsafeBitCast(lines, to: SIMD16<Int32>.self) & SIMD16(repeating: 1))
                | (unsafeBitCast(discs, to: SIMD16<Int32>.self) & SIMD16(repeating: 2))
            // Sixteen bytes in two words: the set ones are walked, the others cost nothing.
            let bytes = unsafeBitCast(SIMD16<UInt8>(truncatingIfNeeded: kinds), to: SIMD2<UInt64>.self)
            count = append(bytes[0], row, found, count)
            count = append(bytes[1], row &+ 8, found, count)
        }
        row &+= 16
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
