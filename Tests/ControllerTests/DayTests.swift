import Glibc
import Testing
import World

@testable import Controller

/// The controller on the real roads and the real ground, with stand-ins for the vehicles.
@Suite struct DayTests {
    static let directory =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Data/world"

    struct Scene {
        var world: WorldData
        var configuration = ControllerConfiguration()
        var drones: [(VehicleProfile, Coordinate)] = []
        var trucks: [(VehicleProfile, Coordinate)] = []
        var hubs: [Place] = []
        var towns: [[Place]] = []
        var cities: [Place] = []

        init() throws {
            world = try WorldData.load(directory: DayTests.directory)
            // Aerodromes with settlements in reach of a drone, there and back.
            let closed = world.geozones.filter { $0.restriction == .prohibited }.flatMap(\.volumes)
            for airport in world.airports
            where !closed.contains(where: { $0.outline.contains(airport.coordinate) }) {
                let near = world.towns.filter {
                    (2000...9000).contains(distanceMeters($0.coordinate, airport.coordinate))
                }
                if near.count >= 2, hubs.count < 4 {
                    hubs.append(airport)
                    towns.append(near)
                }
            }
            let onRoad = Set(world.roads.nodes.map(\.id))
            cities = world.places.filter {
                onRoad.contains($0.id) && ($0.kind == .city || $0.kind == .dryPort || $0.kind == .seaport)
            }
            for hub in hubs {
                configuration.bases.append(
                    Base(
                        stop: Stop(place: hub.id, coordinate: hub.coordinate, ground: hub.ground),
                        kinds: [.multirotor]))
            }
            for node in world.roads.nodes {
                guard let place = world.place(node.id) else { continue }
                configuration.bases.append(
                    Base(
                        stop: Stop(place: place.id, coordinate: place.coordinate, ground: place.ground),
                        kinds: [.truck]))
            }
            for n in 0..<40 {
                let hub = hubs[n % hubs.count].coordinate
                let (row, column) = (n / hubs.count / 4, n / hubs.count % 4)
                drones.append(
                    (
                        Self.drone(UInt32(n + 1)),
                        hub.moved(east: Double(column) * 60 + 200, north: Double(row) * 60 + 200)
                    ))
            }
            for n in 0..<20 {
                let city = cities[n * 7 % cities.count].coordinate
                trucks.append((Self.truck(UInt32(n + 101)), city.moved(east: Double(n) * 20, north: 300)))
            }
        }

        static func drone(_ id: UInt32) -> VehicleProfile {
            VehicleProfile(
                id: VehicleID(id), name: "drone-\(id)", kind: .multirotor, company: "steppe", model: "M4",
                payloadCapacityGrams: 10_000, cargoVolumeLiters: 60, cruiseSpeedMillimetersPerSecond: 20_000,
                energyCapacityKilojoules: 9400, rangeMeters: 30_000)
        }

        static func truck(_ id: UInt32) -> VehicleProfile {
            VehicleProfile(
                id: VehicleID(id), name: "truck-\(id)", kind: .truck, company: "steppe", model: "T1",
                payloadCapacityGrams: 24_000_000, cargoVolumeLiters: 86_000,
                cruiseSpeedMillimetersPerSecond: 22_000, energyCapacityKilojoules: 2_200_000,
                rangeMeters: 450_000)
        }

        func fleet(keeps: Bool = false) -> Fleet {
            var fleet = Fleet(configuration, Geography(world), keeps: keeps)
            for base in configuration.bases {
                fleet.chargers.append(
                    (
                        base.stop.coordinate, base.kinds.contains(.truck) ? 350.0 : 20,
                        !base.kinds.contains(.truck)
                    ))
            }
            for (profile, at) in drones + trucks { fleet.add(profile, at: at) }
            return fleet
        }

        func stop(_ place: Place) -> Stop {
            Stop(place: place.name, coordinate: place.coordinate, ground: place.ground)
        }

