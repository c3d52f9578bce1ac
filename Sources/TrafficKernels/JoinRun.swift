/// How far a join has come, and what both ways of searching (`joinClusters`, `joinPairs`) need of it: kept in
/// registers while it runs, and written back when it stops.
struct JoinRun {
    private let join: UnsafeMutablePointer<PairJoin>
    private let out: UnsafeMutablePointer<Int32>
    private let capacity: Int
    private let cells: UnsafePointer<Int32>
    private let columns: Int32
    private let rows: Int32
    private let originX: Float
    private let originY: Float
    private let perMeterX: Float
    private let perMeterY: Float
    /// The row of the searchers, in which a searcher looks only behind itself; -1 when they are of another group.
    private let ownRow: Int
    private let neighbourLimit: Int
    private let candidateLimit: Int
    private let resumedNeighbour: Int
    private var resumedRow: Int
    private(set) var own: Int
    private var yielded: Int
    private var tested: Int
    private var count = 0

    @inline(__always)
    init(
        _ join: UnsafeMutablePointer<PairJoin>, _ out: UnsafeMutablePointer<Int32>, capacity: Int
    ) {
        (self.join, self.out, self.capacity) = (join, out, capacity)
        cells = join.pointee.cells
        (columns, rows) = (join.pointee.columnCount, join.pointee.rowCount)
        (originX, originY) = (join.pointee.originX, join.pointee.originY)
        (perMeterX, perMeterY) = (join.pointee.cellsPerMeterX, join.pointee.cellsPerMeterY)
        ownRow = join.pointee.isSelf ? Int(join.pointee.ownRow) : -1
        neighbourLimit = join.pointee.neighbourLimit
        candidateLimit = join.pointee.candidateLimit
        resumedNeighbour = join.pointee.neighbour
        resumedRow = join.pointee.row
        own = join.pointee.own
        yielded = join.pointee.yielded
        tested = join.pointee.tested
    }

    @inline(__always)
    func column(_ x: Float) -> Int { cell(x, originX, perMeterX, columns) }

    @inline(__always)
    func row(_ y: Float) -> Int { cell(y, originY, perMeterY, rows) }

    /// Where searchers that reach from `y` upwards begin, or go on.
    @inline(__always)
    func firstRow(_ y: Float) -> Int { resumedRow >= 0 ? resumedRow : ownRow >= 0 ? ownRow : row(y) }

    @inline(__always)
    func isOwn(_ row: Int) -> Bool { row == ownRow }

    /// The bodies of a row from one column to another that `searchers` from `own` on are tested with; none when they
    /// are so many that they are put off.
    @inline(__always)
    mutating func neighbours(
        row: Int, from firstColumn: Int, to lastColumn: Int, searchers: Int
    ) -> (at: Int, to: Int) {
        let base = row &* Int(columns)
        let from = isOwn(row) ? own &+ 1 : Int(cells[base &+ firstColumn])
        let to = Int(cells[base &+ lastColumn &+ 1])
        if to &- from > neighbourLimit {
            join.pointee.deferredBodies &+= searchers
            join.pointee.deferredPairs &+= searchers &* (to &- from)
            return (to, to)
        }
        let at = resumedRow == row ? resumedNeighbour : from
        if at < to { tested &+= searchers &* (to &- at) }
        return (at, to)
    }

    /// Whether what one vector may yield does not fit any more.
    var isFull: Bool {
        @inline(__always)
        get { capacity &- count < 8 }
    }

    /// Yields a pair for each lane that is set: lanes are searchers from `own` on, or neighbours from `other` on.
    @inline(__always)
    mutating func yield(_ lanes: UInt32, own: Int, other: Int, lanesSearch: Bool) {
        var set = lanes
        if yielded >= candidateLimit {
            join.pointee.deferredPairs &+= set.nonzeroBitCount
            set = 0
        }
        while set != 0 {
            let lane = set.trailingZeroBitCount
            out[2 &* count] = Int32(truncatingIfNeeded: lanesSearch ? own &+ lane : own)
            out[2 &* count &+ 1] = Int32(truncatingIfNeeded: lanesSearch ? other : other &+ lane)
            count &+= 1
            yielded &+= 1
            set &= set &- 1
        }
    }

    /// On to the searcher behind these.
    @inline(__always)
    mutating func advance(_ searchers: Int) {
        resumedRow = -1
        yielded = 0
        own &+= searchers
    }

    /// Full, before neighbour `at` of a row: `left` tests are for the next time. Returns the number of pairs.
    @inline(__always)
    func pause(row: Int, at: Int, left: Int) -> Int {
        write(row, at, tested &- left)
    }

    /// All searchers are through.
    @inline(__always)
    func finish() -> Int {
        write(-1, join.pointee.neighbour, tested)
    }

    @inline(__always)
    private func write(_ row: Int, _ neighbour: Int, _ tested: Int) -> Int {
        join.pointee.own = own
        join.pointee.row = row
        join.pointee.neighbour = neighbour
        join.pointee.yielded = yielded
        join.pointee.tested = tested
        return keepMeeting(join, out, count)
    }
}
