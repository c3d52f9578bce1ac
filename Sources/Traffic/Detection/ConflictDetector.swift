import TrafficKernels
import TrafficKernelsWide
import World

/// Finds every pair of a whole fleet that will be inside its volume within the lookahead: none missed, none
/// invented, as if every pair had been decided in double (`SliceLemma` says why).
///
/// Per run: bodies are sorted by group (class and speed band) and place; for each slice of time they go to a grid at
/// the slice's middle; a float filter (`joinPairs`) selects pairs in reach; `FlatRule.interval` decides them in
/// double over the whole lookahead; a pair is kept in the slice that holds its entry. O(N + pairs in reach), no
/// allocation once its memory has grown. The result does not depend on the number of threads or the vector path.
public final class ConflictDetector {
    static let bands = 4
    static let groups = PairVolumes.classes * bands

    public let lookaheadSeconds: Double
    public let path: VectorPath
    public let limits: DetectionLimits
    let rules: UnsafeMutablePointer<FlatRule>

    // Bodies in the order of the first slice.
    private(set) var records: UnsafeMutablePointer<Body>
    private(set) var owner: UnsafeMutablePointer<Int32>
    /// Cell of each body while sorting, and group of each body of the table (255: refused).
    private var keys: UnsafeMutablePointer<Int32>
    private var groupOf: UnsafeMutablePointer<UInt8>
    private var capacity = 0
    private(set) var count = 0
    let groupTable: UnsafeMutablePointer<BodyGroup>
    private(set) var extent = 0.0
    private var totalCells = 0
    private(set) var center = (x: 0.0, y: 0.0, z: 0.0)
    /// The first slice's grid is kept for `neighbours`; the later slices share one.
    let firstGrid = SliceGrid(groups: groups)
    private let laterGrid = SliceGrid(groups: groups)
    private(set) var slices: [TimeSlice]
    private let usualSlices: [TimeSlice]
    let crowdSlices: [TimeSlice]
    private let isExhaustive: Bool
    let workers: [DetectionWorker]
    private var crew: Crew?
    /// The slice the workers are at.
    private var scanned = 0

    public private(set) var report = DetectionReport()
    private var found: UnsafeMutablePointer<Conflict>
    private var sorter = ConflictSorter()
    private var foundCapacity = 1

    /// A hash of the last run's conflicts, in their order: equal for equal results, whatever found them.
    public var hash: UInt64 {
        var hash = StableHash()
        for conflict in conflicts {
            hash.combine(
                UInt64(UInt32(bitPattern: conflict.a)) << 32 | UInt64(UInt32(bitPattern: conflict.b)))
            hash.combine(conflict.entrySeconds)
            hash.combine(conflict.exitSeconds)
        }
        return hash.value
    }

    /// Conflicts of the last run, by entry time, then `a`, then `b`. Valid until the next run.
    public var conflicts: UnsafeBufferPointer<Conflict> {
        UnsafeBufferPointer(start: found, count: report.conflicts)
    }

    /// - Parameters:
    ///   - lookaheadSeconds: not negative; at most `DetectionLimits.longestLookaheadSeconds`.
    ///   - isExhaustive: tests every pair of bodies in one slice, without a grid: to measure and to compare with.
    public init(
        _ volumes: PairVolumes, lookaheadSeconds: Double, limits: DetectionLimits = .unbounded,
        threads: Int = 1,
        path: VectorPath = .best, isExhaustive: Bool = false
    ) {
        self.isExhaustive = isExhaustive
        precondition(
            lookaheadSeconds >= 0 && lookaheadSeconds <= DetectionLimits.longestLookaheadSeconds,
            "a lookahead is 0 to 3,600 seconds")
        self.lookaheadSeconds = lookaheadSeconds
        self.path = path
        self.limits = limits
        rules = .allocate(capacity: PairVolumes.classes * PairVolumes.classes)
        for a in BodyClass.allCases {
            for b in BodyClass.allCases {
                (rules + Int(a.rawValue) * PairVolumes.classes + Int(b.rawValue)).initialize(
                    to: FlatRule(volumes[a, b], lookahead: lookaheadSeconds))
            }
        }
        records = .allocate(capacity: 1)
        owner = .allocate(capacity: 1)
        keys = .allocate(capacity: 1)
        groupOf = .allocate(capacity: 1)
        groupTable = .allocate(capacity: Self.groups)
        groupTable.initialize(repeating: BodyGroup(), count: Self.groups)
        found = .allocate(capacity: 1)
        workers = (0..<max(threads, 1)).map { _ in DetectionWorker() }
        usualSlices =
            isExhaustive
            ? [TimeSlice(fromSeconds: 0, toSeconds: lookaheadSeconds)]
            : TimeSlice.plan(lookahead: lookaheadSeconds)
        crowdSlices = TimeSlice.crowdPlan(lookahead: lookaheadSeconds)
        slices = usualSlices
        if workers.count > 1 {
            crew = Crew(size: workers.count) { [unowned self] worker in
                scan(scanned == 0 ? firstGrid : laterGrid, scanned, worker: worker)
            }
        }
    }

