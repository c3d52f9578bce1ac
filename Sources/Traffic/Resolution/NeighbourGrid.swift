/// Rows sorted into square cells, cells of one grid row side by side, so that the neighbours of a place are a few
/// runs of contiguous rows. Intruders (fast, wide) stand apart at the end.
struct NeighbourGrid {
    private(set) var slots: [Int32] = []
    private var starts: [Int32] = []
    private var cellOf: [Int32] = []
    private var left = 0.0
    private var bottom = 0.0
    private var cell = 1.0
    private var columns = 1
    private var rowCount = 1
    /// Slots of bodies in cells; intruders follow.
    private(set) var gridded = 0
    private(set) var fastest = 0.0
    private(set) var widest = 0.0
    private(set) var mostBend = 0.0

    mutating func build(_ rows: UnsafePointer<ResolverRow>, _ count: Int, _ settings: ResolverSettings) {
        if slots.count < count {
            slots = Array(repeating: 0, count: count + count / 4)
            cellOf = Array(repeating: 0, count: count + count / 4)
        }
        var (low, high) = ((x: Double.infinity, y: Double.infinity), (x: -Double.infinity, y: -Double.infinity))
        (fastest, widest, mostBend) = (0, 0, 0)
        for k in 0..<count where !rows[k].isIntruder {
            let (m, line) = (rows[k].body.motion, rows[k].line)
            if m.x < low.x { low.x = m.x }
            if m.y < low.y { low.y = m.y }
            if m.x > high.x { high.x = m.x }
            if m.y > high.y { high.y = m.y }
            let speed = line.vx * line.vx + line.vy * line.vy
            if speed > fastest { fastest = speed }
            if rows[k].radius > widest { widest = rows[k].radius }
            if line.bend > mostBend { mostBend = line.bend }
        }
        fastest = fastest.squareRoot()
        (left, bottom) = low.x <= high.x ? (low.x, low.y) : (0, 0)
        let (width, height) = low.x <= high.x ? (high.x - low.x, high.y - low.y) : (0, 0)
        // Cells a quarter of the usual reach, larger where the area would need too many.
        cell = 125
        while (width / cell + 1) * (height / cell + 1) > Double(4 * count + 1024) { cell *= 1.5 }
        columns = Int(width / cell) + 1
        rowCount = Int(height / cell) + 1
        let cells = columns * rowCount
        if starts.count < cells + 2 { starts = Array(repeating: 0, count: (cells + 2) * 5 / 4) }
        for c in 0..<(cells + 2) { starts[c] = 0 }
        for k in 0..<count {
            let c = rows[k].isIntruder ? cells : cellIndex(rows[k].body.motion.x, rows[k].body.motion.y)
            cellOf[k] = Int32(truncatingIfNeeded: c)
            starts[c + 1] += 1
        }
        for c in 0...cells { starts[c + 1] += starts[c] }
        gridded = Int(starts[cells])
        for k in 0..<count {
            let c = Int(cellOf[k])
            slots[Int(starts[c])] = Int32(truncatingIfNeeded: k)
            starts[c] += 1
        }
        for c in stride(from: cells + 1, to: 0, by: -1) { starts[c] = starts[c - 1] }
        starts[0] = 0
    }

    private func cellIndex(_ x: Double, _ y: Double) -> Int {
        clamp(Int((y - bottom) / cell), rowCount) * columns + clamp(Int((x - left) / cell), columns)
    }

    private func clamp(_ index: Int, _ count: Int) -> Int { index < 0 ? 0 : index >= count ? count - 1 : index }

    /// First and last grid row that a circle touches.
    func rowRange(_ y: Double, _ reach: Double) -> ClosedRange<Int> {
        let low = clamp(Int(max(-1e6, (y - reach - bottom) / cell).rounded(.down)), rowCount)
        let high = clamp(Int(min(1e6, (y + reach - bottom) / cell)), rowCount)
        return low...max(low, high)
    }

    /// Slots of a stretch of one grid row.
    func run(_ row: Int, _ x: Double, _ reach: Double) -> Range<Int> {
        let low = clamp(Int(max(-1e6, (x - reach - left) / cell).rounded(.down)), columns)
        let high = clamp(Int(min(1e6, (x + reach - left) / cell)), columns)
        return Int(starts[row * columns + low])..<Int(starts[row * columns + max(low, high) + 1])
    }
}

extension ResolverRow {
    /// Half axes of what it keeps free, inflation included.
    @inline(__always) var radius: Double { body.separationMeters + body.inflationMeters }
    @inline(__always) var height: Double { body.separationHeightMeters + body.inflationMeters }
}
