/// Two rows and a time, ordered by time, then by row.
struct Encounter {
    var time: Double
    var a: Int32
    var b: Int32

    @inline(__always)
    func comes(before other: Encounter) -> Bool {
        if time != other.time { return time < other.time }
        return a != other.a ? a < other.a : b < other.b
    }

    /// Heap sort in place: no memory, no luck.
    static func sort(_ items: UnsafeMutablePointer<Encounter>, _ count: Int) {
        heap(items, count)
        var end = count
        while end > 1 {
            end -= 1
            (items[0], items[end]) = (items[end], items[0])
            sift(items, 0, end)
        }
    }

    /// Makes a heap of them, the last one on top.
    static func heap(_ items: UnsafeMutablePointer<Encounter>, _ count: Int) {
        var start = count / 2
        while start > 0 {
            start -= 1
            sift(items, start, count)
        }
    }

    /// Puts `item` in place of the last of a heap, if it comes before that.
    static func replaceLast(
        _ items: UnsafeMutablePointer<Encounter>, _ count: Int, with item: Encounter
    ) {
        guard item.comes(before: items[0]) else { return }
        items[0] = item
        sift(items, 0, count)
    }

    private static func sift(_ items: UnsafeMutablePointer<Encounter>, _ start: Int, _ end: Int) {
        let item = items[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < end else { break }
            if child + 1 < end, items[child].comes(before: items[child + 1]) { child += 1 }
            guard item.comes(before: items[child]) else { break }
            items[hole] = items[child]
            hole = child
        }
        items[hole] = item
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
