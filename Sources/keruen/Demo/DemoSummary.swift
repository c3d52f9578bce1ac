import Controller
import Foundation
import Station
import World

/// What became of the day.
struct DemoSummary: Codable {
    var simulatedHours: Double
    var realSeconds: Double
    /// Simulated seconds for each real one.
    var pace: Double
    var vehicles: Int
    var ordersKnown: Int
    var delivered: Int
    var deliveredLate: Int
    var refused: Int
    var failed: Int
    var stillOpen: Int
    var refusedBecause: [Reason]
    var openBecause: [Reason]
    var missions: [String: Int]
    var ways: DemoWays
    var conflictsResolved: Int
    var lossesOfSeparation: Int
    var closestMeters: Double?
    /// Drones that came closer to a truck than they may.
    var lossesOverTrucks: Int
    /// Times trucks were told to wait, and to change their speed.
    var roadHolds: Int
    var roadLimits: Int
    var telemetryMessages: UInt64
    var telemetryPerSecond: Double
    var telemetryLost: UInt64
    var messagesRefused: [String: UInt64]
    var directory: String

    struct Reason: Codable {
        var count: Int
        var reason: String
        /// An order it happened to.
        var example: UInt64
    }

    init(
        status: StationStatus, orders: [OrderStatus], ways: DemoWays, vehicles: Int, plan: DemoPlan,
        realSeconds: Double
    ) {
        let passed = max(0, status.now.instant.seconds(since: plan.start))
        simulatedHours = passed / 3600
        self.realSeconds = realSeconds
        pace = passed / max(realSeconds, 0.001)
        self.vehicles = vehicles
        ordersKnown = orders.count
        delivered = orders.count { $0.state == .delivered }
        deliveredLate = orders.count { $0.state == .delivered && $0.isLate }
        refused = orders.count { $0.state == .refused }
        failed = orders.count { $0.state == .failed }
        stillOpen = orders.count { !$0.state.isClosed }
        refusedBecause = Self.reasons(orders.filter { $0.state == .refused })
        openBecause = Self.reasons(orders.filter { $0.state == .waiting })
        missions = status.missions.byState
        self.ways = ways
        conflictsResolved = status.separation.conflictsResolved
        lossesOfSeparation = status.separation.lossesOfSeparation
        closestMeters = status.separation.closestMeters
        lossesOverTrucks = status.separation.truckLosses ?? 0
        roadHolds = status.roads?.holds ?? 0
        roadLimits = status.roads?.limits ?? 0
        telemetryMessages = status.telemetry.messages
        telemetryPerSecond = Double(status.telemetry.messages) / max(realSeconds, 0.001)
        telemetryLost = status.telemetry.lost
        messagesRefused = status.telemetry.refused
        directory = plan.directory
    }

    /// Reasons with their numbers blanked, most frequent first.
    private static func reasons(_ orders: [OrderStatus]) -> [Reason] {
        var byText: [String: Reason] = [:]
        for order in orders {
            let text = OrderCounts.general(order.reason)
            byText[text, default: Reason(count: 0, reason: order.reason, example: order.id)].count += 1
        }
        return byText.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map(\.value)
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        func row(_ name: String, _ value: String) -> String {
            "  " + name.padding(toLength: 20, withPad: " ", startingAt: 0) + value
        }
        func fixed(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
        var lines = [
            "",
            "\(fixed(simulatedHours)) hours of freight in \(fixed(realSeconds)) s (\(fixed(pace, 0)) times real time)",
            "",
            row("vehicles", "\(vehicles)"),
            row("orders", "\(ordersKnown)"),
            row("  delivered", "\(delivered), of which late \(deliveredLate)"),
            row("  refused", "\(refused)"),
        ]
        lines += refusedBecause.prefix(6).map {
            "      \($0.count) x, such as order \($0.example): \($0.reason)"
        }
        if failed > 0 { lines.append(row("  failed", "\(failed)")) }
        lines.append(row("  still open", "\(stillOpen)"))
        lines += openBecause.prefix(3).map {
            "      \($0.count) x, such as order \($0.example): \($0.reason)"
        }
        let states = missions.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(
            separator: ", ")
        lines += [
            row("missions", states),
            row(
                "ways",
                "\(fixed(ways.toPickupKilometers, 0)) km to pickups, \(fixed(ways.ladenKilometers, 0)) km with freight, "
                    + "\(fixed(ways.homeKilometers, 0)) km home or to charge; delivered "
                    + "\(fixed(ways.meanDeliveryMinutes)) min after ready in the mean"),
            row(
                "separation",
                "\(lossesOfSeparation) losses, \(conflictsResolved) conflicts resolved"
                    + (closestMeters.map { ", closest pair \(fixed($0, 0)) m" } ?? "")
                    + ", \(lossesOverTrucks) losses over trucks"),
            row("roads", "\(roadHolds) times told to wait, \(roadLimits) to change speed"),
            row(
                "telemetry",
                "\(telemetryMessages) messages, \(fixed(telemetryPerSecond, 0)) a second, \(telemetryLost) lost"
            ),
        ]
        if !messagesRefused.isEmpty {
            let causes = messagesRefused.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            lines.append(row("  refused", causes.joined(separator: ", ")))
        }
        lines += [
            "", "Where to look next:",
            "  \(directory)/station.log    what the station noticed",
            "  \(directory)/journal.log    every decision, with its reason",
            "  keruen serve --directory \(directory)    then 'keruen order list' in another terminal",
        ]
        return lines.joined(separator: "\n")
    }
}
