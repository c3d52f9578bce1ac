/// Where a vehicle joins the network: a point of an edge.
struct RoadAccess {
    let edge: Int
    let point: Coordinate
    /// Metres along the edge's shape, from its `a`.
    let along: Double
    /// `along` as a share of the shape, 0 at `a`, 1 at `b`.
    let share: Double
}

extension RoadGraph {
    /// A node is joined before a point of a road that is nearer by less than this: shapes end up to 22 m from nodes.
    private static let nodePreferenceMeters = 50.0

    /// The nearest point of the roads usable on `date`, the first of equals; nil when there is no usable road.
    ///
    /// Distances are those of the plane of `LocalScale`: off by a percent at 100 km, which is as far as roads are joined.
    func access(from coordinate: Coordinate, on date: Instant?) -> RoadAccess? {
        let scale = LocalScale(latitudeDegrees: coordinate.latitudeDegrees)
        func plane(_ c: Coordinate) -> (x: Double, y: Double) {
            (
                (Double(c.longitudeE7) - Double(coordinate.longitudeE7)) * scale.eastMetersPerE7,
                (Double(c.latitudeE7) - Double(coordinate.latitudeE7)) * scale.northMetersPerE7
            )
        }
        var best = (square: Double.infinity, edge: -1, segment: 0, share: 0.0)
        var nearestEnd = (square: Double.infinity, edge: -1, atB: false)
        for (index, edge) in edges.enumerated() where edge.isUsable(on: date) {
            for atB in [false, true] {
                let p = plane(nodes[atB ? edge.b : edge.a].coordinate)
                let square = p.x * p.x + p.y * p.y
                if square < nearestEnd.square { nearestEnd = (square, index, atB) }
            }
            let (low, high) = (plane(edge.southWest), plane(edge.northEast))
            let x = max(low.x, -high.x, 0)
            let y = max(low.y, -high.y, 0)
            if x * x + y * y >= best.square { continue }
            var a = plane(edge.shape[0])
            for i in edge.shape.indices.dropFirst() {
                let b = plane(edge.shape[i])
                let (dx, dy) = (b.x - a.x, b.y - a.y)
                let squared = dx * dx + dy * dy
                let share = squared > 0 ? (-(a.x * dx + a.y * dy) / squared).clamped(to: 0...1) : 0
                let (px, py) = (a.x + share * dx, a.y + share * dy)
                let square = px * px + py * py
                if square < best.square { best = (square, index, i, share) }
                a = b
            }
        }
        guard best.edge >= 0 else { return nil }
        if nearestEnd.square.squareRoot() <= best.square.squareRoot() + Self.nodePreferenceMeters {
            let edge = edges[nearestEnd.edge]
            return RoadAccess(
                edge: nearestEnd.edge, point: nodes[nearestEnd.atB ? edge.b : edge.a].coordinate,
                along: nearestEnd.atB ? edge.shapeMeters : 0, share: nearestEnd.atB ? 1 : 0)
        }
        let edge = edges[best.edge]
        let (from, to) = (edge.shape[best.segment - 1], edge.shape[best.segment])
        let along =
            edge.along[best.segment - 1]
            + best.share * (edge.along[best.segment] - edge.along[best.segment - 1])
        let point = from.displacement(to: to)
        return RoadAccess(
            edge: best.edge,
            point: from.moved(east: point.east * best.share, north: point.north * best.share), along: along,
            share: edge.shapeMeters > 0 ? along / edge.shapeMeters : 0)
    }
}
