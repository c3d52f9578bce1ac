import World

/// Plans of benchmarks: `{"routes": [[ids in order, depot left out], ...], "vehicles": n, "distance": d}`. With several
/// trips a 0 between ids is the depot. Where vehicles differ, `"fleet"` tells for each route which vehicle of the
/// file makes it, from 1.
struct BenchmarkPlan {
    let source: DispatchFile.Source
    let problem: DispatchProblem

    private var isMultiTrip: Bool {
        if case .vrplib(let instance) = source { return instance.reloads }
        return false
    }

    private var fleetOf: [Int]? {
        guard case .vrplib(let instance) = source, instance.kind == .hfvrp else { return nil }
        return instance.fleetOf
    }

    /// By id: what a stop there does.
    private var stops: [DispatchPlan.Stop?] {
        var all = Array<DispatchPlan.Stop?>(repeating: nil, count: problem.locations.count)
        for (s, shipment) in problem.shipments.enumerated() {
            if let pickup = shipment.pickup, pickup.location > 0 { all[pickup.location] = .init(.pickup, s) }
            if let delivery = shipment.delivery { all[delivery.location] = .init(.delivery, s) }
        }
        return all
    }

    func routes(_ plan: DispatchPlan) -> [[Int]] {
        plan.routes.map { route in
            var ids: [Int] = []
            for stop in route.stops where problem.shipments.indices.contains(stop.index) {
                let shipment = problem.shipments[stop.index]
                let visit = stop.action == .pickup ? shipment.pickup : shipment.delivery
                guard let id = visit?.location, id > 0 || (!ids.isEmpty && ids.last != 0) else { continue }
                ids.append(id)
            }
            return ids
        }
    }

    func text(_ plan: DispatchPlan, _ verdict: PlanVerdict) -> String {
        let lists = routes(plan).map { ids in "[\(ids.map(String.init).joined(separator: ", "))]" }
        var text = "{\"routes\": [\n  \(lists.joined(separator: ",\n  "))],\n"
        if let fleetOf {
            var numbers = Array(repeating: [Int](), count: problem.vehicles.count)
            for (vehicle, fleet) in fleetOf.enumerated().reversed() { numbers[fleet].append(vehicle + 1) }
            let fleet = plan.routes.map { numbers[$0.vehicle].popLast() ?? 0 }
            text += " \"fleet\": [\(fleet.map(String.init).joined(separator: ", "))],\n"
            text += " \"cost\": \(verdict.totals.plainCost / BenchmarkUnit.perUnit),\n"
        }
        if !plan.unserved.isEmpty {
            let names = plan.unserved.compactMap { problem.shipments[$0].delivery?.location }
            text += " \"unserved\": [\(names.map(String.init).joined(separator: ", "))],\n"
        }
        text += " \"vehicles\": \(verdict.totals.vehicles), "
        return text + "\"distance\": \(verdict.totals.plainMillimeters / BenchmarkUnit.perUnit)}\n"
    }

    func read(_ document: JSONDocument.Node, _ reader: inout JSONFields) throws(DataError) -> PlanFile {
        let object = try reader.object(document, "the plan")
        let lists = try object.array("routes")
        let stops = stops
        var plan = DispatchPlan()
        var served = Array(repeating: false, count: problem.shipments.count)
        for (r, list) in lists.enumerated() {
            var route = DispatchPlan.Route(vehicle: 0, stops: [])
            var loadedUntil = 0
            for (i, element) in try reader.array(list, "routes[\(r)]").enumerated() {
                let path = "routes[\(r)][\(i)]"
                let id = try reader.integer(element, path, in: 0...Int(Int32.max))
                if id == 0, isMultiTrip {
                    loadedUntil = route.stops.count
                    continue
                }
                guard id < stops.count, let stop = stops[id] else {
                    throw reader.error(
                        element, path,
                        "\(id) is no task; tasks are 1 to \(stops.count - 1), the depot is left out")
                }
                if isMultiTrip {
                    route.stops.insert(.init(.pickup, stop.index), at: loadedUntil)
                    loadedUntil += 1
                }
                served[stop.index] = true
                route.stops.append(stop)
            }
            if !route.stops.isEmpty { plan.routes.append(route) }
        }
        if let fleetOf {
            let fleet = try object.array("fleet")
            guard fleet.count == lists.count, plan.routes.count == lists.count else {
                throw reader.error(
                    document, "fleet", "must tell one vehicle for each route, and no route is empty")
            }
            for (r, element) in fleet.enumerated() {
                let vehicle = try reader.integer(element, "fleet[\(r)]", in: 1...fleetOf.count)
                plan.routes[r].vehicle = fleetOf[vehicle - 1]
            }
        }
        plan.unserved = served.indices.filter { !served[$0] }
        var file = PlanFile(plan: plan)
        file.statedVehicles = try object.integer("vehicles", in: 0...Int(Int32.max))
        file.statedDistance = try object.number("distance", in: 0...1e15)
        return file
    }
}
