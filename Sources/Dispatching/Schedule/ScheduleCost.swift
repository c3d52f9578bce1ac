/// What times cost, and when it is best to leave.
extension ScheduleTimes {
    /// Time and lateness of `value`.
    func reckon() -> Int128 {
        var cost = Int128(timeCost) * Int128(value[stops + 1] - value[0])
        for i in 1..<stops + 1 where legs[i - 1].id >= 0 && legs[i - 1].id & 1 == 1 {
            cost += lateness(Int(legs[i - 1].id >> 1), value[i])
        }
        return cost
    }

    func lateness(_ s: Int, _ start: Int64) -> Int128 {
        guard let promised = table.problem.shipments[s].promisedMilliseconds, start > promised else {
            return 0
        }
        return Int128(start - promised) * Int128(table.problem.shipments[s].latenessCost)
    }

    /// The cheapest of the least schedules over all times of leaving. When the vehicle leaves later, a set of moments
    /// moves with it, the same set up to a next bend where something that waits is reached, a window or a place at a
    /// dock ends, or a promise is passed. In between the cost is linear, so that bends and the moments behind them are
    /// enough. Where stops have one window each it is convex as well, and the search ends with the first rise.
    func leaveBest() {
        func keep() {
            best.removeAll(keepingCapacity: true)
            best.append(contentsOf: value[0..<stops + 2])
        }
        var least: Int64 = 0
        for i in 1...stops + 1 { least += gap[i] }
        var lowest = cost
        keep()
        for _ in 0..<ScheduleTimes.bends {
            // Lateness only grows from here on, and no time is below that under way and in service.
            let now = reckon()
            let late = now - Int128(timeCost) * Int128(value[stops + 1] - value[0])
            if late + Int128(timeCost) * Int128(least) >= lowest { break }
            let room = movable()
            if room > 0 {
                for i in 0...stops + 1 where isMoving[i] { value[i] += room }
                let moved = reckon()
                if moved < lowest {
                    lowest = moved
                    keep()
                } else if !hasGaps {
                    break
                }
            }
            value[0] += 1
            guard settle() == nil else { break }
            let jumped = reckon()
            if jumped < lowest {
                lowest = jumped
                keep()
            }
        }
        for i in 0...stops + 1 { value[i] = best[i] }
        cost = lowest
    }

    /// Bends looked at; more than a route has windows, promises and places at docks.
    static let bends = 512

    /// Marks what moves when leaving moves, and by how much it can until that changes.
    private func movable() -> Int64 {
        for i in 1...stops + 1 { isMoving[i] = false }
        isMoving[0] = true
        var isSettled = false
        while !isSettled {
            isSettled = true
            for i in 1...stops + 1 where !isMoving[i] && isMoving[i - 1] && value[i - 1] + gap[i] == value[i]
            {
                isMoving[i] = true
                isSettled = false
            }
            for rule in rules
            where isMoving[rule.from] && !isMoving[rule.to] && value[rule.from] + rule.wait == value[rule.to]
            {
                isMoving[rule.to] = true
                isSettled = false
            }
        }
        var room = Int64.max
        for i in 1...stops + 1 {
            if isMoving[i - 1], !isMoving[i] { room = min(room, value[i] - value[i - 1] - gap[i]) }
            guard isMoving[i] else { continue }
            if ceiling[i] < .max { room = min(room, ceiling[i] - value[i]) }
            guard i <= stops, legs[i - 1].id >= 0 else { continue }
            let id = legs[i - 1].id
            room = min(room, self.room(id, value[i], legs[i - 1].stay))
            if id & 1 == 1, let promised = table.problem.shipments[Int(id >> 1)].promisedMilliseconds,
                promised > value[i]
            {
                room = min(room, promised - value[i])
            }
        }
        for rule in rules where isMoving[rule.from] && !isMoving[rule.to] {
            room = min(room, value[rule.to] - value[rule.from] - rule.wait)
        }
        return room
    }
}
