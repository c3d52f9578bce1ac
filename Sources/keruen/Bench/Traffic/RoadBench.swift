import CLinux
import Traffic

/// The truck table at 10,000 trucks, and a suite of roads made to jam.
func roadBench() -> [BenchRow] {
    var rows = [tickRow(streetMeters: 600, name: "10,000 trucks, headway and reservations, per tick")]
    // Streets that the routes ahead overfill: most requests need the safety check.
    var dense = tickRow(streetMeters: 160, name: "the same in streets of 160 m, overfull")
    (dense.must, dense.goal, dense.pass, dense.reachesGoal) = ("-", "-", nil, nil)
    rows.append(dense)
    return rows + gridlockRows()
}

/// 10,000 trucks in a net of 2,500 crossings with turns: all report, drive, obey and ask every tick.
private func tickRow(streetMeters: Double, name: String) -> BenchRow {
    guard var city = RoadCity(side: 50, trucks: 10_000, streetMeters: streetMeters) else {
        return BenchRow(name: name, figure: "no table", must: "3 ms", goal: "1 ms", pass: false)
    }
    for _ in 0..<5000 { _ = city.advance() }
    let before = city.traffic.counts
    var times: [Double] = []
    var moving = 0
    for _ in 0..<600 {
        times.append(city.advance())
        moving += city.moving
    }
    let leases = city.traffic.counts.leases - before.leases
    let refused = city.traffic.counts.unsafeRequests - before.unsafeRequests
    let sorted = times.sorted()
    // The best of twelve windows of 50 ticks is the figure: neighbours on the machine take cache and time.
    let windows = (0..<12).map { w in times[w * 50..<w * 50 + 50].reduce(0, +) / 50 }
    let mean = times.reduce(0, +) / Double(times.count)
    return .atMost(
        windows.min() ?? mean, must: 3, goal: 1, unit: " ms", name,
        reference: "CPU, best mean of 50 ticks of 600 (mean \(BenchRow.figure(mean)), best "
            + "\(BenchRow.figure(sorted[0])), p99 \(BenchRow.figure(sorted[593])) ms); "
            + "\(city.traffic.truckCount) trucks, \(moving / 600) moving, \(leases / 60) leases/s, "
            + "\(refused / 600) unsafe requests a tick, \(city.arrived) arrived, "
            + "\(city.traffic.counts.overruns) overruns")
}

/// Trucks that do exactly as told, in a grid of one-truck zones and streets for eight, on routes of random turns; who
/// arrives sets out again elsewhere. Only the table's step is timed.
private struct RoadCity {
    let traffic: RoadTraffic
    private let layout: RoadLayout
    private let side: Int
    private var dice = RoadDice(state: 42)
    private var reports: [RoadReport]
    private var routes: [[Int32]]
    private var now = 0.0
    var moving = 0
    var arrived = 0

    init?(side: Int, trucks: Int, streetMeters: Double) {
        var sections: [RoadLayout.Section] = []
        // Of each crossing: four lanes into it, four ways across, and a yard to start from and to end in.
        for n in 0..<side * side {
            for _ in 0..<4 { sections.append(.init(lengthMeters: streetMeters, speedLimit: 14)) }
            for _ in 0..<4 {
                sections.append(.init(lengthMeters: 15, speedLimit: 8, zone: Int32(n), mayStand: false))
            }
            sections.append(.init(lengthMeters: 2000, speedLimit: 14))
            sections.append(.init(lengthMeters: 2000, speedLimit: 14))
        }
        guard
            let layout = RoadLayout(
                sections: sections, zones: .init(repeating: .init(), count: side * side)),
            let traffic = RoadTraffic(layout: layout, truckCapacity: trucks)
        else { return nil }
        self.layout = layout
        self.traffic = traffic
        self.side = side
        reports = (0..<trucks).map {
            RoadReport(truck: Int32($0), routeMeters: 0, speed: 0, measuredSeconds: 0)
        }
        routes = .init(repeating: [], count: trucks)
        for i in 0..<trucks { setOut(i) }
    }

    private func inside(_ r: Int, _ c: Int) -> Bool { r >= 0 && c >= 0 && r < side && c < side }

