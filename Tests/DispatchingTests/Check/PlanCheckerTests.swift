import DispatchingSamples
import Testing

import struct World.SplitMix64

@testable import Dispatching

/// Each kind of violation has a plan that shows it, beside the nearly same plan that does not.
@Suite struct PlanCheckerTests {
    /// Two shipments on a line, 1 mm a ms: depot 0, A 1000, B 2000, C 3000, D 4000; one vehicle of room 10.
    private static func line() -> (DispatchProblem, DispatchPlan) {
        var problem = DispatchProblem()
        problem.locations = (0..<5).map { Location(x: Double($0) * 1000, y: 0) }
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        problem.vehicles = [
            DispatchVehicle(name: "V", start: 0, end: 0, capacity: Load(10, 10, 10, 10)),
            DispatchVehicle(name: "W", start: 0, end: nil, capacity: Load(10, 10, 10, 10)),
        ]
        func shipment(_ name: String, _ from: Int, _ to: Int) -> Shipment {
            Shipment(
                name: name, pickup: Visit(location: from, serviceMilliseconds: 10),
                delivery: Visit(location: to, serviceMilliseconds: 10), load: Load(5, 0, 0, 0),
                refusalCost: 1000)
        }
        problem.shipments = [shipment("s0", 1, 3), shipment("s1", 2, 4)]
        let plan = DispatchPlan(routes: [
            DispatchPlan.Route(
                vehicle: 0,
                stops: [.init(.pickup, 0), .init(.pickup, 1), .init(.delivery, 0), .init(.delivery, 1)])
        ])
        return (problem, plan)
    }

    /// The second shipment may change vehicles at place 3: the stops of its legs.
    private static func legs(_ problem: inout DispatchProblem) -> [DispatchPlan.Stop] {
        var (first, second) = (problem.shipments[1], problem.shipments[1])
        first.delivery?.location = 3
        second.pickup?.location = 3
        (first.legOf, second.legOf, second.after) = (1, 1, 2)
        (first.name, second.name) = ("s1 to 3", "s1 from 3")
        problem.shipments += [first, second]
        return [.init(.pickup, 2), .init(.delivery, 2), .init(.pickup, 3), .init(.delivery, 3)]
    }

    /// The line with its times stated, all the earliest.
    private static func timed() throws -> (DispatchProblem, DispatchPlan) {
        var (problem, plan) = line()
        let times = try PlanChecker(problem).check(plan).timetables[0]
        plan.routes[0].startMilliseconds = times.begin
        plan.routes[0].endMilliseconds = times.end
        for i in times.stops.indices {
            plan.routes[0].stops[i].arrivalMilliseconds = times.stops[i].arrival
            plan.routes[0].stops[i].startMilliseconds = times.stops[i].start
            plan.routes[0].stops[i].departureMilliseconds = times.stops[i].departure
        }
        problem.name = "timed"
        return (problem, plan)
    }

    typealias Change = @Sendable (inout DispatchProblem, inout DispatchPlan) -> Void

    /// `good` must pass, `bad` must show exactly `kind`, by `excess`.
    struct Case: Sendable, CustomTestStringConvertible {
        var kind: Violation.Kind
        var excess: Int64 = 0
        var isTimed = false
        var good: Change = { _, _ in }
        var bad: Change
        var testDescription: String { kind.rawValue }
    }

