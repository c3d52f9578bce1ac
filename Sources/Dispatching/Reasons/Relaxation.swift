/// One thing made easier, by an amount in the units of its field.
public struct Relaxation: Hashable, Sendable, Codable {
    /// In the order in which equal ones are preferred.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Every window of the visit, in milliseconds; windows that meet become one.
        case deliveryClosesLater, deliveryOpensEarlier, pickupClosesLater, pickupOpensEarlier
        /// The same on both sides of every window of both visits.
        case windowsWider
        case longerOnBoard
        /// Units of load in one dimension.
        case lessLoad
        case shiftEndsLater, longerRouteTime
        /// In millimetres.
        case longerRoute
        /// Joules more at the start; what does not fit into the store makes that larger.
        case moreEnergy
        /// The refusal of the vehicle is taken back, or the order is no longer bound to another.
        case refusalLifted, bindingLifted
        /// How many skills the vehicle must gain.
        case moreSkills
        /// Several of the last three together; how many.
        case allLifted
        case oneMoreVehicle

        /// What the amount counts, in words.
        public var unit: String {
            switch self {
            case .lessLoad: "units of load"
            case .longerRoute: "mm"
            case .moreEnergy: "J"
            case .refusalLifted: "refusal"
            case .bindingLifted: "binding"
            case .moreSkills: "skills"
            case .allLifted: "refusals"
            case .oneMoreVehicle: "vehicle"
            default: "ms"
            }
        }
    }
    public var kind: Kind
    public var amount: Int64
    /// Only together with lifting what refuses the order on this vehicle: refusal, binding, skills.
    public var isLifted = false
    /// What must give way as well, where nothing is enough alone; also the least.
    public struct Part: Hashable, Sendable, Codable {
        public var kind: Kind
        public var amount: Int64
        public var dimension: Int?
    }
    public var also: Part?
    /// Of the load.
    public var dimension: Int?
    public var shipment: Int
    /// Index of the kind of vehicle, and of its route in the plan (nil: one that the plan does not use).
    public var vehicle: Int
    public var route: Int?
    /// What the order then adds to the cost, in micro-tenge.
    public var cost: Int64 = 0

    /// The problem with this made easier, and nothing else.
    public func applied(to problem: DispatchProblem) -> DispatchProblem {
        var problem = problem
        apply(&problem.shipments[shipment], &problem.vehicles[vehicle])
        if kind == .oneMoreVehicle { problem.vehicles[vehicle].count += 1 }
        return problem
    }

    func apply(_ order: inout Shipment, _ carrier: inout DispatchVehicle) {
        if isLifted {
            order.refusedVehicles.removeAll { $0 == vehicle }
            order.vehicle = nil
            carrier.skills |= order.skills
        }
        if let also {
            let most = Relaxation.limit(also.kind, also.dimension ?? 0, order, carrier)
            let part = Part(kind: also.kind, amount: min(also.amount, most), dimension: also.dimension)
            apply(part, &order, &carrier)
        }
        apply(Part(kind: kind, amount: amount, dimension: dimension), &order, &carrier)
    }

    private func apply(_ part: Part, _ order: inout Shipment, _ carrier: inout DispatchVehicle) {
        let amount = part.amount
        switch part.kind {
        case .deliveryClosesLater: Relaxation.widen(&order.delivery, later: amount)
        case .deliveryOpensEarlier: Relaxation.widen(&order.delivery, earlier: amount)
        case .pickupClosesLater: Relaxation.widen(&order.pickup, later: amount)
        case .pickupOpensEarlier: Relaxation.widen(&order.pickup, earlier: amount)
        case .windowsWider:
            Relaxation.widen(&order.pickup, earlier: amount, later: amount)
            Relaxation.widen(&order.delivery, earlier: amount, later: amount)
        case .longerOnBoard:
            if let longest = order.longestOnBoardMilliseconds {
                order.longestOnBoardMilliseconds = longest + amount
            }
        case .lessLoad: order.load[part.dimension ?? 0] -= Int32(clamping: amount)
        case .shiftEndsLater: carrier.shift.closesMilliseconds += amount
        case .longerRouteTime:
            if let longest = carrier.longestMilliseconds { carrier.longestMilliseconds = longest + amount }
        case .longerRoute:
            if let longest = carrier.longestMillimeters { carrier.longestMillimeters = longest + amount }
        case .moreEnergy:
            if var energy = carrier.energy {
                energy.initialJoules += amount
                energy.capacityJoules = max(energy.capacityJoules, energy.initialJoules)
                carrier.energy = energy
            }
        case .refusalLifted: order.refusedVehicles.removeAll { $0 == vehicle }
        case .bindingLifted: order.vehicle = nil
        case .moreSkills: carrier.skills |= order.skills
        case .oneMoreVehicle, .allLifted: break
        }
    }

    private static func widen(_ visit: inout Visit?, earlier: Int64 = 0, later: Int64 = 0) {
        guard var windows = visit?.windows else { return }
        for i in windows.indices {
            windows[i].opensMilliseconds = max(0, windows[i].opensMilliseconds - earlier)
            windows[i].closesMilliseconds = min(
                DispatchLimits.latestMilliseconds, windows[i].closesMilliseconds + later)
        }
        var apart: [TimeWindow] = []
        for window in windows {
            if let last = apart.last, window.opensMilliseconds <= last.closesMilliseconds {
                apart[apart.count - 1].closesMilliseconds = max(
                    last.closesMilliseconds, window.closesMilliseconds)
            } else {
                apart.append(window)
            }
        }
        visit?.windows = apart
    }

    /// The most that can be asked for; 0: this is no limit here.
    static func limit(_ kind: Kind, _ dimension: Int, _ order: Shipment, _ carrier: DispatchVehicle) -> Int64
    {
        let latest = DispatchLimits.latestMilliseconds
        func later(_ visit: Visit?) -> Int64 { latest - (visit?.windows.first?.closesMilliseconds ?? latest) }
        func earlier(_ visit: Visit?) -> Int64 { visit?.windows.last?.opensMilliseconds ?? 0 }
        return switch kind {
        case .deliveryClosesLater: later(order.delivery)
        case .deliveryOpensEarlier: earlier(order.delivery)
        case .pickupClosesLater: later(order.pickup)
        case .pickupOpensEarlier: earlier(order.pickup)
        case .windowsWider: order.pickup == nil || order.delivery == nil ? 0 : latest
        case .longerOnBoard: latest - (order.longestOnBoardMilliseconds ?? latest)
        case .lessLoad: Int64(order.load[dimension])
        case .shiftEndsLater: latest - carrier.shift.closesMilliseconds
        case .longerRouteTime: latest - (carrier.longestMilliseconds ?? latest)
        case .longerRoute: (1 << 50) - min(carrier.longestMillimeters ?? 1 << 50, 1 << 50)
        case .moreEnergy: carrier.energy.map { (1 << 50) - $0.capacityJoules } ?? 0
        case .refusalLifted: order.refusedVehicles.isEmpty ? 0 : 1
        case .bindingLifted: order.vehicle == nil ? 0 : 1
        case .moreSkills: Int64((order.skills & ~carrier.skills).nonzeroBitCount)
        case .oneMoreVehicle: 1
        case .allLifted: 0
        }
    }

    /// Share of what is changed, in units of 2^-40, by which relaxations are put in order.
    func share(_ order: Shipment, _ carrier: DispatchVehicle) -> Int128 {
        func share(_ amount: Int64, _ size: Int64) -> Int128 { (Int128(amount) << 40) / Int128(size) }
        let first = share(amount, Relaxation.size(kind, dimension ?? 0, order, carrier))
        guard let also else { return first }
        return first
            + share(also.amount, Relaxation.size(also.kind, also.dimension ?? 0, order, carrier))
    }

    /// What the amount is measured by to compare relaxations of different kinds: the width of the window or an hour,
    /// the load, the shift, the limit, the store of energy. What is counted in ones changes as a whole.
    private static func size(
        _ kind: Kind, _ dimension: Int, _ order: Shipment, _ carrier: DispatchVehicle
    ) -> Int64 {
        let hour: Int64 = 3_600_000
        func width(_ visit: Visit?) -> Int64 {
            max(
                hour,
                (visit?.windows ?? []).reduce(0) { $0 + $1.closesMilliseconds - $1.opensMilliseconds })
        }
        return switch kind {
        case .deliveryClosesLater, .deliveryOpensEarlier: width(order.delivery)
        case .pickupClosesLater, .pickupOpensEarlier: width(order.pickup)
        case .windowsWider: min(width(order.pickup), width(order.delivery))
        case .longerOnBoard: max(hour, order.longestOnBoardMilliseconds ?? 0)
        case .lessLoad: max(1, Int64(order.load[dimension]))
        case .shiftEndsLater:
            max(hour, carrier.shift.closesMilliseconds - carrier.shift.opensMilliseconds)
        case .longerRouteTime: max(hour, carrier.longestMilliseconds ?? 0)
        case .longerRoute: max(1_000_000, carrier.longestMillimeters ?? 0)
        case .moreEnergy: max(1, carrier.energy?.capacityJoules ?? 0)
        case .refusalLifted, .bindingLifted, .moreSkills, .oneMoreVehicle, .allLifted: 1
        }
    }
}
