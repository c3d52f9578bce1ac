/// The space-time buckets of all segments: a hash table from (size class, cell) to a run of blocks of boxes, which
/// lie side by side in memory.
///
/// A segment stands once, in the class of its box's size and the cell of its middle, so that whoever looks at an area
/// grown by half a cell misses none. Classes grow by factors of 8; the largest hold all that an
/// intent may be: 4,194 km and 145 days.
struct IntentStore {
    static let spaceClasses = 5
    static let timeClasses = 7

    struct Segment {
        var flight: PlanSegment
        /// Slot of its plan, and which of the plan's segments it is.
        var owner: UInt32
        var number: UInt32
        /// The plan's next segment, or the next free one; -1 at the end.
        var next: Int32
    }

    private(set) var segments: [Segment] = []
    private var freeSegment: Int32 = -1
    var blocks: [BoxBlock] = []
    /// First blocks of runs no bucket has, by the logarithm of their length.
    private var freeRuns = [[Int32]](repeating: [], count: 28)
    struct Bucket {
        /// 0 is empty.
        var key: UInt64 = 0
        /// The first block of its run, or -1.
        var head: Int32 = -1
        /// Number of segments times 32, plus the logarithm of the run's length in blocks.
        var sizes: UInt32 = 0

        var count: Int { Int(sizes >> 5) }
        var log: Int { Int(sizes & 31) }
        /// Blocks with a segment; the run's others are empty.
        var blocks: Int { (count &+ 15) >> 4 }
    }
    private(set) var buckets = [Bucket](repeating: Bucket(), count: 1024)
    private var usedKeys = 0
    /// How many segments stand in each class.
    private(set) var classCounts = [Int](repeating: 0, count: spaceClasses * timeClasses)

    /// The least class, measured: legs of drones fit, and few others stand in the same cell.
    static let baseMeters = 1024
    static let baseSeconds = 48

    static func cellMeters(_ spaceClass: Int) -> Double { Double(baseMeters << (3 * spaceClass)) }
    static func cellSeconds(_ timeClass: Int) -> Double { Double(baseSeconds << (3 * timeClass)) }

    /// Bytes of the arrays, as they are filled.
    var bytes: Int {
        segments.count * MemoryLayout<Segment>.stride + blocks.count * MemoryLayout<BoxBlock>.stride
            + buckets.count * MemoryLayout<Bucket>.stride
    }

    static func key(_ spaceClass: Int, _ timeClass: Int, _ ix: Int, _ iy: Int, _ it: Int) -> UInt64 {
        let time = UInt64(truncatingIfNeeded: it) & 0x3FFF_FFFF
        let place = (UInt64(truncatingIfNeeded: ix) & 0x3FFF) << 14 | UInt64(truncatingIfNeeded: iy) & 0x3FFF
        return UInt64(spaceClass + 1) << 61 | UInt64(timeClass) << 58 | place << 30 | time
    }

    @inline(__always)
    static func hash(_ key: UInt64) -> Int {
        let mixed = (key ^ (key >> 29)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32)
    }

    private struct Cell {
        var kind: Int
        var key: UInt64
        var box: BucketBox
    }

    private static func cell(_ box: SpaceTimeBox) -> Cell {
        var spaceClass = 0
        let size = max(box.maxX - box.minX, box.maxY - box.minY)
        while spaceClass < spaceClasses - 1, cellMeters(spaceClass) < size { spaceClass += 1 }
        var timeClass = 0
        while timeClass < timeClasses - 1, cellSeconds(timeClass) < box.maxT - box.minT { timeClass += 1 }
        let (meters, seconds) = (cellMeters(spaceClass), cellSeconds(timeClass))
        let ix = Int(((box.minX + box.maxX) * 0.5 / meters).rounded(.down))
        let iy = Int(((box.minY + box.maxY) * 0.5 / meters).rounded(.down))
        let it = Int(((box.minT + box.maxT) * 0.5 / seconds).rounded(.down))
        return Cell(
            kind: spaceClass * timeClasses + timeClass, key: key(spaceClass, timeClass, ix, iy, it),
            box: BucketBox(
                box, originX: Double(ix) * meters, originY: Double(iy) * meters,
                originT: Double(it) * seconds,
                perMeter: 1024 / meters, perSecond: 1024 / seconds))
    }

