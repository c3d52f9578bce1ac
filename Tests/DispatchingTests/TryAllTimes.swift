@testable import Dispatching

/// Every schedule of a tiny route, one after the other: all whole times of leaving and of beginning, and all stops at
/// stations, and which is cheapest. Knows nothing of how the planner schedules; ways are the checker's.
struct TryAllTimes {
    /// One thing in the sequence.
    struct Item {
        var id: Int32
        var station = -1
    }
    let problem: DispatchProblem
    let bounds: Schedule.Bounds
    let travel: PlainTravel
    private(set) var least: Int64?
    private var items: [Item] = []
    private var start: [Int64] = []
    private var over: [Int64] = []

    init(_ route: RandomRoute) {
        problem = route.problem
        bounds = route.bounds
        travel = PlainTravel(locations: problem.locations)
    }

    var vehicle: DispatchVehicle { problem.vehicles[0] }

    mutating func run(_ stops: [Int32], stations: Int) {
        items = stops.map { Item(id: $0) }
        tryTimes()
        guard stations > 0, let energy = vehicle.energy else { return }
        insert(energy.stations, stations, from: 0)
    }

    /// At most `left` more stations, at or behind `from`.
    private mutating func insert(_ stations: [Int], _ left: Int, from: Int) {
        guard left > 0 else { return }
        for i in from...items.count {
            for station in stations {
                items.insert(Item(id: -1, station: station), at: i)
                tryTimes()
                insert(stations, left - 1, from: i + 1)
                items.remove(at: i)
            }
        }
    }

    private func visit(_ item: Item) -> Visit? {
        guard item.id >= 0 else { return nil }
        let shipment = problem.shipments[Int(item.id) / 2]
        return item.id % 2 == 0 ? shipment.pickup : shipment.delivery
    }

    private func place(_ i: Int) -> Int? {
        if i < 0 { return vehicle.start }
        if i == items.count { return vehicle.end }
        return visit(items[i])?.location ?? problem.stations[items[i].station].location
    }

    private func way(_ i: Int) -> Int64 {
        guard let from = place(i - 1), let to = place(i), let way = travel.way(problem.modes[0], from, to)
        else { return 0 }
        return way.millimeters
    }

    private mutating func tryTimes() {
        let far = (0...items.count).reduce(Int64(0)) { $0 + way($1) }
        if let longest = vehicle.longestMillimeters, far > longest { return }
        let base = vehicle.fixedCost + vehicle.distanceCost * far
        var begin = vehicle.shift.opensMilliseconds
        while begin <= vehicle.shift.closesMilliseconds {
            start = []
            over = []
            step(begin, begin, vehicle.energy?.initialJoules ?? 0, base)
            begin += 1
        }
    }

    private mutating func step(_ begin: Int64, _ time: Int64, _ joules: Int64, _ cost: Int64) {
        // What is bought already is not cheaper later.
        if let least, cost >= least { return }
        let i = start.count
        let far = way(i)
        var left = joules
        if let energy = vehicle.energy, i < items.count || vehicle.end != nil {
            left -= Int64(energy.spent(far, grams: grams(i)))
            if left < energy.reserveJoules { return }
        }
        guard i < items.count else {
            finish(begin, time + far, cost)
            return
        }
        if items[i].station >= 0 {
            charge(begin, time + far, left, cost)
            return
        }
        guard let visit = visit(items[i]) else { return }
        var at = time + far
        while at <= vehicle.shift.closesMilliseconds {
            if allowed(visit, items[i].id, at, begin) {
                start.append(at)
                over.append(at + visit.serviceMilliseconds)
                step(begin, at + visit.serviceMilliseconds, left, cost + lateness(items[i].id, at))
                start.removeLast()
                over.removeLast()
            }
            at += 1
        }
    }

    private mutating func charge(_ begin: Int64, _ time: Int64, _ joules: Int64, _ cost: Int64) {
        let station = problem.stations[items[start.count].station]
        guard let energy = vehicle.energy else { return }
        var stay: Int64 = 0
        var last: Int64 = -1
        while time + stay <= vehicle.shift.closesMilliseconds {
            let now = station.charged(joules, energy.capacityJoules, after: stay)
            // Standing on without taking more is waiting, which can be done elsewhere.
            if now > last {
                start.append(time)
                over.append(time + stay)
                step(begin, time + stay, now, cost + station.cost)
                start.removeLast()
                over.removeLast()
            }
            last = now
            stay += 1
        }
    }

    private func grams(_ i: Int) -> Int64 {
        var grams: Int64 = 0
        for (s, shipment) in problem.shipments.enumerated() {
            let up = items.firstIndex { $0.id == Int32(2 * s) } ?? -1
            let down = items.firstIndex { $0.id == Int32(2 * s + 1) } ?? items.count
            if up < i, i <= down { grams += Int64(shipment.load[0]) }
        }
        return grams
    }

    private func allowed(_ visit: Visit, _ id: Int32, _ at: Int64, _ begin: Int64) -> Bool {
        guard visit.windows.contains(where: { $0.opensMilliseconds <= at && at <= $0.closesMilliseconds })
        else { return false }
        let s = Int(id) / 2
        if id % 2 == 0, let release = bounds.release[s], at < release { return false }
        if id % 2 == 1, let deadline = bounds.deadline[s], at + visit.serviceMilliseconds > deadline {
            return false
        }
        guard let dock = visit.dock, visit.serviceMilliseconds > 0 else { return true }
        let others = problem.docks[dock].booked + (bounds.taken[dock] ?? [])
        return (at..<at + visit.serviceMilliseconds).allSatisfy { moment in
            others.count { $0.opensMilliseconds <= moment && moment < $0.closesMilliseconds }
                < problem.docks[dock].places
        }
    }

    private func lateness(_ id: Int32, _ at: Int64) -> Int64 {
        let shipment = problem.shipments[Int(id) / 2]
        guard id % 2 == 1, let promised = shipment.promisedMilliseconds else { return 0 }
        return max(0, at - promised) * shipment.latenessCost
    }

    private mutating func finish(_ begin: Int64, _ end: Int64, _ cost: Int64) {
        if end > vehicle.shift.closesMilliseconds { return }
        if let longest = vehicle.longestMilliseconds, end - begin > longest { return }
        for (s, shipment) in problem.shipments.enumerated() {
            let up = items.firstIndex { $0.id == Int32(2 * s) }
            let down = items.firstIndex { $0.id == Int32(2 * s + 1) }
            guard up != nil || down != nil else { continue }
            let loaded = up.map { over[$0] } ?? begin
            let loading = up.map { start[$0] } ?? begin
            if let longest = shipment.longestOnBoardMilliseconds,
                (down.map { start[$0] } ?? end) - loaded > longest
            {
                return
            }
            if up == nil, let release = bounds.release[s], begin < release { return }
            if down == nil, let deadline = bounds.deadline[s], end > deadline { return }
            guard let before = shipment.after else { continue }
            let first = items.firstIndex { $0.id == Int32(2 * before + 1) }
            let isThere = first != nil || items.contains { $0.id == Int32(2 * before) }
            if isThere, loading < (first.map { over[$0] } ?? end) + shipment.handoverMilliseconds { return }
        }
        let total = cost + vehicle.timeCost * (end - begin)
        least = min(least ?? .max, total)
    }
}
