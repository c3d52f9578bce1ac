import DispatchingSamples
import Testing
import World

@testable import Dispatching

@Suite struct OrderReplayTests {
    /// A fleet of two kinds, and orders that come over time.
    private static func stream(seed: UInt64) -> (DispatchProblem, OrderStream) {
        var random = SplitMix64(seed: seed)
        var problem = LivePlannerTests.problem(&random, vehicles: 3)
        // Up to 64 vehicles are all looked at, of more those nearby and an idle one.
        for k in problem.vehicles.indices { problem.vehicles[k].count = seed % 2 == 0 ? 4 : 25 }
        var orders: [OrderStream.Order] = []
        var now: Int64 = 0
        for i in 0..<60 {
            if i > 10 { now += Int64(random.below(80_000)) }
            problem.shipments.append(LivePlannerTests.order(&random, i, at: now))
            orders.append(OrderStream.Order(i, at: now))
        }
        return (problem, OrderStream(orders, of: problem))
    }

    private static func replay(_ seed: UInt64, steps: Int, changeCost: Int64 = 0) throws -> OrderReplay {
        let (problem, stream) = stream(seed: seed)
        var settings = LiveSettings()
        settings.seed = seed
        settings.changeCost = changeCost
        let replay = try OrderReplay(problem, stream, settings: settings)
        while try replay.submitNext() { replay.improve(steps: steps) }
        replay.finish(steps: steps)
        return replay
    }

    /// What was driven, with its own times, passes the checker; nothing committed changed, nothing is done before it is
    /// known; and the planner's own count of changes is the one seen from outside.
    @Test(arguments: [0, 5], 1...5 as ClosedRange<UInt64>) func whatIsDrivenPasses(steps: Int, seed: UInt64)
        throws
    {
        let (problem, stream) = Self.stream(seed: seed)
        let replay = try Self.replay(seed, steps: steps, changeCost: seed % 3 == 0 ? 50_000 : 0)
        let result = replay.result
        let verdict = try PlanChecker(stream.releasing(problem)).check(result.plan)
        let wrong = verdict.violations.filter { $0.kind != .mustBeServed }
        #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(3))")
        #expect(result.committedChanged == 0 && result.leftBeforeKnown == 0, "seed \(seed)")
        let stops = result.plan.routes.reduce(0) { $0 + $1.stops.count }
        #expect(result.committed == stops && stops == 2 * (60 - result.plan.unserved.count), "seed \(seed)")
        #expect(result.vehicleChanges == replay.planner.statistics.vehicleChanges, "seed \(seed)")
        #expect(stops > 60, "seed \(seed)")
        if steps == 0 { #expect(result.vehicleChanges == 0) }
    }

    @Test func sameSeedSameDay() throws {
        let first = try Self.replay(3, steps: 4).result
        #expect(try Self.replay(3, steps: 4).result == first)
    }

    @Test func nobodyChangesVehiclesForLessThanItCosts() throws {
        let (free, dear) = try (1...2 as ClosedRange<UInt64>).reduce(into: (0, 0)) {
            $0.0 += try Self.replay($1, steps: 10).result.vehicleChanges
            // Dearer than that an order is not served.
            $0.1 += try Self.replay($1, steps: 10, changeCost: 1 << 52).result.vehicleChanges
        }
        #expect(free > 20 && dear == 0, "\(free) \(dear)")
    }

    /// Known before its window: waited for. Windows that open before an order is known open when it is.
    @Test func nothingIsReleasedBeforeItIsKnown() {
        let (problem, _) = Self.stream(seed: 1)
        let window = problem.shipments[5].pickup?.windows[0] ?? .always
        for (time, opens) in [
            (0, window.opensMilliseconds), (window.opensMilliseconds + 7, window.opensMilliseconds + 7),
            (window.closesMilliseconds + 9, window.closesMilliseconds),
        ] {
            let stream = OrderStream([OrderStream.Order(5, at: time)], of: problem)
            let released = stream.releasing(problem)
            #expect(released.shipments[5].pickup?.windows[0].opensMilliseconds == opens)
            #expect(released.shipments[4] == problem.shipments[4])
        }
    }

    /// What no order names comes first; what is named twice or does not exist is left out.
    @Test func aStreamNamesEachShipmentOnce() {
        let (problem, _) = Self.stream(seed: 1)
        let stream = OrderStream(
            [
                .init(3, at: 50), .init(9, at: 20), .init(3, at: 10), .init(99, at: 5), .init(-1, at: 5),
                .init(8, at: 20), .init(7, at: -4), .init(6, at: .max),
            ], of: problem)
        #expect(stream.orders.count == 60)
        #expect(stream.orders.suffix(4).map(\.shipment) == [9, 8, 3, 6])
        #expect(stream.orders.prefix(56).allSatisfy { $0.milliseconds == 0 })
        #expect(stream.orders.last?.milliseconds == DispatchLimits.latestMilliseconds)
    }
}
