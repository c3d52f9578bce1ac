import Testing

@testable import World

private let day = Instant(iso8601: "2026-06-01T00:00+05:00") ?? Instant(nanoseconds: 0)

@Suite struct DemandTests {
    private let world: WorldData
    private let bases: [Demand.Base]

    init() throws {
        let world = try realWorld.get()
        self.world = world
        bases = try [
            ("ALA", .multirotor, 8), ("TAR", .vtol, 4), ("AKT", .multirotor, 4), ("KHG", .multirotor, 2),
            ("ALA", .truck, 5), ("KHG", .truck, 4), ("AST", .truck, 3), ("AKT", .truck, 1),
        ].map { (id: String, kind: VehicleKind, vehicles: Int) in
            Demand.Base(
                coordinate: try #require(world.place(id)).coordinate, kind: kind, vehicles: vehicles)
        }
    }

    private func demand(seed: UInt64, count: Int) -> [Shipment] {
        Demand.shipments(world: world, bases: bases, seed: seed, start: day, count: count)
    }

    @Test func theSameSeedGivesTheSameDay() {
        for seed: UInt64 in [0, 1, .max] {
            #expect(demand(seed: seed, count: 200) == demand(seed: seed, count: 200))
        }
        #expect(demand(seed: 1, count: 200) != demand(seed: 2, count: 200))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyShipmentIsWellFormed(seed: UInt64) {
        let all = demand(seed: seed, count: 1500)
        #expect(all.count == 1500 && Set(all.map(\.key)).count == 1500)
        #expect(all.map(\.releaseAt) == all.map(\.releaseAt).sorted())
        let carriers = Set(world.carriers.map(\.id))
        for s in all {
            #expect((0..<86_400).contains(s.releaseAt.seconds(since: day)), "seed \(seed): \(s)")
            #expect(s.readyAt >= s.releaseAt && (s.deliverBy.map { $0 > s.readyAt } ?? true), "\(s)")
            #expect(s.massGrams > 0 && s.massGrams <= 60_000_000 && s.volumeLiters > 0, "\(s)")
            #expect(s.key.utf8.count <= 64 && s.pickup.place.utf8.count <= 128, "\(s)")
            #expect(s.delivery.place.utf8.count <= 128 && !s.delivery.place.isEmpty, "\(s)")
            #expect(carriers.contains(s.company) && !s.kinds.isEmpty)
            #expect(s.pickup.coordinate.isValid && s.delivery.coordinate.isValid)
            #expect(s.pickup.coordinate != s.delivery.coordinate, "\(s)")
        }
    }

    @Test func plainShipmentsSuitTheFleetAndHardOnesDoNot() throws {
        for s in demand(seed: 11, count: 3000) {
            let haul = distanceMeters(s.pickup.coordinate, s.delivery.coordinate)
            if s.kinds == [.truck] {
                let route = try #require(
                    world.roads.route(from: s.pickup.coordinate, to: s.delivery.coordinate, on: nil), "\(s)")
                #expect((s.massGrams > 24_000_000) == (s.difficulty == .tooHeavy), "\(s)")
                // A section follows its flow's way, which is at most as quick as the quickest between its ends.
                #expect((haul > 310_000) == (s.difficulty == .tooFar), "\(s)")
                if s.difficulty != .tooFar { #expect(route.lengthMeters >= 40_000, "\(s)") }
                #expect(
                    bases.contains {
                        $0.kind == .truck
                            && (distanceMeters($0.coordinate, s.pickup.coordinate) <= 60_000
                                || distanceMeters($0.coordinate, s.delivery.coordinate) <= 60_000)
                    }, "\(s)")
            } else {
                #expect((s.massGrams > 10_000) == (s.difficulty == .tooHeavy), "\(s)")
                #expect((haul > 100_000) == (s.difficulty == .tooFar), "\(s)")
                if s.difficulty != .tooFar {
                    #expect(haul >= 500 && haul <= 52_000, "\(s)")
                    #expect(
                        bases.contains {
                            $0.kind.flies
                                && distanceMeters($0.coordinate, s.delivery.coordinate) <= $0.haulMeters
                        }, "\(s)")
                }
            }
            if s.difficulty == .impossibleWindow, let due = s.deliverBy {
                // Less than the drive alone; for drones, less than 60 m/s and a minute and a half to load.
                let route = world.roads.route(from: s.pickup.coordinate, to: s.delivery.coordinate, on: nil)
                let least = s.kinds == [.truck] ? route?.seconds ?? 0 : haul / 60 + 91
                #expect(due.seconds(since: s.readyAt) < least, "\(s)")
            }
        }
    }

    /// Nobody asks for a flight to where none may ever land.
    @Test(arguments: [1, 2] as [UInt64]) func nothingIsFlownIntoClosedZones(seed: UInt64) throws {
        let closed = world.geozones.filter { $0.restriction == .prohibited && $0.applicability.isEmpty }
        // With the base that lies in one.
        let inner = Demand.Base(
            coordinate: try #require(world.place("AKB")).coordinate, kind: .vtol, vehicles: 4)
        let city = Demand.Base(
            coordinate: try #require(world.place("AST")).coordinate, kind: .multirotor, vehicles: 6)
        let all = Demand.shipments(
            world: world, bases: bases + [inner, city], seed: seed, start: day, count: 2000)
        var flown = 0
        for s in all where s.kinds != [.truck] {
            flown += 1
            for end in [s.pickup.coordinate, s.delivery.coordinate] {
                let zone = closed.first { $0.volumes.contains { $0.outline.contains(end) } }
                #expect(zone == nil, "seed \(seed): \(s.key) in \(zone?.identifier ?? "")")
            }
        }
        #expect(flown > 1000)
    }

    @Test func aDayOfThreeHundredHasEveryDifficultyAndMostlyNone() {
        for seed: UInt64 in 1...5 {
            let all = demand(seed: seed, count: 300)
            let plain = all.filter { $0.difficulty == .none }.count
            #expect((230...290).contains(plain), "seed \(seed): \(plain)")
            #expect(Set(all.map(\.difficulty)).count >= 4, "seed \(seed)")
            let trucks = all.filter { $0.kinds == [.truck] }.count
            #expect(trucks > 30 && trucks < 150, "seed \(seed): \(trucks)")
            let work = all.filter { (6..<20).contains(Int($0.releaseAt.seconds(since: day) / 3600)) }.count
            #expect(work > 200, "seed \(seed): \(work) by day")
        }
    }

    @Test func oddBasesNeverCrash() throws {
        var random = SplitMix64(seed: 5)
        for round in 0..<60 {
            let bases = (0..<4).map { _ in
                Demand.Base(
                    coordinate: Coordinate(
                        latitudeE7: Int32(truncatingIfNeeded: random.next() % 1_800_000_001) - 900_000_000,
                        longitudeE7: Int32(truncatingIfNeeded: random.next())),
                    kind: VehicleKind.allCases[Int(random.next() % 3)],
                    vehicles: [0, -1, 1, .max][Int(random.next() % 4)],
                    haulMeters: [.nan, -1, 0, 1000, 5e6, .infinity][Int(random.next() % 6)],
                    payloadGrams: [0, 1, .max][Int(random.next() % 3)])
            }
            let start = Instant(nanoseconds: Int64(truncatingIfNeeded: random.next()))
            let all = Demand.shipments(world: world, bases: bases, seed: 1, start: start, count: round)
            #expect(all.isEmpty || all.count == round)
        }
        #expect(demand(seed: 1, count: -5).isEmpty && demand(seed: 1, count: 0).isEmpty)
        #expect(Demand.shipments(world: world, bases: [], seed: 1, start: day, count: 9).isEmpty)
    }

    @Test func demandFilesAreCheckedAgainstTheWorld() {
        #expect(world.freightFlows.count == 45 && world.expressFlows.count == 105)
        #expect(world.carriers.count == 24 && world.servicePoints.count == 173)
        #expect(world.freightFlows.reduce(0) { $0 + $1.trucksPerDay } == 8510)
        #expect(world.carriers.reduce(0) { $0 + $1.trucks } == 4001)
        #expect(world.carriers.reduce(0) { $0 + $1.drones } == 899)
    }
}
