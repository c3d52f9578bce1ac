import ArgumentParser
import Controller
import Station
import World

/// The fleet, a line each.
struct VehicleList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The fleet, a line each.",
        discussion: """
            In a pipe the columns are separated by tabs and nothing is cut. HEARD is the age of the newest message, \
            ENERGY_% the share of the capacity. With --json: an array of vehicles, see Docs/Operator.md.

            Examples:
              keruen vehicle list --watch
              keruen vehicle list --state lost --company CR01
              keruen vehicle list --kind truck | cut -f 2,7
              keruen vehicle list --json | jq '.[] | select(.link.ageSeconds > 5) | .name'
            """)

    /// What `--state` may say: what a vehicle does, how it is heard, or that it is grounded.
    static let states =
        VehicleMode.all.map { "\($0)" } + LinkState.allCases.map(\.rawValue) + ["grounded"]

    @Option(
        help: "Only those that do this, are heard so, or are grounded: \(states.joined(separator: ", ")).",
        completion: .list(states))
    var state: String?

    @Option(help: "Only those of this company.")
    var company: String?

    @Option(
        help: "Only this kind: multirotor, vtol or truck.",
        completion: .list(VehicleKind.allCases.map(\.rawValue)))
    var kind: VehicleKind?

    @OptionGroup var list: ListOptions
    @OptionGroup var watching: WatchOptions
    @OptionGroup var station: StationOptions

    func validate() throws {
        if let state, !Self.states.contains(state) {
            throw ValidationError("--state \(state): use \(Self.states.joined(separator: ", "))")
        }
        if station.json, watching.watch {
            throw ValidationError("--json prints one document; leave --watch out")
        }
    }

    private var filter: VehicleFilter {
        VehicleFilter(
            company: company, kind: kind, mode: state.flatMap(VehicleMode.init(name:)),
            link: state.flatMap(LinkState.init(rawValue:)), isGrounded: state == "grounded" ? true : nil,
            page: list.page)
    }

    func run() throws {
        try station.talk { conversation in
            if station.json {
                return try printJSON(try conversation.vehicles(filter, limit: list.limit).vehicles)
            }
            try watching.show { terminal in
                let page = try conversation.vehicles(filter, limit: list.limit)
                return Self.table(page.vehicles).lines(for: terminal)
                    + (terminal.isTerminal ? list.rest(page.next) : [])
            }
        }
    }

    static func table(_ vehicles: [VehicleStatus]) -> TextTable {
        var table = TextTable(columns: [
            .init(title: "ID", isNumber: true), .init(title: "NAME", canShrink: true), .init(title: "KIND"),
            .init(title: "COMPANY", canShrink: true), .init(title: "LINK"),
            .init(title: "HEARD", isNumber: true),
            .init(title: "MODE"), .init(title: "ENERGY_%", isNumber: true),
            .init(title: "SPEED_m/s", isNumber: true),
            .init(title: "MISSION", isNumber: true), .init(title: "ORDER", isNumber: true),
            .init(title: "REASON", canShrink: true),
        ])
        table.rows = vehicles.map { vehicle in
            [
                .init("\(vehicle.id)"), .init(vehicle.name), .init(vehicle.kind.rawValue),
                .init(vehicle.company),
                .init(vehicle.link.state.rawValue, tone(vehicle.link.state)),
                .init(
                    vehicle.link.ageSeconds.map { wording(seconds: $0) } ?? "never",
                    exact: vehicle.link.heardAt?.description ?? "never"),
                .init(vehicle.mode, vehicle.mode == "fault" ? .bad : .plain),
                .init(vehicle.energyPercent), .init(vehicle.track.map { fixed($0.speedMetersPerSecond, 1) }),
                .init(vehicle.mission), .init(vehicle.order),
                .init(vehicle.reason, vehicle.isGrounded ? .warning : .plain),
            ]
        }
        return table
    }

    static func tone(_ link: LinkState) -> Terminal.Tone {
        switch link {
        case .live: .good
        case .late, .regained, .unheard: .warning
        case .lost: .bad
        }
    }
}

extension VehicleStatus {
    /// Whole percent of the capacity; nil when either is unknown.
    var energyPercent: Int? {
        guard let track, capacity.energyKilojoules > 0 else { return nil }
        return Int(
            (Double(track.energyKilojoules) / Double(capacity.energyKilojoules) * 100).rounded().clamped(
                to: 0...999))
    }
}
