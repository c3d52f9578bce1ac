/// A way by road.
public struct RoadRoute: Hashable, Sendable {
    /// From start to goal with the straight legs to and from the road.
    public let points: [Coordinate]
    /// Road lengths as published, so up to 10 % longer than `points` measures, plus the straight legs.
    public let lengthMeters: Double
    public let seconds: Double
    /// Indices into `RoadGraph.edges`, in order. The first and the last may be driven in part.
    public let edges: [Int]
}

extension RoadGraph {
    /// Off the network a vehicle drives straight and slowly.
    public static let accessSpeedMetersPerSecond = 40 / 3.6
    /// Farther than this from any road there is no route.
    public static let maximumAccessMeters = 100_000.0

    /// The quickest way by roads usable on `date`; among equals the one found first in edge order. Both ends join the
    /// network at its nearest point, so a vehicle midway along a road goes on from there. When that is farther than
    /// going straight, the route is the straight line without edges. Nil when an end is over 100 km from any usable road
    /// or no road leads there.
    public func route(from: Coordinate, to: Coordinate, on date: Instant?) -> RoadRoute? {
        guard from.isValid, to.isValid, let start = access(from: from, on: date),
            let goal = access(from: to, on: date)
        else { return nil }
        let toRoad = distanceMeters(from, start.point)
        let fromRoad = distanceMeters(goal.point, to)
        guard max(toRoad, fromRoad) <= Self.maximumAccessMeters else { return nil }
        let straight = distanceMeters(from, to)
        if straight <= toRoad + fromRoad {
            return RoadRoute(
                points: [from, to], lengthMeters: straight,
                seconds: straight / Self.accessSpeedMetersPerSecond, edges: [])
        }
        guard let path = quickest(from: start, to: goal, on: date) else { return nil }
        var way = Way(points: [from], meters: toRoad + fromRoad)
        way.seconds = way.meters / Self.accessSpeedMetersPerSecond
        way.append(start.point)
        if path.isDirect {
            way.follow(start.edge, edges[start.edge], from: start.along, to: goal.along)
        } else {
            let first = edges[start.edge]
            way.follow(
                start.edge, first, from: start.along, to: first.a == path.first ? 0 : first.shapeMeters)
            var node = path.first
            for index in path.edges {
                let edge = edges[index]
                let forward = edge.a == node
                way.follow(
                    index, edge, from: forward ? 0 : edge.shapeMeters, to: forward ? edge.shapeMeters : 0)
                node = forward ? edge.b : edge.a
            }
            let last = edges[goal.edge]
            way.follow(goal.edge, last, from: last.a == node ? 0 : last.shapeMeters, to: goal.along)
        }
        way.append(goal.point)
        way.append(to)
        return RoadRoute(
            points: way.points, lengthMeters: way.meters, seconds: way.seconds, edges: way.edges)
    }

    /// Whole edges between the nodes where the route leaves the first edge and enters the last.
    private struct Path {
        /// From one point of an edge to another without leaving it.
        var isDirect = false
        /// The node where it leaves the edge it starts on.
        var first = 0
        var edges: [Int] = []
    }

    /// Dijkstra's algorithm from both ends of the first edge to both ends of the last; with under two hundred nodes a
    /// scan for the nearest beats a heap.
    private func quickest(from start: RoadAccess, to goal: RoadAccess, on date: Instant?) -> Path? {
        var seconds = [Double](repeating: .infinity, count: nodes.count)
        var arrivedBy = [Int](repeating: -1, count: nodes.count)
        var done = [Bool](repeating: false, count: nodes.count)
        let (first, last) = (edges[start.edge], edges[goal.edge])
        seconds[first.a] = start.share * first.seconds
        seconds[first.b] = min(seconds[first.b], (1 - start.share) * first.seconds)
        var best = (seconds: Double.infinity, node: -1)
        var isDirect = false
        if start.edge == goal.edge {
            best.seconds = abs(start.share - goal.share) * first.seconds
            isDirect = true
        }
        while true {
            var node = -1
            var least = best.seconds
            for i in nodes.indices where !done[i] && seconds[i] < least {
                node = i
                least = seconds[i]
            }
            if node < 0 { break }
            done[node] = true
            let here = min(
                node == last.a ? goal.share : .infinity, node == last.b ? 1 - goal.share : .infinity)
            if least + here * last.seconds < best.seconds {
                best = (least + here * last.seconds, node)
                isDirect = false
            }
            for index in incident[node] where edges[index].isUsable(on: date) {
                let edge = edges[index]
                let next = edge.a == node ? edge.b : edge.a
                let arrival = least + edge.seconds
                if arrival < seconds[next] {
                    seconds[next] = arrival
                    arrivedBy[next] = index
                }
            }
        }
        if isDirect { return Path(isDirect: true) }
        guard best.node >= 0 else { return nil }
        var path = Path(first: best.node)
        while arrivedBy[path.first] >= 0 {
            let index = arrivedBy[path.first]
            path.edges.append(index)
            path.first = edges[index].a == path.first ? edges[index].b : edges[index].a
        }
        path.edges.reverse()
        return path
    }
}

/// A route as it grows.
private struct Way {
    var points: [Coordinate]
    var meters: Double
    var seconds = 0.0
    var edges: [Int] = []

    mutating func append(_ point: Coordinate) {
        if points.last != point { points.append(point) }
    }

    /// Along `edge` between two distances on its shape, either way; nothing when they are one.
    mutating func follow(_ index: Int, _ edge: RoadEdge, from start: Double, to end: Double) {
        guard start != end, edge.shapeMeters > 0 else { return }
        let share = abs(end - start) / edge.shapeMeters
        meters += share * edge.lengthMeters
        seconds += share * edge.seconds
        edges.append(index)
        if start < end {
            for i in edge.shape.indices where edge.along[i] >= start && edge.along[i] <= end {
                append(edge.shape[i])
            }
        } else {
            for i in edge.shape.indices.reversed() where edge.along[i] <= start && edge.along[i] >= end {
                append(edge.shape[i])
            }
        }
    }
}
