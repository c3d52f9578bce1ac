/// Slots sorted into square cells, stacked by four, the stacks of one grid line side by side: the neighbours of a place
/// are one run of contiguous slots in each grid line, or, where it is crowded, a shorter one in each stack. Bodies
/// outside the grid (cell -1) stand at the end.
struct NeighbourGrid {
    private var starts: UnsafeMutablePointer<Int32>
    private var room: Int
    private(set) var left = 0.0
    private(set) var bottom = 0.0
    private(set) var height = 1.0
    private var perWidth = 1.0
    private var perHeight = 1.0
    private var columns = 1
    private(set) var lines = 1
    /// Number of the lowest line, counted from the plane's origin.
    private(set) var firstLine = 0
    /// Slots of bodies in cells; the others follow.
    private(set) var gridded = 0

    init() {
        room = 16
        starts = .allocate(capacity: room)
    }

    func deallocate() { starts.deallocate() }

    /// Lays stacks about `size` metres high over a box; higher where the area would need more than about 4 a body.
    mutating func lay(
        _ low: (x: Double, y: Double), _ high: (x: Double, y: Double), size: Double, count: Int
    ) {
        (left, bottom) = low.x <= high.x ? low : (0, 0)
        let wide = low.x <= high.x ? high.x - low.x : 0
        var tall = low.x <= high.x ? high.y - low.y : 0
        height = size
        while (4 * wide / height + 1) * (tall / height + 1) > Double(4 * count + 1024) { height *= 1.5 }
        // Lines stay where they are whoever comes and goes, so that their turns do.
        firstLine = Int((bottom / height).rounded(.down))
        tall += bottom - Double(firstLine) * height
        bottom = Double(firstLine) * height
        perHeight = 1 / height
        perWidth = 4 / height
        columns = Int(wide * perWidth) + 1
        lines = Int(tall * perHeight) + 1
        let cells = 4 * columns * lines
        if room < cells + 2 {
            starts.deallocate()
            room = (cells + 2) * 5 / 4
            starts = .allocate(capacity: room)
        }
    }

    @inline(__always)
    func line(_ y: Double) -> Int { clamp((y - bottom) * perHeight, lines) }

    @inline(__always)
    func cell(_ x: Double, _ y: Double) -> Int32 {
        let place = line(y)
        let stack = place &* columns &+ clamp((x - left) * perWidth, columns)
        return Int32(truncatingIfNeeded: 4 &* stack &+ level(place, y))
    }

    /// Which cell of a stack of a line a place north falls into.
    @inline(__always)
    private func level(_ line: Int, _ y: Double) -> Int {
        clamp(4 * ((y - bottom) * perHeight - Double(line)), 4)
    }

    /// Counting sort: `slots` becomes the rows by cell, by row in a cell.
    mutating func sort(_ cells: UnsafePointer<Int32>, _ count: Int, into slots: UnsafeMutablePointer<Int32>) {
        let all = 4 * columns * lines
        let starts = self.starts
        starts.initialize(repeating: 0, count: all + 2)
        for k in 0..<count { starts[(cells[k] < 0 ? all : Int(cells[k])) &+ 1] &+= 1 }
        for c in 0...all { starts[c &+ 1] &+= starts[c] }
        gridded = Int(starts[all])
        for k in 0..<count {
            let c = cells[k] < 0 ? all : Int(cells[k])
            slots[Int(starts[c])] = Int32(truncatingIfNeeded: k)
            starts[c] &+= 1
        }
        for c in stride(from: all + 1, to: 0, by: -1) { starts[c] = starts[c &- 1] }
        starts[0] = 0
    }

    @inline(__always)
    private func clamp(_ place: Double, _ count: Int) -> Int {
        guard place > 0 else { return 0 }
        guard place < Double(count) else { return count &- 1 }
        return Int(place)
    }

    /// First and last line of cells that a square around `y` touches.
    @inline(__always)
    func lineRange(_ y: Double, _ reach: Double) -> ClosedRange<Int> {
        let low = line(y - reach)
        return low...max(low, line(y + reach))
    }

    /// Slots of the stretch of one line of cells from `low` to `high` east.
    @inline(__always)
    func run(_ line: Int, from low: Double, to high: Double) -> Range<Int> {
        let first = clamp((low - left) * perWidth, columns)
        let last = max(first, clamp((high - left) * perWidth, columns))
        let base = 4 &* line &* columns
        return Int(starts[base &+ 4 &* first])..<Int(starts[base &+ 4 &* last &+ 4])
    }

    /// Stacks of a line from `low` to `high` east.
    @inline(__always)
    func stacks(from low: Double, to high: Double) -> ClosedRange<Int> {
        let first = clamp((low - left) * perWidth, columns)
        return first...max(first, clamp((high - left) * perWidth, columns))
    }

    /// Slots of the cells of one stack from `low` to `high` north.
    @inline(__always)
    func run(_ line: Int, stack: Int, from low: Double, to high: Double) -> Range<Int> {
        let base = 4 &* (line &* columns &+ stack)
        let (first, last) = (level(line, low), level(line, high))
        return Int(starts[base &+ first])..<Int(starts[base &+ max(first, last) &+ 1])
    }
}

extension NeighbourGrid {
    /// Half of the width at which a circle around `y` passes a line of cells, at least that of a hair.
    @inline(__always)
    func halfWidth(_ line: Int, _ y: Double, _ reach: Double) -> Double {
        let low = bottom + Double(line) * height
        let away = y < low ? low - y : y > low + height ? y - low - height : 0
        let square = reach * reach - away * away
        return square > 1 ? square.squareRoot() + 1 : 1
    }
}
