import Airspace
import ArgumentParser
import CLinux
import Foundation

/// Dense flow in closed loop: how well drones are kept apart.
struct FlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flow",
        abstract: "Fly thousands of drones through each other and count how near they come.",
        discussion: """
            Every 0.1 s the planner sees positions with Gaussian noise, --latency old, and gives each drone a velocity; \
            the drone moves its velocity towards it with at most --accel, |vz| at most 5 m/s, speed at most 25 m/s. \
            Without --states: a square of side sqrt(drones / density) km with open borders, altitudes uniform in \
            60...180 m, 20 m/s in random directions, at the start no two nearer than 60 m or straight on within 5 s of losing \
            separation.
            Loss of separation: nearer than 30 m. sNMAC: nearer than 15.24 m horizontally and 4.572 m vertically.
            The same seed gives the same figures. --runs flies as many fleets of following seeds one after another and
            reports them as one.

            Examples:
              keruen-sim flow --drones 2000 --density 100 --accel 3 --noise 2 --latency 0.5 --json
              keruen-sim flow --density 200 --accel 1.5 --latency 1 --seed 7 --planner none
              keruen-sim flow --runs 30     (1,000 flight hours)
              keruen-sim flow --states start.csv --seconds 120     (columns id,x,y,z,pref_vx,pref_vy)

            Exit codes: 0 done, 64 wrong arguments, 65 the file cannot be used.
            """)

    enum PlannerName: String, ExpressibleByArgument, CaseIterable { case keruen, none }

    @Option(help: "Drones, 1 to 200000.")
    var drones = 2000
    @Option(help: "Drones per square kilometre.")
    var density = 100.0
    @Option(help: "Most acceleration, m/s2.")
    var accel = 3.0
    @Option(help: "Standard deviation of seen positions on each axis, metres.")
    var noise = 2.0
    @Option(help: "Age of seen states, seconds.")
    var latency = 0.5
    @Option(help: "Simulated seconds.")
    var seconds = 60.0
    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1
    @Option(help: "Fleets to fly, each with the next seed, 1 to 10000.")
    var runs = 1
    @Option(
        help: "Starting states, CSV: id,x,y,z,pref_vx,pref_vy. Takes the place of --drones and --density.")
    var states: String?
    @Option(help: "Write the starting states to this file, to give them to others.")
    var saveStates: String?
    @Option(help: "Who plans: \(PlannerName.allCases.map(\.rawValue).joined(separator: ", ")).")
    var planner = PlannerName.keruen
    @Flag(help: "Print one JSON object.")
    var json = false
    @Flag(help: "Also tell how fast the planner was (differs from run to run).")
    var timing = false

    func validate() throws {
        func check(_ value: Double, _ name: String, _ range: ClosedRange<Double>) throws {
            guard range.contains(value) else {
                throw ValidationError("--\(name) must be from \(range.lowerBound) to \(range.upperBound)")
            }
        }
        guard (1...FlowWorld.mostDrones).contains(drones) else {
            throw ValidationError("--drones must be from 1 to \(FlowWorld.mostDrones)")
        }
        guard (1...10_000).contains(runs) else { throw ValidationError("--runs must be from 1 to 10000") }
        guard runs == 1 || saveStates == nil else {
            throw ValidationError("--save-states writes the states of one fleet: leave --runs out")
        }
        try check(density, "density", 0.01...1000)
        try check(accel, "accel", 0.1...50)
        try check(noise, "noise", 0...100)
        try check(latency, "latency", 0...10)
        try check(seconds, "seconds", 0.1...36_000)
    }

    func run() throws {
        var report = try fly(seed)
        for number in 1..<max(runs, 1) where number < runs {
            tell(
                "run \(number) of \(runs): \(report.lostPairs) losses in \(Int(report.flightHours)) flight hours"
            )
            report.add(try fly(seed &+ UInt64(number)))
        }
        tell(nil)
        try print(report)
    }

    /// How far it is, where somebody looks on.
    private func tell(_ progress: String?) {
        guard runs > 1, isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\u{1B}[2K\r\(progress ?? "")".utf8))
    }

    private func fly(_ seed: UInt64) throws -> FlowReport {
        var rules = FlowRules()
        rules.accelerationMetersPerSecond2 = accel
        rules.noiseMeters = noise
        rules.latencySeconds = latency
        rules.seconds = seconds
        rules.seed = seed
        let world = try load(seed)
        if let saveStates {
            do { try world.csv.write(toFile: saveStates, atomically: false, encoding: .utf8) } catch {
                try refuse("\(saveStates): cannot be written")
            }
        }
        var report: FlowReport
        switch planner {
        case .none:
            var run = FlowSimulation(world, rules: rules, planner: NoPlanner())
            report = run.run()
        case .keruen:
            var run = FlowSimulation(world, rules: rules, planner: KeruenFlowPlanner(world, rules: rules))
            report = run.run()
            if timing, run.planner.planningNanoseconds > 0 {
                report.agentStepsPerCoreSecond =
                    Double(world.count * run.tick) / (Double(run.planner.planningNanoseconds) * 1e-9)
            }
        }
        report.planner = planner.rawValue
        return report
    }

    private func load(_ seed: UInt64) throws -> FlowWorld {
        guard let states else {
            return FlowWorld.city(drones: drones, perSquareKilometer: density, seed: seed)
        }
        guard let data = FileManager.default.contents(atPath: states) else {
            try refuse("\(states): cannot be read")
        }
        guard data.count <= 64 << 20, let text = String(bytes: data, encoding: .utf8) else {
            try refuse("\(states): not text of at most 64 MiB")
        }
        do { return try FlowWorld(csv: text[...], file: states) } catch { try refuse("\(error)") }
    }

    private func print(_ report: FlowReport) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            Swift.print(String(decoding: try encoder.encode(report), as: UTF8.self))
            return
        }
        func line(_ name: String, _ value: String) {
            Swift.print(name + String(repeating: " ", count: max(1, 34 - name.count)) + value)
        }
        func figure(_ value: Double) -> String { String(format: "%.4f", value) }
        line("planner", report.planner)
        line("drones, flight hours", "\(report.drones), \(figure(report.flightHours))")
        line(
            "losses of separation per hour",
            "\(figure(report.lossesPerFlightHour)) (\(report.lostPairs) pairs)")
        line("sNMAC per hour", "\(figure(report.collisionsPerFlightHour)) (\(report.collisionPairs) pairs)")
        line("smallest separation, m", figure(report.minimumSeparationMeters))
        line("progress", figure(report.progress))
        line("stuck drones", "\(report.stuck)")
        line("manoeuvre changes per hour", figure(report.manoeuvreChangesPerFlightHour))
        for (name, count) in report.plannerCounts.sorted(by: { $0.key < $1.key }) { line(name, "\(count)") }
        if let speed = report.agentStepsPerCoreSecond {
            line("agent-steps per core-second", figure(speed))
        }
    }

    private func refuse(_ problem: String) throws -> Never {
        FileHandle.standardError.write(Data("keruen-sim flow: \(problem)\n".utf8))
        throw ExitCode(65)
    }
}
