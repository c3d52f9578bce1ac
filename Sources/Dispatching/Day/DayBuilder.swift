import World

extension DispatchDay {
    /// The day of the freight and express flows, or a share of it: a winter day, so that a blizzard is nothing strange.
    /// Trucks stand where loads are brought to on other days, or at home; drones at the aerodromes parcels start from.
    public init(world: WorldData, seed: UInt64, share: Double) {
        let start = Instant(secondsSince1970: 1_768_417_200)
        let orders = Demand.flows(world: world, seed: seed, start: start, share: share)
        var builder = DayBuilder(world, seed: seed, start: start, hubs: world.expressFlows.map(\.airport))
        for order in orders { builder.add(order) }
        builder.addTrucks(trucksPerLoad: 0.6)
        builder.addDrones(share: share)
        builder.addIncidents()
        self = builder.day
    }
}

/// A day as it grows.
private struct DayBuilder {
    let world: WorldData
    let start: Instant
    private var random: SplitMix64
    var day: DispatchDay
    private var nodeOf: [String: Int] = [:]
    /// Aerodromes with drones, and their locations.
    private var hubs: [String] = []
    private var hubLocation: [Int] = []
    /// By hub: parcels.
    private var parcels: [Double] = []
    private var loads = 0

    static let truck: UInt64 = 1
    static let cooled: UInt64 = 2
    static let dangerous: UInt64 = 4
    static func drone(_ hub: Int) -> UInt64 { 1 << UInt64(8 + hub % 56) }
    static let dronePace = TravelMode(airspeedMillimetersPerSecond: 25_000).pace

    init(_ world: WorldData, seed: UInt64, start: Instant, hubs airports: [String]) {
        self.world = world
        self.start = start
        random = SplitMix64(seed: seed ^ 0xDA7)
        let stretches = world.roads.edges.filter { $0.isUsable(on: start) }
        let roads = DayRoads(
            nodes: world.roads.nodes.count,
            stretches: stretches.map {
                DayRoads.Stretch(
                    a: $0.a, b: $0.b, millimeters: Int64($0.lengthMeters * 1000),
                    milliseconds: Int64(($0.seconds * 1000).rounded(.up)))
            })
        day = DispatchDay(roads: roads)
        day.companies = world.carriers.map(\.id)
        day.problem.modes = [TravelMode(.road(roads.table))]
        for (i, node) in world.roads.nodes.enumerated() {
            nodeOf[node.id] = i
            var location = DayBuilder.location(node.coordinate)
            location.roads = [RoadAccess(node: i, millimeters: 0, milliseconds: 0)]
            day.problem.locations.append(location)
        }
        for id in airports where !hubs.contains(id) {
            guard let airport = world.place(id) else { continue }
            hubs.append(id)
            parcels.append(0)
            hubLocation.append(day.problem.locations.count)
            day.problem.locations.append(DayBuilder.location(airport.coordinate))
            day.problem.modes.append(TravelMode(airspeedMillimetersPerSecond: 25_000))
        }
        day.droneReach = 330_000_000
    }

    private static func location(_ at: Coordinate) -> Location {
        Location(latitudeDegrees: at.latitudeDegrees, longitudeDegrees: at.longitudeDegrees)
    }

    private func milliseconds(_ at: Instant) -> Int64 { (at.nanoseconds - start.nanoseconds) / 1_000_000 }

    private mutating func below(_ n: Int) -> Int { Int(random.next() % UInt64(max(n, 1))) }
    private mutating func between(_ low: Int64, _ high: Int64) -> Int64 {
        low + Int64(random.next() % UInt64(max(high - low, 1)))
    }

    // MARK: Orders

