import World

/// A vehicle as the journal knows it.
public struct EnrolledVehicle: Hashable, Sendable, Codable {
    public var profile: VehicleProfile
    /// Where it was first seen parked.
    public var home: Position<MeanSeaLevel>?
    public var isGrounded: Bool
    public var groundedReason: String
}

/// What must survive: exactly the fold of the recorded events. Nothing else may change it.
struct DurableState: Sendable {
    private(set) var fence: UInt64 = 0
    /// Counter of the newest command of this fence.
    private(set) var commandCounter: UInt32 = 0
    private(set) var fleet: [EnrolledVehicle] = []
    /// Order n is at n - 1.
    private(set) var orders: [Order] = []
    /// Mission n is at n - 1.
    private(set) var missions: [Mission] = []

    // Found from the above, for looking up only.
    private var indexOfVehicle: [VehicleID: Int] = [:]
    private var orderOfKey: [OrderKey: OrderID] = [:]
    /// By vehicle index: the mission that is not over yet.
    private(set) var liveMission: [MissionID?] = []
    /// By order, as `orders`: missions it was given so far.
    private(set) var attempts: [Int] = []
    /// By vehicle index: the order whose freight is on board; of several the oldest.
    private(set) var orderOnBoard: [OrderID?] = []

    private struct OrderKey: Hashable {
        var company: String
        var key: String
    }

    init() {}

    func index(of vehicle: VehicleID) -> Int? { indexOfVehicle[vehicle] }
    func order(_ id: OrderID) -> Order? { at(id.number, orders) }
    func mission(_ id: MissionID) -> Mission? { at(id.number, missions) }
    /// Without a copy of all its steps.
    func missionState(_ id: MissionID) -> MissionState? {
        guard id.number >= 1, id.number <= UInt64(missions.count) else { return nil }
        return missions[Int(id.number) - 1].state
    }
    func order(company: String, key: String) -> Order? {
        orderOfKey[OrderKey(company: company, key: key)].flatMap { order($0) }
    }

    func attempts(_ id: OrderID) -> Int { at(id.number, attempts) ?? 0 }

    private func at<T>(_ number: UInt64, _ array: [T]) -> T? {
        guard number >= 1, number <= UInt64(array.count) else { return nil }
        return array[Int(number) - 1]
    }

    /// Folds one event in. Total: an event that does not fit (unknown id, closed order, number out of turn)
    /// changes nothing, so a journal read twice is harmless.
    mutating func apply(_ event: Event) {
        switch event {
        case .stationStarted(let newFence, _):
            guard newFence > fence else { return }
            fence = newFence
            commandCounter = 0
        case .vehicleEnrolled(let profile, _):
            enroll(profile)
        case .orderAccepted(let order):
            guard order.id.number == UInt64(orders.count) + 1 else { return }
            orders.append(order)
            attempts.append(0)
            orderOfKey[OrderKey(company: order.request.company, key: order.request.key)] = order.id
        case .orderChanged(let id, let state, let mission, let reason, let at):
            change(id, to: state, mission: mission, reason: reason, at: at)
        case .missionAccepted(let mission):
            guard mission.id.number == UInt64(missions.count) + 1, let v = indexOfVehicle[mission.vehicle]
            else { return }
            missions.append(mission)
            if let order = mission.order, self.order(order) != nil { attempts[Int(order.number) - 1] += 1 }
            if !mission.state.isOver { liveMission[v] = mission.id }
        case .missionChanged(let id, let state, let nextStep, let reason, _):
            change(id, to: state, nextStep: nextStep, reason: reason)
        case .commandIssued(let command, _):
            guard command.fence == fence else { return }
            commandCounter = max(commandCounter, UInt32(truncatingIfNeeded: command.id))
        case .incident:
            break
        case .vehicleHome(let id, let position, _):
            guard let v = indexOfVehicle[id] else { return }
            fleet[v].home = position
        case .vehicleGrounded(let id, let grounded, let reason, _):
            guard let v = indexOfVehicle[id] else { return }
            fleet[v].isGrounded = grounded
            fleet[v].groundedReason = reason
        }
    }

