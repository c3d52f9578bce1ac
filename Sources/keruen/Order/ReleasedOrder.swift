import Controller
import Vehicles
import World

/// An order with the moment it becomes known. As JSON: the members of an `OrderRequest` and `releaseAt`, so a list of
/// them is also a list of order requests.
struct ReleasedOrder: Hashable, Sendable, Codable {
    /// When it is submitted.
    var releaseAt: Instant
    var request: OrderRequest

    init(releaseAt: Instant, request: OrderRequest) {
        self.releaseAt = releaseAt
        self.request = request
    }

    private enum CodingKeys: CodingKey { case releaseAt }

    init(from decoder: any Decoder) throws {
        releaseAt = try decoder.container(keyedBy: CodingKeys.self).decode(Instant.self, forKey: .releaseAt)
        request = try OrderRequest(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try request.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(releaseAt, forKey: .releaseAt)
    }
}

extension Demand {
    /// Where the vehicles of a scenario stand; a base that is no place of the world data is an error.
    static func bases(of scenario: Scenario, file: String, world: WorldData) throws -> [Base] {
        try scenario.fleets.map { fleet in
            guard let place = world.place(fleet.base) else {
                throw DataError(file: file, line: fleet.line, problem: "there is no place '\(fleet.base)'")
            }
            return Base(coordinate: place.coordinate, kind: fleet.kind, vehicles: fleet.count)
        }
    }

    /// The orders of the 24 h after `start` around `bases`, by release: at most 100,000, none without bases. Same
    /// arguments, same orders.
    static func day(
        world: WorldData, bases: [Base], seed: UInt64, start: Instant, count: Int
    ) -> [ReleasedOrder] {
        shipments(world: world, bases: bases, seed: seed, start: start, count: count).map {
            ReleasedOrder(releaseAt: $0.releaseAt, request: OrderRequest($0))
        }
    }
}

extension OrderRequest {
    init(_ shipment: Shipment) {
        func stop(_ end: Shipment.End) -> Stop {
            Stop(place: end.place, coordinate: end.coordinate, ground: end.ground)
        }
        self.init(
            key: shipment.key, company: shipment.company, pickup: stop(shipment.pickup),
            delivery: stop(shipment.delivery), massGrams: shipment.massGrams,
            volumeLiters: shipment.volumeLiters, cargo: CargoClass(goods: shipment.goods),
            readyAt: shipment.readyAt, deliverBy: shipment.deliverBy, kinds: shipment.kinds)
    }
}

extension CargoClass {
    /// The class of goods as the freight flows name them; general when nothing special is known of them.
    init(goods: String) {
        switch goods {
        case "grain", "oilseeds", "rice", "coal": self = .bulk
        case "meat", "fruit", "vegetables": self = .chilled
        case "flour": self = .food
        case "chemicals", "oil products": self = .dangerous
        default: self = CargoClass(rawValue: goods) ?? .general
        }
    }
}
