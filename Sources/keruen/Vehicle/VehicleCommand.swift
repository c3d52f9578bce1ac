import ArgumentParser

/// Vehicles the station has met.
struct VehicleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vehicle",
        abstract: "Vehicles: where they are, what they do and how they are heard.",
        discussion: """
            A vehicle is listed once it has said Hello; 'keruen key list' shows those that may.

            Examples:
              keruen vehicle list --state lost
              keruen vehicle show drone-7
            """,
        subcommands: [VehicleList.self, VehicleShow.self])
}