    /// From a yard by 6 to 20 crossings to a yard.
    private mutating func setOut(_ i: Int) {
        let steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
        for _ in 0..<20 {
            var (r, c, d) = (dice.below(side), dice.below(side), dice.below(4))
            var route = [Int32((r * side + c) * 10 + 8), Int32((r * side + c) * 10 + 4 + d)]
            let hops = 6 + dice.below(15)
            for _ in 0..<hops {
                let (nr, nc) = (r + steps[d].0, c + steps[d].1)
                guard inside(nr, nc) else { break }
                (r, c) = (nr, nc)
                route.append(Int32((r * side + c) * 10 + d))
                route.append(Int32((r * side + c) * 10 + 4 + d))
                d = (d + [0, 0, 1, 3][dice.below(4)]) % 4
            }
            guard route.count > 4 else { continue }
            route.append(Int32((r * side + c) * 10 + 9))
            for back in [60.0, 100, 140, 180, 220, 260, 300, 340, 380, 420, 460, 500] {
                let at = 2000 - back
                guard case .success = traffic.add(Int32(i), RoadTruckType(), route: route, at: at) else {
                    continue
                }
                routes[i] = route
                reports[i] = RoadReport(truck: Int32(i), routeMeters: at, speed: 0, measuredSeconds: now)
                return
            }
        }
    }

    /// Milliseconds of CPU time of one step.
    mutating func advance() -> Double {
        now += 0.1
        for i in reports.indices { reports[i].measuredSeconds = now }
        let start = keruen_thread_cpu_ns()
        traffic.step(now: now, reports: reports)
        let milliseconds = Double(keruen_thread_cpu_ns() - start) * 1e-6
        moving = 0
        for i in reports.indices {
            guard let a = traffic.advisory(of: Int32(i)) else {
                setOut(i)
                continue
            }
            let v = reports[i].speed
            let next = max(v + max(min(a.speedLimit - v, 0.1), -0.2), 0)
            reports[i].speed = next
            reports[i].routeMeters += (v + next) * 0.05
            if next > 0.3 { moving += 1 }
            if next < 0.3, a.reason == .routeEnd, a.gapMeters < 6 {
                traffic.remove(Int32(i))
                arrived += 1
                setOut(i)
            }
        }
        return milliseconds
    }
}

private func gridlockRows() -> [BenchRow] {
    var cases: [(String, (RoadLayout?, [RoadDrillTruck]))] = []
    for k in [2, 3, 4, 6, 8, 12] { cases.append(("ring of \(k)", RoadYard.ring(k, hops: k - 1, seed: 1))) }
    for seed in 1...4 { cases.append(("2x2", RoadYard.grid(2, trucks: 60, seed: UInt64(seed)))) }
    for seed in 1...3 { cases.append(("5x5", RoadYard.grid(5, trucks: 150, seed: UInt64(seed)))) }
    for n in 1...4 { cases.append(("works", RoadYard.works(n, trucks: 40))) }
    for seed in 1...40 {
        cases.append(("random", RoadYard.random(nodes: 30, trucks: 48, seed: UInt64(seed))))
    }
    var (trucks, jams, overlaps, intrusions, overruns, least) = (0, 0, 0, 0, 0, Double.infinity)
    var longest = 0.0
    for (n, one) in cases.enumerated() {
        guard let layout = one.1.0, var drill = RoadDrill(layout, one.1.1, seed: UInt64(n)) else {
            jams += 1
            continue
        }
        trucks += drill.trucks.count
        if drill.run(seconds: 7200) > 0 { jams += 1 }
        overlaps += drill.overlaps
        intrusions += drill.intrusions
        overruns += drill.traffic.counts.overruns
        least = min(least, drill.least)
        longest = max(longest, drill.trucks.reduce(0) { max($0, $1.longestWait) })
    }
    let told =
        "\(cases.count) roads, \(trucks) trucks, 0.3 s late each way, 0.8 m noise: \(overlaps) overlaps, "
        + "\(intrusions) zones overfull, \(overruns) overruns, least gap \(BenchRow.figure(least)) m, "
        + "longest stand \(BenchRow.figure(longest)) s"
    return [
        .atMost(
            Double(jams), must: 0, goal: 0, unit: "", "deadlocks on the gridlock suite", reference: told),
        .atMost(
            Double(overlaps + intrusions), must: 0, goal: 0, unit: "", "collisions on the gridlock suite",
            reference: told),
    ]
}
