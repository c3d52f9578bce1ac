import World

/// A way by road as a truck gets it: thinned, with metres by road to each point, and the chargers beside it.
struct PreparedRoute: Sendable {
    /// From start to end.
    var points: [Coordinate]
    var alongMeters: [Double]
    var lengthMeters: Double
    var seconds: Double
    var chargers: [Charger]

    struct Charger: Sendable {
        /// Index into the configuration's bases.
        var base: Int
        /// Nearest point of the route, and how far the charger lies from it.
        var point: Int
        var offMeters: Double
    }
}

/// Ways that were asked for before: the same pickups, deliveries and parking places come again and again.
struct RouteCache: Sendable {
    private struct Key: Hashable {
        var from: Coordinate
        var to: Coordinate
        /// Roads open at midnight UTC.
        var day: Int64
    }
    private var known: [Key: PreparedRoute?] = [:]
    private(set) var misses = 0
    static let limit = 2048

    mutating func find(
        _ from: Coordinate, _ to: Coordinate, on: Instant, make: () -> PreparedRoute?
    ) -> PreparedRoute? {
        let key = Key(from: from, to: to, day: on.nanoseconds / 86_400_000_000_000)
        if let route = known[key] { return route }
        misses += 1
        if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
        let route = make()
        known[key] = .some(route)
        return route
    }
}

extension Controller {
    /// The best way by road, thinned to `routeToleranceMeters`; nil when there is none.
    mutating func road(_ from: Coordinate, _ to: Coordinate) -> PreparedRoute? {
        let (geography, configuration, now) = (geography, configuration, now)
        return routes.find(from, to, on: now) {
            guard let route = geography.route(from, to, now), route.lengthMeters.isFinite,
                route.lengthMeters >= 0, let last = route.points.last
            else { return nil }
            var points = thinned(
                route.points, toleranceMeters: configuration.routeToleranceMeters,
                atMost: configuration.routePointsMax, keeping: { geography.roads?.isEnd($0) ?? false })
            points.append(last)
            var along = [0.0]
            for i in points.indices.dropFirst() {
                along.append(along[i - 1] + points[i - 1].meters(to: points[i]))
            }
            // Metres by road are published ones, a little more than the shape has.
            let shape = along[along.count - 1]
            if shape > 0 { for i in along.indices { along[i] *= route.lengthMeters / shape } }
            return PreparedRoute(
                points: points, alongMeters: along, lengthMeters: route.lengthMeters,
                seconds: route.seconds.isFinite ? max(route.seconds, 0) : 0,
                chargers: chargers(beside: points, configuration))
        }
    }
}

/// In the order of the route.
private func chargers(
    beside points: [Coordinate], _ configuration: ControllerConfiguration
) -> [PreparedRoute.Charger] {
    var found: [PreparedRoute.Charger] = []
    // A degree of longitude is at least a quarter of one of latitude below 75 degrees.
    let reachE7 = Int64(configuration.chargerDetourMeters.clamped(to: 0...100_000) / 0.0111) * 4
    for (index, base) in configuration.bases.enumerated() where base.kinds.contains(.truck) {
        let at = base.stop.coordinate
        var best = PreparedRoute.Charger(
            base: index, point: -1, offMeters: configuration.chargerDetourMeters)
        for i in points.indices {
            guard abs(Int64(points[i].latitudeE7) - Int64(at.latitudeE7)) <= reachE7,
                abs(Int64(points[i].longitudeE7) - Int64(at.longitudeE7)) <= reachE7
            else { continue }
            let off = points[i].meters(to: at)
            if off <= best.offMeters {
                best.offMeters = off
                best.point = i
            }
        }
        if best.point >= 0 { found.append(best) }
    }
    found.sort { ($0.point, $0.base) < ($1.point, $1.base) }
    return found
}

/// Douglas-Peucker, without the last point; doubles the tolerance until at most `atMost` points remain. Points `keeping`
/// says stay, unless there are too many of them.
func thinned(
    _ points: [Coordinate], toleranceMeters: Double, atMost: Int,
    keeping isFixed: (Coordinate) -> Bool = { _ in false }
) -> [Coordinate] {
    guard points.count > 2 else { return Array(points.dropLast()) }
    var tolerance = max(toleranceMeters, 1)
    var fixed = points.indices.dropFirst().dropLast().filter { isFixed(points[$0]) }
    if fixed.count > max(atMost, 1) / 2 { fixed = [] }
    let ends = [0] + fixed + [points.count - 1]
    while true {
        var keep = [Bool](repeating: false, count: points.count)
        for i in ends { keep[i] = true }
        var open = zip(ends, ends.dropFirst()).map { ($0, $1) }
        while let (first, last) = open.popLast() {
            guard last - first > 1 else { continue }
            var worst = 0.0
            var at = first
            for i in first + 1..<last {
                let off = offLine(points[i], points[first], points[last])
                if off > worst {
                    worst = off
                    at = i
                }
            }
            if worst > tolerance {
                keep[at] = true
                open.append((first, at))
                open.append((at, last))
            }
        }
        let rest = points.indices.dropLast().filter { keep[$0] }
        if rest.count <= max(atMost, 1) { return rest.map { points[$0] } }
        tolerance *= 2
    }
}

/// Metres from `p` to the stretch between `a` and `b`.
func offLine(_ p: Coordinate, _ a: Coordinate, _ b: Coordinate) -> Double {
    let ab = a.displacement(to: b)
    let ap = a.displacement(to: p)
    let square = ab.east * ab.east + ab.north * ab.north
    let share = square > 0 ? ((ap.east * ab.east + ap.north * ab.north) / square).clamped(to: 0...1) : 0
    let (e, n) = (ap.east - ab.east * share, ap.north - ab.north * share)
    return (e * e + n * n).squareRoot()
}