    deinit {
        rules.deallocate()
        records.deallocate()
        owner.deallocate()
        keys.deallocate()
        groupOf.deallocate()
        groupTable.deallocate()
        found.deallocate()
    }

    /// Looks at all bodies of the table and leaves the result in `conflicts` and `report`.
    public func run(_ table: BodyTable) {
        report = DetectionReport()
        report.bodies = table.count
        report.coveredSeconds = lookaheadSeconds
        reserve(table.count)
        classify(table)
        slices = usualSlices
        look(table, restartsInCrowd: limits != .unbounded)
        report.slices = slices.count
        collect()
    }

    /// Goes through the slices. When somebody is too crowded in the first one, it begins again with slices that start
    /// short: what happens soonest is found even there, and only what is later is put off.
    private func look(_ table: BodyTable, restartsInCrowd: Bool) {
        for worker in workers { worker.begin() }
        var k = 0
        while k < slices.count {
            let grid = k == 0 ? firstGrid : laterGrid
            shape(grid, slices[k])
            if k == 0 { order(table, slices[0]) }
            fill(grid, slices[k])
            scanned = k
            // Small fleets are not worth waking threads for.
            if let crew, count > 2000 {
                crew.run()
            } else {
                for w in 0..<workers.count { scan(grid, k, worker: w) }
            }
            if k == 0, restartsInCrowd, workers.contains(where: { $0.deferredBodies > 0 }) {
                slices = crowdSlices
                return look(table, restartsInCrowd: false)
            }
            k += 1
        }
    }

    private func reserve(_ bodies: Int) {
        guard bodies > capacity else { return }
        capacity = bodies + bodies / 16 + 64
        records.deallocate()
        records = .allocate(capacity: capacity)
        owner.deallocate()
        owner = .allocate(capacity: capacity)
        keys.deallocate()
        keys = .allocate(capacity: capacity)
        groupOf.deallocate()
        groupOf = .allocate(capacity: capacity)
    }

    /// Joins the workers' conflicts and sorts them.
    private func collect() {
        var total = 0
        for worker in workers { total += worker.count }
        if total > foundCapacity {
            foundCapacity = total + total / 8 + 64
            found.deallocate()
            found = .allocate(capacity: foundCapacity)
        }
        for worker in workers {
            report.testedPairs += worker.tested
            report.decidedPairs += worker.decided
            report.deferredBodies += worker.deferredBodies
            report.deferredPairs += worker.deferredPairs
            report.coveredSeconds = min(report.coveredSeconds, worker.coveredSeconds)
        }
        report.conflicts = total
        sorter.sort(workers, into: found, total, horizon: lookaheadSeconds)
    }

    /// Memory held, conflicts included.
    public var memoryBytes: Int {
        var bytes = capacity * (MemoryLayout<Body>.stride + 9) + foundCapacity * MemoryLayout<Conflict>.stride
        bytes += sorter.memoryBytes + firstGrid.memoryBytes + laterGrid.memoryBytes
        for worker in workers { bytes += worker.memoryBytes }
        return bytes
    }
}

// MARK: Sorting bodies

extension ConflictDetector {
    /// Which band: by how far a body may be from where it is seen in ten seconds. A fast or badly known body must
    /// not make everybody else search far.
    @inline(__always)
    private static func band(_ speed: Double, _ added: Double) -> Int {
        let way = 10 * speed + added
        return way <= 40 ? 0 : way <= 300 ? 1 : way <= 1200 ? 2 : 3
    }

    /// Puts each body into its group and measures the groups.
    private func classify(_ table: BodyTable) {
        groupTable.update(repeating: BodyGroup(), count: Self.groups)
        let bodies = table.bodies
        let classes = table.classes
        let lookahead = lookaheadSeconds
        var low = (x: Double.infinity, y: Double.infinity, z: Double.infinity)
        var high = (x: -Double.infinity, y: -Double.infinity, z: -Double.infinity)
        var refused = 0
        var i = 0
        while i < table.count {
            let body = bodies[i]
            guard body.isSound else {
                groupOf[i] = 255
                refused &+= 1
                i &+= 1
                continue
            }
            let m = body.motion
            let speed = (m.vx * m.vx + m.vy * m.vy).squareRoot()
            let g = Int(classes[i].rawValue) &* Self.bands &+ Self.band(speed, body.addedRadiusMeters)
            groupOf[i] = UInt8(truncatingIfNeeded: g)
            let group = groupTable + g
            group.pointee.count &+= 1
            if speed > group.pointee.fastest { group.pointee.fastest = speed }
            let climb = m.vz.magnitude
            if climb > group.pointee.fastestClimb { group.pointee.fastestClimb = climb }
            if body.addedRadiusMeters > group.pointee.largestAddedRadius {
                group.pointee.largestAddedRadius = body.addedRadiusMeters
            }
            let (endX, endY) = (m.x + m.vx * lookahead, m.y + m.vy * lookahead)
            let (lowX, highX) = m.vx < 0 ? (endX, m.x) : (m.x, endX)
            let (lowY, highY) = m.vy < 0 ? (endY, m.y) : (m.y, endY)
            if lowX < group.pointee.box.minX { group.pointee.box.minX = lowX }
            if highX > group.pointee.box.maxX { group.pointee.box.maxX = highX }
            if lowY < group.pointee.box.minY { group.pointee.box.minY = lowY }
            if highY > group.pointee.box.maxY { group.pointee.box.maxY = highY }
            let rise = climb * lookahead
            if m.z - rise < low.z { low.z = m.z - rise }
            if m.z + rise > high.z { high.z = m.z + rise }
            i &+= 1
        }
        report.refusedBodies = refused
        count = table.count - refused
        var first = 0
        for g in 0..<Self.groups where groupTable[g].count > 0 {
            groupTable[g].first = first
            first += groupTable[g].count
            let box = groupTable[g].box
            low.x = min(low.x, box.minX)
            low.y = min(low.y, box.minY)
            high.x = max(high.x, box.maxX)
            high.y = max(high.y, box.maxY)
        }
        guard count > 0 else { return }
        center = (0.5 * (low.x + high.x), 0.5 * (low.y + high.y), 0.5 * (low.z + high.z))
        extent = max(high.x - center.x, max(high.y - center.y, high.z - center.z))
    }

