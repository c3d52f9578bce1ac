import Dispatching
import World

/// What is planned and not begun: which vehicle takes which order next, kept by a `LivePlanner`. Volatile: made again
/// after a restart from the orders that wait and the vehicles as they are heard. A copy goes its own way.
///
/// Plans hold what is not begun only. A vehicle on a mission stands in them as free at the mission's end; so nothing that
/// is committed can be changed here.
struct FleetPlan: Sendable {
    /// A vehicle as its plan knows it.
    struct Vehicle: Sendable {
        enum Place: Sendable, Equatable {
            /// Never heard, lost, grounded or broken down.
            case out
            case here(Coordinate)
            /// Free where its mission ends.
            case after(MissionID, Coordinate)
        }
        var place = Place.out
        /// Where the planner thinks it is.
        var location: Int
        /// Free from then on.
        var from = Instant(nanoseconds: 0)
        /// Energy for which its reach was reckoned.
        var energyKilojoules: UInt32 = 0
        /// What it was refused for, until its energy or place is another.
        var refused: [OrderID] = []
        var refusedAt = Instant(nanoseconds: 0)
        var refusedEnergyKilojoules: UInt32 = 0
        var refusedPlace = Coordinate(latitudeE7: 0, longitudeE7: 0)
    }

    /// An order that waits.
    enum Standing: Sendable, Equatable {
        /// To be planned for the first time.
        case fresh
        /// In the planner, by this number.
        case planned(Int)
        /// Nobody can carry it now.
        case parked
    }

    var owned: OwnedPlanner
    var vehicles: [Vehicle] = []
    /// By mode of the planner.
    var paces: [Int64] = []
    private(set) var standing: [OrderID: Standing] = [:]
    /// By number in the planner: order and its places.
    private var orders: [(id: OrderID, pickup: Int, delivery: Int)?] = []
    /// Orders to be planned, oldest first; those that are ready much later, the latest first.
    private var fresh: [OrderID] = []
    private var later: [(ready: Instant, id: OrderID)] = []
    /// Orders nobody could carry when they were tried last, and when that was, counted by `changes`.
    private var parked: [(id: OrderID, tried: Int)] = []
    private var firstParked = 0
    /// Counts what lets vehicles do more than before.
    var changes = 1
    /// By order: who may not carry it, and what was said of it.
    private var refusals: [OrderID: [(vehicle: Int, why: String)]] = [:]
    /// Orders that something was in the way of: not to be tried before.
    private var notBefore: [OrderID: Instant] = [:]

    init() {
        var settings = LiveSettings()
        settings.followsClock = false
        // A kilometre of a drone.
        settings.changeCost = 1_000_000 * Self.droneCost
        owned = OwnedPlanner(LivePlanner(DispatchProblem(), settings: settings))
    }

    /// Tenge a kilometre.
    static let droneCost: Int64 = 60
    static let truckCost: Int64 = 250

    // MARK: Orders

    mutating func add(_ order: Order) {
        guard standing[order.id] == nil else { return }
        standing[order.id] = .fresh
        fresh.append(order.id)
    }

    /// It waits no longer, or not in the plan.
    mutating func remove(_ id: OrderID) {
        if case .planned(let s) = standing.removeValue(forKey: id) {
            _ = try? owned.planner.cancel(s, at: owned.shared.now)
            forget(s)
        }
        refusals[id] = nil
        notBefore[id] = nil
    }

    private mutating func forget(_ s: Int) {
        guard let entry = orders[s] else { return }
        orders[s] = nil
        try? owned.planner.remove(location: entry.pickup)
        try? owned.planner.remove(location: entry.delivery)
    }

    /// The next order to be planned for the first time.
    mutating func nextFresh(_ at: inout Int) -> OrderID? {
        while at < fresh.count {
            at += 1
            if standing[fresh[at - 1]] == .fresh { return fresh[at - 1] }
        }
        return nil
    }

    mutating func taken(_ count: Int) { fresh.removeFirst(count) }

