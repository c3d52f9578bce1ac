import Testing
import World

@testable import Dispatching

/// A random market and random inputs, valid and absurd.
struct SlotScenario {
    var random: SplitMix64
    var policy = SlotPolicy()
    var places: [SlotPlace]
    let companies: Int
    let vehicles: Int
    let owners: Int
    let slot: Int64 = 60_000

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        companies = 2 + Int(random.next() % 5)
        owners = max(1, companies - Int(random.next() % 2))
        vehicles = 10 + Int(random.next() % 50)
        policy.capPermille = [200, 350, 1000][Int(random.next() % 3)]
        policy.quotaPermille = [0, 5, 2, 1]
        policy.wasteDebtMilliseconds = 3 * 60_000 + 1
        policy.longestHoldMilliseconds = 4 * 60_000
        policy.falseClassDebtMilliseconds = 10 * 60_000
        policy.falseClassBlockMilliseconds = 40 * 60_000
        places = []
        for k in 0..<1 + Int(random.next() % 2) {
            let freeze = 1 + Int64(random.next() % 12)
            places.append(
                SlotPlace(
                    identity: UInt64(k + 77), capacity: 1 + Int(random.next() % 3), slotMilliseconds: slot,
                    freezeSlots: freeze, noticeSlots: Int64(random.next() % UInt64(freeze)),
                    earlyMilliseconds: 3 * slot, lateMilliseconds: slot / 2))
        }
    }

    mutating func pick(_ n: Int) -> Int { Int(random.next() % UInt64(max(n, 1))) }

    func registry(renumbered order: [Int]? = nil) -> [SlotInput] {
        let order = order ?? Array(0..<companies)
        // Company k of the old numbering is `order[k]` of the new; owners are numbered as they appear.
        var numbers: [Int: Int] = [:]
        var inputs: [SlotInput] = []
        for new in 0..<companies {
            let old = order.firstIndex(of: new) ?? 0
            let owner = old % owners
            let number = numbers[owner] ?? numbers.count
            numbers[owner] = number
            inputs.append(.company(new, owner: number, contractedPermille: Int64(owner * 100)))
        }
        for v in 0..<vehicles {
            inputs.append(.vehicle(v, identity: UInt64(v) &* 0x9E37_79B9 &+ 5, company: order[v % companies]))
        }
        return inputs
    }

    mutating func inputs(_ now: Int64) -> [SlotInput] {
        var inputs: [SlotInput] = []
        for _ in 0..<pick(9) {
            let vehicle = pick(vehicles)
            let place = pick(places.count)
            let soon = max(0, now + Int64(pick(20)) * slot - 4 * slot + Int64(pick(3)))
            switch pick(20) {
            case 0: inputs.append(.cancel(vehicle: vehicle))
            case 1: inputs.append(.postpone(vehicle: vehicle, earliestMilliseconds: soon))
            case 2: inputs.append(.attested(vehicle: vehicle, earliestMilliseconds: soon))
            case 3, 4:
                let other = pick(vehicles)
                inputs.append(
                    .swap(vehicle: vehicle, with: other == vehicle ? (other + 1) % vehicles : other))
                if pick(2) == 0, case .swap(let a, let b) = inputs[inputs.count - 1] {
                    inputs.append(.swap(vehicle: b, with: a))
                }
            case 5 where pick(8) == 0:
                inputs.append(
                    .capacity(
                        place: place, fromMilliseconds: soon,
                        toMilliseconds: soon + Int64(1 + pick(5)) * slot,
                        places: pick(3)))
            case 6 where pick(3) == 0: inputs.append(.falseClass(vehicle: vehicle))
            case 5...8: inputs.append(.arrived(vehicle: vehicle, place: place))
            default:
                inputs.append(
                    .request(
                        SlotRequest(
                            vehicle: vehicle, place: place, requestedMilliseconds: soon,
                            latestMilliseconds: soon + Int64(pick(30)) * slot,
                            attestedMilliseconds: max(0, soon - Int64(pick(4)) * slot),
                            lane: SlotLane(rawValue: pick(10) < 6 ? 0 : pick(4)) ?? .ordinary,
                            isDocumented: pick(4) > 0, acceptsEarlier: pick(4) > 0)))
            }
        }
        return inputs
    }

    func market() throws -> SlotMarket { try SlotMarket(policy: policy, places: places, publicSeed: 42) }
}

