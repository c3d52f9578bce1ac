import ArgumentParser
import Station

@main
struct Keruen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keruen",
        abstract: "Ground control for unmanned freight.",
        version: keruenVersion,
        subcommands: [Serve.self, Demo.self, Key.self, OrderCommand.self, Bench.self])
}
