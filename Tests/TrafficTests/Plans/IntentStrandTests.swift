import Testing
import World

@testable import Traffic

/// Plans of several strands, slack that grows, and the search over delay, layer and way aside.
@Suite struct IntentStrandTests {
    private static func point(_ x: Double, _ y: Double, _ seconds: Double) -> Waypoint {
        Waypoint(x: x, y: y, z: 100, seconds: seconds)
    }

    private static let tube = IntentTolerance(radiusMeters: 10, halfHeightMeters: 10)

    /// Goes on at once, or stays where it is: both are kept clear of, and nothing is in between.
    @Test func everyStrandCounts() throws {
        let held = try OperationalIntent(
            id: 1,
            waypoints: [
                Self.point(0, 0, 0), Self.point(1000, 0, 100), Self.point(0, 0, 0), Self.point(0, 0, 120),
            ], strandStarts: [2], tolerance: Self.tube)
        var index = IntentIndex()
        try index.insert(held)
        func meets(_ x: Double, _ from: Double, _ to: Double) throws -> Bool {
            let other = try OperationalIntent(
                id: 2, waypoints: [Self.point(x, -5, from), Self.point(x, -5, to)], strandStarts: [],
                tolerance: Self.tube)
            return !index.conflicts(of: other).isEmpty
        }
        #expect(try meets(0, 110, 115) && meets(900, 85, 95))
        #expect(try !meets(900, 110, 115) && !meets(500, 100, 130))
        index.remove(1)
        #expect(try !meets(0, 110, 115) && index.count == 0)
    }

