import Foundation
import Testing
import World

@testable import Dispatching

/// A share of the day of the freight and express flows, with everything that goes wrong on it. At 5 % and whole it is
/// `keruen bench dispatch --only day`.
@Suite struct DayTests {
    static let world: WorldData? = try? WorldData.load(
        directory: URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Data/world").standardizedFileURL.path)

    static func day(_ seed: UInt64, share: Double = 0.02) throws -> DispatchDay {
        DispatchDay(world: try #require(world), seed: seed, share: share)
    }

    static func live(_ day: DispatchDay, _ seed: UInt64, steps: Int = 4) throws -> DayReport {
        var settings = LiveSettings()
        settings.seed = seed
        // Early, so that a breakdown can still be made up.
        settings.leaveSlack = 1 << 14
        settings.changeCost = 5_000_000_000
        return try day.dispatchLive(settings: settings, steps: steps)
    }

    /// The checker and the roads driven again find nothing, nothing committed is changed, and it is cheaper.
    @Test(arguments: [1] as [UInt64]) func nothingIsWrongAndItIsCheaper(seed: UInt64) throws {
        print("day, seed \(seed)")
        let day = try Self.day(seed)
        let live = try Self.live(day, seed)
        let plain = try day.dispatchNearest()
        #expect(live.violations.isEmpty)
        #expect(plain.violations.isEmpty)
        #expect(live.committedChanged == 0 && plain.committedChanged == 0)
        #expect(live.astray == 0)
        #expect(live.delivered + live.cancelled + live.unserved.values.reduce(0, +) == live.orders)
        #expect(live.unserved[.notOver] == nil && plain.unserved[.notOver] == nil)
        #expect(live.delivered >= plain.delivered * 95 / 100)
        #expect(live.late <= plain.late + 4)
        #expect(live.costPerDelivery < 0.7 * plain.costPerDelivery)
        #expect(live.emptyShare < 0.85 * plain.emptyShare)
    }

    @Test func theSameSeedIsTheSameDay() throws {
        let first = try Self.live(Self.day(3, share: 0.01), 3)
        let again = try Self.live(Self.day(3, share: 0.01), 3)
        #expect(first == again && first.delivered > 50)
        #expect(try Self.live(Self.day(4, share: 0.01), 4).digest != first.digest)
    }

    /// Flows whole: a load for each of 8,510 trucks, a parcel for each of 2,158, at the share asked for.
    @Test(arguments: [0.01, 0.05, 1]) func theFlowsAreWhole(share: Double) throws {
        let world = try #require(Self.world)
        let start = Instant(secondsSince1970: 1_768_417_200)
        let orders = Demand.flows(world: world, seed: 1, start: start, share: share)
        let loads = orders.count { $0.kinds == [.truck] }
        #expect(abs(Double(loads) - 8510 * share) <= 1)
        #expect(abs(Double(orders.count - loads) - 2158 * share) <= 1)
        #expect(Set(orders.map(\.key)).count == orders.count)
        for pair in zip(orders, orders.dropFirst()) { #expect(pair.0.releaseAt <= pair.1.releaseAt) }
        #expect(Set(orders.map(\.company)).count == world.carriers.count || share < 0.05)
        let day = DispatchDay(world: world, seed: 1, share: share)
        #expect(day.orders == orders.count && Set(day.companyOf).count == 24 || share < 0.05)
        _ = try PlanChecker(day.problem)
    }

    /// A vehicle driven by the truth and one driven again by the incidents are there at the same time, also when roads
    /// close before it.
    @Test func roadsCloseBeforeATruck() throws {
        let stretch = { (a: Int, b: Int, km: Int64) in
            DayRoads.Stretch(a: a, b: b, millimeters: km * 1_000_000, milliseconds: km * 60_000)
        }
        // 0 - 1 - 2 - 3, and a longer way 1 - 4 - 3.
        let roads = DayRoads(
            nodes: 5,
            stretches: [
                stretch(0, 1, 60), stretch(1, 2, 60), stretch(2, 3, 60), stretch(1, 4, 90), stretch(4, 3, 90),
            ])
        var day = DispatchDay(roads: roads)
        day.problem.modes = [TravelMode(.road(roads.table))]
        for i in 0..<5 {
            var place = Location(x: Double(i), y: 0)
            place.roads = [RoadAccess(node: i, millimeters: 0, milliseconds: 0)]
            day.problem.locations.append(place)
        }
        day.problem.vehicles = [DispatchVehicle(name: "t", start: 0, end: nil, capacity: Load(1, 0, 0, 0))]
        day.problem.shipments = [
            Shipment(name: "s", pickup: Visit(location: 3), delivery: Visit(location: 0))
        ]
        day.releases = [0]
        let hour = DayTime.hour
        // Half an hour on the way: it can turn at 1 and goes round; two hours later everything is open again.
        for (from, until, arrives) in [
            (hour / 2, 90 * hour, 4 * hour), (hour + 1, 90 * hour, 3 * hour), (hour / 2, 2 * hour, 4 * hour),
            (hour / 4, hour / 2, 3 * hour),
        ] {
            day.incidents = [DayIncident(kind: .road(2, slowness: 0), from: from, until: until)]
            if from > hour { day.incidents[0].kind = .road(1, slowness: 0) }
            let truth = DayTruth(day)
            _ = truth.leave(0, for: 0, isPickup: true, at: 0)
            guard case .road(let closed, _) = day.incidents[0].kind else { continue }
            #expect(truth.change(stretch: closed, slowness: 0, at: from) == [0])
            if until < 90 * hour { _ = truth.change(stretch: closed, slowness: 1, at: until) }
            let stop = try #require(truth.finish(0))
            #expect(stop.arrives == arrives)
            var judge = DayJudge(day)
            let again = judge.drive(0, stop)
            #expect(again == (stop.arrives, stop.millimeters))
        }
    }
}
