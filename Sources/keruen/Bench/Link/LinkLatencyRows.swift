import Foundation

extension LinkBench {
    /// Age of telemetry in the table at 20,000 messages a second.
    func latencyRows() throws -> [BenchRow] {
        var figures: [Double] = []
        var told: [String] = []
        for kind in [BenchStation.Kind.rawCurve, .link] {
            let count = 2000
            let station = try station(kind, vehicles: count)
            defer { station.end() }
            progress("latency of \(kind.rawValue)")
            let fleet = try fleet(station, count: count, rate: 400, downlink: kind == .link)
            defer { fleet.end() }
            _ = try wait(for: "\(count) vehicles connected", station, seconds: 60) {
                Int($0[number: "back"]) >= count
            }
            try fleet.ask("pace 10")
            sleep(1)
            let answer = try station.ask("latency \(seconds)")
            figures.append(answer[number: "p50"] * 1e-6)
            told.append(
                "p50 \(BenchRow.figure(answer[number: "p50"] * 1e-6)) ms, "
                    + "p99 \(BenchRow.figure(answer[number: "p99"] * 1e-6)) ms of \(Int(answer[number: "count"]))"
            )
        }
        return [
            .atMost(
                figures[1], must: 1.5, goal: 1.0, unit: " ms",
                "latency at 20,000 msg/s, sent to collected, p50",
                reference: "ours \(told[1]) messages; raw libzmq with CURVE, never waiting: \(told[0])")
        ]
    }

    /// A command there and its acknowledgement back, the vehicle in another process.
    func commandRows() throws -> [BenchRow] {
        var figures: [[Double]] = [[], []]
        let kinds = [BenchStation.Kind.rawCurve, .link]
        let stations = try kinds.map { try station($0, vehicles: 1, limit: 1e9) }
        let fleets = try stations.map { try fleet($0, count: 1) }
        defer { (fleets + stations).forEach { $0.end() } }
        progress("command round trips")
        try fleets.forEach { try $0.ask("echo") }
        sleep(2)
        for _ in 0..<5 {
            for (place, station) in stations.enumerated() {
                let answer = try station.ask("command \(200 * seconds)")
                guard answer[number: "count"] > 0 else {
                    throw BenchError("\(kinds[place]): no command came back")
                }
                figures[place].append(answer[number: "p50"] * 1e-3)
            }
        }
        return [
            .atMost(
                zip(figures[1], figures[0]).map { $0 / $1 }.median, must: 2, goal: 1.5, unit: "x",
                "command round trip over raw libzmq",
                reference: """
                    ours p50 \(BenchRow.figure(figures[1].median)) us, raw \(BenchRow.figure(figures[0].median)) us, \
                    both with CURVE
                    """)
        ]
    }

    /// Vehicles are revoked while they talk.
    func revocationRows() throws -> [BenchRow] {
        let count = 40
        let station = try station(.link, vehicles: count, limit: 1000)
        let fleet = try fleet(station, count: count)
        defer { [fleet, station].forEach { $0.end() } }
        _ = try wait(for: "\(count) vehicles connected", station, seconds: 30) {
            Int($0[number: "back"]) == count
        }
        progress("revocation of \(count) vehicles")
        try fleet.ask("pace 500")
        sleep(1)
        let answer = try station.ask("revoke \(count)")
        let isAlive = station.isRunning && fleet.isRunning
        var row = BenchRow.atMost(
            answer[number: "max"] * 1e-6, must: 50, goal: 10, unit: " ms",
            "revocation to last accepted message, worst of \(count)",
            reference: "each sends 500 messages a second while it is revoked")
        row.pass = row.pass == true && Int(answer[number: "count"]) == count && isAlive
        return [row]
    }

    /// One vehicle sends ten times what it may; the others go on.
    func floodRows() throws -> [BenchRow] {
        let count = 100
        let station = try station(.link, vehicles: count + 1)
        let others = try fleet(station, count: count)
        let bad = try fleet(station, first: count + 1, count: 1)
        defer { [bad, others, station].forEach { $0.end() } }
        _ = try wait(for: "\(count) vehicles connected", station, seconds: 30) {
            Int($0[number: "back"]) == count + 1
        }
        try others.ask("pace 10")
        var figures: [[Double]] = [[], [], []]
        for _ in 0..<3 {
            for (place, task) in ["silence", "pace 500", "blast"].enumerated() {
                progress("flood: \(task)")
                try bad.ask(task)
                sleep(1)
                figures[place].append(try station.ask("latency 2")[number: "p50"] * 1e-6)
            }
        }
        let status = try station.ask("status")
        let ratios = zip(figures[1], figures[0]).map { $0 / $1 }
        let blast = zip(figures[2], figures[0]).map { $0 / $1 }
        var row = BenchRow.atMost(
            ratios.median, must: 4, goal: 3, unit: "x",
            "flood at ten times the limit moves the others' p50",
            reference: """
                \(BenchRow.figure(figures[0].median)) ms without, \(BenchRow.figure(figures[1].median)) ms with; \
                as fast as it can: \(BenchRow.figure(figures[2].median)) ms, \(BenchRow.figure(blast.median))x; \
                \(Int(status[number: "refused"])) messages refused
                """)
        row.pass = row.pass == true && status[number: "refused"] > 0 && station.isRunning
        return [row]
    }
}
