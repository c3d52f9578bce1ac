import TrafficKernels

/// The altitudes that matter to a searched group: searchers elsewhere meet nobody of it. Metres about the centre.
struct AltitudeLayer {
    var low: Float
    var high: Float
    /// Rows of the searchers' grid to go through at once, so that eight who are left are not too far apart.
    var rowsAtOnce = 1

    /// Whether a body (see `bodyPlace`) is in the layer at some time of the window about the middle.
    @inline(__always)
    func holds(_ body: UnsafePointer<Float>, _ window: Float) -> Bool {
        let way = body[40].magnitude * window + body[56]
        return body[16] + way >= low && body[16] - way <= high
    }
}

/// Those searchers of a few rows that are in a layer; memory is kept.
final class LayerSelection {
    let bodies = SliceBodies()
    /// Index of each in the body table.
    private(set) var place: UnsafeMutablePointer<Int32>
    private var capacity = 0

    init() { place = .allocate(capacity: 1) }

    deinit { place.deallocate() }

    var memoryBytes: Int { bodies.memoryBytes + 4 * capacity }

    private func reserve(_ count: Int) {
        bodies.reserve(count)
        guard count + 1 > capacity else { return }
        capacity = count + count / 2 + 64
        place.deallocate()
        place = .allocate(capacity: capacity)
    }

    /// Selects from the rows of a group's grid, column by column through all rows. Returns how many there are.
    func select(
        _ layer: AltitudeLayer, rows: Range<Int>, _ grid: SliceGrid, _ shape: GridShape, _ all: SliceBodies,
        verticalWindow: Float
    ) -> Int {
        let perRow = Int(shape.columns)
        let cells = UnsafePointer(grid.cells + shape.firstCell + rows.lowerBound * perRow)
        let from = UnsafePointer(all.floats)
        reserve(Int(cells[rows.count * perRow] - cells[0]))
        let (bodies, place, source) = (bodies, place, grid.place)
        var count = 0
        var column = 0
        while column < perRow {
            // Several columns at a time: their order matters little.
            let next = min(column &+ 8, perRow)
            var cell = column
            while cell < rows.count &* perRow {
                var at = Int(cells[cell])
                let end = Int(cells[cell &+ next &- column])
                while at < end {
                    // Without a branch: copied first, kept if it is in the layer.
                    bodies.copy(from, at, to: count)
                    place[count] = source[at]
                    count &+= layer.holds(from + bodyPlace(at), verticalWindow) ? 1 : 0
                    at &+= 1
                }
                cell &+= perRow
            }
            column = next
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
        let floats = UnsafePointer(bodies.floats)
        let window = join.verticalWindow
        var inside = 0
        var at = mine.first
        while at < mine.first &+ mine.count {
            inside &+= layer.holds(floats + bodyPlace(at), window) ? 1 : 0
            at &+= 1
        }
        guard inside * 2 < mine.count else { return nil }
        let thinner = (Double(mine.count) / Double(max(inside, 1))).squareRoot()
        layer.rowsAtOnce = Int(min(thinner + 0.5, 8))
        return layer
    }
}
