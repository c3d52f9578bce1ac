import Controller
import Testing
import World

/// Whatever is killed, lost, repeated or out of order: each order that was taken ends once.
@Suite struct CrashTests {
    @Test(arguments: 1...5) func everyOrderEndsOnce(seed: UInt64) {
        var road = FaultyRoad(seed: seed, vehicles: 8)
        var random = SplitMix64(seed: seed &* 977)
        for _ in 0..<10 { road.second() }
        var taken: [String] = []
        var seconds = 0
        while seconds < 4000 {
            if seconds.isMultiple(of: 90), taken.count < 36 {
                let n = taken.count
                var request = Harness.request(
                    "k\(n)", from: (random.unit() * 4000, random.unit() * 3000),
                    to: (random.unit() * 4000, random.unit() * 3000), at: road.now)
                if random.unit() < 0.25 {
                    request.massGrams = 2_000_000
                    request.volumeLiters = 5000
                }
                if road.submit(request) { taken.append(request.key) }
            }
            if random.unit() < 0.001, let id = road.controller.orders.last?.id { road.cancel(id) }
            road.second()
            seconds += 1
        }
        road.faults = false
        while seconds < 30_000 {
            road.second()
            seconds += 1
            if seconds.isMultiple(of: 50), road.controller.orders.allSatisfy({ $0.state.isClosed }) { break }
        }
        for _ in 0..<200 { road.second() }
        check(road, taken, seed)
    }

    private func check(_ road: FaultyRoad, _ taken: [String], _ seed: UInt64) {
        let orders = road.controller.orders
        #expect(road.kills > 3, "seed \(seed): the run must hurt")
        // None lost, all closed.
        for key in taken {
            let order = road.controller.order(company: "steppe", key: key)
            #expect(
                order?.state.isClosed == true,
                "seed \(seed): \(key) is \(order?.state.rawValue ?? "lost"): \(order?.reason ?? "")")
        }
        // Each ended once, by the journal.
        var ends: [OrderID: [OrderState]] = [:]
        for event in road.journal {
            if case .orderChanged(let id, let state, _, _, _) = event, state.isClosed {
                ends[id, default: []].append(state)
            }
        }
        for order in orders where order.state != .refused {
            #expect(ends[order.id] == [order.state], "seed \(seed): \(order.id) \(ends[order.id] ?? [])")
        }
        // What really happened to the freight.
        let gone = Set(zip(road.vehicles, road.isGone).filter(\.1).map(\.0.profile.id))
        for order in orders {
            #expect(road.realUnloads[order.id, default: 0] <= 1)
            switch road.freight[order.id] {
            case .delivered:
                #expect(
                    order.state == .delivered || order.state == .failed || order.state == .cancelled,
                    "seed \(seed): \(order.id) was delivered and is \(order.state)")
            case .onBoard(let id):
                #expect(
                    order.state != .delivered || gone.contains(id),
                    "seed \(seed): \(order.id) is said to be delivered and is on board of \(id)")
            case .atPickup, nil:
                #expect(order.state != .delivered, "seed \(seed): \(order.id) never left")
            }
        }
        // The journal is the state.
        var folded = Controller(configuration: road.configuration, geography: Harness.geography)
        for event in road.journal { folded.apply(event) }
        #expect(Self.hash(folded) == Self.hash(road.controller), "seed \(seed)")
        var restored = Controller(
            restoring: folded.snapshot, configuration: road.configuration, geography: Harness.geography)
        for event in road.journal { restored.apply(event) }
        #expect(
            Self.hash(restored) == Self.hash(folded), "seed \(seed): a journal read twice changes nothing")
        let delivered = orders.count { $0.state == .delivered }
        #expect(delivered > orders.count / 2, "seed \(seed)")
        print(
            "crashes, seed \(seed): \(orders.count) orders, \(delivered) delivered, "
                + "\(orders.count { $0.state == .failed }) failed, \(orders.count { $0.state == .cancelled }) cancelled; "
                + "\(road.kills) kills, \(road.reboots) reboots, \(gone.count) gone, "
                + "\(road.controller.missions.count) missions")
    }

    static func hash(_ controller: Controller) -> UInt64 {
        var hash = StableHash()
        hash.combine("\(controller.snapshot)")
        return hash.value
    }
}
