import Dispatching
import World

/// One journey to a shared place, and how its company behaves with it.
struct SlotJourney {
    enum Conduct: Equatable {
        case comes
        case staysAway
        /// So long before the slot begins.
        case cancels(Int64)
        /// Files again and again, to be drawn anew.
        case refiles
    }
    var vehicle: Int
    var company: Int
    var place: Int
    /// When vehicle, freight and papers really can be there.
    var ready: Int64
    var latest: Int64
    var filed: Int64
    /// What is asked for, and what ground control knows; the same as `ready` for the honest.
    var wanted: Int64
    var attested: Int64
    var lane = SlotLane.ordinary
    var isDocumented = false
    var isFalseClass = false
    /// Only there to take slots.
    var isPhantom = false
    var conduct = Conduct.comes
    /// Comes so long before its slot.
    var early: Int64 = 600_000
    /// Trades slots with it as soon as both have one.
    var decoyOf: Int?
    /// Drives under the plates of it, and files under its own name only when the gate has refused it.
    var platesOf: Int?
    /// Files a second time for the same chassis number, two hours earlier.
    var filesTwice = false
    /// When the slot it was let in for began; nil: not served.
    var slot: Int64?
}

/// A day pattern of journeys of several owners to several places.
struct SlotWorld {
    static let hour: Int64 = 3_600_000
    static let slot: Int64 = 900_000
    /// Journeys an hour of the day: two peaks, as at the border.
    static let pattern: [Int] = [
        2, 1, 1, 1, 2, 4, 7, 10, 12, 11, 9, 7, 6, 6, 7, 8, 10, 12, 11, 8, 6, 4, 3, 2,
    ]

    var places: [SlotPlace]
    var policy = SlotPolicy()
    /// Share of the journeys and beneficial owner of each company.
    var companies: [(weight: Int, owner: Int, contract: Int64)]
    /// Demand over capacity, in permille.
    var load: Int64
    var days = 3
    var patience: Int64 = 48 * hour
    /// How long before they are ready the journeys of a company are filed.
    var lead: (Int, inout SplitMix64) -> Int64 = { _, random in
        hour + Int64(random.next() % UInt64(47 * hour))
    }
    /// Of 1000 journeys, not made in the end; half of these are cancelled.
    var failing: UInt64 = 0

    /// Days are counted from the second: filings of the first lie before.
    static let start: Int64 = 2 * 24 * hour

    func journeys(seed: UInt64) -> [SlotJourney] {
        var random = SplitMix64(seed: seed)
        let weights = companies.reduce(0) { $0 + $1.weight }
        let sum = Int64(Self.pattern.reduce(0, +))
        var all: [SlotJourney] = []
        for place in places.indices {
            let daily =
                Int64(places[place].capacity) * 24 * Self.hour / places[place].slotMilliseconds * load / 1000
            for day in 0..<days {
                for _ in 0..<daily {
                    var at = Int64(random.next() % UInt64(sum))
                    var hour = 0
                    while at >= Int64(Self.pattern[hour]) {
                        at -= Int64(Self.pattern[hour])
                        hour += 1
                    }
                    let ready =
                        Self.start + (Int64(day) * 24 + Int64(hour)) * Self.hour
                        + Int64(random.next() % UInt64(Self.hour))
                    var share = Int(random.next() % UInt64(weights))
                    var company = 0
                    while share >= companies[company].weight {
                        share -= companies[company].weight
                        company += 1
                    }
                    let lead = lead(company, &random)
                    var journey = SlotJourney(
                        vehicle: all.count, company: company, place: place, ready: ready,
                        latest: ready + patience,
                        filed: max(1, ready - lead), wanted: ready, attested: ready)
                    journey.early = Int64(random.next() % UInt64(Self.hour / 2))
                    if random.next() % 1000 < failing {
                        journey.conduct =
                            random.next() & 1 == 0
                            ? .staysAway : .cancels(Int64(random.next() % UInt64(4 * Self.hour)))
                        journey.isPhantom = true
                    }
                    all.append(journey)
                }
            }
        }
        return all
    }
}

/// Plays journeys through a market in ticks of five minutes.
struct SlotPlay {
    static let tick: Int64 = 300_000
    var journeys: [SlotJourney]
    var market: SlotMarket
    var steps = 0
    var decisions = 0
    var slowestStep: Int64 = 0
    var nanoseconds: Int64 = 0
    private var agenda: [[SlotInput]] = []
    /// Vehicles to look at in a tick.
    private var looks: [[Int]] = []
    private var byVehicle: [Int]

    init(_ world: SlotWorld, _ journeys: [SlotJourney], seed: UInt64) throws {
        self.journeys = journeys
        market = try SlotMarket(policy: world.policy, places: world.places, publicSeed: seed)
        byVehicle = Array(repeating: 0, count: journeys.count)
        for index in journeys.indices { byVehicle[journeys[index].vehicle] = index }
        let end = (journeys.map(\.latest).max() ?? 0) + 4 * SlotWorld.hour
        let count = Int(end / Self.tick) + 2
        agenda = Array(repeating: [], count: count)
        looks = Array(repeating: [], count: count)
        for (company, entry) in world.companies.enumerated() {
            agenda[0].append(.company(company, owner: entry.owner, contractedPermille: entry.contract))
        }
        for index in byVehicle {
            var hash = StableHash(seed: seed)
            hash.combine(journeys[index].vehicle)
            agenda[0].append(
                .vehicle(journeys[index].vehicle, identity: hash.value, company: journeys[index].company))
        }
        for journey in journeys where journey.platesOf == nil {
            put(.request(request(journey)), journey.filed)
            guard journey.filesTwice else { continue }
            var other = request(journey)
            other.requestedMilliseconds = max(0, other.requestedMilliseconds - 2 * SlotWorld.hour)
            put(.request(other), journey.filed)
        }
    }

