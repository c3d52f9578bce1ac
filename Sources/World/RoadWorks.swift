/// Works on a two-lane road that leave one lane for both directions.
public struct RoadWorks: Hashable, Sendable {
    public let id: String
    /// Index into `RoadGraph.edges`.
    public let edge: Int
    /// Where they start, metres along the edge's shape from its `a`, and how long they are.
    public let fromMeters: Double
    public let lengthMeters: Double
    public let speedMetersPerSecond: Double

    /// They must lie on a known edge, 300 m or more from its ends and from each other.
    static func load(_ table: Table, roads: RoadGraph) throws -> [RoadWorks] {
        var index: [String: Int] = [:]
        for (n, edge) in roads.edges.enumerated() { index[edge.id] = n }
        var all: [RoadWorks] = []
        for row in try table.unique("id") {
            guard let n = index[try row.name("on_edge")] else {
                throw row.error("on_edge", "is not in road_edges.csv")
            }
            let edge = roads.edges[n]
            // Kilometres are published ones; the shape is a little shorter.
            let share = try row.required("km_from_a", in: 0...5000) * 1000 / edge.lengthMeters
            let works = RoadWorks(
                id: try row.name("id"), edge: n, fromMeters: share * edge.shapeMeters,
                lengthMeters: try row.required("length_m", in: 50...5000),
                speedMetersPerSecond: try row.required("truck_kmh", in: 5...120) / 3.6)
            let end = works.fromMeters + works.lengthMeters
            guard works.fromMeters >= 300, end + 300 <= edge.shapeMeters,
                !all.contains(where: {
                    $0.edge == n && $0.fromMeters < end + 300
                        && works.fromMeters < $0.fromMeters + $0.lengthMeters + 300
                })
            else { throw row.error("km_from_a", "is within 300 m of an end of the edge or of other works") }
            all.append(works)
        }
        return all
    }
}

/// Lanes for trucks at a border checkpoint.
public struct RoadGate: Hashable, Sendable {
    /// Index into `RoadGraph.nodes`.
    public let node: Int
    /// Into the country, and out of it.
    public let lanesIn: Int
    public let lanesOut: Int

    static func load(_ table: Table, roads: RoadGraph) throws -> [RoadGate] {
        var index: [String: Int] = [:]
        for (n, node) in roads.nodes.enumerated() { index[node.id] = n }
        return try table.rows.map { row in
            guard let node = index[try row.name("id")] else {
                throw row.error("id", "has no road edge")
            }
            return RoadGate(
                node: node, lanesIn: Int(try row.required("truck_lanes_in", in: 1...64)),
                lanesOut: Int(try row.required("truck_lanes_out", in: 1...64)))
        }
    }
}
