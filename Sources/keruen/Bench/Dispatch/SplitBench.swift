import Dispatching
import World

/// Parcels from the dry port of Khorgos to people along the road to Almaty: vans alone, and vans with drones for the last
/// leg, each planned by the same search with the same number of steps and judged by the checker.
func splitRows() throws -> [BenchRow] {
    let world = try WorldData.load(directory: try WorldData.find(explicit: nil))
    var (alone, both, late, lateAlone) = (Int64(0), Int64(0), Int64(0), Int64(0))
    var (inLegs, orders, unserved) = (0, 0, 0)
    for seed in 1...3 as ClosedRange<UInt64> {
        let corridor = try SplitCorridor(world, seed: seed)
        let (whole, legs) = (
            try plan(corridor.problem(inLegs: false)), try plan(corridor.problem(inLegs: true))
        )
        alone += whole.verdict.totals.cost
        both += legs.verdict.totals.cost
        lateAlone += whole.verdict.totals.lateMilliseconds
        late += legs.verdict.totals.lateMilliseconds
        unserved += whole.plan.unserved.count + legs.plan.unserved.count
        orders += corridor.count
        inLegs +=
            legs.plan.routes.flatMap(\.stops).count { $0.action == .pickup && $0.index >= corridor.count } / 2
    }
    let told =
        "\(inLegs) of \(orders) parcels change vehicles at a pad, \(unserved) unserved; "
        + "late \(late / 60_000) min, vans alone \(lateAlone / 60_000) min; van 180 tenge/km and 2,800/h, drone "
        + "60 tenge/km and 4,000 a day"
    return [
        .atMost(
            Double(both) / Double(alone), must: 0.8, goal: 0.7, unit: "x",
            "cost with drones for the last leg, of vans alone, Khorgos to Almaty", reference: told),
        .atMost(
            Double(max(0, late - lateAlone) / 60_000), must: 0, goal: 0, unit: " min",
            "the same, lateness added", reference: told),
    ]
}

private func plan(_ problem: DispatchProblem) throws -> (plan: DispatchPlan, verdict: PlanVerdict) {
    let search = DispatchSearch(problem, seed: 1)
    for i in 0..<20 { search.run(steps: 100, fraction: Double(i) / 20) }
    let plan = search.plan
    return (plan, try PlanChecker(problem).check(plan))
}

/// Service points with drone pads along the road, and people around them.
struct SplitCorridor {
    private static let parcels = 60
    private let hub: Coordinate
    private let pads: [ServicePoint]
    /// Between the hub (node 0) and the pads.
    private let table: RoadTable
    private let addresses: [(at: Coordinate, grams: Int32, pads: [Int])]
    var count: Int { addresses.count }

    init(_ world: WorldData, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        guard let hub = world.servicePoints.first(where: { $0.place == "KHG" }) else {
            throw DataError(file: "service_points.csv", problem: "has no service point at KHG")
        }
        self.hub = hub.coordinate
        pads = world.servicePoints.filter { point in
            let way = world.roads.route(from: hub.coordinate, to: point.coordinate, on: nil)
            return point.dronePads > 0 && (10_000...330_000).contains(way?.lengthMeters ?? 0)
        }
        let places = [hub.coordinate] + pads.map(\.coordinate)
        var (far, long): ([Int64], [Int64]) = ([], [])
        for a in places {
            for b in places {
                let way = world.roads.route(from: a, to: b, on: nil)
                far.append(way.map { Int64($0.lengthMeters * 1000) } ?? DispatchLimits.latestMilliseconds)
                long.append(way.map { Int64($0.seconds * 1000) } ?? DispatchLimits.latestMilliseconds)
            }
        }
        table = RoadTable(nodes: places.count, millimeters: far, milliseconds: long)
        let pads = pads
        addresses = (0..<Self.parcels).map { _ in
            let pad = pads[Int(random.next() % UInt64(pads.count))]
            let at = Geodesic.direct(
                from: pad.coordinate, azimuthDegrees: Double(Int(random.next() % UInt64(360))),
                meters: 4000 + Double(Int(random.next() % UInt64(18_000))))
            let nearest = pads.indices.sorted {
                distanceMeters(pads[$0].coordinate, at) < distanceMeters(pads[$1].coordinate, at)
            }
            return (at, Int32(500 + Int(random.next() % UInt64(4500))), Array(nearest.prefix(2)))
        }
    }

