import ArgumentParser
import Controller
import Station
import World

/// Missions, a line each.
struct MissionList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Missions that are not over, a line each.",
        discussion: """
            STEP counts the steps done and all, DONE_% is the share of the way. In a pipe the columns are separated by tabs and nothing is cut. \
            With --json: an array of missions without their steps, see Docs/Operator.md.

            Examples:
              keruen mission list
              keruen mission list --state held
              keruen mission list --vehicle drone-7 --all
            """)

    @Option(
        help: "Only in this state: \(MissionState.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .list(MissionState.allCases.map(\.rawValue)))
    var state: MissionState?

    @Option(help: "Only of this vehicle, by name or number.", completion: .vehicleNames)
    var vehicle: String?

    @Flag(help: "Also those that are over.")
    var all = false

    @OptionGroup var list: ListOptions
    @OptionGroup var station: StationOptions

    func run() throws {
        try station.talk { conversation in
            let filter = MissionFilter(
                state: state, vehicle: try vehicle.map { VehicleID(try conversation.vehicle($0).id) },
                isOpen: all || state != nil ? nil : true, page: list.page)
            let page = try conversation.missions(filter, limit: list.limit)
            if station.json { return try printJSON(page.missions) }
            let terminal = Terminal.output
            let lines = Self.table(page).lines(for: terminal)
            print((lines + (terminal.isTerminal ? list.rest(page.next) : [])).joined(separator: "\n"))
        }
    }

    private static func table(_ page: MissionPage) -> TextTable {
        var table = TextTable(columns: [
            .init(title: "ID", isNumber: true), .init(title: "VEHICLE", canShrink: true),
            .init(title: "ORDER", isNumber: true), .init(title: "STATE"),
            .init(title: "STEP", isNumber: true), .init(title: "DONE_%", isNumber: true),
            .init(title: "AGE", isNumber: true), .init(title: "ENDS_IN", isNumber: true),
            .init(title: "REASON", canShrink: true),
        ])
        table.rows = page.missions.map { mission in
            let age = page.now.instant.seconds(since: mission.createdAt.instant)
            let left = mission.expectedEnd.instant.seconds(since: page.now.instant)
            let isOver = mission.state == .completed || mission.state == .aborted
            return [
                .init("\(mission.id)"), .init(mission.vehicleName), .init(mission.order),
                .init(mission.state.rawValue, tone(mission.state)),
                .init("\(mission.nextStep)/\(mission.stepCount)"), .init(fixed(mission.progress * 100, 0)),
                .init(wording(seconds: age), exact: mission.createdAt.description),
                .init(
                    isOver ? "-" : wording(seconds: left), exact: mission.expectedEnd.description,
                    !isOver && left < 0 ? .warning : .plain),
                .init(mission.reason),
            ]
        }
        return table
    }

    private static func tone(_ state: MissionState) -> Terminal.Tone {
        switch state {
        case .active, .completed: .good
        case .held, .contingent: .warning
        case .aborted: .bad
        case .accepted, .loaded: .plain
        }
    }
}
