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

func detectionBench() -> [BenchRow] {
    let table = benchFleet(drones: 50_000, perSquareKilometer: 50, trucks: 10_000, crewed: 300, seed: 1)
    let detector = ConflictDetector(.operational, lookaheadSeconds: 60)
    var best = Int64.max
    var total: Int64 = 0
    for _ in 0..<20 {
        let from = keruen_thread_cpu_ns()
        detector.run(table)
        let took = keruen_thread_cpu_ns() - from
        best = min(best, took)
        total += took
    }
    let ms = Double(best) * 1e-6
    return [
        .atMost(
            ms, must: 20, goal: 8, unit: " ms", "exact detection of 50k, 60 s lookahead, per tick",
            reference: "mean \(Double(total) * 1e-6 / 20) ms; \(detector.report)")
    ]
}
