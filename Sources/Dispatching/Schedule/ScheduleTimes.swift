/// The least times of a sequence that keep every limit: a fixpoint, raised from the earliest. Then the vehicle leaves as
/// late as it can with the same end.
struct ScheduleTimes {
    /// Apart by at most `longest`: from the end of `up` (-1: leaving) to the begin of `down` (`count`: the end).
    private struct Limit {
        var up: Int
        var down: Int
        var longest: Int64
        var shipment: Int
    }
    /// `second` begins `wait` after `first` is over.
    private struct Order {
        var first: Int
        var second: Int
        var wait: Int64
        var shipment: Int
    }

    private let table: StopTable
    private let vehicle: DispatchVehicle
    private let legs: [Schedule.Leg]
    /// Stops; the way home is no stop.
    let count: Int
    private(set) var start: [Int64]
    private(set) var begin: Int64
    private(set) var end: Int64 = 0
    private var floor: [Int64]
    /// Over at or before; `.max`: no matter.
    private var deadline: [Int64]
    private var limits: [Limit] = []
    private var orders: [Order] = []
    private let taken: [Int: [TimeWindow]]

    init(
        _ table: StopTable, _ vehicle: DispatchVehicle, _ legs: [Schedule.Leg], _ bounds: Schedule.Bounds
    ) {
        self.table = table
        self.vehicle = vehicle
        self.legs = legs
        taken = bounds.taken
        count = legs.count - (vehicle.end == nil ? 0 : 1)
        start = [Int64](repeating: 0, count: count)
        floor = [Int64](repeating: .min, count: count)
        deadline = [Int64](repeating: .max, count: count)
        begin = vehicle.shift.opensMilliseconds
        func seat(_ action: DispatchPlan.Stop.Action, _ s: Int) -> Int? {
            legs.firstIndex { $0.stop.action == action && $0.stop.index == s }
        }
        for i in 0..<count where legs[i].stop.action != .energy {
            let s = legs[i].stop.index
            let shape = table.shape[s]
            // Once a shipment.
            let isLast = legs[i].stop.action == .delivery || shape == .pickupOnly
            guard isLast else { continue }
            let shipment = table.problem.shipments[s]
            let up = shape == .deliveryOnly ? -1 : seat(.pickup, s) ?? -1
            let down = shape == .pickupOnly ? count : i
            if let longest = shipment.longestOnBoardMilliseconds {
                limits.append(Limit(up: up, down: down, longest: longest, shipment: s))
            }
            if let release = bounds.release[s] {
                if up >= 0 { floor[up] = max(floor[up], release) } else { begin = max(begin, release) }
            }
            if let over = bounds.deadline[s], down < count { deadline[down] = min(deadline[down], over) }
            if let before = shipment.after, let first = seat(.delivery, before), up >= 0 {
                orders.append(
                    Order(first: first, second: up, wait: shipment.handoverMilliseconds, shipment: s))
            }
        }
    }

    /// What fails first, or nil with the times.
    mutating func solve() -> Violation? {
        if let fault = fixpoint() { return fault }
        if vehicle.timeCost > 0 { leaveLate() }
        if count > 0 { begin = max(begin, start[0] - legs[0].milliseconds) }
        return nil
    }

    private mutating func fixpoint() -> Violation? {
        var cause: Violation?
        for _ in 0..<16 * count + 64 {
            if let fault = forward() { return cause ?? fault }
            guard let raised = raise() else { return nil }
            cause = cause ?? raised
        }
        return cause
    }

    private mutating func forward() -> Violation? {
        var time = begin
        for i in 0..<count {
            time = max(time + legs[i].milliseconds, floor[i])
            let stop = legs[i].stop
            if stop.action != .energy {
                let id = 2 * stop.index + (stop.action == .delivery ? 1 : 0)
                let ready = time
                guard let slot = firstSlot(i, id, time) else {
                    return Violation(
                        kind: .outsideWindow, stop: i, shipment: stop.index,
                        excess: max(ready - table.closes[id], 0))
                }
                time = slot
            }
            start[i] = time
            time += legs[i].stay
            if time > deadline[i] {
                return Violation(
                    kind: .beforeHandover, stop: i, shipment: stop.index, excess: time - deadline[i])
            }
        }
        end = time + (count < legs.count ? legs[count].milliseconds : 0)
        let over = end - vehicle.shift.closesMilliseconds
        return over > 0 ? Violation(kind: .endsAfterShift, excess: over) : nil
    }