    mutating func add(_ order: World.Shipment) {
        let byAir = !order.kinds.contains(.truck)
        let (from, to, skills): (Int, Int, UInt64)
        if byAir {
            guard let hub = hubs.firstIndex(of: order.pickup.place) else { return }
            parcels[hub] += 1
            from = hubLocation[hub]
            to = day.problem.locations.count
            day.problem.locations.append(DayBuilder.location(order.delivery.coordinate))
            skills = DayBuilder.drone(hub)
        } else {
            guard let a = nodeOf[order.pickup.place], let b = nodeOf[order.delivery.place] else { return }
            loads += 1
            (from, to) = (a, b)
            switch order.goods {
            case "vegetables", "fruit", "meat": skills = DayBuilder.truck | DayBuilder.cooled
            case "chemicals", "oil products": skills = DayBuilder.truck | DayBuilder.dangerous
            default: skills = DayBuilder.truck
            }
        }
        let ready = milliseconds(order.readyAt)
        let due = order.deliverBy.map(milliseconds) ?? ready + 96 * DayTime.hour
        let service = byAir ? 3 * DayTime.minute : 30 * DayTime.minute
        var shipment = Shipment(
            name: order.key,
            pickup: Visit(
                location: from, windows: [TimeWindow(ready, min(due, ready + 48 * DayTime.hour))],
                serviceMilliseconds: service),
            delivery: Visit(location: to, windows: [TimeWindow(ready, due)], serviceMilliseconds: service),
            load: Load(
                Int32(clamping: order.massGrams), Int32(clamping: order.volumeLiters), 0, 0),
            refusalCost: byAir ? 100_000_000_000 : 5_000_000_000_000)
        shipment.skills = skills
        shipment.company = day.companies.firstIndex(of: order.company) ?? 0
        day.problem.shipments.append(shipment)
        day.releases.append(milliseconds(order.releaseAt))
        day.isRefusedOnce.append(below(100) == 0)
    }

    // MARK: Vehicles

    /// `total` in proportion to weights, by largest remainder.
    private static func shares(_ total: Int, _ weights: [Double]) -> [Int] {
        let sum = weights.reduce(0, +)
        guard sum > 0 else { return weights.map { _ in 0 } }
        let exact = weights.map { $0 / sum * Double(total) }
        var shares = exact.map { Int($0) }
        let order = shares.indices.sorted {
            (Double(shares[$0]) - exact[$0], $0) < (Double(shares[$1]) - exact[$1], $1)
        }
        for i in order.prefix(total - shares.reduce(0, +)) { shares[i] += 1 }
        return shares
    }

    private mutating func append(_ vehicle: DispatchVehicle, _ company: Int) {
        day.problem.vehicles.append(vehicle)
        day.companyOf.append(company)
    }

    /// Split between the companies as they own trucks. Three in ten are small, cooled; two in ten take dangerous goods.
    mutating func addTrucks(trucksPerLoad: Double) {
        let total = max(1, Int((Double(loads) * trucksPerLoad).rounded()))
        let ends = world.freightFlows.compactMap { nodeOf[$0.destination] }
        let counts = DayBuilder.shares(total, world.carriers.map { Double($0.trucks) })
        var weights: [Double] = []
        for flow in world.freightFlows where nodeOf[flow.destination] != nil {
            weights.append((weights.last ?? 0) + flow.trucksPerDay)
        }
        for (company, count) in counts.enumerated() {
            let home = nodeOf[world.carriers[company].home] ?? 0
            for k in 0..<count {
                let at = random.unit() * (weights.last ?? 0)
                let end = weights.firstIndex { $0 > at } ?? 0
                let isSmall = below(10) < 3
                var truck = DispatchVehicle(
                    name: "\(day.companies[company])-T\(k + 1)", start: below(10) < 3 ? home : ends[end],
                    end: nil,
                    capacity: isSmall ? Load(12_000_000, 50_000, 0, 0) : Load(24_000_000, 90_000, 0, 0))
                truck.mode = day.truckMode
                truck.skills = DayBuilder.truck
                if below(10) < 3 { truck.skills |= DayBuilder.cooled }
                if below(10) < 2 { truck.skills |= DayBuilder.dangerous }
                truck.distanceCost = isSmall ? 170 : 250
                truck.fixedCost = 20_000_000_000
                append(truck, company)
            }
        }
    }

