/// Flights sorted into groups so that no two of different groups can concern each other: each group then has a plane of
/// its own. Groups are the connected parts of a grid of cells as wide as the reach; beyond 85 degrees each pole is one
/// cell. O(N); memory is kept.
final class FlightGroups {
    /// Indices of the sound flights, by group, ascending in each.
    private(set) var members: UnsafeMutablePointer<Int32>
    /// First member of each group, and one past the last.
    private(set) var starts: UnsafeMutablePointer<Int32>
    private(set) var count = 0
    /// Latitude beyond which meridians are too close for columns.
    static let polarE7: Int32 = 850_000_000
    private var capacity = 0
    private var cellOf: UnsafeMutablePointer<Int32>
    private var parents: UnsafeMutablePointer<Int32>
    private var cells: UnsafeMutablePointer<UInt64>
    /// Cell by hash of its key; -1 where free.
    private var buckets: UnsafeMutablePointer<Int32>
    private var bucketCount = 0

    init() {
        members = .allocate(capacity: 1)
        starts = .allocate(capacity: 2)
        cellOf = .allocate(capacity: 1)
        parents = .allocate(capacity: 1)
        cells = .allocate(capacity: 1)
        buckets = .allocate(capacity: 1)
    }

    deinit { free() }

    private func free() {
        members.deallocate()
        starts.deallocate()
        cellOf.deallocate()
        parents.deallocate()
        cells.deallocate()
        buckets.deallocate()
    }

    private func reserve(_ flights: Int) {
        guard flights > capacity else { return }
        free()
        capacity = flights + flights / 8 + 64
        bucketCount = 64
        while bucketCount < 2 * capacity { bucketCount *= 2 }
        members = .allocate(capacity: capacity)
        starts = .allocate(capacity: capacity + 2)
        cellOf = .allocate(capacity: capacity)
        parents = .allocate(capacity: capacity)
        cells = .allocate(capacity: capacity)
        buckets = .allocate(capacity: bucketCount)
    }

    var memoryBytes: Int { capacity * 24 + bucketCount * 4 }

    /// `reach`: metres within which two may concern each other.
    func sort(_ flights: UnsafeBufferPointer<Flight>, _ isSound: UnsafePointer<Bool>, reach: Double) {
        reserve(flights.count)
        var (south, north) = (Int32.max, Int32.min)
        var (west, east) = (Int32.max, Int32.min)
        var sound = 0
        for i in 0..<flights.count where isSound[i] {
            members[sound] = Int32(truncatingIfNeeded: i)
            sound += 1
            let (latitude, longitude) = (flights[i].latitudeE7, flights[i].longitudeE7)
            if latitude < south { south = latitude }
            if latitude > north { north = latitude }
            if longitude < west { west = longitude }
            if longitude > east { east = longitude }
        }
        starts[0] = 0
        count = sound == 0 ? 0 : 1
        starts[count] = Int32(truncatingIfNeeded: sound)
        guard sound > 1 else { return }
        // All within some 100 km: one plane will do.
        let isSmall = Int(north) - Int(south) < 9_000_000 && Int(east) - Int(west) < 9_000_000
        if isSmall && max(north.magnitude, south.magnitude) < UInt32(Self.polarE7) { return }
        guard let grid = CellGrid(reach: reach, highest: max(north.magnitude, south.magnitude)) else {
            return
        }
        let cellCount = fill(flights, isSound, grid)
        for cell in 0..<cellCount { joinNeighbours(cell, grid) }
        gather(flights.count, isSound)
    }

    /// Rows and columns of cells at least as wide as the reach; columns go round the earth.
    private struct CellGrid {
        var rowE7: Int
        var columns: Int
        /// Rows that may touch what lies around a pole.
        var southRow: UInt64
        var northRow: UInt64
        static let southKey: UInt64 = 0xFFFF_0000 << 32
        static let northKey: UInt64 = 0xFFFF_0001 << 32

