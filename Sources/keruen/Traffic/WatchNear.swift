import ArgumentParser
import Controller
import Station
import World

/// The traffic around one drone, and where it may go.
struct WatchNear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "near",
        abstract: "Aircraft and drones around one drone, and which manoeuvres keep well clear.",
        discussion: """
            Aircraft within 20 km and 3 km of height, drones within 5 km: how far, where (degrees from north), how \
            much higher, how fast the distance shrinks, seconds until separation is lost if nobody turns (2,000 ft \
            and 250 ft from aircraft), and the alert level of DO-365B.

            Below them the bands of DO-365B against the aircraft: which directions, ground speeds, vertical speeds \
            and altitudes are free, would lead to a corrective alert or a warning; recovery where nothing is free \
            and this regains well clear soonest. Manoeuvres as the standard takes them: 3 deg/s, 2 m/s2, 500 ft/min. \
            A kind without values is not for a drone so slow (5 m/s) or low (30 m).

            Examples:
              keruen traffic near drone-7
              keruen traffic near 7 --json | jq '.neighbours[0]'
            """)

    @Argument(help: "Name or number of the drone.", completion: .vehicleNames)
    var vehicle: String

    @OptionGroup var station: StationOptions

    func run() throws {
        try station.talk { conversation in
            let near = try conversation.near(vehicle)
            if station.json { return try printJSON(near) }
            print(Self.lines(near, .output).joined(separator: "\n"))
        }
    }

    private static func lines(_ near: TrafficNear, _ terminal: Terminal) -> [String] {
        var sheet = FactSheet()
        sheet.add("vehicle", "\(near.vehicle.number) \(near.name)")
        sheet.add("doing", near.doing)
        sheet.add(
            "motion",
            "\(fixed(near.speedMetersPerSecond, 1)) m/s towards \(fixed(near.courseDegrees, 0)) deg, climb "
                + "\(fixed(near.climbMetersPerSecond, 1)) m/s, \(fixed(near.altitudeMeters, 0)) m AMSL")
        var lines = sheet.lines + [""]
        if near.neighbours.isEmpty {
            lines.append("nothing is near")
        } else {
            lines += table(near).lines(for: terminal)
            if near.leftOut > 0 { lines.append("and \(near.leftOut) more") }
        }
        var bands = FactSheet()
        bands.add("direction, deg", wording(near.directionDegrees, 0))
        bands.add("ground speed, m/s", wording(near.groundSpeedMetersPerSecond, 0))
        bands.add("vertical speed, m/s", wording(near.verticalSpeedMetersPerSecond, 1))
        bands.add("altitude, m AMSL", wording(near.altitudeBandsMeters, 0))
        return lines + [""] + bands.lines
    }

    private static func table(_ near: TrafficNear) -> TextTable {
        var table = TextTable(columns: [
            .init(title: "KIND"), .init(title: "NAME", canShrink: true), .init(title: "ADDRESS"),
            .init(title: "METERS", isNumber: true), .init(title: "BEARING", isNumber: true),
            .init(title: "ABOVE", isNumber: true), .init(title: "CLOSING", isNumber: true),
            .init(title: "LOSS", isNumber: true), .init(title: "LEVEL"), .init(title: "AGE", isNumber: true),
        ])
        table.rows = near.neighbours.map { n in
            let tone: Terminal.Tone =
                n.level == "warning" ? .bad : n.level == "corrective" ? .warning : .plain
            return [
                .init(n.kind.rawValue), .init(n.name), .init(n.address), .init(fixed(n.distanceMeters, 0)),
                .init(fixed(n.bearingDegrees, 0)), .init(fixed(n.aboveMeters, 0)),
                .init(fixed(n.closingMetersPerSecond, 1)),
                .init(n.secondsToLoss.map { fixed($0, 0) }), .init(n.level ?? "-", tone),
                .init(fixed(n.ageSeconds, 1)),
            ]
        }
        return table
    }

    /// "0 to 112 free, 112 to 180 warning".
    private static func wording(_ bands: [TrafficBand], _ decimals: Int) -> String {
        guard !bands.isEmpty else { return "-" }
        return bands.map { "\(fixed($0.low, decimals)) to \(fixed($0.high, decimals)) \($0.region)" }
            .joined(separator: ", ")
    }
}
