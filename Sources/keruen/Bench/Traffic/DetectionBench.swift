import CLinux
import Traffic
import World

/// The fleet of the figures: drones at a density, trucks and crewed aircraft over the same square.
func benchFleet(
    drones: Int, perSquareKilometer: Double, trucks: Int, crewed: Int, seed: UInt64
) -> BodyTable {
    var random = SplitMix64(seed: seed)
    let side = (Double(drones) / perSquareKilometer).squareRoot() * 1000
    let table = BodyTable(capacity: drones + trucks + crewed)
    func add(_ kind: BodyClass, speed: ClosedRange<Double>, altitude: ClosedRange<Double>, climb: Double) {
        func between(_ r: ClosedRange<Double>) -> Double {
            r.lowerBound + (r.upperBound - r.lowerBound) * random.unit()
        }
        let v = between(speed)
        // A direction without trigonometry: a point in the disc, made long.
        var (ux, uy) = (0.0, 0.0)
        repeat {
            (ux, uy) = (2 * random.unit() - 1, 2 * random.unit() - 1)
        } while ux * ux + uy * uy > 1 || ux * ux + uy * uy < 1e-6
        let length = (ux * ux + uy * uy).squareRoot()
        table.append(
            Body(
                Motion(
                    x: random.unit() * side, y: random.unit() * side, z: between(altitude),
                    vx: ux / length * v,
                    vy: uy / length * v, vz: climb * (2 * random.unit() - 1))), kind)
    }
    for _ in 0..<drones { add(.drone, speed: 10...20, altitude: 30...150, climb: 2) }
    for _ in 0..<trucks { add(.truck, speed: 0...25, altitude: 0...5, climb: 0) }
    for _ in 0..<crewed { add(.crewed, speed: 50...90, altitude: 50...600, climb: 5) }
    return table
}

/// Thread CPU time of several runs, milliseconds.
struct BenchTimes {
    var best = Double.infinity
    var mean = 0.0

    init(runs: Int, _ body: () -> Void) {
        body()
        for _ in 0..<runs {
            let from = keruen_thread_cpu_ns()
            body()
            let took = Double(keruen_thread_cpu_ns() - from) * 1e-6
            best = min(best, took)
            mean += took / Double(runs)
        }
    }
}

func detectionBench() -> [BenchRow] {
    let peak = peakOperationsPerSecond()
    let table = benchFleet(drones: 50_000, perSquareKilometer: 50, trucks: 10_000, crewed: 300, seed: 1)
    return [fleetRow(table, peak), threadsRow(table), pairRow(peak), bytesRow(table)]
        + scaleRows() + [crowdRow()]
}

/// Single-precision operations a core does in registers.
private func peakOperationsPerSecond() -> Double {
    let rounds = 100_000
    var sink: Float = 0
    let times = BenchTimes(runs: 5) {
        sink += MachineLimit.multiplyAndAdd(rounds: rounds, path: .best)
    }
    return sink.isNaN ? 1 : Double(rounds * MachineLimit.operationsPerRound) / (times.best * 1e-3)
}

/// Arithmetic of the filter for one pair.
private let operationsPerPair = 27.0

private func fleetRow(_ table: BodyTable, _ peak: Double) -> BenchRow {
    let detector = ConflictDetector(.operational, lookaheadSeconds: 60, limits: .tick)
    let times = BenchTimes(runs: 30) { detector.run(table) }
    let report = detector.report
    let floor = Double(report.testedPairs) * operationsPerPair / peak * 1e3
    return .atMost(
        times.best, must: 20, goal: 8, unit: " ms", "exact detection of 50k, 60 s lookahead, per tick",
        reference: """
            one thread, best of 30, mean \(BenchRow.figure(times.mean)) ms; \(report.conflicts) conflicts, \
            \(report.testedPairs) pairs filtered in \(report.slices) slices, \(report.decidedPairs) decided, \
            \(report.deferredPairs) deferred; \(sampleErrors(table, detector)) of 300 bodies' conflicts differ \
            from every pair in double; the filter's arithmetic alone at the machine's peak \
            \(BenchRow.figure(floor)) ms
            """)
}

/// Of 300 bodies, how many have other conflicts than comparing them with everybody gives.
private func sampleErrors(_ table: BodyTable, _ detector: ConflictDetector) -> Int {
    let volumes = PairVolumes.operational
    var wrong = 0
    for k in 0..<300 {
        let i = k * (table.count - 1) / 299
        var expected: [Conflict] = []
        for j in 0..<table.count where j != i {
            let (a, b) = (min(i, j), max(i, j))
            guard let rule = volumes[table.classes[a], table.classes[b]],
                case .cylinder(let radius, let height) = rule.volume,
                let time = ConflictInterval.cylinder(
                    radiusMeters: radius, halfHeightMeters: height, own: table.bodies[a].motion,
                    intruder: table.bodies[b].motion, horizonSeconds: 60)
            else { continue }
            expected.append(
                Conflict(
                    a: Int32(a), b: Int32(b), entrySeconds: time.entrySeconds, exitSeconds: time.exitSeconds))
        }
        let found = detector.conflicts.filter { $0.a == Int32(i) || $0.b == Int32(i) }
        if Set(found) != Set(expected) || found.count != expected.count { wrong += 1 }
    }
    return wrong
}

