/// Eight floats: one vector of the wide path, two of the portable one. Runs are short, and half-empty vectors cost
/// as much as full ones.
public typealias Eight = SIMD8<Float>

/// One join of two sorted lists of bodies for one slice of time: which memory, which grid, which volume, and how
/// far it has come. Both builds of this file lay it out alike; it is handed over by address.
public struct PairJoin {
    /// Bodies of the searched grid, by cell, row by row: position at the slice's middle, velocity, vertical reach
    /// |vz| times the half window plus added height, added radius. Readable 16 beyond the end.
    public var x, y, z, vx, vy, rise, radius: UnsafePointer<Float>
    /// First body of each cell, and one more.
    public var cells: UnsafePointer<Int32>
    public var originX: Float = 0
    public var originY: Float = 0
    public var cellsPerMeterX: Float = 0
    public var cellsPerMeterY: Float = 0
    public var columns: Int32 = 1
    public var rows: Int32 = 1

    /// Bodies that search, in the same form.
    public var ownX, ownY, ownZ, ownVX, ownVY, ownRise, ownRadius: UnsafePointer<Float>
    /// Both lists are one: each pair comes up once.
    public var isSelf = false

    /// The volume's radius and half height with the filter's margins.
    public var distance: Float = 0
    public var height: Float = 0
    /// Half the window and its square.
    public var window: Float = 0
    /// Factor of distance^2 in the bound of how far apart a pair may be at the middle.
    public var nearFactor: Float = 0
    /// The searched bodies' largest added radius and largest way within the window.
    public var farthestOther: Float = 0

    /// Bodies in reach in one row beyond which a searcher is put off there; pairs it may yield.
    public var neighbourLimit = Int.max
    public var candidateLimit = Int.max

    /// Where it is: the next searcher, its row (-1: not begun), the next neighbour in it, what it has yielded.
    public var own = 0
    public var end = 0
    public var row = -1
    public var neighbour = 0
    public var yielded = 0

    public var tested = 0
    public var deferredBodies = 0
    public var deferredPairs = 0

    /// Factor of relative speed^2 in that bound. Not beside `nearFactor`: the optimiser would load both at once and
    /// interleave everything they are multiplied with.
    public var speedFactor: Float = 0

    public init(grid: UnsafePointer<Float>, cells: UnsafePointer<Int32>) {
        (x, y, z, vx, vy, rise, radius) = (grid, grid, grid, grid, grid, grid, grid)
        (ownX, ownY, ownZ, ownVX, ownVY, ownRise, ownRadius) = (grid, grid, grid, grid, grid, grid, grid)
        self.cells = cells
    }
}

@inline(__always)
private func load8(_ base: UnsafePointer<Float>, _ index: Int) -> Eight {
    UnsafeRawPointer(base + index).loadUnaligned(as: Eight.self)
}

/// The cell of a coordinate, clamped to the grid's at most 2^22 rows or columns. Monotone in `value`; the grid is
/// filled by the same arithmetic (`GridShape`). Adding 2^23 leaves the nearest integer in the low bits, without a
/// conversion that can trap.
@inline(__always)
private func cell(_ value: Float, _ origin: Float, _ perMeter: Float, _ count: Int32) -> Int {
    let place = (value - origin) * perMeter
    let last = Float(count &- 1)
    let low = place > 0 ? place : 0
    let clamped = low < last ? low : last
    return Int((clamped + 0x1p23).bitPattern & 0x7F_FFFF)
}

/// Whether any lane is set: an OR over words, which compiles to one test; `any` goes lane by lane.
@inline(__always)
private func isAnySet(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
    let words = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    return words.x | words.y | words.z | words.w != 0
}

/// Bit k of the result: lane k is set.
@inline(__always)
private func bits(_ mask: SIMDMask<SIMD8<Int32>>) -> UInt32 {
    let weights = SIMD8<UInt32>(1, 2, 4, 8, 16, 32, 64, 128)
    let words = unsafeBitCast(unsafeBitCast(mask, to: SIMD8<UInt32>.self) & weights, to: SIMD4<UInt64>.self)
    let pair = words.x | words.y | words.z | words.w
    return UInt32(truncatingIfNeeded: pair | pair &>> 32)
}

