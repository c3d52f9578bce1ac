import Testing
import World

@testable import Traffic

@Suite struct IntentIndexTests {
    /// A random plan in a small crowded box; some hover, some climb, some wait long, some are long.
    static func plan(_ id: UInt64, _ random: inout SplitMix64, priority: Int32 = 0, side: Double = 3000)
        throws
        -> OperationalIntent
    {
        var point = Waypoint(
            x: side * random.unit(), y: side * random.unit(), z: 30 * Double(random.next() % 4),
            seconds: 200 * random.unit())
        var points = [point]
        for _ in 0..<(1 + Int(random.next() % 6)) {
            let seconds = random.next() % 12 == 0 ? 400.0 : 10 + 30 * random.unit()
            point.seconds += seconds
            switch random.next() % 6 {
            case 0: break
            case 1: point.z += 40 * random.unit()
            default:
                point.x += (20 * random.unit() - 10) * seconds
                point.y += (20 * random.unit() - 10) * seconds
            }
            points.append(point)
        }
        return try OperationalIntent(
            id: id, priority: priority, company: UInt32(id % 3), waypoints: points,
            radiusMeters: 5 + 20 * random.unit(), halfHeightMeters: 5 + 5 * random.unit(),
            slackBeforeSeconds: random.next() % 2 == 0 ? 0 : 3,
            slackAfterSeconds: random.next() % 2 == 0 ? 0 : 5)
    }

    static func flights(_ plan: OperationalIntent) -> [PlanSegment] {
        zip(plan.waypoints, plan.waypoints.dropFirst()).map { PlanSegment($0, $1) }
    }

    /// How much room two segments have between them, at best over all times: the larger of horizontal distance less the
    /// radii and vertical distance less the half heights, over a grid of both times that the slack allows. Upper bound
    /// of the true room, high by at most what both fly in a step.
    static func room(
        _ a: OperationalIntent, _ f: PlanSegment, _ b: OperationalIntent, _ g: PlanSegment, delay: Double
    )
        -> (room: Double, error: Double)
    {
        let steps = 160
        let (reach, height) = (a.radiusMeters + b.radiusMeters, a.halfHeightMeters + b.halfHeightMeters)
        // Time of B less time of A may be from ... to.
        let (low, high) = (
            -(b.slackBeforeSeconds + a.slackAfterSeconds), b.slackAfterSeconds + a.slackBeforeSeconds
        )
        var best = Double.infinity
        for i in 0...steps {
            let u = f.duration * Double(i) / Double(steps)
            // When A is at u, B's own clock may show v with |time difference| in the slack.
            let now = f.start + delay + u - g.start
            let (v0, v1) = (max(0, now - high), min(g.duration, now - low))
            guard v0 <= v1 else { continue }
            let parts = v1 > v0 ? 40 : 0
            for k in 0...parts {
                let v = parts == 0 ? v0 : v0 + (v1 - v0) * Double(k) / Double(parts)
                let (dx, dy) = (g.x + g.vx * v - f.x - f.vx * u, g.y + g.vy * v - f.y - f.vy * u)
                let dz = g.z + g.vz * v - f.z - f.vz * u
                best = min(best, max((dx * dx + dy * dy).squareRoot() - reach, dz.magnitude - height))
            }
        }
        func speed(_ s: PlanSegment) -> Double { (s.vx * s.vx + s.vy * s.vy + s.vz * s.vz).squareRoot() }
        let slack = (high - low) / 40
        return (
            best,
            speed(f) * f.duration / Double(steps) + speed(g) * (f.duration / Double(steps) + slack) + 1e-6
        )
    }

    /// All pairs by the closed form, without an index and without the quick reject.
    static func allPairs(_ plan: OperationalIntent, _ others: [OperationalIntent]) -> [IntentConflict] {
        var result: [IntentConflict] = []
        for (number, f) in flights(plan).enumerated() {
            for other in others where other.id != plan.id {
                for (otherNumber, g) in flights(other).enumerated() {
                    let limits = PairLimits(
                        reach: plan.radiusMeters + other.radiusMeters,
                        height: plan.halfHeightMeters + other.halfHeightMeters)
                    guard let pair = forbiddenDelays(f, g, limits) else { continue }
                    let delays =
                        pair.low - other.slackBeforeSeconds - plan.slackAfterSeconds...pair.high
                        + other.slackAfterSeconds + plan.slackBeforeSeconds
                    guard delays.contains(0) else { continue }
                    result.append(
                        IntentConflict(
                            segment: number, otherID: other.id, otherSegment: otherNumber,
                            otherPriority: other.priority, otherCompany: other.company,
                            otherState: other.state,
                            forbiddenDelays: delays))
                }
            }
        }
        return result.sorted {
            ($0.segment, $0.otherID, $0.otherSegment) < ($1.segment, $1.otherID, $1.otherSegment)
        }
    }

