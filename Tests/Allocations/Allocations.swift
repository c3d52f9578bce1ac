import ArgumentParser
import CAllocations

/// What steady ticks take from the heap, in an optimised build. A program of its own: only one that is linked with a
/// counting malloc sees allocations that are freed within the tick, and the shipped programs are not.
@main struct Allocations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allocations",
        abstract: "Count the heap allocations of steady ticks: air, roads, alerts and bands.",
        discussion: """
            Exit code 1 when there is one.

            Examples:
              allocations
              allocations --json
            """)

    @OptionGroup var output: BenchOutput

    func run() throws {
        try output.report([counterRow(), airRow(crowded: 0), airRow(crowded: 0.2), roadRow(), crewedRow()])
    }

    /// Whether the counter counts: otherwise every other row passes.
    private func counterRow() -> BenchRow {
        var kept: [[Int]] = []
        kept.reserveCapacity(100)
        let seen = allocations { for k in 0..<100 { kept.append([k]) } }
        let isCounting = seen == kept.count
        return BenchRow(
            name: "allocations seen of 100 made", figure: "\(seen)", must: "100", goal: "100",
            pass: isCounting, reachesGoal: isCounting)
    }
}

/// Made by this thread while `work` runs.
func allocations(_ work: () -> Void) -> Int {
    let before = keruen_allocations()
    work()
    return Int(truncatingIfNeeded: keruen_allocations() &- before)
}

func allocationRow(_ part: String, _ found: Int, ticks: Int, reference: String) -> BenchRow {
    .atMost(
        Double(found) / Double(ticks), must: 0, goal: 0, unit: "",
        "heap allocations per steady tick: \(part)",
        reference: reference)
}
