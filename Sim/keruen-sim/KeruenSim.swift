import ArgumentParser

@main
struct KeruenSim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keruen-sim", abstract: "Simulated drones and trucks that speak Keruen's wire protocol.",
        version: "0.1.0")
}
