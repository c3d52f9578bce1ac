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
    /// Indices into `RoadGraph.edges`, in order, those driven in part included.
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
    /// at the nearest point of a road. When that is farther than going straight, the route is the straight line
    /// without edges. Nil when an end is over 100 km from any road or no usable road leads there.
    public func route(from: Coordinate, to: Coordinate, on date: Instant?) -> RoadRoute? {
        guard !nodes.isEmpty, from.isValid, to.isValid else { return nil }
        let start = join(from, on: date)
        let goal = join(to, on: date)
        guard max(start.accessMeters, goal.accessMeters) <= Self.maximumAccessMeters else { return nil }
        let straight = distanceMeters(from, to)
        let access = start.accessMeters + goal.accessMeters
        if straight <= access {
            return RoadRoute(
                points: [from, to], lengthMeters: straight,
                seconds: straight / Self.accessSpeedMetersPerSecond, edges: [])
        }
        guard let path = quickest(from: start, to: goal, on: date) else { return nil }
        var points = [from]
        var meters = access
        var seconds = access / Self.accessSpeedMetersPerSecond
        func append(_ point: Coordinate) {
            if points.last != point { points.append(point) }
        }
        append(start.coordinate)
        for part in path {
            let edge = edges[part.edge]
            let way = stretch(part.edge, from: part.from, to: part.to)
            if let node = part.entered { append(nodes[node].coordinate) }
            // Whole edges keep their own ends, which may lie metres beside the node.
            if part.from == 0 { append(edge.shape[0]) }
            if part.from == edge.shapeMeters { append(edge.shape[edge.shape.count - 1]) }
            way.points.forEach(append)
            if part.to == 0 { append(edge.shape[0]) }
            if part.to == edge.shapeMeters { append(edge.shape[edge.shape.count - 1]) }
            meters += way.meters
            seconds += way.meters / edge.speedMetersPerSecond
        }
        append(goal.coordinate)
        append(to)
        return RoadRoute(
            points: points, lengthMeters: meters, seconds: seconds, edges: path.map(\.edge))
    }

    /// One edge or part of one, by metres along its shape in the direction of travel.
    private struct Part {
        var edge: Int
        var from: Double
        var to: Double
        /// Node at which it begins; nil in the middle of an edge.
        var entered: Int?
    }

    /// Dijkstra's algorithm; with under two hundred nodes a scan for the nearest beats a heap.
    private func quickest(from start: RoadJoin, to goal: RoadJoin, on date: Instant?) -> [Part]? {
        var seconds = [Double](repeating: .infinity, count: nodes.count)
        var arrivedBy = [Int](repeating: -1, count: nodes.count)
        var done = [Bool](repeating: false, count: nodes.count)
        for exit in exits(start) { seconds[exit.node] = min(seconds[exit.node], exit.seconds) }
        // The end is reached from whichever of its nodes is best, or along one edge without passing any.
        let ends = exits(goal)
        var left = ends.count
        while left > 0 {
            var node = -1
            var least = Double.infinity
            for i in nodes.indices where !done[i] && seconds[i] < least {
                node = i
                least = seconds[i]
            }
            if node < 0 { break }
            done[node] = true
            for end in ends where end.node == node { left -= 1 }
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
        var best = (seconds: Double.infinity, node: -1)
        for end in ends where seconds[end.node] + end.seconds < best.seconds {
            best = (seconds[end.node] + end.seconds, end.node)
        }
        if case .edge(let one, let from) = start.kind, case .edge(let two, let to) = goal.kind, one == two {
            let edge = edges[one]
            let direct =
                abs(to - from) / max(edge.shapeMeters, 1e-9) * edge.lengthMeters / edge.speedMetersPerSecond
            if direct <= best.seconds { return [Part(edge: one, from: from, to: to, entered: nil)] }
        }
        guard best.node >= 0 else { return nil }
        var parts: [Part] = []
        if case .edge(let index, let along) = goal.kind {
            let edge = edges[index]
            parts.append(
                Part(
                    edge: index, from: best.node == edge.a ? 0 : edge.shapeMeters, to: along,
                    entered: best.node))
        }
        var node = best.node
        while arrivedBy[node] >= 0 {
            let edge = edges[arrivedBy[node]]
            let before = edge.a == node ? edge.b : edge.a
            parts.append(
                Part(
                    edge: arrivedBy[node], from: before == edge.a ? 0 : edge.shapeMeters,
                    to: before == edge.a ? edge.shapeMeters : 0, entered: before))
            node = before
        }
        if case .edge(let index, let along) = start.kind {
            let edge = edges[index]
            parts.append(
                Part(
                    edge: index, from: along, to: node == edge.a ? 0 : edge.shapeMeters, entered: nil))
        }
        return parts.reversed()
    }
}
