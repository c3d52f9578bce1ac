import ArgumentParser

/// The figures of planning.
struct DispatchBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatch",
        abstract:
            "Plans that live, streams of orders, slots, forecasts, reasons: speed, and quality beside it.",
        discussion: """
            CPU time of the measuring thread; each row says what it is compared with. Plans of the benchmark \
            instances beside other solvers: Bench/peers/table.

            Examples:
              keruen bench dispatch
              keruen bench dispatch --only live --json
              keruen bench dispatch --only streams --seeds 10
            """)

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case live, streams, slots, forecast, reasons, split
    }

    @Option(help: "Only these rows; may be given again.")
    var only: [Part] = []
    @Option(help: "Directory of the benchmark instances, for the streams.")
    var data = "Data/bench/dispatch"
    @Option(help: "Seeds of the streams' searches, 1 to 100.")
    var seeds = 3
    @Option(help: "Steps of improvement after each order of a stream, 0 to 100000.")
    var steps = 100
    @OptionGroup var output: BenchOutput

    func validate() throws {
        guard (1...100).contains(seeds) else { throw ValidationError("--seeds is 1 to 100") }
        guard (0...100_000).contains(steps) else { throw ValidationError("--steps is 0 to 100000") }
    }

    func run() throws {
        let parts = only.isEmpty ? Part.allCases : only
        let rows = try orDataError {
            try parts.flatMap { part in
                switch part {
                case .live: try liveRows()
                case .streams: try streamRows(data: data, seeds: seeds, steps: steps)
                case .slots: slotRows()
                case .forecast: forecastRows()
                case .split: try splitRows()
                case .reasons: reasonsRows()
                }
            }
        }
        try output.report(rows)
    }
}
