import DispatchingSamples
import Testing
import World

@testable import Dispatching

@Suite struct LiveEventsTests {
    /// What every plan must obey after every event: times, loads, limits and who may carry what, looked at stop by stop
    /// and in plain arithmetic; and every shipment is where it says it is.
    static func faults(_ planner: LivePlanner) -> [String] {
        var faults: [String] = []
        let problem = planner.table.problem
        var seen: [Int: Int] = [:]
        for v in problem.vehicles.indices {
            let route = planner.set.routes[planner.slotOf[v]]
            let vehicle = problem.vehicles[v]
            var time = route.opens[0]
            var load = route.load[0]
            var here = route.spot[0]
            var far: Int64 = 0
            for k in 1..<route.count {
                let isEnd = k == route.count - 1
                if !isEnd || route.spot[k].place >= 0 {
                    let way = planner.table.ways[vehicle.mode].way(here, route.spot[k])
                    far += way.millimeters
                    time += way.milliseconds
                }
                here = route.spot[k]
                if time > route.closes[k] { faults.append("vehicle \(v) is late at \(k)") }
                time = max(time, route.opens[k])
                if isEnd { break }
                time += route.service[k]
                let stop = Int(route.ids[k])
                let s = stop >> 1
                if stop & 1 == 0 { load &+= planner.table.load[s] } else { load &-= planner.table.load[s] }
                if any(load .> vehicle.capacity) { faults.append("vehicle \(v) is overloaded at \(k)") }
                if planner.states[s] != .planned && planner.states[s] != .onBoard {
                    faults.append("shipment \(s) is planned and \(planner.states[s])")
                }
                if !planner.isBegun(s) && !planner.mayCarry(s, v) {
                    faults.append("vehicle \(v) may not carry \(s)")
                }
                if let other = seen[s], other != v { faults.append("shipment \(s) is with two") }
                seen[s] = v
            }
            if any(load .!= Load()) { faults.append("vehicle \(v) keeps \(load)") }
            if far != route.millimeters { faults.append("vehicle \(v): \(far) mm, not \(route.millimeters)") }
            if far > planner.reach[v], route.count > 2, route.frozen == 0 {
                let free = (1..<route.count - 1).contains { !planner.isBegun(Int(route.ids[$0] >> 1)) }
                if free { faults.append("vehicle \(v) goes too far") }
            }
        }
        for s in planner.states.indices {
            switch planner.states[s] {
            case .planned, .onBoard: if seen[s] == nil { faults.append("shipment \(s) is lost") }
            case .waiting:
                if !planner.waitingShipments.contains(s) { faults.append("shipment \(s) waits nowhere") }
            default: break
            }
        }
        return faults
    }

