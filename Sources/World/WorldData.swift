import FoundationEssentials
import Glibc

/// The world as its data files tell it, checked when read.
public struct WorldData: Sendable {
    /// Nodes of the road and rail graphs that are not checkpoints.
    public let places: [Place]
    public let checkpoints: [Place]
    public let airports: [Place]
    /// Settlements of over 4,000 people.
    public let towns: [Place]
    public let roads: RoadGraph
    public let roadWorks: [RoadWorks]
    /// Of the checkpoints, in their order.
    public let gates: [RoadGate]
    public let rails: [LineEdge]
    public let ferries: [LineEdge]
    public let corridors: [Corridor]
    public let freightFlows: [FreightFlow]
    public let expressFlows: [ExpressFlow]
    public let carriers: [Carrier]
    public let servicePoints: [ServicePoint]
    public let terrain: Terrain
    public let geoid: Geoid
    public let geozones: [Geozone]
    private let byID: [String: Place]

    /// Of places, checkpoints, aerodromes (ICAO code) and settlements (GeoNames number).
    public func place(_ id: String) -> Place? { byID[id] }

    /// Where the data is: `explicit` or else KERUEN_DATA, which must hold it; or else Data/world here or in a
    /// directory above the running program.
    public static func find(explicit: String?) throws -> String {
        let environment = getenv("KERUEN_DATA").map { String(cString: $0) }
        func holdsData(_ directory: String) -> Bool {
            FileManager.default.fileExists(atPath: directory + "/places.csv")
        }
        if let directory = explicit ?? environment {
            guard holdsData(directory) else {
                throw DataError(
                    file: directory,
                    problem: "holds no places.csv; name the directory that has the world data")
            }
            return directory
        }
        if holdsData("Data/world") { return "Data/world" }
        var directory =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        while let slash = directory.lastIndex(of: "/") {
            directory = String(directory[..<slash])
            if holdsData(directory + "/Data/world") { return directory + "/Data/world" }
        }
        throw DataError(
            file: "Data/world", problem: "not found; run from the project's directory or set KERUEN_DATA")
    }

    public static func load(directory: String) throws -> WorldData {
        try WorldData { try BoundedFile.read(directory + "/" + $0) }
    }

    /// From file contents by name.
    init(reading source: (String) throws -> [UInt8]) throws {
        func read(_ name: String) throws -> [UInt8] {
            let bytes = try source(name)
            try BoundedFile.check(bytes.count, name)
            return bytes
        }
        func table(_ name: String) throws -> Table { try Table(file: name, bytes: read(name)) }
        func shapes(_ name: String) throws -> Shapes { try Shapes(file: name, bytes: read(name)) }

        let airportRows = try table("airports.csv").rows
        terrain = Terrain(
            try airportRows.compactMap { row in
                guard let meters = try row.number("elev_m", in: -500...9000) else { return nil }
                return (try row.coordinate(), Altitude(meters: meters))
            })
        let terrain = terrain
        func place(_ row: Table.Row, id: String, name: String, kind: Place.Kind) throws -> Place {
            let coordinate = try row.coordinate()
            let people =
                row.columns.contains("population") ? try row.number("population", in: 0...1e9) ?? 0 : 0
            return Place(
                id: try row.name(id), name: try row.name(name), kind: kind, coordinate: coordinate,
                ground: terrain.ground(at: coordinate), population: Int(people))
        }
        places = try table("places.csv").rows.map { row in
            guard let kind = Place.Kind(rawValue: try row.text("kind")) else {
                throw row.error("kind", "is none of \(Place.Kind.allCases.map(\.rawValue))")
            }
            return try place(row, id: "id", name: "name_en", kind: kind)
        }
        checkpoints = try table("checkpoints.csv").rows.map {
            try place($0, id: "id", name: "name_en", kind: .checkpoint)
        }
        airports = try airportRows.map { try place($0, id: "id", name: "name", kind: .airport) }
        towns = try table("towns.csv").rows.map {
            try place($0, id: "geonameid", name: "name", kind: .settlement)
        }
        var byID: [String: Place] = [:]
        for place in places + checkpoints + airports + towns
        where byID.updateValue(place, forKey: place.id) != nil {
            throw DataError(file: "places.csv", problem: "id \(place.id) occurs twice in the world data")
        }
        self.byID = byID

        let grid = "geoid/egm96_15_kazakhstan.gtx"
        geoid = try Geoid(file: grid, gtx: read(grid))
        geozones = try Geozone.ed269(
            file: "geozones_ed269.json", bytes: read("geozones_ed269.json"))
        roads = try RoadGraph(
            places: places + checkpoints, table: table("road_edges.csv"), shapes: shapes("roads.geojson"))
        for checkpoint in checkpoints where !roads.nodes.contains(where: { $0.id == checkpoint.id }) {
            throw DataError(
                file: "road_edges.csv", problem: "checkpoint \(checkpoint.id) has no road edge")
        }

        roadWorks = try RoadWorks.load(table("road_works.csv"), roads: roads)
        gates = try RoadGate.load(table("checkpoints.csv"), roads: roads)
        freightFlows = try FreightFlow.load(table("freight_flows.csv"), roads: roads)
        expressFlows = try ExpressFlow.load(table("express_flows.csv"), airports: airports, towns: towns)
        carriers = try Carrier.load(table("carriers.csv"), places: places)
        servicePoints = try ServicePoint.load(table("service_points.csv"), places: places, roads: roads)

        var nodes: [String: Place] = [:]
        for place in places + checkpoints { nodes[place.id] = place }
        rails = try LineEdge.load(
            table("rail_edges.csv"), shapes: shapes("rails.geojson"), places: nodes)
        ferries = try LineEdge.load(
            table("sea_edges.csv"), shapes: shapes("sea.geojson"), places: nodes)
        var ends: [String: (a: String, b: String)] = [:]
        for edge in roads.edges { ends[edge.id] = (roads.nodes[edge.a].id, roads.nodes[edge.b].id) }
        for edge in rails + ferries {
            guard ends.updateValue((edge.a, edge.b), forKey: edge.id) == nil else {
                throw DataError(
                    file: "rail_edges.csv", problem: "edge \(edge.id) occurs twice in the world data")
            }
        }
        corridors = try Corridor.load(
            file: "corridors.json", bytes: read("corridors.json"), ends: ends)
    }
}

