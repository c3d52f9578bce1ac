// Rows of the demand and service files to values, each checked against the rest of the world.

extension FreightFlow {
    /// Both ends must be on the road graph, with a way between them.
    static func load(_ table: Table, roads: RoadGraph) throws -> [FreightFlow] {
        var nodes: [String: Coordinate] = [:]
        for node in roads.nodes { nodes[node.id] = node.coordinate }
        return try table.unique("id").map { row in
            func end(_ column: String) throws -> (id: String, coordinate: Coordinate) {
                let id = try row.name(column)
                guard let coordinate = nodes[id] else { throw row.error(column, "\(id) is on no road") }
                return (id, coordinate)
            }
            let (origin, destination) = (try end("origin"), try end("destination"))
            guard origin.id != destination.id,
                roads.route(from: origin.coordinate, to: destination.coordinate, on: nil) != nil
            else { throw row.error("destination", "no road leads there from \(origin.id)") }
            let months = try row.list("peak_months").map { text in
                guard let month = Int(text), (1...12).contains(month) else {
                    throw row.error("peak_months", "must be months 1 to 12 between semicolons, or blank")
                }
                return month
            }
            let goods = try row.list("cargo")
            guard !goods.isEmpty else { throw row.error("cargo", "is blank; name what is carried") }
            return FreightFlow(
                id: try row.name("id"), origin: origin.id, destination: destination.id,
                trucksPerDay: try row.required("trucks_per_day", in: 0...1e5), goods: goods,
                peakMonths: months)
        }
    }
}

extension ExpressFlow {
    /// Ends must be an aerodrome and a settlement as far apart as `km` says, to 1 km and 2 %.
    static func load(_ table: Table, airports: [Place], towns: [Place]) throws -> [ExpressFlow] {
        var ends: [String: Place] = [:]
        for place in airports + towns { ends[place.id] = place }
        return try table.unique("id").map { row in
            func end(_ column: String, _ kind: Place.Kind) throws -> Place {
                let id = try row.name(column)
                guard let place = ends[id], place.kind == kind else {
                    throw row.error(column, "\(id) is no \(kind.rawValue) of the world data")
                }
                return place
            }
            let airport = try end("airport", .airport)
            let town = try end("town_geonameid", .settlement)
            let meters = try row.required("km", in: 0...2000) * 1000
            let measured = distanceMeters(airport.coordinate, town.coordinate)
            guard abs(meters - measured) <= 1000 + 0.02 * measured else {
                throw row.error("km", "is not the distance from \(airport.name) to \(town.name)")
            }
            return ExpressFlow(
                id: try row.name("id"), airport: airport.id, town: town.id, meters: meters,
                parcelsPerDay: try row.required("parcels_per_day", in: 0...1e6),
                heaviestKilograms: try row.required("max_kg", in: 0.01...1000),
                deadlineHours: try row.required("deadline_h", in: 0.1...720))
        }
    }
}

extension Carrier {
    /// Homes must be places.
    static func load(_ table: Table, places: [Place]) throws -> [Carrier] {
        let known = Set(places.map(\.id))
        return try table.unique("id").map { row in
            let home = try row.name("home")
            guard known.contains(home) else { throw row.error("home", "\(home) is not in places.csv") }
            guard let kind = Kind(rawValue: try row.text("kind")) else {
                throw row.error("kind", "is none of \(Kind.allCases.map(\.rawValue))")
            }
            return Carrier(
                id: try row.name("id"), name: try row.name("name"), home: home,
                trucks: try row.count("trucks_auto", atMost: 1_000_000),
                drones: try row.count("drones", atMost: 1_000_000), kind: kind)
        }
    }
}

extension ServicePoint {
    /// A point beside a road must lie on that road's length and within 5 km of its shape; one at a place within
    /// 5 km of it.
    static func load(_ table: Table, places: [Place], roads: RoadGraph) throws -> [ServicePoint] {
        var byID: [String: Place] = [:]
        for place in places { byID[place.id] = place }
        var edges: [String: Int] = [:]
        for (index, edge) in roads.edges.enumerated() { edges[edge.id] = index }
        return try table.unique("id").map { row in
            let coordinate = try row.coordinate()
            let edgeID = try row.text("on_edge")
            let placeID = try row.text("at_place")
            guard edgeID.isEmpty != placeID.isEmpty else {
                throw row.error("on_edge", "fill either on_edge or at_place")
            }
            var edge: Int?
            var fromA: Double?
            if placeID.isEmpty {
                guard let index = edges[edgeID] else {
                    throw row.error("on_edge", "\(edgeID) is not in road_edges.csv")
                }
                let road = roads.edges[index]
                fromA = try row.required("km_from_a", in: 0...road.lengthMeters / 1000 + 0.1) * 1000
                edge = index
                // Shape points are 10 km apart, so a point of the road is within 5 km and a bit of one.
                guard road.shape.contains(where: { distanceMeters($0, coordinate) < 6000 }) else {
                    throw row.error("lat", "is not beside \(edgeID)")
                }
            } else {
                guard let place = byID[placeID], distanceMeters(place.coordinate, coordinate) < 5000 else {
                    throw row.error("at_place", "\(placeID) is no place within 5 km")
                }
            }
            return ServicePoint(
                id: try row.name("id"), name: try row.name("name"), coordinate: coordinate, edge: edge,
                metersFromA: fromA, place: placeID.isEmpty ? nil : placeID,
                chargerWatts: try row.required("chargers_mw", in: 0...1000) * 1e6,
                fastBays: try row.count("fast_bays", atMost: 10_000),
                hydrogen: try row.flag("hydrogen"), diesel: try row.flag("diesel"),
                repair: try row.flag("repair"),
                truckParking: try row.count("truck_parking", atMost: 100_000),
                dronePads: try row.count("drone_pads", atMost: 10_000))
        }
    }
}

extension Table {
    /// The rows, of which no two may have the same name in `column`.
    func unique(_ column: String) throws -> [Row] {
        var seen: Set<String> = []
        for row in rows where try !seen.insert(row.name(column)).inserted {
            throw row.error(column, "\(try row.text(column)) occurs twice")
        }
        return rows
    }
}

extension Table.Row {
    /// A whole number; blank is an error.
    func count(_ column: String, atMost most: Int) throws -> Int {
        let value = try required(column, in: 0...Double(most))
        guard let count = Int(exactly: value) else { throw error(column, "must be a whole number") }
        return count
    }

    /// 0 or 1.
    func flag(_ column: String) throws -> Bool { try count(column, atMost: 1) == 1 }

    /// Words between semicolons, at most 64 bytes each.
    func list(_ column: String) throws -> [String] {
        let words = try text(column).split(separator: ";").map(String.init)
        guard words.allSatisfy({ $0.utf8.count <= 64 }), words.count <= 16 else {
            throw error(column, "takes at most 16 words of at most 64 bytes between semicolons")
        }
        return words
    }
}
