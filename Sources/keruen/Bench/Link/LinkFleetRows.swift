import Foundation

extension LinkBench {
    /// The whole fleet at 10 Hz with CURVE, its vehicles in two processes.
    func fleetRows() throws -> [BenchRow] {
        let station = try station(.link, vehicles: vehicles)
        defer { station.end() }
        let half = vehicles / 2
        progress("\(vehicles) vehicles connect")
        let fleets = try connect(station, counts: [half, vehicles - half])
        defer { fleets.forEach { $0.end() } }
        let count = vehicles
        _ = try wait(for: "\(vehicles) vehicles connected", station, seconds: 120) {
            Int($0[number: "back"]) == count
        }
        try fleets.forEach { try $0.ask("pace 10") }
        sleep(3)
        progress("\(vehicles) vehicles at 10 Hz for \(seconds * 2) s")
        var spans: [BenchSpan] = []
        var a = try station.ask("status")
        for _ in 0..<seconds {
            sleep(2)
            let b = try station.ask("status")
            spans.append(BenchSpan(a, b))
            a = b
        }
        // Until all that was sent has been received or is lost.
        let ends = try fleets.map { try $0.ask("silence") }
        sleep(2)
        let final = try station.ask("status")
        let sent = ends.reduce(0) { $0 + $1[number: "sent"] + $1[number: "answered"] }
        let blocked = ends.reduce(0) { $0 + $1[number: "blocked"] }
        let lost = sent - final[number: "accepted"]
        let cores = spans.map(\.cores).median
        let rate = spans.map(\.messagesPerSecond).median
        let told = """
            \(Int(rate)) msg/s received, \(Int(sent)) sent, \(Int(final[number: "accepted"])) accepted, \
            \(Int(final[number: "refused"])) refused \(final["causes"] ?? ""), \(Int(blocked)) not sent for full queues
            """
        var row = BenchRow.atMost(
            cores, must: 1, goal: 0.75, unit: " core", "\(vehicles) vehicles at 10 Hz with CURVE",
            reference: told)
        let isWhole = lost <= 0 && blocked == 0 && rate > Double(vehicles) * 9.9
        row.pass = row.pass == true && isWhole
        row.reachesGoal = row.reachesGoal == true && isWhole
        return [row]
    }

    /// Fleets of so many vehicles each, numbered on; the processes connect at the same time.
    func connect(_ station: BenchProcess, counts: [Int], rate: Double = 250) throws -> [BenchProcess] {
        var first = 1
        var fleets: [BenchProcess] = []
        for count in counts {
            fleets.append(try fleet(station, first: first, count: count, rate: rate))
            first += count
        }
        return fleets
    }

    /// Resident memory of the station before and after so many vehicles have sent and heard 300 messages each.
    func memoryRows() throws -> [BenchRow] {
        let count = 1000
        let station = try station(.link, vehicles: count, limit: 1000)
        defer { station.end() }
        progress("memory of \(count) vehicles")
        let before = try station.ask("status")[number: "rss"]
        let fleet = try fleet(station, count: count, rate: 400)
        defer { fleet.end() }
        let connected = try wait(for: "\(count) vehicles connected", station, seconds: 30) {
            Int($0[number: "back"]) == count
        }
        func perVehicle(_ answer: BenchProcess.Answer) -> Double {
            (answer[number: "rss"] - before) / 1024 / Double(count)
        }
        var figures = [perVehicle(connected)]
        for _ in 0..<2 {
            let begun = try station.ask("status")[number: "accepted"]
            try fleet.ask("pace 60")
            try station.ask("tell 300")
            let status = try wait(for: "300 messages", station, seconds: 60) {
                $0[number: "accepted"] - begun >= Double(count * 2 * 300) * 0.97
            }
            try fleet.ask("rest")
            figures.append(perVehicle(status))
        }
        let told = figures.map { BenchRow.figure($0) }
        return [
            .atMost(
                figures[1], must: 160, goal: 110, unit: " KiB", "memory per vehicle, both connections",
                reference: """
                    after 300 messages up, 300 down; \(told[0]) KiB when connected, \(told[2]) KiB after twice as \
                    many
                    """)
        ]
    }

    /// The station is killed and started again; both connections of every vehicle come back.
    func reconnectRows() throws -> [BenchRow] {
        let count = returning
        var perHandshake: [Double] = []
        var seconds: [Double] = []
        for kind in [BenchStation.Kind.rawCurve, .link] {
            let port = 20_000 + Int(getpid()) % 10_000
            var station = try station(kind, vehicles: count, port: port)
            defer { station.end() }
            progress("\(count) vehicles connect to \(kind.rawValue)")
            let fleets = try connect(station, counts: [count / 2, count - count / 2])
            defer { fleets.forEach { $0.end() } }
            let all = kind == .link ? count : count * 2
            _ = try wait(for: "\(count) vehicles connected", station, seconds: 90) {
                Int($0[number: "back"]) >= all
            }
            station.kill()
            sleep(1)
            progress("\(count) vehicles return to \(kind.rawValue)")
            let begun = Date()
            station = try self.station(kind, vehicles: count, port: port)
            let base = station.ready[number: "cpu"]
            let status = try wait(for: "\(count) vehicles back", station, seconds: 90) {
                Int($0[number: "back"]) >= all
            }
            seconds.append(Date().timeIntervalSince(begun))
            perHandshake.append((status[number: "cpu"] - base) * 1e-6 / Double(count * 2))
        }
        return [
            .atMost(
                perHandshake[1] / max(perHandshake[0], 1e-9), must: 3, goal: 2, unit: "x",
                "\(count) CURVE vehicles back after kill and restart, CPU over the handshake floor",
                reference: """
                    \(BenchRow.figure(perHandshake[1])) ms of CPU per connection, all back in \
                    \(BenchRow.figure(seconds[1])) s; raw libzmq with ZAP \(BenchRow.figure(perHandshake[0])) ms, \
                    \(BenchRow.figure(seconds[0])) s
                    """)
        ]
    }
}
