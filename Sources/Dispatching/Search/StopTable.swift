/// What is known of each stop and shipment of a problem, flat. Stop `2s` is the pickup of shipment `s`, `2s + 1` its delivery.
final class StopTable: @unchecked Sendable {
    let problem: DispatchProblem
    let shipments: Int
    let spot: UnsafeMutablePointer<Spot>
    let opens: UnsafeMutablePointer<Int64>
    let closes: UnsafeMutablePointer<Int64>
    let service: UnsafeMutablePointer<Int64>
    let load: UnsafeMutablePointer<Load>
    let shape: UnsafeMutablePointer<Shape>
    /// What is missing when it is not served; `mustServe` beyond price.
    let refusal: UnsafeMutablePointer<Int64>
    /// By mode.
    let ways: UnsafeMutablePointer<Ways>

    enum Shape: UInt8 { case pair, deliveryOnly, pickupOnly }
    static let mustServe = Int64.max

    init(_ problem: DispatchProblem) {
        self.problem = problem
        let n = problem.shipments.count
        shipments = n
        spot = .allocate(capacity: max(2 * n, 1))
        opens = .allocate(capacity: max(2 * n, 1))
        closes = .allocate(capacity: max(2 * n, 1))
        service = .allocate(capacity: max(2 * n, 1))
        load = .allocate(capacity: max(n, 1))
        shape = .allocate(capacity: max(n, 1))
        refusal = .allocate(capacity: max(n, 1))
        ways = .allocate(capacity: max(problem.modes.count, 1))
        for (i, mode) in problem.modes.enumerated() {
            (ways + i).initialize(to: Ways(mode, problem.locations))
        }
        for (s, shipment) in problem.shipments.enumerated() {
            (load + s).initialize(to: shipment.load)
            (shape + s).initialize(
                to: shipment.pickup == nil ? .deliveryOnly : shipment.delivery == nil ? .pickupOnly : .pair)
            (refusal + s).initialize(
                to: shipment.refusalCost > DispatchLimits.cost ? StopTable.mustServe : shipment.refusalCost)
            for (i, visit) in [shipment.pickup, shipment.delivery].enumerated() {
                let stop = 2 * s + i
                (spot + stop).initialize(to: visit.map { StopTable.spot(problem, $0.location) } ?? Spot())
                (opens + stop).initialize(to: visit?.windows.first?.opensMilliseconds ?? 0)
                (closes + stop).initialize(to: visit?.windows.last?.closesMilliseconds ?? 0)
                (service + stop).initialize(to: visit?.serviceMilliseconds ?? 0)
            }
        }
    }

    static func spot(_ problem: DispatchProblem, _ location: Int) -> Spot {
        let place = problem.locations[location]
        return Spot(x: place.x, y: place.y, z: place.z, place: Int32(truncatingIfNeeded: location))
    }

    deinit {
        ways.deinitialize(count: problem.modes.count)
        ways.deallocate()
        spot.deallocate()
        opens.deallocate()
        closes.deallocate()
        service.deallocate()
        load.deallocate()
        shape.deallocate()
        refusal.deallocate()
    }

    /// May a vehicle of this kind carry the shipment at all, whatever else it carries?
    func fits(_ s: Int, _ kind: Int) -> Bool {
        let (shipment, vehicle) = (problem.shipments[s], problem.vehicles[kind])
        if shipment.skills & ~vehicle.skills != 0 { return false }
        if any(shipment.load .> vehicle.capacity) { return false }
        if let only = shipment.vehicle, only != kind { return false }
        if shipment.refusedVehicles.contains(kind) { return false }
        guard let needs = shipment.temperature else { return true }
        return vehicle.temperature.map { $0.overlaps(needs) } ?? false
    }
}