    /// The closed form against a dense grid of times: for delay 0 and inside, outside of the forbidden delays.
    @Test func closedFormAgreesWithDenseTimes() throws {
        var random = SplitMix64(seed: 11)
        var (conflicts, clear) = (0, 0)
        for round in 0..<160 {
            let (a, b) = (
                try Self.plan(1, &random, side: 60), try Self.plan(2, &random, side: 60)
            )
            let (f, g) = (Self.flights(a)[0], Self.flights(b)[0])
            let limits = PairLimits(
                reach: a.radiusMeters + b.radiusMeters, height: a.halfHeightMeters + b.halfHeightMeters)
            let pair = forbiddenDelays(f, g, limits)
            let low = (pair?.low ?? 0) - b.slackBeforeSeconds - a.slackAfterSeconds
            let high = (pair?.high ?? 0) + b.slackAfterSeconds + a.slackBeforeSeconds
            for delay in [0, low - 5, low + 0.1 * (high - low), 0.5 * (low + high), high + 5] {
                let isForbidden = pair != nil && low <= delay && delay <= high
                let (room, error) = Self.room(a, f, b, g, delay: delay)
                if room < -1e-6 {
                    conflicts += 1
                    #expect(isForbidden, "round \(round) delay \(delay) room \(room)")
                } else if room > error {
                    clear += 1
                    #expect(!isForbidden, "round \(round) delay \(delay) room \(room) error \(error)")
                }
            }
        }
        #expect(conflicts > 30 && clear > 30)
    }

