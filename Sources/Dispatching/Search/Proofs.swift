/// The schedules that prove routes, with what they mean for each other: docks taken, freight handed over.
final class Proofs {
    let table: StopTable
    private let schedule: Schedule
    /// By slot; nil for routes that need none.
    private(set) var routes: [DispatchPlan.Route?] = []
    private var backups: [DispatchPlan.Route?] = []
    /// By stop, where proved: begin and end of service.
    private var begins: [Int64]
    private var ends: [Int64]
    /// By shipment, where proved: loading begins, unloading is over.
    private var loading: [Int64]
    private var unloaded: [Int64]
    /// By shipment: who waits for it.
    private let followers: [[Int32]]
    /// By dock: the stops there.
    private let visitors: [[Int32]]
    /// By shipment: how many come before it.
    private let depths: [Int]
    let hasHandovers: Bool

    init(_ table: StopTable) {
        self.table = table
        schedule = Schedule(table: table)
        let shipments = table.problem.shipments
        begins = [Int64](repeating: 0, count: 2 * shipments.count)
        ends = begins
        loading = [Int64](repeating: 0, count: shipments.count)
        unloaded = loading
        var followers = [[Int32]](repeating: [], count: shipments.count)
        var visitors = [[Int32]](repeating: [], count: table.problem.docks.count)
        for (s, shipment) in shipments.enumerated() {
            if let before = shipment.after { followers[before].append(Int32(s)) }
            if let dock = shipment.pickup?.dock { visitors[dock].append(Int32(2 * s)) }
            if let dock = shipment.delivery?.dock { visitors[dock].append(Int32(2 * s + 1)) }
        }
        self.followers = followers
        self.visitors = visitors
        depths = shipments.indices.map { s in
            var (depth, at) = (0, s)
            // Who waits in a circle is never served; its depth does not matter.
            while let before = shipments[at].after, depth < shipments.count {
                (depth, at) = (depth + 1, before)
            }
            return depth
        }
        hasHandovers = shipments.contains { $0.after != nil }
    }

    /// By shipment: its refusal and that of all who wait for it.
    var worth: [Int64] {
        var worth = depths.indices.map { table.refusal[$0] }
        for s in depths.indices.sorted(by: { (depths[$0], $0) > (depths[$1], $1) }) {
            let shipment = table.problem.shipments[s]
            guard shipment.legOf == nil, let before = shipment.after else { continue }
            worth[before] =
                worth[before].addingReportingOverflow(worth[s]).overflow ? .max : worth[before] + worth[s]
        }
        return worth
    }

    func makeRoom(_ slots: Int) {
        let more = max(0, slots - routes.count)
        routes += [DispatchPlan.Route?](repeating: nil, count: more)
        backups += [DispatchPlan.Route?](repeating: nil, count: more)
    }

    func backUp(_ r: Int) { backups[r] = routes[r] }
    func restore(_ r: Int) { set(r, backups[r]) }

    func set(_ r: Int, _ route: DispatchPlan.Route?) {
        routes[r] = route
        guard let route else { return }
        for stop in route.stops where stop.action != .energy {
            let s = stop.index
            let id = 2 * s + (stop.action == .delivery ? 1 : 0)
            begins[id] = stop.startMilliseconds
            ends[id] = stop.departureMilliseconds
            switch table.shape[s] {
            case .pair:
                if id & 1 == 0 { loading[s] = begins[id] } else { unloaded[s] = ends[id] }
            case .deliveryOnly: (loading[s], unloaded[s]) = (route.startMilliseconds, ends[id])
            case .pickupOnly: (loading[s], unloaded[s]) = (begins[id], route.endMilliseconds)
            }
        }
    }

    /// Who waits for the shipment.
    func followers(_ s: Int) -> [Int32] { followers[s] }

