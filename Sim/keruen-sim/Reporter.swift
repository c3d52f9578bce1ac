import Foundation
import Vehicles

/// Prints what the host reports: a line every ten seconds, or JSON every second.
struct Reporter {
    private let json: Bool
    private var count = 0

    init(json: Bool) { self.json = json }

    mutating func take(_ report: HostReport) {
        count += 1
        if json {
            write("report", report)
        } else if count % 10 == 1 {
            FileOutput.standard.write(line(report) + "\n")
        }
    }

    func finish(_ report: HostReport) {
        if json { return write("summary", report) }
        FileOutput.standard.write(
            "keruen-sim: ended; \(line(report)); \(report.reconnections) reconnections, "
                + "\(report.droppedMessages) messages dropped, \(report.wrecked) vehicles wrecked"
                + (report.skippedSeconds > 0 ? String(format: ", %.1f s skipped", report.skippedSeconds) : "")
                + "\n")
    }

    private func line(_ report: HostReport) -> String {
        let pace = report.realSeconds > 0 ? report.simulatedSeconds / report.realSeconds : 0
        return "\(report.welcomed)/\(report.vehicles) vehicles connected, \(report.moving) moving, "
            + "\(report.sentMessages) messages sent, \(report.receivedMessages) received, "
            + String(
                format: "%.0f s simulated in %.0f s (%.1fx)", report.simulatedSeconds, report.realSeconds,
                pace)
    }

    private func write(_ kind: String, _ report: HostReport) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        struct Row: Encodable {
            var kind: String
            var report: HostReport
        }
        guard let data = try? encoder.encode(Row(kind: kind, report: report)) else { return }
        FileOutput.standard.write(String(decoding: data, as: UTF8.self) + "\n")
    }
}