/// Tests searchers against their neighbours and writes those pairs that may be inside the volume at some time of
/// the window as (searcher, neighbour). Stops when a searcher's next piece does not fit into `capacity`; call
/// again until `join.own == join.end`. Returns the number of pairs written.
///
/// With s the relative position at the window's middle, u the relative velocity, h half the window: the pair's way
/// is a segment of the line s + u t. It comes within d only if the line does, (s x u)^2 <= d^2 u.u, and if its
/// middle is at most d + h |u| away; (d + h |u|)^2 <= (1 + k) d^2 + (1 + 1/k) h^2 u.u for every k > 0. Vertically
/// |sz| <= height + both bodies' way in half a window. The margins for rounding are inside `distance` and
/// `height`: see `SliceLemma`.
public func joinPairs(_ order: UnsafeMutableRawPointer, _ out: UnsafeMutablePointer<Int32>, capacity: Int)
    -> Int
{
    let join = order.assumingMemoryBound(to: PairJoin.self)
    let (x, y, z) = (join.pointee.x, join.pointee.y, join.pointee.z)
    let (vx, vy) = (join.pointee.vx, join.pointee.vy)
    let (rise, radius) = (join.pointee.rise, join.pointee.radius)
    let cells = join.pointee.cells
    let (originX, perMeterX, columns) = (
        join.pointee.originX, join.pointee.cellsPerMeterX, join.pointee.columns
    )
    let (originY, perMeterY, rows) = (join.pointee.originY, join.pointee.cellsPerMeterY, join.pointee.rows)
    let (ownX, ownY, ownZ) = (join.pointee.ownX, join.pointee.ownY, join.pointee.ownZ)
    let (ownVX, ownVY) = (join.pointee.ownVX, join.pointee.ownVY)
    let (ownRise, ownRadius) = (join.pointee.ownRise, join.pointee.ownRadius)
    let isSelf = join.pointee.isSelf
    let window = join.pointee.window
    let distance = join.pointee.distance
    let height = join.pointee.height
    let farthestOther = join.pointee.farthestOther
    let nearFactor = Eight(repeating: join.pointee.nearFactor)
    let speedFactor = Eight(repeating: join.pointee.speedFactor)
    let neighbourLimit = join.pointee.neighbourLimit
    let candidateLimit = join.pointee.candidateLimit
    let isLimited = neighbourLimit != Int.max || candidateLimit != Int.max
    let end = join.pointee.end
    var own = join.pointee.own
    var resumedRow = join.pointee.row
    let resumedNeighbour = join.pointee.neighbour
    var yielded = join.pointee.yielded
    var tested = join.pointee.tested
    var count = 0

    while own < end {
        let (px, py) = (ownX[own], ownY[own])
        let (pvx, pvy) = (ownVX[own], ownVY[own])
        let reach =
            (distance + ownRadius[own] + farthestOther + window * (pvx * pvx + pvy * pvy).squareRoot())
            * 1.00001
        let firstColumn = cell(px - reach, originX, perMeterX, columns)
        let lastColumn = cell(px + reach, originX, perMeterX, columns)
        let lastRow = cell(py + reach, originY, perMeterY, rows)
        let firstRow =
            isSelf ? cell(py, originY, perMeterY, rows) : cell(py - reach, originY, perMeterY, rows)
        let qx = Eight(repeating: px)
        let qy = Eight(repeating: py)
        let qz = Eight(repeating: ownZ[own])
        let qvx = Eight(repeating: pvx)
        let qvy = Eight(repeating: pvy)
        let qrise = Eight(repeating: ownRise[own] + height)
        let qradius = Eight(repeating: ownRadius[own] + distance)
        var row = resumedRow < 0 ? firstRow : resumedRow
        while row <= lastRow {
            let base = row &* Int(columns)
            var at = Int(cells[base &+ firstColumn])
            if isSelf && row == firstRow { at = own &+ 1 }
            if resumedRow == row { at = resumedNeighbour }
            let to = Int(cells[base &+ lastColumn &+ 1])
            if to &- at > neighbourLimit {
                join.pointee.deferredBodies &+= 1
                while row <= lastRow {
                    let base = row &* Int(columns)
                    let from = isSelf && row == firstRow ? own &+ 1 : Int(cells[base &+ firstColumn])
                    join.pointee.deferredPairs &+= Int(cells[base &+ lastColumn &+ 1]) &- from
                    row &+= 1
                }
                break
            }
            if at < to { tested &+= to &- at }
            while at < to {
                if capacity &- count < 8 {
                    join.pointee.own = own
                    join.pointee.row = row
                    join.pointee.neighbour = at
                    join.pointee.yielded = yielded
                    join.pointee.tested = tested &- (to &- at)
                    return count
                }
                let dx = load8(x, at) - qx
                let dy = load8(y, at) - qy
                let ux = load8(vx, at) - qvx
                let uy = load8(vy, at) - qvy
                let dz = load8(z, at) - qz
                let d = load8(radius, at) + qradius
                let h = load8(rise, at) + qrise
                let speed = ux * ux + uy * uy
                let apart = dx * dx + dy * dy
                let cross = dx * uy - dy * ux
                let d2 = d * d
                let mask =
                    (cross * cross .<= d2 * speed) .& (apart .<= d2 * nearFactor + speed * speedFactor)
                    .& (dz * dz .<= h * h)
                if isAnySet(mask) {
                    var set = bits(mask)
                    let left = to &- at
                    if left < 8 { set &= (1 &<< UInt32(truncatingIfNeeded: left)) &- 1 }
                    if isLimited && yielded >= candidateLimit {
                        join.pointee.deferredPairs &+= set.nonzeroBitCount
                        set = 0
                    }
                    while set != 0 {
                        out[2 &* count] = Int32(truncatingIfNeeded: own)
                        out[2 &* count &+ 1] = Int32(truncatingIfNeeded: at &+ set.trailingZeroBitCount)
                        count &+= 1
                        yielded &+= 1
                        set &= set &- 1
                    }
                }
                at &+= 8
            }
            row &+= 1
        }
        resumedRow = -1
        yielded = 0
        own &+= 1
    }
    join.pointee.own = own
    join.pointee.row = -1
    join.pointee.yielded = 0
    join.pointee.tested = tested
    return count
}