    /// Raises what is too early for a limit; nil when nothing is.
    private mutating func raise() -> Violation? {
        var first: Violation?
        for limit in limits {
            let down = limit.down < count ? start[limit.down] : end
            let up = limit.up >= 0 ? start[limit.up] + legs[limit.up].stay : begin
            let excess = down - up - limit.longest
            guard excess > 0 else { continue }
            if limit.up >= 0 { floor[limit.up] = start[limit.up] + excess } else { begin += excess }
            first = first ?? Violation(kind: .tooLongOnBoard, shipment: limit.shipment, excess: excess)
        }
        for order in orders {
            let ready = start[order.first] + legs[order.first].stay + order.wait
            guard start[order.second] < ready else { continue }
            floor[order.second] = ready
            first =
                first
                ?? Violation(
                    kind: .beforeHandover, stop: order.second, shipment: order.shipment,
                    excess: ready - start[order.second])
        }
        if let longest = vehicle.longestMilliseconds, end - begin > longest {
            first = first ?? Violation(kind: .tooLong, excess: end - begin - longest)
            begin = end - longest
        }
        return first
    }

    /// The latest leaving with the same end, the same windows and no more lateness, by a fixpoint from above.
    private mutating func leaveLate() {
        var latest = [Int64](repeating: 0, count: count)
        var leave = Int64.max
        for i in 0..<count {
            latest[i] = .max
            let stop = legs[i].stop
            guard stop.action != .energy else { continue }
            let shipment = table.problem.shipments[stop.index]
            let visit = stop.action == .pickup ? shipment.pickup : shipment.delivery
            if let window = visit?.windows.first(where: { $0.closesMilliseconds >= start[i] }) {
                latest[i] = window.closesMilliseconds
            }
            if visit?.dock != nil { latest[i] = start[i] }
            if stop.action == .delivery, shipment.latenessCost > 0,
                let promised = shipment.promisedMilliseconds
            {
                latest[i] = min(latest[i], max(start[i], promised))
            }
            if deadline[i] < .max { latest[i] = min(latest[i], deadline[i] - legs[i].stay) }
        }
        var isSettled = false
        var rounds = 0
        while !isSettled, rounds < 16 * count + 64 {
            rounds += 1
            isSettled = true
            func lower(_ value: inout Int64, _ to: Int64) {
                if to < value {
                    value = to
                    isSettled = false
                }
            }
            var next = end - (count < legs.count ? legs[count].milliseconds : 0)
            for i in stride(from: count - 1, through: 0, by: -1) {
                lower(&latest[i], next - legs[i].stay)
                next = latest[i] - legs[i].milliseconds
            }
            lower(&leave, next)
            for limit in limits where limit.down < count {
                let up = limit.up >= 0 ? latest[limit.up] + legs[limit.up].stay : leave
                lower(&latest[limit.down], up + limit.longest)
            }
            for order in orders {
                lower(&latest[order.first], latest[order.second] - order.wait - legs[order.first].stay)
            }
        }
        guard isSettled, leave > begin else { return }
        let before = self
        begin = leave
        if fixpoint() != nil || end > before.end { self = before }
    }

    /// The first time from `time` on in a window and, at a dock, with a place free during the whole stay.
    private func firstSlot(_ i: Int, _ id: Int, _ ready: Int64) -> Int64? {
        let shipment = table.problem.shipments[id >> 1]
        guard let visit = id & 1 == 0 ? shipment.pickup : shipment.delivery else { return ready }
        var time = ready
        while true {
            guard let window = visit.windows.first(where: { $0.closesMilliseconds >= time }) else {
                return nil
            }
            time = max(time, window.opensMilliseconds)
            guard let dock = visit.dock, legs[i].stay > 0, let free = clash(dock, time, legs[i].stay) else {
                return time
            }
            time = free
        }
    }

    /// When the first full moment within the stay is over; nil: there is none.
    private func clash(_ dock: Int, _ time: Int64, _ stay: Int64) -> Int64? {
        let known = table.problem.docks[dock]
        let others = known.booked + (taken[dock] ?? [])
        let touching = others.filter {
            $0.opensMilliseconds < time + stay && $0.closesMilliseconds > time
                && $0.opensMilliseconds < $0.closesMilliseconds
        }
        guard touching.count >= known.places else { return nil }
        for moment in [time] + touching.map(\.opensMilliseconds).filter({ $0 > time }).sorted() {
            let there = touching.filter { $0.opensMilliseconds <= moment && moment < $0.closesMilliseconds }
            if there.count >= known.places { return there.map(\.closesMilliseconds).min() }
        }
        return nil
    }
}
