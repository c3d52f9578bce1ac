import ArgumentParser
import Station
import World

/// Takes orders back.
struct OrderCancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Take orders back that are not picked up yet.",
        discussion: """
            A vehicle on its way to the pickup is called back. Freight on board cannot be cancelled. Cancelling twice \
            is harmless. Each order gets an answer of its own; the exit code is 1 when one was refused.

            Examples:
              keruen order cancel 12
              keruen order cancel CR01/K-1 CR01/K-2 --operator aigul
            """)

    @Argument(help: "Numbers of the orders, or COMPANY/KEY.")
    var orders: [OrderSelector]

    @OptionGroup var person: PersonOptions
    @OptionGroup var station: StationOptions

    func run() throws {
        try station.talk { conversation in
            let found = try orders.map { try conversation.order($0.request) }
            let results = found.map { order in
                ActionResult("order \(order.id)") {
                    try conversation.command(.cancelOrder(id: OrderID(order.id), by: person.name))
                }
            }
            try ActionResult.report(results, json: station.json)
        }
    }
}
