import World

/// Vehicles and shipments of our own format.
extension KeruenReader {
    private static let loadMembers = ["kg", "liters", "pallets", "loading_meters"]

    /// Grams, litres, pallets and tenths of a loading metre, to the nearest.
    private func load(_ object: JSONObject) throws(DataError) -> Load {
        let most = Double(DispatchLimits.load)
        var load = Load()
        load[0] = Int32(clamping: try whole(object, "kg", 1000, upTo: most / 1000) ?? 0)
        load[1] = Int32(clamping: try whole(object, "liters", 1, upTo: most) ?? 0)
        load[2] = Int32(clamping: try object.integer("pallets", in: 0...Int(DispatchLimits.load)) ?? 0)
        load[3] = Int32(clamping: try whole(object, "loading_meters", 10, upTo: most / 10) ?? 0)
        return load
    }

    private mutating func skills(_ object: JSONObject) throws(DataError) -> UInt64 {
        var bits: UInt64 = 0
        for name in try texts(object, "skills") {
            let bit = names.skills.indexAdding(name)
            guard bit < 64 else {
                throw fields.error(object.node, object.path("skills"), "are more than 64 in this file")
            }
            bits |= 1 << UInt64(bit)
        }
        return bits
    }

    private mutating func cargoClass(
        _ name: String, _ object: JSONObject, _ member: String
    ) throws(DataError) -> Int {
        let index = names.classes.indexAdding(name)
        guard index < 64 else {
            throw fields.error(object.node, object.path(member), "is the 64th class in this file; 63 fit")
        }
        return index
    }

    /// `[lowest, highest]` in degrees Celsius.
    private func temperature(_ object: JSONObject) throws(DataError) -> ClosedRange<Int16>? {
        guard let node = object["temperature_c"] else { return nil }
        let path = object.path("temperature_c")
        let ends = try fields.array(node, path)
        guard ends.count == 2 else { throw fields.error(node, path, "is no [lowest, highest]") }
        let low = Int16((try fields.number(ends[0], path, in: -200...500) * 10).rounded())
        let high = Int16((try fields.number(ends[1], path, in: -200...500) * 10).rounded())
        guard low <= high else { throw fields.error(node, path, "has its lowest above its highest") }
        return low...high
    }

    /// From tenge an hour to micro-tenge a millisecond.
    private func perHour(_ object: JSONObject, _ member: String) throws(DataError) -> Int64 {
        try whole(object, member, 1 / 3.6, upTo: 1e12) ?? 0
    }

    mutating func readVehicle(_ node: JSONDocument.Node, _ path: String) throws(DataError) {
        let object = try fields.object(node, path)
        try object.allow(
            [
                "name", "count", "mode", "start", "end", "shift", "skills", "temperature_c", "fixed_cost",
                "cost_per_km", "cost_per_hour", "longest_km", "longest_hours", "energy", "last_in_first_out",
            ] + Self.loadMembers)
        guard let name = try object.text("name") else { throw object.missing("name") }
        try add(name, \.vehicles, node, object.path("name"))
        guard let mode = try reference(object, "mode", \.modes) else { throw object.missing("mode") }
        guard let start = try reference(object, "start", \.places) else { throw object.missing("start") }
        var vehicle = DispatchVehicle(
            name: name, start: start, end: try reference(object, "end", \.places), capacity: try load(object))
        vehicle.mode = mode
        vehicle.count = try object.integer("count", in: 0...DispatchLimits.vehicles) ?? 1
        if let shift = object["shift"] { vehicle.shift = try window(shift, object.path("shift")) }
        vehicle.skills = try skills(object)
        vehicle.temperature = try temperature(object)
        vehicle.fixedCost = try whole(object, "fixed_cost", 1e6, upTo: 1e11) ?? 0
        vehicle.distanceCost = try whole(object, "cost_per_km", 1, upTo: 1e9) ?? 0
        vehicle.timeCost = try perHour(object, "cost_per_hour")
        vehicle.longestMillimeters = try whole(object, "longest_km", 1e6, upTo: 1e9)
        vehicle.longestMilliseconds = try milliseconds(object, "longest_hours", 3_600_000)
        vehicle.lastInFirstOut = try object.bool("last_in_first_out") ?? false
        if let energy = object["energy"] { vehicle.energy = try model(energy, object.path("energy")) }
        problem.vehicles.append(vehicle)
    }

