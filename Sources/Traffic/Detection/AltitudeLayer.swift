import TrafficKernels

/// The altitudes that matter to a searched group: searchers elsewhere meet nobody of it. Metres about the centre.
struct AltitudeLayer {
    var low: Float
    var high: Float
    /// Rows of the searchers' grid to go through at once, so that eight who are left are not too far apart.
    var rowsAtOnce = 1

    @inline(__always)
    func holds(z: Float, way: Float) -> Bool { z + way >= low && z - way <= high }
}

/// Those searchers of a few rows that are in a layer, in the form the kernels read; memory is kept.
final class LayerSelection {
    private(set) var floats: UnsafeMutablePointer<Float>
    /// Index of each in the body table.
    private(set) var place: UnsafeMutablePointer<Int32>
    private(set) var stride = 0

    init() {
        floats = .allocate(capacity: 1)
        place = .allocate(capacity: 1)
    }

    deinit {
        floats.deallocate()
        place.deallocate()
    }

    var memoryBytes: Int { 4 * stride * (SliceColumns.columns + 1) }

    private func reserve(_ count: Int) {
        guard count + 16 > stride else { return }
        stride = count + count / 2 + 64
        floats.deallocate()
        floats = .allocate(capacity: stride * SliceColumns.columns)
        floats.initialize(repeating: 0, count: stride * SliceColumns.columns)
        place.deallocate()
        place = .allocate(capacity: stride)
    }

    /// Selects from the rows of a group's grid, column by column through all rows. Returns how many there are.
    func select(
        _ layer: AltitudeLayer, rows: Range<Int>, _ grid: SliceGrid, _ shape: GridShape,
        _ columns: SliceColumns,
        verticalWindow: Float
    ) -> Int {
        let perRow = Int(shape.columns)
        let cells = UnsafePointer(grid.cells + shape.firstCell + rows.lowerBound * perRow)
        let from = UnsafePointer(columns.floats)
        let fromStride = columns.stride
        let (z, vz, height) = (from + 2 * fromStride, from + 5 * fromStride, from + 7 * fromStride)
        reserve(Int(cells[rows.count * perRow] - cells[0]))
        let (floats, place, stride, source) = (floats, place, stride, grid.place)
        var count = 0
        var column = 0
        while column < perRow {
            var cell = column
            while cell < rows.count &* perRow {
                var at = Int(cells[cell])
                let end = Int(cells[cell &+ 1])
                while at < end {
                    if layer.holds(z: z[at], way: vz[at].magnitude * verticalWindow + height[at]) {
                        var k = 0
                        while k < SliceColumns.columns {
                            floats[k &* stride &+ count] = from[k &* fromStride &+ at]
                            k &+= 1
                        }
                        place[count] = source[at]
                        count &+= 1
                    }
                    at &+= 1
                }
                cell &+= perRow
            }
            column &+= 1
        }
        return count
    }
}

extension ConflictDetector {
    /// The layer in which searchers of group `own` may meet somebody of group `other`; nil when most are in it.
    func layer(
        _ join: TrafficKernels.PairJoin, _ rule: FlatRule, own: Int, other: Int
    ) -> AltitudeLayer? {
        let (mine, theirs) = (groups.table[own], groups.table[other])
        guard mine.count > 256 else { return nil }
        // Beyond the lookahead a volume looks no further than its lead.
        let beyond = theirs.fastestClimb * (rule.verticalLeadSeconds + 1)
        let height = Double(join.height) + theirs.largestAddedHeight + beyond + Double(join.slack)
        var layer = AltitudeLayer(
            low: Float(theirs.minZ - groups.center.z - height),
            high: Float(theirs.maxZ - groups.center.z + height))
        layer.low -= join.slack
        layer.high += join.slack
        let stride = columns.stride
        let base = columns.floats + mine.first
        let (z, vz, added) = (base + 2 * stride, base + 5 * stride, base + 7 * stride)
        let window = join.verticalWindow
        var inside = 0
        var i = 0
        while i < mine.count {
            inside &+= layer.holds(z: z[i], way: vz[i].magnitude * window + added[i]) ? 1 : 0
            i &+= 1
        }
        guard inside * 2 < mine.count else { return nil }
        let thinner = (Double(mine.count) / Double(max(inside, 1))).squareRoot()
        layer.rowsAtOnce = Int(min(thinner + 0.5, 8))
        return layer
    }
}
