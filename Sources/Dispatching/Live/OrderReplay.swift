/// A stream of orders against a living plan. Everything told is measured from outside: what the planner committed beside
/// what was then driven, where each order was before an improvement and after it.
public final class OrderReplay {
    /// The same problem with every vehicle for itself and no shipment.
    private let fleet: DispatchProblem
    private let problem: DispatchProblem
    public let planner: LivePlanner
    private let orders: [OrderStream.Order]
    private var next = 0
    /// By vehicle of `fleet`: its kind in the problem.
    private var kindOf: [Int] = []
    private let log: Log
    public private(set) var result = Result()

    public struct Result: Hashable, Sendable {
        /// What was driven, with its times; vehicles are those of the problem.
        public var plan = DispatchPlan()
        /// Orders that nobody could take when they came.
        public var unplaced = 0
        /// Orders that were on one vehicle's plan before an improvement and on another's after it.
        public var vehicleChanges = 0
        /// Stops that were committed, and of those the ones that were then not driven next, by that vehicle, at that time;
        /// and stops driven without having been committed.
        public var committed = 0
        public var committedChanged = 0
        /// Stops that a vehicle left for before their order was known.
        public var leftBeforeKnown = 0
    }

    /// What the planner told; by vehicle.
    private final class Log {
        var committed: [[Event]] = []
        var driven: [[Event]] = []
    }
    private struct Event: Hashable {
        var stop: LiveStop
        /// Index in the problem.
        var shipment: Int
    }

    /// - Throws: where the problem asks for what living plans do not keep.
    public init(
        _ problem: DispatchProblem, _ stream: OrderStream, settings: LiveSettings = LiveSettings()
    ) throws(ProblemFault) {
        for (v, vehicle) in problem.vehicles.enumerated() {
            try LivePlanner.checkKept(vehicle, "vehicles[\(v)]")
        }
        for (s, shipment) in problem.shipments.enumerated() {
            try LivePlanner.checkKept(shipment, "shipments[\(s)]")
        }
        self.problem = problem
        var fleet = problem
        fleet.shipments = []
        fleet.vehicles = []
        var kinds: [Int] = []
        for (kind, vehicle) in problem.vehicles.enumerated() {
            var one = vehicle
            one.count = 1
            // No more of them than there is freight: the rest would stand idle.
            for _ in 0..<min(vehicle.count, problem.shipments.count) {
                fleet.vehicles.append(one)
                kinds.append(kind)
            }
        }
        self.fleet = fleet
        kindOf = kinds
        orders = stream.orders
        planner = LivePlanner(fleet, settings: settings, at: stream.orders.first?.milliseconds ?? 0)
        log = Log()
        log.committed = Array(repeating: [], count: kinds.count)
        log.driven = Array(repeating: [], count: kinds.count)
        shipmentOf = ShipmentIndices()
        let (log, shipmentOf) = (log, shipmentOf)
        planner.onCommit = { stop in
            log.committed[stop.vehicle].append(Event(stop: stop, shipment: shipmentOf[stop.shipment]))
        }
        planner.onDone = { isPickup, id, v, departure in
            // Leaving and arriving are told by the commitment; what is compared is what, who and when.
            let stop = LiveStop(
                isPickup: isPickup, shipment: id, vehicle: v, leavesMilliseconds: 0, arrivesMilliseconds: 0,
                departsMilliseconds: departure)
            log.driven[v].append(Event(stop: stop, shipment: shipmentOf[id]))
        }
    }

    /// By the planner's id, which is used again: index in the problem.
    private final class ShipmentIndices {
        private var all: [Int] = []
        subscript(id: Int) -> Int {
            get { all.indices.contains(id) ? all[id] : -1 }
            set {
                if all.count <= id { all += [Int](repeating: -1, count: id + 1 - all.count) }
                all[id] = newValue
            }
        }
        var count: Int { all.count }
    }
    private let shipmentOf: ShipmentIndices