private func pairRow(_ peak: Double) -> BenchRow {
    let table = benchFleet(drones: 10_000, perSquareKilometer: 50, trucks: 0, crewed: 0, seed: 2)
    let every = ConflictDetector(.operational, lookaheadSeconds: 60, isExhaustive: true)
    let times = BenchTimes(runs: 10) { every.run(table) }
    let rate = Double(every.report.testedPairs) / (times.best * 1e-3)
    let pruned = ConflictDetector(.operational, lookaheadSeconds: 60)
    let prunedTimes = BenchTimes(runs: 20) { pruned.run(table) }
    let isSame = pruned.conflicts.elementsEqual(every.conflicts)
    return .atLeast(
        rate * 1e-9, must: 1.0, goal: 1.8, "pair tests per core-second with exact answers, 10^9",
        reference: """
            every pair of 10,000 drones, \(every.report.testedPairs) pairs in \(BenchRow.figure(times.best)) ms \
            with decisions and sorting; \(BenchRow.figure(rate * operationsPerPair / peak)) of the machine's peak \
            of \(BenchRow.figure(peak * 1e-9)) G single-precision operations; with slices the same answer \
            (\(isSame ? "equal" : "NOT EQUAL")) in \(BenchRow.figure(prunedTimes.best)) ms
            """)
}

private func bytesRow(_ table: BodyTable) -> BenchRow {
    let detector = ConflictDetector(.operational, lookaheadSeconds: 60)
    detector.run(table)
    let vehicles = Double(table.count)
    let lists = Double(detector.report.conflicts * 2 * MemoryLayout<Conflict>.stride)
    let bytes = Double(detector.memoryBytes) / vehicles
    let body = Double(MemoryLayout<Body>.stride + 1)
    return .told(
        "bytes per vehicle of detection", BenchRow.figure(bytes + body) + " B",
        reference: """
            detector \(BenchRow.figure(bytes)), of which \(BenchRow.figure(lists / vehicles)) hold conflicts; body \
            \(BenchRow.figure(body))
            """)
}

/// Wall time with two threads over that with one, taken in turns: the sorting of bodies stays on one.
private func threadsRow(_ table: BodyTable) -> BenchRow {
    let detectors = [1, 2].map {
        ConflictDetector(.operational, lookaheadSeconds: 60, limits: .tick, threads: $0)
    }
    var best = [Double.infinity, .infinity]
    for _ in 0..<30 {
        for (k, detector) in detectors.enumerated() {
            let from = keruen_monotonic_ns()
            detector.run(table)
            best[k] = min(best[k], Double(keruen_monotonic_ns() - from) * 1e-6)
        }
    }
    let isSame = detectors[0].hash == detectors[1].hash && detectors[0].report == detectors[1].report
    return .told(
        "detection of 50k: wall time with 2 threads over 1", BenchRow.figure(best[1] / best[0]),
        reference: """
            best of 30: \(BenchRow.figure(best[1])) ms over \(BenchRow.figure(best[0])) ms; conflicts and counts \
            \(isSame ? "equal" : "NOT EQUAL"); says something only where both cores are idle
            """)
}

private func scaleRows() -> [BenchRow] {
    [100_000, 200_000].map { drones in
        let table = benchFleet(
            drones: drones, perSquareKilometer: 50, trucks: drones / 5, crewed: 300, seed: 3)
        let detector = ConflictDetector(.operational, lookaheadSeconds: 60, limits: .tick)
        let times = BenchTimes(runs: 5) { detector.run(table) }
        return .told(
            "exact detection of \(drones / 1000)k", "\(BenchRow.figure(times.best)) ms",
            reference: "mean \(BenchRow.figure(times.mean)) ms, \(detector.report.conflicts) conflicts")
    }
}

/// A fifth of the fleet over one square kilometre.
private func crowdRow() -> BenchRow {
    let table = benchFleet(drones: 40_000, perSquareKilometer: 40, trucks: 10_000, crewed: 300, seed: 4)
    let crowd = benchFleet(drones: 10_000, perSquareKilometer: 10_000, trucks: 0, crewed: 0, seed: 5)
    for k in 0..<crowd.count {
        var body = crowd.bodies[k]
        body.motion.x += 15_000
        body.motion.y += 15_000
        table.append(body, crowd.classes[k])
    }
    let detector = ConflictDetector(.operational, lookaheadSeconds: 60, limits: .tick)
    let times = BenchTimes(runs: 5) { detector.run(table) }
    let report = detector.report
    return .told(
        "detection of 50k, a fifth of them in one km2", "\(BenchRow.figure(times.best)) ms",
        reference: """
            mean \(BenchRow.figure(times.mean)) ms; complete for the next \
            \(BenchRow.figure(report.coveredSeconds)) s; \(report.conflicts) conflicts reported, \
            \(report.deferredPairs) pairs in reach deferred and counted
            """)
}
