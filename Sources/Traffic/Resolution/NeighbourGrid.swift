/// Rows sorted into square cells, cells of one grid row side by side, so that the neighbours of a place are a few
/// runs of contiguous slots. Bodies outside the grid (cell -1) stand at the end.
struct NeighbourGrid {
    private var starts: UnsafeMutablePointer<Int32>
    private var room: Int
    private(set) var left = 0.0
    private(set) var bottom = 0.0
    private var cell = 1.0
    private var columns = 1
    private var lines = 1
    /// Slots of bodies in cells; the others follow.
    private(set) var gridded = 0

    init() {
        room = 16
        starts = .allocate(capacity: room)
    }

    func deallocate() { starts.deallocate() }

    /// Lays cells of about `size` metres over a box; larger where the area would need more than about 4 a body.
    mutating func lay(
        _ low: (x: Double, y: Double), _ high: (x: Double, y: Double), size: Double, count: Int
    ) {
        (left, bottom) = low.x <= high.x ? low : (0, 0)
        let (width, height) = low.x <= high.x ? (high.x - low.x, high.y - low.y) : (0, 0)
        cell = size
        while (width / cell + 1) * (height / cell + 1) > Double(4 * count + 1024) { cell *= 1.5 }
        columns = Int(width / cell) + 1
        lines = Int(height / cell) + 1
        let cells = columns * lines
        if room < cells + 2 {
            starts.deallocate()
            room = (cells + 2) * 5 / 4
            starts = .allocate(capacity: room)
        }
    }

    func cell(_ x: Double, _ y: Double) -> Int32 {
        Int32(
            truncatingIfNeeded: clamp(Int((y - bottom) / cell), lines) * columns
                + clamp(Int((x - left) / cell), columns))
    }

    /// Counting sort: `slots` becomes the rows by cell, by row in a cell.
    mutating func sort(_ cells: UnsafePointer<Int32>, _ count: Int, into slots: UnsafeMutablePointer<Int32>) {
        let all = columns * lines
        (starts).initialize(repeating: 0, count: all + 2)
        for k in 0..<count { starts[(cells[k] < 0 ? all : Int(cells[k])) + 1] &+= 1 }
        for c in 0...all { starts[c + 1] &+= starts[c] }
        gridded = Int(starts[all])
        for k in 0..<count {
            let c = cells[k] < 0 ? all : Int(cells[k])
            slots[Int(starts[c])] = Int32(truncatingIfNeeded: k)
            starts[c] &+= 1
        }
        for c in stride(from: all + 1, to: 0, by: -1) { starts[c] = starts[c - 1] }
        starts[0] = 0
    }

    @inline(__always)
    private func clamp(_ index: Int, _ count: Int) -> Int {
        index < 0 ? 0 : index >= count ? count - 1 : index
    }

    /// First and last line of cells that a square around `y` touches.
    func lineRange(_ y: Double, _ reach: Double) -> ClosedRange<Int> {
        let low = clamp(Int(max(-1, (y - reach - bottom) / cell)), lines)
        return low...max(low, clamp(Int(max(-1, min(1e6, (y + reach - bottom) / cell))), lines))
    }

    /// Slots of the stretch of one line of cells that a square around `x` touches.
    func run(_ line: Int, _ x: Double, _ reach: Double) -> Range<Int> {
        let low = clamp(Int(max(-1, (x - reach - left) / cell)), columns)
        let high = max(low, clamp(Int(max(-1, min(1e6, (x + reach - left) / cell))), columns))
        return Int(starts[line * columns + low])..<Int(starts[line * columns + high + 1])
    }
}
