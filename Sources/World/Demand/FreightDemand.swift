/// What a truck base serves: sections of freight flows that start or end near it.
struct FreightArea {
    struct Section {
        var origin: Place
        var destination: Place
        var roadMeters: Double
        var seconds: Double
        var goods: [String]
    }
    var sections: [Section] = []
    var weights: [Double] = []
    /// Whole flows or parts of them beyond the haul, from near the base.
    var long: [Section] = []

    /// Below this a truck is not worth loading.
    static let shortestMeters = 40_000.0

    init(world: WorldData, base: Demand.Base, month: Int) {
        let near = min(60_000, 0.25 * base.haulMeters)
        for flow in world.freightFlows {
            guard let origin = world.place(flow.origin), let goal = world.place(flow.destination),
                let stations = Self.stations(world, origin, goal)
            else { continue }
            let busy = flow.trucksPerDay * (flow.peakMonths.contains(month) ? 1.5 : 1)
            let isNear = stations.map { distanceMeters($0.place.coordinate, base.coordinate) <= near }
            let first = sections.count
            for i in stations.indices {
                for j in stations.indices where j > i && (isNear[i] || isNear[j]) {
                    let section = Section(
                        origin: stations[i].place, destination: stations[j].place,
                        roadMeters: stations[j].meters - stations[i].meters,
                        seconds: stations[j].seconds - stations[i].seconds, goods: flow.goods)
                    if section.roadMeters < Self.shortestMeters { continue }
                    if section.roadMeters > base.haulMeters {
                        if isNear[i] { long.append(section) }
                        continue
                    }
                    sections.append(section)
                    // Loads home are rarer than loads out; large places trade more than small ones.
                    weights.append(
                        (isNear[i] ? 2 : 1) * Self.size(section.origin) * Self.size(section.destination))
                }
            }
            // The sections of one flow share its trucks.
            let sum = weights[first...].reduce(0, +)
            for index in first..<weights.count { weights[index] *= busy / sum }
        }
        if sections.isEmpty { addNeighbours(world, base) }
    }

    private static func size(_ place: Place) -> Double {
        [.city, .checkpoint, .seaport, .dryPort].contains(place.kind) ? 3 : 1
    }

    /// The places along the way where freight can change hands, with metres and seconds from the origin.
    private static func stations(
        _ world: WorldData, _ origin: Place, _ goal: Place
    ) -> [(place: Place, meters: Double, seconds: Double)]? {
        guard let route = world.roads.route(from: origin.coordinate, to: goal.coordinate, on: nil) else {
            return nil
        }
        var node = world.roads.nearestNode(to: origin.coordinate)
        var stations = [(place: origin, meters: 0.0, seconds: 0.0)]
        var (meters, seconds) = (0.0, 0.0)
        for index in route.edges {
            let edge = world.roads.edges[index]
            meters += edge.lengthMeters
            seconds += edge.lengthMeters / edge.speedMetersPerSecond
            node = edge.a == node ? edge.b : edge.a
            if let place = world.place(world.roads.nodes[node].id), place.kind != .junction {
                stations.append((place, meters, seconds))
            }
        }
        return stations
    }

    /// For a base that no flow passes: between the place nearest to it and the others within a haul.
    private mutating func addNeighbours(_ world: WorldData, _ base: Demand.Base) {
        let nodes = world.roads.nodes.compactMap { world.place($0.id) }.filter { $0.kind != .junction }
        guard
            let home = nodes.min(by: {
                distanceMeters($0.coordinate, base.coordinate)
                    < distanceMeters($1.coordinate, base.coordinate)
            })
        else { return }
        for place in nodes where distanceMeters(place.coordinate, home.coordinate) < base.haulMeters {
            guard let route = world.roads.route(from: home.coordinate, to: place.coordinate, on: nil),
                route.lengthMeters >= Self.shortestMeters, route.lengthMeters <= base.haulMeters
            else { continue }
            for (a, b) in [(home, place), (place, home)] {
                sections.append(
                    Section(
                        origin: a, destination: b, roadMeters: route.lengthMeters, seconds: route.seconds,
                        goods: ["consumer goods"]))
                weights.append(Self.size(place))
            }
        }
    }
}

extension Demand {
    func freight(_ base: Base, _ area: FreightArea, _ dice: inout Dice) -> Draft {
        var difficulty = dice.difficulty()
        let far = area.long.filter { $0.roadMeters > 3 * road.haulMeters }
        if difficulty == .tooFar, far.isEmpty { difficulty = .none }
        let section: FreightArea.Section
        if difficulty == .tooFar {
            section = far[dice.pick(far.map { _ in 1 })]
        } else if area.sections.isEmpty {
            section = byTheWay(base, &dice)
        } else {
            section = area.sections[dice.pick(area.weights)]
        }
        let goods = section.goods[dice.pick(section.goods.map { _ in 1 })]
        // Half are full loads, half some pallets of 300 to 900 kg.
        let limit = Double(base.payloadGrams)
        var grams = limit * dice.between(0.5, 1)
        if dice.unit() < 0.5 {
            let pallets = dice.between(1, 14).rounded(.down)
            grams = min(limit, pallets * dice.between(300_000, 900_000))
        }
        if difficulty == .tooHeavy { grams = Double(road.payloadGrams) * dice.between(1.1, 1.8) }
        grams = (grams / 10_000).rounded() * 10_000
        let drive = section.seconds + 1800 + 1800
        let due: Double? =
            switch difficulty {
            case .tightWindow: drive * dice.between(0.95, 1.2)
            case .impossibleWindow: section.seconds * dice.between(0.3, 0.7)
            default: dice.unit() < 0.05 ? nil : drive * dice.between(1.5, 3) + dice.between(1, 6) * 3600
            }
        return Draft(
            byAir: false, company: company(near: base, &dice),
            pickup: (section.origin.id, section.origin.coordinate),
            delivery: (section.destination.id, section.destination.coordinate), grams: grams,
            liters: grams / 1000 * dice.between(1.5, 3.5), goods: goods,
            kinds: [.truck], difficulty: difficulty, readyAfterSeconds: dice.between(0, 3 * 3600),
            dueAfterSeconds: due)
    }

    /// For a base away from every road: a drive over open land.
    private func byTheWay(_ base: Base, _ dice: inout Dice) -> FreightArea.Section {
        func site(_ coordinate: Coordinate) -> Place {
            Place(
                id: described(coordinate, world.towns), name: "site", kind: .junction, coordinate: coordinate,
                ground: world.terrain.ground(at: coordinate), population: 0)
        }
        let meters = min(FreightArea.shortestMeters, base.haulMeters / 2)
        let away = Geodesic.direct(
            from: base.coordinate, azimuthDegrees: dice.between(0, 360), meters: meters)
        return FreightArea.Section(
            origin: site(base.coordinate), destination: site(away), roadMeters: meters,
            seconds: meters / RoadGraph.accessSpeedMetersPerSecond, goods: ["equipment"])
    }
}
