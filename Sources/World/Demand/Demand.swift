/// The freight of a day around the bases of a fleet: parcels by air from hubs to people within a drone's haul, loads
/// by truck along sections of the freight flows. Made, not observed. Same arguments, same shipments.
public struct Demand: Sendable {
    /// Where vehicles of one kind stand.
    public struct Base: Hashable, Sendable {
        public var coordinate: Coordinate
        public var kind: VehicleKind
        public var vehicles: Int
        /// Longest haul that should be easy: straight for drones, along the road for trucks.
        public var haulMeters: Double
        public var payloadGrams: UInt32

        /// Without `haulMeters` and `payloadGrams` those of the simulated vehicles: multirotor 12 km and 10 kg, VTOL
        /// 40 km and 5 kg, truck 300 km and 24 t.
        public init(
            coordinate: Coordinate, kind: VehicleKind, vehicles: Int = 1, haulMeters: Double? = nil,
            payloadGrams: UInt32? = nil
        ) {
            self.coordinate = coordinate
            self.kind = kind
            self.vehicles = vehicles
            switch kind {
            case .multirotor:
                self.haulMeters = haulMeters ?? 12_000
                self.payloadGrams = payloadGrams ?? 10_000
            case .vtol:
                self.haulMeters = haulMeters ?? 40_000
                self.payloadGrams = payloadGrams ?? 5_000
            case .truck:
                self.haulMeters = haulMeters ?? 300_000
                self.payloadGrams = payloadGrams ?? 24_000_000
            }
        }
    }

    let world: WorldData
    let bases: [Base]
    let start: Instant
    /// Largest payload and haul of all drones and of all trucks.
    let air: (payloadGrams: UInt32, haulMeters: Double)
    let road: (payloadGrams: UInt32, haulMeters: Double)

    /// `count` shipments (at most 100,000) released during the 24 h after `start`, by release. Bases without vehicles,
    /// without payload or with hauls outside 1...5,000 km are passed over; without any base there is no demand.
    public static func shipments(
        world: WorldData, bases: [Base], seed: UInt64, start: Instant, count: Int
    ) -> [Shipment] {
        let bases = bases.filter {
            $0.vehicles > 0 && (1000...5e6).contains($0.haulMeters) && $0.payloadGrams > 0
                && $0.coordinate.isValid
        }
        // Far outside any calendar, moments a day later could not be written.
        guard !bases.isEmpty, count > 0, abs(start.seconds(since: Instant(nanoseconds: 0))) < 9e9 else {
            return []
        }
        return Demand(world: world, bases: bases, start: start)
            .shipments(seed: seed, count: min(count, 100_000))
    }

    init(world: WorldData, bases: [Base], start: Instant) {
        self.world = world
        self.bases = bases
        self.start = start
        func largest(_ bases: [Base]) -> (UInt32, Double) {
            (bases.map(\.payloadGrams).max() ?? 0, bases.map(\.haulMeters).max() ?? 0)
        }
        air = largest(bases.filter(\.kind.flies))
        road = largest(bases.filter { !$0.kind.flies })
    }

    private func shipments(seed: UInt64, count: Int) -> [Shipment] {
        var dice = Dice(seed: seed)
        var drafts: [(at: Instant, draft: Draft)] = []
        for (base, share) in zip(bases, shares(of: count)) where share > 0 {
            if base.kind.flies {
                let area = ExpressArea(world: world, base: base)
                for _ in 0..<share { drafts.append(released(express(base, area, &dice), &dice)) }
            } else {
                let area = FreightArea(world: world, base: base, month: month)
                for _ in 0..<share { drafts.append(released(freight(base, area, &dice), &dice)) }
            }
        }
        return numbered(drafts, seed: seed)
    }

    /// Shipments by release. Equal moments keep their order: the sort of pairs with their index is total.
    func numbered(_ drafts: [(at: Instant, draft: Draft)], seed: UInt64) -> [Shipment] {
        let order = drafts.indices.sorted { (drafts[$0].at, $0) < (drafts[$1].at, $1) }
        let prefix =
            "\(start.advanced(bySeconds: Self.localOffsetSeconds).description.prefix(10))-\(String(seed, radix: 16))-"
        return order.enumerated().map { number, index in
            drafts[index].draft.shipment(
                key: prefix + String(number + 1), releaseAt: drafts[index].at, terrain: world.terrain)
        }
    }

    func released(_ draft: Draft, _ dice: inout Dice) -> (at: Instant, draft: Draft) {
        let weights = draft.byAir ? Self.expressHours : Self.freightHours
        let first = Int(localSeconds(start) / 3600)
        let hour = dice.pick((0..<24).map { weights[(first + $0) % 24] })
        let seconds = ((Double(hour) + dice.unit()) * 3600).rounded(.down)
        return (start.advanced(bySeconds: seconds), draft)
    }

