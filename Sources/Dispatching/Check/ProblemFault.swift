/// Something wrong with a problem: which field, and what is wrong with it.
public struct ProblemFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// As in `shipments[3].pickup.location`.
    public var field: String
    public var problem: String
    public var description: String { "\(field) \(problem)" }
}

extension DispatchProblem {
    /// Whether every index names something, every number is within its limits and every window opens before it
    /// closes: what the search and the checker rely on. Linear in the size of the problem.
    public func validate() throws(ProblemFault) {
        try ProblemLimits.count(locations.count, DispatchLimits.locations, "locations")
        try ProblemLimits.count(shipments.count, DispatchLimits.shipments, "shipments")
        try ProblemLimits.count(vehicles.count, DispatchLimits.vehicles, "vehicles")
        try ProblemLimits.count(modes.count, 1 << 10, "modes")
        try ProblemLimits.count(docks.count, 1 << 16, "docks")
        try ProblemLimits.count(stations.count, 1 << 16, "stations")
        for (i, mode) in modes.enumerated() { try check(mode, "modes[\(i)]") }
        for (i, place) in locations.enumerated() { try check(place, i) }
        for (i, dock) in docks.enumerated() {
            let path = "docks[\(i)]"
            try ProblemLimits.number(Int64(dock.places), 1...1_000_000, path, "places")
            for window in dock.booked { try ProblemLimits.window(window, path, "booked") }
        }
        for (i, station) in stations.enumerated() { try check(station, "stations[\(i)]") }
        for (i, vehicle) in vehicles.enumerated() { try check(vehicle, "vehicles[\(i)]") }
        for (i, shipment) in shipments.enumerated() { try check(shipment, i) }
        try checkLegs()
    }

    /// Chains of legs stand apart from other hand-overs.
    private func checkLegs() throws(ProblemFault) {
        guard shipments.contains(where: { $0.legOf != nil }) else { return }
        let isSplit = shipments.reduce(into: Array(repeating: false, count: shipments.count)) {
            if let whole = $1.legOf { $0[whole] = true }
        }
        var isFollowed = Array(repeating: false, count: shipments.count)
        for (i, shipment) in shipments.enumerated() {
            let path = "shipments[\(i)]"
            if let whole = shipment.legOf, shipments[whole].legOf != nil || whole == i {
                throw ProblemFault(field: path + ".legOf", problem: "is a leg itself")
            }
            guard let before = shipment.after else { continue }
            guard !isSplit[i], !isSplit[before] else {
                throw ProblemFault(
                    field: path + ".after", problem: "hands over a shipment that may go in legs")
            }
            guard shipment.legOf == shipments[before].legOf else {
                throw ProblemFault(field: path + ".after", problem: "is no leg of the same shipment")
            }
            guard shipment.legOf != nil else { continue }
            var (legs, at) = (1, before)
            while let earlier = shipments[at].after, legs <= 8 { (legs, at) = (legs + 1, earlier) }
            guard legs < 8 else {
                throw ProblemFault(field: path + ".after", problem: "makes a chain of more than 8 legs")
            }
            guard !isFollowed[before] else {
                throw ProblemFault(field: path + ".after", problem: "is followed by another leg already")
            }
            isFollowed[before] = true
        }
    }

    func check(_ mode: TravelMode, _ path: String) throws(ProblemFault) {
        try ProblemLimits.number(mode.pace, 1...(1 << 40), path, "pace")
        try ProblemLimits.number(mode.quantumMillimeters, 1...(1 << 30), path, "quantumMillimeters")
        let speed = 1000 * Double(TravelMode.unitPace) / Double(mode.pace)
        let wind = (mode.wind * mode.wind).sum()
        guard wind < speed * speed else {
            throw ProblemFault(field: path + ".wind", problem: "is not slower than the vehicle")
        }
        switch mode.way {
        case .straight(let radius):
            guard radius >= 0, radius <= DispatchLimits.farthestMillimeters else {
                throw ProblemFault(field: path + ".earthRadius", problem: "\(radius) is no radius")
            }
        case .road(let table):
            try ProblemLimits.number(Int64(table.nodes), 0...4096, path, "nodes")
            guard table.millimeters.count == table.nodes * table.nodes,
                table.milliseconds.count == table.millimeters.count
            else {
                throw ProblemFault(field: path + ".table", problem: "does not have nodes times nodes cells")
            }
            for cell in table.millimeters + table.milliseconds {
                try ProblemLimits.number(cell, 0...DispatchLimits.latestMilliseconds, path, "table")
            }
        }
    }