        /// `count` orders over `hours`, a few of which nothing can carry.
        func orders(_ count: Int, hours: Double, seed: UInt64) -> [OrderRequest] {
            var random = SplitMix64(seed: seed)
            func any<T>(_ list: [T]) -> T { list[Int(random.next() % UInt64(list.count))] }
            return (0..<count).map { n in
                let submitted = Harness.epoch.advanced(
                    bySeconds: 10 + hours * 3600 * Double(n) / Double(count))
                let ready = submitted.advanced(bySeconds: random.unit() * 1800)
                var request: OrderRequest
                if random.unit() < 0.75 {
                    let hub = Int(random.next() % UInt64(hubs.count))
                    var ends = (hubs[hub], any(towns[hub]))
                    if random.unit() < 0.3 { swap(&ends.0, &ends.1) }
                    request = OrderRequest(
                        key: "k\(n)", company: "steppe", pickup: stop(ends.0), delivery: stop(ends.1),
                        massGrams: 200 + UInt32(random.unit() * 6000), volumeLiters: 5, cargo: .parcel,
                        readyAt: ready, deliverBy: ready.advanced(bySeconds: 1200 + random.unit() * 7200),
                        kinds: [.multirotor])
                } else {
                    let (a, b) = (any(cities), any(cities))
                    request = OrderRequest(
                        key: "k\(n)", company: "steppe", pickup: stop(a), delivery: stop(b),
                        massGrams: 1_000_000 + UInt32(random.unit() * 20_000_000), volumeLiters: 50_000,
                        cargo: .containers, readyAt: ready,
                        deliverBy: ready.advanced(bySeconds: 3600 * (12 + random.unit() * 30)))
                }
                switch random.next() % 40 {
                case 0: request.massGrams = 40_000_000
                case 1:
                    request.delivery = stop(any(cities))
                    request.kinds = [.multirotor]
                default: break
                }
                return request
            }
        }
    }

    /// Hours of the day that are tried; all of them with KERUEN_DAY_HOURS=24.
    static var hours: Double {
        getenv("KERUEN_DAY_HOURS").flatMap { Double(String(cString: $0)) } ?? 1
    }

    static func run(_ scene: Scene, hours: Double, keeps: Bool = false) -> Fleet {
        var fleet = scene.fleet(keeps: keeps)
        fleet.run(5)
        let orders = scene.orders(Int(hours * 25), hours: hours, seed: 12)
        var next = 0
        for _ in 0..<Int(hours * 3600) {
            let passed = fleet.now.seconds(since: Harness.epoch)
            while next < orders.count, Double(next) * hours * 3600 / Double(orders.count) < passed {
                fleet.submit(orders[next])
                next += 1
            }
            fleet.second()
        }
        return fleet
    }

    /// What the choice of vehicles is judged by: kilometres without freight, and how long freight takes once it is ready.
    private func figures(_ c: Controller) -> String {
        var (empty, laden) = (0.0, 0.0)
        for mission in c.missions where mission.state == .completed {
            var isLaden = false
            var here = mission.steps.first?.target.coordinate
            for step in mission.steps where step.action != .contingency {
                let far = here?.meters(to: step.target.coordinate) ?? 0
                if isLaden { laden += far } else { empty += far }
                if step.action == .load { isLaden = true }
                here = step.target.coordinate
            }
        }
        let taken = c.orders.compactMap { order in
            order.state == .delivered ? order.closedAt?.seconds(since: order.request.readyAt) : nil
        }
        return "\(Int(empty / 1000)) km empty, \(Int(laden / 1000)) km laden, delivered "
            + "\(Int(taken.reduce(0, +) / Double(max(taken.count, 1)))) s after ready in the mean; "
    }

    @Test func aDayOnRealRoads() throws {
        let scene = try Scene()
        let fleet = Self.run(scene, hours: Self.hours)
        let c = fleet.controller
        let statistics = c.separationStatistics
        print(
            "day of \(Self.hours) h: \(c.orders.count) orders, \(fleet.count(.delivered)) delivered, "
                + "\(c.orders.count { $0.isLate }) late, \(fleet.count(.refused)) refused "
                + "\(c.refusals.map { "\($0.cause) \($0.count)" }), \(fleet.count(.carried)) on board, "
                + "\(fleet.count(.assigned)) assigned, \(fleet.count(.waiting)) waiting; "
                + "\(c.missions.count) missions, \(c.missions.count { $0.state == .aborted }) aborted; "
                + "\(statistics.conflicts) conflicts, \(statistics.lossesOfSeparation) losses of separation, "
                + "closest \(Int(statistics.closestMeters ?? -1)) m; "
                + figures(c)
                + "tick \(Int(fleet.tickSeconds / Double(fleet.ticks) * 1e6)) us mean, "
                + "\(Int(fleet.slowestTick * 1e6)) us slowest")
        if getenv("KERUEN_DAY_DETAILS") != nil {
            for m in c.missions where m.state == .aborted { print("aborted \(m.id.number): \(m.reason)") }
            for order in c.orders where !order.state.isClosed {
                print("\(order.state) \(order.id.number): \(order.reason)")
            }
            print(fleet.incidents.joined(separator: "\n"), fleet.crashes, separator: "\n")
        }
        // What physics would punish.
        #expect(fleet.crashes.isEmpty)
        #expect(statistics.lossesOfSeparation == 0, "\(fleet.incidents)")
        // Vehicles could do all they were told.
        #expect(fleet.rejections.isEmpty)
        for mission in c.missions {
            #expect(mission.steps.count <= 2048)
            #expect(!mission.reason.isEmpty)
        }
        #expect(c.missions.contains { $0.steps.count { $0.action == .drive } > 20 })
        #expect(
            c.missions.contains { m in m.steps.contains { $0.action == .wait } }, "someone charges or waits")
        #expect(fleet.count(.delivered) > (c.orders.count - fleet.count(.refused)) / 3)
        #expect(fleet.count(.refused) > 0 && c.refusals.reduce(0) { $0 + $1.count } == fleet.count(.refused))
        for order in c.orders {
            #expect(!order.reason.isEmpty)
            // What the controller believes is what happened, once.
            #expect(fleet.unloads[order.id, default: 0] == (order.state == .delivered ? 1 : 0))
            if let due = order.request.deliverBy, due < fleet.now, order.state != .refused,
                order.closedAt.map({ $0 > due.advanced(bySeconds: 1) }) ?? true
            {
                #expect(fleet.notices.contains { $0.hasPrefix("order \(order.id.number) is late") })
            }
            if order.state == .refused { #expect(order.mission == nil && order.closedAt != nil) }
        }
        // Freight on board is shown at its vehicle.
        for order in c.orders where order.state == .carried {
            #expect(c.vehicles.contains { $0.order == order.id })
        }
    }