    /// Orders per base by largest remainder, in proportion to what its vehicles can carry out in a day.
    private func shares(of count: Int) -> [Int] {
        let weights = bases.map { base in
            let perVehicle: Double =
                switch base.kind {
                case .multirotor: 12
                case .vtol: 8
                case .truck: 2.5
                }
            return Double(min(base.vehicles, 1_000_000)) * perVehicle
        }
        let total = weights.reduce(0, +)
        let exact = weights.map { $0 / total * Double(count) }
        var shares = exact.map { Int($0) }
        let byRemainder = shares.indices.sorted {
            (Double(shares[$0]) - exact[$0], $0) < (Double(shares[$1]) - exact[$1], $1)
        }
        for index in byRemainder.prefix(count - shares.reduce(0, +)) { shares[index] += 1 }
        return shares
    }

    /// All Kazakhstan keeps UTC+5 since 2024.
    private static let localOffsetSeconds = 5 * 3600.0

    private func localSeconds(_ at: Instant) -> Double {
        let seconds = Double(at.nanoseconds / 1_000_000_000) + Self.localOffsetSeconds
        return seconds - (seconds / 86_400).rounded(.down) * 86_400
    }

    var month: Int {
        Int(start.advanced(bySeconds: Self.localOffsetSeconds).description.dropFirst(5).prefix(2)) ?? 1
    }

    /// Share of a day's orders by local hour of release: shops and clinics by day, freight from before dawn.
    private static let expressHours: [Double] = [
        0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 2, 4, 7, 9, 9, 8, 7, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1, 0.5,
    ]
    private static let freightHours: [Double] = [
        1, 1, 1, 2, 4, 6, 8, 8, 7, 6, 5, 5, 4, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1,
    ]
}

/// A shipment without its number and release.
struct Draft {
    var byAir: Bool
    var company: String
    var pickup: (place: String, coordinate: Coordinate)
    var delivery: (place: String, coordinate: Coordinate)
    /// Bounded to 1 g ... 60 t when made a shipment.
    var grams: Double
    var liters: Double
    var goods: String
    var kinds: [VehicleKind]
    var difficulty: Shipment.Difficulty
    /// Seconds from release until ready, and from then until due.
    var readyAfterSeconds: Double
    var dueAfterSeconds: Double?

    func shipment(key: String, releaseAt: Instant, terrain: Terrain) -> Shipment {
        func end(_ end: (place: String, coordinate: Coordinate)) -> Shipment.End {
            Shipment.End(
                place: end.place, coordinate: end.coordinate, ground: terrain.ground(at: end.coordinate))
        }
        let readyAt = releaseAt.advanced(bySeconds: readyAfterSeconds.rounded())
        return Shipment(
            key: key, company: company, pickup: end(pickup), delivery: end(delivery),
            massGrams: UInt32(grams.clamped(to: 1...6e7)),
            volumeLiters: UInt32(liters.clamped(to: 1...80_000)), goods: goods, releaseAt: releaseAt,
            readyAt: readyAt,
            deliverBy: dueAfterSeconds.map { readyAt.advanced(bySeconds: max($0, 60).rounded()) },
            kinds: kinds, difficulty: difficulty)
    }
}

/// Seeded chance.
struct Dice {
    private var random: SplitMix64
    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func unit() -> Double { random.unit() }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.unit() }

    /// An index, with chances in proportion to weights that are not negative; 0 when all are 0.
    mutating func pick(_ weights: [Double]) -> Int {
        var rest = unit() * weights.reduce(0, +)
        for (index, weight) in weights.enumerated() where weight > 0 {
            if rest < weight { return index }
            rest -= weight
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }

    /// Most shipments are plain; the shares of the hard ones are chosen so that a day of a few hundred has each.
    mutating func difficulty() -> Shipment.Difficulty {
        let all: [Shipment.Difficulty] = [.none, .tightWindow, .impossibleWindow, .tooHeavy, .tooFar]
        return all[pick([0.88, 0.08, 0.01, 0.015, 0.015])]
    }
}

extension Demand {
    /// A carrier with such vehicles, those at home near the base five times as often.
    func company(near base: Base, _ dice: inout Dice) -> String {
        guard !world.carriers.isEmpty else { return "own" }
        let weights = world.carriers.map { carrier in
            let near =
                world.place(carrier.home).map { distanceMeters($0.coordinate, base.coordinate) < 150_000 }
                ?? false
            return Double(base.kind.flies ? carrier.drones : carrier.trucks) * (near ? 5 : 1)
        }
        return world.carriers[dice.pick(weights)].id
    }
}