    func check(_ place: Location, _ i: Int) throws(ProblemFault) {
        for value in [place.x, place.y, place.z]
        where !(value.magnitude <= DispatchLimits.farthestMillimeters) {
            throw ProblemFault(field: "locations[\(i)]", problem: "lies at \(value) mm, which is too far")
        }
        guard place.roads.count <= 2 else {
            throw ProblemFault(field: "locations[\(i)].roads", problem: "are more than two")
        }
        for access in place.roads {
            let path = "locations[\(i)].roads"
            for case .road(let table) in modes.map(\.way) {
                try ProblemLimits.index(access.node, table.nodes, path, "node")
            }
            try ProblemLimits.number(access.millimeters, ProblemLimits.time, path, "millimeters")
            try ProblemLimits.number(access.milliseconds, ProblemLimits.time, path, "milliseconds")
        }
    }

    private func check(_ station: EnergyStation, _ path: String) throws(ProblemFault) {
        try ProblemLimits.index(station.location, locations.count, path, "location")
        try ProblemLimits.number(station.swapMilliseconds ?? 0, ProblemLimits.time, path, "swapMilliseconds")
        try ProblemLimits.number(station.watts, 0...1_000_000_000, path, "watts")
        try ProblemLimits.number(station.slowWatts, 0...1_000_000_000, path, "slowWatts")
        try ProblemLimits.number(station.kneeShare, 0...256, path, "kneeShare")
        try ProblemLimits.number(station.cost, ProblemLimits.cost, path, "cost")
    }

    func check(_ vehicle: DispatchVehicle, _ path: String) throws(ProblemFault) {
        try ProblemLimits.number(Int64(vehicle.count), 0...Int64(DispatchLimits.vehicles), path, "count")
        try ProblemLimits.index(vehicle.mode, modes.count, path, "mode")
        try ProblemLimits.index(vehicle.start, locations.count, path, "start")
        if let end = vehicle.end { try ProblemLimits.index(end, locations.count, path, "end") }
        try ProblemLimits.window(vehicle.shift, path, "shift")
        try ProblemLimits.load(vehicle.capacity, path, "capacity")
        try ProblemLimits.number(vehicle.fixedCost, ProblemLimits.cost, path, "fixedCost")
        try ProblemLimits.number(vehicle.distanceCost, ProblemLimits.cost, path, "distanceCost")
        try ProblemLimits.number(vehicle.timeCost, ProblemLimits.cost, path, "timeCost")
        try ProblemLimits.number(vehicle.longestMillimeters ?? 0, 0...(.max), path, "longestMillimeters")
        try ProblemLimits.number(
            vehicle.longestMilliseconds ?? 0, ProblemLimits.time, path, "longestMilliseconds")
        guard let energy = vehicle.energy else { return }
        let joules: ClosedRange<Int64> = 0...(1 << 50)
        try ProblemLimits.number(energy.capacityJoules, joules, path, "energy.capacityJoules")
        try ProblemLimits.number(
            energy.initialJoules, 0...energy.capacityJoules, path, "energy.initialJoules")
        try ProblemLimits.number(
            energy.reserveJoules, 0...energy.capacityJoules, path, "energy.reserveJoules")
        try ProblemLimits.number(energy.joulesPerKilometer, joules, path, "energy.joulesPerKilometer")
        try ProblemLimits.number(
            energy.joulesPerKilometerKilogram, joules, path, "energy.joulesPerKilometerKilogram")
        try ProblemLimits.number(energy.joulesPerLeg, joules, path, "energy.joulesPerLeg")
        try ProblemLimits.number(energy.joulesPerLegKilogram, joules, path, "energy.joulesPerLegKilogram")
        for station in energy.stations {
            try ProblemLimits.index(station, stations.count, path, "energy.stations")
        }
    }