    /// What other routes mean for route `r` with these stops (-1: a new one); nil when one of them waits for freight
    /// that nobody carries.
    func bounds(_ set: RouteSet, _ r: Int, _ stops: [Int32]) -> Schedule.Bounds? {
        var bounds = Schedule.Bounds()
        for stop in stops {
            let s = Int(stop) >> 1
            guard table.needs[s].contains(.others) else { continue }
            let visit =
                stop & 1 == 0 ? table.problem.shipments[s].pickup : table.problem.shipments[s].delivery
            if let dock = visit?.dock, bounds.taken[dock] == nil { bounds.taken[dock] = taken(set, r, dock) }
            if stop & 1 == 1, table.shape[s] == .pair { continue }
            if let before = table.problem.shipments[s].after {
                if stops.contains(where: { Int($0) >> 1 == before }) {
                    // What is loaded at the start or unloaded at the end is not handed over on the way.
                    if table.shape[s] == .deliveryOnly || table.shape[before] == .pickupOnly { return nil }
                    continue
                }
                guard set.isServed(before), set.slot(of: before) != Int32(r) else { return nil }
                bounds.release[s] = unloaded[before] + table.problem.shipments[s].handoverMilliseconds
            }
            for follower in followers[s].map(Int.init) where set.isServed(follower) {
                guard set.slot(of: follower) != Int32(r) else { continue }
                let latest = loading[follower] - table.problem.shipments[follower].handoverMilliseconds
                bounds.deadline[s] = min(bounds.deadline[s] ?? .max, latest)
            }
        }
        return bounds
    }

    /// When others are at a dock.
    private func taken(_ set: RouteSet, _ r: Int, _ dock: Int) -> [TimeWindow] {
        var windows: [TimeWindow] = []
        for stop in visitors[dock] where set.routeOf[Int(stop)] >= 0 && set.routeOf[Int(stop)] != Int32(r) {
            windows.append(TimeWindow(begins[Int(stop)], ends[Int(stop)]))
        }
        return windows
    }

    /// The schedule of these stops in route `r`; nil where there is none.
    func prove(_ set: RouteSet, _ r: Int, _ kind: Int, _ stops: [Int32]) -> DispatchPlan.Route? {
        guard let bounds = bounds(set, r, stops) else { return nil }
        return prove(kind, stops, bounds)
    }

    func prove(_ kind: Int, _ stops: [Int32], _ bounds: Schedule.Bounds) -> DispatchPlan.Route? {
        guard case .fits(let route) = schedule.evaluate(kind, stops, bounds) else { return nil }
        for (s, latest) in bounds.deadline where table.shape[s] == .pickupOnly {
            if route.endMilliseconds > latest { return nil }
        }
        return route
    }
}

extension RouteSet {
    /// The stops of route `r`, with `s` behind stops `i` and `j` (as `insert` puts it) where it is given.
    func stops(_ r: Int, with s: Int? = nil, _ i: Int = 0, _ j: Int = 0) -> [Int32] {
        let route = routes[r]
        var stops: [Int32] = []
        stops.reserveCapacity(route.count)
        for k in 0..<route.count - 1 {
            if k > 0 { stops.append(route.ids[k]) }
            guard let s else { continue }
            if k == i, table.shape[s] != .deliveryOnly { stops.append(Int32(2 * s)) }
            if k == j, table.shape[s] != .pickupOnly { stops.append(Int32(2 * s + 1)) }
        }
        return stops
    }

    /// The stops of a route with nothing but `s`.
    func stops(alone s: Int) -> [Int32] {
        switch table.shape[s] {
        case .pair: [Int32(2 * s), Int32(2 * s + 1)]
        case .deliveryOnly: [Int32(2 * s + 1)]
        case .pickupOnly: [Int32(2 * s)]
        }
    }

    /// Takes the schedule of route `r`, which is what it costs.
    func settle(_ r: Int, _ proof: DispatchPlan.Route) {
        let extra = proof.cost &- price(Int(routes[r].kind), routes[r].millimeters)
        cost &+= extra &- routes[r].extra
        routes[r].extra = extra
        proofs?.set(r, proof)
    }

    /// Proves route `r` as it is; false where no schedule keeps everything.
    func prove(_ r: Int) -> Bool {
        guard let proofs, routes[r].count > 2 else { return true }
        guard !routes[r].needs.isEmpty else {
            cost &-= routes[r].extra
            routes[r].extra = 0
            proofs.set(r, nil)
            return true
        }
        guard let proof = proofs.prove(self, r, Int(routes[r].kind), stops(r)) else { return false }
        settle(r, proof)
        return true
    }
}
