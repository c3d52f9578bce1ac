import DispatchingSamples
import World

@testable import Dispatching

/// Tiny problems in which a unit is a millimetre is a millisecond, so that everything can be tried: one vehicle, few
/// stops, and the features that are asked for.
struct RandomRoute {
    enum Feature: CaseIterable {
        case windows, classes, temperature, onBoard, lastInFirstOut, longest, timeCost, lateness, docks,
            handover
        case bounds, swap, charge
    }
    static let horizon: Int64 = 26

    var problem = DispatchProblem()
    var stops: [Int32] = []
    var bounds = Schedule.Bounds()
    /// Of windows, so that trying all times ends.
    private let width: Int

    init(_ random: inout SplitMix64, _ features: Set<Feature>, shipments: Int) {
        width =
            shipments > 2
            ? 3 : shipments > 1 ? features.contains { $0 == .swap || $0 == .charge } ? 4 : 6 : 12
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        for _ in 0..<5 {
            problem.locations.append(Location(x: Double(random.below(7)), y: Double(random.below(3))))
        }
        problem.vehicles = [vehicle(&random, features)]
        if features.contains(.swap) || features.contains(.charge) { addEnergy(&random, features) }
        if features.contains(.docks) { addDocks(&random) }
        for s in 0..<shipments { addShipment(&random, features, s) }
        if features.contains(.handover) { addHandovers(&random) }
        if features.contains(.bounds) { addBounds(&random) }
        stops = sequence(&random)
    }

    private func vehicle(_ random: inout SplitMix64, _ features: Set<Feature>) -> DispatchVehicle {
        let opens = Int64(random.below(4))
        var vehicle = DispatchVehicle(
            name: "v", start: random.below(5), end: random.below(3) == 0 ? nil : random.below(5),
            shift: TimeWindow(opens, Self.horizon - Int64(random.below(6))),
            capacity: Load(Int32(4 + random.below(5)), 9, 0, 0))
        vehicle.fixedCost = Int64(random.below(50))
        vehicle.distanceCost = Int64(random.below(3))
        vehicle.skills = UInt64(random.below(8) == 0 ? 0 : 1)
        if features.contains(.temperature) {
            vehicle.temperature = random.below(5) == 0 ? nil : -50...Int16(random.below(60))
        }
        vehicle.lastInFirstOut = features.contains(.lastInFirstOut)
        if features.contains(.longest) {
            if random.below(2) == 0 { vehicle.longestMillimeters = Int64(8 + random.below(20)) }
            if random.below(2) == 0 { vehicle.longestMilliseconds = Int64(6 + random.below(18)) }
        }
        if features.contains(.timeCost) { vehicle.timeCost = Int64(1 + random.below(4)) }
        return vehicle
    }

    /// A joule a millimetre, and a joule a millisecond with a kilowatt.
    private mutating func addEnergy(_ random: inout SplitMix64, _ features: Set<Feature>) {
        for k in 0...random.below(2) {
            var station = EnergyStation(name: "e\(k)", location: random.below(5))
            if features.contains(.swap) { station.swapMilliseconds = Int64(random.below(4)) }
            if features.contains(.charge), station.swapMilliseconds == nil || random.below(2) == 0 {
                station.watts = Int64(1 + random.below(4)) * 1000
                station.slowWatts = Int64(random.below(3)) * 1000
                station.kneeShare = Int64(100 + random.below(157))
            }
            station.cost = Int64(random.below(10))
            problem.stations.append(station)
        }
        let capacity = Int64(5 + random.below(10))
        var energy = EnergyModel(
            capacityJoules: capacity, reserveJoules: Int64(random.below(3)), joulesPerKilometer: 1_000_000)
        energy.initialJoules = capacity - Int64(random.below(4))
        if random.below(3) == 0 { energy.joulesPerKilometerKilogram = 100_000_000 }
        if random.below(4) == 0 { energy.joulesPerLeg = 1 }
        energy.stations = Array(problem.stations.indices)
        problem.vehicles[0].energy = energy
    }

