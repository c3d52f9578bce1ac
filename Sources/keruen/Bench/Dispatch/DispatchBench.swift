import ArgumentParser

/// The figures of planning.
struct DispatchBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatch",
        abstract: "Plans that live, slots between companies, forecasts: speed, and quality beside it.",
        discussion: """
            CPU time of the measuring thread; each row says what it is compared with. Plans of the benchmark \
            instances beside other solvers: Bench/peers/table.

            Examples:
              keruen bench dispatch
              keruen bench dispatch --only live --json
            """)

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case live, slots, forecast, split, day
    }

    @Option(help: "Only these rows; may be given again.")
    var only: [Part] = []
    @Option(help: ArgumentHelp("Of the day of flows: how much of it is played.", valueName: "percent"))
    var share = 5.0
    @Option(help: "Of the day of flows: steps of improvement after each order.")
    var steps = 20
    @Option(help: "Of the day of flows.")
    var seed: UInt64 = 1
    @OptionGroup var output: BenchOutput

    func run() throws {
        let parts = only.isEmpty ? Part.allCases : only
        try output.report(
            try parts.flatMap { part in
                switch part {
                case .live: try liveRows()
                case .slots: slotRows()
                case .forecast: forecastRows()
                case .day: try DayBench(sharePercent: share, seed: seed, steps: steps).rows()
                case .split: try splitRows()
                }
            })
    }
}
