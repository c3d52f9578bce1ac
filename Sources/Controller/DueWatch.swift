import World

/// Orders that promise a time, by that time: tells each once when it has passed.
struct DueWatch: Sendable {
    private struct Entry: Sendable {
        var due: Instant
        var id: OrderID
    }
    /// Latest first, so that the next one is at the end.
    private var entries: [Entry] = []

    mutating func add(_ order: Order) {
        guard let due = order.request.deliverBy else { return }
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if (entries[middle].due, entries[middle].id) > (due, order.id) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        entries.insert(Entry(due: due, id: order.id), at: low)
    }

    mutating func next(at now: Instant) -> OrderID? {
        guard let last = entries.last, last.due < now else { return nil }
        entries.removeLast()
        return last.id
    }
}

extension Controller {
    /// Promises that are broken now: kept in the order's reason and told.
    mutating func tellLate() {
        while let id = due.next(at: now) {
            guard let order = state.order(id), !order.state.isClosed, let by = order.request.deliverBy,
                !order.reason.hasPrefix(Self.late)
            else { continue }
            let vehicle = order.mission.flatMap { state.mission($0) }.flatMap { state.index(of: $0.vehicle) }
            set(order, order.state, mission: order.mission, Self.late + "\(clock(by)); \(order.reason)")
            notice("order \(id.number) is late: due at \(clock(by)), \(order.state.rawValue)", vehicle)
        }
    }

    static let late = "late, was due at "
}