    static let cases: [Case] = [
        Case(kind: .unknownVehicle, bad: { _, plan in plan.routes.append(.init(vehicle: 7, stops: [])) }),
        Case(kind: .unknownShipment, bad: { _, plan in plan.routes[0].stops.append(.init(.pickup, 9)) }),
        Case(kind: .unknownStation, bad: { _, plan in plan.routes[0].stops.append(.init(.energy, 0)) }),
        Case(kind: .repeatedStop, bad: { _, plan in plan.routes[0].stops.append(.init(.delivery, 1)) }),
        Case(
            kind: .needlessStop, good: { problem, plan in unload(&problem, &plan) },
            bad: { problem, plan in
                unload(&problem, &plan)
                plan.routes[0].stops.insert(.init(.pickup, 0), at: 0)
            }),
        Case(kind: .missingStop, bad: { _, plan in plan.routes[0].stops.removeLast() }),
        Case(
            kind: .deliveryBeforePickup,
            bad: { _, plan in plan.routes[0].stops.swapAt(1, 3) }),
        Case(
            kind: .differentVehicles,
            bad: { _, plan in
                let last = plan.routes[0].stops.removeLast()
                plan.routes.append(.init(vehicle: 1, stops: [last]))
            }),
        Case(
            kind: .tooManyVehicles, excess: 1,
            good: { problem, plan in
                apart(&plan, kinds: [0, 0])
                problem.vehicles[0].count = 2
            }, bad: { _, plan in apart(&plan, kinds: [0, 0]) }),
        Case(
            kind: .refusedVehicle, good: { problem, _ in problem.shipments[0].refusedVehicles = [1] },
            bad: { problem, _ in problem.shipments[0].refusedVehicles = [1, 0] }),
        Case(
            kind: .otherVehicleBound, good: { problem, _ in problem.shipments[0].vehicle = 0 },
            bad: { problem, _ in problem.shipments[0].vehicle = 1 }),
        Case(
            kind: .missingSkills,
            good: { problem, _ in
                problem.shipments[0].skills = 0b101
                problem.vehicles[0].skills = 0b111
            },
            bad: { problem, _ in
                problem.shipments[0].skills = 0b101
                problem.vehicles[0].skills = 0b110
            }),
        Case(
            kind: .mustBeServed,
            good: { _, plan in drop(&plan) },
            bad: { problem, plan in
                drop(&plan)
                problem.shipments[1].refusalCost = .max
            }),
        Case(
            kind: .unservedNotListed, good: { _, plan in drop(&plan) },
            bad: { _, plan in
                drop(&plan)
                plan.unserved = []
            }),
        Case(kind: .servedYetListed, bad: { _, plan in plan.unserved = [0] }),
        Case(
            kind: .arrivesTooEarly, excess: 1, isTimed: true,
            bad: { _, plan in plan.routes[0].stops[1].arrivalMilliseconds -= 1 }),
        Case(
            kind: .arrivesTooEarly, excess: 3, isTimed: true,
            bad: { _, plan in plan.routes[0].endMilliseconds -= 3 }),
        Case(
            kind: .startsBeforeArrival, excess: 5, isTimed: true,
            bad: { _, plan in plan.routes[0].stops[3].arrivalMilliseconds += 5 }),
        Case(
            kind: .serviceTooShort, excess: 2, isTimed: true,
            bad: { _, plan in plan.routes[0].stops[3].departureMilliseconds -= 2 }),
        Case(
            kind: .outsideWindow, excess: 1,
            good: { problem, _ in problem.shipments[0].delivery?.windows = [.init(0, 3020)] },
            bad: { problem, _ in problem.shipments[0].delivery?.windows = [.init(0, 3019)] }),
        // The vehicle waits for the second window, and is held to the first when it says it served before.
        Case(
            kind: .outsideWindow, excess: 20, isTimed: true,
            good: { problem, _ in problem.shipments[0].delivery?.windows = [.init(5, 6), .init(3020, 4000)] },
            bad: { problem, _ in problem.shipments[0].delivery?.windows = [.init(5, 6), .init(3040, 4000)] }),
        Case(
            kind: .leavesBeforeShift, excess: 7, isTimed: true,
            bad: { problem, plan in
                problem.vehicles[0].shift.opensMilliseconds = 100
                plan.routes[0].startMilliseconds = 93
                for i in plan.routes[0].stops.indices {
                    plan.routes[0].stops[i].arrivalMilliseconds += 100
                    plan.routes[0].stops[i].startMilliseconds += 100
                    plan.routes[0].stops[i].departureMilliseconds += 100
                }
                plan.routes[0].endMilliseconds += 100
            }),
        Case(
            kind: .endsAfterShift, excess: 1,
            good: { problem, _ in problem.vehicles[0].shift.closesMilliseconds = 8040 },
            bad: { problem, _ in problem.vehicles[0].shift.closesMilliseconds = 8039 }),
        // Waiting for the window may be done at home: 8040 ms under way whatever the window.
        Case(
            kind: .tooLong, excess: 1,
            good: { problem, _ in
                problem.shipments[1].pickup?.windows = [.init(9000, 9000)]
                problem.vehicles[0].longestMilliseconds = 8040
            },
            bad: { problem, _ in
                problem.shipments[1].pickup?.windows = [.init(2010, 9000)]
                problem.vehicles[0].longestMilliseconds = 8039
            }),
        Case(
            kind: .tooLongOnBoard, excess: 1,
            good: { problem, _ in problem.shipments[0].longestOnBoardMilliseconds = 2010 },
            bad: { problem, _ in problem.shipments[0].longestOnBoardMilliseconds = 2009 }),
        Case(
            kind: .beforeHandover, excess: 0,
            good: { problem, plan in
                apart(&plan, kinds: [0, 1])
                problem.shipments[1].after = 0
                problem.shipments[1].handoverMilliseconds = 50
            },
            bad: { problem, plan in
                drop(&plan, 0)
                problem.shipments[1].after = 0
            }),
        Case(
            kind: .dockTaken, excess: 1,
            good: { problem, plan in
                atOneDock(&problem, &plan)
                problem.docks[0].places = 2
            }, bad: { problem, plan in atOneDock(&problem, &plan) }),
        Case(
            kind: .dockTaken, excess: 1,
            good: { problem, _ in
                problem.docks = [Dock(name: "d", places: 1, booked: [.init(0, 1000), .init(1010, 2000)])]
                problem.shipments[0].pickup?.dock = 0
            },
            bad: { problem, _ in
                problem.docks = [Dock(name: "d", places: 1, booked: [.init(0, 1001)])]
                problem.shipments[0].pickup?.dock = 0
            }),
        Case(
            kind: .tooFar, excess: 1, good: { problem, _ in problem.vehicles[0].longestMillimeters = 8000 },
            bad: { problem, _ in problem.vehicles[0].longestMillimeters = 7999 }),
        Case(
            kind: .classesTogether,
            good: { problem, plan in
                problem.shipments[0].cargoClass = 63
                problem.shipments[1].apartFromClasses = 1 << 63
                plan.routes[0].stops.swapAt(1, 2)
            },
            bad: { problem, _ in
                problem.shipments[0].cargoClass = 63
                problem.shipments[1].apartFromClasses = 1 << 63
            }),
        Case(
            kind: .temperaturesApart, excess: 1,
            good: { problem, _ in chill(&problem, 20...80, 80...90) },
            bad: { problem, _ in chill(&problem, 20...79, 80...90) }),
        Case(
            kind: .temperaturesApart, excess: 11,
            good: { problem, _ in chill(&problem, -50...0, nil) },
            bad: { problem, _ in chill(&problem, -50...(-11), nil) }),
        Case(
            kind: .notLastInFirstOut,
            good: { problem, plan in
                problem.vehicles[0].lastInFirstOut = true
                plan.routes[0].stops.swapAt(2, 3)
            },
            bad: { problem, _ in problem.vehicles[0].lastInFirstOut = true }),
        Case(
            kind: .unusableStation, good: { problem, plan in charge(&problem, &plan) },
            bad: { problem, plan in
                charge(&problem, &plan)
                problem.vehicles[0].energy?.stations = []
                problem.vehicles[0].energy?.initialJoules = 8100
            }),
        Case(
            kind: .legMissing,
            good: { problem, plan in
                plan.routes[0].stops = [.init(.pickup, 0), .init(.delivery, 0)] + legs(&problem)
            },
            bad: { problem, plan in
                plan.routes[0].stops = [.init(.pickup, 0), .init(.delivery, 0)] + legs(&problem).prefix(2)
            }),
        Case(
            kind: .servedTwice, good: { problem, _ in _ = legs(&problem) },
            bad: { problem, plan in plan.routes[0].stops += legs(&problem) }),
        Case(
            kind: .noWay,
            good: { problem, _ in roads(&problem) },
            bad: { problem, _ in
                roads(&problem)
                problem.locations[3].roads = []
                problem.locations[4].roads = problem.locations[0].roads
                problem.shipments[1].delivery?.location = 0
            }),
    ]

