import ArgumentParser

/// Keys of vehicles: who may speak to the station, and as whom.
struct Key: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke the keys of vehicles.",
        discussion: """
            Each vehicle has one CURVE key. The allow list 'fleet.keys' holds the public halves; the secret half goes \
            to the vehicle in a file of its own, readable by its owner only.

            Examples:
              keruen key new drone-7 --kind multirotor --company CR01
              keruen key list --json
              keruen key revoke drone-7
            """,
        subcommands: [KeyNew.self, KeyList.self, KeyRevoke.self])
}