    @Test func strandsOfOneWaypointAreRefused() {
        let points = (0..<4).map { Self.point(Double($0), 0, Double($0)) }
        for starts in [[1], [3], [0], [2, 3], [2, 2], [4], [-1]] {
            #expect(throws: IntentFault.self, "\(starts)") {
                _ = try OperationalIntent(
                    id: 1, waypoints: points, strandStarts: starts, tolerance: Self.tube)
            }
        }
    }

    /// Slack before and after grows by so much a second of the plan before a leg begins.
    @Test func slackGrows() throws {
        var tolerance = Self.tube
        (tolerance.slackBeforeSeconds, tolerance.slackAfterSeconds, tolerance.slackGrowth) = (2, 4, 0.1)
        let plan = try OperationalIntent(
            id: 1, waypoints: [Self.point(0, 0, 0), Self.point(1000, 0, 100), Self.point(2000, 0, 200)],
            strandStarts: [], tolerance: tolerance)
        var index = IntentIndex()
        try index.insert(plan)
        func meets(_ x: Double, _ seconds: Double) throws -> Bool {
            let other = try OperationalIntent(
                id: 2, waypoints: [Self.point(x, 0, seconds), Self.point(x, 0, seconds + 0.001)],
                strandStarts: [], tolerance: Self.tube)
            let isMet = !index.conflicts(of: other).isEmpty
            // The other way round: the one with slack is asked about.
            var reverse = IntentIndex()
            try reverse.insert(other)
            #expect(reverse.conflicts(of: plan).isEmpty == !isMet)
            return isMet
        }
        // 20 m at 10 m/s are 2 s, with 4 s late and 2 s early on the first leg, 10 s more on the second.
        #expect(try meets(500, 55.9) && !meets(500, 56.1) && meets(500, 46.1) && !meets(500, 45.9))
        #expect(try meets(1500, 165.9) && !meets(1500, 166.1) && meets(1500, 136.1) && !meets(1500, 135.9))
        tolerance.slackGrowth = 1.5
        #expect(throws: IntentFault.slackOutOfRange) {
            _ = try OperationalIntent(
                id: 1, waypoints: [Self.point(0, 0, 0), Self.point(1000, 0, 100)], strandStarts: [],
                tolerance: tolerance)
        }
    }

    /// The cheapest of all variants with their least delays, found one by one.
    @Test func searchFindsTheCheapest() throws {
        let seed: UInt64 = 12
        var random = SplitMix64(seed: seed)
        var kinds: [String: Int] = [:]
        for round in 0..<60 {
            var index = IntentIndex()
            for id in 1...UInt64(80) {
                try index.insert(try IntentIndexTests.plan(id, &random, priority: 1, side: 500))
            }
            let plan = try IntentIndexTests.plan(99, &random, priority: 1, side: 500)
            var options = StrategicOptions(
                delaySecondsMax: 300, layers: [30, -30, 60], offsets: [100, -100, 200],
                secondsPerLayerMeter: 0.3, secondsPerOffsetMeter: 0.15)
            let decision = try index.decide(plan, options: options)
            var best = Double.infinity
            let (a, b) = (plan.waypoints[0], plan.waypoints[plan.waypoints.count - 1])
            let length = ((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)).squareRoot()
            let way = length > 0 ? (x: (b.x - a.x) / length, y: (b.y - a.y) / length) : (x: 1, y: 0)
            for left in [0] + options.offsets {
                for up in [0] + options.layers {
                    let price = 0.3 * up.magnitude + 0.15 * left.magnitude
                    guard price <= 300,
                        let moved = try? plan.moved(
                            bySeconds: 0, upMeters: up, eastMeters: -way.y * left, northMeters: way.x * left),
                        let delay = index.earliestDeparture(of: moved, notAfter: 300 - price)
                    else { continue }
                    best = min(best, price + delay)
                }
            }
            var cost = Double.infinity
            switch decision.outcome {
            case .accepted: cost = 0
            case .delayed(let seconds): cost = seconds
            case .layerChanged(let up, let seconds): cost = 0.3 * up.magnitude + seconds
            case .rerouted(let left, let up, let seconds):
                cost = 0.3 * up.magnitude + 0.15 * left.magnitude + seconds
            case .refused: break
            }
            kinds["\(decision.outcome)".prefix { $0 != "(" }.description, default: 0] += 1
            #expect(cost == best || (cost - best).magnitude < 0.002, "seed \(seed) round \(round)")
            if cost.isFinite { #expect(index.conflicts(of: decision.intent).isEmpty) }
            // Whole delays are the next that are free.
            options.delayGridSeconds = 5
            if case .delayed(let seconds) = try index.decide(
                plan, options: StrategicOptions(delaySecondsMax: 300)
            ).outcome {
                options.layers = []
                options.offsets = []
                if case .delayed(let whole) = try index.decide(plan, options: options).outcome {
                    #expect(whole >= seconds && whole.remainder(dividingBy: 5) == 0)
                    #expect(index.conflicts(of: try plan.moved(bySeconds: whole)).isEmpty)
                    for earlier in stride(from: 0, to: whole, by: 5) {
                        #expect(!index.conflicts(of: try plan.moved(bySeconds: earlier)).isEmpty)
                    }
                }
            }
            options.looksMax = 0
            if cost > 0, case .refused = try index.decide(plan, options: options).outcome {
            } else {
                #expect(cost == 0)
            }
        }
        #expect(kinds["delayed", default: 0] > 5 && kinds["layerChanged", default: 0] > 2, "\(kinds)")
        #expect(kinds["rerouted", default: 0] > 2, "\(kinds)")
    }

    /// What costs more than what was found is never made.
    @Test func costlyVariantsAreNotMade() throws {
        var index = IntentIndex()
        try index.insert(
            OperationalIntent(
                id: 1, waypoints: [Self.point(0, -500, 0), Self.point(0, 500, 100)], strandStarts: [],
                tolerance: Self.tube))
        let plan = try OperationalIntent(
            id: 2, waypoints: [Self.point(-500, 0, 0), Self.point(500, 0, 100)], strandStarts: [],
            tolerance: Self.tube)
        var made: [Double] = []
        let decision = try index.decide(
            plan,
            options: StrategicOptions(
                layers: [25, 50], offsets: [100], secondsPerLayerMeter: 0.8, secondsPerOffsetMeter: 0.5)
        ) { up, left in
            made.append(up + left)
            return nil
        }
        guard case .delayed = decision.outcome else {
            Issue.record("\(decision.outcome)")
            return
        }
        #expect(made.isEmpty)
    }
}
