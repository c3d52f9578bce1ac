import Controller
import Glibc
import Testing
import World

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
            for airport in world.airports {
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

        func fleet() -> Fleet {
            var fleet = Fleet(configuration, Geography(world))
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
        getenv("KERUEN_DAY_HOURS").flatMap { Double(String(cString: $0)) } ?? 3
    }

    @Test func aDayOnRealRoads() throws {
        let scene = try Scene()
        var fleet = scene.fleet()
        fleet.run(5)
        let hours = Self.hours
        let orders = scene.orders(Int(hours * 25), hours: hours, seed: 12)
        var next = 0
        var slowest = 0.0
        var spent = 0.0
        let seconds = Int(hours * 3600)
        for _ in 0..<seconds {
            while next < orders.count,
                Double(next) * hours * 3600 / Double(orders.count)
                    < fleet.now.seconds(since: Harness.epoch)
            {
                fleet.submit(orders[next])
                next += 1
            }
            fleet.second()
            slowest = max(slowest, fleet.slowestTick)
            spent = fleet.tickSeconds
        }
        let c = fleet.controller
        print(
            "day of \(hours) h: \(c.orders.count) orders, \(fleet.count(.delivered)) delivered, "
                + "\(c.orders.count { $0.isLate }) late, \(fleet.count(.refused)) refused, "
                + "\(fleet.count(.carried)) on board, \(fleet.count(.assigned)) assigned, "
                + "\(fleet.count(.waiting)) waiting, \(fleet.count(.failed)) failed")
        print("missions \(c.missions.count), aborted \(c.missions.count { $0.state == .aborted })")
        print("separation \(c.separationStatistics)")
        print("refusals \(c.refusals.map { "\($0.cause): \($0.count)" })")
        print(
            "commands \(fleet.commands.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0): \($1)" })")
        print("tick mean \(spent / Double(seconds) * 1e6) us, slowest \(slowest * 1e6) us")
        for order in c.orders where order.state == .waiting {
            print("waiting \(order.id.number): \(order.reason)")
        }
        for mission in c.missions where mission.state == .aborted {
            print("aborted \(mission.id.number): \(mission.reason)")
        }
        for vehicle in c.vehicles {
            print(
                vehicle.profile.name, vehicle.mode, Int(vehicle.energyShare * 100),
                vehicle.mission?.number ?? 0, vehicle.reason)
        }
        print(fleet.rejections.prefix(20), fleet.crashes)
        print(fleet.incidents.prefix(40).joined(separator: "\n"))
        #expect(fleet.crashes.isEmpty)
    }
}
