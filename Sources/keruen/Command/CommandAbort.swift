import ArgumentParser
import Controller

/// Drop the mission for good, and out of service.
struct CommandAbort: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Drop the mission for good, and out of service.",
        discussion: """
            Freight not picked up yet goes to another vehicle. 'keruen command resume' gives the vehicle back.

            Examples:
              keruen command abort drone-7
              keruen command abort drone-7 drone-8 --operator aigul
            """)
    @OptionGroup var targets: CommandTargets
    func run() throws { try targets.perform(.abort) }
}
