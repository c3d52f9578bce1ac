import ArgumentParser
import Foundation
import Vehicles
import World

/// A day of freight from end to end, on this machine.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a station and a simulated fleet through a day of orders.",
        discussion: """
            Starts 'keruen serve' and 'keruen-sim run' as processes of their own that speak over encrypted sockets, \
            submits the orders of a day as they become known, shows what happens, and sums it up. Clocks of station \
            and vehicles run together, faster than real time. Everything stays in the directory that is named at the \
            end.

            Examples:
              keruen demo
              keruen demo --hours 6 --orders 100 --seed 7
              keruen demo --scenario Scenarios/storm.yaml --json
            """)

    @Option(help: "Scenario of the fleet, its places, weather and faults.")
    var scenario = "Scenarios/day.yaml"

    @Option(help: "How many hours, from midnight at UTC+5; at most 24.")
    var hours = 24.0

    @Option(help: "How many orders become known in 24 hours.")
    var orders = 500

    @Option(help: "Same seed, same orders and same faults.")
    var seed: UInt64 = 1

    @Option(help: "Simulated seconds for each real one, at most; the machine decides what is reached.")
    var pace = 1200.0

    @Option(help: "Real seconds after which the day ends where it is.")
    var atMost = 110.0

    @Option(
        help: "Directory for keys, journal and logs; must not exist yet. Default: a new one for each run.")
    var directory: String?

    @Option(help: "Directory of the world data.")
    var world: String?

    @Flag(help: "Print the summary as JSON; progress goes to standard error.")
    var json = false

    func validate() throws {
        guard (0.01...24).contains(hours) else { throw ValidationError("--hours \(hours): use 0.01 to 24") }
        guard (1...10_000).contains(orders) else {
            throw ValidationError("--orders \(orders): use 1 to 10000")
        }
        guard (1...100_000).contains(pace) else { throw ValidationError("--pace \(pace): use 1 to 100000") }
        guard atMost >= 1 else { throw ValidationError("--at-most \(atMost): use 1 or more") }
    }

    func run() throws {
        let scenario = try Scenario(contentsOf: self.scenario)
        let world = try loadWorld(world)
        let directory = try makeDirectory()
        let start = Instant(iso8601: "2026-06-01T00:00:00+05:00") ?? Instant(nanoseconds: 0)
        let plan = DemoPlan(
            scenarioPath: self.scenario, directory: directory, start: start,
            end: start.advanced(bySeconds: hours * 3600), seed: seed, pace: pace, atMostSeconds: atMost,
            orders: try demand(scenario, world, start))
        let summary = try DemoRun(plan, scenario: scenario).run()
        print(json ? try summary.json : summary.text)
    }

    private func demand(_ scenario: Scenario, _ world: WorldData, _ start: Instant) throws -> [ReleasedOrder]
    {
        let bases = try Demand.bases(of: scenario, file: self.scenario, world: world)
        let end = start.advanced(bySeconds: hours * 3600)
        return Demand.day(world: world, bases: bases, seed: seed, start: start, count: orders)
            .filter { $0.releaseAt < end }
    }

    private func makeDirectory() throws -> String {
        let stamp = Int(Date().timeIntervalSince1970)
        // The control socket's path has to stay short.
        let path = directory ?? "run/demo-\(stamp)-\(getpid())"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw DemoError(
                "\(path) exists; name a directory that does not, so that nothing of yours is mixed in")
        }
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        chmod(path, 0o700)
        return path
    }
}
