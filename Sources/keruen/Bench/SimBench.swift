import Foundation
import Vehicles

/// How many vehicles one core moves in real time: no sockets, no autopilot above the velocity loop.
/// Rated by CPU time, not wall time, so that a neighbour on the machine does not blur the figure.
func simBench() -> [BenchRow] {
    let air = measure(seconds: 10, make: makeAir)
    let wing = measure(seconds: 10, make: makeWing)
    let road = measure(seconds: 10, make: makeRoad)
    return [
        row("multirotor 6 degrees of freedom, 250 Hz", air, must: 25_000, goal: 60_000),
        BenchRow(
            name: "vehicles x real time per core: VTOL on the wing, 250 Hz",
            figure: "\(Int(wing.one)) with 1 thread, \(Int(wing.two)) with 2", must: "-", goal: "-", pass: nil
        ),
        row("truck with trailer, 100 Hz", road, must: 60_000, goal: 150_000),
        BenchRow(
            name: "same seed on 1 and 2 threads",
            figure: air.same && wing.same && road.same ? "bit-identical" : "DIFFERS",
            must: "bit-identical", goal: "bit-identical", pass: air.same && wing.same && road.same),
    ]
}

private let fleetSize = 1024

private func makeAir() -> MultirotorFleet {
    var fleet = MultirotorFleet(wind: WindField(east: 5, north: 2, gustDeviation: 1), seed: 1)
    for n in 0..<fleetSize {
        let i = fleet.add(at: MotionState(up: 80, energyJoules: 9e6, onGround: false), groundUp: 0)
        fleet.command(
            i, MotionCommand(velocityEast: Float(n % 41) - 20, velocityNorth: Float(n % 17) - 8))
    }
    return fleet
}

private func makeWing() -> VtolFleet {
    var fleet = VtolFleet(wind: WindField(east: 5, north: 2, gustDeviation: 1), seed: 1)
    for n in 0..<fleetSize {
        let i = fleet.add(
            at: MotionState(up: 300, velocityEast: 25, heading: .pi / 2, energyJoules: 9e6, onGround: false),
            groundUp: 0)
        fleet.command(i, MotionCommand(velocityEast: 22 + Float(n % 9), velocityNorth: Float(n % 17) - 8))
    }
    return fleet
}

private func makeRoad() -> TruckFleet {
    var fleet = TruckFleet()
    for n in 0..<fleetSize {
        let i = fleet.add(at: MotionState(energyJoules: 2e9), groundUp: 0)
        fleet.setPayload(i, kilograms: Float(n % 25) * 1000)
        fleet.command(i, TruckCommand(speed: Float(n % 26), steering: .curvature(Float(n % 11 - 5) * 0.002)))
    }
    return fleet
}

private struct Measured {
    /// Vehicle seconds simulated per second of CPU time on one thread, and on two.
    var one: Double
    var two: Double
    var same: Bool
}

private func measure<Fleet: MotionFleet>(seconds: Int, make: () -> Fleet) -> Measured {
    func run(_ threads: Int) -> (rate: Double, hash: UInt64) {
        var best = 0.0
        var hash: UInt64 = 0
        for _ in 0..<3 {
            var fleet = make()
            fleet.advance(steps: Fleet.stepsPerSecond, threads: threads)
            let before = cpuSeconds()
            // In tenths of a second, as a host that reads them out at 10 Hz does.
            for _ in 0..<seconds * 10 { fleet.advance(steps: Fleet.stepsPerSecond / 10, threads: threads) }
            best = max(best, Double(seconds * fleet.activeCount) / (cpuSeconds() - before))
            hash = fingerprint(fleet)
        }
        return (best, hash)
    }
    let (one, two) = (run(1), run(2))
    return Measured(one: one.rate, two: two.rate, same: one.hash == two.hash)
}

/// CPU time of this process so far, all threads.
private func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// FNV-1a over every bit of every state.
private func fingerprint(_ fleet: some MotionFleet) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in 0..<fleet.count {
        let s = fleet.state(i)
        let words = [
            s.east.bitPattern, s.north.bitPattern, s.up.bitPattern, s.energyJoules.bitPattern,
            UInt64(s.velocityEast.bitPattern), UInt64(s.velocityNorth.bitPattern),
            UInt64(s.velocityUp.bitPattern), UInt64(s.yawRate.bitPattern),
        ]
        for word in words { hash = (hash ^ word) &* 0x100_0000_01B3 }
    }
    return hash
}

private func row(_ name: String, _ m: Measured, must: Int, goal: Int) -> BenchRow {
    BenchRow(
        name: "vehicles x real time per core: " + name,
        figure: "\(Int(m.one)) with 1 thread, \(Int(m.two)) with 2", must: "\(must)", goal: "\(goal)",
        pass: m.one >= Double(must))
}
