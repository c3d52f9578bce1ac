/// A place in an order: least rank first, then the draw, then the number.
struct SlotTicket: Comparable {
    var rank: Int64
    var tie: UInt64
    var vehicle: Int32
    /// Counts the changes of the vehicle's booking: a ticket with an older number is void.
    var version: UInt32

    static func < (a: Self, b: Self) -> Bool {
        if a.rank != b.rank { return a.rank < b.rank }
        if a.tie != b.tie { return a.tie < b.tie }
        if a.vehicle != b.vehicle { return a.vehicle < b.vehicle }
        return a.version < b.version
    }
}

/// A binary heap of tickets, the first on top. Void tickets stay until they come up or outnumber the others: removing a
/// booking costs nothing, and filing and cancelling for ever takes no memory.
struct SlotQueue {
    private var heap: [SlotTicket] = []
    private var sweepAt = 64

    var first: SlotTicket? { heap.first }
    var count: Int { heap.count }

    mutating func push(_ ticket: SlotTicket, _ bookings: [SlotBooking]) {
        if heap.count >= sweepAt {
            heap = heap.filter { bookings[Int($0.vehicle)].version == $0.version }.sorted()
            sweepAt = max(64, 2 * heap.count)
        }
        heap.append(ticket)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child] < heap[least] {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
