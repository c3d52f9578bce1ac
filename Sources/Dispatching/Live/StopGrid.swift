/// Which stops are where, while they come and go: square cells over an area, everything beyond in the cells at its edge.
struct StopGrid {
    private let side: Int
    private let low: SIMD2<Double>
    private let scale: Double
    private var cells: [[Int32]]

    /// Cells for about `stops` stops over what `locations` cover.
    init(_ locations: [Location], stops: Int) {
        var (bottom, top) = (SIMD2(Double.infinity, .infinity), SIMD2(-Double.infinity, -.infinity))
        for location in locations {
            let at = StopGrid.flat(Spot(x: location.x, y: location.y, z: location.z))
            bottom.replace(with: at, where: at .< bottom)
            top.replace(with: at, where: at .> top)
        }
        side = max(1, min(256, Int((Double(max(stops, 1)) / 4).squareRoot())))
        low = locations.isEmpty ? SIMD2() : bottom
        scale = Double(side) / max((top - low).max(), 1)
        cells = Array(repeating: [], count: side * side)
    }

    /// Two coordinates that tell places apart: of earth-centred ones, across the meridian of 45 degrees and along the axis.
    static func flat(_ spot: Spot) -> SIMD2<Double> {
        spot.z == 0 ? SIMD2(spot.x, spot.y) : SIMD2(spot.y - spot.x, spot.z)
    }

    private func cell(_ spot: Spot) -> (column: Int, row: Int) {
        let at = (StopGrid.flat(spot) - low) * scale
        return (Int(max(0, min(at.x, Double(side - 1)))), Int(max(0, min(at.y, Double(side - 1)))))
    }

    mutating func add(_ stop: Int, _ spot: Spot) {
        let (column, row) = cell(spot)
        cells[row * side + column].append(Int32(stop))
    }

    mutating func remove(_ stop: Int, _ spot: Spot) {
        let (column, row) = cell(spot)
        let i = row * side + column
        guard let k = cells[i].firstIndex(of: Int32(stop)) else { return }
        cells[i].swapAt(k, cells[i].count - 1)
        cells[i].removeLast()
    }

    /// At least `count` stops around a spot, where there are as many, ring by ring and in no finer order.
    func near(_ spot: Spot, count: Int, into found: inout [Int32]) {
        found.removeAll(keepingCapacity: true)
        let (column, row) = cell(spot)
        var isEnough = false
        for ring in 0..<side {
            for y in max(0, row - ring)...min(side - 1, row + ring) {
                let isEdge = y == row - ring || y == row + ring
                for x in stride(
                    from: column - ring, through: column + ring, by: isEdge || ring == 0 ? 1 : 2 * ring)
                where x >= 0 && x < side {
                    found.append(contentsOf: cells[y * side + x])
                }
            }
            // One more ring: the corners of a ring are farther than the middle of the next.
            if isEnough { return }
            isEnough = found.count >= count
        }
    }
}