    private mutating func enroll(_ profile: VehicleProfile) {
        if let v = indexOfVehicle[profile.id] {
            fleet[v].profile = profile
        } else {
            indexOfVehicle[profile.id] = fleet.count
            fleet.append(
                EnrolledVehicle(profile: profile, home: nil, isGrounded: false, groundedReason: ""))
            liveMission.append(nil)
            orderOnBoard.append(nil)
        }
    }

    private mutating func change(
        _ id: OrderID, to state: OrderState, mission: MissionID?, reason: String, at: Instant
    ) {
        guard let old = order(id), !old.state.isClosed else { return }
        let i = Int(id.number) - 1
        let carrier = mission ?? old.mission
        orders[i].state = state
        orders[i].mission = mission
        orders[i].reason = reason
        if state == .carried || state == .delivered, old.pickedUpAt == nil { orders[i].pickedUpAt = at }
        if state.isClosed { orders[i].closedAt = at }
        // The freight is on board of the vehicle of the mission that carries or carried it, and of no other.
        if let before = old.mission.flatMap({ self.mission($0) }), let w = indexOfVehicle[before.vehicle] {
            takeOff(id, w)
        }
        guard let owner = carrier.flatMap({ self.mission($0) }), let v = indexOfVehicle[owner.vehicle] else {
            return
        }
        if state == .carried { takeOn(id, v) } else { takeOff(id, v) }
    }

    /// A vehicle that was not heard for long can have two: the older one counts, and then the other.
    private mutating func takeOn(_ id: OrderID, _ v: Int) {
        if let other = orderOnBoard[v], other.number <= id.number { return }
        orderOnBoard[v] = id
    }

    private mutating func takeOff(_ id: OrderID, _ v: Int) {
        guard orderOnBoard[v] == id else { return }
        orderOnBoard[v] =
            orders[Int(id.number)...].first { order in
                order.state == .carried
                    && order.mission.flatMap { mission($0) }.map { indexOfVehicle[$0.vehicle] == v } == true
            }?.id
    }

    private mutating func change(_ id: MissionID, to state: MissionState, nextStep: Int, reason: String) {
        guard let old = mission(id), !old.state.isOver else { return }
        let i = Int(id.number) - 1
        missions[i].state = state
        missions[i].nextStep = nextStep.clamped(to: old.nextStep...max(old.nextStep, old.steps.count))
        missions[i].reason = reason
        if state.isOver, let v = indexOfVehicle[old.vehicle], liveMission[v] == id { liveMission[v] = nil }
    }
}

/// The durable state in canonical order: what a snapshot file holds. `Controller(restoring:)` takes it back.
public struct ControllerSnapshot: Hashable, Sendable, Codable {
    public var fence: UInt64
    public var commandCounter: UInt32
    public var fleet: [EnrolledVehicle]
    public var orders: [Order]
    public var missions: [Mission]
}

extension DurableState {
    var snapshot: ControllerSnapshot {
        ControllerSnapshot(
            fence: fence, commandCounter: commandCounter, fleet: fleet, orders: orders, missions: missions)
    }

    /// Takes a snapshot back. Entries that do not fit (numbers out of turn) are left out.
    init(_ snapshot: ControllerSnapshot) {
        fence = snapshot.fence
        commandCounter = snapshot.commandCounter
        for vehicle in snapshot.fleet {
            enroll(vehicle.profile)
            guard let v = indexOfVehicle[vehicle.profile.id] else { continue }
            fleet[v] = vehicle
        }
        for order in snapshot.orders { apply(.orderAccepted(order)) }
        for mission in snapshot.missions { apply(.missionAccepted(mission)) }
        for order in orders where order.state == .carried {
            guard let id = order.mission, let m = mission(id), let v = indexOfVehicle[m.vehicle] else {
                continue
            }
            takeOn(order.id, v)
        }
    }
}

extension OrderState {
    /// Nothing happens to it any more.
    public var isClosed: Bool {
        switch self {
        case .waiting, .assigned, .carried: false
        case .delivered, .refused, .cancelled, .failed: true
        }
    }
}

extension MissionState {
    /// The vehicle is done with it.
    public var isOver: Bool { self == .completed || self == .aborted }
}
