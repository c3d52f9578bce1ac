import Foundation

extension LinkBench {
    /// As much telemetry as 64 vehicles can send: raw receiving and ours by turns.
    func ingestRows(curve: Bool) throws -> [BenchRow] {
        let name = curve ? "ingest with CURVE" : "ingest"
        let vehicles = 64
        let raw = try station(curve ? .rawCurve : .raw, vehicles: vehicles)
        let ours = try station(curve ? .link : .plain, vehicles: vehicles, limit: 1e9)
        let stations = [raw, ours]
        let fleets = try stations.map {
            try fleet($0, count: vehicles, plain: !curve, downlink: false)
        }
        defer { (fleets + stations).forEach { $0.end() } }
        var rates: [[Double]] = [[], []]
        var costs: [[Double]] = [[], []]
        try fleets.forEach { try $0.ask("silence") }
        for round in 0...2 * seconds {
            progress("\(name), round \(round)")
            for (place, station) in stations.enumerated() {
                try fleets[place].ask("blast")
                usleep(round == 0 ? 500_000 : 150_000)
                let a = try station.ask("status")
                usleep(500_000)
                let span = BenchSpan(a, try station.ask("status"))
                try fleets[place].ask("silence")
                usleep(100_000)
                guard span.messages > 0 else { throw BenchError("\(name): nothing received") }
                // The first round warms up.
                guard round > 0 else { continue }
                rates[place].append(span.messagesPerSecond)
                costs[place].append(span.cpuNanosecondsPerMessage)
            }
        }
        let status = try ours.ask("status")
        guard status[number: "refused"] == 0 else { throw BenchError("\(name): refused messages: \(status)") }
        let rate = zip(rates[1], rates[0]).map { $0 / $1 }.median
        let cost = zip(costs[0], costs[1]).map { $0 / $1 }.median
        let reference = """
            ours \(Int(rates[1].median)) msg/s at \(Int(costs[1].median)) ns CPU, raw libzmq \
            \(Int(rates[0].median)) msg/s at \(Int(costs[0].median)) ns; \(vehicles) vehicles, medians
            """
        let rateName = "\(name) over raw libzmq receive: rate"
        return [
            curve
                ? .told(rateName, BenchRow.figure(rate))
                : .atLeast(rate, must: 0.85, goal: 0.95, rateName, reference: reference),
            .atLeast(
                cost, must: curve ? 0.90 : 0.70, goal: curve ? 0.97 : 0.85,
                "\(name) over raw libzmq receive: receiver CPU", reference: reference),
        ]
    }
}
