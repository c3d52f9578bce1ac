import ArgumentParser
import Controller

/// Land or stop at once where they are, and out of service.
struct CommandLand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "land",
        abstract: "Land or stop at once where they are, and out of service.",
        discussion: """
            For danger in the air or on the road. 'keruen command resume' gives them back.

            Examples:
              keruen command land drone-7
              keruen command land drone-7 drone-8 --operator aigul
            """)
    @OptionGroup var targets: CommandTargets
    func run() throws { try targets.perform(.land) }
}
