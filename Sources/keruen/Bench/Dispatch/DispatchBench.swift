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
        case solve, live, streams, slots, forecast, reasons, split, day
    }

    @Option(help: "Only these rows; may be given again.")
    var only: [Part] = []
    @Option(help: "Directory of the benchmark instances, for the streams.")
    var data = "Data/bench/dispatch"
    @Option(help: "Seeds of the streams' searches, 1 to 100.")
    var seeds = 3
    @Option(help: "Steps of improvement after each order of a stream, 0 to 100000.")
    var steps = 300
    @Option(help: ArgumentHelp("Of the day of flows: how much of it is played.", valueName: "percent"))
    var share = 5.0
    @Option(help: "Of the day of flows: steps of improvement after each order, 0 to 100000.")
    var daySteps = 20
    @Option(help: "Of the day of flows.")
    var seed: UInt64 = 1
    @OptionGroup var output: BenchOutput

    func validate() throws {
        guard (1...100).contains(seeds) else { throw ValidationError("--seeds is 1 to 100") }
        guard (0...100_000).contains(steps), (0...100_000).contains(daySteps) else {
            throw ValidationError("--steps and --day-steps are 0 to 100000")
        }
        guard share > 0, share <= 100 else { throw ValidationError("--share is above 0 and at most 100") }
    }

    func run() throws {
        let parts = only.isEmpty ? Part.allCases : only
        let rows = try orDataError {
            try parts.flatMap { part in
                switch part {
                case .solve: solveRows()
                case .live: try liveRows()
                case .streams: try streamRows(data: data, seeds: seeds, steps: steps)
                case .slots: slotRows()
                case .forecast: forecastRows()
                case .day: try DayBench(sharePercent: share, seed: seed, steps: daySteps).rows()
                case .split: try splitRows()
                case .reasons: reasonsRows()
                }
            }
        }
        try output.report(rows)
    }
}