        /// Nil where a cell would be wider than a third of the way round.
        init?(reach: Double, highest: UInt32) {
            let latitude = Double(min(highest, UInt32(FlightGroups.polarE7))) * LocalPlane.radiansPerE7
            let perE7 = 0.011 * LocalPlane.sineCosine(latitude).cosine
            let fitting = 3.6e9 * perE7 / reach
            guard fitting >= 4, reach < 1e7 else { return nil }
            columns = Int(min(fitting, 1e9))
            rowE7 = Int(reach / 0.011) + 1
            southRow = UInt64((900_000_000 - Int(FlightGroups.polarE7)) / rowE7 + 1)
            northRow = UInt64((900_000_000 + Int(FlightGroups.polarE7)) / rowE7)
            if northRow > 0 { northRow -= 1 }
        }

        @inline(__always)
        func key(_ flight: borrowing Flight) -> UInt64 {
            if flight.latitudeE7 > FlightGroups.polarE7 { return Self.northKey }
            if flight.latitudeE7 < -FlightGroups.polarE7 { return Self.southKey }
            let row = (Int(flight.latitudeE7) + 900_000_000) / rowE7
            let column = (Int(flight.longitudeE7) + 1_800_000_000) * columns / 3_600_000_001
            return UInt64(row) << 32 | UInt64(column)
        }
    }

    private func fill(
        _ flights: UnsafeBufferPointer<Flight>, _ isSound: UnsafePointer<Bool>, _ grid: CellGrid
    ) -> Int {
        buckets.update(repeating: -1, count: bucketCount)
        var found: Int32 = 0
        for i in 0..<flights.count where isSound[i] {
            let key = grid.key(flights[i])
            let bucket = find(key)
            if buckets[bucket] < 0 {
                buckets[bucket] = found
                cells[Int(found)] = key
                parents[Int(found)] = found
                found += 1
            }
            cellOf[i] = buckets[bucket]
        }
        return Int(found)
    }

    /// Where the cell is, or would be.
    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        var bucket = Int((key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (bucketCount - 1)
        while buckets[bucket] >= 0, cells[Int(buckets[bucket])] != key {
            bucket = (bucket + 1) & (bucketCount - 1)
        }
        return bucket
    }

    private func joinNeighbours(_ cell: Int, _ grid: CellGrid) {
        let (row, column) = (cells[cell] >> 32, Int(cells[cell] & 0xFFFF_FFFF))
        if cells[cell] == CellGrid.northKey || cells[cell] == CellGrid.southKey { return }
        if row >= grid.northRow { join(cell, CellGrid.northKey) }
        if row <= grid.southRow { join(cell, CellGrid.southKey) }
        let next = (column + 1) % grid.columns
        let previous = (column + grid.columns - 1) % grid.columns
        join(cell, row << 32 | UInt64(next))
        for c in [previous, column, next] { join(cell, (row + 1) << 32 | UInt64(c)) }
    }

    private func join(_ cell: Int, _ key: UInt64) {
        let other = buckets[find(key)]
        guard other >= 0 else { return }
        let (a, b) = (root(Int32(truncatingIfNeeded: cell)), root(other))
        if a < b { parents[Int(b)] = a } else { parents[Int(a)] = b }
    }

    private func root(_ cell: Int32) -> Int32 {
        var at = cell
        while parents[Int(at)] != at {
            parents[Int(at)] = parents[Int(parents[Int(at)])]
            at = parents[Int(at)]
        }
        return at
    }

    /// Numbers the groups by their first flight and lines up their members.
    private func gather(_ flights: Int, _ isSound: UnsafePointer<Bool>) {
        count = 0
        starts[0] = 0
        // The number of a group stands at its root as -1 - number, once known; roots have no other use now.
        for i in 0..<flights where isSound[i] { cellOf[i] = root(cellOf[i]) }
        for i in 0..<flights where isSound[i] {
            let root = Int(cellOf[i])
            if parents[root] >= 0 {
                parents[root] = Int32(truncatingIfNeeded: -1 - count)
                count += 1
                starts[count] = 0
            }
            cellOf[i] = -1 - parents[root]
            starts[Int(cellOf[i]) + 1] += 1
        }
        for g in 0..<count { starts[g + 1] += starts[g] }
        // Each start moves to the next group's and is moved back.
        for i in 0..<flights where isSound[i] {
            let g = Int(cellOf[i])
            members[Int(starts[g])] = Int32(truncatingIfNeeded: i)
            starts[g] += 1
        }
        for g in stride(from: count, to: 0, by: -1) { starts[g] = starts[g - 1] }
        starts[0] = 0
    }
}
