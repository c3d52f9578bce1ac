import ArgumentParser
import CLinux
import Foundation
import Vehicles
import World

/// Measures how fast a scenario runs on this machine: everything but the sockets.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how many times real time a scenario runs here, without sockets.",
        discussion: """
            Every vehicle flies or drives deliveries around its base, with sensors, autopilot, session and encoding. \
            Rated by CPU time. The fingerprint is of all bytes sent: equal for equal seeds, whatever --threads.

            Example: keruen-sim bench Scenarios/day.yaml --hours 2
            """)

    @Argument(help: "Scenario file.")
    var scenario: String
    @Option(help: "Vehicles in all. Default: as the scenario says.")
    var vehicles: Int?
    @Option(help: "Simulated hours.")
    var hours = 1.0
    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1
    @Option(help: "Threads for physics.")
    var threads = 1
    @Option(help: "Decisions of a moving vehicle per second.")
    var controlRate = 5
    @Option(help: "Telemetry messages per second.")
    var telemetryRate = 1
    @Option(help: "Directory of the world data.")
    var world: String?

    func validate() throws {
        guard (0.001...1000).contains(hours), (1...64).contains(threads), (1...50).contains(controlRate),
            (1...50).contains(telemetryRate), (1...20_000).contains(vehicles ?? 1)
        else { throw ValidationError("a value is out of range; see --help") }
    }

    func run() throws {
        var rehearsal = try orExit(.dataErr) {
            let world = try WorldData.load(directory: WorldData.find(explicit: world))
            var scenario = try Scenario(contentsOf: self.scenario)
            if let vehicles { scenario = scenario.scaled(to: vehicles) }
            return try Rehearsal(
                scenario, file: self.scenario, world: world, seed: seed,
                telemetryMilliseconds: UInt32(1000 / telemetryRate), controlMilliseconds: 1000 / controlRate,
                threads: threads)
        }
        let count = rehearsal.simulation.count
        let cpu = keruen_process_cpu_ns()
        var moving = 0
        let minutes = max(Int(hours * 60), 1)
        for _ in 0..<minutes {
            rehearsal.run(seconds: hours * 3600 / Double(minutes))
            moving += (0..<count).reduce(0) { $0 + (rehearsal.simulation.condition($1).moves ? 1 : 0) }
        }
        let seconds = Double(keruen_process_cpu_ns() - cpu) * 1e-9
        let wrecked = (0..<count).filter { rehearsal.simulation.isWrecked($0) }.count
        print(
            String(
                format: "%d vehicles, %.0f %% of them moving, %.2f h in %.2f CPU s: %.0f x real time, "
                    + "%.0f messages a second of CPU",
                count, 100 * Double(moving) / Double(minutes * max(count, 1)), hours, seconds,
                hours * 3600 / seconds, Double(rehearsal.messages) / seconds))
        print(
            "\(rehearsal.completed) deliveries, \(rehearsal.aborted) aborted, \(wrecked) wrecked; fingerprint "
                + String(rehearsal.fingerprint.value, radix: 16))
    }
}
