/// What vehicles really do, whoever dispatches them: they drive node by node on roads as they are, fly as the wind lets
/// them, wait before closed posts, break down. Nobody can ask it for what is to come.
final class DayTruth {
    let day: DispatchDay
    private(set) var roads: DayRoads
    private(set) var modes: [TravelMode]
    private(set) var shipments: [Shipment]
    /// By location: until when nothing is served there.
    private var closedUntil: [Int64]
    /// By vehicle: where it stands, and since when it is free there.
    private(set) var here: [Int]
    private(set) var freeAt: [Int64]
    private(set) var leg: [Leg?]
    private(set) var driven: [[DrivenStop]]
    /// By vehicle: shipments on board.
    private(set) var aboard: [Int]

    /// A vehicle under way to a stop, or serving it.
    struct Leg {
        var stop: DrivenStop
        /// Where it is reckoned from: a node and when it is there; for drones when, and how far is left.
        var node: Int
        var time: Int64
        var left: Int64
    }

    init(_ day: DispatchDay) {
        self.day = day
        roads = day.roads
        modes = day.problem.modes
        shipments = day.problem.shipments
        closedUntil = Array(repeating: 0, count: day.problem.locations.count)
        here = day.problem.vehicles.map(\.start)
        let n = here.count
        freeAt = Array(repeating: 0, count: n)
        leg = Array(repeating: nil, count: n)
        driven = Array(repeating: [], count: n)
        aboard = Array(repeating: 0, count: n)
        modes[day.truckMode].way = .road(roads.table)
    }

    func visit(_ order: Int, _ isPickup: Bool) -> Visit? {
        isPickup ? shipments[order].pickup : shipments[order].delivery
    }

    /// Vehicle `v` leaves for a stop. What it should be like, by what is known now.
    func leave(_ v: Int, for order: Int, isPickup: Bool, at milliseconds: Int64) -> DrivenStop? {
        guard leg[v] == nil, let visit = visit(order, isPickup) else { return nil }
        let stop = DrivenStop(
            order: order, isPickup: isPickup, from: here[v], to: visit.location, leaves: milliseconds,
            isEmpty: aboard[v] == 0)
        let left = day.isTruck(v) ? 0 : flight(here[v], visit.location)
        leg[v] = Leg(stop: stop, node: here[v], time: milliseconds, left: left)
        reckon(v)
        return leg[v]?.stop
    }

    /// The stop of `v` is over: what it was.
    func finish(_ v: Int) -> DrivenStop? {
        guard let stop = leg[v]?.stop else { return nil }
        leg[v] = nil
        here[v] = stop.to
        freeAt[v] = stop.departs
        aboard[v] += stop.isPickup ? 1 : -1
        driven[v].append(stop)
        return stop
    }

    /// Times of the leg, from where it is reckoned.
    private func reckon(_ v: Int) {
        guard var now = leg[v], let visit = visit(now.stop.order, now.stop.isPickup) else { return }
        if day.isTruck(v) {
            let cell = now.node * roads.nodes + now.stop.to
            now.stop.arrives = now.time + roads.table.milliseconds[cell]
            now.stop.millimeters = now.left + roads.table.millimeters[cell]
        } else {
            now.stop.arrives = now.time + pace(v, now.left)
            now.stop.millimeters = flight(now.stop.from, now.stop.to)
        }
        let opens = visit.windows.first?.opensMilliseconds ?? 0
        now.stop.starts = max(now.stop.arrives, opens)
        now.stop.starts = max(now.stop.starts, closedUntil[now.stop.to])
        now.stop.departs = now.stop.starts + visit.serviceMilliseconds
        leg[v] = now
    }

    /// How long from one location to another now.
    func way(_ v: Int, _ from: Int, _ to: Int) -> Int64 {
        day.isTruck(v)
            ? roads.table.milliseconds[from * roads.nodes + to] : pace(v, flight(from, to))
    }

    private func pace(_ v: Int, _ millimeters: Int64) -> Int64 {
        (millimeters * modes[day.problem.vehicles[v].mode].pace + 0xF_FFFF) >> 20
    }

    func flight(_ from: Int, _ to: Int) -> Int64 {
        let travel = PlainTravel(locations: day.problem.locations)
        return travel.way(TravelMode(airspeedMillimetersPerSecond: 1000), from, to)?.millimeters ?? 0
    }

    // MARK: What happens

