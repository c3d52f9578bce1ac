/// Why a plan is as it is: what an order costs where it is and elsewhere, what keeps it off a vehicle, and the least that
/// would have to change for an order that is not served.
///
/// Every answer is about one order and one vehicle at a time: the other stops keep their order, the other vehicles their
/// times. Answers come from the same exact evaluation of routes that plans are made with. Not safe for several threads.
public final class PlanReasons {
    public let problem: DispatchProblem
    let table: StopTable
    let schedule: Schedule
    /// Routes of the plan with stops, energy stops left out: where those are is decided anew.
    private(set) var lines: [Line] = []
    /// By shipment: its line; -1: none.
    private(set) var lineOf: [Int]
    /// By shipment: in the plan's times.
    private var loading: [Int64]
    private var unloaded: [Int64]
    private var dockUses: [DockUse] = []
    private var followers: [[Int]]
    private let isCoupled: Bool
    private var used: [Int]
    var trial: [Int32] = []

    struct Line {
        /// Index of the route in the plan; nil: a vehicle that the plan does not use.
        var route: Int?
        var kind: Int
        var stops: [Int32]
        var cost: Int64 = 0
    }

    private struct DockUse {
        var dock: Int
        var window: TimeWindow
        var line: Int
        var shipment: Int
    }

    /// - Throws: `ProblemFault` when the problem is wrong, `PlanFault` when the plan does not keep it.
    public init(_ problem: DispatchProblem, _ plan: DispatchPlan) throws {
        let verdict = try PlanChecker(problem).check(plan)
        let wrong = verdict.violations.filter { $0.kind != .mustBeServed && $0.kind != .unservedNotListed }
        if let first = wrong.first { throw PlanFault(violation: first) }
        self.problem = problem
        table = StopTable(problem)
        schedule = Schedule(table: table)
        lineOf = [Int](repeating: -1, count: problem.shipments.count)
        loading = [Int64](repeating: 0, count: problem.shipments.count)
        unloaded = loading
        followers = [[Int]](repeating: [], count: problem.shipments.count)
        used = [Int](repeating: 0, count: problem.vehicles.count)
        isCoupled = !problem.docks.isEmpty || problem.shipments.contains { $0.after != nil }
        for (s, shipment) in problem.shipments.enumerated() {
            if let before = shipment.after { followers[before].append(s) }
        }
        for (r, route) in plan.routes.enumerated() where !route.stops.isEmpty {
            take(r, route, verdict.timetables[r])
        }
        for l in lines.indices {
            if case .fits(let route) = evaluate(lines[l], lines[l].stops, bounds(l, with: nil)) {
                lines[l].cost = route.cost
            }
        }
    }

    private func take(_ r: Int, _ route: DispatchPlan.Route, _ times: RouteTimetable) {
        var line = Line(route: r, kind: route.vehicle, stops: [], cost: times.cost)
        for (stop, time) in zip(route.stops, times.stops) where stop.action != .energy {
            let s = stop.index
            let isPickup = stop.action == .pickup
            line.stops.append(Int32(2 * s + (isPickup ? 0 : 1)))
            lineOf[s] = lines.count
            if isPickup || problem.shipments[s].pickup == nil {
                loading[s] = isPickup ? time.start : times.begin
            }
            if !isPickup || problem.shipments[s].delivery == nil {
                unloaded[s] = isPickup ? times.end : time.departure
            }
            let visit = isPickup ? problem.shipments[s].pickup : problem.shipments[s].delivery
            guard let dock = visit?.dock, time.start < time.departure else { continue }
            dockUses.append(
                DockUse(
                    dock: dock, window: TimeWindow(time.start, time.departure), line: lines.count, shipment: s
                ))
        }
        used[route.vehicle] += 1
        lines.append(line)
    }

    // MARK: Lines a shipment may join

    /// An unused vehicle of the kind.
    func unused(_ kind: Int) -> Line { Line(route: nil, kind: kind, stops: []) }
    func isSpare(_ kind: Int) -> Bool { used[kind] < problem.vehicles[kind].count }

