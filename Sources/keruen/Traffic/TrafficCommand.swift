import ArgumentParser

/// The separation core: on files, without a station, and the traffic around a running station's fleet.
struct TrafficCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract: "Report and look at the traffic around the fleet; ask the separation core about files.",
        discussion: """
            'report' and 'near' talk to the running station, the others work on files alone.

            Examples:
              nc receiver 30003 | keruen traffic report - --qnh 1019
              keruen traffic near drone-7
              keruen traffic detect fleet.csv --volume cylinder:50,20 --lookahead 60
              keruen traffic pairs pairs.csv
              keruen traffic alerts encounters.csv
              keruen traffic bands encounters.jsonl
              keruen traffic fence zones.jsonl

            Exit codes: 0 done, 64 wrong arguments, 65 the file cannot be used; of 'report' and 'near' those \
            of the station's commands.
            """,
        subcommands: [
            ReportContacts.self, WatchNear.self, DetectCommand.self, PairsCommand.self, AlertsCommand.self,
            BandsCommand.self, FenceCommand.self,
        ])
}
