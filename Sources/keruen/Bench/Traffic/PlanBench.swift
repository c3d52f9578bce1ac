import CLinux
import Traffic
import World

/// A new plan of 20 segments against 50,000 active ones, all in the air at the same time at 50/km2.
func planBench() -> [BenchRow] {
    var random = SplitMix64(seed: 2026)
    var index = IntentIndex()
    let active = 50_000
    for id in 0..<active {
        guard let plan = benchPlan(UInt64(id), &random) else { continue }
        try? index.insert(plan)
    }
    var work = IntentWork()
    var (checks, replans): ([Double], [Double]) = ([], [])
    var (boxes, candidates, conflicts, wrong, stuck) = (0, 0, 0, 0, 0)
    for round in 0..<2200 {
        guard let plan = benchPlan(UInt64(active + round), &random) else { continue }
        var start = keruen_thread_cpu_ns()
        let found = index.conflicts(of: plan, &work)
        let spent = Double(keruen_thread_cpu_ns() - start) * 1e-3
        let (looked, left) = (work.boxesLookedAt, work.candidates)
        start = keruen_thread_cpu_ns()
        let delay = index.earliestDeparture(of: plan, notAfter: 900, policy: IntentPolicy(), &work)
        let replan = Double(keruen_thread_cpu_ns() - start) * 1e-3
        if round < 200 { continue }
        checks.append(spent)
        replans.append(replan)
        boxes += looked
        candidates += left
        conflicts += found.count
        guard let delay else {
            stuck += 1
            continue
        }
        if let moved = try? plan.moved(bySeconds: delay), !index.conflicts(of: moved).isEmpty { wrong += 1 }
    }
    checks.sort()
    replans.sort()
    func part(_ values: [Double], _ share: Double) -> Double {
        values.isEmpty ? .infinity : values[min(values.count - 1, Int(Double(values.count) * share))]
    }
    let rounds = max(checks.count, 1)
    return [
        .atMost(
            part(checks, 0.99), must: 200, goal: 50, unit: " us",
            "new 20-segment plan against 50,000 active plans, p99",
            reference:
                "p50 \(BenchRow.figure(part(checks, 0.5))) us; a plan \(boxes / rounds) boxes compared, "
                + "\(candidates / rounds) candidate pairs, \(conflicts / rounds) conflicts"),
        .atMost(
            wrong == 0 ? part(replans, 0.99) : .infinity, must: 5000, goal: 1000, unit: " us",
            "earliest conflict-free departure within 900 s, p99",
            reference:
                "p50 \(BenchRow.figure(part(replans, 0.5))) us; \(stuck) of \(rounds) found none; \(wrong) found a "
                + "delay that conflicts"),
        .told("memory of an active plan of 20 segments", "\(index.bytes / max(index.count, 1)) bytes"),
    ]
}

/// Twenty legs of 15 to 35 s at 8 to 22 m/s, turning a little, in one of six layers 25 m apart, from within 31.6 km square;
/// in the air at second 600, so that all are at once.
private func benchPlan(_ id: UInt64, _ random: inout SplitMix64) -> OperationalIntent? {
    let side = 31_623.0
    var point = Waypoint(
        x: side * random.unit(), y: side * random.unit(), z: 60 + 25 * Double(random.next() % 6),
        seconds: 100 + 480 * random.unit())
    // A direction as a unit vector, turned by rational rotations.
    var (dx, dy) = (1.0, 0.0)
    func turn(_ t: Double) {
        let (c, s) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
        (dx, dy) = (dx * c - dy * s, dx * s + dy * c)
    }
    turn(20 * random.unit() - 10)
    if random.unit() < 0.5 { (dx, dy) = (-dx, -dy) }
    turn(2 * random.unit() - 1)
    var points = [point]
    let speed = 8 + 14 * random.unit()
    for _ in 0..<20 {
        turn(0.3 * (random.unit() - 0.5))
        let seconds = 15 + 20 * random.unit()
        point.x += dx * speed * seconds
        point.y += dy * speed * seconds
        point.seconds += seconds
        // Back over the area at its border.
        if point.x < 0 || point.x > side { dx = -dx }
        if point.y < 0 || point.y > side { dy = -dy }
        points.append(point)
    }
    return try? OperationalIntent(
        id: id, waypoints: points, radiusMeters: 15, halfHeightMeters: 7.5, slackBeforeSeconds: 2,
        slackAfterSeconds: 3)
}
