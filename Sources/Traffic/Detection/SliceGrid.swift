import TrafficKernels

/// Where one group's cells lie in a grid: rows of cells along x, row by row along y.
struct GridShape {
    var originX: Float = 0
    var originY: Float = 0
    var cellsPerMeterX: Float = 0
    var cellsPerMeterY: Float = 0
    var columns: Int32 = 1
    var rows: Int32 = 1
    var rowMeters: Float = 1
    /// Twice what eight neighbours in a row usually take up.
    var clusterMeters: Float = 1
    /// Of its first cell among all groups' cells.
    var firstCell = 0

    var cells: Int { Int(columns) * Int(rows) }

    /// Rows so high that eight neighbours in one fill about a square, so that searching for eight at once looks at
    /// little more than their reach, but not much higher than that; narrow columns, for the same. At most about two cells for a body.
    init(_ box: GroupBox, centerX: Double, centerY: Double, reach: Double, count: Int, firstCell: Int) {
        self.firstCell = firstCell
        let width = max(box.maxX - box.minX, 1)
        let height = max(box.maxY - box.minY, 1)
        let budget = min(Double(2 * count + 16), 0x1p22)
        let square = (8 * width * height / Double(max(count, 1))).squareRoot()
        let rowCount = (height / max(min(0.8 * square, 1.5 * reach), 0.1 * reach, 1)).rounded(.down).clamped(
            1, budget)
        let columnCount = (16 * width / max(reach, 1)).rounded(.down).clamped(
            1, (budget / rowCount).rounded(.up))
        originX = Float(box.minX - centerX)
        originY = Float(box.minY - centerY)
        cellsPerMeterX = Float(columnCount / width)
        cellsPerMeterY = Float(rowCount / height)
        rowMeters = Float(height / rowCount)
        clusterMeters = Float(16 * width * rowCount / Double(max(count, 1)))
        columns = Int32(columnCount)
        rows = Int32(rowCount)
    }

    /// One cell for all.
    init(firstCell: Int = 0) { self.firstCell = firstCell }

    /// The cell of a place. The same arithmetic as the search's, and monotone in both coordinates.
    @inline(__always)
    func cell(_ x: Float, _ y: Float) -> Int {
        let column = Self.index((x - originX) * cellsPerMeterX, columns)
        let row = Self.index((y - originY) * cellsPerMeterY, rows)
        return firstCell &+ row &* Int(columns) &+ column
    }

    @inline(__always)
    private static func index(_ place: Float, _ count: Int32) -> Int {
        let last = Float(count &- 1)
        let low = place > 0 ? place : 0
        let clamped = low < last ? low : last
        return Int((clamped + 0x1p23).bitPattern & 0x7F_FFFF)
    }
}

extension Double {
    @inline(__always)
    fileprivate func clamped(_ low: Double, _ high: Double) -> Double {
        self < low ? low : self > high ? high : self
    }
}

/// Which bodies are where at the middle of one slice: sorted by group, row and column, within a cell by index.
final class SliceGrid {
    /// Index of each body in the body table.
    private(set) var place: UnsafeMutablePointer<Int32>
    private var capacity = 0
    /// First body of each cell, and one more.
    private(set) var cells: UnsafeMutablePointer<Int32>
    private var cellCapacity = 0
    private(set) var cellCount = 0
    let shapes: UnsafeMutablePointer<GridShape>

    init(groups: Int) {
        place = .allocate(capacity: 1)
        cells = .allocate(capacity: 1)
        shapes = .allocate(capacity: groups)
        shapes.initialize(repeating: GridShape(), count: groups)
    }

    deinit {
        place.deallocate()
        cells.deallocate()
        shapes.deallocate()
    }

    var memoryBytes: Int { 4 * (capacity + cellCapacity) }

    func reserve(bodies: Int, cells count: Int) {
        if bodies > capacity {
            capacity = bodies + bodies / 16 + 64
            place.deallocate()
            place = .allocate(capacity: capacity)
        }
        if count + 1 > cellCapacity {
            cellCapacity = count + count / 16 + 64
            cells.deallocate()
            cells = .allocate(capacity: cellCapacity)
        }
        cellCount = count
    }

    /// The most bodies of one group that are in one row within `reach(g)` metres to either side of some cell.
    func longestRun(_ groups: BodyGroups, reach: (Int) -> Double) -> Int {
        var longest = 0
        for g in 0..<BodyGroups.groups where groups.table[g].count > longest {
            let shape = shapes[g]
            let columns = Int(shape.columns)
            let width = min(reach(g) * Double(shape.cellsPerMeterX), Double(columns)).rounded(.up)
            let aside = Int(width)
            for row in 0..<Int(shape.rows) {
                let base = cells + shape.firstCell + row * columns
                var column = 0
                while column < columns {
                    let low = column > aside ? column &- aside : 0
                    let high = column &+ aside &+ 1 < columns ? column &+ aside &+ 1 : columns
                    longest = max(longest, Int(base[high] &- base[low]))
                    column &+= 1
                }
            }
        }
        return longest
    }

