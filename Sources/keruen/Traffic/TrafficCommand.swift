import ArgumentParser

/// The separation core on files: what it finds, without a station.
struct TrafficCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traffic",
        abstract: "Ask the separation core about states in a file.",
        subcommands: [FenceCommand.self])
}
