/// Things on their way, each due a fixed time after it was sent: first in, first out.
struct DelayLine<Item> {
    /// Beyond it the oldest are lost.
    static var capacity: Int { 4096 }

    private var items: [(dueAt: Int64, item: Item)] = []
    private var head = 0

    var isEmpty: Bool { head == items.count }

    mutating func add(_ item: Item, dueAt: Int64) {
        if items.count - head >= Self.capacity { head += 1 }
        if head > Self.capacity {
            items.removeFirst(head)
            head = 0
        }
        items.append((dueAt, item))
    }

    /// The next that is due by `now`.
    mutating func next(at now: Int64) -> Item? {
        guard head < items.count, items[head].dueAt <= now else { return nil }
        defer {
            head += 1
            if head == items.count {
                items.removeAll(keepingCapacity: true)
                head = 0
            }
        }
        return items[head].item
    }
}