    func check(_ shipment: Shipment, _ i: Int) throws(ProblemFault) {
        let path = "shipments[\(i)]"
        guard shipment.pickup != nil || shipment.delivery != nil else {
            throw ProblemFault(field: path, problem: "has neither pickup nor delivery")
        }
        if let visit = shipment.pickup { try check(visit, path + ".pickup") }
        if let visit = shipment.delivery { try check(visit, path + ".delivery") }
        try ProblemLimits.load(shipment.load, path, "load")
        try ProblemLimits.number(shipment.refusalCost, 0...(.max), path, "refusalCost")
        try ProblemLimits.number(Int64(shipment.cargoClass), 0...63, path, "cargoClass")
        try ProblemLimits.number(
            shipment.longestOnBoardMilliseconds ?? 0, ProblemLimits.time, path, "longestOnBoardMilliseconds")
        try ProblemLimits.number(
            shipment.promisedMilliseconds ?? 0, ProblemLimits.time, path, "promisedMilliseconds")
        try ProblemLimits.number(shipment.latenessCost, ProblemLimits.cost, path, "latenessCost")
        try ProblemLimits.number(
            shipment.handoverMilliseconds, ProblemLimits.time, path, "handoverMilliseconds")
        if let after = shipment.after {
            try ProblemLimits.index(after, shipments.count, path, "after")
            if after == i { throw ProblemFault(field: path + ".after", problem: "is the shipment itself") }
        }
        if let whole = shipment.legOf { try ProblemLimits.index(whole, shipments.count, path, "legOf") }
        if let vehicle = shipment.vehicle {
            try ProblemLimits.index(vehicle, vehicles.count, path, "vehicle")
        }
        for vehicle in shipment.refusedVehicles {
            try ProblemLimits.index(vehicle, vehicles.count, path, "refusedVehicles")
        }
    }

    private func check(_ visit: Visit, _ path: String) throws(ProblemFault) {
        try ProblemLimits.index(visit.location, locations.count, path, "location")
        try ProblemLimits.number(Int64(visit.windows.count), 1...8, path, "windows.count")
        try ProblemLimits.number(visit.serviceMilliseconds, ProblemLimits.time, path, "serviceMilliseconds")
        if let dock = visit.dock { try ProblemLimits.index(dock, docks.count, path, "dock") }
        var last: Int64 = -1
        for window in visit.windows {
            try ProblemLimits.window(window, path, "windows")
            guard window.opensMilliseconds > last else {
                throw ProblemFault(field: path + ".windows", problem: "overlap or are not in order")
            }
            last = window.closesMilliseconds
        }
    }
}

/// The checks of single values. Fields are put together only for what is wrong.
enum ProblemLimits {
    static let time = 0...DispatchLimits.latestMilliseconds
    static let cost = 0...DispatchLimits.cost

    static func count(_ count: Int, _ most: Int, _ field: String) throws(ProblemFault) {
        guard count <= most else {
            throw ProblemFault(field: field, problem: "are \(count), more than \(most)")
        }
    }

    static func number(
        _ value: Int64, _ range: ClosedRange<Int64>, _ path: String, _ field: String
    ) throws(ProblemFault) {
        guard range.contains(value) else {
            throw ProblemFault(
                field: "\(path).\(field)",
                problem: "is \(value), not \(range.lowerBound) to \(range.upperBound)")
        }
    }

    static func index(
        _ value: Int, _ count: Int, _ path: String, _ field: String
    ) throws(ProblemFault) {
        guard value >= 0, value < count else {
            throw ProblemFault(
                field: "\(path).\(field)", problem: "is \(value), but there are \(count), counted from 0")
        }
    }

    static func window(_ window: TimeWindow, _ path: String, _ field: String) throws(ProblemFault) {
        try number(window.opensMilliseconds, time, path, field)
        try number(window.closesMilliseconds, time, path, field)
        guard window.opensMilliseconds <= window.closesMilliseconds else {
            throw ProblemFault(
                field: "\(path).\(field)",
                problem: "closes at \(window.closesMilliseconds), before it opens at "
                    + "\(window.opensMilliseconds)")
        }
    }

    static func load(_ load: Load, _ path: String, _ field: String) throws(ProblemFault) {
        for dimension in 0..<4 {
            try number(Int64(load[dimension]), 0...Int64(DispatchLimits.load), path, field)
        }
    }
}