    private mutating func addDocks(_ random: inout SplitMix64) {
        for d in 0..<2 {
            var dock = Dock(name: "d\(d)", places: 1 + random.below(2))
            for _ in 0..<random.below(5) { dock.booked.append(Self.window(&random, 5)) }
            problem.docks.append(dock)
        }
    }

    static func window(_ random: inout SplitMix64, _ width: Int) -> TimeWindow {
        let opens = Int64(random.below(20))
        return TimeWindow(opens, opens + Int64(random.below(width)))
    }

    private mutating func visit(_ random: inout SplitMix64, _ features: Set<Feature>) -> Visit {
        var visit = Visit(
            location: random.below(5), windows: [Self.window(&random, width)],
            serviceMilliseconds: Int64(random.below(4)))
        if features.contains(.windows) {
            visit.windows = []
            var time = Int64(random.below(8))
            for _ in 0...random.below(4) {
                let closes = time + Int64(random.below(width > 3 ? 4 : 2))
                visit.windows.append(TimeWindow(time, closes))
                time = closes + 1 + Int64(random.below(6))
            }
        }
        if !problem.docks.isEmpty, random.below(3) > 0 { visit.dock = random.below(problem.docks.count) }
        return visit
    }

    private mutating func addShipment(_ random: inout SplitMix64, _ features: Set<Feature>, _ s: Int) {
        var shipment = Dispatching.Shipment(name: "s\(s)", load: Load(Int32(1 + random.below(4)), 3, 0, 0))
        let shape = random.below(5)
        if shape != 0 { shipment.pickup = visit(&random, features) }
        if shape != 1 { shipment.delivery = visit(&random, features) }
        shipment.skills = UInt64(random.below(6) == 0 ? 1 : 0)
        if features.contains(.classes) {
            shipment.cargoClass = UInt8(random.below(3))
            if random.below(3) == 0 { shipment.apartFromClasses = 1 << UInt64(random.below(3)) }
        }
        if features.contains(.temperature), random.below(3) > 0 {
            let low = Int16(random.below(80)) - 60
            shipment.temperature = low...low + Int16(random.below(50))
        }
        if features.contains(.onBoard), random.below(3) > 0 {
            shipment.longestOnBoardMilliseconds = Int64(random.below(10))
        }
        if features.contains(.lateness) {
            shipment.promisedMilliseconds = Int64(random.below(20))
            shipment.latenessCost = Int64(random.below(4))
        }
        if random.below(40) == 0 { shipment.refusedVehicles = [0] }
        problem.shipments.append(shipment)
    }

    private mutating func addHandovers(_ random: inout SplitMix64) {
        for s in problem.shipments.indices where s > 0 && random.below(2) == 0 {
            problem.shipments[s].after = random.below(s)
            problem.shipments[s].handoverMilliseconds = Int64(random.below(3))
        }
    }

    private mutating func addBounds(_ random: inout SplitMix64) {
        for s in problem.shipments.indices {
            if random.below(3) == 0 { bounds.release[s] = Int64(random.below(12)) }
            if random.below(3) == 0 { bounds.deadline[s] = 10 + Int64(random.below(16)) }
        }
        for d in problem.docks.indices {
            bounds.taken[d] = (0..<random.below(3)).map { _ in Self.window(&random, 5) }
        }
    }

    private func sequence(_ random: inout SplitMix64) -> [Int32] {
        var stops: [Int32] = []
        for (s, shipment) in problem.shipments.enumerated() {
            let up = random.below(stops.count + 1)
            if shipment.pickup != nil { stops.insert(Int32(2 * s), at: up) }
            if shipment.delivery != nil {
                let from = shipment.pickup == nil ? 0 : up + 1
                stops.insert(Int32(2 * s + 1), at: from + random.below(stops.count - from + 1))
            }
        }
        return stops
    }
}
