/// What each vehicle's plan covers, flat, in single precision rounded outwards: enough to tell without looking at the plan
/// that an insertion must cost more than a limit. It selects and never decides.
struct FleetBounds {
    /// By vehicle: the box around where it is and all its stops, then the longest leg; below 0 where the route has no end.
    private var low: [SIMD4<Float>] = []
    private var high: [SIMD4<Float>] = []
    /// What a millimetre costs, upside down; without end where the straight line says nothing of costs (roads, ways for
    /// nothing).
    private var perCost: [Float] = []
    private(set) var skills: [UInt64] = []
    private(set) var count = 0

    mutating func append() {
        low.append(SIMD4())
        high.append(SIMD4())
        perCost.append(.infinity)
        skills.append(0)
        count += 1
    }

    /// Takes over the plan of vehicle `v`. O(stops).
    mutating func update(_ v: Int, _ set: RouteSet, _ r: Int) {
        let route = set.routes[r]
        var (bottom, top) = (SIMD3<Double>(repeating: .infinity), SIMD3<Double>(repeating: -.infinity))
        var longest: Int64 = 0
        for k in route.frozen..<route.count {
            let spot = route.spot[k]
            guard spot.place >= 0 else { continue }
            let at = SIMD3(spot.x, spot.y, spot.z)
            bottom.replace(with: at, where: at .< bottom)
            top.replace(with: at, where: at .> top)
            if k < route.count - 1 { longest = max(longest, route.leg[k]) }
        }
        let vehicle = set.table.problem.vehicles[v]
        low[v] = SIMD4(
            FleetBounds.below(bottom.x), FleetBounds.below(bottom.y), FleetBounds.below(bottom.z), 0)
        let isOpen = route.spot[route.count - 1].place < 0
        let leg = FleetBounds.above(Double(longest))
        high[v] = SIMD4(
            FleetBounds.above(top.x), FleetBounds.above(top.y), FleetBounds.above(top.z), isOpen ? -leg : leg)
        let says = !set.table.ways[vehicle.mode].isRoad && vehicle.distanceCost > 0
        perCost[v] = says ? FleetBounds.above(1 / Double(vehicle.distanceCost)) : .infinity
        skills[v] = vehicle.skills
    }

    private static func below(_ x: Double) -> Float { Float(x).nextDown }
    private static func above(_ x: Double) -> Float { Float(x).nextUp }

    /// The vehicles that may carry the shipment for less than `limit`, into `found`, with a bound of their cost.
    ///
    /// A point at distance h from everything a route passes, whose longest leg is L, adds at least
    /// `sqrt(L^2 + 4 h^2) - L`; a route without an end that or h, as it need not go on from there.
    func candidates(
        pickup: Spot?, delivery: Spot?, skills needed: UInt64, limit: Int64,
        into found: inout [(Float, Int32)]
    ) {
        found.removeAll(keepingCapacity: true)
        let most = limit == .max ? Float.infinity : FleetBounds.above(Double(limit))
        let p = pickup.map(FleetBounds.range)
        let d = delivery.map(FleetBounds.range)
        low.withUnsafeBufferPointer { low in
            high.withUnsafeBufferPointer { high in
                for v in 0..<count {
                    var square: Float = 0
                    if let p { square = FleetBounds.square(p, low[v], high[v]) }
                    if let d { square = max(square, FleetBounds.square(d, low[v], high[v])) }
                    // In millimetres; 1e-6 covers the roundings of this function.
                    let allowed = most * perCost[v] * 1.000_001
                    let leg = high[v].w.magnitude
                    let isOpen = high[v].w.sign == .minus
                    let isOut =
                        4 * square > allowed * (allowed + 2 * leg) * 1.000_001
                        && (!isOpen || square > allowed * allowed)
                    if isOut || needed & ~skills[v] != 0 { continue }
                    var add = max((leg * leg + 4 * square).squareRoot() - leg * 1.000_001, 0)
                    if isOpen { add = min(add, square.squareRoot()) }
                    found.append((add / perCost[v] * 0.999_998, Int32(v)))
                }
            }
        }
    }

    private static func range(_ spot: Spot) -> (low: SIMD4<Float>, high: SIMD4<Float>) {
        (
            SIMD4(below(spot.x), below(spot.y), below(spot.z), 0),
            SIMD4(above(spot.x), above(spot.y), above(spot.z), 0)
        )
    }

    /// The square of the least distance between a point and a box.
    @inline(__always)
    private static func square(
        _ p: (low: SIMD4<Float>, high: SIMD4<Float>), _ low: SIMD4<Float>, _ high: SIMD4<Float>
    ) -> Float {
        var gap = low - p.high
        let over = p.low - high
        gap.replace(with: over, where: over .> gap)
        gap.replace(with: 0, where: gap .< 0)
        return gap.x * gap.x + gap.y * gap.y + gap.z * gap.z
    }
}