    /// Chance sends every kind of event for hours.
    @Test(arguments: [true, false], 1...3 as ClosedRange<UInt64>)
    func everyPlanFitsAfterEveryEvent(followsClock: Bool, seed: UInt64) throws {
        print("live events, clock \(followsClock), seed \(seed)")
        var random = SplitMix64(seed: seed)
        let problem = LivePlannerTests.problem(&random, vehicles: 6)
        var settings = LiveSettings()
        settings.seed = seed
        settings.followsClock = followsClock
        settings.changeCost = 20_000
        let planner = LivePlanner(problem, settings: settings)
        var ids: [Int] = []
        var now: Int64 = 0
        var kinds: [LiveRepair.Cause: Int] = [:]
        var closed: [Int] = []
        var committed: [Int: Int32] = [:]
        var told: Int64 = 0
        planner.onCommit = { stop in #expect(stop.leavesMilliseconds >= told, "leaves in the past") }
        planner.onDone = { isPickup, s, v, _ in
            #expect(committed[v] == nil || committed[v] == Int32(isPickup ? 2 * s : 2 * s + 1))
            committed[v] = nil
        }
        for i in 0..<200 {
            now += Int64(random.below(120_000))
            let v = random.below(planner.slotOf.count)
            let place = random.below(60)
            let open = ids.filter { planner.states[$0] == .planned || planner.states[$0] == .waiting }
                .filter { !planner.isBegun($0) }
            told = planner.now
            planner.advance(to: now)
            let s = open.filter { !planner.isBegun($0) }.randomElement(using: &random)
            let before = planner.slotOf.indices.map { v -> [Int32] in
                let route = planner.set.routes[planner.slotOf[v]]
                return (1...max(route.frozen, 1)).filter { $0 <= route.frozen }.map { route.ids[$0] }
            }
            let onBoard = planner.states.indices.filter { planner.states[$0] == .onBoard }
                .map { ($0, planner.set.slot(of: $0)) }
            var repairs: [LiveRepair] = []
            switch random.below(16) {
            case 0: repairs = try planner.withdraw(v, at: now)
            case 1, 2:
                repairs = try planner.restore(
                    v, location: place, from: now + Int64(random.below(200_000)), at: now)
            case 3, 4: repairs = try planner.observe(v, location: place, from: now, at: now)
            case 5:
                let far = Int64(random.below(4_000_000))
                repairs = try planner.limit(v, millimeters: random.below(3) == 0 ? far : nil, at: now)
            case 6: if let s { repairs = try planner.refuse(s, by: v, at: now) }
            case 7: if let s { repairs = try planner.allow(s, by: v, at: now) }
            case 8:
                if let s {
                    let opens = now + Int64(random.below(1_000_000))
                    repairs = try planner.change(
                        s, pickup: [TimeWindow(opens, opens + 1_000_000)],
                        delivery: [TimeWindow(opens, opens + 3_000_000)], at: now)
                }
            case 9:
                let center = problem.locations[place]
                let made = try planner.close(
                    LiveClosure(center: center, radiusMillimeters: 150_000, mode: nil), at: now)
                closed.append(made.number)
                repairs = made.repairs
            case 10: if let number = closed.popLast() { repairs = try planner.open(number, at: now) }
            case 11:
                let pace = TravelMode.unitPace * Int64(2 + random.below(4)) / 3
                repairs = try planner.replace(
                    mode: 0, with: TravelMode(.straight(earthRadiusMillimeters: 0), pace: pace), at: now)
            case 12 where planner.slotOf.count < 12:
                var more = LivePlannerTests.problem(&random, vehicles: 1).vehicles[0]
                more.shift = TimeWindow(now, DispatchLimits.latestMilliseconds)
                repairs = try planner.add(more, at: now).repairs
            case 13: if let s { _ = try planner.cancel(s, at: now) }
            case 14:
                if let s, planner.states[s] == .planned, !followsClock { _ = try planner.begin(s, at: now) }
            default: planner.improve(steps: 5)
            }
            for repair in repairs { kinds[repair.cause, default: 0] += 1 }
            // What was committed still is, and what is on board stays where it is.
            for (v, stops) in before.enumerated() {
                let route = planner.set.routes[planner.slotOf[v]]
                for (k, id) in stops.enumerated() { #expect(route.ids[k + 1] == id) }
            }
            for (s, slot) in onBoard { #expect(planner.set.slot(of: s) == slot) }
            for v in planner.slotOf.indices where planner.set.routes[planner.slotOf[v]].frozen == 1 {
                committed[v] = planner.set.routes[planner.slotOf[v]].ids[1]
            }
            let faults = Self.faults(planner)
            #expect(faults.isEmpty, "event \(i): \(faults)")
            if !faults.isEmpty { return }
            let order = LivePlannerTests.order(&random, i, at: now)
            ids.append(try planner.submit(order, at: now).id)
        }
        #expect(kinds.count >= 5, "\(kinds)")
    }

    /// A promise is given by a look at every vehicle, and can be kept.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func theEarliestIsAPlace(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var settings = LiveSettings()
        settings.followsClock = false
        let planner = LivePlanner(LivePlannerTests.problem(&random, vehicles: 8), settings: settings)
        for v in 0..<8 where random.below(2) == 0 {
            _ = try planner.limit(v, millimeters: Int64(random.below(6_000_000)), at: 0)
        }
        var promised = 0
        for i in 0..<120 {
            let now = Int64(i) * 20_000
            var order = LivePlannerTests.order(&random, i, at: now)
            order.pickup?.windows = [TimeWindow(now, DispatchLimits.latestMilliseconds)]
            order.delivery?.windows = [.always]
            guard let best = try planner.earliest(order, at: now) else {
                #expect(try planner.submit(order, at: now).plan == nil || i > 0)
                continue
            }
            promised += 1
            // Nobody can do it a millisecond earlier behind all else; those who could in between are not asked.
            for v in 0..<8 {
                var alone = order
                alone.vehicle = v
                if let time = try planner.earliest(alone, at: now)?.milliseconds {
                    #expect(time > best.milliseconds || v >= best.vehicle && time == best.milliseconds)
                }
            }
            order.delivery?.windows = [TimeWindow(0, best.milliseconds)]
            let placed = try planner.submit(order, at: now)
            #expect(placed.plan != nil)
            let plan = try #require(planner.plan(of: placed.id))
            #expect(plan.delivery <= best.milliseconds)
        }
        #expect(promised > 60)
        #expect(Self.faults(planner).isEmpty)
    }

    @Test func aCopyGoesItsOwnWay() throws {
        var random = SplitMix64(seed: 5)
        let planner = LivePlanner(LivePlannerTests.problem(&random, vehicles: 6))
        for i in 0..<40 { _ = try planner.submit(LivePlannerTests.order(&random, i, at: 0), at: 0) }
        planner.advance(to: 500_000)
        let copy = planner.copy()
        let untouched = planner.copy()
        func text(_ planner: LivePlanner) -> String {
            planner.slotOf.map { r in
                let route = planner.set.routes[r]
                return (0..<route.count).map { "\(route.ids[$0]) \(route.depart[$0])" }.joined(separator: ",")
            }.joined(separator: ";") + "\(planner.statistics) \(planner.set.cost)"
        }
        #expect(text(copy) == text(planner))
        func goOn(_ planner: LivePlanner) throws {
            var random = SplitMix64(seed: 6)
            for i in 0..<40 {
                _ = try planner.submit(
                    LivePlannerTests.order(&random, i, at: planner.now), at: planner.now + 30_000)
                planner.improve(steps: 5)
            }
        }
        try goOn(planner)
        #expect(text(copy) == text(untouched))
        try goOn(copy)
        #expect(text(copy) == text(planner))
        #expect(Self.faults(copy).isEmpty)
    }

    /// An order that is only asked for is none, whatever comes next.
    @Test func askingLeavesNothingBehind() throws {
        var random = SplitMix64(seed: 8)
        let planner = LivePlanner(LivePlannerTests.problem(&random, vehicles: 3))
        for i in 0..<4 { _ = try planner.submit(LivePlannerTests.order(&random, i, at: 0), at: 0) }
        let before = planner.set.cost
        for i in 4..<8 {
            _ = try planner.quote(LivePlannerTests.order(&random, i, at: 0), at: 0)
            _ = try planner.earliest(LivePlannerTests.order(&random, i, at: 0), at: 0)
            #expect(planner.set.cost == before)
            planner.improve(steps: 5)
            #expect(planner.set.cost <= before)
            if planner.set.cost < before { break }
        }
        #expect(planner.statistics.submitted == 4 && Self.faults(planner).isEmpty)
    }

    /// Bad input changes nothing and says what is wrong.
    @Test func badInputIsRefused() throws {
        var random = SplitMix64(seed: 7)
        let planner = LivePlanner(LivePlannerTests.problem(&random, vehicles: 3))
        let good = LivePlannerTests.order(&random, 0, at: 0)
        let (s, _) = try planner.submit(good, at: 0)
        var bad = good
        bad.pickup?.location = 60
        #expect(throws: ProblemFault.self) { try planner.submit(bad, at: 0) }
        bad = good
        bad.delivery?.windows = [TimeWindow(5, 4)]
        #expect(throws: ProblemFault.self) { try planner.submit(bad, at: 0) }
        bad = good
        bad.load = Load(-1, 0, 0, 0)
        #expect(throws: ProblemFault.self) { try planner.quote(bad, at: 0) }
        for time in [-1, Int64.min, Int64.max, DispatchLimits.latestMilliseconds + 1] {
            #expect(throws: ProblemFault.self) { try planner.submit(good, at: time) }
            #expect(throws: ProblemFault.self) { try planner.observe(0, location: 0, from: time, at: 0) }
            #expect(throws: ProblemFault.self) { try planner.withdraw(0, at: time) }
            #expect(throws: ProblemFault.self) {
                try planner.change(s, pickup: [TimeWindow(time, time)], delivery: nil, at: 0)
            }
        }
        for v in [-1, 3, Int.max] {
            #expect(throws: ProblemFault.self) { try planner.withdraw(v, at: 0) }
            #expect(throws: ProblemFault.self) { try planner.restore(v, location: 0, from: 0, at: 0) }
            #expect(throws: ProblemFault.self) { try planner.refuse(s, by: v, at: 0) }
            #expect(throws: ProblemFault.self) { try planner.limit(v, millimeters: 1, at: 0) }
        }
        #expect(throws: ProblemFault.self) { try planner.limit(0, millimeters: -1, at: 0) }
        for other in [-1, s + 1, Int.max] {
            #expect(throws: ProblemFault.self) { try planner.refuse(other, by: 0, at: 0) }
            #expect(throws: ProblemFault.self) { try planner.begin(other, at: 0) }
        }
        #expect(throws: ProblemFault.self) { try planner.add(Location(x: .nan, y: 0)) }
        #expect(throws: ProblemFault.self) {
            try planner.add(TravelMode(.straight(earthRadiusMillimeters: 0), pace: 1 << 30))
        }
        var vehicle = DispatchVehicle(name: "x", start: 99, end: nil, capacity: Load())
        #expect(throws: ProblemFault.self) { try planner.add(vehicle, at: 0) }
        vehicle.start = 0
        vehicle.count = 2
        #expect(throws: ProblemFault.self) { try planner.add(vehicle, at: 0) }
        #expect(throws: ProblemFault.self) {
            try planner.close(
                LiveClosure(center: Location(x: 0, y: 0), radiusMillimeters: .nan, mode: nil), at: 0)
        }
        #expect(throws: ProblemFault.self) { try planner.open(0, at: 0) }
        #expect(Self.faults(planner).isEmpty && planner.slotOf.count == 3)
    }

    /// Who is at his stop already came by the roads as they were.
    @Test func otherRoadsDoNotMoveWhoHasArrived() throws {
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        problem.locations = [0, 1000].map { Location(x: $0, y: 0) }
        problem.vehicles = [DispatchVehicle(name: "v", start: 0, end: nil, capacity: Load(1, 0, 0, 0))]
        for pace in [TravelMode.unitPace / 2, 2 * TravelMode.unitPace] {
            let planner = LivePlanner(problem)
            var done: [Int64] = []
            planner.onDone = { _, _, _, departure in done.append(departure) }
            let window = [TimeWindow(0, 1000)]
            _ = try planner.submit(
                Dispatching.Shipment(
                    name: "", delivery: Visit(location: 1, windows: window, serviceMilliseconds: 600)), at: 0)
            planner.advance(to: 1100)
            _ = try planner.replace(
                mode: 0, with: TravelMode(.straight(earthRadiusMillimeters: 0), pace: pace), at: 1100)
            planner.advance(to: 10_000)
            #expect(done == [1600])
            #expect(planner.statistics.millimeters == 1000)
        }
    }

    /// A lost vehicle keeps what is on board and gives the rest away; back, it goes on.
    @Test func aLostVehicleKeepsWhatIsOnBoard() throws {
        var problem = DispatchProblem()
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        problem.locations = [0, 1000, 2000, 3000, 100_000].map { Location(x: $0, y: 0) }
        for (v, start) in [0, 4].enumerated() {
            problem.vehicles.append(
                DispatchVehicle(name: "v\(v)", start: start, end: nil, capacity: Load(10, 0, 0, 0)))
        }
        var settings = LiveSettings()
        settings.leaveSlack = 65536
        let planner = LivePlanner(problem, settings: settings)
        func order(_ from: Int, _ to: Int) -> Dispatching.Shipment {
            Dispatching.Shipment(
                name: "", pickup: Visit(location: from, serviceMilliseconds: 10),
                delivery: Visit(location: to, serviceMilliseconds: 10), load: Load(1, 0, 0, 0))
        }
        let first = try planner.submit(order(1, 3), at: 0).id
        planner.advance(to: 1500)
        #expect(planner.states[first] == .onBoard)
        let second = try planner.submit(order(2, 3), at: 1500)
        #expect(second.plan?.vehicle == 0)
        let repairs = try planner.withdraw(0, at: 1500)
        // Under way to one of them: that is committed and stays.
        #expect(repairs.allSatisfy { $0.place?.vehicle == 1 })
        #expect(planner.plan(of: first)?.vehicle == 0)
        let third = try planner.submit(order(1, 2), at: 1600)
        #expect(third.plan?.vehicle == 1)
        _ = try planner.restore(0, location: 2, from: 5000, at: 2000)
        #expect(try planner.earliest(order(2, 3), at: 2000) != nil)
        _ = try planner.submit(order(2, 3), at: 2000)
        planner.advance(to: 1_000_000)
        #expect(planner.statistics.delivered == 4)
        #expect(planner.states[first] == .delivered)
    }
}
