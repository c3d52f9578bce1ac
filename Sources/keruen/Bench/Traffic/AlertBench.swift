import CLinux
import Traffic
import World

/// DO-365B alert levels of crewed aircraft against the drones of a tile, per core-second.
func alertBench() -> [BenchRow] {
    let world = AlertBenchWorld()
    return [VectorPath.best, .portable].enumerated().map { place, path in
        let (best, mean, settled, alerts) = world.measure(path)
        let reference =
            "thread CPU, mean of rounds \(BenchRow.figure(mean / 1e6)) M/s; \(world.drones.count) drones "
            + "of a 36 km tile x \(world.crewed.count) crewed, three alerters; the float filter settled "
            + "\(BenchRow.figure(settled * 100))% of pairs, \(alerts) alerts raised; one pair at a time in double "
            + "\(BenchRow.figure(world.measurePlain() / 1e6)) M/s"
        return place == 0
            ? .atLeast(
                best / 1e6, must: 50, goal: 200, "DO-365B alert evaluations per core-second, millions",
                reference: reference)
            : .told(
                "DO-365B alert evaluations per core-second without wide vectors",
                BenchRow.figure(best / 1e6) + " M", reference: reference)
    }
}

private struct AlertBenchWorld {
    var drones: [Motion] = []
    var crewed: [Motion] = []

    /// A tile of 36 km: drones at 40 to 150 m and up to 25 m/s, one in ten hovering; crewed aircraft at 60 to
    /// 1,500 m, 30 to 110 m/s, a third climbing or descending at up to 8 m/s.
    init() {
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
                x: uniform(-18_000, 18_000), y: uniform(-18_000, 18_000), z: z, vx: x * scale, vy: y * scale,
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

    func measure(_ path: VectorPath) -> (best: Double, mean: Double, settled: Double, alerts: Int) {
        let scan = AlertScan(capacity: drones.count)
        drones.withUnsafeBufferPointer { scan.load($0, originX: 0, originY: 0) }
        var levels = [UInt8](repeating: 0, count: drones.count)
        var (best, total) = (0.0, 0.0)
        var alerts = 0
        let rounds = 5
        for _ in 0..<rounds {
            alerts = 0
            var pairs = 0
            let start = keruen_thread_cpu_ns()
            for (index, own) in crewed.enumerated() {
                let alerter = Alerter.allCases[index % 3]
                levels.withUnsafeMutableBufferPointer {
                    scan.evaluate(own: own, alerter: alerter, path: path, into: $0)
                }
                pairs += drones.count
                alerts += Int(levels[index])
            }
            let rate = Double(pairs) / (Double(keruen_thread_cpu_ns() - start) * 1e-9)
            best = max(best, rate)
            total += rate
        }
        alerts = 0
        for (index, own) in crewed.enumerated() {
            levels.withUnsafeMutableBufferPointer {
                scan.evaluate(own: own, alerter: Alerter.allCases[index % 3], path: path, into: $0)
            }
            alerts += levels.count(where: { $0 > 0 })
        }
        let settled = 1 - Double(scan.decidedCount) / Double(scan.pairCount)
        return (best, total / Double(rounds), settled, alerts)
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
