import TrafficKernels
import TrafficKernelsWide

/// What one thread of the detector needs to itself.
final class DetectionWorker {
    /// Small, so that pairs and their bodies stay in the first-level cache.
    static let pairCapacity = 256
    let pairs: UnsafeMutablePointer<Int32>
    let selection = LayerSelection()
    private(set) var conflicts: UnsafeMutablePointer<Conflict>
    private var capacity = 1024
    var count = 0
    var tested = 0
    var decided = 0
    var deferredBodies = 0
    var deferredPairs = 0
    var coveredSeconds = Double.infinity
    /// Nobody reads it: so that what is only touched is read.
    var touched: UInt64 = 0

    init() {
        pairs = .allocate(capacity: 2 * Self.pairCapacity)
        conflicts = .allocate(capacity: capacity)
    }

    deinit {
        pairs.deallocate()
        conflicts.deallocate()
    }

    func begin() {
        (count, tested, decided, deferredBodies, deferredPairs) = (0, 0, 0, 0, 0)
        coveredSeconds = .infinity
    }

    var memoryBytes: Int {
        selection.memoryBytes + capacity * MemoryLayout<Conflict>.stride + 8 * Self.pairCapacity
    }

    /// Room for `more` conflicts.
    @inline(__always)
    func reserve(_ more: Int) {
        if count &+ more > capacity { grow(more) }
    }

    @inline(never)
    private func grow(_ more: Int) {
        capacity = max(capacity + capacity / 2, count + more)
        let wider = UnsafeMutablePointer<Conflict>.allocate(capacity: capacity)
        wider.update(from: conflicts, count: count)
        conflicts.deallocate()
        conflicts = wider
    }
}

extension ConflictDetector {
    /// Searchers handed to one thread at a time, at most; less where a row of cells ends.
    private static var block: Int { 1024 }
    /// How many times larger the searched group must be for searching one by one, not eight at once.
    private static var fewer: Int { 16 }

    /// One worker's share of all joins of a slice.
    func scan(_ grid: SliceGrid, _ k: Int, worker w: Int) {
        let table = groups.table
        var block = 0
        for a in 0..<BodyGroups.groups where table[a].count > 0 {
            for b in a..<BodyGroups.groups where table[b].count > 0 {
                let rule = rules[(a / BodyGroups.bands) * PairVolumes.classes + b / BodyGroups.bands]
                guard rule.isActive, k == 0 || rule.horizon > slices[k].fromSeconds else { continue }
                if a == b && table[a].count < 2 { continue }
                let isSettled = a % BodyGroups.bands == BodyGroups.settledBand
                if isSettled && b % BodyGroups.bands == BodyGroups.settledBand { continue }
                let isFirstSmaller = table[a].count <= table[b].count
                let (small, large) = isFirstSmaller ? (a, b) : (b, a)
                // Eight of the larger group look at one of the smaller at a time; a few look at eight of many.
                let isByOne = isExhaustive || a != b && table[small].count * Self.fewer < table[large].count
                let (own, other) = isByOne ? (small, large) : (large, small)
                var join = self.join(grid, slices[k], rule, own: own, other: other, isByOne: isByOne)
                let shape = grid.shapes[own]
                if !isByOne, a != b, let layer = layer(join, rule, own: own, other: other) {
                    scan(&join, layer, grid, k, rule, own: own, &block, w)
                } else {
                    for row in 0..<Int(shape.rows) {
                        let cell = shape.firstCell + row * Int(shape.columns)
                        var from = Int(grid.cells[cell])
                        let end = Int(grid.cells[cell + Int(shape.columns)])
                        join.ownRow = Int32(row)
                        while from < end {
                            if block % workers.count == w {
                                join.own = from
                                join.end = min(from + Self.block, end)
                                search(&join, grid.place, grid, k, rule, isByOne: isByOne, workers[w])
                            }
                            block &+= 1
                            from += Self.block
                        }
                    }
                }
                workers[w].tested &+= join.tested
                workers[w].deferredBodies &+= join.deferredBodies
                workers[w].deferredPairs &+= join.deferredPairs
                if join.deferredPairs > 0 {
                    workers[w].coveredSeconds = min(workers[w].coveredSeconds, slices[k].fromSeconds)
                }
            }
        }
    }

    /// The same for those searchers that are in a layer.
    private func scan(
        _ join: inout TrafficKernels.PairJoin, _ layer: AltitudeLayer, _ grid: SliceGrid, _ k: Int,
        _ rule: FlatRule, own: Int, _ block: inout Int, _ w: Int
    ) {
        let shape = grid.shapes[own]
        let selection = workers[w].selection
        for row in stride(from: 0, to: Int(shape.rows), by: layer.rowsAtOnce) {
            if block % workers.count == w {
                let rows = row..<min(row + layer.rowsAtOnce, Int(shape.rows))
                join.own = 0
                join.end = selection.select(
                    layer, rows: rows, grid, shape, bodies, verticalWindow: join.verticalWindow)
                join.searchers = UnsafePointer(selection.bodies.floats)
                search(&join, selection.place, grid, k, rule, isByOne: false, workers[w])
            }
            block &+= 1
        }
    }

