/// Where one group's cells lie in a grid: rows of cells along x, row by row along y.
struct GridShape {
    var originX: Float = 0
    var originY: Float = 0
    var cellsPerMeterX: Float = 0
    var cellsPerMeterY: Float = 0
    var columns: Int32 = 1
    var rows: Int32 = 1
    /// Of its first cell among all groups' cells.
    var firstCell = 0

    var cells: Int { Int(columns) * Int(rows) }

    /// Rows as high as the reach, so that a search has to look into two or three; columns narrow, so that it looks
    /// at little more than its reach. At most about two cells for a body.
    init(_ box: GroupBox, centerX: Double, centerY: Double, reach: Double, count: Int, firstCell: Int) {
        self.firstCell = firstCell
        let width = max(box.maxX - box.minX, 1)
        let height = max(box.maxY - box.minY, 1)
        let budget = min(Double(2 * count + 16), 0x1p22)
        let rowCount = (height / max(reach, 1)).rounded(.down).clamped(1, budget)
        let columnCount = (8 * width / max(reach, 1)).rounded(.down).clamped(
            1, (budget / rowCount).rounded(.up))
        originX = Float(box.minX - centerX)
        originY = Float(box.minY - centerY)
        cellsPerMeterX = Float(columnCount / width)
        cellsPerMeterY = Float(rowCount / height)
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

/// Horizontal box of a group's bodies over the whole lookahead, metres.
struct GroupBox {
    var minX = Double.infinity
    var maxX = -Double.infinity
    var minY = Double.infinity
    var maxY = -Double.infinity
}

/// Bodies of one class that move about as fast: contiguous in every sorted list.
struct BodyGroup {
    var first = 0
    var count = 0
    var box = GroupBox()
    var fastest = 0.0
    var fastestClimb = 0.0
    var largestAddedRadius = 0.0
}

/// All bodies at the middle of one slice, sorted by group and cell, in the form the kernels read.
final class SliceGrid {
    private(set) var capacity = 0
    private(set) var floats: UnsafeMutablePointer<Float>
    /// Index into the detector's records.
    private(set) var place: UnsafeMutablePointer<Int32>
    private(set) var cells: UnsafeMutablePointer<Int32>
    private(set) var cellCapacity = 0
    let shapes: UnsafeMutablePointer<GridShape>
    /// Distance between the columns of `floats`.
    private(set) var stride = 0
    static let columns = 7

    init(groups: Int) {
        floats = .allocate(capacity: 1)
        place = .allocate(capacity: 1)
        cells = .allocate(capacity: 1)
        shapes = .allocate(capacity: groups)
        shapes.initialize(repeating: GridShape(), count: groups)
    }

    deinit {
        floats.deallocate()
        place.deallocate()
        cells.deallocate()
        shapes.deallocate()
    }

    func reserve(bodies: Int, cells cellCount: Int) {
        if bodies > capacity {
            capacity = bodies + bodies / 16 + 64
            stride = capacity + 16
            floats.deallocate()
            floats = .allocate(capacity: stride * Self.columns)
            floats.initialize(repeating: 0, count: stride * Self.columns)
            place.deallocate()
            place = .allocate(capacity: capacity)
        }
        if cellCount + 1 > cellCapacity {
            cellCapacity = cellCount + cellCount / 16 + 64
            cells.deallocate()
            cells = .allocate(capacity: cellCapacity)
        }
    }

    var memoryBytes: Int { 4 * (stride * Self.columns + capacity + cellCapacity) }

    @inline(__always)
    func column(_ index: Int) -> UnsafeMutablePointer<Float> { floats + index &* stride }
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
