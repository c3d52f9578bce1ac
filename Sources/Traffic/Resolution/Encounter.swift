/// Two rows and a time, ordered by time, then by row.
struct Encounter: HeapItem {
    var time: Double
    var a: Int32
    var b: Int32

    @inline(__always)
    func comes(before other: Encounter) -> Bool {
        if time != other.time { return time < other.time }
        return a != other.a ? a < other.a : b < other.b
    }

    /// The last one is on top.
    @inline(__always)
    func standsAbove(_ other: Encounter) -> Bool { other.comes(before: self) }

    /// Heap sort in place: no memory, no luck.
    static func sort(_ items: UnsafeMutablePointer<Encounter>, _ count: Int) {
        Heap.make(items, count)
        for end in stride(from: count, to: 1, by: -1) { Heap.takeTop(items, end) }
    }

    /// Puts `item` in place of the last of a heap, if it comes before that.
    static func replaceLast(
        _ items: UnsafeMutablePointer<Encounter>, _ count: Int, with item: Encounter
    ) {
        guard item.comes(before: items[0]) else { return }
        Heap.sift(items, item, 0, count)
    }
}

/// Encounters one after another, in memory that grows and is kept.
struct EncounterList {
    private(set) var items: UnsafeMutablePointer<Encounter>
    var count = 0
    private var room = 256

    init() { items = .allocate(capacity: room) }

    func deallocate() { items.deallocate() }

    mutating func append(_ item: Encounter) {
        if count == room {
            let more = UnsafeMutablePointer<Encounter>.allocate(capacity: 2 * room)
            more.moveInitialize(from: items, count: count)
            items.deallocate()
            items = more
            room *= 2
        }
        items[count] = item
        count += 1
    }
}
