/// For each stop the stops nearest to it, nearest first: where a ruin goes on. Stops at a place that many share (a depot)
/// say nothing about who belongs together and have none. O(n k) memory, found by a grid in O(n k log k).
struct Neighbours {
    let width: Int
    private var lists: [Int32]
    /// Used entries by stop.
    private var counts: [Int32]

    static let crowd = 16

    init(_ table: StopTable, width: Int = 48) {
        let stops = 2 * table.shipments
        self.width = width
        lists = [Int32](repeating: -1, count: stops * width)
        counts = [Int32](repeating: 0, count: stops)
        var telling: [Int32] = []
        var sharing: [Int32: Int] = [:]
        for stop in 0..<stops where Neighbours.exists(table, stop) {
            sharing[table.spot[stop].place, default: 0] += 1
        }
        for stop in 0..<stops where Neighbours.exists(table, stop) {
            if sharing[table.spot[stop].place, default: 0] <= Neighbours.crowd { telling.append(Int32(stop)) }
        }
        guard telling.count > 1 else { return }
        var low = SIMD2(Double.infinity, .infinity)
        var high = -low
        for stop in telling {
            let at = Neighbours.flat(table.spot[Int(stop)])
            low = low.replacing(with: at, where: at .< low)
            high = high.replacing(with: at, where: at .> high)
        }
        let span = max((high - low).x, (high - low).y, 1)
        let side = max(1, min(1024, Int((Double(telling.count) / 3).squareRoot())))
        func cell(_ at: Double, _ low: Double) -> Int {
            max(0, min(side - 1, Int((at - low) / span * Double(side))))
        }
        var cells = [[Int32]](repeating: [], count: side * side)
        for stop in telling {
            let at = Neighbours.flat(table.spot[Int(stop)])
            cells[cell(at.y, low.y) * side + cell(at.x, low.x)].append(stop)
        }
        var found: [(far: Double, stop: Int32)] = []
        for stop in telling {
            let spot = table.spot[Int(stop)]
            let at = Neighbours.flat(spot)
            let (column, row) = (cell(at.x, low.x), cell(at.y, low.y))
            found.removeAll(keepingCapacity: true)
            var ring = 0
            var enough = -1
            // One more ring after there are enough: the corners of a ring are farther than the next ring's middle.
            while ring < side, enough < 0 || ring <= enough + 1 + enough / 2 {
                for y in max(0, row - ring)...min(side - 1, row + ring) {
                    let isEdge = y == row - ring || y == row + ring
                    for x in stride(
                        from: column - ring, through: column + ring, by: isEdge || ring == 0 ? 1 : 2 * ring)
                    where x >= 0 && x < side {
                        for other in cells[y * side + x] where other != stop {
                            let o = table.spot[Int(other)]
                            let (dx, dy, dz) = (o.x - spot.x, o.y - spot.y, o.z - spot.z)
                            found.append((dx * dx + dy * dy + dz * dz, other))
                        }
                    }
                }
                if enough < 0, found.count >= width { enough = ring }
                ring += 1
            }
            found.sort { $0.far < $1.far || ($0.far == $1.far && $0.stop < $1.stop) }
            let kept = min(width, found.count)
            for k in 0..<kept { lists[Int(stop) * width + k] = found[k].stop }
            counts[Int(stop)] = Int32(kept)
        }
    }

    /// Two coordinates that tell places apart: of earth-centred ones those across the meridian of the first place.
    private static func flat(_ spot: Spot) -> SIMD2<Double> {
        spot.z == 0 ? SIMD2(spot.x, spot.y) : SIMD2(spot.y - spot.x, spot.z)
    }

    private static func exists(_ table: StopTable, _ stop: Int) -> Bool {
        switch table.shape[stop >> 1] {
        case .pair: true
        case .deliveryOnly: stop & 1 == 1
        case .pickupOnly: stop & 1 == 0
        }
    }

    func count(_ stop: Int) -> Int { Int(counts[stop]) }
    subscript(stop: Int, k: Int) -> Int { Int(lists[stop &* width &+ k]) }
}
