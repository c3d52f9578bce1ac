import ArgumentParser
import Controller
import Station
import World

/// Which missions an action is for, and who asks for it.
struct MissionTargets: ParsableArguments {
    @Argument(help: "Numbers of the missions.", completion: .openMissions)
    var missions: [UInt64]

    @OptionGroup var person: PersonOptions
    @OptionGroup var station: StationOptions

    func perform(_ action: OperatorAction) throws {
        try station.talk { conversation in
            // All are looked up before the first is touched: a wrong number changes nothing.
            let found = try missions.map { try conversation.mission(MissionID($0)) }
            let results = found.map { mission in
                ActionResult("mission \(mission.id) (\(mission.vehicleName))") {
                    try conversation.command(
                        .missionAction(action, mission: MissionID(mission.id), by: person.name))
                }
            }
            try ActionResult.report(results, json: station.json)
        }
    }
}

/// Stops vehicles where they are, on their missions.
struct MissionHold: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Hold the vehicles of missions where they are.",
        discussion: """
            A drone hovers, a truck stops, until resumed. Every number is looked up before the first is held.

            Examples:
              keruen mission hold 12
              keruen mission hold 12 13 14 --operator aigul
            """)
    @OptionGroup var targets: MissionTargets
    func run() throws { try targets.perform(.hold) }
}

/// Lets held missions go on.
struct MissionResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let held missions go on.",
        discussion: """
            Only a held mission can go on.

            Examples:
              keruen mission resume 12
            """)
    @OptionGroup var targets: MissionTargets
    func run() throws { try targets.perform(.resume) }
}

/// Ends missions for good.
struct MissionAbort: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "End missions for good and take their vehicles out of service.",
        discussion: """
            Freight not picked up yet goes to another vehicle; freight on board stays there. The vehicle gets nothing \
            new until 'keruen command resume' gives it back. To get only a vehicle home use 'keruen command return'.

            Examples:
              keruen mission abort 12
            """)
    @OptionGroup var targets: MissionTargets
    func run() throws { try targets.perform(.abort) }
}
