/// Eight floats: one vector of the wide path, two of the portable one. Runs are short, and half-empty vectors cost
/// as much as full ones.
public typealias Eight = SIMD8<Float>

/// One join of two groups of bodies for one slice of time: which memory, which grid, which volume, and how far it
/// has come. Both builds of this file lay it out alike; it is handed over by address.
public struct PairJoin {
    /// All bodies in the order of the grid (by group, row and column), eight to a block: eight times x at the
    /// slice's middle, then y, z, velocity (x, y, z), added radius, added height. See `bodyPlace`.
    public var bodies: UnsafePointer<Float>
    /// Bodies that search, in the same form; the same memory, or a selection of it.
    public var searchers: UnsafePointer<Float>

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
    /// The volume is a cylinder: a pair must be inside horizontally and vertically at the same time.
    public var isCylinder = false
    /// Factor of distance^2 in the bound of how far apart a pair may be at the middle.
    public var nearFactor: Float = 0
    /// The searched bodies' largest added radius and half height, and the former with the largest way within the
    /// window.
    public var widestOther: Float = 0
    public var highestOther: Float = 0
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

    public init(bodies: UnsafePointer<Float>, cells: UnsafePointer<Int32>) {
        (self.bodies, searchers) = (bodies, bodies)
        self.cells = cells
    }
}

/// Floats of a block of eight bodies.
public let blockFloats = 64

/// Where the first number of body `at` is; the others follow eight apart.
@inline(__always)
public func bodyPlace(_ at: Int) -> Int { (at & ~7) &* 8 | at & 7 }

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

    /// Block `number`.
    @inline(__always)
    init(_ bodies: UnsafePointer<Float>, block number: Int) {
        let block = UnsafeRawPointer(bodies + number &* blockFloats)
        x = block.loadUnaligned(as: Eight.self)
        y = block.loadUnaligned(fromByteOffset: 32, as: Eight.self)
        z = block.loadUnaligned(fromByteOffset: 64, as: Eight.self)
        vx = block.loadUnaligned(fromByteOffset: 96, as: Eight.self)
        vy = block.loadUnaligned(fromByteOffset: 128, as: Eight.self)
        vz = block.loadUnaligned(fromByteOffset: 160, as: Eight.self)
        radius = block.loadUnaligned(fromByteOffset: 192, as: Eight.self)
        height = block.loadUnaligned(fromByteOffset: 224, as: Eight.self)
    }

    /// Body `at`, eight times.
    @inline(__always)
    init(_ bodies: UnsafePointer<Float>, repeating at: Int) {
        let body = bodies + bodyPlace(at)
        x = Eight(repeating: body[0])
        y = Eight(repeating: body[8])
        z = Eight(repeating: body[16])
        vx = Eight(repeating: body[24])
        vy = Eight(repeating: body[32])
        vz = Eight(repeating: body[40])
        radius = Eight(repeating: body[48])
        height = Eight(repeating: body[56])
    }
}

/// What of a join the test of one vector needs.
struct EightLimits {
    var nearFactor, speedFactor, verticalWindow: Eight

    @inline(__always)
    init(_ join: PairJoin) {
        nearFactor = Eight(repeating: join.nearFactor)
        speedFactor = Eight(repeating: join.speedFactor)
        verticalWindow = Eight(repeating: join.verticalWindow)
    }
}

/// Which of eight pairs may be inside their volume at some time of the window. `d2`: its radius squared, `near`:
/// that times the near factor, `height`: half its height.
///
/// With s the relative position at the window's middle, u the relative velocity, h half the window: the pair's way
/// is a segment of the line s + u t. It comes within d only if the line does, (s x u)^2 <= d^2 u.u, and if its
/// middle is at most d + h |u| away; (d + h |u|)^2 <= (1 + k) d^2 + (1 + 1/k) h^2 u.u for every k > 0. Vertically
/// |sz| <= height + |uz| h. The margins for rounding are inside the volume: see `SliceLemma`.
@inline(__always)
func mayMeet(
    _ own: EightBodies, _ other: EightBodies, d2: Eight, near: Eight, height: Eight, _ limits: EightLimits
) -> SIMDMask<SIMD8<Int32>> {
    let dx = other.x - own.x
    let dy = other.y - own.y
    let ux = other.vx - own.vx
    let uy = other.vy - own.vy
    let speed = ux * ux + uy * uy
    let apart = dx * dx + dy * dy
    let cross = dx * uy - dy * ux
    let dz = withoutSign(other.z - own.z)
    let climb = withoutSign(other.vz - own.vz)
    return (cross * cross .<= d2 * speed) .& (apart .<= near + speed * limits.speedFactor)
        .& (dz .<= height + climb * limits.verticalWindow)
}

