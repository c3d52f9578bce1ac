import ArgumentParser

/// Freight to move.
struct OrderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "Orders: freight that somebody wants moved.",
        discussion: """
            Examples:
              keruen order submit --company CR01 --from ALA --to 43.30,76.95 --kg 1.2 --by +2h
              keruen order generate --count 50 --json | keruen order submit --file -
              keruen order import orders.csv --company CR01 --dry-run
              keruen order list --state refused
              keruen order show CR01/K-1
              keruen order cancel 12
            """,
        subcommands: [
            OrderSubmit.self, OrderImport.self, OrderList.self, OrderShow.self, OrderCancel.self,
            OrderGenerate.self,
        ])
}