    /// Everyone under way is reckoned from where he can turn at the earliest.
    private func anchor(_ v: Int, at milliseconds: Int64) {
        guard var now = leg[v], now.stop.arrives > milliseconds else { return }
        if day.isTruck(v) {
            // `left` is what is driven already.
            while now.time < milliseconds {
                guard let step = roads.step(from: now.node, to: now.stop.to) else {
                    // No way leads on; it waits.
                    now.time = milliseconds
                    break
                }
                now.node = step.node
                now.time += step.milliseconds
                now.left += step.millimeters
            }
        } else if now.time < milliseconds {
            let mode = modes[day.problem.vehicles[v].mode]
            now.left -= ((milliseconds - now.time) << 20) / mode.pace
            now.time = milliseconds
        }
        leg[v] = now
    }

    /// A stretch takes other times; the vehicles under way, which may be there earlier or later.
    func change(stretch: Int, slowness: Int64, at milliseconds: Int64) -> [Int] {
        let under = leg.indices.filter { day.isTruck($0) && (leg[$0]?.stop.arrives ?? 0) > milliseconds }
        for v in under { anchor(v, at: milliseconds) }
        roads.set(stretch, slowness: slowness)
        modes[day.truckMode].way = .road(roads.table)
        for v in under { reckon(v) }
        return under
    }

    func change(mode: Int, pace: Int64, at milliseconds: Int64) -> [Int] {
        let under = leg.indices.filter {
            day.problem.vehicles[$0].mode == mode && (leg[$0]?.stop.arrives ?? 0) > milliseconds
        }
        for v in under { anchor(v, at: milliseconds) }
        modes[mode].pace = pace
        for v in under { reckon(v) }
        return under
    }

    /// Nothing begins at a location before `until`: who has not begun there waits. The vehicles it is about.
    func close(_ location: Int, until: Int64, at milliseconds: Int64) -> [Int] {
        closedUntil[location] = until
        let waiting = leg.indices.filter {
            leg[$0]?.stop.to == location && (leg[$0]?.stop.starts ?? 0) > milliseconds
        }
        for v in waiting { reckon(v) }
        return waiting
    }

    /// Vehicle `v` stands still for a time, at once or at the next place where it can.
    func hold(_ v: Int, for duration: Int64, at milliseconds: Int64) {
        guard let now = leg[v] else {
            freeAt[v] = max(freeAt[v], milliseconds) + duration
            return
        }
        if now.stop.arrives > milliseconds {
            anchor(v, at: milliseconds)
            leg[v]?.time += duration
            leg[v]?.stop.holds.append(DrivenStop.Hold(at: milliseconds, milliseconds: duration))
            reckon(v)
        } else {
            // What it was doing there begins anew; what it waited for may still be to come.
            let service = now.stop.departs - now.stop.starts
            let starts = max(now.stop.starts, milliseconds + duration)
            leg[v]?.stop.starts = starts
            leg[v]?.stop.departs = starts + service
        }
    }

    /// Windows of an order that nobody has begun, as they must be while posts are closed.
    func delay(_ order: Int) -> Bool {
        let before = shipments[order]
        for isPickup in [true, false] {
            guard var visit = visit(order, isPickup) else { continue }
            let until = closedUntil[visit.location]
            for k in visit.windows.indices where visit.windows[k].opensMilliseconds < until {
                visit.windows[k].opensMilliseconds = min(until, visit.windows[k].closesMilliseconds)
            }
            if isPickup { shipments[order].pickup = visit } else { shipments[order].delivery = visit }
        }
        return shipments[order] != before
    }

    func postpone(_ order: Int, by milliseconds: Int64) {
        for k in shipments[order].pickup?.windows.indices ?? 0..<0 {
            shipments[order].pickup?.windows[k].postpone(milliseconds)
        }
        for k in shipments[order].delivery?.windows.indices ?? 0..<0 {
            shipments[order].delivery?.windows[k].postpone(milliseconds)
        }
    }

    func refuse(_ order: Int, by v: Int) { shipments[order].refusedVehicles.append(v) }
}

extension TimeWindow {
    fileprivate mutating func postpone(_ milliseconds: Int64) {
        opensMilliseconds += milliseconds
        closesMilliseconds = min(closesMilliseconds + milliseconds, DispatchLimits.latestMilliseconds)
    }
}

/// A stop with the way there, as it was.
struct DrivenStop: Hashable {
    struct Hold: Hashable {
        var at: Int64
        var milliseconds: Int64
    }
    var order: Int
    var isPickup: Bool
    var from: Int
    var to: Int
    var leaves: Int64
    var arrives: Int64 = 0
    var starts: Int64 = 0
    var departs: Int64 = 0
    var millimeters: Int64 = 0
    /// Nothing was on board on the way.
    var isEmpty: Bool
    var holds: [Hold] = []
}
