/// What is known of each stop and shipment of a problem, flat. Stop `2s` is the pickup of shipment `s`, `2s + 1` its delivery.
final class StopTable: @unchecked Sendable {
    private(set) var problem: DispatchProblem
    /// Known, also those of `released` ids.
    private(set) var shipments: Int
    private(set) var capacity: Int
    private var released: [Int] = []
    /// Places that nobody needs any more.
    private var removed: [Int] = []
    private(set) var spot: UnsafeMutablePointer<Spot>
    private(set) var opens: UnsafeMutablePointer<Int64>
    private(set) var closes: UnsafeMutablePointer<Int64>
    private(set) var service: UnsafeMutablePointer<Int64>
    private(set) var load: UnsafeMutablePointer<Load>
    private(set) var shape: UnsafeMutablePointer<Shape>
    /// What is missing when it is not served; `mustServe` beyond price.
    private(set) var refusal: UnsafeMutablePointer<Int64>
    /// By shipment, and by kind of vehicle.
    private(set) var needs: UnsafeMutablePointer<Needs>
    private(set) var kindNeeds: [Needs]
    /// By kind: what `fits` asks for.
    private var able: [Able]
    /// Classes that some freight keeps apart from.
    private var apartFrom: UInt64 = 0
    /// By mode.
    private(set) var ways: UnsafeMutablePointer<Ways>

    private struct Able {
        var capacity: Load
        var skills: UInt64
        init(_ vehicle: DispatchVehicle) {
            capacity = vehicle.capacity
            skills = vehicle.skills
        }
    }
    /// By shipment: skills, and whether `fits` must ask for more than those and the load.
    private var skills: [UInt64] = []
    private var isParticular: [Bool] = []

    enum Shape: UInt8 { case pair, deliveryOnly, pickupOnly }
    static let mustServe = Int64.max

    init(_ problem: DispatchProblem) {
        self.problem = problem
        let n = problem.shipments.count
        shipments = n
        capacity = max(n, 8)
        spot = .allocate(capacity: 2 * capacity)
        opens = .allocate(capacity: 2 * capacity)
        closes = .allocate(capacity: 2 * capacity)
        service = .allocate(capacity: 2 * capacity)
        load = .allocate(capacity: capacity)
        shape = .allocate(capacity: capacity)
        refusal = .allocate(capacity: capacity)
        needs = .allocate(capacity: capacity)
        kindNeeds = problem.vehicles.map { Needs($0) }
        able = problem.vehicles.map { Able($0) }
        skills = Array(repeating: 0, count: n)
        isParticular = Array(repeating: false, count: n)
        ways = .allocate(capacity: max(problem.modes.count, 1))
        for (i, mode) in problem.modes.enumerated() {
            (ways + i).initialize(to: Ways(mode, problem.locations))
        }
        for s in 0..<n { write(s) }
        for s in 0..<n { if let before = problem.shipments[s].after { needs[before] = .all } }
    }

    var needsProofs: Bool {
        (0..<shipments).contains { !needs[$0].isEmpty }
            || problem.vehicles.indices.contains { !kindNeeds[$0].isEmpty }
    }

    private func write(_ s: Int) {
        let shipment = problem.shipments[s]
        (load + s).initialize(to: shipment.load)
        (shape + s).initialize(
            to: shipment.pickup == nil ? .deliveryOnly : shipment.delivery == nil ? .pickupOnly : .pair)
        (refusal + s).initialize(
            to: shipment.refusalCost > DispatchLimits.cost ? StopTable.mustServe : shipment.refusalCost)
        (needs + s).initialize(to: Needs(shipment))
        if skills.count <= s {
            skills.append(0)
            isParticular.append(false)
        }
        skills[s] = shipment.skills
        isParticular[s] =
            shipment.vehicle != nil || !shipment.refusedVehicles.isEmpty || shipment.temperature != nil
        let apart = apartFrom | shipment.apartFromClasses
        if apart != apartFrom {
            apartFrom = apart
            for other in 0..<s { needSegregation(other) }
        }
        needSegregation(s)
        write(2 * s, shipment.pickup)
        write(2 * s + 1, shipment.delivery)
    }

    private func needSegregation(_ s: Int) {
        if apartFrom >> UInt64(problem.shipments[s].cargoClass) & 1 == 1 { needs[s].insert(.proof) }
    }

