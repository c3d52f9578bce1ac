import ArgumentParser
import Controller

/// Go on with a held mission, and back into service.
struct CommandResume: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a held mission, and back into service.",
        discussion: """
            Also gives back vehicles that 'land' or 'abort' took out of service.

            Examples:
              keruen command resume drone-7
              keruen command resume drone-7 drone-8 --operator aigul
            """)
    @OptionGroup var targets: CommandTargets
    func run() throws { try targets.perform(.resume) }
}
