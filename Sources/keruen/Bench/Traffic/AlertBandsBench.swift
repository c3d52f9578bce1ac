import CLinux
import Traffic
import World

/// Time to compute the four bands of one ownship with ten intruders.
func bandsBench() -> [BenchRow] {
    let mixed = BandsBenchWorld(isDense: false)
    let dense = BandsBenchWorld(isDense: true)
    let (near, far) = (dense.measure(), mixed.measure())
    return [
        .atMost(
            near.mean * 1e3, must: 0.7, goal: 0.15, unit: " ms", "four bands, 10 intruders in conflict",
            reference: "thread CPU, mean of 200 encounters (best round; worst encounter "
                + "\(BenchRow.figure(near.worst * 1e3)) ms); kinematic, lookahead 180 s, \(near.coloured)% of "
                + "direction cells not free"),
        .atMost(
            far.mean * 1e3, must: 0.7, goal: 0.15, unit: " ms", "four bands, 10 intruders around",
            reference: "thread CPU, mean of 200 encounters (best round; worst encounter "
                + "\(BenchRow.figure(far.worst * 1e3)) ms); intruders anywhere within 15 km and 600 m, "
                + "\(far.coloured)% of direction cells not free"),
    ]
}

private struct BandsBenchWorld {
    var encounters: [(own: Motion, traffic: [BandIntruder])] = []

    /// Dense: every intruder passes within 1.5 km and 200 m in the next 150 s.
    init(isDense: Bool) {
        var random = SplitMix64(seed: 11)
        func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.unit() }
        func velocity(_ low: Double, _ high: Double) -> (Double, Double) {
            var (x, y) = (1.0, 0.0)
            repeat {
                (x, y) = (uniform(-1, 1), uniform(-1, 1))
            } while x * x + y * y > 1 || x * x + y * y < 0.01
            let scale = uniform(low, high) / (x * x + y * y).squareRoot()
            return (x * scale, y * scale)
        }
        for _ in 0..<200 {
            let (ovx, ovy) = velocity(20, 60)
            let own = Motion(x: 0, y: 0, z: uniform(300, 1500), vx: ovx, vy: ovy, vz: 0)
            var traffic: [BandIntruder] = []
            for _ in 0..<10 {
                let (vx, vy) = velocity(30, 110)
                var body = Motion(
                    x: uniform(-15_000, 15_000), y: uniform(-15_000, 15_000), z: own.z + uniform(-600, 600),
                    vx: vx, vy: vy, vz: uniform(-3, 3))
                if isDense {
                    let meeting = uniform(10, 150)
                    body.x = (own.vx - vx) * meeting + uniform(-1500, 1500)
                    body.y = (own.vy - vy) * meeting + uniform(-1500, 1500)
                    body.z = own.z - body.vz * meeting + uniform(-200, 200)
                }
                traffic.append(BandIntruder(body))
            }
            encounters.append((own, traffic))
        }
    }

    func measure() -> (mean: Double, worst: Double, coloured: Int) {
        let bands = ManeuverBands(maxTraffic: 10)
        var mean = Double.infinity
        var worst = [Double](repeating: .infinity, count: encounters.count)
        var coloured = 0
        for _ in 0..<5 {
            var total = 0.0
            coloured = 0
            for (index, encounter) in encounters.enumerated() {
                let start = keruen_thread_cpu_ns()
                encounter.traffic.withUnsafeBufferPointer { bands.compute(own: encounter.own, traffic: $0) }
                let seconds = Double(keruen_thread_cpu_ns() - start) * 1e-9
                total += seconds
                worst[index] = min(worst[index], seconds)
                for cell in 0..<360 where bands.region(directionDegrees: Double(cell) + 0.5) != .none {
                    coloured += 1
                }
            }
            mean = min(mean, total / Double(encounters.count))
        }
        return (mean, worst.max() ?? 0, coloured * 100 / (encounters.count * 360))
    }
}