    @Test func edgesOfTheClosedForm() throws {
        func segment(_ a: (Double, Double, Double, Double), _ b: (Double, Double, Double, Double))
            -> PlanSegment
        {
            PlanSegment(
                Waypoint(x: a.0, y: a.1, z: a.2, seconds: a.3), Waypoint(x: b.0, y: b.1, z: b.2, seconds: b.3)
            )
        }
        let limits = PairLimits(reach: 10, height: 5)
        let hover = segment((0, 0, 0, 0), (0, 0, 0, 100))
        // Two hovering: by place alone.
        let near = try #require(forbiddenDelays(hover, segment((10, 0, 0, 50), (10, 0, 0, 60)), limits))
        #expect(near.low == -50 && near.high == 60)
        #expect(forbiddenDelays(hover, segment((10.001, 0, 0, 50), (10.001, 0, 0, 60)), limits) == nil)
        #expect(forbiddenDelays(hover, segment((0, 0, 5.001, 50), (0, 0, 5.001, 60)), limits) == nil)
        #expect(forbiddenDelays(hover, segment((0, 0, 5, 50), (0, 0, 5, 60)), limits) != nil)
        // Passing by a centimetre outside and inside, along the border.
        #expect(forbiddenDelays(hover, segment((-100, 10.01, 0, 0), (100, 10.01, 0, 20)), limits) == nil)
        #expect(forbiddenDelays(hover, segment((-100, 9.99, 0, 0), (100, 9.99, 0, 20)), limits) != nil)
        // Same way, same speed, 3 s apart: 30 m; 1 s apart is touching.
        let ahead = segment((0, 0, 0, 0), (1000, 0, 0, 100))
        let same = try #require(forbiddenDelays(ahead, ahead, limits))
        #expect((same.low + 1).magnitude < 1e-9 && (same.high - 1).magnitude < 1e-9)
        // Crossing at right angles: |10 w| / sqrt(2) <= 10 over long legs.
        let cross = try #require(
            forbiddenDelays(
                segment((-500, 0, 0, 0), (500, 0, 0, 100)), segment((0, -500, 0, 0), (0, 500, 0, 100)), limits
            ))
        #expect((cross.high - 2.0.squareRoot()).magnitude < 1e-9 && (cross.low + cross.high).magnitude < 1e-9)
        // Swapped roles: the negative interval. Shifted times: the shifted one.
        var random = SplitMix64(seed: 5)
        for _ in 0..<200 {
            let (a, b) = (try Self.plan(1, &random, side: 200), try Self.plan(2, &random, side: 200))
            let (f, g) = (Self.flights(a)[0], Self.flights(b)[0])
            let (one, two) = (forbiddenDelays(f, g, limits), forbiddenDelays(g, f, limits))
            #expect((one == nil) == (two == nil))
            if let one, let two {
                #expect((one.low + two.high).magnitude < 1e-6 && (one.high + two.low).magnitude < 1e-6)
            }
            var later = g
            later.start += 64
            if let one, let shifted = forbiddenDelays(f, later, limits) {
                #expect((shifted.low - one.low - 64).magnitude < 1e-9)
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func indexAgreesWithNoIndex(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let side = 700.0
        var index = IntentIndex()
        var plans: [OperationalIntent] = []
        for id in 0..<UInt64(160) {
            var plan = try Self.plan(id, &random, side: side)
            if id % 40 == 0 {
                // Very long ones: another class of buckets, and across zero.
                plan = try OperationalIntent(
                    id: id,
                    waypoints: [
                        Waypoint(x: -40_000, y: 1000, z: 30, seconds: -3000),
                        Waypoint(x: 40_000, y: 2000, z: 30, seconds: 5000),
                        Waypoint(x: 40_000, y: 2000, z: 30, seconds: 400_000),
                    ], radiusMeters: 20, halfHeightMeters: 10)
            }
            plans.append(plan)
            try index.insert(plan)
        }
        var found = 0
        for step in 0..<60 {
            let plan =
                step % 4 == 0 ? plans[Int(random.next() % 100)] : try Self.plan(1000, &random, side: side)
            let conflicts = index.conflicts(of: plan)
            #expect(conflicts == Self.allPairs(plan, plans))
            found += conflicts.count
            // Plans come and go.
            let gone = plans.remove(at: Int(random.next() % UInt64(plans.count)))
            let wasThere = index.remove(gone.id)
            #expect(wasThere)
            if step % 2 == 0 {
                let fresh = try Self.plan(2000 + UInt64(step), &random, side: side)
                plans.append(fresh)
                try index.insert(fresh)
            }
        }
        #expect(found > 50)
        #expect(index.version == 160 + 60 + 30)
        // An area over more cells than there are buckets.
        let wide = try OperationalIntent(
            id: 9999,
            waypoints: [
                Waypoint(x: 0, y: 0, z: 30, seconds: 0),
                Waypoint(x: 3000, y: 3000, z: 30, seconds: 2_000_000),
            ], radiusMeters: 3000, halfHeightMeters: 100)
        #expect(index.conflicts(of: wide) == Self.allPairs(wide, plans))
        for plan in plans { index.remove(plan.id) }
        #expect(index.count == 0 && index.conflicts(of: wide).isEmpty)
    }

    @Test func earliestDepartureIsTheEarliest() throws {
        for seed in 0..<UInt64(8) {
            var random = SplitMix64(seed: seed)
            var index = IntentIndex()
            for id in 0..<UInt64(70) { try index.insert(try Self.plan(id, &random, side: 1500)) }
            let plan = try Self.plan(500, &random, side: 1500)
            let delay = try #require(index.earliestDeparture(of: plan, notAfter: 3000))
            #expect(index.conflicts(of: try plan.moved(bySeconds: delay)).isEmpty)
            for step in 0..<40 {
                let earlier = (delay - 0.0011) * Double(step) / 40
                if earlier >= 0, delay > 0.0011 {
                    // Only gaps narrower than the step may be free before.
                    #expect(!index.conflicts(of: try plan.moved(bySeconds: earlier)).isEmpty)
                }
            }
        }
    }
}

extension OperationalIntent {
    var radiusMeters: Double { tolerance.radiusMeters }
    var halfHeightMeters: Double { tolerance.halfHeightMeters }
    var slackBeforeSeconds: Double { tolerance.slackBeforeSeconds }
    var slackAfterSeconds: Double { tolerance.slackAfterSeconds }
}