    @Test(arguments: cases) func foundAndOnlyThen(_ sample: Case) throws {
        var (problem, plan) = sample.isTimed ? try Self.timed() : Self.line()
        #expect(try PlanChecker(problem).check(plan).violations == [])
        sample.good(&problem, &plan)
        #expect(try PlanChecker(problem).check(plan).violations == [])
        (problem, plan) = sample.isTimed ? try Self.timed() : Self.line()
        sample.bad(&problem, &plan)
        let found = try PlanChecker(problem).check(plan).violations
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.kind == sample.kind }, "\(found)")
        #expect(found.map(\.excess).max() == sample.excess, "\(found)")
    }

    @Test func everyKindHasACase() {
        let shown = Set(Self.cases.map(\.kind)).union([.overCapacity, .outOfEnergy])
        #expect(Violation.Kind.allCases.filter { !shown.contains($0) } == [])
    }

    @Test(arguments: 0..<4) func capacityInEveryDimension(_ dimension: Int) throws {
        var (problem, plan) = Self.line()
        for s in 0..<2 { problem.shipments[s].load[dimension] = 5 }
        #expect(try PlanChecker(problem).check(plan).isFeasible)
        problem.shipments[1].load[dimension] = 6
        #expect(
            try PlanChecker(problem).check(plan).violations == [
                Violation(kind: .overCapacity, route: 0, stop: 1, shipment: 1, other: dimension, excess: 1)
            ])
        // One after the other there is room.
        plan.routes[0].stops.swapAt(1, 2)
        #expect(try PlanChecker(problem).check(plan).isFeasible)
    }

    /// 1 J a metre empty and 1 J a metre and kilogram: 8 m, of which the load of 0.005 kg goes 2 + 2 m.
    @Test func energyCountsTheLoadAndTheReserve() throws {
        var (problem, plan) = Self.line()
        var energy = EnergyModel(capacityJoules: 100, reserveJoules: 10, joulesPerKilometer: 1000)
        energy.joulesPerKilometerKilogram = 1_000_000
        energy.joulesPerLeg = 3
        // Legs of 1, 1, 1, 1 and 4 m with 0, 5, 10, 5 and 0 g: 1 + 6 + 11 + 6 + 4 J, and five hops.
        energy.initialJoules = 28 + 15 + 10
        problem.vehicles[0].energy = energy
        #expect(try PlanChecker(problem).check(plan).violations == [])
        problem.vehicles[0].energy?.initialJoules -= 1
        #expect(
            try PlanChecker(problem).check(plan).violations == [
                Violation(kind: .outOfEnergy, route: 0, excess: 1)
            ])
        // A swap under way fills it up to the capacity.
        problem.stations = [EnergyStation(name: "e", location: 3, swapMilliseconds: 40)]
        problem.vehicles[0].energy?.stations = [0]
        plan.routes[0].stops.insert(.init(.energy, 0), at: 3)
        let verdict = try PlanChecker(problem).check(plan)
        #expect(verdict.violations == [])
        #expect(verdict.timetables[0].end == 8000 + 40 + 40)
    }

    /// 1000 W up to half of 100 kJ, 100 W above: 40 s for the first 40 kJ, 500 s for the last 50 kJ.
    @Test func chargingIsSlowAboveTheKnee() throws {
        var (problem, plan) = Self.line()
        var station = EnergyStation(name: "e", location: 0)
        (station.watts, station.kneeShare, station.slowWatts) = (1000, 128, 100)
        problem.stations = [station]
        var energy = EnergyModel(capacityJoules: 100_000, reserveJoules: 0, joulesPerKilometer: 0)
        (energy.initialJoules, energy.stations) = (10_000, [0])
        problem.vehicles[0].energy = energy
        plan.routes[0].stops.insert(.init(.energy, 0), at: 0)
        #expect(try PlanChecker(problem).check(plan).timetables[0].stops[0].departure == 540_000)
    }

    @Test func onBoardLimitDelaysThePickup() throws {
        var (problem, plan) = Self.line()
        problem.shipments[0].delivery?.windows = [.init(9000, 9000)]
        problem.shipments[0].longestOnBoardMilliseconds = 2010
        let verdict = try PlanChecker(problem).check(plan)
        #expect(verdict.violations == [])
        #expect(verdict.timetables[0].stops[0].start == 6980)
        // A window of the pickup that closes before makes it impossible.
        problem.shipments[0].pickup?.windows = [.init(0, 6979)]
        let found = try PlanChecker(problem).check(plan).violations
        #expect(found.map(\.kind) == [.outsideWindow])
        #expect(found.map(\.excess) == [1])
    }

    @Test func waitingInACircleIsTold() throws {
        var (problem, plan) = Self.line()
        Self.apart(&plan, kinds: [0, 1])
        problem.shipments[0].after = 1
        problem.shipments[1].after = 0
        #expect(try PlanChecker(problem).check(plan).violations.contains { $0.kind == .beforeHandover })
    }

    @Test func totalsAreReckonedAnew() throws {
        var (problem, plan) = Self.line()
        problem.vehicles[0].fixedCost = 100
        problem.vehicles[0].timeCost = 3
        problem.shipments[0].promisedMilliseconds = 3000
        problem.shipments[0].latenessCost = 7
        plan.routes[0].cost = 1
        plan.routes[0].millimeters = 1
        let totals = try PlanChecker(problem).check(plan).totals
        #expect(totals.millimeters == 8000)
        #expect(totals.cost == 100 + 8000 + 3 * 8040 + 7 * 20)
        #expect((totals.lateShipments, totals.lateMilliseconds) == (1, 20))
        #expect((totals.plainMillimeters, totals.plainCost) == (8000, Double(totals.cost)))
        Self.drop(&plan)
        let less = try PlanChecker(problem).check(plan).totals
        #expect((less.unserved, less.refusalCost, less.millimeters) == (1, 1000, 6000))
    }

    @Test func wrongProblemsAreRefused() {
        var (problem, _) = Self.line()
        problem.shipments[1].delivery?.location = 5
        #expect(
            throws: ProblemFault(
                field: "shipments[1].delivery.location", problem: "is 5, but there are 5, counted from 0")
        ) { try PlanChecker(problem) }
        (problem, _) = Self.line()
        problem.shipments[0].pickup?.windows = [.init(5, 4)]
        #expect(throws: ProblemFault.self) { try PlanChecker(problem) }
        (problem, _) = Self.line()
        problem.locations[0].x = .nan
        #expect(throws: ProblemFault.self) { try PlanChecker(problem) }
    }

    /// Whatever a plan says, it is told and not trapped on.
    @Test func anyPlanIsJudged() throws {
        var random = SplitMix64(seed: 7)
        let extremes: [Int64] = [.min, .max, -1, 0, 1, 1 << 42, 5000]
        for _ in 0..<2000 {
            let (problem, _) = Self.line()
            var plan = DispatchPlan()
            for _ in 0..<random.below(4) {
                var route = DispatchPlan.Route(vehicle: random.below(4) - 1, stops: [])
                for _ in 0..<random.below(7) {
                    let action: DispatchPlan.Stop.Action = [.pickup, .delivery, .energy][random.below(3)]
                    route.stops.append(
                        .init(
                            action, random.below(5) - 1, arrivalMilliseconds: extremes[random.below(7)],
                            startMilliseconds: extremes[random.below(7)],
                            departureMilliseconds: extremes[random.below(7)]))
                }
                route.startMilliseconds = extremes[random.below(7)]
                route.endMilliseconds = extremes[random.below(7)]
                plan.routes.append(route)
            }
            plan.unserved = [random.below(5) - 1]
            let verdict = try PlanChecker(problem).check(plan)
            for violation in verdict.violations { #expect(violation.excess >= 0, "\(violation)") }
        }
    }
}
