import DispatchingSamples
import Foundation
import Testing

import struct World.DataError
import struct World.SplitMix64

@testable import Dispatching

@Suite struct FormatTests {
    @Test func lilimBecomesShipments() throws {
        let file = try FormatSamples.load(FormatSamples.lilim)
        #expect(file.format == .lilim)
        let problem = file.problem
        #expect(problem.locations.count == 5 && problem.shipments.count == 2)
        #expect(problem.vehicles.map(\.count) == [2] && problem.vehicles[0].capacity[0] == 20)
        #expect(problem.shipments[1].pickup?.location == 4 && problem.shipments[1].delivery?.location == 3)
        #expect(problem.shipments[1].pickup?.windows == [TimeWindow(727_000_000, 782_000_000)])
        #expect(problem.shipments[1].pickup?.serviceMilliseconds == 90_000_000)
        let plan = try file.plan(bytes: Array(#"{"routes": [[1, 2, 4, 3]]}"#.utf8), file: "p").plan
        let verdict = try PlanChecker(problem).check(plan)
        #expect(verdict.violations == [])
        // 18.681, 2, 3.606, 2 and back 16.125 units.
        let length = (349.0).squareRoot() + 2 + (13.0).squareRoot() + 2 + (260.0).squareRoot()
        #expect(abs(verdict.totals.plainMillimeters / 1e6 - length) < 1e-9)
        #expect(abs(Double(verdict.totals.millimeters) / 1e6 - length) < 5e-6)
        #expect(file.plainProblems(plan) == [])
    }

    @Test func truncatedDistancesAndLoadsAtTheDepot() throws {
        let file = try FormatSamples.load(FormatSamples.vrptw)
        let plan = try file.plan(bytes: Array(#"{"routes": [[1], [2]]}"#.utf8), file: "p").plan
        let verdict = try PlanChecker(file.problem).check(plan)
        #expect(verdict.violations == [])
        // 1.414... and 2.828... cut off after one decimal, there and back.
        #expect(verdict.totals.millimeters == 8_400_000)
        #expect(file.benchmarkValue(verdict.totals) == 8.4)
        let both = try file.plan(bytes: Array(#"{"routes": [[1, 2]]}"#.utf8), file: "p").plan
        let over = try PlanChecker(file.problem).check(both).violations
        #expect(over.map(\.kind) == [.overCapacity] && over.map(\.excess) == [1])
    }

    @Test func vehiclesOfEqualValuesAreOneKind() throws {
        let file = try FormatSamples.load(FormatSamples.fleet)
        #expect(file.problem.vehicles.map(\.count) == [2, 1])
        let text = #"{"routes": [[1, 2]], "fleet": [2], "vehicles": 1}"#
        let plan = try file.plan(bytes: Array(text.utf8), file: "p").plan
        let verdict = try PlanChecker(file.problem).check(plan)
        #expect(verdict.violations == [])
        #expect(abs(file.benchmarkValue(verdict.totals) - (150 + 8 * 4 * (2.0).squareRoot())) < 1e-9)
        // The fleet is told by the numbers of the file.
        #expect(file.planText(plan, verdict).contains("\"fleet\": [2]"))
    }

    @Test func tripsLeaveWithWhatIsReleased() throws {
        let file = try FormatSamples.load(FormatSamples.multiTrip)
        let text = #"{"routes": [[1, 2, 0, 3]]}"#
        let plan = try file.plan(bytes: Array(text.utf8), file: "p").plan
        #expect(
            plan.routes[0].stops.map(\.action) == [
                .pickup, .pickup, .delivery, .delivery, .pickup, .delivery,
            ])
        let verdict = try PlanChecker(file.problem).check(plan)
        #expect(verdict.violations == [])
        // 1.4 + 1.4 + 2.8 and twice 4.2; the second trip leaves at 20.
        #expect(verdict.totals.millimeters == 14_000_000)
        #expect(verdict.timetables[0].end == 29_400_000)
        #expect(file.planText(plan, verdict).contains("[1, 2, 0, 3]"))
        let one = try file.plan(bytes: Array(#"{"routes": [[1, 2, 3]]}"#.utf8), file: "p").plan
        #expect(try PlanChecker(file.problem).check(one).violations.map(\.kind) == [.overCapacity])
    }

    @Test func ownFormatHasEverything() throws {
        let problem = try FormatSamples.load(FormatSamples.keruen).problem
        #expect(problem.name == "Almaty")
        let (drone, truck) = (problem.vehicles[0], problem.vehicles[1])
        #expect(drone.capacity == Load(2500, 0, 0, 0) && truck.capacity == Load(1_000_000, 9000, 4, 24))
        #expect(drone.shift == TimeWindow(6 * 3_600_000, 20 * 3_600_000) && truck.shift == .always)
        #expect(drone.end == 0 && truck.end == nil && truck.lastInFirstOut)
        #expect((drone.fixedCost, drone.distanceCost, drone.timeCost) == (100_000_000, 20, 1000))
        #expect(drone.energy?.capacityJoules == 3_600_000 && drone.energy?.stations == [0])
        #expect(truck.temperature == -200...85 && truck.longestMilliseconds == 9 * 3_600_000)
        let (blood, milk) = (problem.shipments[0], problem.shipments[1])
        #expect(blood.pickup?.dock == 0 && blood.pickup?.serviceMilliseconds == 120_000)
        #expect(blood.delivery?.windows.count == 2 && blood.promisedMilliseconds == 30_600_000)
        #expect(blood.skills == drone.skills && blood.skills == 1 && blood.refusalCost == .max)
        #expect(blood.cargoClass == 1 && blood.apartFromClasses == 1 << 2 && blood.latenessCost == 10_000)
        #expect(milk.pickup == nil && milk.after == 0 && milk.vehicle == 1 && milk.refusedVehicles == [0])
        #expect(milk.refusalCost == 5_000_000_000 && blood.company == 1 && milk.company == 0)
        #expect(problem.docks[0].booked == [TimeWindow(25_200_000, 27_000_000)])
        // 10 km/h from the west and 5 from the north, whatever the frame.
        let wind = problem.modes[0].wind
        #expect(abs((wind * wind).sum().squareRoot() - (125.0).squareRoot() * 1e6 / 3600) < 1e-6)
        // The drone's way on the ground is the great circle: 8.471 km.
        let way = try #require(PlainTravel(locations: problem.locations).way(problem.modes[0], 0, 1))
        #expect((8_400_000...8_600_000).contains(way.millimeters))
        #expect(PlainTravel(locations: problem.locations).way(problem.modes[1], 2, 0) == nil)
    }

    /// The example of the guide is a problem.
    @Test func theGuideTellsTheTruth() throws {
        let guide = try String(
            contentsOf: FormatSamples.root.appendingPathComponent("Docs/Dispatch.md"), encoding: .utf8)
        let example = try #require(guide.components(separatedBy: "```json\n").dropFirst().first)
        let problem = try FormatSamples.load(example.components(separatedBy: "```")[0]).problem
        #expect(problem.shipments.count == 1 && problem.vehicles.map(\.count) == [2])
        var known = KeruenReader.members
        for samples in [FormatSamples.keruen, example] {
            known += samples.matches(of: /"([a-z_]+)":/).map { String($0.1) }
        }
        for member in Set(known) { #expect(guide.contains(member), "\(member)") }
    }

    @Test(arguments: 0..<5) func plansComeBackAsTheyWere(_ sample: Int) throws {
        let file = try FormatSamples.load(FormatSamples.all[sample])
        var plan = DispatchPlan()
        for (s, shipment) in file.problem.shipments.enumerated() {
            var route = DispatchPlan.Route(vehicle: min(s, file.problem.vehicles.count - 1), stops: [])
            if shipment.pickup != nil { route.stops.append(.init(.pickup, s)) }
            if shipment.delivery != nil { route.stops.append(.init(.delivery, s)) }
            plan.routes.append(route)
        }
        plan.unserved = [plan.routes.count - 1]
        plan.routes.removeLast()
        let checker = try PlanChecker(file.problem)
        let verdict = checker.check(plan)
        let written = file.planText(plan, verdict)
        let read = try file.plan(bytes: Array(written.utf8), file: "p")
        #expect(read.statedVehicles == verdict.totals.vehicles)
        #expect(checker.check(read.plan).totals == verdict.totals)
        if file.format != .keruen {
            #expect(read.plan == plan)
        } else {
            // With times now, the very ones of the checker.
            #expect(checker.check(read.plan).timetables == verdict.timetables)
        }
        #expect(file.planText(read.plan, checker.check(read.plan)) == written)
    }

    /// The routes behind three best known values come to these values, by the checker.
    @Test(arguments: [("C1_10_9", 40288.4), ("X228-FSMFD", 4_236_158.5), ("RC206R0.5", 1746.9)])
    func publishedRoutesComeToPublishedValues(_ name: String, _ value: Double) throws {
        let url = try #require(
            try FormatSamples.benchmarks.first { $0.deletingPathExtension().lastPathComponent == name })
        let file = try DispatchFile(bytes: Array(Data(contentsOf: url)), file: url.lastPathComponent)
        let routes = url.deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("published/\(name).json")
        let plan = try file.plan(bytes: Array(Data(contentsOf: routes)), file: "published").plan
        let verdict = try PlanChecker(file.problem).check(plan)
        #expect(verdict.violations == [])
        #expect(abs(file.benchmarkValue(verdict.totals) - value) < 0.05)
    }

    @Test func everyBenchmarkIsRead() throws {
        let files = try FormatSamples.benchmarks
        #expect(files.count == 21)
        for url in files {
            let file = try DispatchFile(bytes: Array(Data(contentsOf: url)), file: url.lastPathComponent)
            #expect(file.problem.shipments.count >= 52)
            #expect(file.problem.name == url.deletingPathExtension().lastPathComponent)
        }
    }

    /// The plain rules and the checker of plans agree, whatever the plan.
    @Test func twoOpinionsOnLiLim() throws {
        let file = try FormatSamples.load(FormatSamples.lilim)
        guard case .lilim(let instance) = file.source else { return }
        let checker = try PlanChecker(file.problem)
        var random = SplitMix64(seed: 11)
        var feasible = 0
        for _ in 0..<3000 {
            // Good orders, and some exchanged or short of a task.
            var ids = [[1, 2, 4, 3], [4, 3, 1, 2], [1, 4, 2, 3]][random.below(3)]
            if random.below(3) == 0 { ids.swapAt(random.below(4), random.below(4)) }
            if random.below(8) == 0 { ids.remove(at: random.below(4)) }
            let cut = random.below(ids.count + 1)
            let routes = [Array(ids[..<cut]), Array(ids[cut...])]
            let text = "{\"routes\": \(routes)}"
            let plan = try file.plan(bytes: Array(text.utf8), file: "p").plan
            let verdict = checker.check(plan)
            let plain = LiLimCheck(instance, routes: routes)
            #expect(verdict.isFeasible == plain.problems.isEmpty, "\(routes) \(verdict.violations) \(plain)")
            #expect(abs(verdict.totals.plainMillimeters / 1e6 - plain.distance) < 1e-9)
            feasible += verdict.isFeasible ? 1 : 0
        }
        #expect((300..<2700).contains(feasible))
    }
}
