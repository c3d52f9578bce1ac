import Airspace
import CLinux
import Traffic

/// Coordinated resolution of a fleet in steady flight, and of one a fifth of which crowds into a square kilometre.
func resolutionBench() -> [BenchRow] {
    var rows: [BenchRow] = []
    for path in VectorPath.available {
        var scene = ResolutionScene(drones: 50_000, perSquareKilometer: 50, path: path)
        scene.fly(ticks: 15)
        let (best, mean) = scene.measure(ticks: 15)
        rows.append(
            .atLeast(
                50_000 / best * 1e-6, must: 2, goal: 4,
                "resolver, 50k drones at 50/km2, \(path): M agent-steps per core-second",
                reference:
                    "mean \(BenchRow.figure(50_000 / mean * 1e-6)) M, \(BenchRow.figure(best * 1e3)) ms a tick; "
                    + "all threats within 12 s; pairs nearer than 30 m in the run: \(scene.losses), unresolved: "
                    + "\(scene.counts.unresolved)"))
    }
    var crew = ResolutionScene(drones: 50_000, perSquareKilometer: 50, path: .best, threads: 2)
    crew.fly(ticks: 15)
    let (best, mean) = crew.measure(ticks: 15, wall: true)
    rows.append(
        .told(
            "resolver, 50k drones at 50/km2, two threads, ms a tick", BenchRow.figure(best * 1e3),
            reference:
                "elapsed, mean \(BenchRow.figure(mean * 1e3)) ms; lines and screen on both, the rest on one"))
    for threads in [1, 2] {
        var crowd = ResolutionScene(
            drones: 50_000, perSquareKilometer: 50, path: .best, crowded: 0.2, threads: threads)
        let (best, mean) = crowd.measure(ticks: 8, wall: threads > 1)
        rows.append(
            .told(
                "resolver, a fifth of 50k in one km2, \(threads) threads, ms a tick",
                BenchRow.figure(best * 1e3),
                reference:
                    "\(threads > 1 ? "elapsed" : "CPU"), mean \(BenchRow.figure(mean * 1e3)) ms; in the last "
                    + "tick deferred: \(crowd.counts.deferredBodies) bodies, \(crowd.counts.deferredPairs) pairs; "
                    + "contingencies flown: \(crowd.counts.contingencies), broken: "
                    + "\(crowd.counts.brokenContingencies)"))
    }
    return rows
}

/// Drones that fly exactly as they are told.
private struct ResolutionScene {
    var bodies: [ResolutionBody] = []
    var advisories: [Advisory] = []
    var counts = ResolutionCounts()
    var losses = 0
    private var tick: UInt64 = 0
    private let resolver: Resolver?
    private let acceleration = 3.0

    init(
        drones: Int, perSquareKilometer density: Double, path: VectorPath, crowded: Double = 0,
        threads: Int = 1
    ) {
        let drone = ResolutionClass(
            acceleration: acceleration, maximumSpeed: 25, maximumClimb: 5, maximumDescent: 5)
        resolver = Resolver(classes: [drone], path: path, threads: threads)
        var world = FlowWorld.city(drones: drones, perSquareKilometer: density, seed: 1)
        let side = (Double(drones) / density).squareRoot()
        for i in 0..<drones where Double(i) < crowded * Double(drones) {
            (world.x[i], world.y[i]) = (world.x[i] / side, world.y[i] / side)
        }
        for i in 0..<drones {
            let (vx, vy, z) = (world.wantedX[i], world.wantedY[i], world.z[i])
            let wanted = Manoeuvre(vx: vx, vy: vy, climbRate: 2, levelMeters: z)
            let motion = Motion(x: world.x[i], y: world.y[i], z: z, vx: vx, vy: vy, vz: 0)
            bodies.append(ResolutionBody(id: UInt32(i + 1), motion: motion, wanted: wanted, current: wanted))
        }
        let none = Advisory(id: 0, reason: .clear, manoeuvre: bodies[0].wanted, against: 0, timeSeconds: 0)
        advisories = Array(repeating: none, count: drones)
    }

    /// One tick of resolution; its CPU seconds, or those that passed.
    mutating func step(wall: Bool = false) -> Double {
        let began = wall ? keruen_monotonic_ns() : keruen_thread_cpu_ns()
        counts =
            bodies.withUnsafeBufferPointer { bodies in
                advisories.withUnsafeMutableBufferPointer {
                    resolver?.resolve(bodies, tick: tick, airspace: OpenAirspace(), into: $0)
                }
            } ?? counts
        let ended = wall ? keruen_monotonic_ns() : keruen_thread_cpu_ns()
        let spent = Double(ended - began) * 1e-9
        tick += 1
        for i in 0..<bodies.count {
            let manoeuvre = advisories[i].manoeuvre
            var m = bodies[i].motion
            let climb = manoeuvre.verticalVelocity(at: m.z, acceleration: acceleration)
            let (dx, dy, dz) = (manoeuvre.vx - m.vx, manoeuvre.vy - m.vy, climb - m.vz)
            let change = (dx * dx + dy * dy + dz * dz).squareRoot()
            let share = change > acceleration * 0.1 ? acceleration * 0.1 / change : 1
            (m.vx, m.vy, m.vz) = (m.vx + dx * share, m.vy + dy * share, m.vz + dz * share)
            (m.x, m.y, m.z) = (m.x + 0.1 * m.vx, m.y + 0.1 * m.vy, m.z + 0.1 * m.vz)
            bodies[i].motion = m
            bodies[i].current = manoeuvre
        }
        return spent
    }

    mutating func fly(ticks: Int) { for _ in 0..<ticks { _ = step() } }

    mutating func measure(ticks: Int, wall: Bool = false) -> (best: Double, mean: Double) {
        var (best, sum) = (Double.infinity, 0.0)
        for _ in 0..<ticks {
            let seconds = step(wall: wall)
            best = min(best, seconds)
            sum += seconds
        }
        losses = countLosses()
        return (best, sum / Double(ticks))
    }

    /// Pairs nearer than 30 m now: a sweep along x.
    private func countLosses() -> Int {
        let sorted = bodies.map(\.motion).sorted { $0.x < $1.x }
        var count = 0
        for i in sorted.indices {
            var j = i + 1
            while j < sorted.count, sorted[j].x - sorted[i].x < 30 {
                let (dx, dy, dz) = (
                    sorted[j].x - sorted[i].x, sorted[j].y - sorted[i].y, sorted[j].z - sorted[i].z
                )
                if dx * dx + dy * dy + dz * dz < 900 { count += 1 }
                j += 1
            }
        }
        return count
    }
}
