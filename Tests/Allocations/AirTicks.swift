import Traffic
import World

/// A fleet flies the same ticks twice through the same memory: what the second time takes from the heap is no growth.
func airRow(crowded: Double) -> BenchRow {
    let name = crowded > 0 ? "air, a fifth of it in one km2" : "air"
    var start = AirFleet(
        drones: 4000, trucks: 800, crewed: 30, perSquareKilometer: 50, crowded: crowded, seed: 7)
    guard let air = AirStation.air(threads: 1),
        let index = try? AirFleet.fences(400, half: start.half, seed: 8)
    else { return BenchRow(name: name, figure: "no fleet", must: "0", goal: "0", pass: false) }
    let tile = LocalPlane(
        latitudeE7: AirFleet.origin.latitudeE7, longitudeE7: AirFleet.origin.longitudeE7)
    let fences = FencedAirspace(index, tile: tile, now: AirTicks.start)
    start.plan(around: fences)
    var flight = AirTicks(air, fences, start)
    flight.run(20)
    let first = flight.hashes
    flight = AirTicks(air, fences, start)
    flight.run(20)
    var row = allocationRow(
        name, flight.allocated, ticks: first.count,
        reference: """
            \(start.bodies.count) vehicles, \(index.tests.count) fences, drain to emit; in \(first.count) ticks \
            \(flight.conflicts) conflicts, \(flight.solved) flights solved, \(flight.commands) commands, \
            \(flight.looks) looks at fences
            """)
    let isBusy = flight.conflicts > 0 && flight.solved > 0 && flight.commands > 0 && flight.looks > 0
    if first != flight.hashes || !isBusy { row.pass = false }
    return row
}

private struct AirTicks {
    static let start = Instant(nanoseconds: 1_750_000_000_000_000_000)
    private var fleet: AirFleet
    private let station: AirStation
    private var now = start
    private(set) var hashes: [UInt64] = []
    private(set) var allocated = 0
    private(set) var conflicts = 0
    private(set) var solved = 0
    private(set) var commands = 0
    private(set) var looks = 0

    init(_ air: AirTraffic, _ fences: FencedAirspace, _ fleet: AirFleet) {
        self.fleet = fleet
        station = AirStation(air, fences, fleet)
    }

    mutating func run(_ ticks: Int) {
        let ring = UnsafeMutableBufferPointer<AirFleet.Report>.allocate(capacity: fleet.bodies.count)
        defer { ring.deallocate() }
        var clock = AirStation.Clock()
        for _ in 0..<ticks {
            now = now.advanced(bySeconds: 0.1)
            fleet.report(now, into: ring)
            allocated += allocations { station.tick(ring, now, &clock) }
            hashes.append(station.air.hash)
            conflicts += station.air.conflicts.count
            solved += station.air.report.resolution.solved
            commands += station.commands
            looks += station.air.report.fenceLooks
            station.obey(&fleet)
            fleet.fly(acceleration: 3)
        }
    }
}
