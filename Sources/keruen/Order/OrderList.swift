import ArgumentParser
import Controller
import Station
import World

/// Orders, a line each.
struct OrderList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Orders, a line each.",
        discussion: """
            DUE_IN is the time left until it is late, negative when it is. In a pipe the columns are separated by \
            tabs, times are exact and nothing is cut. With --json: an array of orders, see Docs/Operator.md.

            Examples:
              keruen order list --state waiting
              keruen order list --company CR01 --late
              keruen order list --after 1000 --limit 100
              keruen order list --state refused --json | jq -r '.[].reason'
            """)

    @Option(
        help: "Only in this state: \(OrderState.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .list(OrderState.allCases.map(\.rawValue)))
    var state: OrderState?

    @Option(help: "Only of this company.")
    var company: String?

    @Flag(help: "Only those delivered late, or open after the time promised.")
    var late = false

    @OptionGroup var list: ListOptions
    @OptionGroup var station: StationOptions

    func run() throws {
        try station.talk { conversation in
            let filter = OrderFilter(
                state: state, company: company, isLate: late ? true : nil, page: list.page)
            let page = try conversation.orders(filter, limit: list.limit)
            if station.json { return try printJSON(page.orders) }
            let terminal = Terminal.output
            let lines = Self.table(page).lines(for: terminal)
            print((lines + (terminal.isTerminal ? list.rest(page.next) : [])).joined(separator: "\n"))
        }
    }

    private static func table(_ page: OrderPage) -> TextTable {
        var table = TextTable(columns: [
            .init(title: "ID", isNumber: true), .init(title: "COMPANY", canShrink: true),
            .init(title: "KEY", canShrink: true), .init(title: "STATE"),
            .init(title: "FROM", canShrink: true),
            .init(title: "TO", canShrink: true), .init(title: "MASS_kg", isNumber: true),
            .init(title: "DUE_IN", isNumber: true), .init(title: "AGE", isNumber: true),
            .init(title: "MISSION", isNumber: true), .init(title: "REASON", canShrink: true),
        ])
        table.rows = page.orders.map { order in
            let left = order.deliverBy.map { $0.instant.seconds(since: page.now.instant) }
            let due =
                order.state.isClosed
                ? (order.isLate ? "late" : "-") : left.map { wording(seconds: $0) } ?? "-"
            return [
                .init("\(order.id)"), .init(order.company), .init(order.key),
                .init(order.state.rawValue, tone(order.state)), .init(order.from.place),
                .init(order.to.place),
                .init(kilograms(order.massGrams)),
                .init(due, exact: order.deliverBy?.description ?? "-", order.isLate ? .bad : .plain),
                .init(
                    wording(seconds: page.now.instant.seconds(since: order.submittedAt.instant)),
                    exact: order.submittedAt.description), .init(order.mission), .init(order.reason),
            ]
        }
        return table
    }

    static func tone(_ state: OrderState) -> Terminal.Tone {
        switch state {
        case .delivered: .good
        case .cancelled: .warning
        case .refused, .failed: .bad
        case .waiting, .assigned, .carried: .plain
        }
    }
}