/// A closer look at pairs that `mayMeet`: keeps those that may be inside a cylinder horizontally and vertically at
/// the same time. Returns how many.
///
/// With c = -(s.u) / (u.u) the time of closest approach, a pair within d at t has |t - c| <= d / |u|, so within H
/// then it has |sz + uz c| <= H + |uz| d / |u| at c. Times u.u, which may be zero. With |sz| <= H + |uz| h and
/// |s| <= d + h |u| from `mayMeet`, rounding makes less of the left side than 2^-20 (H + 2 |uz| h + |uz| d / |u|)
/// u.u; the right side is wider by more.
@inline(never)
func keepMeeting(_ join: UnsafePointer<PairJoin>, _ pairs: UnsafeMutablePointer<Int32>, _ count: Int) -> Int {
    guard join.pointee.isCylinder else { return count }
    let (searchers, bodies) = (join.pointee.searchers, join.pointee.bodies)
    let (distance, height) = (join.pointee.distance, join.pointee.height)
    let margin = join.pointee.verticalWindow * 0x1p-16
    var left = 0
    var i = 0
    while i < count {
        let (one, two) = (pairs[2 &* i], pairs[2 &* i &+ 1])
        let (own, other) = (searchers + bodyPlace(Int(one)), bodies + bodyPlace(Int(two)))
        let (dx, dy, dz) = (other[0] - own[0], other[8] - own[8], other[16] - own[16])
        let (ux, uy, uz) = (other[24] - own[24], other[32] - own[32], other[40] - own[40])
        let d = own[48] + other[48] + distance
        let speed = ux * ux + uy * uy
        let apart = (dz * speed - uz * (dx * ux + dy * uy)).magnitude
        let wide = (own[56] + other[56] + height + uz.magnitude * margin) * (1 + 0x1p-16)
        let beyond = apart - wide * speed
        let allowed = uz * uz * (d * d) * speed * (1 + 0x1p-14)
        pairs[2 &* left] = one
        pairs[2 &* left &+ 1] = two
        left &+= beyond <= 0 || beyond * beyond <= allowed ? 1 : 0
        i &+= 1
    }
    return left
}

/// Tests each searcher, eight neighbours at a time, and writes those pairs that may be inside the volume at some
/// time of the window as (searcher, neighbour). For few searchers among many. Stops when the next piece does not fit into `capacity`; call again until `join.own == join.end`.
/// Returns the number of pairs written.
public func joinPairs(_ order: UnsafeMutableRawPointer, _ out: UnsafeMutablePointer<Int32>, capacity: Int)
    -> Int
{
    let join = order.assumingMemoryBound(to: PairJoin.self)
    let bodies = join.pointee.bodies
    let window = join.pointee.window
    let distance = join.pointee.distance
    let farthestOther = join.pointee.farthestOther + join.pointee.slack
    let limits = EightLimits(join.pointee)
    let end = join.pointee.end
    var run = JoinRun(join, out, capacity: capacity)

    while run.own < end {
        let own = run.own
        let body = join.pointee.searchers + bodyPlace(own)
        let (px, py) = (body[0], body[8])
        let (pvx, pvy) = (body[24], body[32])
        let reach =
            (distance + body[48] + farthestOther + window * (pvx * pvx + pvy * pvy).squareRoot())
            * 1.00001
        let (firstColumn, lastColumn) = (run.column(px - reach), run.column(px + reach))
        let lastRow = run.row(py + reach)
        var searcher = EightBodies(join.pointee.searchers, repeating: own)
        searcher.radius += Eight(repeating: distance)
        searcher.height += Eight(repeating: join.pointee.height)
        var row = run.firstRow(py - reach)
        while row <= lastRow {
            let (from, to) = run.neighbours(
                row: row, from: firstColumn, to: lastColumn, searchers: 1)
            var at = from
            while at < to {
                if run.isFull { return run.pause(row: row, at: at, left: to &- at) }
                let block = at &>> 3
                let others = EightBodies(bodies, block: block)
                let d = others.radius + searcher.radius
                let d2 = d * d
                let mask = mayMeet(
                    searcher, others, d2: d2, near: d2 * limits.nearFactor,
                    height: others.height + searcher.height, limits)
                if isAnySet(mask) {
                    // From `at`, before `to`.
                    var set = setLanes(mask) & (0xFF &<< UInt32(truncatingIfNeeded: at & 7))
                    let last = to &- block &* 8
                    if last < 8 { set &= 1 &<< UInt32(truncatingIfNeeded: last) &- 1 }
                    run.yield(set, own: own, other: block &* 8, lanesSearch: false)
                }
                at = (block &+ 1) &* 8
            }
            row &+= 1
        }
        run.advance(1)
    }
    return run.finish()
}
