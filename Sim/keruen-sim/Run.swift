import ArgumentParser
import CLinux
import Foundation
import Transport
import Vehicles
import World

/// Runs a scenario's vehicles against a station until a signal ends it.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a scenario's vehicles against a station.",
        discussion: """
            Each vehicle connects with its own key: the uplink to --station, the downlink to the port after it. With \
            --pace the station owns simulated time (its port plus 2); without it vehicles live in real time. \
            SIGINT or SIGTERM ends the run: vehicles say goodbye and a summary is printed.

            Examples:
              keruen-sim run Scenarios/calm.yaml --keys run/keys
              keruen-sim run Scenarios/storm.yaml --keys run/keys --vehicles 500 --seed 7
              keruen-sim run Scenarios/day.yaml --keys run/keys --pace 900 --json
            """)

    @Argument(help: "Scenario file, YAML; see Docs/Scenarios.md.")
    var scenario: String

    @Option(help: "The station's uplink.")
    var station = "tcp://127.0.0.1:7447"

    @Option(help: "Directory of vehicle secrets, as 'keruen key new' makes it.")
    var keys = "run/keys"

    @Option(help: "Vehicles in all; fleets keep their proportions. Default: as the scenario says.")
    var vehicles: Int?

    @Option(help: "Seed of everything random: same seed, same run.")
    var seed: UInt64 = 1

    @Option(help: "Simulated seconds per second; must be given when the station paces, which then decides.")
    var pace: Double?

    @Option(help: "Directory that keeps what vehicles must not forget; the next run goes on from there.")
    var state: String?

    @Option(help: "Directory of the world data. Default: KERUEN_DATA or Data/world.")
    var world: String?

    @Option(help: "Name of this simulator at a pacing station; unique among several.")
    var name = "sim"

    @Option(help: "Threads for physics.")
    var threads = 1

    @Option(help: "Decisions of a moving vehicle per second: 50, 25, 10, 5 or 2. Default: 25, paced 5.")
    var controlRate: Int?

    @Option(help: "Only every n-th vehicle, as I/N with I from 1: for several simulators of one scenario.")
    var shard: Shard?

    @Flag(help: "Reports as JSON, one object a line, on standard output.")
    var json = false

    @Flag(help: ArgumentHelp("Stop when the process that started this one ends.", visibility: .hidden))
    var endWithParent = false

    func validate() throws {
        if let vehicles, !(1...20_000).contains(vehicles) {
            throw ValidationError("--vehicles \(vehicles): use 1 to 20000")
        }
        if let pace, !(pace > 0 && pace <= 1e6) {
            throw ValidationError("--pace \(pace): use a number above 0, at most 1e6")
        }
        guard (1...64).contains(threads) else { throw ValidationError("--threads: use 1 to 64") }
        guard controlRate.map({ [50, 25, 10, 5, 2].contains($0) }) ?? true else {
            throw ValidationError("--control-rate: use 50, 25, 10, 5 or 2")
        }
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw ValidationError("--name '\(name)': use 1 to 64 printable characters without spaces")
        }
        guard Endpoints(station) != nil else {
            throw ValidationError("--station '\(station)': use tcp://HOST:PORT, such as tcp://127.0.0.1:7447")
        }
    }

    func run() throws {
        guard let endpoints = Endpoints(station) else { return }
        StopSignal.install()
        if endWithParent { keruen_end_with_parent() }
        let (scenario, crew, world) = try orExit(.dataErr) { try prepare() }
        if !json {
            FileOutput.standard.write(
                "keruen-sim: '\(scenario.name)', \(crew.count) vehicles to \(station), "
                    + (pace == nil ? "in real time\n" : "paced by the station\n"))
        }
        let context = try orExit(.unavailable) { try SimulationHost.makeContext(vehicles: crew.count) }
        let follower = try orExit(.unavailable) {
            try pace.map { _ in try PaceFollower(context: context, endpoint: endpoints.pace, name: name) }
        }
        guard let start = try orExit(.unavailable, { try firstInstant(scenario, follower) }) else { return }
        let store = try orExit(.dataErr) {
            try state.map { try VehicleStore(directory: $0, vehicles: crew.count) }
        }
        let simulation = try orExit(.dataErr) {
            try FleetSimulation(
                scenario, file: self.scenario, crew: crew.map { try member($0.secret, $0.fleet, store) },
                world: world, seed: seed, start: start,
                controlMilliseconds: 1000 / (controlRate ?? (pace == nil ? 25 : 5)), threads: threads)
        }
        let host = SimulationHost(
            simulation, secrets: crew.map(\.secret), context: context, uplinkEndpoint: endpoints.uplink,
            downlinkEndpoint: endpoints.downlink, store: store)
        var reporter = Reporter(json: json)
        let report = try orExit(.unavailable) {
            if let follower {
                try host.runPaced(by: follower, stop: { StopSignal.isSet }) { reporter.take($0) }
            } else {
                try host.runInRealTime(stop: { StopSignal.isSet }) { reporter.take($0) }
            }
            return try host.finish()
        }
        reporter.finish(report)
    }

    private func prepare() throws -> (
        scenario: Scenario, crew: [(secret: VehicleSecret, fleet: Int)], world: WorldData
    ) {
        var scenario = try Scenario(contentsOf: self.scenario)
        if let vehicles { scenario = scenario.scaled(to: vehicles) }
        let world = try WorldData.load(directory: WorldData.find(explicit: world))
        var crew = try Crew.assign(scenario, Crew.secrets(in: keys), directory: keys)
        if let shard {
            crew = crew.enumerated().filter { $0.offset % shard.count == shard.index - 1 }.map(\.element)
        }
        return (scenario, crew, world)
    }

    /// A vehicle as it was left, with the next boot; a random one when nothing was kept.
    private func member(_ secret: VehicleSecret, _ fleet: Int, _ store: VehicleStore?) throws -> CrewMember {
        let kept = try store?.load(secret.name)
        if let kept, kept.record.id != secret.id {
            throw StoreError(
                "\(secret.name) was vehicle \(kept.record.id) in \(state ?? ""); use another --state")
        }
        let boot = kept.map { max($0.record.boot &+ 1, 1) } ?? .random(in: 1...0x7FFF_FFFF)
        return CrewMember(id: secret.id, fleet: fleet, boot: boot, kept: kept)
    }

    /// When the simulation begins: what the station grants first, or else the scenario, or else now. Nil when
    /// stopped while waiting.
    private func firstInstant(_ scenario: Scenario, _ follower: PaceFollower?) throws -> Int64? {
        guard let follower else { return scenario.start?.nanoseconds ?? keruen_realtime_ns() }
        let began = keruen_monotonic_ns()
        var hasComplained = false
        while !StopSignal.isSet {
            _ = try follower.exchange(reached: 0, sentMessages: 0, monotonic: keruen_monotonic_ns())
            if let granted = follower.granted { return granted }
            try follower.wait(milliseconds: 50)
            if !hasComplained, keruen_monotonic_ns() - began > 5_000_000_000 {
                hasComplained = true
                complain("waiting for the station's pace endpoint; was it started with --pace?")
            }
        }
        return nil
    }
}

/// The three endpoints of a station: uplink, and beside it downlink and pace.
struct Endpoints {
    let uplink, downlink, pace: String

    init?(_ text: String) {
        guard text.hasPrefix("tcp://"), let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), (1...65533).contains(port)
        else { return nil }
        let host = text[..<colon]
        guard host.utf8.count > 6, host.utf8.count < 200 else { return nil }
        uplink = text
        downlink = "\(host):\(port + 1)"
        pace = "\(host):\(port + 2)"
    }
}

/// `I/N`: the I-th of N parts of a fleet.
struct Shard: ExpressibleByArgument {
    let index, count: Int
    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], (1...64).contains(count),
            (1...count).contains(index)
        else { return nil }
        (self.index, self.count) = (index, count)
    }
}