    /// Where a key stands, or the empty place where it would.
    @inline(__always)
    private func place(_ key: UInt64) -> Int {
        let mask = buckets.count - 1
        var place = Self.hash(key) & mask
        while buckets[place].key != 0, buckets[place].key != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let old = buckets
        let live = old.reduce(0) { $0 + ($1.head >= 0 ? 1 : 0) }
        var size = 1024
        while size < live * 4 { size *= 2 }
        buckets = [Bucket](repeating: Bucket(), count: size)
        usedKeys = 0
        for bucket in old where bucket.head >= 0 {
            buckets[place(bucket.key)] = bucket
            usedKeys += 1
        }
    }

    /// Adds a segment; returns its number, to be chained before `next`.
    mutating func insert(
        _ flight: PlanSegment, _ box: SpaceTimeBox, owner: UInt32, number: UInt32, next: Int32
    )
        -> Int32
    {
        let index: Int32
        let segment = Segment(flight: flight, owner: owner, number: number, next: next)
        if freeSegment >= 0 {
            index = freeSegment
            freeSegment = segments[Int(index)].next
            segments[Int(index)] = segment
        } else {
            index = Int32(segments.count)
            segments.append(segment)
        }
        let cell = Self.cell(box)
        classCounts[cell.kind] += 1
        if usedKeys * 2 >= buckets.count { grow() }
        let place = place(cell.key)
        if buckets[place].key == 0 {
            buckets[place].key = cell.key
            usedKeys += 1
        }
        var bucket = buckets[place]
        if bucket.head < 0 {
            bucket.head = takeRun(0)
            bucket.sizes = 0
        } else if bucket.count == BoxBlock.lanes << bucket.log {
            let head = takeRun(bucket.log + 1)
            for i in 0..<1 << bucket.log { blocks[Int(head) + i] = blocks[Int(bucket.head) + i] }
            freeRuns[bucket.log].append(bucket.head)
            bucket.head = head
            bucket.sizes += 1
        }
        let count = bucket.count
        blocks[Int(bucket.head) + count / BoxBlock.lanes].set(
            count % BoxBlock.lanes, cell.box, segment: UInt32(index))
        bucket.sizes += 32
        buckets[place] = bucket
        return index
    }

    /// A run of empty blocks.
    private mutating func takeRun(_ log: Int) -> Int32 {
        if let head = freeRuns[log].popLast() {
            for i in 0..<1 << log { blocks[Int(head) + i] = BoxBlock() }
            return head
        }
        blocks.append(contentsOf: repeatElement(BoxBlock(), count: 1 << log))
        return Int32(blocks.count - (1 << log))
    }

    /// Takes a segment away, whose box is as it was on insertion; returns the next of its plan.
    mutating func remove(_ index: Int32, _ box: SpaceTimeBox) -> Int32 {
        let cell = Self.cell(box)
        classCounts[cell.kind] -= 1
        let place = place(cell.key)
        var bucket = buckets[place]
        let last = bucket.count - 1
        for block in 0..<bucket.blocks {
            let here = Int(bucket.head) + block
            for lane in 0..<min(BoxBlock.lanes, bucket.count - block * BoxBlock.lanes)
            where blocks[here].segments[lane] == UInt32(index) {
                // The last box fills the gap.
                let end = Int(bucket.head) + last / BoxBlock.lanes
                let moved = blocks[end]
                blocks[here].copy(lane, from: moved, last % BoxBlock.lanes)
                blocks[end].clear(last % BoxBlock.lanes)
                bucket.sizes -= 32
                if last == 0 {
                    freeRuns[bucket.log].append(bucket.head)
                    bucket.head = -1
                    bucket.sizes = 0
                }
                buckets[place] = bucket
                let next = segments[Int(index)].next
                segments[Int(index)].next = freeSegment
                freeSegment = index
                return next
            }
        }
        preconditionFailure("a segment of a plan stands in no bucket")
    }

    func segment(_ index: Int32) -> Segment { segments[Int(index)] }
    func owner(_ index: Int) -> UInt32 { segments[index].owner }
}
