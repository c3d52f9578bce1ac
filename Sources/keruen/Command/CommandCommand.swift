import ArgumentParser
import Controller
import Station
import World

/// Commands to vehicles by hand.
struct CommandCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "command",
        abstract: "Command vehicles by hand: hold, resume, return, land or abort.",
        discussion: """
            The station answers when the command is on record and on its way; 'keruen vehicle show' tells what the \
            vehicle does. Each vehicle gets an answer of its own; the exit code is 1 when one was refused. All names \
            are looked up before the first is commanded.

            Examples:
              keruen command hold drone-7
              keruen command return drone-7 drone-8 --operator aigul
              keruen command resume drone-7
            """,
        subcommands: [
            CommandHold.self, CommandResume.self, CommandReturn.self, CommandLand.self, CommandAbort.self,
        ])
}

/// Which vehicles a command is for, and who gives it.
struct CommandTargets: ParsableArguments {
    @Argument(help: "Names or numbers of the vehicles.", completion: .vehicleNames)
    var vehicles: [String]

    @OptionGroup var person: PersonOptions
    @OptionGroup var station: StationOptions

    func perform(_ action: OperatorAction) throws {
        try station.talk { conversation in
            let found = try vehicles.map { try conversation.vehicle($0) }
            let results = found.map { vehicle in
                ActionResult(vehicle.name) {
                    try conversation.command(
                        .operatorAction(action, vehicle: VehicleID(vehicle.id), by: person.name))
                }
            }
            try ActionResult.report(results, json: station.json)
        }
    }
}
