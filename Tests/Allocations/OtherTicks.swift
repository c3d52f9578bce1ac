import Traffic
import World

/// Trucks that drive as told in a city; who arrives sets out again, between two steps.
func roadRow() -> BenchRow {
    guard var city = RoadCity(side: 22, trucks: 2000, streetMeters: 300) else {
        return BenchRow(name: "roads", figure: "no table", must: "0", goal: "0", pass: false)
    }
    for _ in 0..<600 { city.advance() }
    let leases = city.traffic.counts.leases
    var found = 0
    for _ in 0..<300 { city.advance { step in found += allocations(step) } }
    let given = city.traffic.counts.leases - leases
    var row = allocationRow(
        "roads", found, ticks: 300,
        reference: "\(city.traffic.truckCount) trucks, \(city.moving) moving, \(given) leases in 300 ticks")
    if given == 0 || city.moving == 0 { row.pass = false }
    return row
}

/// A crewed aircraft amid traffic: alert levels of all, bands against the nearest, and how a drone keeps clear of it.
func crewedRow() -> BenchRow {
    var random = SplitMix64(seed: 9)
    func either(_ v: Double) -> Double { v * (2 * random.unit() - 1) }
    let bodies = (0..<500).map { _ in
        Motion(
            x: either(8000), y: either(8000), z: 300 + either(200), vx: either(80), vy: either(80),
            vz: either(3))
    }
    let near = bodies.prefix(10).map { BandIntruder($0) }
    let tracks = bodies.prefix(3).map {
        CrewedTrack($0, positionError: 10, altitudeError: 10, velocityError: 1, verticalRateError: 1)
    }
    let scan = AlertScan(capacity: bodies.count)
    let bands = ManeuverBands(maxTraffic: near.count)
    var avoider = CrewedAvoider(limits: .wing, floorMeters: 20, ceilingMeters: 600)
    let levels = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bodies.count)
    defer { levels.deallocate() }
    var avoided = 0
    func tick(_ k: Int) {
        let own = bodies[k]
        bodies.withUnsafeBufferPointer { scan.load($0, originX: own.x, originY: own.y) }
        scan.evaluate(own: own, alerter: .phaseI, into: levels)
        near.withUnsafeBufferPointer { bands.compute(own: own, traffic: $0) }
        tracks.withUnsafeBufferPointer {
            let wanted = AvoidanceVelocity(vx: 0, vy: 25, vz: 0)
            let drone = Motion(x: own.x, y: own.y, z: 90, vx: 0, vy: 25, vz: 0)
            if avoider.decide(own: drone, wanted: wanted, traffic: $0) != wanted { avoided += 1 }
        }
    }
    tick(0)
    var found = 0
    for k in 20..<120 { found += allocations { tick(k) } }
    let raised = levels.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
    var row = allocationRow(
        "alerts, bands, avoidance", found, ticks: 100,
        reference: "\(bodies.count) aircraft, \(raised) alerted at the end, \(avoided) of 100 times avoided")
    if raised == 0 || avoided == 0 { row.pass = false }
    return row
}