    private func join(
        _ grid: SliceGrid, _ slice: TimeSlice, _ rule: FlatRule, own: Int, other: Int, isByOne: Bool
    )
        -> TrafficKernels.PairJoin
    {
        let (mine, theirs) = (groups.table[own], groups.table[other])
        let extent = groups.extent
        let shape = grid.shapes[other]
        var join = TrafficKernels.PairJoin(
            bodies: UnsafePointer(bodies.floats),
            cells: UnsafePointer(grid.cells + shape.firstCell))
        join.isSelf = own == other
        join.originX = shape.originX
        join.originY = shape.originY
        join.cellsPerMeterX = shape.cellsPerMeterX
        join.cellsPerMeterY = shape.cellsPerMeterY
        join.columnCount = shape.columns
        join.rowCount = shape.rows
        join.rowMeters = shape.rowMeters
        join.slack = Float(extent * 0x1p-18)
        let window = slice.halfSeconds + rule.leadSeconds
        let verticalWindow = slice.halfSeconds + rule.verticalLeadSeconds
        let speed = mine.fastest + theirs.fastest
        let added = mine.largestAddedRadius + theirs.largestAddedRadius
        let reach = rule.radius + added + window * speed
        join.distance = SliceLemma.widened(
            rule.radius, extent: extent, speed: speed, window: window, reach: reach)
        join.clusterMeters = max(grid.shapes[own].clusterMeters, Float(reach))
        let climb = mine.fastestClimb + theirs.fastestClimb
        join.height = SliceLemma.widened(
            rule.halfHeight, extent: extent, speed: climb, window: verticalWindow, reach: extent)
        join.isCylinder = !rule.isWellClear
        join.window = Float(window)
        join.verticalWindow = Float(verticalWindow * (1 + 0x1p-18))
        // Any k > 0 is right; this one is tight where two of the group cross at half their largest speeds.
        let balance = min(max(0.5 * window * speed / max(Double(join.distance) + added, 1e-3), 0.25), 64)
        join.nearFactor = Float((1 + balance) * (1 + 0x1p-18))
        join.speedFactor = Float((1 + 1 / balance) * window * window * (1 + 0x1p-18))
        join.widestOther = Float(theirs.largestAddedRadius)
        join.highestOther = Float(theirs.largestAddedHeight)
        join.farthestOther = Float((theirs.largestAddedRadius + window * theirs.fastest) * (1 + 0x1p-18))
        if limits != .unbounded {
            let share = (isByOne ? 16 : 1) * (!isCrowded ? 1 : slice.fromSeconds == 0 ? 8 : 2)
            join.neighbourLimit = share * min(limits.neighboursPerBody, 1 << 40)
            join.candidateLimit = (isByOne ? 16 : 8) * min(limits.candidatesPerBody, 1 << 40)
        }
        return join
    }

    /// Filters and decides until the join's block is done.
    private func search(
        _ join: inout TrafficKernels.PairJoin, _ ownPlace: UnsafeMutablePointer<Int32>, _ grid: SliceGrid,
        _ k: Int, _ rule: FlatRule, isByOne: Bool, _ worker: DetectionWorker
    ) {
        let capacity = DetectionWorker.pairCapacity
        while join.own < join.end {
            let pairs =
                switch (path, isByOne) {
                case (.wide, true): TrafficKernelsWide.joinPairs(&join, worker.pairs, capacity: capacity)
                case (.wide, false): TrafficKernelsWide.joinClusters(&join, worker.pairs, capacity: capacity)
                case (_, true): TrafficKernels.joinPairs(&join, worker.pairs, capacity: capacity)
                case (_, false): TrafficKernels.joinClusters(&join, worker.pairs, capacity: capacity)
                }
            decide(pairs, ownPlace, grid.place, k, rule, worker)
        }
    }

    /// Decides pairs in double and keeps those whose entry lies in the slice.
    private func decide(
        _ pairs: Int, _ ownPlace: UnsafeMutablePointer<Int32>, _ place: UnsafeMutablePointer<Int32>, _ k: Int,
        _ rule: FlatRule, _ worker: DetectionWorker
    ) {
        worker.reserve(pairs)
        worker.decided &+= pairs
        let (list, table) = (worker.pairs, table)
        // So that the cache fetches them all at once and not one after the other.
        var sum: UInt64 = 0
        var i = 0
        while i < pairs {
            sum &+= table[Int(ownPlace[Int(list[2 &* i])])].motion.x.bitPattern
            sum &+= table[Int(place[Int(list[2 &* i &+ 1])])].motion.x.bitPattern
            i &+= 1
        }
        worker.touched = sum
        let from = slices[k].fromSeconds
        let to = k &+ 1 == slices.count ? Double.infinity : slices[k].toSeconds
        let conflicts = worker.conflicts
        var count = worker.count
        i = 0
        while i < pairs {
            let pair = PairCandidate(table, ownPlace[Int(list[2 &* i])], place[Int(list[2 &* i &+ 1])])
            if let time = rule.interval(pair), time.entrySeconds >= from, time.entrySeconds < to {
                conflicts[count] = Conflict(
                    a: pair.a, b: pair.b, entrySeconds: time.entrySeconds, exitSeconds: time.exitSeconds)
                count &+= 1
            }
            i &+= 1
        }
        worker.count = count
    }
}

/// A pair on its way to the decision.
struct PairCandidate {
    var relative: RelativeMotion
    var addedRadius: Double
    var addedHeight: Double
    /// Indices into the body table, `a` below `b`.
    var a: Int32
    var b: Int32

    @inline(__always)
    init(_ bodies: UnsafeMutablePointer<Body>, _ one: Int32, _ two: Int32) {
        a = one < two ? one : two
        b = one < two ? two : one
        let (p, q) = (bodies + Int(a), bodies + Int(b))
        relative = RelativeMotion(own: p.pointee.motion, intruder: q.pointee.motion)
        addedRadius = p.pointee.addedRadiusMeters + q.pointee.addedRadiusMeters
        addedHeight = p.pointee.addedHeightMeters + q.pointee.addedHeightMeters
    }
}
