import Dispatching
import World

extension SplitMix64 {
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

/// Small problems of what the search knows: pairs, deliveries and pickups, windows, loads, kinds of vehicles.
package enum RandomProblem {
    package static func make(_ random: inout SplitMix64, shipments: Int, kinds: Int = 2) -> DispatchProblem {
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        for _ in 0..<12 {
            problem.locations.append(
                Location(x: Double(random.below(1000)) * 1000, y: Double(random.below(1000)) * 1000))
        }
        for k in 0..<kinds {
            var vehicle = DispatchVehicle(
                name: "k\(k)", start: 0, end: k == 1 ? nil : 0, shift: TimeWindow(0, 9_000_000),
                capacity: Load(Int32(8 + 4 * k), 20, 0, 0))
            vehicle.count = 3
            vehicle.fixedCost = Int64(random.below(300_000))
            vehicle.distanceCost = Int64(1 + random.below(3))
            vehicle.skills = UInt64(k + 1)
            problem.vehicles.append(vehicle)
        }
        for s in 0..<shipments {
            var shipment = Dispatching.Shipment(
                name: "s\(s)", load: Load(Int32(1 + random.below(6)), 3, 0, 0))
            let shape = random.below(4)
            if shape != 0 { shipment.pickup = visit(&random) }
            if shape != 1 { shipment.delivery = visit(&random) }
            shipment.skills = UInt64(random.below(5) == 0 ? 1 : 0)
            if random.below(4) == 0 { shipment.refusalCost = Int64(random.below(3_000_000)) }
            problem.shipments.append(shipment)
        }
        return problem
    }

    package static func visit(_ random: inout SplitMix64) -> Visit {
        let opens = Int64(random.below(3_000_000))
        return Visit(
            location: random.below(12), windows: [TimeWindow(opens, opens + Int64(random.below(4_000_000)))],
            serviceMilliseconds: Int64(random.below(50_000)))
    }
}
