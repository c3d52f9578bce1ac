/// The raster of a polygon's box. A cell is a border cell when an edge comes within `margin` of it, so that the rounding
/// of "which cell is this point in" cannot turn an answer; the other cells lie wholly on one side.
struct EdgeRaster {
    /// Nanometres; more than what rounding moves a cell's border or a cut path's end.
    private static let margin = 8.0

    private(set) var columns = 1
    private(set) var rows = 1
    private(set) var cellsPerNanometerX = 0.0
    private(set) var cellsPerNanometerY = 0.0
    private(set) var cells: [UInt16] = []
    private(set) var borderCells: [ShapeView.BorderCell] = []
    private(set) var cellEdges: [UInt16] = []

    private let edges: [FenceEdge]
    private let minX: Double
    private let minY: Double
    private var width = 0.0
    private var height = 0.0
    /// Edges that touch each row, for the exact place of a cell's reference.
    private var rowEdges: [[Int]] = []

    init(_ edges: [FenceEdge], _ view: ShapeView) {
        self.edges = edges
        (minX, minY) = (view.minX, view.minY)
        let spanX = view.maxX - view.minX
        let spanY = view.maxY - view.minY
        // Measured: eight cells a side for the root of the number of edges puts three in four points
        // of a jagged outline into cells without edges; cells stay far wider than the margin.
        let wanted = (8 * Double(edges.count).squareRoot()).clamped(8, 160)
        columns = Int((spanX / 4096).clamped(1, wanted))
        rows = Int((spanY / 4096).clamped(1, wanted))
        (width, height) = (spanX / Double(columns), spanY / Double(rows))
        (cellsPerNanometerX, cellsPerNanometerY) = (Double(columns) / spanX, Double(rows) / spanY)
        rowEdges = [[Int]](repeating: [], count: rows)
        let lists = mark()
        fill(lists)
    }

    /// Indices of edges by cell.
    private mutating func mark() -> [[Int]] {
        var lists = [[Int]](repeating: [], count: columns * rows)
        let marginX = Self.margin + width * 1e-9
        let marginY = Self.margin + height * 1e-9
        for (index, edge) in edges.enumerated() {
            let (low, high) = edge.ay < edge.by ? (edge.ay, edge.by) : (edge.by, edge.ay)
            for row in range(low - marginY - minY, high + marginY - minY, height, rows) {
                rowEdges[row].append(index)
                let bottom = minY + Double(row) * height - marginY
                let top = minY + Double(row + 1) * height + marginY
                // The part of the edge in the row.
                var (from, to) = (0.0, 1.0)
                let rise = edge.by - edge.ay
                if rise != 0 {
                    let (a, b) = ((bottom - edge.ay) / rise, (top - edge.ay) / rise)
                    from = max(0, min(a, b))
                    to = min(1, max(a, b))
                }
                let run = edge.bx - edge.ax
                let (x0, x1) = (edge.ax + run * from, edge.ax + run * to)
                for column in range(
                    min(x0, x1) - marginX - minX, max(x0, x1) + marginX - minX, width, columns)
                {
                    lists[row * columns + column].append(index)
                }
            }
        }
        return lists
    }

    private func range(_ low: Double, _ high: Double, _ size: Double, _ count: Int) -> Range<Int> {
        let first = Int((low / size).rounded(.down).clamped(0, Double(count - 1)))
        let last = Int((high / size).rounded(.down).clamped(0, Double(count - 1)))
        return first..<last + 1
    }

    private mutating func fill(_ lists: [[Int]]) {
        cells = [UInt16](repeating: 0, count: lists.count)
        for row in 0..<rows {
            for column in 0..<columns {
                let cell = row * columns + column
                if !lists[cell].isEmpty {
                    cells[cell] = UInt16(borderCells.count + 2)
                    addBorderCell(lists[cell], row, column)
                } else if column > 0, cells[cell - 1] < 2 {
                    // Neighbours without an edge between them are on one side.
                    cells[cell] = cells[cell - 1]
                } else if row > 0, cells[cell - columns] < 2 {
                    cells[cell] = cells[cell - columns]
                } else {
                    let x = (minX + (Double(column) + 0.5) * width).rounded()
                    let y = (minY + (Double(row) + 0.5) * height).rounded()
                    cells[cell] = place(x, y, row) == .inside ? 1 : 0
                }
            }
        }
    }

    private func place(_ x: Double, _ y: Double, _ row: Int) -> PointPlace {
        var isInside = false
        for index in rowEdges[row] {
            let edge = edges[index]
            let side = Orientation.sign(edge.ax, edge.ay, edge.bx, edge.by, x, y)
            if side == 0, Orientation.isBetween(edge.ax, edge.ay, edge.bx, edge.by, x, y) { return .border }
            if (edge.ay > y) != (edge.by > y), (edge.by > edge.ay) == (side > 0) { isInside.toggle() }
        }
        return isInside ? .inside : .outside
    }

    private mutating func addBorderCell(_ list: [Int], _ row: Int, _ column: Int) {
        var border = ShapeView.BorderCell(
            referenceX: 0, referenceY: 0, start: UInt32(cellEdges.count), count: ShapeView.BorderCell.slow,
            isInside: false)
        defer { borderCells.append(border) }
        guard list.count < 64, width > 64, height > 64 else { return }
        // Points of a low-discrepancy sequence (plastic number), the first that is off every line of the cell's edges.
        for attempt in 1...24 {
            let u = (0.754_877_666_246_692_7 * Double(attempt)).truncatingRemainder(dividingBy: 1)
            let v = (0.569_840_290_998_053_2 * Double(attempt)).truncatingRemainder(dividingBy: 1)
            let x = (minX + (Double(column) + 0.1 + 0.8 * u) * width).rounded()
            let y = (minY + (Double(row) + 0.1 + 0.8 * v) * height).rounded()
            let isOff = list.allSatisfy { index in
                let edge = edges[index]
                return Orientation.filtered(edge.ax, edge.ay, edge.bx, edge.by, x, y) != nil
            }
            guard isOff else { continue }
            border.referenceX = x
            border.referenceY = y
            border.isInside = place(x, y, row) == .inside
            border.count = UInt16(list.count)
            for index in list {
                let edge = edges[index]
                let isLeft = Orientation.sign(edge.ax, edge.ay, edge.bx, edge.by, x, y) > 0
                cellEdges.append(UInt16(index * 2 + (isLeft ? 1 : 0)))
            }
            return
        }
    }
}

extension Double {
    fileprivate func clamped(_ low: Double, _ high: Double) -> Double {
        self < low ? low : self > high ? high : self
    }
}