    /// Where parcels start, at least one at each hub, and split between the companies as they own drones.
    mutating func addDrones(share: Double) {
        let fleet = world.carriers.reduce(0) { $0 + $1.drones }
        let used = hubs.indices.filter { parcels[$0] > 0 }
        let total = max(used.count, Int((Double(fleet) * share).rounded()))
        let more = DayBuilder.shares(total - used.count, used.map { parcels[$0] })
        let owners = DayBuilder.shares(total, world.carriers.map { Double($0.drones) })
        var companies = owners.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
        for (hub, extra) in zip(used, more) {
            for k in 0...extra {
                var drone = DispatchVehicle(
                    name: "\(hubs[hub])-D\(k + 1)", start: hubLocation[hub], end: hubLocation[hub],
                    capacity: Load(20_000, 80, 0, 0))
                drone.mode = 1 + hub
                drone.skills = DayBuilder.drone(hub)
                drone.distanceCost = 40
                append(drone, companies.isEmpty ? 0 : companies.remove(at: below(companies.count)))
            }
        }
    }

    // MARK: Incidents

    private mutating func add(_ kind: DayIncident.Kind, _ from: Int64, _ until: Int64) {
        day.incidents.append(DayIncident(kind: kind, from: from, until: until))
    }

    private func stretch(_ id: String) -> Int? {
        world.roads.edges.filter { $0.isUsable(on: start) }.firstIndex { $0.id == id }
    }

    /// Those of the scale test, and what every day has.
    mutating func addIncidents() {
        let hour = DayTime.hour
        if let post = nodeOf["NURZHOLY"] { add(.post(post), 9 * hour, 15 * hour) }
        if let ferry = nodeOf["PKR"] { add(.post(ferry), 4 * hour, 28 * hour) }
        if let blizzard = stretch("RD-AST-TEM") { add(.road(blizzard, slowness: 0), 6 * hour, 24 * hour) }
        if let bridge = stretch("RD-ZHR-SHE") { add(.road(bridge, slowness: 2), 10 * hour, 22 * hour) }
        if !day.companies.isEmpty { add(.silence(company: 0), 11 * hour, 11 * hour + hour / 2) }
        let busy = hubs.indices.sorted { (-parcels[$0], $0) < (-parcels[$1], $1) }
        if let hub = busy.first {
            add(.wind(mode: 1 + hub, pace: DayBuilder.dronePace * 25 / 16), 11 * hour, 15 * hour)
        }
        if busy.count > 1 {
            add(
                .sky(mode: 1 + busy[1], location: hubLocation[busy[1]], radiusMillimeters: 30_000_000),
                9 * hour,
                11 * hour)
        }
        addBreakdowns()
        let orders = day.orders
        for _ in 0..<max(1, orders / 60) {
            let order = below(orders)
            let at = day.releases[order] + between(5 * DayTime.minute, 4 * hour)
            add(.cancel(order), at, at)
        }
        for _ in 0..<max(1, orders / 50) {
            let order = below(orders)
            let at = day.releases[order] + between(5 * DayTime.minute, 4 * hour)
            add(.postpone(order, milliseconds: between(1, 4) * hour), at, at)
        }
    }

    private mutating func addBreakdowns() {
        let (hour, n) = (DayTime.hour, day.problem.vehicles.count)
        var isBroken = Array(repeating: false, count: n)
        for (share, isLost) in [(150, true), (33, false)] {
            for _ in 0..<max(2, n / share) {
                let v = below(n)
                if isBroken[v] { continue }
                isBroken[v] = true
                let from = between(3 * hour, 30 * hour)
                // A tractor takes the load over, a drone is fetched; the late ones have a wheel changed.
                let isTruck = day.isTruck(v)
                let lasts =
                    isLost
                    ? (isTruck ? between(6, 12) * hour : 3 * hour)
                    : (isTruck ? between(30, 240) : between(5, 30)) * DayTime.minute
                add(isLost ? .lost(v) : .late(v), from, from + lasts)
            }
        }
    }
}
