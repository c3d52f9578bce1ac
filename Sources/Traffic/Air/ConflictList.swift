/// Conflicts of all groups of a tick. Memory is kept.
struct ConflictList {
    private var items = UnsafeMutablePointer<FlightConflict>.allocate(capacity: 64)
    private var capacity = 64
    private var count = 0

    func deallocate() { items.deallocate() }

    var conflicts: UnsafeBufferPointer<FlightConflict> { UnsafeBufferPointer(start: items, count: count) }

    var memoryBytes: Int { capacity * MemoryLayout<FlightConflict>.stride }

    mutating func removeAll() { count = 0 }

    @inline(__always)
    mutating func append(_ conflict: FlightConflict) {
        if count == capacity { grow() }
        (items + count).initialize(to: conflict)
        count += 1
    }

    private mutating func grow() {
        let wider = UnsafeMutablePointer<FlightConflict>.allocate(capacity: capacity * 2)
        wider.update(from: items, count: count)
        items.deallocate()
        items = wider
        capacity *= 2
    }

    private static func isBefore(_ l: FlightConflict, _ r: FlightConflict) -> Bool {
        if l.entrySeconds != r.entrySeconds { return l.entrySeconds < r.entrySeconds }
        return l.a != r.a ? l.a < r.a : l.b < r.b
    }

    /// Soonest first, then by index: a heap sort, which needs no memory.
    func sort() {
        guard count > 1 else { return }
        for root in stride(from: count / 2 - 1, through: 0, by: -1) { sink(root, count) }
        for end in stride(from: count - 1, to: 0, by: -1) {
            (items[0], items[end]) = (items[end], items[0])
            sink(0, end)
        }
    }

    private func sink(_ from: Int, _ end: Int) {
        var root = from
        while 2 * root + 1 < end {
            var child = 2 * root + 1
            if child + 1 < end, Self.isBefore(items[child], items[child + 1]) { child += 1 }
            guard Self.isBefore(items[root], items[child]) else { return }
            (items[root], items[child]) = (items[child], items[root])
            root = child
        }
    }
}
