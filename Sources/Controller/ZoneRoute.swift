import Traffic
import World

extension ZoneMap {
    /// A way at one height between two places.
    struct Way {
        /// Both ends and what lies between.
        var points: [Coordinate]
        /// The zone it goes round, if any.
        var round: Int?
    }
    enum Search {
        case way(Way)
        /// None was found, for this zone above all.
        case blocked(Int)
    }

    /// Bounds of one search: zones gone round, and legs looked at.
    private static let volumesMax = 12
    private static let legsMax = 1000

    /// The shortest way from `a` to `b` over the corners of the zones in between, at one height, clear of all zones that
    /// apply from `start` to `end`.
    ///
    /// Legs are taken for free until they are on the shortest way: then they are looked at exactly, and the zone that
    /// blocks one adds its corners. So few are looked at, and zones far off the way none at all.
    func way(
        from a: Coordinate, to b: Coordinate, altitude: Double, start: Instant, end: Instant
    ) -> Search {
        func zone(_ from: Coordinate, _ to: Coordinate) -> Int? {
            firstZone(
                from: GeodeticPoint(from), to: GeodeticPoint(to), fromAltitude: altitude,
                toAltitude: altitude, start: start, end: end)
        }
        guard let first = zone(a, b) else { return .way(Way(points: [a, b], round: nil)) }
        var graph = ZoneGraph(a, b)
        graph.set(0, 1, .blocked)
        var volumes = 0
        func add(_ blocking: Int) {
            guard !graph.zones.contains(blocking) else { return }
            graph.zones.append(blocking)
            for ring in corners[blocking] where volumes < Self.volumesMax {
                volumes += 1
                graph.add(ring)
            }
        }
        add(first)
        var legs = 0
        while let path = graph.shortest() {
            var isFree = true
            // A corner of one zone that is in another leads nowhere.
            for i in path.dropFirst().dropLast() where !graph.isKnown[i] {
                graph.isKnown[i] = true
                if let blocking = zone(graph.places[i], graph.places[i]) {
                    graph.block(i)
                    add(blocking)
                    isFree = false
                }
            }
            guard isFree else { continue }
            for (i, k) in zip(path, path.dropFirst()) where graph.leg(i, k) == .unknown {
                guard legs < Self.legsMax else { return .blocked(first) }
                legs += 1
                if let blocking = zone(graph.places[i], graph.places[k]) {
                    graph.set(i, k, .blocked)
                    add(blocking)
                    isFree = false
                    break
                }
                graph.set(i, k, .free)
            }
            if isFree { return .way(Way(points: path.map { graph.places[$0] }, round: first)) }
        }
        return .blocked(first)
    }
}

/// Places and what is known of the legs between them.
private struct ZoneGraph {
    enum Leg: UInt8 { case unknown, free, blocked }

    private(set) var places: [Coordinate]
    /// Metres from the first place, for lengths.
    private var xs: [Double] = []
    private var ys: [Double] = []
    /// Row by row; grows with the places.
    private var legs: [[Leg]]
    var zones: [Int] = []
    /// By place: whether it was looked at.
    var isKnown = [true, true]

    init(_ a: Coordinate, _ b: Coordinate) {
        places = [a, b]
        legs = [[.blocked, .unknown], [.unknown, .blocked]]
        for place in places { locate(place) }
    }

    private mutating func locate(_ place: Coordinate) {
        let d = places[0].displacement(to: place)
        xs.append(d.east)
        ys.append(d.north)
    }

    func leg(_ i: Int, _ k: Int) -> Leg { legs[i][k] }

    mutating func set(_ i: Int, _ k: Int, _ leg: Leg) {
        legs[i][k] = leg
        legs[k][i] = leg
    }

    mutating func block(_ i: Int) {
        for k in places.indices { set(i, k, .blocked) }
    }

    /// Corners around one volume: only between neighbours one flies clear of it.
    mutating func add(_ ring: [Coordinate]) {
        let first = places.count
        for place in ring {
            places.append(place)
            locate(place)
            isKnown.append(false)
        }
        for i in legs.indices { legs[i].append(contentsOf: repeatElement(.unknown, count: ring.count)) }
        for i in ring.indices {
            var row = [Leg](repeating: .unknown, count: places.count)
            for k in ring.indices {
                let apart = (i - k).magnitude
                if apart != 1, apart != UInt(ring.count - 1) { row[first + k] = .blocked }
            }
            legs.append(row)
        }
    }

    /// From the first to the second place over legs not known to be blocked (Dijkstra 1959); of equal ones by number.
    func shortest() -> [Int]? {
        var far = [Double](repeating: .infinity, count: places.count)
        var before = [Int](repeating: -1, count: places.count)
        var isDone = [Bool](repeating: false, count: places.count)
        far[0] = 0
        while true {
            var at = -1
            for i in places.indices where !isDone[i] && far[i] < (at < 0 ? .infinity : far[at]) { at = i }
            if at < 0 { return nil }
            if at == 1 { break }
            isDone[at] = true
            for i in places.indices where !isDone[i] && legs[at][i] != .blocked {
                let (dx, dy) = (xs[i] - xs[at], ys[i] - ys[at])
                let way = far[at] + (dx * dx + dy * dy).squareRoot()
                if way < far[i] {
                    far[i] = way
                    before[i] = at
                }
            }
        }
        var path = [1]
        while let last = path.last, last != 0 { path.append(before[last]) }
        return path.reversed()
    }
}
