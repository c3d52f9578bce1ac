import CLinux
import Traffic
import World

/// DO-365B alert levels of crewed aircraft against drones, per core-second.
func alertBench() -> [BenchRow] {
    let tile = AlertBenchWorld(halfWidthMeters: 18_000)
    let crowd = AlertBenchWorld(halfWidthMeters: 4000)
    let (best, portable, close) = (tile.measure(.best), tile.measure(.portable), crowd.measure(.best))
    let plain = BenchRow.figure(tile.measurePlain() / 1e6)
    return [
        .atLeast(
            best.best / 1e6, must: 50, goal: 200, "DO-365B alert evaluations per core-second, millions",
            reference:
                "50,000 drones of a 36 km tile x 60 crewed; \(best.text); one pair at a time in double "
                + "\(plain) M/s"),
        .told(
            "the same without wide vectors", BenchRow.figure(portable.best / 1e6) + " M",
            reference: portable.text),
        .told(
            "the same, all within 8 km", BenchRow.figure(close.best / 1e6) + " M", reference: close.text),
    ]
}

/// What one run gave.
private struct AlertBenchResult {
    var best: Double
    var mean: Double
    var settled: Double
    var alerts: Int

    var text: String {
        "thread CPU, mean of rounds \(BenchRow.figure(mean / 1e6)) M/s; the filter settled "
            + "\(BenchRow.figure(settled * 100))% of pairs, \(alerts) of 3,000,000 raise an alert"
    }
}

private struct AlertBenchWorld {
    var drones: [Motion] = []
    var crewed: [Motion] = []

    /// A square: drones at 40 to 150 m and up to 25 m/s, one in ten hovering; crewed aircraft at 60 to
    /// 1,500 m, 30 to 110 m/s, a third climbing or descending at up to 8 m/s.
    init(halfWidthMeters: Double) {
        var random = SplitMix64(seed: 7)
        func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.unit() }
        func body(_ speed: Double, _ z: Double, _ climb: Double) -> Motion {
            // A direction without trigonometry: a point of the unit disc, at the rim.
            var (x, y) = (1.0, 0.0)
            repeat {
                (x, y) = (uniform(-1, 1), uniform(-1, 1))
            } while x * x + y * y > 1 || x * x + y * y < 0.01
            let scale = speed / (x * x + y * y).squareRoot()
            return Motion(
                x: uniform(-halfWidthMeters, halfWidthMeters), y: uniform(-halfWidthMeters, halfWidthMeters),
                z: z, vx: x * scale, vy: y * scale,
                vz: climb)
        }
        for index in 0..<50_000 {
            drones.append(
                body(index % 10 == 0 ? 0 : uniform(5, 25), uniform(40, 150), uniform(-2, 2)))
        }
        for index in 0..<60 {
            crewed.append(
                body(uniform(30, 110), uniform(60, 1500), index % 3 == 0 ? uniform(-8, 8) : 0))
        }
    }

    func measure(_ path: VectorPath) -> AlertBenchResult {
        let scan = AlertScan(capacity: drones.count)
        drones.withUnsafeBufferPointer { scan.load($0, originX: 0, originY: 0) }
        var levels = [UInt8](repeating: 0, count: drones.count)
        var (best, total, alerts) = (0.0, 0.0, 0)
        let rounds = 5
        for _ in 0..<rounds {
            alerts = 0
            var nanoseconds: Int64 = 0
            for (index, own) in crewed.enumerated() {
                let start = keruen_thread_cpu_ns()
                levels.withUnsafeMutableBufferPointer {
                    scan.evaluate(own: own, alerter: Alerter.allCases[index % 3], path: path, into: $0)
                }
                nanoseconds += keruen_thread_cpu_ns() - start
                alerts += levels.count(where: { $0 > 0 })
            }
            let rate = Double(crewed.count * drones.count) / (Double(nanoseconds) * 1e-9)
            best = max(best, rate)
            total += rate
        }
        let settled = 1 - Double(scan.decidedCount) / Double(scan.pairCount)
        return AlertBenchResult(best: best, mean: total / Double(rounds), settled: settled, alerts: alerts)
    }

    /// The same without a filter.
    func measurePlain() -> Double {
        let start = keruen_thread_cpu_ns()
        var alerts = 0
        for (index, own) in crewed.prefix(6).enumerated() {
            let alerter = Alerter.allCases[index % 3]
            for drone in drones where alerter.alert(own: own, intruder: drone).level > .none { alerts += 1 }
        }
        precondition(alerts >= 0)
        return Double(6 * drones.count) / (Double(keruen_thread_cpu_ns() - start) * 1e-9)
    }
}
