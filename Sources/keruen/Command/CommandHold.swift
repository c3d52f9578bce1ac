import ArgumentParser
import Controller

/// Stop where they are: a drone hovers, a truck stands.
struct CommandHold: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Stop where they are: a drone hovers, a truck stands.",
        discussion: """
            Their missions wait; 'keruen command resume' lets them go on.

            Examples:
              keruen command hold drone-7
              keruen command hold drone-7 drone-8 --operator aigul
            """)
    @OptionGroup var targets: CommandTargets
    func run() throws { try targets.perform(.hold) }
}
