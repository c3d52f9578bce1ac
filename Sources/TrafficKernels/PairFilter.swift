/// Eight floats: one vector of the wide path, two of the portable one. Runs are short, and half-empty vectors cost
/// as much as full ones.
public typealias Eight = SIMD8<Float>

/// One join of two groups of bodies for one slice of time: which memory, which grid, which volume, and how far it
/// has come. Both builds of this file lay it out alike; it is handed over by address.
public struct PairJoin {
    /// All bodies in the order of the grid (by group, row and column), in eight columns `stride` floats apart:
    /// position at the slice's middle (x, y, z), velocity (x, y, z), added radius, added height. Readable 16 beyond
    /// the end.
    public var columns: UnsafePointer<Float>
    public var stride: Int
    /// Bodies that search, in the same form; the same memory, or a selection of it.
    public var ownColumns: UnsafePointer<Float>
    public var ownStride: Int

    /// Grid of the searched group: first body of each of its cells, and one more.
    public var cells: UnsafePointer<Int32>
    public var originX: Float = 0
    public var originY: Float = 0
    public var cellsPerMeterX: Float = 0
    public var cellsPerMeterY: Float = 0
    public var columnCount: Int32 = 1
    public var rowCount: Int32 = 1
    /// Height of a row; an error of places that rows and columns must allow for.
    public var rowMeters: Float = 1
    public var slack: Float = 0
    /// Along x, searchers that search together are at most so far apart; or as far as they reach, if that is more.
    public var clusterMeters: Float = 0

    /// The searchers are of the searched group, all in row `ownRow`: each pair comes up once.
    public var isSelf = false
    public var ownRow: Int32 = 0

    /// The volume's radius and half height with the filter's margins.
    public var distance: Float = 0
    public var height: Float = 0
    /// Half the time in which the pair may be inside, horizontally and vertically, seconds.
    public var window: Float = 0
    public var verticalWindow: Float = 0
    /// Factor of distance^2 in the bound of how far apart a pair may be at the middle.
    public var nearFactor: Float = 0
    /// The searched bodies' largest added radius and largest way within the window.
    public var farthestOther: Float = 0

    /// Bodies in reach in one row beyond which a search is put off there; pairs that one search may yield.
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

    public init(columns: UnsafePointer<Float>, stride: Int, cells: UnsafePointer<Int32>) {
        (self.columns, ownColumns) = (columns, columns)
        (self.stride, ownStride) = (stride, stride)
        self.cells = cells
    }
}

/// The cell of a coordinate, clamped to the grid's at most 2^22 rows or columns. Monotone in `value`; the grid is
/// filled by the same arithmetic (`GridShape`). Adding 2^23 leaves the nearest integer in the low bits, without a
/// conversion that can trap.
@inline(__always)
func cell(_ value: Float, _ origin: Float, _ perMeter: Float, _ count: Int32) -> Int {
    let place = (value - origin) * perMeter
    let last = Float(count &- 1)
    let low = place > 0 ? place : 0
    let clamped = low < last ? low : last
    return Int((clamped + 0x1p23).bitPattern & 0x7F_FFFF)
}

@inline(__always)
func load8(_ base: UnsafePointer<Float>, _ index: Int) -> Eight {
    UnsafeRawPointer(base + index).loadUnaligned(as: Eight.self)
}

/// Whether any lane is set: an OR over words, which compiles to one test; `any` goes lane by lane.
@inline(__always)
func isAnySet(_ mask: SIMDMask<SIMD8<Int32>>) -> Bool {
    let words = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    return words.x | words.y | words.z | words.w != 0
}

/// Bit k of the result: lane k is set.
@inline(__always)
func setLanes(_ mask: SIMDMask<SIMD8<Int32>>) -> UInt32 {
    let weights = SIMD8<UInt32>(1, 2, 4, 8, 16, 32, 64, 128)
    let words = unsafeBitCast(unsafeBitCast(mask, to: SIMD8<UInt32>.self) & weights, to: SIMD4<UInt64>.self)
    let pair = words.x | words.y | words.z | words.w
    return UInt32(truncatingIfNeeded: pair | pair &>> 32)
}

@inline(__always)
func withoutSign(_ value: Eight) -> Eight {
    let word = unsafeBitCast(value, to: SIMD8<UInt32>.self) & SIMD8(repeating: 0x7FFF_FFFF)
    return unsafeBitCast(word, to: Eight.self)
}

/// Eight bodies, or one of them eight times.
struct EightBodies {
    var x, y, z, vx, vy, vz, radius, height: Eight
}

/// The volume of a join as the test of one vector needs it.
struct EightLimits {
    var nearFactor, speedFactor, verticalWindow: Eight

    @inline(__always)
    init(_ join: PairJoin) {
        nearFactor = Eight(repeating: join.nearFactor)
        speedFactor = Eight(repeating: join.speedFactor)
        verticalWindow = Eight(repeating: join.verticalWindow)
    }
}

