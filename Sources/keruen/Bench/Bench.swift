import ArgumentParser

/// Measures what the project promises in figures, on this machine.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the figures this project promises, on this machine.",
        discussion: """
            Each line: whether the figure reaches what it must (pass) or its goal (GOAL) or not (MISS), then what \
            it is compared with, measured in the same run. Build with `make build` first: a debug build measures \
            nothing.

            Examples:
              keruen bench sim
              keruen bench link --only latency --seconds 5
              keruen bench codec --json
              keruen bench traffic
              keruen bench dispatch --only live
            """,
        subcommands: [
            Codec.self, Sim.self, TrafficBench.self, DispatchBench.self, LinkBench.self, BenchStation.self,
            BenchFleet.self,
        ])

    struct Codec: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time to decode and validate one telemetry message, beside protobuf-c.")
        @OptionGroup var output: BenchOutput
        func run() throws { try output.report(codecBench()) }
    }

    struct Sim: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Vehicles simulated in real time per core.")
        @OptionGroup var output: BenchOutput
        func run() throws { try output.report(simBench()) }
    }
}
