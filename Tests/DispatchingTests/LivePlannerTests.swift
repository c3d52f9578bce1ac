import DispatchingSamples
import Testing
import World

@testable import Dispatching

@Suite struct LivePlannerTests {
    static func problem(_ random: inout SplitMix64, vehicles: Int) -> DispatchProblem {
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        for _ in 0..<60 {
            problem.locations.append(
                Location(x: Double(random.below(1_000_000)), y: Double(random.below(1_000_000))))
        }
        for v in 0..<vehicles {
            var vehicle = DispatchVehicle(
                name: "v\(v)", start: random.below(60), end: v % 3 == 0 ? nil : random.below(60),
                capacity: Load(Int32(5 + random.below(10)), 0, 0, 0))
            vehicle.skills = UInt64(1 + random.below(3))
            vehicle.distanceCost = Int64(1 + random.below(2))
            vehicle.fixedCost = Int64(random.below(100_000))
            problem.vehicles.append(vehicle)
        }
        return problem
    }

    static func order(_ random: inout SplitMix64, _ i: Int, at now: Int64) -> Dispatching.Shipment {
        let opens = now + Int64(random.below(1_500_000))
        var order = Dispatching.Shipment(
            name: "o\(i)",
            pickup: Visit(
                location: random.below(60), windows: [TimeWindow(opens, opens + 1_500_000)],
                serviceMilliseconds: 1000),
            delivery: Visit(
                location: random.below(60), windows: [TimeWindow(opens, opens + 4_000_000)],
                serviceMilliseconds: 1000),
            load: Load(Int32(1 + random.below(5)), 0, 0, 0))
        order.skills = UInt64(random.below(4) == 0 ? 1 : 0)
        return order
    }

    /// By road the straight line says nothing of the way, and where ways cost nothing it says nothing of the cost.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func quotesAreExactByRoadAndForNothing(seed: UInt64) throws
    {
        var random = SplitMix64(seed: seed)
        var problem = Self.problem(&random, vehicles: 12)
        let places = problem.locations
        var far: [Int64] = []
        for a in places {
            // Roads far shorter than straight lines, as those of another place.
            for b in places { far.append(Int64((a.x - b.x).magnitude + (a.y - b.y).magnitude) / 8) }
        }
        problem.modes.append(
            TravelMode(.road(RoadTable(nodes: 60, millimeters: far, milliseconds: far.map { 4 * $0 }))))
        for place in places.indices {
            problem.locations[place].roads = [RoadAccess(node: place, millimeters: 2, milliseconds: 2)]
        }
        for v in problem.vehicles.indices {
            problem.vehicles[v].mode = v % 2
            if v % 4 > 1 { problem.vehicles[v].distanceCost = 0 }
        }
        try problem.validate()
        let planner = LivePlanner(problem)
        var now: Int64 = 0
        for i in 0..<80 {
            now += Int64(random.below(60_000))
            let order = Self.order(&random, i, at: now)
            let (fast, slow) = (
                try planner.quote(order, at: now), try planner.quoteByFullScan(order, at: now)
            )
            #expect(fast == slow, "seed \(seed), order \(i)")
            _ = try planner.submit(order, at: now)
            planner.improve(steps: 5)
        }
    }

    /// What a living plan would not keep is refused, not forgotten.
    @Test func whatIsNotKeptIsRefused() throws {
        var random = SplitMix64(seed: 1)
        var problem = Self.problem(&random, vehicles: 2)
        problem.docks = [Dock(name: "d", places: 1)]
        let planner = LivePlanner(problem)
        let changes: [(inout Dispatching.Shipment) -> Void] = [
            { $0.pickup?.windows = [TimeWindow(0, 1), TimeWindow(5, 9_000_000)] }, { $0.pickup?.dock = 0 },
            { $0.apartFromClasses = 2 }, { $0.longestOnBoardMilliseconds = 5 },
        ]
        for change in changes {
            var order = Self.order(&random, 0, at: 0)
            change(&order)
            #expect(throws: ProblemFault.self) { try planner.submit(order, at: 0) }
        }
        var vehicle = problem.vehicles[0]
        vehicle.lastInFirstOut = true
        #expect(throws: ProblemFault.self) { try planner.add(vehicle, at: 0) }
        #expect(planner.statistics.submitted == 0)
    }

    /// A day of orders: what is quoted is what a look at every vehicle says, what is done passes the checker, and what is
    /// committed is done next.
    @Test(arguments: [0, 20], 1...6 as ClosedRange<UInt64>) func aDayIsFeasible(steps: Int, seed: UInt64)
        throws
    {
        var random = SplitMix64(seed: seed)
        var problem = Self.problem(&random, vehicles: 12)
        var settings = LiveSettings()
        settings.seed = seed
        settings.changeCost = 20_000
        let planner = LivePlanner(problem, settings: settings)
        var done = problem.vehicles.indices.map { DispatchPlan.Route(vehicle: $0, stops: []) }
        var original: [Int: Int] = [:]
        var committed: [Int: Int32] = [:]
        planner.onDone = { isPickup, s, v, _ in
            #expect(committed[v] == nil || committed[v] == Int32(isPickup ? 2 * s : 2 * s + 1))
            committed[v] = nil
            done[v].stops.append(.init(isPickup ? .pickup : .delivery, original[s] ?? -1))
        }
        var promised: [Int: Int] = [:]
        var now: Int64 = 0
        for i in 0..<150 {
            now += Int64(random.below(60_000))
            let order = Self.order(&random, i, at: now)
            #expect(try planner.quote(order, at: now) == planner.quoteByFullScan(order, at: now))
            problem.shipments.append(order)
            original[try planner.submit(order, at: now).id] = i
            planner.improve(steps: steps)
            #expect(
                promised.allSatisfy { planner.states[$0.key] != .waiting || original[$0.key] != $0.value })
            promised = original.filter { planner.states[$0.key] == .planned }
            for v in problem.vehicles.indices {
                let route = planner.set.routes[planner.slotOf[v]]
                guard route.frozen == 1 else { continue }
                if let before = committed[v] { #expect(before == route.ids[1]) }
                committed[v] = route.ids[1]
            }
        }
        planner.advance(to: now + 100_000_000)
        #expect(planner.statistics.delivered > 75)
        let served = Set(done.flatMap { $0.stops.filter { $0.action == .delivery }.map(\.index) })
        #expect(served.count == planner.statistics.delivered)
        for s in problem.shipments.indices { problem.shipments[s].refusalCost = 1 }
        done.removeAll { $0.stops.isEmpty }
        let plan = DispatchPlan(
            routes: done, unserved: problem.shipments.indices.filter { !served.contains($0) })
        let verdict = try PlanChecker(problem).check(plan)
        #expect(verdict.violations.isEmpty, "\(verdict.violations.prefix(3))")
    }

    @Test func cancellingGivesBackWhatItCost() throws {
        var random = SplitMix64(seed: 9)
        let planner = LivePlanner(Self.problem(&random, vehicles: 5))
        for i in 0..<20 { _ = try planner.submit(Self.order(&random, i, at: 0), at: 0) }
        let before = planner.set.cost
        let (id, place) = try planner.submit(Self.order(&random, 20, at: 0), at: 0)
        if let place { #expect(planner.set.cost == before + place.cost) }
        #expect(try planner.cancel(id, at: 0))
        #expect(planner.set.cost == before)
        #expect(try !planner.cancel(id, at: 0))
    }
}
