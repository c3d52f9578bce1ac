import ArgumentParser

/// The separation core on files: what it finds, without a station.
struct TrafficCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract: "Ask the separation core about states in a file.",
        discussion: """
            Examples:
              keruen traffic detect fleet.csv --volume cylinder:50,20 --lookahead 60
              keruen traffic pairs pairs.csv
              keruen traffic alerts encounters.csv
              keruen traffic bands encounters.jsonl
              keruen traffic fence zones.jsonl

            Exit codes: 0 done, 64 wrong arguments, 65 the file cannot be used.
            """,
        subcommands: [
            DetectCommand.self, PairsCommand.self, AlertsCommand.self, BandsCommand.self, FenceCommand.self,
        ])
}