    /// Other lines than that of `s`, with a vehicle of each kind that has any left.
    func others(_ s: Int) -> [(line: Line, index: Int?)] {
        var others: [(line: Line, index: Int?)] = []
        for (l, line) in lines.enumerated() where l != lineOf[s] { others.append((line, l)) }
        for kind in problem.vehicles.indices where isSpare(kind) {
            let isAlone = lineOf[s] >= 0 && lines[lineOf[s]].stops.allSatisfy { Int($0) >> 1 == s }
            // An order alone on a vehicle changes nothing by taking another of the same.
            if isAlone, lines[lineOf[s]].kind == kind { continue }
            others.append((unused(kind), nil))
        }
        return others
    }

    /// What the other vehicles mean for line `l` (nil: a new one) with `s` on it.
    func bounds(_ l: Int?, with s: Int?) -> Schedule.Bounds {
        var bounds = Schedule.Bounds()
        guard isCoupled else { return bounds }
        for use in dockUses where use.line != l && use.shipment != s {
            bounds.taken[use.dock, default: []].append(use.window)
        }
        var members = l.map { lines[$0].stops.map { Int($0) >> 1 } } ?? []
        if let s { members.append(s) }
        func isHere(_ t: Int) -> Bool { t == s || l != nil && lineOf[t] == l }
        for t in members {
            if let before = problem.shipments[t].after, !isHere(before) {
                // Never, as long as the one before is not served.
                bounds.release[t] =
                    lineOf[before] < 0
                    ? 2 * DispatchLimits.latestMilliseconds
                    : unloaded[before] + problem.shipments[t].handoverMilliseconds
            }
            for next in followers[t] where !isHere(next) && lineOf[next] >= 0 {
                let latest = loading[next] - problem.shipments[next].handoverMilliseconds
                bounds.deadline[t] = min(bounds.deadline[t] ?? .max, latest)
            }
        }
        return bounds
    }

    func evaluate(_ line: Line, _ stops: [Int32], _ bounds: Schedule.Bounds) -> Schedule.Outcome {
        schedule.evaluate(line.kind, stops, bounds)
    }

    // MARK: Places in a line

    /// Where the stops of a shipment are put: before these stops of the line.
    struct Place: Hashable {
        var pickup: Int
        var delivery: Int
    }

    func places(_ s: Int, _ line: Line) -> [Place] {
        let n = line.stops.count
        guard table.shape[s] == .pair else { return (0...n).map { Place(pickup: $0, delivery: $0) } }
        var places: [Place] = []
        places.reserveCapacity((n + 1) * (n + 2) / 2)
        for i in 0...n { for j in i...n { places.append(Place(pickup: i, delivery: j)) } }
        return places
    }

    /// Puts `line` with `s` at `place` into `trial`.
    func put(_ s: Int, _ place: Place, _ line: Line) {
        trial.removeAll(keepingCapacity: true)
        for k in 0...line.stops.count {
            if k == place.pickup, table.shape[s] != .deliveryOnly { trial.append(Int32(2 * s)) }
            if k == place.delivery, table.shape[s] != .pickupOnly { trial.append(Int32(2 * s + 1)) }
            if k < line.stops.count { trial.append(line.stops[k]) }
        }
    }

    /// The cheapest place of `s` in a line that it is not in; the first of several.
    func cheapest(_ s: Int, _ line: Line, _ index: Int?) -> (place: Place, route: DispatchPlan.Route)? {
        let bounds = bounds(index, with: s)
        var best: (place: Place, route: DispatchPlan.Route)?
        for place in places(s, line) {
            put(s, place, line)
            guard case .fits(let route) = evaluate(line, trial, bounds) else { continue }
            if route.cost < best?.route.cost ?? .max { best = (place, route) }
        }
        return best
    }
}

/// A plan that cannot be explained, because it does not keep what the problem demands.
public struct PlanFault: Error, Hashable, Sendable, CustomStringConvertible {
    public var violation: Violation
    public var description: String {
        "the plan is not feasible: \(violation); keruen dispatch check tells more"
    }
}
