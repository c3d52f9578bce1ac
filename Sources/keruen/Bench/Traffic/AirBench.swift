import CLinux
import Traffic
import World

/// The whole tick over a moving fleet that flies what it is told.
func airBench() -> [BenchRow] {
    var rows: [BenchRow] = []
    for (drones, trucks, must, goal) in [
        (50_000, 10_000, 60.0, 25.0), (100_000, 20_000, .infinity, 60), (200_000, 40_000, .infinity, 100),
    ] {
        let ticks = drones == 50_000 ? 200 : 20
        guard let run = AirRun(drones: drones, trucks: trucks, ticks: ticks) else { continue }
        let p99 = run.percentile(0.99)
        let name = "whole tick at \(drones / 1000)k (drain, detect, resolve, fences, emit), p99"
        if must.isFinite {
            rows.append(
                .atMost(p99, must: must, goal: goal, unit: " ms", name, reference: run.words))
            rows.append(run.memoryRow)
        } else {
            var row = BenchRow.told(name, BenchRow.figure(p99) + " ms", reference: run.words)
            row.goal = BenchRow.figure(goal) + " ms"
            row.reachesGoal = p99 <= goal
            rows.append(row)
        }
    }
    for drones in [50_000, 100_000, 200_000] {
        guard let run = AirRun(drones: drones, trucks: drones / 5, ticks: 20, threads: 2) else { continue }
        rows.append(run.wallRow("whole tick at \(drones / 1000)k on two threads, wall clock, p99"))
    }
    if let crowd = AirRun(drones: 50_000, trucks: 10_000, ticks: 20, crowded: 0.2) {
        rows.append(
            .atMost(
                crowd.percentile(0.99), must: 100, goal: 60, unit: " ms",
                "whole tick at 50k, a fifth of them in one km2, p99", reference: crowd.words))
    }
    return rows
}

/// A run: warm-up, then measured ticks.
private struct AirRun {
    var milliseconds: [Double] = []
    private var wallMilliseconds: [Double] = []
    private var clock = AirStation.Clock()
    private var conflicts = 0
    private var commands = 0
    private var deferred = (pairs: 0, bodies: 0, resolverPairs: 0)
    private var unresolved = 0
    private var leastBad = 0
    private var threats = 0
    private var solved = 0
    private var examined = 0
    private var stopped = 0
    private var covered = Double.infinity
    private var breaches = 0
    private var near: Set<UInt64> = []
    private var bytes = (air: 0, station: 0)
    private let vehicles: Int

    init?(
        drones: Int, trucks: Int, ticks: Int, crewed: Int = 300, crowded: Double = 0, threads: Int = 1
    ) {
        vehicles = drones + trucks + crewed
        var fleet = AirFleet(
            drones: drones, trucks: trucks, crewed: crewed, perSquareKilometer: 50, crowded: crowded, seed: 7)
        guard let air = AirStation.air(threads: threads),
            let index = try? AirFleet.fences(drones / 10, half: fleet.half, seed: 8)
        else { return nil }
        var now = Instant(nanoseconds: 1_750_000_000_000_000_000)
        let tile = LocalPlane(
            latitudeE7: AirFleet.origin.latitudeE7, longitudeE7: AirFleet.origin.longitudeE7)
        let fences = FencedAirspace(index, tile: tile, now: now)
        fleet.plan(around: fences)
        let station = AirStation(air, fences, fleet)
        let ring = UnsafeMutableBufferPointer<AirFleet.Report>.allocate(capacity: vehicles)
        defer { ring.deallocate() }
        let warmUp = ticks < 100 ? 10 : 60
        for k in 0..<(warmUp + ticks) {
            now = now.advanced(bySeconds: 0.1)
            fleet.report(now, into: ring)
            var tick = AirStation.Clock()
            let began = keruen_monotonic_ns()
            station.tick(ring, now, &tick)
            if k >= warmUp {
                wallMilliseconds.append(Double(keruen_monotonic_ns() - began) * 1e-6)
                note(tick, station, fleet, k)
            }
            station.obey(&fleet)
            fleet.fly(acceleration: 3)
        }
        bytes = (
            air.memoryBytes,
            vehicles * (MemoryLayout<AirStation.Track>.stride + MemoryLayout<Flight>.stride)
        )
    }

    private mutating func note(_ tick: AirStation.Clock, _ station: AirStation, _ fleet: AirFleet, _ k: Int) {
        milliseconds.append(Double(tick.spent.reduce(0, +)) * 1e-6)
        for part in AirStation.Part.allCases { clock.spent[part.rawValue] += tick.spent[part.rawValue] }
        let report = station.air.report
        conflicts += report.detection.conflicts
        commands += station.commands
        deferred.pairs += report.detection.deferredPairs
        deferred.bodies += report.resolution.deferredBodies
        deferred.resolverPairs += report.resolution.deferredPairs
        unresolved += report.resolution.unresolved
        leastBad += report.resolution.leastBad
        threats += report.resolution.conflicts
        solved += report.resolution.solved
        examined += report.resolution.examinedPairs
        stopped += report.resolution.contingencies
        covered = min(covered, report.detection.coveredSeconds)
        breaches += station.air.breaches.count
        if k % 5 == 0 { fleet.nearCollisions(into: &near) }
    }

    func percentile(_ share: Double) -> Double { Self.percentile(share, of: milliseconds) }

    private static func percentile(_ share: Double, of values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .infinity }
        return sorted[min(Int((share * Double(sorted.count)).rounded(.up)) - 1, sorted.count - 1)]
    }

    private func each(_ total: Int) -> String {
        BenchRow.figure(Double(total) / Double(milliseconds.count))
    }

    var words: String {
        let all = Double(clock.spent.reduce(0, +))
        let shares = AirStation.Part.allCases.map {
            "\($0) \(BenchRow.figure(Double(clock.spent[$0.rawValue]) / all * 100))%"
        }.joined(separator: ", ")
        return """
            CPU time of \(milliseconds.count) ticks at 10 Hz, one thread: p50 \
            \(BenchRow.figure(percentile(0.5))) ms; \(shares); a tick: \(each(conflicts)) conflicts, \
            \(each(threats)) pairs to resolve, \(each(solved)) flights solved, \(each(examined)) pairs examined, \
            \(each(commands)) commands, \(each(stopped)) contingencies, \(each(unresolved)) pairs unresolved, \(each(leastBad)) flights least \
            bad, \(each(breaches)) barred by fences; deferred a tick: \(each(deferred.pairs)) pairs of \
            detection (complete for \(BenchRow.figure(covered)) s), \(each(deferred.bodies)) flights and \
            \(each(deferred.resolverPairs)) pairs of resolution; \(near.count) near collisions of drones
            """
    }

    func wallRow(_ name: String) -> BenchRow {
        .told(
            name, BenchRow.figure(Self.percentile(0.99, of: wallMilliseconds)) + " ms",
            reference: "p50 \(BenchRow.figure(Self.percentile(0.5, of: wallMilliseconds))) ms; "
                + "CPU time of both p50 \(BenchRow.figure(percentile(0.5))) ms")
    }

    var memoryRow: BenchRow {
        let air = Double(bytes.air) / Double(vehicles)
        return .atMost(
            Double(bytes.station) / Double(vehicles), must: 400, goal: 200, unit: " B",
            "bytes kept per vehicle from tick to tick (track and flight)",
            reference:
                "and \(BenchRow.figure(air)) of working memory, which holds no knowledge: detection, resolution, answers"
        )
    }
}