    /// Lays out the groups' cells for one slice.
    private func shape(_ grid: SliceGrid, _ slice: TimeSlice) {
        var cells = 0
        for g in 0..<Self.groups {
            let group = groupTable[g]
            guard group.count > 0 else { continue }
            let rule = rules[(g / Self.bands) * (PairVolumes.classes + 1)]
            let distance = rule.isActive ? rule.radius : 100
            let window = slice.halfSeconds + (rule.isActive ? rule.leadSeconds : 0)
            let reach = distance + 2 * (window * group.fastest + group.largestAddedRadius)
            grid.shapes[g] = GridShape(
                group.box, centerX: center.x, centerY: center.y, reach: reach, count: group.count,
                firstCell: cells)
            if isExhaustive { grid.shapes[g] = GridShape(firstCell: cells) }
            cells += grid.shapes[g].cells
        }
        grid.reserve(bodies: count, cells: cells)
        grid.cells.update(repeating: 0, count: cells + 1)
        totalCells = cells
    }

    /// Sorts the bodies by group and cell at the first slice's middle. Within a cell the order is the table's.
    private func order(_ table: BodyTable, _ slice: TimeSlice) {
        let cells = firstGrid.cells
        let shapes = firstGrid.shapes
        let middle = slice.middleSeconds
        var i = 0
        while i < table.count {
            let g = Int(groupOf[i])
            if g < 255 {
                let m = table.bodies[i].motion
                let cell = shapes[g].cell(
                    Float(m.x + m.vx * middle - center.x), Float(m.y + m.vy * middle - center.y))
                keys[i] = Int32(truncatingIfNeeded: cell)
                cells[cell] &+= 1
            }
            i &+= 1
        }
        sumCells(cells, totalCells)
        i = table.count - 1
        while i >= 0 {
            if groupOf[i] < 255 {
                let cell = Int(keys[i])
                cells[cell] &-= 1
                let at = Int(cells[cell])
                records[at] = table.bodies[i]
                owner[at] = Int32(truncatingIfNeeded: i)
            }
            i &-= 1
        }
        cells.update(repeating: 0, count: totalCells + 1)
    }

    /// Puts all bodies into the grid at the slice's middle.
    private func fill(_ grid: SliceGrid, _ slice: TimeSlice) {
        let cells = grid.cells
        let middle = slice.middleSeconds
        for g in 0..<Self.groups where groupTable[g].count > 0 {
            let shape = grid.shapes[g]
            var p = groupTable[g].first
            let end = p + groupTable[g].count
            while p < end {
                let m = records[p].motion
                let cell = shape.cell(
                    Float(m.x + m.vx * middle - center.x), Float(m.y + m.vy * middle - center.y))
                keys[p] = Int32(truncatingIfNeeded: cell)
                cells[cell] &+= 1
                p &+= 1
            }
        }
        sumCells(cells, totalCells)
        let (x, y, z) = (grid.column(0), grid.column(1), grid.column(2))
        let (vx, vy, rise, radius) = (grid.column(3), grid.column(4), grid.column(5), grid.column(6))
        let place = grid.place
        let half = slice.halfSeconds
        var p = count - 1
        while p >= 0 {
            let cell = Int(keys[p])
            cells[cell] &-= 1
            let at = Int(cells[cell])
            let body = records[p]
            let m = body.motion
            x[at] = Float(m.x + m.vx * middle - center.x)
            y[at] = Float(m.y + m.vy * middle - center.y)
            z[at] = Float(m.z + m.vz * middle - center.z)
            vx[at] = SliceLemma.velocity(m.vx)
            vy[at] = SliceLemma.velocity(m.vy)
            rise[at] = Float(m.vz.magnitude * half + body.addedHeightMeters)
            radius[at] = Float(body.addedRadiusMeters)
            place[at] = Int32(truncatingIfNeeded: p)
            p &-= 1
        }
    }
}