    /// With vans alone, or with drones at every pad and the choice of going there.
    func problem(inLegs: Bool) -> DispatchProblem {
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.road(table)), TravelMode(airspeedMillimetersPerSecond: 18_000)]
        for (node, at) in ([hub] + pads.map(\.coordinate)).enumerated() {
            problem.locations.append(location(at, [RoadAccess(node: node, millimeters: 0, milliseconds: 0)]))
        }
        for address in addresses {
            // By tracks: a third longer than straight, at 40 km/h.
            let roads = address.pads.map { pad in
                let meters = 1.33 * distanceMeters(pads[pad].coordinate, address.at)
                return RoadAccess(
                    node: pad + 1, millimeters: Int64(meters * 1000), milliseconds: Int64(meters * 90))
            }
            problem.locations.append(location(address.at, roads))
        }
        let day = TimeWindow(0, 12 * 3_600_000)
        var van = DispatchVehicle(
            name: "van", start: 0, end: 0, shift: day, capacity: Load(900_000, 0, 0, 0))
        van.count = 12
        van.skills = 1
        (van.fixedCost, van.distanceCost, van.timeCost) = (8_000_000_000, 180, 778)
        problem.vehicles = [van]
        for (k, address) in addresses.enumerated() {
            var parcel = Dispatching.Shipment(
                name: "\(k)", pickup: Visit(location: 0, serviceMilliseconds: 60_000),
                delivery: Visit(location: pads.count + 1 + k, windows: [day], serviceMilliseconds: 180_000),
                load: Load(address.grams, 0, 0, 0))
            (parcel.promisedMilliseconds, parcel.latenessCost) = (9 * 3_600_000, 300)
            problem.shipments.append(parcel)
        }
        if inLegs { addLegs(&problem, day) }
        return problem
    }

    private func addLegs(_ problem: inout DispatchProblem, _ day: TimeWindow) {
        for pad in pads.indices {
            var drone = DispatchVehicle(
                name: "drone at \(pads[pad].name)", start: pad + 1, end: pad + 1, shift: day,
                capacity: Load(6000, 0, 0, 0))
            drone.mode = 1
            drone.count = 2
            drone.skills = 2
            (drone.fixedCost, drone.distanceCost) = (4_000_000_000, 60)
            // 1.4 kWh; 18 Wh a kilometre empty, 2.5 more for each kilogram; a fifth is kept.
            var energy = EnergyModel(
                capacityJoules: 5_040_000, reserveJoules: 1_008_000, joulesPerKilometer: 64_800)
            energy.joulesPerKilometerKilogram = 9000
            energy.joulesPerLeg = 60_000
            energy.stations = [pad]
            drone.energy = energy
            problem.vehicles.append(drone)
            problem.stations.append(
                EnergyStation(name: "swap at \(pads[pad].name)", location: pad + 1, swapMilliseconds: 180_000)
            )
        }
        for (k, address) in addresses.enumerated() {
            for pad in address.pads {
                var (first, second) = (problem.shipments[k], problem.shipments[k])
                first.delivery = Visit(location: pad + 1, serviceMilliseconds: 60_000)
                second.pickup = Visit(location: pad + 1, serviceMilliseconds: 60_000)
                first.promisedMilliseconds = nil
                (first.name, second.name) = ("\(k) to \(pads[pad].id)", "\(k) from \(pads[pad].id)")
                (first.skills, second.skills, first.legOf, second.legOf) = (1, 2, k, k)
                second.after = problem.shipments.count
                second.handoverMilliseconds = 300_000
                problem.shipments += [first, second]
            }
        }
    }

    private func location(_ at: Coordinate, _ roads: [RoadAccess]) -> Location {
        var location = Location(latitudeDegrees: at.latitudeDegrees, longitudeDegrees: at.longitudeDegrees)
        location.roads = roads
        return location
    }
}