    /// Sorts the bodies of the table. `keys` is memory for one number a body.
    func sort(
        _ table: BodyTable, _ groups: BodyGroups, _ keys: UnsafeMutablePointer<Int32>, middle: Double
    ) {
        let (cells, shapes, place) = (cells, shapes, place)
        let (groupOf, bodies, count) = (groups.groupOf, table.bodies, table.count)
        let (centerX, centerY) = (groups.center.x, groups.center.y)
        cells.update(repeating: 0, count: cellCount + 1)
        var i = 0
        while i < count {
            let g = Int(groupOf[i])
            if g < BodyGroups.refused {
                let body = bodies + i
                let x = Float(body.pointee.motion.x + body.pointee.motion.vx * middle - centerX)
                let y = Float(body.pointee.motion.y + body.pointee.motion.vy * middle - centerY)
                let cell = shapes[g].cell(x, y)
                keys[i] = Int32(truncatingIfNeeded: cell)
                cells[cell] &+= 1
            }
            i &+= 1
        }
        sumCells(cells, cellCount)
        i = count &- 1
        while i >= 0 {
            if Int(groupOf[i]) < BodyGroups.refused {
                let cell = Int(keys[i])
                cells[cell] &-= 1
                place[Int(cells[cell])] = Int32(truncatingIfNeeded: i)
            }
            i &-= 1
        }
    }
}

/// Bodies in the form the kernels read (`PairJoin.bodies`), and which they are.
final class SliceBodies {
    private(set) var floats: UnsafeMutablePointer<Float>
    private var capacity = 0

    init() { floats = .allocate(capacity: 1) }

    deinit { floats.deallocate() }

    var memoryBytes: Int { 4 * capacity * Self.numbers }

    /// Of a body.
    private static let numbers = 8

    /// Room for `count` bodies and the rest of their last block; what was there is lost.
    func reserve(_ count: Int) {
        guard count + 8 > capacity else { return }
        capacity = (count + count / 16 + 64) / 8 * 8
        floats.deallocate()
        // Blocks in whole cache lines.
        floats = UnsafeMutableRawPointer.allocate(byteCount: 4 * capacity * Self.numbers, alignment: 64)
            .bindMemory(to: Float.self, capacity: capacity * Self.numbers)
        floats.initialize(repeating: 0, count: capacity * Self.numbers)
    }

    /// Those bodies of the table that the grid has at `part` of its order, at its slice's middle. `reserve` must have
    /// been called. Returns a sum that means nothing: keep it, so that what is only touched is read.
    func fill(
        _ part: Range<Int>, _ bodies: UnsafePointer<Body>, _ groups: BodyGroups,
        _ place: UnsafePointer<Int32>,
        middle: Double
    ) -> UInt64 {
        let floats = floats
        let center = groups.center
        var touched: UInt64 = 0
        var at = part.lowerBound
        while at < part.upperBound {
            let next = min(at &+ 32, part.upperBound)
            // So that the cache fetches them all at once and not one after the other.
            var ahead = at
            while ahead < next {
                touched &+= bodies[Int(place[ahead])].motion.x.bitPattern
                ahead &+= 1
            }
            while at < next {
                let body = bodies[Int(place[at])]
                let m = body.motion
                let to = floats + bodyPlace(at)
                to[0] = Float(m.x + m.vx * middle - center.x)
                to[8] = Float(m.y + m.vy * middle - center.y)
                to[16] = Float(m.z + m.vz * middle - center.z)
                to[24] = SliceLemma.velocity(m.vx)
                to[32] = SliceLemma.velocity(m.vy)
                to[40] = SliceLemma.velocity(m.vz)
                to[48] = Float(body.addedRadiusMeters)
                to[56] = Float(body.addedHeightMeters)
                at &+= 1
            }
        }
        return touched
    }

    /// Copies one body.
    @inline(__always)
    func copy(_ source: UnsafePointer<Float>, _ from: Int, to: Int) {
        let (a, b) = (source + bodyPlace(from), floats + bodyPlace(to))
        (b[0], b[8], b[16], b[24]) = (a[0], a[8], a[16], a[24])
        (b[32], b[40], b[48], b[56]) = (a[32], a[40], a[48], a[56])
    }
}

/// Counts per cell become the end of each cell; sorting backwards then turns ends into beginnings.
@inline(__always)
func sumCells(_ cells: UnsafeMutablePointer<Int32>, _ count: Int) {
    var sum: Int32 = 0
    var i = 0
    while i < count {
        sum &+= cells[i]
        cells[i] = sum
        i &+= 1
    }
    cells[count] = sum
}
