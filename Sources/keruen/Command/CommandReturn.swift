import ArgumentParser
import Controller

/// Go to the end of the mission's contingency: home or the nearest safe place.
struct CommandReturn: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "return",
        abstract: "Go to the end of the mission's contingency: home or the nearest safe place.",
        discussion: """
            The mission ends there; freight not picked up yet goes to another vehicle.

            Examples:
              keruen command return drone-7
              keruen command return drone-7 drone-8 --operator aigul
            """)
    @OptionGroup var targets: CommandTargets
    func run() throws { try targets.perform(.returnHome) }
}
