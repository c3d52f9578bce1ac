import ArgumentParser

/// What vehicles are to do.
struct MissionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mission",
        abstract: "Missions: the checked plans that vehicles follow.",
        discussion: """
            Examples:
              keruen mission list
              keruen mission show 12
              keruen mission hold 12
              keruen mission resume 12
              keruen mission abort 12
            """,
        subcommands: [
            MissionList.self, MissionShow.self, MissionHold.self, MissionResume.self, MissionAbort.self,
        ])
}
