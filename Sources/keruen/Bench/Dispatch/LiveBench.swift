import CLinux
import Dispatching
import World

/// One new order into 10,000 living plans: exact cheapest insertion beside a look at every vehicle.
func liveRows() throws -> [BenchRow] {
    var random = SplitMix64(seed: 1)
    let planner = LivePlanner(LiveCity.problem(vehicles: 10_000, &random))
    var clock: Int64 = 0
    // Plans of about eight stops each.
    for _ in 0..<40_000 { _ = try planner.submit(LiveCity.order(&random, at: clock), at: clock) }
    var (mine, scan): ([Double], [Double]) = ([], [])
    var (looked, differ, refused) = (0, 0, 0)
    for i in 0..<20_000 {
        clock += 20
        let order = LiveCity.order(&random, at: clock)
        if i % 97 == 0 {
            let begin = keruen_thread_cpu_ns()
            let all = try planner.quoteByFullScan(order, at: clock)
            scan.append(Double(keruen_thread_cpu_ns() - begin) / 1000)
            if try planner.quote(order, at: clock) != all { differ += 1 }
        }
        let before = planner.statistics.evaluations
        let begin = keruen_thread_cpu_ns()
        let place = try planner.submit(order, at: clock).plan
        mine.append(Double(keruen_thread_cpu_ns() - begin) / 1000)
        looked += planner.statistics.evaluations - before
        if place == nil { refused += 1 }
    }
    mine.sort()
    let mean = mine.reduce(0, +) / Double(mine.count)
    let scanMean = scan.reduce(0, +) / Double(scan.count)
    let told =
        "\(looked / mine.count) of 10,000 vehicles looked at, p50 "
        + "\(BenchRow.figure(mine[mine.count / 2])) us, \(refused) orders nobody could take; full scan "
        + "\(BenchRow.figure(scanMean)) us"
    return [
        .atMost(
            mine[mine.count * 99 / 100], must: 1000, goal: 100, unit: " us",
            "one order into 10,000 living plans, dense city, p99", reference: told),
        .atMost(
            mean / scanMean, must: 0.25, goal: 0.025, unit: "x", "the same, mean, of a full scan",
            reference: told),
        .atMost(
            Double(differ), must: 0, goal: 0, unit: "", "answers that differ from a full scan's",
            reference: "\(scan.count) orders asked both ways"),
        .atLeast(
            1e6 / mean, must: 2000, goal: 10_000,
            "orders a second with 10,000 vehicles, planned and promised",
            reference: "one core, vehicles moving meanwhile; plans checked by LivePlannerTests"),
    ]
}

/// A city of 60 x 60 km whose orders go some kilometres.
enum LiveCity {
    static let side = 60_000_000.0

    static func problem(vehicles: Int, _ random: inout SplitMix64) -> DispatchProblem {
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0), pace: (1 << 20) / 10)]
        // Orders are between places of a lattice of 250 m.
        for i in 0..<241 * 241 {
            problem.locations.append(Location(x: Double(i % 241) * 250_000, y: Double(i / 241) * 250_000))
        }
        for v in 0..<vehicles {
            var vehicle = DispatchVehicle(
                name: "v\(v)", start: Int(random.next() % UInt64(problem.locations.count)), end: nil,
                capacity: Load(Int32(20 + random.next() % 80), 0, 0, 0))
            vehicle.skills = random.next() & 3 | 4
            problem.vehicles.append(vehicle)
        }
        return problem
    }

    static func order(_ random: inout SplitMix64, at now: Int64) -> Dispatching.Shipment {
        let x = Int(random.next() % 241)
        let y = Int(random.next() % 241)
        func near(_ c: Int) -> Int { min(240, max(0, c + Int(random.next() % 33) - 16)) }
        let opens = now + Int64(random.next() % 3_600_000)
        var order = Dispatching.Shipment(
            name: "",
            pickup: Visit(
                location: y * 241 + x, windows: [TimeWindow(opens, opens + 2_700_000)],
                serviceMilliseconds: 60_000),
            delivery: Visit(
                location: near(y) * 241 + near(x), windows: [TimeWindow(opens, opens + 5_400_000)],
                serviceMilliseconds: 60_000),
            load: Load(Int32(1 + random.next() % 10), 0, 0, 0))
        order.skills = random.next() % 4 == 0 ? 1 : 4
        return order
    }
}
