import TrafficKernels
import TrafficKernelsWide
import World

/// Finds every pair of a whole fleet that will be inside its volume within the lookahead: none missed, none
/// invented, as if every pair had been decided in double (`SliceLemma` says why).
///
/// Per run: bodies are put into groups (class and speed band); for each slice of time they are sorted into a grid at
/// the slice's middle; a float filter (`joinClusters`) selects pairs in reach; `FlatRule.interval` decides them in
/// double over the whole lookahead; a pair is kept in the slice that holds its entry. O(N + pairs in reach), no
/// allocation once its memory has grown. The result does not depend on the number of threads or the vector path.
///
/// Where more bodies are in reach than `DetectionLimits` allows, slices begin short, so that what is soonest is
/// found first, and what is put off is counted in the report.
public final class ConflictDetector {
    public let lookaheadSeconds: Double
    public let path: VectorPath
    public let limits: DetectionLimits
    let rules: UnsafeMutablePointer<FlatRule>

    let groups = BodyGroups()
    /// Memory for one number a body.
    private var keys: UnsafeMutablePointer<Int32>
    private var capacity = 0
    private let grid = SliceGrid(groups: BodyGroups.groups)
    let bodies = SliceBodies()
    private(set) var slices: [TimeSlice]
    private let usualSlices: [TimeSlice]
    private let crowdSlices: [TimeSlice]
    private(set) var isCrowded = false
    let isExhaustive: Bool
    let workers: [DetectionWorker]
    private var crew: Crew?
    /// The slice the workers are at, and what they do with it.
    private var scanned = 0
    private var isFilling = false
    /// The body table's memory, while running.
    private(set) var table: UnsafeMutablePointer<Body>

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
        keys = .allocate(capacity: 1)
        table = BodyTable(capacity: 1).bodies
        found = .allocate(capacity: 1)
        workers = (0..<max(threads, 1)).map { _ in DetectionWorker() }
        usualSlices =
            isExhaustive
            ? [TimeSlice(fromSeconds: 0, toSeconds: lookaheadSeconds)]
            : TimeSlice.plan(lookahead: lookaheadSeconds)
        crowdSlices = TimeSlice.crowdPlan(lookahead: lookaheadSeconds)
        slices = usualSlices
        if workers.count > 1 {
            crew = Crew(size: workers.count) { [unowned self] worker in work(worker) }
        }
    }

    deinit {
        rules.deallocate()
        keys.deallocate()
        found.deallocate()
    }

    /// How far apart two bodies without additions may be and still meet within the lookahead, neither faster than
    /// `fastest` (m/s, horizontally).
    public func reachMeters(fastest: Double) -> Double {
        var reach = 0.0
        for i in 0..<(PairVolumes.classes * PairVolumes.classes) where rules[i].isActive {
            reach = max(reach, rules[i].radius + 2 * fastest * (rules[i].horizon + rules[i].leadSeconds))
        }
        return reach
    }

    /// Looks at all bodies of the table and leaves the result in `conflicts` and `report`.
    public func run(_ table: BodyTable) {
        report = DetectionReport()
        report.bodies = table.count
        report.coveredSeconds = lookaheadSeconds
        if table.count > capacity {
            capacity = table.count + table.count / 16 + 64
            keys.deallocate()
            keys = .allocate(capacity: capacity)
        }
        groups.reserve(table.count)
        groups.measure(table, lookahead: lookaheadSeconds, keepsSettled: false)
        report.refusedBodies = table.count - groups.count
        self.table = table.bodies
        for worker in workers { worker.begin() }
        slices = usualSlices
        isCrowded = false
        build(slices[0], table)
        if limits.neighboursPerBody != .max,
            grid.longestRun(groups, reach: { reach($0, slices[0]) }) > limits.neighboursPerBody
        {
            isCrowded = true
            slices = crowdSlices
        }
        var k = 0
        while k < slices.count {
            if k > 0 || isCrowded {
                if k > 0, isCrowded { settle(table, k) }
                build(slices[k], table)
            }
            bodies.reserve(groups.count)
            scanned = k
            isFilling = true
            workTogether()
            isFilling = false
            workTogether()
            collect(slices[k])
            k += 1
        }
        close()
    }

    /// Small fleets are not worth waking threads for.
    private func workTogether() {
        if let crew, groups.count > 2000 {
            crew.run()
        } else {
            for w in 0..<workers.count { work(w) }
        }
    }

    /// One worker's share of filling or scanning a slice.
    private func work(_ w: Int) {
        guard isFilling else { return scan(grid, scanned, worker: w) }
        let (count, workers) = (groups.count, workers.count)
        // Whole blocks: no two threads write into one cache line.
        let from = count * w / workers & ~7
        let to = w + 1 == workers ? count : count * (w + 1) / workers & ~7
        self.workers[w].touched = bodies.fill(
            from..<to, table, groups, grid.place, middle: slices[scanned].middleSeconds)
    }

    /// Sorts the bodies into the grid of a slice.
    private func build(_ slice: TimeSlice, _ table: BodyTable) {
        var cells = 0
        for g in 0..<BodyGroups.groups {
            let group = groups.table[g]
            guard group.count > 0 else { continue }
            grid.shapes[g] =
                isExhaustive
                ? GridShape(firstCell: cells)
                : GridShape(
                    group.box, centerX: groups.center.x, centerY: groups.center.y, reach: reach(g, slice),
                    count: group.count, firstCell: cells)
            cells += grid.shapes[g].cells
        }
        grid.reserve(bodies: groups.count, cells: cells)
        grid.sort(table, groups, keys, middle: slice.middleSeconds)
    }

    /// How far two bodies of a group may be apart at the middle of a slice and meet in it.
    private func reach(_ g: Int, _ slice: TimeSlice) -> Double {
        let group = groups.table[g]
        let rule = rules[g / BodyGroups.bands * (PairVolumes.classes + 1)]
        let distance = rule.isActive ? rule.radius : 100
        let window = slice.halfSeconds + (rule.isActive ? rule.leadSeconds : 0)
        return distance + 2 * (window * group.fastest + group.largestAddedRadius)
    }

    /// Adds what the workers found in a slice to the conflicts, sorted: it begins after all of the slices before.
    private func collect(_ slice: TimeSlice) {
        var more = 0
        for worker in workers { more += worker.count }
        let before = report.conflicts
        if before + more > foundCapacity {
            foundCapacity = before + more + (before + more) / 8 + 64
            let wider = UnsafeMutablePointer<Conflict>.allocate(capacity: foundCapacity)
            wider.update(from: found, count: before)
            found.deallocate()
            found = wider
        }
        report.conflicts = before + more
        sorter.sort(workers, into: found + before, more, slice, bodies: report.bodies)
        for worker in workers { worker.count = 0 }
    }

    /// Settles those who have conflicts enough; pairs of two of them are not looked at any more.
    private func settle(_ table: BodyTable, _ k: Int) {
        let keys = keys
        keys.update(repeating: 0, count: table.count)
        let (found, conflicts) = (found, report.conflicts)
        var i = 0
        while i < conflicts {
            keys[Int(found[i].a)] &+= 1
            keys[Int(found[i].b)] &+= 1
            i &+= 1
        }
        var isSame = true
        i = 0
        while i < table.count {
            if Int(keys[i]) >= limits.conflictsPerBody, groups.settle(i) { isSame = false }
            i &+= 1
        }
        if !isSame { groups.measure(table, lookahead: lookaheadSeconds, keepsSettled: true) }
        if groups.settled > 1 { report.coveredSeconds = min(report.coveredSeconds, slices[k].fromSeconds) }
    }

    /// Sums up the run.
    private func close() {
        report.slices = slices.count
        for worker in workers {
            report.testedPairs += worker.tested
            report.decidedPairs += worker.decided
            report.deferredBodies += worker.deferredBodies
            report.deferredPairs += worker.deferredPairs
            report.coveredSeconds = min(report.coveredSeconds, worker.coveredSeconds)
        }
        guard groups.settled > 1 else { return }
        // At most: each pair of them once, whether or not they come near each other.
        report.deferredBodies += groups.settled
        for a in 0..<PairVolumes.classes {
            let some = groups.table[a * BodyGroups.bands + BodyGroups.settledBand].count
            for b in a..<PairVolumes.classes where rules[a * PairVolumes.classes + b].isActive {
                let others = groups.table[b * BodyGroups.bands + BodyGroups.settledBand].count
                report.deferredPairs += a == b ? some * (some - 1) / 2 : some * others
            }
        }
    }

    /// Memory held, conflicts included.
    public var memoryBytes: Int {
        var bytes = 4 * capacity + groups.memoryBytes + foundCapacity * MemoryLayout<Conflict>.stride
        bytes += sorter.memoryBytes + grid.memoryBytes + bodies.memoryBytes
        for worker in workers { bytes += worker.memoryBytes }
        return bytes
    }
}
