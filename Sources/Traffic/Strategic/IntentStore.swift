/// The space-time buckets of all segments: a hash table from (size class, cell) to a chain of blocks of boxes.
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
    private var freeBlock: Int32 = -1
    /// 0 is empty.
    var keys: [UInt64] = [UInt64](repeating: 0, count: 1024)
    var heads: [Int32] = [Int32](repeating: -1, count: 1024)
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
            + keys.count * 12
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
        let mask = keys.count - 1
        var place = Self.hash(key) & mask
        while keys[place] != 0, keys[place] != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let (oldKeys, oldHeads) = (keys, heads)
        let live = oldHeads.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        var size = 1024
        while size < live * 4 { size *= 2 }
        keys = [UInt64](repeating: 0, count: size)
        heads = [Int32](repeating: -1, count: size)
        usedKeys = 0
        for i in oldKeys.indices where oldKeys[i] != 0 && oldHeads[i] >= 0 {
            let place = place(oldKeys[i])
            keys[place] = oldKeys[i]
            heads[place] = oldHeads[i]
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
        if usedKeys * 2 >= keys.count { grow() }
        let place = place(cell.key)
        if keys[place] == 0 {
            keys[place] = cell.key
            usedKeys += 1
        }
        var head = heads[place]
        if head < 0 || blocks[Int(head)].count == Int32(BoxBlock.lanes) {
            var block = BoxBlock()
            block.next = head
            if freeBlock >= 0 {
                head = freeBlock
                freeBlock = blocks[Int(head)].next
                blocks[Int(head)] = block
            } else {
                head = Int32(blocks.count)
                blocks.append(block)
            }
            heads[place] = head
        }
        let lane = Int(blocks[Int(head)].count)
        blocks[Int(head)].set(lane, cell.box, segment: UInt32(index))
        blocks[Int(head)].count += 1
        return index
    }

    /// Takes a segment away, whose box is as it was on insertion; returns the next of its plan.
    mutating func remove(_ index: Int32, _ box: SpaceTimeBox) -> Int32 {
        let cell = Self.cell(box)
        classCounts[cell.kind] -= 1
        let place = place(cell.key)
        let head = heads[place]
        var block = head
        while block >= 0 {
            let lanes = Int(blocks[Int(block)].count)
            for lane in 0..<lanes where blocks[Int(block)].segments[lane] == UInt32(index) {
                // The last box of the first block fills the gap.
                let last = Int(blocks[Int(head)].count) - 1
                let moved = blocks[Int(head)]
                blocks[Int(block)].copy(lane, from: moved, last)
                blocks[Int(head)].clear(last)
                blocks[Int(head)].count -= 1
                if last == 0 {
                    heads[place] = blocks[Int(head)].next
                    blocks[Int(head)].next = freeBlock
                    freeBlock = head
                }
                let next = segments[Int(index)].next
                segments[Int(index)].next = freeSegment
                freeSegment = index
                return next
            }
            block = blocks[Int(block)].next
        }
        preconditionFailure("a segment of a plan stands in no bucket")
    }

    func segment(_ index: Int32) -> Segment { segments[Int(index)] }
}