struct SlotTests {
    /// Runs some ticks, with arrivals of most vehicles when their slot begins.
    func run(
        _ scenario: inout SlotScenario, ticks: Int,
        _ body: (Int64, [SlotInput], SlotMarket) throws -> SlotMarket
    ) throws {
        var market = try scenario.market()
        var now: Int64 = 10_000_000
        market = try body(now, scenario.registry(), market)
        for _ in 0..<ticks {
            now += [1000, 20_000, 60_000, 60_000, 61_000, 400_000][scenario.pick(6)]
            var inputs = scenario.inputs(now)
            for v in 0..<scenario.vehicles where scenario.pick(4) > 0 {
                if let slot = market.slotMilliseconds(vehicle: v), slot <= now + 60_000 {
                    inputs.append(.arrived(vehicle: v, place: Int(market.bookings[v].place)))
                }
            }
            market = try body(now, inputs, market)
        }
    }

    @Test(arguments: 0..<60) func agreesWithThePlainReference(seed: UInt64) throws {
        var scenario = SlotScenario(seed: seed)
        var reference = SlotReference(scenario.policy, scenario.places, 42)
        try run(&scenario, ticks: 150) { now, inputs, market in
            var market = market
            let decisions = try market.step(atMilliseconds: now, inputs)
            let sorted = inputs.sorted { $0.words < $1.words }
            let lines = reference.step(now, sorted)
            let ours = decisions.map {
                SlotReference.Line(
                    kind: $0.kind, reason: $0.reason, vehicle: $0.vehicle, slot: $0.slotMilliseconds,
                    owed: $0.owedMilliseconds)
            }
            let isEqual = ours == lines
            let different = zip(ours, lines).first { $0 != $1 }
            try #require(
                isEqual, "seed \(seed), tick \(now), \(ours.count) \(lines.count): \(different as Any)")
            for owner in reference.debts.indices {
                try #require(market.debtMilliseconds(owner: owner) == reference.debts[owner], "seed \(seed)")
            }
            return market
        }
    }

    @Test func nothingIsOverbookedAndQuotasHold() throws {
        let given = try (UInt64(100)..<130).reduce(0) { try $0 + quotasGiven(seed: $1) }
        #expect(given > 100)
    }

    private func quotasGiven(seed: UInt64) throws -> Int {
        var scenario = SlotScenario(seed: seed)
        scenario.policy.quotaPermille = [0, 2, 1, 3]
        var (awards, given) = (0, 0)
        try run(&scenario, ticks: 200) { now, inputs, market in
            var market = market
            for decision in try market.step(atMilliseconds: now, inputs) {
                if decision.kind == .awarded { awards += 1 }
                if decision.reason == .quota {
                    #expect(decision.quotaUsed <= decision.quota, "seed \(seed)")
                    given += 1
                }
                if decision.kind == .awarded, decision.reason == .turn {
                    #expect(decision.held <= decision.cap, "seed \(seed)")
                }
            }
            for books in market.books {
                for slot in books.base..<books.base + books.length {
                    let holders = (0..<books.count(slot)).map { books.holder(slot, $0) }
                    let awaited = holders.filter { $0 >= 0 }
                    for vehicle in awaited {
                        #expect(
                            market.bookings[vehicle].state == .awarded
                                && market.bookings[vehicle].slot == slot)
                    }
                    #expect(books.count(slot) <= books.place.capacity)
                    #expect(awaited.isEmpty || holders.count <= books.capacity(slot), "seed \(seed), \(now)")
                    #expect(Set(awaited).count == awaited.count)
                }
            }
            return market
        }
        #expect(awards > 10, "seed \(seed)")
        return given
    }

    @Test(arguments: 200..<220) func orderWithinATickChangesNothing(seed: UInt64) throws {
        var scenario = SlotScenario(seed: seed)
        var shuffled = try scenario.market()
        var random = SplitMix64(seed: seed)
        try run(&scenario, ticks: 150) { now, inputs, market in
            var market = market
            let expected = try market.step(atMilliseconds: now, inputs)
            let found = try shuffled.step(atMilliseconds: now, inputs.shuffled(using: &random))
            try #require(expected == found, "seed \(seed)")
            return market
        }
    }

    @Test(arguments: 300..<320) func companiesAreOnlyLabels(seed: UInt64) throws {
        var scenario = SlotScenario(seed: seed)
        var renamed = try scenario.market()
        var random = SplitMix64(seed: seed)
        let registry = scenario.registry(renumbered: Array(0..<scenario.companies).shuffled(using: &random))
        var isFirst = true
        try run(&scenario, ticks: 150) { now, inputs, market in
            var market = market
            let expected = try market.step(atMilliseconds: now, inputs)
            let found = try renamed.step(atMilliseconds: now, isFirst ? registry : inputs)
            isFirst = false
            try #require(expected == found, "seed \(seed)")
            return market
        }
    }

    @Test func absurdInputsAreRefusedNotTrapped() throws {
        var market = try SlotMarket(
            policy: SlotPolicy(), places: [SlotPlace(identity: 1, capacity: 1)], publicSeed: 1)
        var random = SplitMix64(seed: 9)
        let numbers = [Int.min, -1, 0, 1, 5, Int.max]
        let times: [Int64] = [.min, -1, 0, 1, 900_000, DispatchLimits.latestMilliseconds, .max]
        func n() -> Int { numbers[Int(random.next() % 6)] }
        func t() -> Int64 { times[Int(random.next() % 7)] }
        _ = try market.step(
            atMilliseconds: 0,
            [.company(0, owner: 0, contractedPermille: 0), .vehicle(0, identity: 1, company: 0)])
        for tick in 1..<3000 {
            let inputs: [SlotInput] = (0..<5).map { _ in
                switch random.next() % 10 {
                case 0: .company(n(), owner: n(), contractedPermille: t())
                case 1: .vehicle(n(), identity: 3, company: n())
                case 2: .capacity(place: n(), fromMilliseconds: t(), toMilliseconds: t(), places: n())
                case 3: .arrived(vehicle: n(), place: n())
                case 4: .falseClass(vehicle: n())
                case 5: .attested(vehicle: n(), earliestMilliseconds: t())
                case 6: .cancel(vehicle: n())
                case 7: .postpone(vehicle: n(), earliestMilliseconds: t())
                case 8: .swap(vehicle: n(), with: n())
                default:
                    .request(
                        SlotRequest(
                            vehicle: n(), place: n(), requestedMilliseconds: t(), latestMilliseconds: t(),
                            attestedMilliseconds: t()))
                }
            }
            _ = try market.step(atMilliseconds: Int64(tick) * 300_000, inputs)
        }
        #expect(throws: SlotError.self) { try market.step(atMilliseconds: 5, []) }
        #expect(throws: SlotError.self) { try market.step(atMilliseconds: .max, []) }
        var wrong = SlotPlace(identity: 1, capacity: 0)
        #expect(throws: SlotError.self) {
            try SlotMarket(policy: SlotPolicy(), places: [wrong], publicSeed: 1)
        }
        wrong.capacity = 1
        wrong.slotMilliseconds = .max
        #expect(throws: SlotError.self) {
            try SlotMarket(policy: SlotPolicy(), places: [wrong], publicSeed: 1)
        }
    }

    /// Filing and cancelling for ever takes no memory and no time.
    @Test func churnIsBounded() throws {
        var market = try SlotMarket(
            policy: SlotPolicy(), places: [SlotPlace(identity: 1, capacity: 1)], publicSeed: 1)
        _ = try market.step(
            atMilliseconds: 0,
            [.company(0, owner: 0, contractedPermille: 0), .vehicle(0, identity: 1, company: 0)])
        for tick in 1..<5000 {
            _ = try market.step(
                atMilliseconds: Int64(tick),
                [
                    .cancel(vehicle: 0),
                    .request(
                        SlotRequest(
                            vehicle: 0, place: 0,
                            requestedMilliseconds: 5_000_000 + Int64(tick % 2) * 900_000_000,
                            latestMilliseconds: 2_000_000_000, attestedMilliseconds: 0)),
                ])
        }
        #expect(market.deadlines.count <= 128)
        #expect(market.books[0].early.count <= 128)
        #expect(market.books[0].short.count <= 128)
        #expect(market.books[0].shares.allSatisfy { $0.waiting.allSatisfy { $0.count <= 128 } })
    }
}
