/// What a heap orders: of two, which one stands nearer to its top.
protocol HeapItem {
    func standsAbove(_ other: Self) -> Bool
}

/// Heaps in memory of others: no allocation, no luck. Told apart by type, so that comparing costs no call.
enum Heap {
    /// Makes a heap of the items. O(n).
    @inline(__always)
    static func make<Item: HeapItem>(_ items: UnsafeMutablePointer<Item>, _ count: Int) {
        var start = count / 2
        while start > 0 {
            start -= 1
            sift(items, items[start], start, count)
        }
    }

    /// Takes the top of a heap to its end, which leaves one less. O(log n).
    @inline(__always)
    static func takeTop<Item: HeapItem>(_ items: UnsafeMutablePointer<Item>, _ count: Int) {
        let top = items[0]
        sift(items, items[count - 1], 0, count - 1)
        items[count - 1] = top
    }

    /// Puts `item` where it belongs below `start`, whose own is gone.
    @inline(__always)
    static func sift<Item: HeapItem>(
        _ items: UnsafeMutablePointer<Item>, _ item: Item, _ start: Int, _ end: Int
    ) {
        guard start < end else { return }
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < end else { break }
            if child + 1 < end, items[child + 1].standsAbove(items[child]) { child += 1 }
            guard items[child].standsAbove(item) else { break }
            items[hole] = items[child]
            hole = child
        }
        items[hole] = item
    }
}
