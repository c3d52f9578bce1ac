/// Where a place meets the road network.
struct RoadJoin {
    enum Kind: Equatable {
        case node(Int)
        /// Metres along the edge's shape from its `a`.
        case edge(Int, alongMeters: Double)
    }
    let kind: Kind
    let coordinate: Coordinate
    /// Straight from the place.
    let accessMeters: Double
}

extension RoadGraph {
    /// A node nearer than this to the nearest point of any road is taken instead of it.
    private static let nodePreferenceMeters = 200.0

    /// The nearest point of the roads usable on `date`, or a node about as near; the first of equals.
    func join(_ place: Coordinate, on date: Instant?) -> RoadJoin {
        let node = nearestNode(to: place)
        let nodeMeters = distanceMeters(place, nodes[node].coordinate)
        let atNode = RoadJoin(
            kind: .node(node), coordinate: nodes[node].coordinate, accessMeters: nodeMeters)
        guard nodeMeters > Self.nodePreferenceMeters else { return atNode }
        // A plane at the place finds which point is nearest; its distance is then measured properly.
        let scale = LocalScale(latitudeDegrees: place.latitudeDegrees)
        func plane(_ c: Coordinate) -> (east: Double, north: Double) {
            (
                (Double(c.longitudeE7) - Double(place.longitudeE7)) * scale.eastMetersPerE7,
                (Double(c.latitudeE7) - Double(place.latitudeE7)) * scale.northMetersPerE7
            )
        }
        var best = (square: Double.infinity, edge: -1, segment: 0, share: 0.0)
        for (index, edge) in edges.enumerated() where edge.isUsable(on: date) {
            var a = plane(edge.shape[0])
            for i in 1..<edge.shape.count {
                let b = plane(edge.shape[i])
                let (e, n) = (b.east - a.east, b.north - a.north)
                let length = e * e + n * n
                let share = length > 0 ? (-(a.east * e + a.north * n) / length).clamped(to: 0...1) : 0
                let (x, y) = (a.east + e * share, a.north + n * share)
                if x * x + y * y < best.square { best = (x * x + y * y, index, i, share) }
                a = b
            }
        }
        guard best.edge >= 0 else { return atNode }
        let edge = edges[best.edge]
        let (p, q) = (edge.shape[best.segment - 1], edge.shape[best.segment])
        func between(_ a: Int32, _ b: Int32) -> Int32 {
            Int32((Double(a) + (Double(b) - Double(a)) * best.share).rounded())
        }
        let point = Coordinate(
            latitudeE7: between(p.latitudeE7, q.latitudeE7),
            longitudeE7: between(p.longitudeE7, q.longitudeE7))
        let access = distanceMeters(place, point)
        guard access + Self.nodePreferenceMeters < nodeMeters else { return atNode }
        let along =
            edge.along[best.segment - 1]
            + (edge.along[best.segment] - edge.along[best.segment - 1]) * best.share
        return RoadJoin(
            kind: .edge(best.edge, alongMeters: along), coordinate: point, accessMeters: access)
    }

    /// Nodes that can be reached from a join along its own edge, with the seconds it takes.
    func exits(_ join: RoadJoin) -> [(node: Int, seconds: Double)] {
        switch join.kind {
        case .node(let node): return [(node, 0)]
        case .edge(let index, let along):
            let edge = edges[index]
            let share = edge.shapeMeters > 0 ? along / edge.shapeMeters : 0
            let seconds = edge.lengthMeters / edge.speedMetersPerSecond
            return [(edge.a, seconds * share), (edge.b, seconds * (1 - share))]
        }
    }

    /// Shape of an edge between two places along it, in the direction of travel, without its first point, and the
    /// length by road. `from` above `to` runs from `b` towards `a`.
    func stretch(_ index: Int, from: Double, to: Double) -> (points: [Coordinate], meters: Double) {
        let edge = edges[index]
        let (low, high) = (min(from, to), max(from, to))
        var points = edge.shape.indices.filter { edge.along[$0] > low && edge.along[$0] < high }.map {
            edge.shape[$0]
        }
        if from > to { points.reverse() }
        let share = edge.shapeMeters > 0 ? (high - low) / edge.shapeMeters : 0
        return (points, edge.lengthMeters * share)
    }
}
