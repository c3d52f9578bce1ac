import ArgumentParser
import Controller
import Station

/// The station at a glance.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The station at a glance.",
        discussion: """
            Fleet, orders, missions, separation, telemetry and memory of the running station. A paced station shows \
            its simulated time. With --json: the members are documented in Docs/Operator.md.

            Examples:
              keruen status
              keruen status --watch --interval 0.5
              keruen status --json | jq .orders.byState
            """)

    @OptionGroup var station: StationOptions
    @OptionGroup var watching: WatchOptions

    func validate() throws {
        if station.json, watching.watch {
            throw ValidationError("--json prints one document; leave --watch out")
        }
    }

    func run() throws {
        try station.talk { conversation in
            if station.json { return try printJSON(try conversation.status()) }
            try watching.show { try Self.lines(try conversation.status(), $0) }
        }
    }

    /// Nil when no aircraft was ever reported.
    private static func crewed(_ s: SurveillanceCounts) -> String? {
        let refused = s.contactsRefused.values.reduce(0, +)
        guard s.aircraft + s.contactsTaken + refused > 0 else { return nil }
        let levels = ["warning", "corrective", "preventive"]
        let alerts = wording(s.alertsNow, order: levels)
        let told = wording(s.alertsTold, order: levels)
        return "\(s.aircraft) aircraft, alerts now: \(alerts.isEmpty ? "none" : alerts)"
            + (told.isEmpty ? "" : "; told: \(told)") + "; \(s.lossesOfWellClear) losses of well clear; "
            + "\(s.contactsTaken) contacts, \(refused) refused"
    }

    private static func lines(_ s: StationStatus, _ terminal: Terminal) throws -> [String] {
        var sheet = FactSheet()
        let pace = s.pace.map { ", at most \($0)x" } ?? ""
        sheet.add("station", "\(s.version), up \(wording(seconds: s.uptimeSeconds)), start number \(s.fence)")
        sheet.add("time", wording(s.now) + (s.isPaced ? " simulated\(pace)" : ""))
        let grounded = s.vehicles.grounded > 0 ? ", \(s.vehicles.grounded) grounded" : ""
        let links = wording(s.vehicles.byLink, order: LinkState.allCases.map(\.rawValue))
        sheet.add(
            "vehicles",
            "\(s.vehicles.enrolled) enrolled, \(s.vehicles.connected) connected\(grounded)"
                + (links.isEmpty ? "" : "; links: \(links)"))
        let orders = wording(s.orders.byState, order: OrderState.allCases.map(\.rawValue))
        sheet.add(
            "orders", "\(s.orders.total)" + (orders.isEmpty ? "" : ": \(orders); \(s.orders.late) late"))
        let reasons = s.orders.refusedByReason.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (index, reason) in reasons.enumerated() {
            sheet.add(index == 0 ? "refused" : "", "\(reason.value) \(reason.key)")
        }
        let missions = wording(s.missions.byState, order: MissionState.allCases.map(\.rawValue))
        sheet.add("missions", "\(s.missions.open) open" + (missions.isEmpty ? "" : "; \(missions)"))
        let unwatched = s.separation.unwatchedTicks.map { ", NOT WATCHED in \($0) ticks" } ?? ""
        let closest = s.separation.closestMeters.map { ", closest \(fixed($0, 1)) m" } ?? ""
        sheet.add(
            "separation",
            "\(s.separation.lossesOfSeparation) losses, \(s.separation.conflicts) conflicts, "
                + "\(s.separation.conflictsResolved) resolutions, \(s.separation.conflictsUnresolved) unresolved"
                + closest + unwatched)
        sheet.add(
            "over trucks",
            s.separation.truckConflicts.map { "\(s.separation.truckLosses ?? 0) losses, \($0) conflicts" })
        sheet.add(
            "roads",
            s.roads.map {
                "\($0.trucks) trucks on the road; told \($0.holds) times to wait, \($0.limits) to change speed; "
                    + "\($0.longWaits) long waits"
            })
        sheet.add("crewed", s.surveillance.flatMap(Self.crewed))
        let refused = wording(s.telemetry.refused.mapValues { Int(clamping: $0) }, order: [])
        sheet.add(
            "telemetry",
            "\(fixed(s.telemetry.messagesPerSecond, 0)) messages/s, \(s.telemetry.messages) in all, "
                + "\(s.telemetry.lost) lost" + (refused.isEmpty ? "" : "; refused: \(refused)"))
        sheet.add("journal", "event \(s.durableSequence) is on disk")
        sheet.add(
            "ignored", s.ignoredInputs > 0 ? "\(s.ignoredInputs) inputs that contradicted what is known" : nil
        )
        return sheet.lines
    }
}
