import Dispatch

/// Eight vehicles of a fleet, and how they are told apart in memory.
///
/// `Singles` consists of 8-lane vectors of 4-byte numbers only, `Doubles` of 8-byte numbers only: a lane can then
/// be moved without naming the fields.
protocol LaneBlock: Sendable {
    associatedtype Singles
    associatedtype Doubles
    var singles: Singles { get set }
    var doubles: Doubles { get set }
    init()
    /// Not moving, nothing wanted: steps would change nothing.
    func isParked(_ lane: Int) -> Bool
}

/// The vehicles of a fleet in blocks of eight, those in motion first, so that parked ones cost nothing.
struct BlockStore<Block: LaneBlock>: Sendable {
    private(set) var blocks: [Block] = []
    private(set) var activeCount = 0
    private var slotOfVehicle: [Int32] = []
    private var vehicleInSlot: [Int32] = []

    var count: Int { slotOfVehicle.count }

    /// Appends a vehicle, parked; its lane holds whatever `Block.init` put there.
    mutating func append() -> Int {
        let vehicle = count
        if vehicle % 8 == 0 { blocks.append(Block()) }
        slotOfVehicle.append(Int32(truncatingIfNeeded: vehicle))
        vehicleInSlot.append(Int32(truncatingIfNeeded: vehicle))
        return vehicle
    }

    func place(_ vehicle: Int) -> (block: Int, lane: Int) {
        let slot = Int(slotOfVehicle[vehicle])
        return (slot >> 3, slot & 7)
    }

    func read<R>(_ vehicle: Int, _ body: (Block, Int) -> R) -> R {
        let (block, lane) = place(vehicle)
        return body(blocks[block], lane)
    }

    mutating func write(_ vehicle: Int, _ body: (inout Block, Int) -> Void) {
        let (block, lane) = place(vehicle)
        body(&blocks[block], lane)
    }

    mutating func activate(_ vehicle: Int) {
        let slot = Int(slotOfVehicle[vehicle])
        guard slot >= activeCount else { return }
        swapSlots(slot, activeCount)
        activeCount += 1
    }

    /// Runs `body` on every block that holds a vehicle in motion. The blocks are split over the threads in equal
    /// runs; no block ever looks at another, so the split cannot change a bit.
    private mutating func advance(threads: Int, _ body: @Sendable (inout Block) -> Void) {
        let active = activeCount
        let blockCount = (active + 7) / 8
        guard blockCount > 0 else { return }
        let parkedLanes = blockCount * 8 - active
        let before = blocks[blockCount - 1]
        let workers = max(1, min(threads, blockCount))
        blocks.withUnsafeMutableBufferPointer { buffer in
            if workers == 1 {
                for block in 0..<blockCount { body(&buffer[block]) }
            } else {
                nonisolated(unsafe) let shared = buffer
                DispatchQueue.concurrentPerform(iterations: workers) { worker in
                    let range = worker * blockCount / workers..<(worker + 1) * blockCount / workers
                    for block in range { body(&shared[block]) }
                }
            }
        }
        // Parked vehicles that share the last block with moving ones stay as they were.
        for lane in (8 - parkedLanes)..<8 {
            Self.move(lane, of: before, to: lane, of: &blocks[blockCount - 1])
        }
    }

    /// Takes vehicles at rest out of the active ones.
    mutating func parkTheResting() {
        var slot = activeCount - 1
        while slot >= 0 {
            if blocks[slot >> 3].isParked(slot & 7) {
                activeCount -= 1
                swapSlots(slot, activeCount)
            }
            slot -= 1
        }
    }

    /// Cuts `steps` so that vehicles park only after whole multiples of 50: otherwise how a host splits its
    /// steps would decide when one parks.
    mutating func advance(
        first: inout UInt64, steps: Int, threads: Int, _ body: @Sendable (inout Block, UInt64, Int) -> Void
    ) {
        var left = steps
        while left > 0 {
            let start = first
            let run = min(left, 50 - Int(start % 50))
            advance(threads: threads) { block in body(&block, start, run) }
            first &+= UInt64(run)
            left -= run
            if first % 50 == 0 { parkTheResting() }
        }
    }

    private mutating func swapSlots(_ a: Int, _ b: Int) {
        guard a != b else { return }
        let old = blocks[a >> 3]
        Self.move(b & 7, of: blocks[b >> 3], to: a & 7, of: &blocks[a >> 3])
        Self.move(a & 7, of: old, to: b & 7, of: &blocks[b >> 3])
        vehicleInSlot.swapAt(a, b)
        slotOfVehicle[Int(vehicleInSlot[a])] = Int32(truncatingIfNeeded: a)
        slotOfVehicle[Int(vehicleInSlot[b])] = Int32(truncatingIfNeeded: b)
    }

    private static func move(_ from: Int, of source: Block, to lane: Int, of target: inout Block) {
        move(UInt32.self, from, of: source.singles, to: lane, of: &target.singles)
        move(UInt64.self, from, of: source.doubles, to: lane, of: &target.doubles)
    }

    private static func move<Lane, Group>(
        _: Lane.Type, _ from: Int, of source: Group, to lane: Int, of target: inout Group
    ) {
        let width = MemoryLayout<Lane>.size
        let fields = MemoryLayout<Group>.size / (8 * width)
        withUnsafeBytes(of: source) { source in
            withUnsafeMutableBytes(of: &target) { target in
                for field in 0..<fields {
                    let value = source.load(fromByteOffset: (field * 8 + from) * width, as: Lane.self)
                    target.storeBytes(of: value, toByteOffset: (field * 8 + lane) * width, as: Lane.self)
                }
            }
        }
    }
}