/// Shape polylines of edges from a GeoJSON file.
struct Shapes {
    let file: String
    private(set) var byEdge: [String: [Coordinate]] = [:]

    private struct Collection: Decodable {
        struct Feature: Decodable {
            struct Geometry: Decodable { let coordinates: [[Double]] }
            let id: String
            let geometry: Geometry
        }
        let features: [Feature]
    }

    init(file: String, bytes: [UInt8]) throws {
        self.file = file
        let collection = try DataError.decoding(Collection.self, file, bytes)
        for feature in collection.features {
            let shape = feature.geometry.coordinates.compactMap { pair in
                pair.count >= 2 ? Coordinate(latitudeDegrees: pair[1], longitudeDegrees: pair[0]) : nil
            }
            guard shape.count >= 2, shape.count == feature.geometry.coordinates.count else {
                throw DataError(file: file, problem: "\(feature.id) needs two or more [lon, lat] in range")
            }
            guard byEdge.updateValue(shape, forKey: feature.id) == nil else {
                throw DataError(file: file, problem: "\(feature.id) occurs twice")
            }
        }
    }
}

extension RoadGraph {
    /// Checks the invariants of the data: known ends, shapes that end at the nodes and are no longer than the road,
    /// one connected network.
    init(places: [Place], table: Table, shapes: Shapes) throws {
        var coordinates: [String: Coordinate] = [:]
        for place in places { coordinates[place.id] = place.coordinate }
        var index: [String: Int] = [:]
        var nodes: [RoadNode] = []
        var edges: [RoadEdge] = []
        var seen: Set<String> = []
        for row in table.rows {
            func end(_ column: String) throws -> Int {
                let id = try row.name(column)
                if let known = index[id] { return known }
                guard let coordinate = coordinates[id] else {
                    throw row.error(column, "\(id) is in neither places.csv nor checkpoints.csv")
                }
                index[id] = nodes.count
                nodes.append(RoadNode(id: id, coordinate: coordinate))
                return nodes.count - 1
            }
            let id = try row.name("id")
            guard seen.insert(id).inserted else { throw row.error("id", "\(id) occurs twice") }
            guard let status = RoadEdge.Status(rawValue: try row.text("status")) else {
                throw row.error("status", "must be open, reconstruction, planned or closed")
            }
            let opensText = try row.text("opens")
            let opens = Instant(iso8601: opensText)
            guard opensText.isEmpty || opens != nil else {
                throw row.error("opens", "must be a date such as 2027-01-01, or blank")
            }
            let (a, b) = (try end("a"), try end("b"))
            let length = try row.required("length_km", in: 0.01...5000) * 1000
            let edge = RoadEdge(
                id: id, a: a, b: b, lengthMeters: length,
                speedMetersPerSecond: try row.required("truck_kmh", in: 1...200) / 3.6, status: status,
                opens: opens, ref: try row.text("ref"), lanes: Int(try row.required("lanes", in: 1...20)),
                shape: try row.shape(
                    shapes, from: nodes[a].coordinate, to: nodes[b].coordinate, lengthMeters: length))
            edges.append(edge)
        }
        guard !nodes.isEmpty else { throw DataError(file: table.file, problem: "has no edges") }
        var reached: Set<Int> = [0]
        var grew = true
        while grew {
            grew = false
            for edge in edges where reached.contains(edge.a) != reached.contains(edge.b) {
                reached.formUnion([edge.a, edge.b])
                grew = true
            }
        }
        if let lost = nodes.indices.first(where: { !reached.contains($0) }) {
            throw DataError(
                file: table.file, problem: "\(nodes[lost].id) is not connected to the other roads")
        }
        self.init(nodes: nodes, edges: edges)
    }
}
