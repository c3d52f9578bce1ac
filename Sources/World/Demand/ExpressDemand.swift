import Glibc

/// What a drone base serves: hubs where parcels start and settlements where people wait for them.
struct ExpressArea {
    let base: Demand.Base
    let sky: ClosedSky
    /// Aerodromes, service points with pads and places near the base that may be flown to; at least the base itself.
    let hubs: [(place: String, coordinate: Coordinate)]
    /// Settlements with people within a haul of the base.
    let targets: [(town: Place, radiusMeters: Double)]
    let weights: [Double]
    /// All, to name addresses by.
    let settlements: [Place]

    init(world: WorldData, base: Demand.Base) {
        self.base = base
        let sky = ClosedSky(world)
        self.sky = sky
        let around = { (c: Coordinate) in distanceMeters(c, base.coordinate) }
        let near = 0.3 * base.haulMeters
        let ports = world.places.filter { [.dryPort, .seaport, .station, .city, .town].contains($0.kind) }
        var hubs = (world.airports + ports).filter { around($0.coordinate) < near }
            .map { (place: $0.id, coordinate: $0.coordinate) }
        hubs += world.servicePoints
            .filter { $0.dronePads > 0 && $0.place == nil && around($0.coordinate) < near }
            .map { (place: $0.id, coordinate: $0.coordinate) }
        settlements = world.towns
        hubs.removeAll { sky.contains($0.coordinate) }
        let isBaseOpen = !sky.contains(base.coordinate)
        if hubs.isEmpty || isBaseOpen && !hubs.contains(where: { around($0.coordinate) < 500 }) {
            hubs.append((described(base.coordinate, settlements), base.coordinate))
        }
        self.hubs = hubs

        // A town's people live within about 6.5 m times the root of their number: 2 km for 100,000, 9 km for Almaty.
        let towns = world.towns.map {
            (town: $0, radius: 6.5 * Double(max($0.population, 4000)).squareRoot())
        }
        let served = towns.filter { around($0.town.coordinate) - $0.radius < 0.9 * base.haulMeters }
        targets = served.map { (town: $0.town, radiusMeters: min($0.radius, 9000)) }
        var parcels: [String: Double] = [:]
        for flow in world.expressFlows { parcels[flow.town, default: 0] += flow.parcelsPerDay }
        weights = targets.map { target in
            max(parcels[target.town.id] ?? 0, Double(target.town.population) / 1000).clamped(to: 5...100)
        }
    }
}

/// `Almaty, 3.2 km NE`: the settlement from which a point is called, by the nearest centre.
func described(_ point: Coordinate, _ towns: [Place]) -> String {
    var nearest: (meters: Double, town: Place?) = (.infinity, nil)
    for town in towns {
        let meters = distanceMeters(town.coordinate, point)
        if meters < nearest.meters { nearest = (meters, town) }
    }
    guard let town = nearest.town else { return "point" }
    let east = Double(point.longitudeE7) - Double(town.coordinate.longitudeE7)
    let north = Double(point.latitudeE7) - Double(town.coordinate.latitudeE7)
    let eighth = atan2(east * cos(point.latitudeDegrees * .pi / 180), north) / (.pi / 4)
    let direction = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"][(Int(eighth.rounded()) + 8) % 8]
    let tenths = Int((nearest.meters / 100).rounded())
    return "\(town.name), \(tenths / 10).\(tenths % 10) km \(direction)"
}

extension Demand {
    func express(_ base: Base, _ area: ExpressArea, _ dice: inout Dice) -> Draft {
        let difficulty = dice.difficulty()
        let hub = area.hubs[dice.pick(area.hubs.map { _ in 1 })]
        let target =
            difficulty == .tooFar
            ? farAway(from: hub.coordinate, area, &dice) : address(area, from: hub.coordinate, &dice)
        // Two in three parcels weigh under a kilogram and a half.
        let limit = Double(base.payloadGrams)
        var grams = (limit * 0.9 * pow(dice.unit(), 2)).clamped(to: 200...max(200, limit))
        if difficulty == .tooHeavy { grams = Double(air.payloadGrams) * dice.between(1.3, 3) }
        let goods = ["parcel", "medical", "electronics", "food"][dice.pick([70, 12, 10, 8])]
        let flight = distanceMeters(hub.coordinate, target) / 18 + 300
        let due: Double? =
            switch difficulty {
            case .tightWindow: flight * dice.between(1.1, 1.5)
            case .impossibleWindow: flight * dice.between(0.1, 0.3)
            default: dice.unit() < 0.05 ? nil : flight + dice.between(1, goods == "medical" ? 2 : 4) * 3600
            }
        return Draft(
            byAir: true, company: company(near: base, &dice), pickup: hub,
            delivery: (described(target, area.settlements), target), grams: grams,
            liters: (grams / 1000 * dice.between(2, 4)).rounded(.up), goods: goods,
            kinds: [.multirotor, .vtol], difficulty: difficulty,
            readyAfterSeconds: goods == "medical" ? 0 : dice.between(0, 1800), dueAfterSeconds: due)
    }

    /// Somewhere in a settlement within a haul of both hub and base; else a lone receiver on the steppe.
    private func address(_ area: ExpressArea, from hub: Coordinate, _ dice: inout Dice) -> Coordinate {
        let haul = area.base.haulMeters
        for _ in 0..<24 where !area.targets.isEmpty {
            let target = area.targets[dice.pick(area.weights)]
            let point = Geodesic.direct(
                from: target.town.coordinate, azimuthDegrees: dice.between(0, 360),
                meters: target.radiusMeters * dice.unit().squareRoot())
            if (max(800, 0.1 * haul)...haul).contains(distanceMeters(hub, point)),
                distanceMeters(area.base.coordinate, point) <= haul, !area.sky.contains(point)
            {
                return point
            }
        }
        var point = area.base.coordinate
        for _ in 0..<24 {
            point = Geodesic.direct(
                from: area.base.coordinate, azimuthDegrees: dice.between(0, 360),
                meters: haul * dice.between(0.3, 0.6))
            if !area.sky.contains(point) { break }
        }
        return point
    }

    /// Beyond the reach of every drone, even one without a reserve: the longest haul is at most half of a range.
    private func farAway(from hub: Coordinate, _ area: ExpressArea, _ dice: inout Dice) -> Coordinate {
        let least = 4 * air.haulMeters
        let towns = world.towns.filter {
            (least...2 * least).contains(distanceMeters($0.coordinate, hub))
                && !area.sky.contains($0.coordinate)
        }
        guard !towns.isEmpty else {
            return Geodesic.direct(from: hub, azimuthDegrees: dice.between(0, 360), meters: 1.2 * least)
        }
        return towns[dice.pick(towns.map { Double($0.population) })].coordinate
    }
}
