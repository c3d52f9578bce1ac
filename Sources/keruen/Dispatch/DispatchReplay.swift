import ArgumentParser
import CLinux
import Dispatching
import Foundation

import struct World.DataError

/// A stream of orders against a living plan.
struct DispatchReplay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Replay a stream of orders against a living plan: what is unknown before its time costs how much.",
        discussion: """
            STREAM is CSV with the columns t,pickup,delivery: the shipment between these two is unknown before t. For \
            benchmarks t is in their units and the places are task ids; in our own format t is a time and the places \
            are names. What STREAM does not name is known from the beginning.

            Each order is planned at its time where it is cheapest, then the plan is improved by --steps of ruin and \
            recreate, or by as many as --pace allows until the next order. What was driven is judged by the checker, \
            beside the static value (everything known before, --static or our own search of --static-iterations) and \
            beside insertion alone on the same stream. Same seed and steps, same answers on every machine; only CPU \
            times differ.

            Exit codes: 0 done; 1 the checker refuses what was driven, or a committed stop changed; 64 wrong usage; \
            65 something wrong in FILE or STREAM.

            Examples:
              keruen dispatch replay lrc107.txt --orders lrc107.b05.csv --static 1230.145
              keruen dispatch replay day.json --orders day.csv --pace 60 --out driven.json --json
            """)

    /// Steps that are granted for a second of improvement: a bit less than one core makes.
    static let stepsPerSecond = 20_000.0

    @OptionGroup var input: DispatchInput
    @Option(help: "The stream, CSV; - is standard input.")
    var orders: String
    @Option(help: "Steps of improvement after each order, up to 1000000 (default 300).")
    var steps: Int?
    @Option(
        help: ArgumentHelp(
            "Seconds of the stream that pass in a real one, instead of --steps: improvement between two orders gets "
                + "\(Int(stepsPerSecond)) steps a real second."))
    var pace: Double?
    @Option(help: "Start of the random numbers.")
    var seed: UInt64 = 1
    @Option(help: "What the same problem costs (benchmarks: its distance) when everything is known before.")
    var `static`: Double?
    @Option(help: "Steps of our own search for that, when --static is not given.")
    var staticIterations = 20_000
    @Option(help: "Cost of giving an order to another vehicle, in the cost of the problem.")
    var changeCost = 0.0
    @Option(help: "Write what was driven to this file, as a plan.")
    var out: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard steps == nil || pace == nil else {
            throw ValidationError("--steps and --pace exclude each other")
        }
        guard (0...1_000_000).contains(steps ?? 0) else { throw ValidationError("--steps is 0 to 1000000") }
        guard pace.map({ $0 > 0 && $0 <= 1e9 }) ?? true else {
            throw ValidationError("--pace must be above 0 and at most 1000000000")
        }
        guard `static`.map({ $0 > 0 && $0.isFinite }) ?? true else {
            throw ValidationError("--static must be above 0")
        }
        guard (1...100_000_000).contains(staticIterations) else {
            throw ValidationError("--static-iterations is 1 to 100000000")
        }
        guard (0...1e9).contains(changeCost) else {
            throw ValidationError("--change-cost is 0 to 1000000000")
        }
        guard input.file != "-" || orders != "-" else {
            throw ValidationError("only one of FILE and --orders can be standard input")
        }
    }

    func run() throws {
        let report = try orDataError {
            let file = try input.load()
            let data = try DataFile(path: orders)
            let stream = try file.orders(bytes: data.bytes, file: data.name)
            var settings = LiveSettings()
            settings.seed = seed
            settings.changeCost = Int64(changeCost * 1e6)
            let run: StreamRun
            do {
                run = try StreamRun(file, stream, settings) { gap in
                    guard let pace else { return steps ?? 300 }
                    let granted = Double(gap) / 1000 / pace * Self.stepsPerSecond
                    return Int(min(granted, 1_000_000))
                }
            } catch let fault as ProblemFault {
                throw DataError(file: input.file, problem: "\(fault)")
            }
            let insertion = try StreamRun(file, stream, .insertionOnly(seed: seed)) { _ in 0 }
            if let out { try write(file.planText(run.result.plan, run.verdict), to: out) }
            let isOwn = `static` == nil
            let best = `static` ?? Self.known(file, staticIterations, seed)
            return ReplayReport(file, stream, run, insertion, staticValue: best, isOwnStatic: isOwn)
        }
        if json { try printJSON(report) } else { report.show() }
        if !report.feasible || report.committedChanged > 0 { throw ExitCode(1) }
    }

    /// The value of the whole problem by our own search.
    private static func known(_ file: DispatchFile, _ iterations: Int, _ seed: UInt64) -> Double? {
        var solver = DispatchSolver(budget: .iterations(iterations), seed: seed)
        let plan = solver.run(file.problem)
        guard let verdict = try? PlanChecker(file.problem).check(plan), verdict.isFeasible else { return nil }
        return file.benchmarkValue(verdict.totals)
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw DataError(file: path, problem: "cannot be written: \(error.localizedDescription)")
        }
    }
}
