import ArgumentParser
import Dispatching
import Foundation

import struct World.DataError

/// Solves a problem and tells what the checker says of the plan.
struct DispatchSolve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "solve",
        abstract: "Find a plan of least cost, distance or vehicles.",
        discussion: """
            Any time complete, better the longer it runs. Everything printed is reckoned by a separate, slow \
            checker. The same seed and --iterations give the same plan on every machine; --seconds are CPU seconds \
            of the process. Ctrl-C ends the search and keeps its best plan.

            On a terminal the search tells its improvements on standard error, with the gap to --best-known.

            Exit codes: 0 a feasible plan; 1 none was found; 64 wrong usage; 65 something wrong in FILE.

            Examples:
              keruen dispatch solve lc103.txt --seconds 10 --best-known 827.865 --out plan.json
              keruen dispatch solve lrc107.txt --objective vehicles --iterations 100000 --seed 7
              keruen dispatch solve day.json --format keruen --json
              keruen dispatch solve lrc1_10_7.txt --iterations 400000 --threads 2
            """)

    @OptionGroup var input: DispatchInput

    @Option(help: "CPU seconds to search, up to 86400 (default 10).")
    var seconds: Double?

    @Option(help: "Steps of ruin and recreate to search, instead of --seconds.")
    var iterations: Int?

    @Option(
        help: ArgumentHelp(
            "Search two regions of the routes side by side, on 1 or 2 threads: the same plan with either.",
            discussion: "Without it the whole is searched at once, by one thread."))
    var threads: Int?

    @Option(help: "Start of the random numbers.")
    var seed: UInt64 = 1

    @Option(help: "Best known distance or cost (vehicles with --objective vehicles), to tell the gap.")
    var bestKnown: Double?

    @Option(help: "Write the plan to this file.")
    var out: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard seconds == nil || iterations == nil else {
            throw ValidationError("--seconds and --iterations exclude each other")
        }
        guard seconds.map({ $0 > 0 && $0 <= 86_400 }) ?? true else {
            throw ValidationError("--seconds must be above 0 and at most 86400")
        }
        guard iterations.map({ $0 >= 0 }) ?? true else { throw ValidationError("--iterations is negative") }
        guard threads.map({ (1...2).contains($0) }) ?? true else {
            throw ValidationError("--threads is 1 or 2")
        }
        guard bestKnown.map({ $0 > 0 && $0.isFinite }) ?? true else {
            throw ValidationError("--best-known must be above 0")
        }
    }

    /// The report and how it was come by.
    private struct Outcome: Encodable {
        var plan: DispatchReport
        var objective: String
        var seed: UInt64
        var iterations: Int
        var cpuSeconds: Double
        var interrupted: Bool
        var history: [DispatchSolver.Moment]

        enum CodingKeys: String, CodingKey {
            case plan, objective, seed, iterations
            case cpuSeconds = "cpu_s"
            case interrupted, history
        }
    }

    func run() throws {
        try orDataError {
            let file = try input.load()
            let checker = try PlanChecker(file.problem)
            var solver = DispatchSolver(
                budget: iterations.map { .iterations($0) } ?? .seconds(seconds ?? 10), seed: seed)
            solver.threads = threads
            Interruption.install()
            solver.isStopped = { Interruption.isAsked }
            if isatty(STDERR_FILENO) == 1, !json { solver.onImprovement = progress(file) }
            let plan = solver.run(file.problem)
            let verdict = checker.check(plan)
            let report = DispatchReport(file, plan, verdict, bestKnown: bestKnown)
            if let out { try write(file.planText(plan, verdict), to: out) }
            try tell(
                Outcome(
                    plan: report, objective: file.problem.objective.rawValue, seed: seed,
                    iterations: solver.iterations, cpuSeconds: solver.cpuSeconds,
                    interrupted: Interruption.isAsked, history: solver.history))
            if !report.feasible { throw ExitCode(1) }
        }
    }

    private func progress(_ file: DispatchFile) -> (DispatchSolver.Moment) -> Void {
        let countsVehicles = file.problem.objective == .vehicles
        return { moment in
            var line = Self.line(moment)
            if let bestKnown {
                line +=
                    countsVehicles
                    ? "  +\(moment.vehicles - Int(bestKnown)) vehicles"
                    : "  \(DispatchReport.fixed(100 * (moment.cost / bestKnown - 1), 2)) %"
            }
            FileHandle.standardError.write(Data((line + "\n").utf8))
        }
    }

    private static func line(_ moment: DispatchSolver.Moment) -> String {
        let text =
            "\(DispatchReport.fixed(moment.cpuSeconds, 2)) s  \(moment.iterations) iterations  "
            + "\(moment.vehicles) vehicles  cost \(DispatchReport.fixed(moment.cost, 3))"
        return moment.unserved == 0 ? text : text + "  \(moment.unserved) unserved"
    }

    private func tell(_ outcome: Outcome) throws {
        if json { return try printJSON(outcome) }
        print("\(outcome.plan.name): \(outcome.plan.shipments) shipments, objective \(outcome.objective)")
        outcome.plan.show()
        print(
            "search     \(outcome.iterations) iterations, \(DispatchReport.fixed(outcome.cpuSeconds, 3)) CPU s, "
                + "seed \(outcome.seed)" + (outcome.interrupted ? ", interrupted" : ""))
        // The last improvements tell whether more time would help.
        let shown = outcome.history.count <= 10 ? outcome.history : Self.thinned(outcome.history)
        print("history    (\(shown.count) of \(outcome.history.count) improvements)")
        for moment in shown { print("  \(Self.line(moment))") }
    }

    /// The first, then those from which the time has doubled, and the last.
    private static func thinned(_ history: [DispatchSolver.Moment]) -> [DispatchSolver.Moment] {
        var kept: [DispatchSolver.Moment] = []
        for moment in history.dropLast()
        where kept.last.map({ moment.iterations >= 2 * max($0.iterations, 250) }) ?? true {
            kept.append(moment)
        }
        return kept + history.suffix(1)
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw DataError(file: path, problem: "cannot be written: \(error.localizedDescription)")
        }
    }
}
