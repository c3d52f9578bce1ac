/// What a day came to, and everything wrong with it.
public struct DayReport: Hashable, Sendable {
    public var orders = 0
    public var delivered = 0
    /// Delivered after the order's window, because something happened to the vehicle when it had begun.
    public var late = 0
    public var cancelled = 0
    /// Not delivered, by the first of these that holds.
    public var unserved: [Unserved: Int] = [:]
    public enum Unserved: String, Hashable, Sendable, CaseIterable {
        /// No vehicle may carry it: its mass, its volume, its skills.
        case noVehicle
        /// Nobody who stood at the pickup when it was ready would be in time.
        case noTime
        /// Nobody was near in time.
        case allElsewhere
        /// It had a vehicle, and lost it to what happened.
        case broken
        /// On board at the end.
        case notOver
    }
    public var commitments = 0
    /// Committed stops that were not made next by the vehicle they were told to.
    public var committedChanged = 0
    /// Stops of the plan that were over at another moment on the road.
    public var astray = 0
    /// Orders given another vehicle, by improvement and by what happened.
    public var improvedAway = 0
    public var forcedAway = 0
    public var vehiclesUsed = 0
    public var millimeters: Int64 = 0
    public var emptyMillimeters: Int64 = 0
    /// Micro-tenge: of vehicles that worked and their ways.
    public var cost: Int64 = 0
    /// By company, of its orders that some vehicle could bring: share delivered.
    public var served: [Double] = []
    /// What the judges found wrong.
    public var violations: [String] = []
    /// Of everything that was driven.
    public var digest: UInt64 = 0

    public var emptyShare: Double { Double(emptyMillimeters) / Double(max(millimeters, 1)) }
    public var costPerDelivery: Double { Double(cost) / 1e6 / Double(max(delivered, 1)) }
}

extension DispatchDay {
    /// The day with a living plan, improved by `steps` after every order.
    public func dispatchLive(settings: LiveSettings, steps: Int) throws(ProblemFault) -> DayReport {
        let dispatcher = try DayLive(self, settings: settings, steps: steps)
        try play(dispatcher)
        return try report(dispatcher.truth, dispatcher.tally)
    }

    /// The day with the nearest free vehicle for each order.
    public func dispatchNearest() throws(ProblemFault) -> DayReport {
        let dispatcher = DayNearest(self)
        try play(dispatcher)
        return try report(dispatcher.truth, dispatcher.tally)
    }

    func report(_ truth: DayTruth, _ tally: DayTally) throws(ProblemFault) -> DayReport {
        var report = DayReport()
        report.orders = orders
        report.delivered = tally.states.count { $0 == .delivered }
        report.cancelled = tally.states.count { $0 == .cancelled }
        report.commitments = tally.commitments
        report.committedChanged = tally.changed + tally.committed.count { $0 != nil }
        report.astray = tally.astray
        if tally.past > 0 { report.violations.append("\(tally.past) stops are left for in the past") }
        report.improvedAway = tally.improvedAway
        report.forcedAway = tally.forcedAway
        measure(truth, &report)
        try judge(truth, &report)
        var (asked, got) = (companies.map { _ in 0 }, companies.map { _ in 0 })
        for (order, state) in tally.states.enumerated() where state != .cancelled {
            let company = problem.shipments[order].company
            guard state != .delivered else {
                asked[company] += 1
                got[company] += 1
                continue
            }
            let reason = why(order, state, tally.hadVehicle[order])
            report.unserved[reason, default: 0] += 1
            if reason != .noVehicle && reason != .noTime { asked[company] += 1 }
        }
        report.served = zip(got, asked).filter { $1 > 0 }.map { Double($0) / Double($1) }
        return report
    }

    private func measure(_ truth: DayTruth, _ report: inout DayReport) {
        var hash = StableDigest()
        for (v, stops) in truth.driven.enumerated() where !stops.isEmpty {
            let vehicle = problem.vehicles[v]
            report.vehiclesUsed += 1
            var far = stops.reduce(0) { $0 + $1.millimeters }
            var empty = stops.reduce(0) { $0 + ($1.isEmpty ? $1.millimeters : 0) }
            if let end = vehicle.end {
                far += truth.flight(truth.here[v], end)
                empty += truth.flight(truth.here[v], end)
            }
            report.millimeters += far
            report.emptyMillimeters += empty
            report.cost += vehicle.fixedCost + far * vehicle.distanceCost
            for stop in stops {
                for value in [Int64(v), Int64(stop.order), stop.isPickup ? 1 : 0, stop.leaves, stop.departs] {
                    hash.add(value)
                }
            }
        }
        report.digest = hash.value
    }

    private func why(_ order: Int, _ state: DayTally.State, _ hadVehicle: Bool) -> DayReport.Unserved {
        if state == .begun || state == .open { return .notOver }
        let shipment = problem.shipments[order]
        let able = problem.vehicles.indices.filter {
            shipment.skills & ~problem.vehicles[$0].skills == 0
                && !any(shipment.load .> problem.vehicles[$0].capacity)
        }
        guard let first = able.first, let pickup = shipment.pickup, let delivery = shipment.delivery else {
            return .noVehicle
        }
        let way = DayTruth(self).way(first, pickup.location, delivery.location)
        let earliest = (pickup.windows.first?.opensMilliseconds ?? 0) + pickup.serviceMilliseconds + way
        if earliest > delivery.windows.last?.closesMilliseconds ?? .max { return .noTime }
        return hadVehicle ? .broken : .allElsewhere
    }
}

/// FNV-1a over numbers, to tell two days apart.
struct StableDigest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
    mutating func add(_ number: Int64) {
        value = (value ^ UInt64(bitPattern: number)) &* 0x100_0000_01B3
    }
}
