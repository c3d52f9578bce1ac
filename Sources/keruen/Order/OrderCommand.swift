import ArgumentParser

/// Freight to move.
struct OrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order", abstract: "Orders: freight that somebody wants moved.",
        subcommands: [OrderGenerate.self])
}
