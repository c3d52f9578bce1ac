import ArgumentParser

@main
struct Keruen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keruen",
        abstract: "Ground control for unmanned freight.",
        version: "0.1.0",
        subcommands: [Serve.self, Key.self, OrderCommand.self, Bench.self])
}
