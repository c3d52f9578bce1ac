import Foundation
import Glibc
import Station
import World

/// Progress on standard error: a few lines that renew themselves on a terminal, a line now and then elsewhere.
struct DemoView {
    private let isTerminal = isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    private var linesShown = 0
    private var printedAt = -10.0

    mutating func show(
        _ status: StationStatus, start: Instant, end: Instant, realSeconds: Double, known: Int
    ) {
        let passed = status.now.instant.seconds(since: start)
        let share = min(max(passed / max(end.seconds(since: start), 1), 0), 1)
        if !isTerminal {
            guard realSeconds - printedAt >= 5 else { return }
            printedAt = realSeconds
            write(Self.clock(status) + "  " + Self.orders(status, known) + "  " + Self.traffic(status) + "\n")
            return
        }
        let width = 40
        let full = Int(share * Double(width))
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
        let speed = realSeconds > 0 ? passed / realSeconds : 0
        let lines = [
            "\(Self.clock(status))  [\(bar)] \(Int(share * 100)) %  \(Int(speed)) s a second",
            "  vehicles  \(status.vehicles.connected) of \(status.vehicles.enrolled) connected, "
                + "\(status.missions.open) missions under way",
            "  orders    " + Self.orders(status, known),
            "  traffic   " + Self.traffic(status),
        ]
        let up = linesShown > 0 ? "\u{1B}[\(linesShown)A" : ""
        write(up + lines.map { "\u{1B}[2K\($0)\n" }.joined())
        linesShown = lines.count
    }

    mutating func finish() { linesShown = 0 }

    private static func clock(_ status: StationStatus) -> String {
        // The day is Kazakhstan's, UTC+5.
        let local = status.now.instant.advanced(bySeconds: 5 * 3600).description
        return String(local.dropFirst(11).prefix(5))
    }

    private static func orders(_ status: StationStatus, _ known: Int) -> String {
        func count(_ state: String) -> Int { status.orders.byState[state] ?? 0 }
        return "\(known) known, \(count("delivered")) delivered, \(count("carried")) on board, "
            + "\(count("assigned")) assigned, \(count("waiting")) waiting, \(count("refused")) refused, "
            + "\(status.orders.late) late"
    }

    private static func traffic(_ status: StationStatus) -> String {
        "\(Int(status.telemetry.messagesPerSecond)) telemetry/s, "
            + "\(status.separation.conflictsResolved) conflicts resolved, "
            + "\(status.separation.lossesOfSeparation) losses of separation"
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
