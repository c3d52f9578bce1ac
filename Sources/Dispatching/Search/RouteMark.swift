/// The best plan of a search that also goes uphill: what routes were when they were changed for the first time since.
struct RouteMark {
    fileprivate(set) var isOn = false
    /// Slots changed since.
    fileprivate(set) var changed: [Int32] = []
    private var isChanged: [Bool] = []
    fileprivate var backups: [Route] = []
    fileprivate var cost: Int64 = 0

    fileprivate mutating func set(_ slots: Int, cost: Int64) {
        for r in changed { isChanged[Int(r)] = false }
        changed.removeAll(keepingCapacity: true)
        isChanged += [Bool](repeating: false, count: slots - isChanged.count)
        while backups.count < slots { backups.append(Route(capacity: 8)) }
        self.cost = cost
        isOn = true
    }

    /// Route `r` is about to change.
    mutating func touch(_ r: Int, _ route: Route) {
        guard !isChanged[r] else { return }
        isChanged[r] = true
        changed.append(Int32(r))
        if backups[r].capacity < route.count {
            backups[r].memory.deallocate()
            backups[r] = route.copied(capacity: route.capacity)
        } else {
            backups[r].take(route)
        }
    }

    func deallocate() {
        for route in backups { route.memory.deallocate() }
    }
}

/// Of routes that live; their number stays while there is a mark.
extension RouteSet {
    /// From here on routes can be taken back to what they are now. O(changed since the last mark).
    func setMark() { mark.set(slots, cost: cost) }

    /// Everything as it was at the mark, which is gone then; the slots that changed.
    func rewind() -> [Int32] {
        let changed = mark.changed
        for r in changed {
            let route = routes[Int(r)]
            for k in 1..<max(route.count - 1, 1) { routeOf[Int(route.ids[k])] = -1 }
        }
        for r in changed {
            swap(&routes[Int(r)], &mark.backups[Int(r)])
            index(Int(r))
        }
        cost = mark.cost
        removeMark()
        keep()
        return changed
    }

    func removeMark() { mark.isOn = false }
}
