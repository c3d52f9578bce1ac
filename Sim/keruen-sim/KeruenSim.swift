import ArgumentParser

/// Simulated vehicles for a station.
@main
struct KeruenSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keruen-sim",
        abstract: "Simulated drones and trucks, each with its own key and connection.",
        discussion: """
            Examples:
              keruen-sim check Scenarios/calm.yaml
              keruen-sim run Scenarios/calm.yaml --station tcp://127.0.0.1:7447 --keys run/keys
              keruen-sim run Scenarios/day.yaml --keys run/keys --pace 900 --json
              keruen-sim flow --drones 2000 --density 100 --noise 2 --latency 0.5
              keruen-sim encounters --count 2000 --seed 7

            Exit codes: 0 done or stopped by a signal, 64 wrong arguments, 65 the scenario, the keys or the world \
            data cannot be used, 69 the station's endpoints cannot be used.
            """,
        version: "0.1.0",
        subcommands: [Run.self, Check.self, Bench.self, FlowCommand.self, EncountersCommand.self])
}
