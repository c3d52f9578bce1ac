/// One undirected stretch of railway or ferry between two places.
public struct LineEdge: Hashable, Sendable {
    public let id: String
    /// Ids of places or checkpoints.
    public let a: String
    public let b: String
    public let lengthMeters: Double
    public let shape: [Coordinate]

    /// Ends must be known, ids unique, shapes run from `a` to `b` and be no longer than the line.
    static func load(_ table: Table, shapes: Shapes, places: [String: Place]) throws -> [LineEdge] {
        try table.unique("id").map { row in
            func end(_ column: String) throws -> Place {
                let id = try row.name(column)
                guard let place = places[id] else {
                    throw row.error(column, "\(id) is in neither places.csv nor checkpoints.csv")
                }
                return place
            }
            let (a, b) = (try end("a"), try end("b"))
            let length = try row.required("length_km", in: 0.01...20_000) * 1000
            let shape = try row.shape(shapes, from: a.coordinate, to: b.coordinate, lengthMeters: length)
            return LineEdge(id: try row.name("id"), a: a.id, b: b.id, lengthMeters: length, shape: shape)
        }
    }
}

extension Table.Row {
    /// The shape named by this row's id: it ends at both nodes within 0.0002 degrees and is no longer than the edge by
    /// more than 100 m; where the table has `shape_km`, it is that long.
    func shape(
        _ shapes: Shapes, from a: Coordinate, to b: Coordinate, lengthMeters: Double
    ) throws -> [Coordinate] {
        let id = try name("id")
        guard let shape = shapes.byEdge[id] else { throw error("id", "\(id) has no shape in \(shapes.file)") }
        func touches(_ point: Coordinate?, _ node: Coordinate) -> Bool {
            guard let point else { return false }
            return abs(Int(point.latitudeE7) - Int(node.latitudeE7)) <= 2000
                && abs(Int(point.longitudeE7) - Int(node.longitudeE7)) <= 2000
        }
        guard touches(shape.first, a), touches(shape.last, b) else {
            throw error("id", "the shape of \(id) does not run from a to b")
        }
        let measured = zip(shape, shape.dropFirst()).reduce(0) { $0 + distanceMeters($1.0, $1.1) }
        guard lengthMeters + 100 >= measured else {
            throw error("length_km", "is shorter than the shape of \(id), which has \(Int(measured)) m")
        }
        if columns.contains("shape_km") {
            let stated = try required("shape_km", in: 0...20_000) * 1000
            guard abs(stated - measured) <= 100 + 0.002 * measured else {
                throw error(
                    "shape_km", "is not the length of the shape of \(id), which has \(Int(measured)) m")
            }
        }
        return shape
    }
}

/// A named chain of road, rail or sea edges.
public struct Corridor: Hashable, Sendable, Decodable {
    public let id: String
    public let name: String
    /// Edge ids in order; each may be traversed either way.
    public let edges: [String]

    /// Ids must be unique, every edge known, and consecutive edges meet.
    static func load(file: String, bytes: [UInt8], ends: [String: (a: String, b: String)]) throws
        -> [Corridor]
    {
        struct File: Decodable { let corridors: [Corridor] }
        let corridors = try DataError.decoding(File.self, file, bytes).corridors
        var seen: Set<String> = []
        for corridor in corridors {
            func refuse(_ problem: String) -> DataError {
                DataError(file: file, problem: "corridor \(corridor.id.prefix(40)): \(problem)")
            }
            guard seen.insert(corridor.id).inserted else { throw refuse("occurs twice") }
            guard !corridor.edges.isEmpty else { throw refuse("has no edges") }
            for id in corridor.edges where ends[id] == nil {
                throw refuse("there is no edge \(id.prefix(40))")
            }
            // A walk: it is known on which side an edge is left once the next one is entered.
            var open: Set<String>?
            for id in corridor.edges {
                guard let end = ends[id] else { continue }
                guard let left = open else {
                    open = [end.a, end.b]
                    continue
                }
                var next: Set<String> = []
                if left.contains(end.a) { next.insert(end.b) }
                if left.contains(end.b) { next.insert(end.a) }
                guard !next.isEmpty else {
                    throw refuse("\(id) does not go on where the edge before it ends")
                }
                open = next
            }
        }
        return corridors
    }
}
