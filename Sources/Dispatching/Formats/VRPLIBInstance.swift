import World

/// An instance in the dialect of VRPLIB that PyVRP reads: types VRPTW, HFVRP and MTVRPTWR. Node 1 is the depot here,
/// number 0 in plans; customers follow.
struct VRPLIBInstance: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case vrptw = "VRPTW"
        case hfvrp = "HFVRP"
        case mtvrptwr = "MTVRPTWR"
    }
    struct Node: Hashable, Sendable {
        var x = 0.0
        var y = 0.0
        var demand = 0.0
        var ready = 0.0
        var due = BenchmarkUnit.latest
        var service = 0.0
        var release = 0.0
    }
    /// Several vehicles with the same values.
    struct Fleet: Hashable, Sendable {
        var capacity = 0.0
        var fixedCost = 0.0
        var unitCost = 1.0
        var count = 0
    }

    var kind = Kind.vrptw
    var nodes: [Node] = []
    var fleets: [Fleet] = []
    /// By vehicle of the file, from 0: index of its fleet.
    var fleetOf: [Int] = []
    var reloads = false

    init(bytes: [UInt8], file: String) throws(DataError) {
        var parser = VRPLIBParser(reader: LineReader(bytes: bytes, file: file))
        try parser.parse()
        kind = parser.kind
        nodes = parser.nodes
        reloads = parser.reloads
        try group(parser)
    }

    /// Vehicles of equal values become one kind, in the order in which they first come.
    private mutating func group(_ parser: VRPLIBParser) throws(DataError) {
        var known: [Fleet: Int] = [:]
        for vehicle in parser.vehicles {
            let index = known[vehicle] ?? fleets.count
            if index == fleets.count {
                guard fleets.count < 4096 else {
                    throw DataError(file: parser.reader.file, problem: "has more than 4096 kinds of vehicles")
                }
                known[vehicle] = index
                fleets.append(vehicle)
            }
            fleets[index].count += 1
            fleetOf.append(index)
        }
    }

    /// Distances cut off after the first decimal, as the DIMACS challenge does; for HFVRP they are not rounded.
    var isTruncated: Bool { kind != .hfvrp }

    func problem(name: String) -> DispatchProblem {
        var problem = DispatchProblem()
        problem.name = name
        problem.locations = nodes.map {
            Location(x: $0.x * BenchmarkUnit.perUnit, y: $0.y * BenchmarkUnit.perUnit)
        }
        var mode = TravelMode(.straight(earthRadiusMillimeters: 0))
        if isTruncated { (mode.quantumMillimeters, mode.roundsDown) = (100_000, true) }
        problem.modes = [mode]
        problem.vehicles = fleets.enumerated().map { k, fleet in
            var vehicle = DispatchVehicle(
                name: "vehicle \(k + 1)", start: 0, end: 0, shift: window(nodes[0]),
                capacity: Load(Int32(fleet.capacity), 0, 0, 0))
            vehicle.count = fleet.count
            vehicle.fixedCost = BenchmarkUnit.whole(fleet.fixedCost)
            vehicle.distanceCost = Int64(fleet.unitCost)
            return vehicle
        }
        problem.shipments = nodes.indices.dropFirst().map { i in
            let node = nodes[i]
            var shipment = Shipment(
                name: "\(i)",
                delivery: Visit(
                    location: i, windows: [window(node)],
                    serviceMilliseconds: BenchmarkUnit.whole(node.service)),
                load: Load(Int32(node.demand), 0, 0, 0))
            // A trip leaves the depot with what has been released; it is loaded there, and so is that of the next.
            if reloads {
                let opens = BenchmarkUnit.whole(max(node.release, nodes[0].ready))
                let closes = max(opens, BenchmarkUnit.whole(nodes[0].due))
                shipment.pickup = Visit(location: 0, windows: [TimeWindow(opens, closes)])
            }
            return shipment
        }
        return problem
    }

    private func window(_ node: Node) -> TimeWindow {
        TimeWindow(BenchmarkUnit.whole(node.ready), BenchmarkUnit.whole(node.due))
    }
}
