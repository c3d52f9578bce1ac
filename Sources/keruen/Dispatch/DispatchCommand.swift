import ArgumentParser

/// Planning of freight, offline.
struct DispatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatch",
        abstract: "Plan freight: who carries what, when; and check plans.",
        discussion: """
            Works on files, without a station. Formats and their fields: Docs/Dispatch.md.

            Examples:
              keruen dispatch solve lc1_2_1.txt --seconds 10 --out plan.json
              keruen dispatch check lc1_2_1.txt plan.json
              keruen dispatch why day.json plan.json blood
              keruen dispatch replay lrc107.txt --orders lrc107.b05.csv
            """,
        subcommands: [
            DispatchSolve.self, DispatchCheck.self, DispatchWhy.self, DispatchWhyNot.self,
            DispatchReplay.self, SlotsCommand.self, ForecastCommand.self,
        ])
}
