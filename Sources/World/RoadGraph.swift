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
    /// From `a` to `b`, at least two points.
    public let shape: [Coordinate]
    /// Metres along `shape` to each of its points.
    let along: [Double]

    public var shapeMeters: Double { along.last ?? 0 }

    init(
        id: String, a: Int, b: Int, lengthMeters: Double, speedMetersPerSecond: Double, status: Status,
        opens: Instant?, shape: [Coordinate]
    ) {
        self.id = id
        self.a = a
        self.b = b
        self.lengthMeters = lengthMeters
        self.speedMetersPerSecond = speedMetersPerSecond
        self.status = status
        self.opens = opens
        self.shape = shape
        var total = 0.0
        var along = [0.0]
        for i in shape.indices.dropFirst() {
            total += distanceMeters(shape[i - 1], shape[i])
            along.append(total)
        }
        self.along = along
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

/// A way by road.
public struct RoadRoute: Hashable, Sendable {
    /// From start to goal with the straight legs to and from the road.
    public let points: [Coordinate]
    /// Road lengths as published, so up to 10 % longer than `points` measures, plus the straight legs.
    public let lengthMeters: Double
    public let seconds: Double
    /// Indices into `RoadGraph.edges`, in order.
    public let edges: [Int]
}

/// The road network.
public struct RoadGraph: Sendable {
    public let nodes: [RoadNode]
    public let edges: [RoadEdge]
    /// Edges at each node, in edge order.
    private let incident: [[Int]]

    /// Off the network a vehicle drives straight and slowly.
    public static let accessSpeedMetersPerSecond = 40 / 3.6
    /// Farther than this from any road there is no route.
    public static let maximumAccessMeters = 100_000.0

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

    /// The quickest way by roads usable on `date`; among equals the one of lower indices. Both ends join the network
    /// at the nearest node. When that is farther than going straight, the route is the straight line without
    /// edges. Nil when an end is over 100 km from any node or no usable road leads there.
    public func route(from: Coordinate, to: Coordinate, on date: Instant?) -> RoadRoute? {
        guard !nodes.isEmpty, from.isValid, to.isValid else { return nil }
        let start = nearestNode(to: from)
        let goal = nearestNode(to: to)
        let toRoad = distanceMeters(from, nodes[start].coordinate)
        let fromRoad = distanceMeters(nodes[goal].coordinate, to)
        guard max(toRoad, fromRoad) <= Self.maximumAccessMeters else { return nil }
        let straight = distanceMeters(from, to)
        if straight <= toRoad + fromRoad {
            return RoadRoute(
                points: [from, to], lengthMeters: straight,
                seconds: straight / Self.accessSpeedMetersPerSecond, edges: [])
        }
        guard let path = quickest(from: start, to: goal, on: date) else { return nil }
        var points = [from]
        var meters = toRoad + fromRoad
        var seconds = meters / Self.accessSpeedMetersPerSecond
        var node = start
        func append(_ point: Coordinate) {
            if points.last != point { points.append(point) }
        }
        append(nodes[start].coordinate)
        for index in path {
            let edge = edges[index]
            meters += edge.lengthMeters
            seconds += edge.lengthMeters / edge.speedMetersPerSecond
            if edge.a == node {
                edge.shape.forEach(append)
            } else {
                edge.shape.reversed().forEach(append)
            }
            node = edge.a == node ? edge.b : edge.a
        }
        append(to)
        return RoadRoute(points: points, lengthMeters: meters, seconds: seconds, edges: path)
    }

    /// Dijkstra's algorithm; with under two hundred nodes a scan for the nearest beats a heap.
    private func quickest(from start: Int, to goal: Int, on date: Instant?) -> [Int]? {
        var seconds = [Double](repeating: .infinity, count: nodes.count)
        var arrivedBy = [Int](repeating: -1, count: nodes.count)
        var done = [Bool](repeating: false, count: nodes.count)
        seconds[start] = 0
        while true {
            var node = -1
            var least = Double.infinity
            for i in nodes.indices where !done[i] && seconds[i] < least {
                node = i
                least = seconds[i]
            }
            if node < 0 { return nil }
            if node == goal { break }
            done[node] = true
            for index in incident[node] where edges[index].isUsable(on: date) {
                let edge = edges[index]
                let next = edge.a == node ? edge.b : edge.a
                let arrival = least + edge.lengthMeters / edge.speedMetersPerSecond
                if arrival < seconds[next] {
                    seconds[next] = arrival
                    arrivedBy[next] = index
                }
            }
        }
        var path: [Int] = []
        var node = goal
        while node != start {
            let edge = edges[arrivedBy[node]]
            path.append(arrivedBy[node])
            node = edge.a == node ? edge.b : edge.a
        }
        return path.reversed()
    }
}
