import DispatchingSamples
import Testing
import World

@testable import Dispatching

/// What one route comes to, against the checker and against trying every schedule.
@Suite struct ScheduleTests {
    #if DEBUG
        static let cases = 250
    #else
        static let cases = 20_000
    #endif

    struct Tally {
        var fits = 0
        var fails = 0
        /// Of those: a schedule exists.
        var missed = 0
        /// Of `fits`: a cheaper schedule exists.
        var dearer = 0
        var unsound: [String] = []
    }

    typealias Feature = RandomRoute.Feature
    static let plain = Feature.allCases.filter { $0 != .swap && $0 != .charge }

    @Test(arguments: plain) func everyFeatureAloneIsExact(feature: Feature) throws {
        let tally = try run(seed: 1, stations: 0) { _ in [feature] }
        #expect(tally.unsound.isEmpty, "\(tally.unsound.prefix(3))")
        #expect(tally.missed == 0 && tally.dearer == 0, "\(tally)")
        #expect(tally.fits > tally.fails / 20 && tally.fails > 0, "\(tally)")
    }

    @Test func allFeaturesTogetherAreExact() throws {
        let tally = try run(seed: 2, stations: 0, times: 4) { random in
            Set(Self.plain.filter { _ in random.below(3) == 0 })
        }
        #expect(tally.unsound.isEmpty, "\(tally.unsound.prefix(3))")
        #expect(tally.missed == 0 && tally.dearer == 0, "\(tally)")
        print("all features:", tally.fits, tally.fails)
    }

    @Test func swapsAreExactWithoutLimitsOnTimes() throws {
        let tally = try run(seed: 3, stations: 2) { random in
            Set([Feature.windows, .lateness, .docks, .bounds].filter { _ in random.below(3) == 0 } + [.swap])
        }
        #expect(tally.unsound.isEmpty, "\(tally.unsound.prefix(3))")
        #expect(tally.missed == 0 && tally.dearer == 0, "\(tally)")
        print("swaps:", tally)
    }

    @Test(arguments: [[Feature.charge], [.charge, .swap]]) func energyIsSound(energy: [Feature]) throws {
        let tally = try run(seed: 4, stations: 2) { random in
            Set(Self.plain.filter { _ in random.below(4) == 0 } + energy)
        }
        #expect(tally.unsound.isEmpty, "\(tally.unsound.prefix(3))")
        #expect(tally.missed * 100 < tally.fits + tally.fails, "\(tally)")
        print("energy:", energy, tally)
    }

    private func run(
        seed: UInt64, stations: Int, times: Int = 1, _ features: (inout SplitMix64) -> Set<Feature>
    ) throws -> Tally {
        var tally = Tally()
        for i in 0..<Self.cases * times / (stations > 0 ? 4 : 1) {
            var random = SplitMix64(seed: seed << 32 + UInt64(i))
            let chosen = features(&random)
            let route = RandomRoute(&random, chosen, shipments: 1 + random.below(stations > 0 ? 2 : 3))
            let schedule = Schedule(table: StopTable(route.problem))
            let outcome = schedule.evaluate(0, route.stops, route.bounds)
            if let fault = try unsound(route, outcome) { tally.unsound.append("case \(i): \(fault)") }
            var all = TryAllTimes(route)
            switch outcome {
            case .fails(let violation):
                tally.fails += 1
                if Self.ofFreight.contains(violation.kind) { continue }
                all.run(route.stops, stations: stations)
                if all.least != nil { tally.missed += 1 }
                if all.least != nil, tally.missed < 3 { print("missed", i, chosen, violation) }
            case .fits(let found):
                tally.fits += 1
                all.run(route.stops, stations: stations)
                // Trying ends with so many stations.
                if found.stops.count > route.stops.count + stations { continue }
                if all.least == nil { tally.unsound.append("case \(i): nothing by trying") }
                if let least = all.least, found.cost != least {
                    tally.dearer += 1
                    if tally.dearer < 3 { print("dearer", i, chosen, found.cost, least) }
                    if found.cost < least { tally.unsound.append("case \(i): \(found.cost) < \(least)") }
                }
            }
        }
        return tally
    }

    static let ofFreight: Set<Violation.Kind> = [
        .overCapacity, .classesTogether, .temperaturesApart, .notLastInFirstOut, .missingSkills,
        .refusedVehicle, .otherVehicleBound,
    ]

    /// What the checker says against it.
    private func unsound(_ route: RandomRoute, _ outcome: Schedule.Outcome) throws -> String? {
        var problem = route.problem
        for (d, taken) in route.bounds.taken { problem.docks[d].booked += taken }
        let checker = try PlanChecker(problem)
        switch outcome {
        case .fails(let violation):
            guard Self.ofFreight.contains(violation.kind) else { return nil }
            let stops = route.stops.map {
                DispatchPlan.Stop($0 & 1 == 0 ? .pickup : .delivery, Int($0) >> 1)
            }
            let verdict = checker.check(DispatchPlan(routes: [.init(vehicle: 0, stops: stops)]))
            return verdict.violations.contains { $0.kind == violation.kind && $0.excess == violation.excess }
                ? nil : "\(violation) is not what the checker says"
        case .fits(let found):
            let verdict = checker.check(DispatchPlan(routes: [found]))
            guard verdict.isFeasible else { return "\(verdict.violations)" }
            let table = verdict.timetables[0]
            guard found.cost == table.cost, found.millimeters == table.millimeters,
                found.startMilliseconds == table.begin, found.endMilliseconds == table.end
            else { return "the checker reckons \(table) for \(found)" }
            for (s, release) in route.bounds.release where loading(s, found) < release {
                return "loads \(s) before \(release)"
            }
            for (s, deadline) in route.bounds.deadline where unloaded(s, found) > deadline {
                return "unloads \(s) after \(deadline)"
            }
            return nil
        }
    }

    private func loading(_ s: Int, _ route: DispatchPlan.Route) -> Int64 {
        route.stops.first { $0.action == .pickup && $0.index == s }?.startMilliseconds
            ?? route.startMilliseconds
    }

    private func unloaded(_ s: Int, _ route: DispatchPlan.Route) -> Int64 {
        route.stops.first { $0.action == .delivery && $0.index == s }?.departureMilliseconds
            ?? route.endMilliseconds
    }
}
