import TrafficKernels
import TrafficKernelsWide

/// What one thread of the detector needs to itself.
final class DetectionWorker {
    /// Small, so that pairs and candidates stay in the first-level cache.
    static let pairCapacity = 256
    let pairs: UnsafeMutablePointer<Int32>
    let candidates: UnsafeMutablePointer<PairCandidate>
    private(set) var conflicts: UnsafeMutablePointer<Conflict>
    private var capacity = 1024
    var count = 0
    var tested = 0
    var decided = 0
    var deferredBodies = 0
    var deferredPairs = 0
    var coveredSeconds = Double.infinity

    init() {
        pairs = .allocate(capacity: 2 * Self.pairCapacity)
        candidates = .allocate(capacity: Self.pairCapacity)
        conflicts = .allocate(capacity: capacity)
    }

    deinit {
        pairs.deallocate()
        candidates.deallocate()
        conflicts.deallocate()
    }

    func begin() {
        (count, tested, decided, deferredBodies, deferredPairs) = (0, 0, 0, 0, 0)
        coveredSeconds = .infinity
    }

    var memoryBytes: Int {
        capacity * MemoryLayout<Conflict>.stride + Self.pairCapacity
            * (MemoryLayout<PairCandidate>.stride + 8)
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
    /// Searchers handed to one thread at a time.
    private static var block: Int { 1024 }

    /// One worker's share of all joins of a slice.
    func scan(_ grid: SliceGrid, _ k: Int, worker w: Int) {
        var block = 0
        for a in 0..<Self.groups where groupTable[a].count > 0 {
            for b in a..<Self.groups where groupTable[b].count > 0 {
                let rule = rules[(a / Self.bands) * PairVolumes.classes + b / Self.bands]
                guard rule.isActive, k == 0 || rule.horizon > slices[k].fromSeconds else { continue }
                if a == b && groupTable[a].count < 2 { continue }
                // The smaller group searches in the larger one's grid.
                let isFirstSmaller = groupTable[a].count <= groupTable[b].count
                let (own, other) = isFirstSmaller ? (a, b) : (b, a)
                var join = self.join(grid, slices[k], rule, own: own, other: other)
                let end = groupTable[own].count
                var from = 0
                while from < end {
                    if block % workers.count == w {
                        join.own = from
                        join.end = min(from + Self.block, end)
                        search(&join, grid, k, rule, own: own, other: other, workers[w])
                    }
                    block &+= 1
                    from += Self.block
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

    private func join(_ grid: SliceGrid, _ slice: TimeSlice, _ rule: FlatRule, own: Int, other: Int)
        -> TrafficKernels.PairJoin
    {
        let (mine, theirs) = (groupTable[own], groupTable[other])
        let shape = grid.shapes[other]
        let cells = UnsafePointer(grid.cells + shape.firstCell)
        var join = TrafficKernels.PairJoin(grid: UnsafePointer(grid.floats), cells: cells)
        join.x = UnsafePointer(grid.column(0))
        join.y = UnsafePointer(grid.column(1))
        join.z = UnsafePointer(grid.column(2))
        join.vx = UnsafePointer(grid.column(3))
        join.vy = UnsafePointer(grid.column(4))
        join.rise = UnsafePointer(grid.column(5))
        join.radius = UnsafePointer(grid.column(6))
        join.ownX = join.x + mine.first
        join.ownY = join.y + mine.first
        join.ownZ = join.z + mine.first
        join.ownVX = join.vx + mine.first
        join.ownVY = join.vy + mine.first
        join.ownRise = join.rise + mine.first
        join.ownRadius = join.radius + mine.first
        join.isSelf = own == other
        join.originX = shape.originX
        join.originY = shape.originY
        join.cellsPerMeterX = shape.cellsPerMeterX
        join.cellsPerMeterY = shape.cellsPerMeterY
        join.columns = shape.columns
        join.rows = shape.rows
        let window = slice.halfSeconds + rule.leadSeconds
        let speed = mine.fastest + theirs.fastest
        let reach = rule.radius + mine.largestAddedRadius + theirs.largestAddedRadius + window * speed
        join.distance = SliceLemma.widened(
            rule.radius, extent: extent, speed: speed, window: window, reach: reach)
        let climb = mine.fastestClimb + theirs.fastestClimb
        join.height = SliceLemma.widened(
            rule.halfHeight + rule.verticalLeadSeconds * climb, extent: extent, speed: climb,
            window: window, reach: extent)
        join.window = Float(window)
        // Any k > 0 is right; this one is tight where two of the group cross at half their largest speeds.
        let widest = Double(join.distance) + mine.largestAddedRadius + theirs.largestAddedRadius
        let balance = min(max(0.5 * window * speed / max(widest, 1e-3), 0.25), 64)
        join.nearFactor = Float((1 + balance) * (1 + 0x1p-18))
        join.speedFactor = Float((1 + 1 / balance) * window * window * (1 + 0x1p-18))
        join.farthestOther = Float((theirs.largestAddedRadius + window * theirs.fastest) * (1 + 0x1p-18))
        // The slice that begins now is looked at even in a crowd; its first seconds matter most.
        let isNow = slice.fromSeconds == 0 && slices == crowdSlices
        if limits != .unbounded {
            let share = (isNow ? 8 : 1) * (own == other ? 1 : 16)
            join.neighbourLimit = share * min(limits.neighboursPerBody, 1 << 40)
            join.candidateLimit = (own == other ? 1 : 16) * min(limits.candidatesPerBody, 1 << 40)
        }
        return join
    }

    /// Filters and decides until the join's block is done.
    private func search(
        _ join: inout TrafficKernels.PairJoin, _ grid: SliceGrid, _ k: Int, _ rule: FlatRule, own: Int,
        other: Int,
        _ worker: DetectionWorker
    ) {
        if join.isSelf {
            // One list: indices are the grid's own.
            join.own += groupTable[own].first
            join.end += groupTable[own].first
            join.ownX = join.x
            join.ownY = join.y
            join.ownZ = join.z
            join.ownVX = join.vx
            join.ownVY = join.vy
            join.ownRise = join.rise
            join.ownRadius = join.radius
        }
        let ownPlace = join.isSelf ? grid.place : grid.place + groupTable[own].first
        while join.own < join.end {
            let pairs =
                path == .wide
                ? TrafficKernelsWide.joinPairs(&join, worker.pairs, capacity: DetectionWorker.pairCapacity)
                : TrafficKernels.joinPairs(&join, worker.pairs, capacity: DetectionWorker.pairCapacity)
            decide(pairs, ownPlace, grid.place, k, rule, worker)
        }
    }

    /// Decides pairs in double and keeps those whose entry lies in the slice. In two passes: the first fetches, so
    /// that its misses overlap, and drops without a branch what cannot enter now; the second decides what is left,
    /// nearly all of it yes.
    private func decide(
        _ pairs: Int, _ ownPlace: UnsafeMutablePointer<Int32>, _ otherPlace: UnsafeMutablePointer<Int32>,
        _ k: Int, _ rule: FlatRule, _ worker: DetectionWorker
    ) {
        worker.reserve(pairs)
        worker.decided &+= pairs
        let list = worker.pairs
        let candidates = worker.candidates
        let from = slices[k].fromSeconds
        let to = k &+ 1 == slices.count ? Double.infinity : slices[k].toSeconds
        let (radius, halfHeight) = (rule.radius, rule.halfHeight)
        let keepsAll = rule.isWellClear || rule.horizon == 0
        var left = 0
        var i = 0
        while i < pairs {
            let one = Int(ownPlace[Int(list[2 &* i])])
            let two = Int(otherPlace[Int(list[2 &* i &+ 1])])
            let candidate = PairCandidate(records, owner, one, two)
            candidates[left] = candidate
            let mayEnter = candidate.mayEnter(radius: radius, halfHeight: halfHeight, from: from, to: to)
            left &+= mayEnter || keepsAll ? 1 : 0
            i &+= 1
        }
        let conflicts = worker.conflicts
        var count = worker.count
        i = 0
        while i < left {
            if let time = rule.interval(candidates[i]), time.entrySeconds >= from, time.entrySeconds < to {
                conflicts[count] = Conflict(
                    a: candidates[i].a, b: candidates[i].b, entrySeconds: time.entrySeconds,
                    exitSeconds: time.exitSeconds)
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
    init(
        _ records: UnsafeMutablePointer<Body>, _ owner: UnsafeMutablePointer<Int32>, _ one: Int, _ two: Int
    ) {
        let isOrdered = owner[one] < owner[two]
        let p = isOrdered ? one : two
        let q = isOrdered ? two : one
        a = owner[p]
        b = owner[q]
        relative = RelativeMotion(own: records[p].motion, intruder: records[q].motion)
        addedRadius = records[p].addedRadiusMeters + records[q].addedRadiusMeters
        addedHeight = records[p].addedHeightMeters + records[q].addedHeightMeters
    }

    /// False only for pairs that surely do not enter their cylinder in `from` ..< `to`: a millisecond of slack is
    /// far more than rounding makes of times where the relative speed is above 0.1 m/s; slower pairs, and whatever
    /// is not a number, may. Computes everything and branches nowhere.
    @inline(__always)
    func mayEnter(radius: Double, halfHeight: Double, from: Double, to: Double) -> Bool {
        let s = relative
        let slack = 1e-3
        let distance = radius + addedRadius
        let speed = s.vx * s.vx + s.vy * s.vy
        let closing = s.x * s.vx + s.y * s.vy
        let cross = s.x * s.vy - s.y * s.vx
        let square = distance * distance * speed
        let discriminant = square - cross * cross
        let root = (discriminant > 0 ? discriminant : 0).squareRoot()
        let inverse = 1 / speed
        let (enter, leave) = ((-closing - root) * inverse, (root - closing) * inverse)
        let climb = 1 / s.vz.magnitude
        let below = s.vz > 0 ? -s.z : s.z
        let height = halfHeight + addedHeight
        let (low, high) = ((below - height) * climb, (below + height) * climb)
        let entry = low > enter ? low : enter
        let exit = high < leave ? high : leave
        let misses = discriminant < -1e-6 * square
        let isEmpty = entry > exit + slack
        let isElsewhere = entry > to + slack || exit < -slack
        let wasBefore = entry < from - slack && from > 0
        // What hardly moves counts as standing in the decision, horizontally or vertically.
        let isSlow = speed < 0.01 || (s.vz != 0 && s.vz.magnitude < 1e-9)
        return isSlow || !(misses || isEmpty || isElsewhere || wasBefore)
    }
}
