/// One undirected stretch of road between two nodes.
public struct RoadEdge: Hashable, Sendable {
    public enum Status: String, Sendable { case open, reconstruction, planned, closed }
    public let id: String
    /// Indices into `RoadGraph.nodes`.
    public let a: Int
    public let b: Int
    /// Along the road, as published or derived; a few percent longer than `shape`, which is smoothed.
    public let lengthMeters: Double
    public let speedMetersPerSecond: Double
    public let status: Status
    public let opens: Instant?
    /// Road number such as "A2"; empty where none is known.
    public let ref: String
    /// Of both directions together.
    public let lanes: Int
    /// From `a` to `b`, at least two points.
    public let shape: [Coordinate]
    /// Metres along `shape` to each of its points.
    public let along: [Double]

    public var shapeMeters: Double { along.last ?? 0 }
    public var seconds: Double { lengthMeters / speedMetersPerSecond }
    /// Corners of the box around `shape`, ten-millionths of a degree.
    public let southWest: Coordinate
    public let northEast: Coordinate

    init(
        id: String, a: Int, b: Int, lengthMeters: Double, speedMetersPerSecond: Double, status: Status,
        opens: Instant?, ref: String = "", lanes: Int = 2, shape: [Coordinate]
    ) {
        self.id = id
        self.a = a
        self.b = b
        self.lengthMeters = lengthMeters
        self.speedMetersPerSecond = speedMetersPerSecond
        self.status = status
        self.opens = opens
        self.ref = ref
        self.lanes = lanes
        self.shape = shape
        var total = 0.0
        var along = [0.0]
        for i in shape.indices.dropFirst() {
            total += distanceMeters(shape[i - 1], shape[i])
            along.append(total)
        }
        self.along = along
        southWest = Coordinate(
            latitudeE7: shape.map(\.latitudeE7).min() ?? 0, longitudeE7: shape.map(\.longitudeE7).min() ?? 0)
        northEast = Coordinate(
            latitudeE7: shape.map(\.latitudeE7).max() ?? 0, longitudeE7: shape.map(\.longitudeE7).max() ?? 0)
    }

    /// A road under reconstruction stays passable. A planned one may be used from its opening day; without a date
    /// to ask about it is not used.
    public func isUsable(on date: Instant?) -> Bool {
        switch status {
        case .open, .reconstruction: return true
        case .closed: return false
        case .planned:
            guard let date, let opens else { return false }
            return date >= opens
        }
    }
}

public struct RoadNode: Hashable, Sendable {
    /// Id of the place or checkpoint.
    public let id: String
    public let coordinate: Coordinate
}

/// The road network.
public struct RoadGraph: Sendable {
    public let nodes: [RoadNode]
    public let edges: [RoadEdge]
    /// Edges at each node, in edge order.
    public let incident: [[Int]]

    init(nodes: [RoadNode], edges: [RoadEdge]) {
        self.nodes = nodes
        self.edges = edges
        var incident = [[Int]](repeating: [], count: nodes.count)
        for (index, edge) in edges.enumerated() {
            incident[edge.a].append(index)
            if edge.b != edge.a { incident[edge.b].append(index) }
        }
        self.incident = incident
    }

    /// Index of the nearest node, the first of equals; the graph has at least one.
    public func nearestNode(to coordinate: Coordinate) -> Int {
        var best = (index: 0, meters: Double.infinity)
        for (index, node) in nodes.enumerated() {
            let meters = distanceMeters(node.coordinate, coordinate)
            if meters < best.meters { best = (index, meters) }
        }
        return best.index
    }
}
