import CLinux
import Traffic
import World

/// The whole tick over a moving fleet that flies what it is told.
func airBench() -> [BenchRow] {
    var rows: [BenchRow] = []
    let parts = "(drain, detect, resolve, fences, emit), p99"
    if let run = AirRun.twice(drones: 50_000, ticks: 200) {
        rows.append(
            .atMost(
                run.percentile(0.99), must: 60, goal: 25, unit: " ms", "whole tick at 50k \(parts)",
                reference: run.words))
        rows.append(run.memoryRow)
    }
    for (drones, goal) in [(50_000, 25.0), (100_000, 60), (200_000, 100)] {
        guard let run = AirRun(drones: drones, ticks: 40, threads: 2) else { continue }
        let name = "whole tick at \(drones / 1000)k \(parts), elapsed, two threads"
        rows.append(run.elapsedRow(name, goal: goal))
    }
    if let crowd = AirRun.twice(drones: 50_000, ticks: 40, crowded: 0.2, threads: 2) {
        // What breaks the tick is one that lasts longer than from one to the next.
        rows.append(
            .atMost(
                crowd.wallPercentile(0.99), must: 100, goal: 60, unit: " ms",
                "whole tick at 50k, a fifth of them in one km2, p99, elapsed, two threads",
                reference: crowd.words))
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
    private let threads: Int
    private var times = 1

    /// The same run twice, of each tick the shorter time: the same work, and what else the machine does is seldom in the
    /// way of the same tick.
    static func twice(drones: Int, ticks: Int, crowded: Double = 0, threads: Int = 1) -> AirRun? {
        guard var run = AirRun(drones: drones, ticks: ticks, crowded: crowded, threads: threads),
            let again = AirRun(drones: drones, ticks: ticks, crowded: crowded, threads: threads)
        else { return nil }
        run.milliseconds = zip(run.milliseconds, again.milliseconds).map(min)
        run.wallMilliseconds = zip(run.wallMilliseconds, again.wallMilliseconds).map(min)
        run.times = 2
        return run
    }

    init?(drones: Int, ticks: Int, crowded: Double = 0, threads: Int = 1) {
        let (trucks, crewed) = (drones / 5, 300)
        vehicles = drones + trucks + crewed
        self.threads = threads
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
        let warmUp = crowded > 0 ? 10 : 60
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
            \(milliseconds.count) ticks at 10 Hz on \(threads == 1 ? "one thread" : "\(threads) threads")\
            \(times > 1 ? ", of each the shorter of two" : ""): CPU time p50 \
            \(BenchRow.figure(percentile(0.5))) p99 \(BenchRow.figure(percentile(0.99))) ms, elapsed p50 \
            \(BenchRow.figure(wallPercentile(0.5))) ms; \(shares); a tick: \(each(conflicts)) conflicts, \
            \(each(threats)) pairs to resolve, \(each(solved)) flights solved, \(each(examined)) pairs examined, \
            \(each(commands)) commands, \(each(stopped)) contingencies, \(each(unresolved)) pairs unresolved, \(each(leastBad)) flights least \
            bad, \(each(breaches)) barred by fences; deferred a tick: \(each(deferred.pairs)) pairs of \
            detection (complete for \(BenchRow.figure(covered)) s), \(each(deferred.bodies)) flights and \
            \(each(deferred.resolverPairs)) pairs of resolution; \(near.count) near collisions of drones
            """
    }

    func elapsedRow(_ name: String, goal: Double) -> BenchRow {
        let p99 = wallPercentile(0.99)
        var row = BenchRow.told(name, BenchRow.figure(p99) + " ms", reference: words)
        row.goal = BenchRow.figure(goal) + " ms"
        row.reachesGoal = p99 <= goal
        return row
    }

    func wallPercentile(_ share: Double) -> Double { Self.percentile(share, of: wallMilliseconds) }

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