/// Which of eight pairs may be inside the volume at some time of the window. `own` carries the volume in its radius
/// and height.
///
/// With s the relative position at the window's middle, u the relative velocity, h half the window: the pair's way
/// is a segment of the line s + u t. It comes within d only if the line does, (s x u)^2 <= d^2 u.u, and if its
/// middle is at most d + h |u| away; (d + h |u|)^2 <= (1 + k) d^2 + (1 + 1/k) h^2 u.u for every k > 0. Vertically
/// |sz| <= height + |uz| h. The margins for rounding are inside the volume: see `SliceLemma`.
@inline(__always)
func mayMeet(_ own: EightBodies, _ other: EightBodies, _ limits: EightLimits) -> SIMDMask<SIMD8<Int32>> {
    let dx = other.x - own.x
    let dy = other.y - own.y
    let ux = other.vx - own.vx
    let uy = other.vy - own.vy
    let d = other.radius + own.radius
    let speed = ux * ux + uy * uy
    let apart = dx * dx + dy * dy
    let cross = dx * uy - dy * ux
    let d2 = d * d
    let dz = other.z - own.z
    let climb = withoutSign(other.vz - own.vz)
    let h = (other.height + own.height) + climb * limits.verticalWindow
    return (cross * cross .<= d2 * speed) .& (apart .<= d2 * limits.nearFactor + speed * limits.speedFactor)
        .& (dz * dz .<= h * h)
}

/// Tests each searcher, eight neighbours at a time, and writes those pairs that may be inside the volume at some
/// time of the window as (searcher, neighbour). For searchers of another group than the searched one, far fewer
/// than those. Stops when the next piece does not fit into `capacity`; call again until `join.own == join.end`.
/// Returns the number of pairs written.
public func joinPairs(_ order: UnsafeMutableRawPointer, _ out: UnsafeMutablePointer<Int32>, capacity: Int)
    -> Int
{
    let join = order.assumingMemoryBound(to: PairJoin.self)
    let stride = join.pointee.stride
    let x = join.pointee.columns
    let (y, z, vx, vy) = (x + stride, x + 2 &* stride, x + 3 &* stride, x + 4 &* stride)
    let (vz, radius, height) = (x + 5 &* stride, x + 6 &* stride, x + 7 &* stride)
    let owns = join.pointee.ownColumns
    let ownStride = join.pointee.ownStride
    let cells = join.pointee.cells
    let (originX, perMeterX, columns) = (
        join.pointee.originX, join.pointee.cellsPerMeterX, join.pointee.columnCount
    )
    let (originY, perMeterY, rows) = (
        join.pointee.originY, join.pointee.cellsPerMeterY, join.pointee.rowCount
    )
    let window = join.pointee.window
    let distance = join.pointee.distance
    let farthestOther = join.pointee.farthestOther + join.pointee.slack
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
        let searching = owns + own
        let (px, py) = (searching[0], searching[ownStride])
        let (pvx, pvy) = (searching[3 &* ownStride], searching[4 &* ownStride])
        let added = searching[6 &* ownStride]
        let reach =
            (distance + added + farthestOther + window * (pvx * pvx + pvy * pvy).squareRoot())
            * 1.00001
        let firstColumn = cell(px - reach, originX, perMeterX, columns)
        let lastColumn = cell(px + reach, originX, perMeterX, columns)
        let lastRow = cell(py + reach, originY, perMeterY, rows)
        let searcher = EightBodies(
            x: Eight(repeating: px), y: Eight(repeating: py), z: Eight(repeating: searching[2 &* ownStride]),
            vx: Eight(repeating: pvx), vy: Eight(repeating: pvy),
            vz: Eight(repeating: searching[5 &* ownStride]),
            radius: Eight(repeating: added + distance),
            height: Eight(repeating: searching[7 &* ownStride] + join.pointee.height))
        var row = resumedRow < 0 ? cell(py - reach, originY, perMeterY, rows) : resumedRow
        while row <= lastRow {
            let base = row &* Int(columns)
            let from = Int(cells[base &+ firstColumn])
            let to = Int(cells[base &+ lastColumn &+ 1])
            if to &- from > neighbourLimit {
                join.pointee.deferredBodies &+= 1
                join.pointee.deferredPairs &+= to &- from
                row &+= 1
                continue
            }
            var at = resumedRow == row ? resumedNeighbour : from
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
                let others = EightBodies(
                    x: load8(x, at), y: load8(y, at), z: load8(z, at), vx: load8(vx, at), vy: load8(vy, at),
                    vz: load8(vz, at), radius: load8(radius, at), height: load8(height, at))
                let mask = mayMeet(searcher, others, limits)
                if isAnySet(mask) {
                    var set = setLanes(mask)
                    let left = to &- at
                    if left < 8 { set &= (1 &<< UInt32(truncatingIfNeeded: left)) &- 1 }
                    if yielded >= candidateLimit {
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
