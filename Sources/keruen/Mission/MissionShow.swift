import ArgumentParser
import Controller
import Station
import World

/// One mission with its steps.
struct MissionShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One mission with its steps.",
        discussion: """
            Steps are marked 'done' or 'next'; those of the contingency come last.

            Examples:
              keruen mission show 12
              keruen mission show 12 --json | jq '.steps | length'
            """)

    @Argument(help: "Number of the mission.", completion: .openMissions)
    var mission: UInt64

    @OptionGroup var station: StationOptions

    func run() throws {
        try station.talk { conversation in
            let mission = try conversation.mission(MissionID(mission))
            if station.json { return try printJSON(mission) }
            let now = try conversation.status().now
            print((Self.facts(mission, now) + [""] + Self.steps(mission)).joined(separator: "\n"))
        }
    }

    private static func facts(_ m: MissionStatus, _ now: Timestamp) -> [String] {
        var sheet = FactSheet()
        sheet.add("mission", "\(m.id), revision \(m.revision)")
        sheet.add("state", "\(m.state.rawValue): \(m.reason)")
        sheet.add("vehicle", "\(m.vehicle) \(m.vehicleName)")
        sheet.add("order", m.order.map { "\($0)" })
        sheet.add("created", wording(m.createdAt, at: now))
        sheet.add("expected end", wording(m.expectedEnd, at: now))
        let behind = m.behindSeconds > 0 ? ", \(wording(seconds: m.behindSeconds)) behind its plan" : ""
        sheet.add(
            "progress",
            "\(m.nextStep) of \(m.stepCount) steps, \(fixed(m.progress * 100, 0)) % of the way\(behind)")
        return sheet.lines
    }

    private static func steps(_ m: MissionStatus) -> [String] {
        var table = TextTable(columns: [
            .init(title: "STEP", isNumber: true), .init(title: "ACTION"), .init(title: "LAT,LON_deg"),
            .init(title: "AMSL_m", isNumber: true), .init(title: "SPEED_m/s", isNumber: true),
            .init(title: "TIME_s", isNumber: true), .init(title: "STATUS"),
        ])
        for (index, step) in (m.steps ?? []).enumerated() {
            table.rows.append([
                .init("\(index)"), .init(step.action.rawValue), .init(wording(step.target)),
                .init(fixed(step.target.altitudeMeters, 1)),
                .init(step.speedMetersPerSecond.map { fixed($0, 1) }),
                .init(step.durationSeconds.map { fixed($0, 0) }),
                .init(index < m.nextStep ? "done" : index == m.nextStep ? "next" : ""),
            ])
        }
        return table.lines(for: Terminal.output)
    }
}