    private func request(_ j: SlotJourney) -> SlotRequest {
        SlotRequest(
            vehicle: j.vehicle, place: j.place, requestedMilliseconds: j.wanted, latestMilliseconds: j.latest,
            attestedMilliseconds: j.attested, lane: j.lane, isDocumented: j.isDocumented)
    }

    private mutating func put(_ input: SlotInput, _ time: Int64) {
        let tick = Int((time + Self.tick - 1) / Self.tick)
        if agenda.indices.contains(tick) { agenda[tick].append(input) }
    }

    mutating func run(clock: () -> Int64 = { 0 }) throws {
        for tick in agenda.indices {
            let now = Int64(tick) * Self.tick
            for vehicle in looks[tick] { look(vehicle, now) }
            let before = clock()
            let made = try market.step(atMilliseconds: now, agenda[tick])
            let spent = clock() - before
            if tick > 0 { slowestStep = max(slowestStep, spent) }
            nanoseconds += spent
            steps += 1
            decisions += made.count
            agenda[tick] = []
            for decision in made where decision.vehicle >= 0 { react(decision, now) }
        }
    }

    /// Time has come to go to the gate, or to cancel.
    private mutating func look(_ vehicle: Int, _ now: Int64) {
        guard let slot = market.slotMilliseconds(vehicle: vehicle) else { return }
        let journey = journeys[byVehicle[vehicle]]
        switch journey.conduct {
        case .comes, .refiles:
            if slot - journey.early <= now { put(.arrived(vehicle: vehicle, place: journey.place), now) }
        case .cancels(let before): if slot - before <= now { put(.cancel(vehicle: vehicle), now) }
        case .staysAway: break
        }
    }

    private mutating func react(_ decision: SlotDecision, _ now: Int64) {
        let index = byVehicle[decision.vehicle]
        let journey = journeys[index]
        func watch(_ time: Int64) -> Int { Int((max(time, now + 1) + Self.tick - 1) / Self.tick) }
        switch decision.kind {
        case .awarded, .moved, .swapped:
            let slot = decision.slotMilliseconds
            var times = [slot - journey.early, slot]
            if case .cancels(let before) = journey.conduct { times = [slot - before] }
            for time in times where looks.indices.contains(watch(time)) {
                looks[watch(time)].append(decision.vehicle)
            }
            if decision.kind != .swapped, let real = journey.decoyOf { trade(decision.vehicle, real, now) }
            for decoy in decoys[decision.vehicle] ?? [] where decision.kind != .swapped {
                trade(decoy, decision.vehicle, now)
            }
            if let driver = drivers[decision.vehicle] {
                // Sent to the gate under the plates of the booked one; refused there, it files for itself.
                put(.arrived(vehicle: driver, place: journey.place), slot)
                var late = journeys[byVehicle[driver]]
                late.wanted = slot
                put(.request(request(late)), max(slot, late.ready))
            }
        case .admitted:
            journeys[index].slot = decision.slotMilliseconds
            if journey.isFalseClass, decision.tie % 4 == 0 {
                put(.falseClass(vehicle: decision.vehicle), now + Self.tick)
            }
        case .tooEarly: put(.arrived(vehicle: decision.vehicle, place: journey.place), now + Self.tick)
        case .filed where journey.conduct == .refiles && now < journey.ready - 5 * SlotWorld.hour:
            put(.cancel(vehicle: decision.vehicle), now + 2 * Self.tick)
            put(.request(request(journey)), now + 2 * Self.tick)
        case .refused where decision.reason == .noDocument || decision.reason == .classBlocked:
            var honest = journey
            honest.lane = .ordinary
            put(.request(request(honest)), now + Self.tick)
        default: break
        }
    }

    private mutating func trade(_ decoy: Int, _ real: Int, _ now: Int64) {
        guard let a = market.slotMilliseconds(vehicle: decoy), let b = market.slotMilliseconds(vehicle: real),
            a < b
        else { return }
        put(.swap(vehicle: decoy, with: real), now + Self.tick)
        put(.swap(vehicle: real, with: decoy), now + Self.tick)
    }

    private lazy var decoys: [Int: [Int]] = Dictionary(
        grouping: journeys.filter { $0.decoyOf != nil }.map(\.vehicle),
        by: { journeys[byVehicle[$0]].decoyOf ?? -1 })
    private lazy var drivers: [Int: Int] = Dictionary(
        journeys.compactMap { j in j.platesOf.map { ($0, j.vehicle) } }, uniquingKeysWith: { a, _ in a })
}

/// First filed, first served: whoever clicks first has the earliest free slot from the wanted time on.
func firstFiled(_ world: SlotWorld, _ journeys: [SlotJourney]) -> [SlotJourney] {
    var served = journeys
    var free: [[Int64: Int]] = world.places.map { _ in [:] }
    let order = journeys.indices.sorted { (journeys[$0].filed, $0) < (journeys[$1].filed, $1) }
    for index in order {
        let journey = journeys[index]
        let length = world.places[journey.place].slotMilliseconds
        var slot = (max(journey.wanted, journey.filed) + length - 1) / length
        while free[journey.place][slot] ?? 0 >= world.places[journey.place].capacity { slot += 1 }
        guard slot * length <= journey.latest else { continue }
        free[journey.place][slot, default: 0] += 1
        served[index].slot = slot * length
    }
    return served
}
