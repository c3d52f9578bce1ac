/// When a single stop may be: its windows, and at a dock the times with a place free.
extension ScheduleTimes {
    func windowCount(_ id: Int32) -> Int {
        let s = Int(id) >> 1
        return id & 1 == 0
            ? table.problem.shipments[s].pickup?.windows.count ?? 0
            : table.problem.shipments[s].delivery?.windows.count ?? 0
    }

    func dock(_ id: Int32) -> Int? {
        let s = Int(id) >> 1
        return id & 1 == 0
            ? table.problem.shipments[s].pickup?.dock : table.problem.shipments[s].delivery?.dock
    }

    private func window(_ id: Int32, _ k: Int) -> TimeWindow? {
        let s = Int(id) >> 1
        return id & 1 == 0
            ? table.problem.shipments[s].pickup?.windows[k] : table.problem.shipments[s].delivery?.windows[k]
    }

    /// The first moment from `ready` on that stop `id` may begin and be there for `stay`.
    func firstSlot(_ id: Int32, _ ready: Int64, _ stay: Int64) -> Int64? {
        let (count, dock) = (windowCount(id), dock(id))
        if count == 1, dock == nil {
            return ready > table.closes[Int(id)] ? nil : max(ready, table.opens[Int(id)])
        }
        var time = ready
        for k in 0..<count {
            guard let window = window(id, k) else { return nil }
            time = max(time, window.opensMilliseconds)
            while time <= window.closesMilliseconds {
                guard let dock, stay > 0, let free = firstFree(dock, time, stay) else { return time }
                time = free
            }
        }
        return nil
    }

    /// How much later than `time` the stop may begin with nothing in between forbidden: a lower bound.
    func room(_ id: Int32, _ time: Int64, _ stay: Int64) -> Int64 {
        var room = table.closes[Int(id)] - time
        for k in 0..<windowCount(id) {
            guard let window = window(id, k), window.closesMilliseconds >= time else { continue }
            room = window.closesMilliseconds - time
            break
        }
        guard stay > 0, let dock = dock(id) else { return room }
        func bound(_ taken: [TimeWindow]) {
            for other in taken where other.opensMilliseconds >= time + stay {
                room = min(room, other.opensMilliseconds - time - stay)
            }
        }
        bound(table.problem.docks[dock].booked)
        if let others = taken[dock] { bound(others) }
        return room
    }

    /// When the first full moment of a stay is over; nil: there is none.
    private func firstFree(_ dock: Int, _ time: Int64, _ stay: Int64) -> Int64? {
        var touching: [TimeWindow] = []
        func gather(_ taken: [TimeWindow]) {
            for other in taken
            where other.opensMilliseconds < time + stay && other.closesMilliseconds > time
                && other.opensMilliseconds < other.closesMilliseconds
            {
                touching.append(other)
            }
        }
        gather(table.problem.docks[dock].booked)
        if let others = taken[dock] { gather(others) }
        guard touching.count >= table.problem.docks[dock].places else { return nil }
        // The fullest moments are the begin, and the begins of what falls into the stay.
        var first = Int64.max
        var free = Int64.max
        for k in -1..<touching.count {
            let moment = max(k < 0 ? time : touching[k].opensMilliseconds, time)
            var there = 0
            var least = Int64.max
            for other in touching where other.opensMilliseconds <= moment && moment < other.closesMilliseconds
            {
                there += 1
                least = min(least, other.closesMilliseconds)
            }
            if there >= table.problem.docks[dock].places, moment < first { (first, free) = (moment, least) }
        }
        return free == .max ? nil : free
    }
}
