import ArgumentParser
import Controller
import Station
import World

/// Everything known of one order.
struct OrderShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Everything known of one order.",
        discussion: """
            Examples:
              keruen order show 12
              keruen order show CR01/K-1
              keruen order show 12 --json | jq -r .state
            """)

    @Argument(help: "Number of the order, or COMPANY/KEY.")
    var order: OrderSelector

    @OptionGroup var station: StationOptions

    func run() throws {
        try station.talk { conversation in
            let order = try conversation.order(order.request)
            if station.json { return try printJSON(order) }
            print(Self.lines(order, try conversation.status().now).joined(separator: "\n"))
        }
    }

    private static func lines(_ o: OrderStatus, _ now: Timestamp) -> [String] {
        var sheet = FactSheet()
        sheet.add("order", "\(o.id), \(o.key) of \(o.company)")
        sheet.add("state", "\(o.state.rawValue)\(o.isLate ? ", late" : ""): \(o.reason)")
        let volume = o.volumeLiters > 0 ? ", \(o.volumeLiters) l" : ""
        sheet.add("freight", "\(kilograms(o.massGrams)) kg\(volume), \(o.cargo.rawValue)")
        sheet.add("from", "\(o.from.place) (\(wording(o.from.position)))")
        sheet.add("to", "\(o.to.place) (\(wording(o.to.position)))")
        sheet.add("kinds", o.kinds.map { $0.map(\.rawValue).joined(separator: ", ") })
        sheet.add("submitted", wording(o.submittedAt, at: now))
        sheet.add("ready", wording(o.readyAt, at: now))
        sheet.add("due", wording(o.deliverBy, at: now) ?? "no time promised")
        sheet.add("picked up", wording(o.pickedUpAt, at: now))
        sheet.add("closed", wording(o.closedAt, at: now))
        sheet.add("mission", o.mission.map { "\($0)" })
        return sheet.lines
    }
}
