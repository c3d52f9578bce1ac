import ArgumentParser

/// The figures of the separation core.
struct TrafficBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract:
            "Detection, resolution, alerts, bands, fences, plans, roads and encounters: speed, and quality beside it.",
        discussion: """
            CPU time of the measuring thread, best of several; each row says what it is compared with.

            Examples:
              keruen bench traffic
              keruen bench traffic --only plans --json
            """)

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case detection, resolution, alerts, bands, fences, plans, roads, encounters, tick
    }

    @Option(help: "Only these rows; may be given again.")
    var only: [Part] = []
    @OptionGroup var output: BenchOutput

    func run() throws {
        let parts = only.isEmpty ? Part.allCases : only
        try output.report(
            parts.flatMap { part in
                switch part {
                case .detection: detectionBench()
                case .resolution: resolutionBench()
                case .alerts: alertBench()
                case .bands: bandsBench()
                case .fences: fenceBench()
                case .plans: planBench()
                case .roads: roadBench()
                case .encounters: encountersBench()
                case .tick: airBench()
                }
            })
    }
}