    /// Not to be planned before `ready`.
    mutating func postpone(_ id: OrderID, _ ready: Instant) {
        var (low, high) = (0, later.count)
        while low < high {
            let middle = (low + high) / 2
            if (later[middle].ready, later[middle].id) > (ready, id) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        later.insert((ready, id), at: low)
    }

    mutating func recall(before ready: Instant) {
        while let last = later.last, last.ready <= ready {
            later.removeLast()
            if standing[last.id] == .fresh { fresh.append(last.id) }
        }
    }

    mutating func park(_ id: OrderID) {
        standing[id] = .parked
        parked.append((id, changes))
    }

    /// An order that nobody could carry, now that somebody can do more than when it was tried last.
    mutating func nextParked() -> OrderID? {
        while firstParked < parked.count, parked[firstParked].tried < changes {
            let id = parked[firstParked].id
            firstParked += 1
            if firstParked > 64, firstParked * 2 > parked.count {
                parked.removeFirst(firstParked)
                firstParked = 0
            }
            if standing[id] == .parked { return id }
        }
        return nil
    }

    // MARK: Planning

    /// Plans an order: the least way of all that deliver by the promise, which is the earliest anybody can and
    /// `slack` of the time until then. False when nobody can carry it now.
    mutating func place(_ order: Order, at now: Instant, _ terms: OrderTerms) -> Bool {
        let planner = owned.planner
        let time = Self.milliseconds(now)
        let request = order.request
        guard let pickup = try? planner.add(Self.location(request.pickup.coordinate)),
            let delivery = try? planner.add(Self.location(request.delivery.coordinate))
        else { return false }
        let limit = DispatchLimits.latestMilliseconds
        let ready = Self.milliseconds(request.readyAt)
        let opens = notBefore[order.id].map { max(ready, Self.milliseconds($0)) } ?? ready
        var shipment = Dispatching.Shipment(
            name: "",
            pickup: Visit(
                location: pickup, windows: [TimeWindow(opens, limit)],
                serviceMilliseconds: terms.handlingMilliseconds),
            delivery: Visit(location: delivery, serviceMilliseconds: terms.handlingMilliseconds),
            load: Load(
                Int32(min(request.massGrams, 1 << 28)), Int32(min(request.volumeLiters, 1 << 28)), 1, 0),
            refusalCost: DispatchLimits.cost)
        shipment.skills = Self.skills(for: request.kinds)
        shipment.refusedVehicles = (refusals[order.id] ?? []).map(\.vehicle)
        if let best = try? planner.earliest(shipment, at: time) {
            let slack = Int64(Double(best.milliseconds - max(time, ready)) * terms.slackShare)
            var promise = best.milliseconds + max(slack, 0) + terms.slackMilliseconds
            if let due = request.deliverBy.map(Self.milliseconds), due >= best.milliseconds {
                promise = min(promise, due)
            }
            shipment.delivery?.windows = [TimeWindow(0, min(promise, limit))]
            if let placed = try? planner.submit(shipment, at: time) {
                if placed.plan != nil {
                    while orders.count <= placed.id { orders.append(nil) }
                    orders[placed.id] = (order.id, pickup, delivery)
                    standing[order.id] = .planned(placed.id)
                    return true
                }
                _ = try? planner.cancel(placed.id, at: time)
            }
        }
        try? planner.remove(location: pickup)
        try? planner.remove(location: delivery)
        return false
    }

    /// Orders that were planned and nobody can deliver as promised any more. They leave the plan.
    mutating func displaced() -> [OrderID] {
        guard owned.shared.hasWaiting else { return [] }
        var ids: [OrderID] = []
        for s in owned.shared.waitingShipments {
            guard orders.indices.contains(s), let id = orders[s]?.id else { continue }
            _ = try? owned.planner.cancel(s, at: owned.shared.now)
            forget(s)
            standing[id] = .fresh
            ids.append(id)
        }
        return ids
    }

    /// Improves what is planned. The orders that have another vehicle now.
    mutating func improve(steps: Int, at now: Instant) -> [OrderID] {
        guard !standing.isEmpty else { return [] }
        let planner = owned.planner
        planner.advance(to: Self.milliseconds(now))
        let before = planner.statistics.vehicleChanges
        planner.improve(steps: steps)
        return planner.statistics.vehicleChanges == before
            ? [] : planner.changed.compactMap { orders[$0]?.id }
    }

    /// What a vehicle does next, and when it should leave for it.
    func next(of v: Int, leadSeconds: Double) -> (order: OrderID, leave: Instant)? {
        guard vehicles.indices.contains(v), let next = owned.shared.next(of: v),
            let id = orders[next.shipment]?.id
        else { return nil }
        return (id, Self.instant(next.leaveMilliseconds).advanced(bySeconds: -leadSeconds))
    }

    /// Who has an order in his plan, and when he will be there.
    func plan(of id: OrderID) -> (vehicle: Int, pickup: Instant, delivery: Instant)? {
        guard case .planned(let s) = standing[id], let plan = owned.shared.plan(of: s) else { return nil }
        return (plan.vehicle, Self.instant(plan.pickup), Self.instant(plan.delivery))
    }

    /// An order leaves the plan for its vehicle to do it. Who else would have been next best, and how many tenge more
    /// that would have cost.
    mutating func begin(_ id: OrderID, at now: Instant) -> (vehicle: Int, tenge: Int64)? {
        guard case .planned(let s) = standing[id] else { return nil }
        standing[id] = nil
        refusals[id] = nil
        notBefore[id] = nil
        defer { forget(s) }
        guard let begun = try? owned.planner.begin(s, at: Self.milliseconds(now)), let next = begun.next
        else { return nil }
        return (next.vehicle, max(next.cost - begun.cost, 0) / 1_000_000)
    }

    /// Not before `moment`: what is in the way may pass.
    mutating func wait(_ id: OrderID, until moment: Instant, at now: Instant) {
        guard case .planned(let s) = standing[id] else { return }
        notBefore[id] = moment
        let opens = TimeWindow(Self.milliseconds(moment), DispatchLimits.latestMilliseconds)
        _ = try? owned.planner.change(s, pickup: [opens], delivery: nil, at: Self.milliseconds(now))
    }

    /// Vehicle `v` cannot carry the order as it is now.
    mutating func refuse(_ id: OrderID, _ v: Int, _ why: String, _ t: Track, at now: Instant) {
        guard case .planned(let s) = standing[id] else { return }
        refusals[id, default: []].append((v, why))
        vehicles[v].refused.append(id)
        vehicles[v].refusedAt = now
        vehicles[v].refusedEnergyKilojoules = t.report.energyKilojoules
        vehicles[v].refusedPlace = t.coordinate
        _ = try? owned.planner.refuse(s, by: v, at: Self.milliseconds(now))
    }

    /// The newest reason why somebody could not carry it.
    func refusal(of id: OrderID) -> String? { refusals[id]?.last?.why }

    /// What made it be refused is another now: it may be asked again.
    mutating func lift(_ v: Int, at now: Instant) {
        for id in vehicles[v].refused {
            refusals[id]?.removeAll { $0.vehicle == v }
            if case .planned(let s) = standing[id] {
                _ = try? owned.planner.allow(s, by: v, at: Self.milliseconds(now))
            }
        }
        vehicles[v].refused.removeAll()
        changes += 1
    }
}

/// What an order is planned with.
struct OrderTerms: Sendable {
    var handlingMilliseconds: Int64
    /// How much later than the earliest it may be delivered: a share of the time until then, and this on top.
    var slackShare: Double
    var slackMilliseconds: Int64
}

/// A planner that a copy of its owner shares until one of them changes it.
struct OwnedPlanner: @unchecked Sendable {
    /// For reading only; so that copies on several threads may share it.
    private(set) var shared: LivePlanner

    init(_ planner: LivePlanner) { shared = planner }

    /// For changing; not to be kept.
    var planner: LivePlanner {
        mutating get {
            if !isKnownUniquelyReferenced(&shared) { shared = shared.copy() }
            return shared
        }
    }
}