    private func write(_ stop: Int, _ visit: Visit?) {
        (spot + stop).initialize(to: visit.map { StopTable.spot(problem, $0.location) } ?? Spot())
        (opens + stop).initialize(to: visit?.windows.first?.opensMilliseconds ?? 0)
        (closes + stop).initialize(to: visit?.windows.last?.closesMilliseconds ?? 0)
        (service + stop).initialize(to: visit?.serviceMilliseconds ?? 0)
    }

    // MARK: While plans live

    /// Takes a shipment in; its id, which may be that of a released one.
    func append(_ shipment: Shipment) -> Int {
        if let s = released.popLast() {
            problem.shipments[s] = shipment
            write(s)
            return s
        }
        if shipments == capacity { grow() }
        problem.shipments.append(shipment)
        shipments += 1
        write(shipments - 1)
        return shipments - 1
    }

    func release(_ s: Int) { released.append(s) }

    /// The pickup is done: what is left is a delivery, on board from the start.
    func pickedUp(_ s: Int) { shape[s] = .deliveryOnly }

    private func grow() {
        func moved<T>(_ old: UnsafeMutablePointer<T>, _ each: Int) -> UnsafeMutablePointer<T> {
            let new = UnsafeMutablePointer<T>.allocate(capacity: 2 * each * capacity)
            new.moveInitialize(from: old, count: each * shipments)
            old.deallocate()
            return new
        }
        spot = moved(spot, 2)
        opens = moved(opens, 2)
        closes = moved(closes, 2)
        service = moved(service, 2)
        load = moved(load, 1)
        shape = moved(shape, 1)
        refusal = moved(refusal, 1)
        needs = moved(needs, 1)
        capacity *= 2
    }

    /// Takes a changed shipment in the place of the one it was.
    func replace(_ s: Int, with shipment: Shipment) {
        problem.shipments[s] = shipment
        write(s)
    }

    func append(_ vehicle: DispatchVehicle) {
        problem.vehicles.append(vehicle)
        kindNeeds.append(Needs(vehicle))
        able.append(Able(vehicle))
    }

    func replace(vehicle kind: Int, with vehicle: DispatchVehicle) {
        problem.vehicles[kind] = vehicle
        kindNeeds[kind] = Needs(vehicle)
        able[kind] = Able(vehicle)
    }

    /// Index of a place, which may be that of a removed one.
    func append(_ location: Location) -> Int {
        let i = removed.popLast() ?? problem.locations.count
        if i == problem.locations.count {
            problem.locations.append(location)
        } else {
            problem.locations[i] = location
        }
        for mode in problem.modes.indices { ways[mode].take(location, at: i) }
        return i
    }

    func remove(location i: Int) { removed.append(i) }

    func append(_ mode: TravelMode) {
        let n = problem.modes.count
        let more = UnsafeMutablePointer<Ways>.allocate(capacity: n + 1)
        more.moveInitialize(from: ways, count: n)
        (more + n).initialize(to: Ways(mode, problem.locations))
        ways.deallocate()
        ways = more
        problem.modes.append(mode)
    }

    func replace(mode i: Int, with mode: TravelMode) {
        ways[i].deallocate()
        ways[i] = Ways(mode, problem.locations)
        problem.modes[i] = mode
    }

    func copy() -> StopTable {
        let copy = StopTable(problem)
        copy.released = released
        copy.removed = removed
        // What is on board has no pickup any more.
        for s in 0..<shipments { copy.shape[s] = shape[s] }
        return copy
    }

    static func spot(_ problem: DispatchProblem, _ location: Int) -> Spot {
        let place = problem.locations[location]
        return Spot(x: place.x, y: place.y, z: place.z, place: Int32(truncatingIfNeeded: location))
    }

    deinit {
        for i in problem.modes.indices { ways[i].deallocate() }
        ways.deinitialize(count: problem.modes.count)
        ways.deallocate()
        spot.deallocate()
        opens.deallocate()
        closes.deallocate()
        service.deallocate()
        load.deallocate()
        shape.deallocate()
        refusal.deallocate()
        needs.deallocate()
    }

    /// May a vehicle of this kind carry the shipment at all, whatever else it carries?
    func fits(_ s: Int, _ kind: Int) -> Bool {
        if skills[s] & ~able[kind].skills != 0 || any(load[s] .> able[kind].capacity) { return false }
        guard isParticular[s] else { return true }
        let (shipment, vehicle) = (problem.shipments[s], problem.vehicles[kind])
        if let only = shipment.vehicle, only != kind { return false }
        if shipment.refusedVehicles.contains(kind) { return false }
        guard let needs = shipment.temperature else { return true }
        return vehicle.temperature.map { $0.overlaps(needs) } ?? false
    }
}
