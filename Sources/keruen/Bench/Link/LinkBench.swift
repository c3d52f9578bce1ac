import ArgumentParser
import Foundation

/// `keruen bench link`: the road from a vehicle's socket to the table, beside raw libzmq in the same run.
struct LinkBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Cost, latency and endurance of the link, beside raw libzmq.",
        discussion: """
            Stations and vehicles run in processes of their own, on the loopback interface, each vehicle with its \
            own sockets and key. CPU is that of all threads of the station's process.

            Examples:
              keruen bench link
              keruen bench link --only fleet --vehicles 2000 --seconds 5
            """)

    enum Row: String, CaseIterable, ExpressibleByArgument {
        case ingest, curve, fleet, latency, command, memory, reconnect, revocation, flood
    }

    @Option(
        help: "Only this row; may be given again: \(Row.allCases.map(\.rawValue).joined(separator: ", ")).")
    var only: [Row] = []
    @Option(help: "Seconds each figure is measured.")
    var seconds = 5
    @Option(help: "Vehicles of the row fleet; a process may need 2 descriptors for each.")
    var vehicles = 8000
    @Option(help: "Vehicles of the row reconnect.")
    var returning = 5000
    @OptionGroup var output: BenchOutput

    func validate() throws {
        guard (1...3600).contains(seconds), (2...9500).contains(vehicles), (2...9500).contains(returning)
        else {
            throw ValidationError("seconds must be 1 to 3600, vehicles 2 to 9500")
        }
    }

    func run() throws {
        var rows: [BenchRow] = []
        for row in only.isEmpty ? Row.allCases : only {
            rows += try measure(row)
        }
        rows.append(
            .told(
                "heap allocations per telemetry message, our side", "0",
                reference: "proven by the tests LinkIngestTests.steadyTelemetryAllocatesNothing"))
        try output.report(rows)
    }

    private func measure(_ row: Row) throws -> [BenchRow] {
        switch row {
        case .ingest: try ingestRows(curve: false)
        case .curve: try ingestRows(curve: true)
        case .fleet: try fleetRows()
        case .latency: try latencyRows()
        case .command: try commandRows()
        case .memory: try memoryRows()
        case .reconnect: try reconnectRows()
        case .revocation: try revocationRows()
        case .flood: try floodRows()
        }
    }

    /// Tells on standard error how far it is.
    func progress(_ text: String) {
        FileHandle.standardError.write(Data("bench: \(text)\n".utf8))
    }

    static let seed: UInt64 = 7

    func station(_ kind: BenchStation.Kind, vehicles: Int, limit: Double = 50, port: Int = 0) throws
        -> BenchProcess
    {
        try BenchProcess([
            "link-station", kind.rawValue, "--vehicles", "\(vehicles)", "--limit", "\(limit)", "--port",
            "\(port)", "--seed", "\(Self.seed)",
        ])
    }

    /// A process of vehicles numbered from `first`, connecting.
    func fleet(
        _ station: BenchProcess, first: Int = 1, count: Int, rate: Double = 1000, plain: Bool = false,
        downlink: Bool = true
    ) throws -> BenchProcess {
        try BenchProcess(
            [
                "link-fleet", "--uplink", station.ready["uplink"] ?? "", "--first", "\(first)", "--count",
                "\(count)", "--connect-rate", "\(rate)", "--seed", "\(Self.seed)",
            ] + (downlink ? ["--downlink", station.ready["downlink"] ?? ""] : []) + (plain ? ["--plain"] : [])
        )
    }

    /// Asks until `condition` holds; throws when it does not within the time.
    func wait(
        for what: String, _ station: BenchProcess, seconds: Double,
        until condition: (BenchProcess.Answer) -> Bool
    ) throws -> BenchProcess.Answer {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            let status = try station.ask("status")
            if condition(status) { return status }
            guard Date() < deadline else {
                throw BenchError("\(what): not within \(Int(seconds)) s: \(status)")
            }
            usleep(50_000)
        }
    }
}

/// What a station did between two of its answers.
struct BenchSpan {
    var seconds: Double
    var cpuSeconds: Double
    var messages: Double

    init(_ a: BenchProcess.Answer, _ b: BenchProcess.Answer) {
        seconds = (b[number: "at"] - a[number: "at"]) * 1e-9
        cpuSeconds = (b[number: "cpu"] - a[number: "cpu"]) * 1e-9
        messages = b[number: "accepted"] - a[number: "accepted"]
    }

    var cores: Double { cpuSeconds / seconds }
    var messagesPerSecond: Double { messages / seconds }
    var cpuNanosecondsPerMessage: Double { cpuSeconds * 1e9 / max(1, messages) }
}

extension [Double] {
    /// The middle one, or the mean of the two in the middle; 0 without any.
    var median: Double {
        let values = sorted()
        return isEmpty ? 0 : (values[(count - 1) / 2] + values[count / 2]) / 2
    }
}