    /// How long until the order after the next one comes; 0 at the end.
    public var gapMilliseconds: Int64 {
        next > 0 && next < orders.count ? orders[next].milliseconds - orders[next - 1].milliseconds : 0
    }

    /// Tells the planner the next order, at its time; false when there is none.
    public func submitNext() throws(ProblemFault) -> Bool {
        guard next < orders.count else { return false }
        let order = orders[next]
        next += 1
        // The id is known only afterwards, and meanwhile others' stops are told under ids in use: none is this one's.
        planner.advance(to: order.milliseconds)
        let (id, place) = try planner.submit(problem.shipments[order.shipment], at: order.milliseconds)
        shipmentOf[id] = order.shipment
        if place == nil { result.unplaced += 1 }
        return true
    }

    /// Improves the plan, and counts whose vehicle changed.
    public func improve(steps: Int) {
        guard steps > 0 else { return }
        let before = (0..<shipmentOf.count).map { planner.vehicle(of: $0) }
        planner.improve(steps: steps)
        for (id, old) in before.enumerated() where old != nil && planner.vehicle(of: id) != old {
            result.vehicleChanges += 1
        }
    }

    /// Drives everything to its end. Nobody knows that no more orders come: the plan is improved on, by as many steps each
    /// time that an order usually takes to come.
    public func finish(steps: Int = 0) {
        let first = orders.first?.milliseconds ?? 0
        let last = orders.last?.milliseconds ?? 0
        let later = orders.count { $0.milliseconds > first }
        if steps > 0, later > 0 {
            let gap = max(1, (last - first) / Int64(later))
            for k in 1...4 * orders.count where planner.isBusy {
                planner.advance(to: last &+ Int64(k) &* gap)
                improve(steps: steps)
            }
        }
        planner.advance(to: 2 * DispatchLimits.latestMilliseconds)
        tell()
    }

    private func tell() {
        var isServed = Array(repeating: false, count: problem.shipments.count)
        let known = orders.reduce(into: Array(repeating: Int64.max, count: problem.shipments.count)) {
            $0[$1.shipment] = $1.milliseconds
        }
        for v in kindOf.indices {
            let (committed, driven) = (log.committed[v], log.driven[v])
            result.committed += committed.count
            result.committedChanged += abs(committed.count - driven.count)
            var route = DispatchPlan.Route(vehicle: kindOf[v], stops: [])
            for (promise, fact) in zip(committed, driven) {
                let isSame =
                    promise.shipment == fact.shipment && promise.stop.isPickup == fact.stop.isPickup
                    && promise.stop.departsMilliseconds == fact.stop.departsMilliseconds
                if !isSame { result.committedChanged += 1 }
            }
            for (k, fact) in driven.enumerated() where isServed.indices.contains(fact.shipment) {
                let times = k < committed.count ? committed[k].stop : fact.stop
                let shipment = problem.shipments[fact.shipment]
                let visit = fact.stop.isPickup ? shipment.pickup : shipment.delivery
                if times.leavesMilliseconds < known[fact.shipment] { result.leftBeforeKnown += 1 }
                isServed[fact.shipment] = true
                if k == 0 { route.startMilliseconds = times.leavesMilliseconds }
                let departs = fact.stop.departsMilliseconds
                route.stops.append(
                    .init(
                        fact.stop.isPickup ? .pickup : .delivery, fact.shipment,
                        arrivalMilliseconds: times.arrivesMilliseconds,
                        startMilliseconds: departs - (visit?.serviceMilliseconds ?? 0),
                        departureMilliseconds: departs))
            }
            guard !driven.isEmpty else { continue }
            route.endMilliseconds = driven[driven.count - 1].stop.departsMilliseconds + planner.wayHome(v)
            result.plan.routes.append(route)
        }
        result.plan.unserved = isServed.indices.filter { !isServed[$0] }
    }
}
