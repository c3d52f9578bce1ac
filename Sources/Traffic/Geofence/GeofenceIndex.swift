import World

/// Thousands of fences of one tile, found by place: a grid of cells with the fences whose boxes touch each. Immutable.
///
/// Building is O(n + entries), a query O(cells of the area + fences there). Answers are positions in the list of fences
/// given, ascending.
public final class GeofenceIndex: Sendable {
    /// Most fences of a tile.
    public static let fencesMax = 100_000
    /// Fences over more cells than this are kept apart and looked at in every query.
    private static let cellsPerFenceMax = 256

    public let tests: [FenceTest]
    private let boxes: [Box]
    /// Positions of fences by cell, those of cell c at `starts[c]..<starts[c + 1]`, ascending.
    private let starts: [Int32]
    private let entries: [Int32]
    private let large: [Int32]
    /// Fences to stay in, which bind wherever a vehicle is; ascending.
    private let keepIns: [Int32]
    private let minX: Double
    private let minY: Double
    private let cellsPerMeter: Double
    private let columns: Int
    private let rows: Int

    private struct Box {
        /// Metres, rounded outwards.
        var minX: Double
        var minY: Double
        var maxX: Double
        var maxY: Double
        var column: Int32
        var row: Int32
    }

    public init(_ fences: [Geofence], vectorPath: VectorPath = .best) throws(FenceFault) {
        guard fences.count <= Self.fencesMax else {
            throw .tooManyFences(count: fences.count, limit: Self.fencesMax)
        }
        tests = fences.map { FenceTest($0, vectorPath: vectorPath) }
        keepIns = fences.indices.filter { fences[$0].kind == .keepIn }.map(Int32.init)
        var boxes = tests.map { test in
            let view = test.shape.view
            return Box(
                minX: view.minX * 1e-9 - 1e-6, minY: view.minY * 1e-9 - 1e-6, maxX: view.maxX * 1e-9 + 1e-6,
                maxY: view.maxY * 1e-9 + 1e-6, column: 0, row: 0)
        }
        let west = boxes.reduce(Double.infinity) { min($0, $1.minX) }
        let south = boxes.reduce(Double.infinity) { min($0, $1.minY) }
        let width = boxes.reduce(0) { max($0, $1.maxX - west) }
        let height = boxes.reduce(0) { max($0, $1.maxY - south) }
        (minX, minY) = boxes.isEmpty ? (0, 0) : (west, south)
        // About four cells a fence, and none below 10 m.
        let side = max(
            (width * height / Double(4 * max(fences.count, 1))).squareRoot(), max(width, height) / 2000, 10)
        let perMeter = 1 / side
        let (columns, rows) = (Int(width * perMeter) + 1, Int(height * perMeter) + 1)
        (cellsPerMeter, self.columns, self.rows) = (perMeter, columns, rows)
        var large: [Int32] = []
        var lists = [[Int32]](repeating: [], count: columns * rows)
        for position in boxes.indices {
            let box = boxes[position]
            let (c0, c1) = (Int((box.minX - west) * perMeter), Int((box.maxX - west) * perMeter))
            let (r0, r1) = (Int((box.minY - south) * perMeter), Int((box.maxY - south) * perMeter))
            boxes[position].column = Int32(c0)
            boxes[position].row = Int32(r0)
            if (c1 - c0 + 1) * (r1 - r0 + 1) > Self.cellsPerFenceMax {
                large.append(Int32(position))
                continue
            }
            for row in r0...r1 {
                for column in c0...c1 { lists[row * columns + column].append(Int32(position)) }
            }
        }
        self.boxes = boxes
        self.large = large
        var starts: [Int32] = [0]
        var entries: [Int32] = []
        for list in lists {
            entries += list
            starts.append(Int32(entries.count))
        }
        (self.starts, self.entries) = (starts, entries)
    }

    private func cell(_ meters: Double, _ count: Int) -> Int {
        let scaled = meters * cellsPerMeter
        return scaled > 0 ? scaled < Double(count - 1) ? Int(scaled) : count - 1 : 0
    }

    /// Replaces `positions` by those of all fences whose boxes meet an area, ascending. Keeps the array's memory.
    public func collect(
        minX: Double, minY: Double, maxX: Double, maxY: Double, into positions: inout [Int32]
    ) {
        positions.removeAll(keepingCapacity: true)
        for position in large where meets(position, minX, minY, maxX, maxY) { positions.append(position) }
        let apart = positions.count
        let (c0, c1) = (cell(minX - self.minX, columns), cell(maxX - self.minX, columns))
        let (r0, r1) = (cell(minY - self.minY, rows), cell(maxY - self.minY, rows))
        guard c0 <= c1, r0 <= r1 else { return }
        for row in r0...r1 {
            for column in c0...c1 {
                let cell = row * columns + column
                for entry in Int(starts[cell])..<Int(starts[cell + 1]) {
                    let position = entries[entry]
                    let box = boxes[Int(position)]
                    // Told once: in the first cell that both share.
                    guard max(Int(box.column), c0) == column, max(Int(box.row), r0) == row else { continue }
                    if meets(position, minX, minY, maxX, maxY) { positions.append(position) }
                }
            }
        }
        if apart > 0 || r0 < r1 || c0 < c1 { positions.sort() }
    }

    @inline(__always)
    private func meets(_ position: Int32, _ minX: Double, _ minY: Double, _ maxX: Double, _ maxY: Double)
        -> Bool
    {
        let box = boxes[Int(position)]
        return box.minX <= maxX && box.maxX >= minX && box.minY <= maxY && box.maxY >= minY
    }

    /// Replaces `positions` by those of all fences whose region holds a point, ascending.
    public func collect(x: Double, y: Double, z: Double, at moment: Instant, into positions: inout [Int32]) {
        collect(minX: x, minY: y, maxX: x, maxY: y, into: &positions)
        positions.removeAll { !tests[Int($0)].contains(x: x, y: y, z: z, at: moment) }
    }

    /// The fence that a sweep breaks first, and at which fraction of it; of equal ones the first in the list. A keep-out
    /// fence is broken by meeting its region, a keep-in fence, wherever it is, by not being inside: each binds everybody
    /// while it holds. `scratch` is overwritten. A sweep that is not usable breaks the first fence there is.
    public func firstBreach(_ sweep: Sweep, scratch: inout [Int32]) -> (position: Int, fraction: Double)? {
        guard sweep.isUsable else { return tests.isEmpty ? nil : (0, 0) }
        let reach = sweep.radiusMeters + 1e-6
        collect(
            minX: min(sweep.fromX, sweep.toX) - reach, minY: min(sweep.fromY, sweep.toY) - reach,
            maxX: max(sweep.fromX, sweep.toX) + reach, maxY: max(sweep.fromY, sweep.toY) + reach,
            into: &scratch)
        var first: (position: Int, fraction: Double)?
        func look(_ position: Int32) {
            guard let fraction = tests[Int(position)].firstBreach(sweep) else { return }
            if let known = first, (known.fraction, known.position) <= (fraction, Int(position)) { return }
            first = (Int(position), fraction)
        }
        for position in scratch where tests[Int(position)].fence.kind == .keepOut { look(position) }
        for position in keepIns { look(position) }
        return first
    }
}
