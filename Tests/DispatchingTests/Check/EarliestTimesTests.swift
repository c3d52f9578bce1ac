import DispatchingSamples
import Testing

import struct World.SplitMix64

@testable import Dispatching

/// The earliest times against every combination of small whole times.
@Suite struct EarliestTimesTests {
    /// Two shipments on one route or on two, with windows, time on board, shifts, longest times, hand-overs.
    private struct Small {
        var problem = DispatchProblem()
        var plan = DispatchPlan()
        static let horizon: Int64 = 9

        init(_ random: inout SplitMix64) {
            func some(_ bound: Int) -> Int64 { Int64(random.below(bound)) }
            func window() -> TimeWindow {
                let opens = some(7)
                return TimeWindow(opens, opens + some(4))
            }
            func visit() -> Visit {
                var windows = [window()]
                if random.below(3) == 0 {
                    let opens = windows[0].closesMilliseconds + 1 + some(2)
                    windows.append(TimeWindow(opens, opens + some(3)))
                }
                if random.below(3) == 0 { windows = [.always] }
                return Visit(location: random.below(3), windows: windows, serviceMilliseconds: some(2))
            }
            problem.locations = (0..<3).map { Location(x: Double($0), y: 0) }
            problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
            var vehicle = DispatchVehicle(
                name: "V", start: 0, end: random.below(2) == 0 ? 0 : nil,
                shift: TimeWindow(some(3), Small.horizon),
                capacity: Load(9, 0, 0, 0))
            vehicle.count = 2
            if random.below(3) == 0 { vehicle.longestMilliseconds = 2 + some(6) }
            problem.vehicles = [vehicle]
            for s in 0..<2 {
                var shipment = Shipment(name: "\(s)", pickup: visit(), delivery: visit())
                switch random.below(5) {
                case 0: shipment.pickup = nil
                case 1: shipment.delivery = nil
                default: break
                }
                if random.below(2) == 0 { shipment.longestOnBoardMilliseconds = some(5) }
                if s == 1, random.below(2) == 0 {
                    shipment.after = 0
                    shipment.handoverMilliseconds = some(2)
                }
                problem.shipments.append(shipment)
            }
            let stops = problem.shipments.enumerated().map { s, shipment in
                (shipment.pickup == nil ? [] : [DispatchPlan.Stop(.pickup, s)])
                    + (shipment.delivery == nil ? [] : [DispatchPlan.Stop(.delivery, s)])
            }
            let routes = random.below(2) == 0 ? [stops[0] + stops[1]] : stops
            plan.routes = routes.map { DispatchPlan.Route(vehicle: 0, stops: $0) }
        }
    }

    /// Whether any whole times up to the horizon satisfy the checker, each start of service tried.
    private func isPossible(_ small: Small, _ checker: PlanChecker) -> Bool {
        var plan = small.plan
        let seats = plan.routes.indices.flatMap { r in plan.routes[r].stops.indices.map { (r, $0) } }
        let travel = PlainTravel(locations: small.problem.locations)
        let mode = small.problem.modes[0]
        let vehicle = small.problem.vehicles[0]
        func visit(_ stop: DispatchPlan.Stop) -> Visit {
            let shipment = small.problem.shipments[stop.index]
            return (stop.action == .pickup ? shipment.pickup : shipment.delivery) ?? Visit(location: 0)
        }
        func tryBegin(_ r: Int) -> Bool {
            guard r < plan.routes.count else { return checker.check(plan).isFeasible }
            for begin in vehicle.shift.opensMilliseconds...Small.horizon {
                plan.routes[r].startMilliseconds = begin
                if tryStop(r, 0, begin, vehicle.start) { return true }
            }
            return false
        }
        func tryStop(_ r: Int, _ i: Int, _ time: Int64, _ here: Int) -> Bool {
            guard i < plan.routes[r].stops.count else {
                let home = vehicle.end.flatMap { travel.way(mode, here, $0)?.milliseconds } ?? 0
                plan.routes[r].endMilliseconds = time + home
                return time + home <= Small.horizon && tryBegin(r + 1)
            }
            let there = visit(plan.routes[r].stops[i])
            let arrival = time + (travel.way(mode, here, there.location)?.milliseconds ?? 0)
            guard arrival <= Small.horizon else { return false }
            for start in arrival...Small.horizon
            where there.windows.contains(where: {
                $0.opensMilliseconds <= start && start <= $0.closesMilliseconds
            }) {
                plan.routes[r].stops[i].arrivalMilliseconds = arrival
                plan.routes[r].stops[i].startMilliseconds = start
                plan.routes[r].stops[i].departureMilliseconds = start + there.serviceMilliseconds
                if tryStop(r, i + 1, start + there.serviceMilliseconds, there.location) { return true }
            }
            return false
        }
        return !seats.isEmpty && tryBegin(0)
    }

    @Test func feasibleExactlyWhenSomeTimesAre() throws {
        var random = SplitMix64(seed: 20)
        var feasible = 0
        for round in 0..<400 {
            let small = Small(&random)
            let checker = try PlanChecker(small.problem)
            let verdict = checker.check(small.plan)
            #expect(
                verdict.isFeasible == isPossible(small, checker),
                "seed 20, round \(round): \(verdict.violations) \(small.problem) \(small.plan)")
            guard verdict.isFeasible else { continue }
            feasible += 1
            // Stated, the same times pass and come to the same.
            var stated = small.plan
            for (r, table) in verdict.timetables.enumerated() {
                stated.routes[r].startMilliseconds = table.begin
                stated.routes[r].endMilliseconds = table.end
                for (i, times) in table.stops.enumerated() {
                    stated.routes[r].stops[i].arrivalMilliseconds = times.arrival
                    stated.routes[r].stops[i].startMilliseconds = times.start
                    stated.routes[r].stops[i].departureMilliseconds = times.departure
                }
            }
            #expect(checker.check(stated) == verdict)
        }
        #expect((60..<340).contains(feasible), "\(feasible)")
    }
}
