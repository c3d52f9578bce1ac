import ArgumentParser
import Controller
import Station
import World

/// Everything known of one vehicle.
struct VehicleShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Everything known of one vehicle.",
        discussion: """
            Examples:
              keruen vehicle show drone-7
              keruen vehicle show 7 --json | jq .link.refused
            """)

    @Argument(help: "Name or number.", completion: .vehicleNames)
    var vehicle: String

    @OptionGroup var station: StationOptions

    func run() throws {
        try station.talk { conversation in
            let vehicle = try conversation.vehicle(vehicle)
            if station.json { return try printJSON(vehicle) }
            print(Self.lines(vehicle).joined(separator: "\n"))
        }
    }

    private static func lines(_ v: VehicleStatus) -> [String] {
        var sheet = FactSheet()
        sheet.add("vehicle", "\(v.id) \(v.name), \(v.kind.rawValue) \(v.model), of \(v.company)")
        sheet.add("doing", "\(v.mode): \(v.reason)")
        sheet.add(
            "mission",
            v.mission.map { "\($0), at step \(v.leg)" + (v.nextStep.map { " (\($0.rawValue))" } ?? "") })
        sheet.add("order", v.order.map { "\($0)" })
        if let track = v.track {
            let trust = track.isTrusted ? "" : ", not trusted"
            sheet.add(
                "position",
                wording(track.position) + ", \(fixed(track.position.altitudeMeters, 1)) m AMSL\(trust)")
            sheet.add(
                "motion",
                "\(fixed(track.speedMetersPerSecond, 1)) m/s over ground, heading \(fixed(track.headingDegrees, 0)) deg"
            )
            sheet.add(
                "energy",
                "\(track.energyKilojoules) kJ" + (v.energyPercent.map { ", \($0) %" } ?? "")
                    + (track.energyMarginKilojoules.map { ", margin over contingency \(fixed($0, 0)) kJ" }
                        ?? ""))
            sheet.add("payload", "\(kilograms(track.payloadGrams)) kg")
        }
        for (index, alert) in (v.alerts ?? []).enumerated() {
            sheet.add(index == 0 ? "alerts" : "", alert.text)
        }
        sheet.add("home", v.home.map { wording($0) })
        let link = v.link
        sheet.add(
            "link",
            link.state.rawValue + (link.isConnected ? ", connected" : ", not connected")
                + (link.isRevoked ? ", key revoked" : ""))
        sheet.add(
            "heard",
            link.heardAt.map { "\(wording($0)) (\(wording(seconds: link.ageSeconds ?? 0)) ago)" } ?? "never")
        let trips = [
            link.roundTripMilliseconds.map { "heartbeat \(fixed($0, 1)) ms" },
            link.tcpRoundTripMilliseconds.map { "TCP \(fixed($0, 1)) ms" },
            link.clockOffsetMilliseconds.map { "clock off by \(fixed($0, 1)) ms" },
        ]
        sheet.add("round trip", trips.compactMap { $0 }.joined(separator: ", "))
        sheet.add(
            "messages",
            "\(link.lost) lost, \(link.retransmissions) TCP retransmissions, refused: "
                + (link.refused.isEmpty ? "none" : wording(link.refused.mapValues { Int($0) }, order: [])))
        sheet.add(
            "capacity",
            "\(kilograms(v.capacity.payloadGrams)) kg, \(v.capacity.cargoVolumeLiters) l, "
                + "\(fixed(v.capacity.cruiseSpeedMetersPerSecond, 1)) m/s, \(v.capacity.energyKilojoules) kJ, "
                + "\(fixed(Double(v.capacity.rangeMeters) / 1000, 1)) km")
        return sheet.lines
    }
}