    private func model(_ node: JSONDocument.Node, _ path: String) throws(DataError) -> EnergyModel {
        let object = try fields.object(node, path)
        try object.allow([
            "kwh", "kwh_at_start", "reserve_kwh", "kwh_per_km", "kwh_per_km_kg", "kwh_per_leg",
            "kwh_per_leg_kg", "stations",
        ])
        let (joules, most) = (3.6e6, 1e8)
        guard let capacity = try whole(object, "kwh", joules, upTo: most) else { throw object.missing("kwh") }
        guard let way = try whole(object, "kwh_per_km", joules, upTo: most) else {
            throw object.missing("kwh_per_km")
        }
        var model = EnergyModel(
            capacityJoules: capacity,
            reserveJoules: try whole(object, "reserve_kwh", joules, upTo: most) ?? 0,
            joulesPerKilometer: way)
        model.initialJoules = try whole(object, "kwh_at_start", joules, upTo: most) ?? capacity
        model.joulesPerKilometerKilogram = try whole(object, "kwh_per_km_kg", joules, upTo: most) ?? 0
        model.joulesPerLeg = try whole(object, "kwh_per_leg", joules, upTo: most) ?? 0
        model.joulesPerLegKilogram = try whole(object, "kwh_per_leg_kg", joules, upTo: most) ?? 0
        for name in try texts(object, "stations") {
            model.stations.append(try index(name, \.stations, object, "stations"))
        }
        return model
    }

    /// First all names, because a shipment may come after one that stands below it.
    mutating func nameShipment(_ node: JSONDocument.Node, _ path: String) throws(DataError) {
        let object = try fields.object(node, path)
        guard let name = try object.text("name") else { throw object.missing("name") }
        try add(name, \.shipments, node, object.path("name"))
    }

    mutating func readShipment(_ node: JSONDocument.Node, _ path: String) throws(DataError) {
        let object = try fields.object(node, path)
        try object.allow(
            [
                "name", "pickup", "delivery", "skills", "class", "apart_from", "temperature_c",
                "longest_on_board_minutes", "promised", "late_cost_per_hour", "refusal_cost", "after",
                "handover_minutes", "leg_of", "refused_vehicles", "vehicle", "company",
            ] + Self.loadMembers)
        var shipment = Shipment(
            name: try object.text("name") ?? "", pickup: try visit(object, "pickup"),
            delivery: try visit(object, "delivery"), load: try load(object))
        guard shipment.pickup != nil || shipment.delivery != nil else {
            throw fields.error(node, path, "needs a pickup, a delivery, or both")
        }
        shipment.refusalCost = try whole(object, "refusal_cost", 1e6, upTo: 1e12) ?? .max
        shipment.skills = try skills(object)
        if let name = try object.text("class") {
            shipment.cargoClass = UInt8(truncatingIfNeeded: try cargoClass(name, object, "class"))
        }
        for name in try texts(object, "apart_from") {
            shipment.apartFromClasses |= 1 << UInt64(try cargoClass(name, object, "apart_from"))
        }
        shipment.temperature = try temperature(object)
        shipment.longestOnBoardMilliseconds = try milliseconds(object, "longest_on_board_minutes", 60_000)
        if let promised = object["promised"] {
            shipment.promisedMilliseconds = try time.milliseconds(promised, fields, object.path("promised"))
        }
        shipment.latenessCost = try perHour(object, "late_cost_per_hour")
        shipment.after = try reference(object, "after", \.shipments)
        shipment.handoverMilliseconds = try milliseconds(object, "handover_minutes", 60_000) ?? 0
        shipment.legOf = try reference(object, "leg_of", \.shipments)
        for name in try texts(object, "refused_vehicles") {
            shipment.refusedVehicles.append(try index(name, \.vehicles, object, "refused_vehicles"))
        }
        shipment.vehicle = try reference(object, "vehicle", \.vehicles)
        if let name = try object.text("company") { shipment.company = names.companies.indexAdding(name) }
        problem.shipments.append(shipment)
    }

    private func visit(_ owner: JSONObject, _ member: String) throws(DataError) -> Visit? {
        guard let node = owner[member] else { return nil }
        let path = owner.path(member)
        let object = try fields.object(node, path)
        try object.allow(["place", "windows", "service_minutes", "dock"])
        guard let place = try reference(object, "place", \.places) else { throw object.missing("place") }
        var windows: [TimeWindow] = []
        for (k, node) in try object.list("windows").enumerated() {
            windows.append(try window(node, "\(path).windows[\(k)]"))
            guard k == 0 || windows[k - 1].closesMilliseconds < windows[k].opensMilliseconds else {
                throw fields.error(
                    node, "\(path).windows[\(k)]", "does not open after the one before it closes")
            }
            guard k < 8 else { throw fields.error(node, path + ".windows", "are more than 8") }
        }
        return Visit(
            location: place, windows: windows.isEmpty ? [.always] : windows,
            serviceMilliseconds: try milliseconds(object, "service_minutes", 60_000) ?? 0,
            dock: try reference(object, "dock", \.docks))
    }
}
