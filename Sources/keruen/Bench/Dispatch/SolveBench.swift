import CLinux
import Dispatching
import Foundation
import World

/// What the search needs: memory for a large problem, and how punctually it stops.
func solveRows() -> [BenchRow] {
    var random = SplitMix64(seed: 5)
    let before = residentMegabytes()
    let city = problem(shipments: 50_000, &random)
    let stated = residentMegabytes()
    let search = DispatchSearch(city, seed: 1)
    search.run(steps: 200, fraction: 0)
    let searching = residentMegabytes()
    let overruns = sliceOverruns(problem(shipments: 500, &random))
    let slices = overruns.count
    return [
        .atMost(
            searching - before, must: 200, goal: 80, unit: " MB",
            "memory of planning 100,000 stops, resident above what the process had",
            reference:
                "\(BenchRow.figure(stated - before)) MB of it the problem as stated; an n x n matrix 40,000"),
        .atMost(
            overruns[slices * 999 / 1000], must: 0.2, goal: 0.05, unit: " ms",
            "a slice of 20 ms is overrun by, p99.9", reference: "\(slices) slices, CPU time, 1,000 stops"),
    ]
}

private func problem(shipments: Int, _ random: inout SplitMix64) -> DispatchProblem {
    var problem = LiveCity.problem(vehicles: 1, &random)
    problem.vehicles[0].count = shipments / 10
    problem.vehicles[0].skills = .max
    problem.vehicles[0].end = problem.vehicles[0].start
    for s in 0..<shipments {
        var order = LiveCity.order(&random, at: Int64(s % 240) * 240_000)
        order.name = "\(s)"
        problem.shipments.append(order)
    }
    return problem
}

/// Milliseconds each of 1,000 slices went on after its 20 were over, sorted.
private func sliceOverruns(_ problem: DispatchProblem) -> [Double] {
    let search = DispatchSearch(problem, seed: 1)
    var overruns: [Double] = []
    var pacer = StepPacer(now: keruen_thread_cpu_ns())
    for _ in 0..<1000 {
        let end = keruen_thread_cpu_ns() + 20_000_000
        pacer.begin(now: end - 20_000_000)
        while pacer.fits(now: keruen_thread_cpu_ns(), before: end) { search.run(steps: 1, fraction: 0.5) }
        overruns.append(Double(keruen_thread_cpu_ns() - end) / 1e6)
    }
    return overruns.sorted()
}

private func residentMegabytes() -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    let pages = status.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
}