    @Test func theSameDayTwiceIsTheSame() throws {
        let scene = try Scene()
        func once() -> Fleet {
            Self.run(scene, hours: min(Self.hours, 24) / 4, keeps: true)
        }
        let (first, second) = (once(), once())
        #expect(first.hashes.count == second.hashes.count && first.hashes.count > 800)
        #expect(
            first.hashes == second.hashes,
            "first differs at tick \(zip(first.hashes, second.hashes).enumerated().first { $1.0 != $1.1 }?.offset ?? -1)"
        )
        // From the recorded inputs alone.
        var replay = Controller(configuration: first.configuration, geography: first.geography)
        var hashes: [[UInt64]] = []
        var digest = EffectDigest()
        for input in first.inputs {
            var effects: [Effect] = []
            replay.step(input, effects: &effects)
            for effect in effects { digest.add(effect) }
            if case .tick = input { hashes.append([replay.hash, digest.value]) }
        }
        #expect(hashes == first.hashes, "the replay differs")
    }

    /// The longest way in the country fits a mission, and is thinned no more than the tolerance says.
    @Test func longWaysFitAMission() throws {
        let scene = try Scene()
        let nodes = scene.world.roads.nodes.map(\.coordinate)
        var longest: (meters: Double, points: [Coordinate]) = (0, [])
        for a in nodes where a.longitudeE7 < 540_000_000 {
            for b in nodes where b.longitudeE7 > 820_000_000 {
                guard let route = scene.world.roads.route(from: a, to: b, on: nil) else { continue }
                if route.lengthMeters > longest.meters { longest = (route.lengthMeters, route.points) }
            }
        }
        #expect(longest.meters > 2_500_000)
        let limit = ControllerConfiguration().routePointsMax
        let tolerance = ControllerConfiguration().routeToleranceMeters
        let points = thinned(longest.points, toleranceMeters: tolerance, atMost: limit)
        #expect(points.count <= limit && points.count > 50)
        // Every point left out lies beside the thinned way, in order.
        let kept = points + [longest.points[longest.points.count - 1]]
        var segment = 1
        for point in longest.points {
            var off = offLine(point, kept[segment - 1], kept[segment])
            while off > tolerance + 1, segment + 1 < kept.count {
                segment += 1
                off = offLine(point, kept[segment - 1], kept[segment])
            }
            #expect(off <= tolerance + 1)
        }
        print(
            "longest way: \(Int(longest.meters / 1000)) km, \(longest.points.count) points thinned to \(points.count)"
        )
        // Two of the longest with all else still fit 64 parts of 32 items.
        #expect(2 * (limit + 1) + 2 * 40 + 5 <= 2048)
    }
}

/// A hash of effects that is the same in every process.
struct EffectDigest {
    private var hash = StableHash()
    var value: UInt64 { hash.value }

    mutating func add(_ effect: Effect) {
        switch effect {
        case .record(let event): hash.combine("r\(event)")
        case .upload(let mission, let durable): hash.combine("u\(mission)\(durable)")
        case .command(let command, let durable): hash.combine("c\(command)\(durable)")
        case .notice(let text, let vehicle, let at):
            hash.combine(text)
            hash.combine(vehicle?.number ?? 0)
            hash.combine(at.nanoseconds)
        case .answer(let answer): hash.combine("a\(answer)")
        }
    }
}
