import ArgumentParser
import Dispatching

/// The slow checker alone.
struct DispatchCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a plan: everything reckoned anew, every limit it breaks and by how much.",
        discussion: """
            A plan that states no times is given the earliest. For lilim the rules of the benchmark are checked a \
            second time in plain double precision; one unit late is failed.

            PLAN is what 'keruen dispatch solve --out' writes. For benchmarks: \
            {"routes": [[ids in order, depot left out], ...], "vehicles": n, "distance": d}.

            Exit codes: 0 feasible; 1 not feasible, or the plan states other figures than it has; 64 wrong usage; \
            65 something wrong in FILE or PLAN.

            Examples:
              keruen dispatch check lc103.txt plan.json
              keruen dispatch check C1_10_9.vrp plan.json --best-known 40288.4 --json
            """)

    @OptionGroup var input: DispatchInput

    @Argument(help: "The plan; - is standard input.")
    var plan: String

    @Option(help: "Best known distance or cost (vehicles with --objective vehicles), to tell the gap.")
    var bestKnown: Double?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard bestKnown.map({ $0 > 0 && $0.isFinite }) ?? true else {
            throw ValidationError("--best-known must be above 0")
        }
        guard input.file != "-" || plan != "-" else {
            throw ValidationError("only one of FILE and PLAN can be standard input")
        }
    }

    func run() throws {
        let report = try orDataError {
            let file = try input.load()
            let data = try DataFile(path: plan)
            let stated = try file.plan(bytes: data.bytes, file: data.name)
            let verdict = try PlanChecker(file.problem).check(stated.plan)
            var report = DispatchReport(file, stated.plan, verdict, bestKnown: bestKnown)
            if let vehicles = stated.statedVehicles, vehicles != report.vehicles {
                report.violations.append("states \(vehicles) vehicles, has \(report.vehicles)")
            }
            // Written figures are rounded, at worst to two decimals.
            if let distance = stated.statedDistance, abs(distance - report.distance) > 0.0101 {
                report.violations.append("states distance \(distance), has \(report.distance)")
            }
            return report
        }
        if json { try printJSON(report) } else { report.show() }
        if !report.violations.isEmpty { throw ExitCode(1) }
    }
}
