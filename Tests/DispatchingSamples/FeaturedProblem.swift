import Dispatching
import World

/// Random problems with what windows, loads and ways do not tell.
package enum Feature: Int, CaseIterable {
    case windows, segregation, temperature, onBoard, lastInFirstOut, longest, timeCost, lateness, energy,
        docks
    case handover, legs
}

extension RandomProblem {
    package static func make(_ random: inout SplitMix64, shipments: Int, features: [Feature])
        -> DispatchProblem
    {
        var problem = make(&random, shipments: shipments)
        for feature in features { add(feature, &problem, &random) }
        return problem
    }

    private static func add(_ feature: Feature, _ problem: inout DispatchProblem, _ random: inout SplitMix64)
    {
        func each(_ change: (inout Dispatching.Shipment, inout SplitMix64) -> Void) {
            for s in problem.shipments.indices where random.below(2) == 0 {
                change(&problem.shipments[s], &random)
            }
        }
        switch feature {
        case .windows:
            each { shipment, random in
                shipment.pickup?.windows = windows(&random)
                shipment.delivery?.windows = windows(&random)
            }
        case .segregation:
            each { shipment, random in
                shipment.cargoClass = UInt8(random.below(4))
                shipment.apartFromClasses = UInt64(random.below(16))
            }
        case .temperature:
            for v in problem.vehicles.indices where random.below(3) > 0 {
                problem.vehicles[v].temperature = -200...Int16(100)
            }
            each { shipment, random in
                let low = Int16(random.below(200)) - 200
                shipment.temperature = low...low + Int16(random.below(100))
            }
        case .onBoard:
            each { shipment, random in
                shipment.longestOnBoardMilliseconds = Int64(random.below(2_500_000))
            }
        case .lastInFirstOut:
            for v in problem.vehicles.indices { problem.vehicles[v].lastInFirstOut = random.below(2) == 0 }
        case .longest:
            for v in problem.vehicles.indices {
                problem.vehicles[v].longestMillimeters = Int64(2_000_000 + random.below(3_000_000))
                problem.vehicles[v].longestMilliseconds = Int64(2_000_000 + random.below(5_000_000))
            }
        case .timeCost:
            for v in problem.vehicles.indices { problem.vehicles[v].timeCost = Int64(random.below(3)) }
        case .lateness:
            each { shipment, random in
                shipment.promisedMilliseconds = Int64(random.below(4_000_000))
                shipment.latenessCost = Int64(random.below(3))
            }
        case .energy: addEnergy(&problem, &random)
        case .docks:
            for d in 0..<2 {
                var dock = Dock(name: "d\(d)", places: 1 + d)
                let from = Int64(random.below(3_000_000))
                dock.booked = [TimeWindow(from, from + Int64(random.below(500_000)))]
                problem.docks.append(dock)
            }
            each { shipment, random in
                if shipment.pickup != nil { shipment.pickup?.dock = random.below(2) }
                if shipment.delivery != nil { shipment.delivery?.dock = random.below(2) }
            }
        case .legs:
            for s in problem.shipments.indices where s % 3 == 0 { split(s, &problem, &random) }
        case .handover:
            for s in problem.shipments.indices.dropFirst() where random.below(3) == 0 {
                problem.shipments[s].after = random.below(s)
                problem.shipments[s].handoverMilliseconds = Int64(random.below(100_000))
            }
        }
    }

    /// Over a hub or two.
    private static func split(_ s: Int, _ problem: inout DispatchProblem, _ random: inout SplitMix64) {
        guard problem.shipments[s].pickup != nil, problem.shipments[s].delivery != nil,
            problem.shipments[s].after == nil, !problem.shipments.contains(where: { $0.after == s })
        else { return }
        for _ in 0...random.below(2) {
            let hub = random.below(12)
            var (first, second) = (problem.shipments[s], problem.shipments[s])
            (first.name, second.name) = (
                "\(s) to \(hub) \(problem.shipments.count)", "\(s) from \(hub) \(problem.shipments.count)"
            )
            first.delivery = Visit(location: hub, serviceMilliseconds: 1000)
            second.pickup = Visit(location: hub, serviceMilliseconds: 1000)
            (first.legOf, second.legOf) = (s, s)
            second.after = problem.shipments.count
            second.handoverMilliseconds = 5000
            problem.shipments += [first, second]
        }
    }

    private static func windows(_ random: inout SplitMix64) -> [TimeWindow] {
        var from: Int64 = 0
        return (0...random.below(3)).map { _ in
            let window = TimeWindow(
                from + Int64(random.below(1_500_000)), from + 1_500_000 + Int64(random.below(500_000)))
            from = window.closesMilliseconds + 1
            return window
        }
    }

    private static func addEnergy(_ problem: inout DispatchProblem, _ random: inout SplitMix64) {
        problem.stations.append(EnergyStation(name: "swap", location: 3, swapMilliseconds: 60_000))
        var charger = EnergyStation(name: "charger", location: 5)
        charger.watts = 20
        charger.cost = 1000
        problem.stations.append(charger)
        for v in problem.vehicles.indices {
            var energy = EnergyModel(
                capacityJoules: Int64(1500 + random.below(2500)), reserveJoules: 100, joulesPerKilometer: 1000
            )
            energy.joulesPerKilometerKilogram = 1000
            energy.joulesPerLeg = 5
            energy.stations = [0, 1]
            problem.vehicles[v].energy = energy
        }
    }
}
