import Glibc

/// The search in two regions side by side: the routes are parted along a line, each side is searched by itself for a
/// while, then they are joined and parted along another line. The parting is part of the search, not of the machine: one
/// thread or two give the same plan.
public final class RegionSearch {
    private let whole: DispatchSearch
    private let problem: DispatchProblem
    /// Nil: nothing is parted.
    private let threads: Int?
    private var chance: Chance
    private var halves: [Half] = []
    private var left = 0
    public private(set) var iterations = 0

    private struct Half {
        let search: DispatchSearch
        /// Of the whole problem, ascending.
        let shipments: [Int]
    }

    /// Fewer shipments are not parted.
    static let fewest = 64

    /// - Parameter threads: 1 or 2 part the routes where nothing ties them together (docks, hand-overs, legs) and
    ///   vehicles do not come first; nil searches the whole at once.
    public init(_ problem: DispatchProblem, seed: UInt64, threads: Int? = nil) {
        self.problem = problem
        whole = DispatchSearch(problem, seed: seed)
        chance = Chance(seed: seed ^ 0x5245_4749_4F4E)
        let parts =
            whole.set.proofs == nil && problem.shipments.count >= Self.fewest
            && problem.objective != .vehicles && !problem.shipments.contains { $0.legOf != nil }
        self.threads = parts ? threads : nil
    }

    /// As `DispatchSearch.run`; the same calls give the same plan.
    public func run(steps: Int, fraction: Double) {
        iterations += steps
        guard let threads else { return whole.run(steps: steps, fraction: fraction) }
        var steps = steps
        while steps > 0 {
            if left == 0 {
                join()
                part()
                left = 20 * problem.shipments.count
            }
            let now = min(steps, left)
            let (one, other) = (halves[0].search, halves[1].search)
            Self.sideBySide(
                threads, { one.run(steps: (now + 1) / 2, fraction: fraction) },
                { other.run(steps: now / 2, fraction: fraction) })
            steps -= now
            left -= now
        }
    }

    /// The best plan so far.
    public var plan: DispatchPlan {
        takeBest()
        return whole.plan
    }
    public var bestCost: Int64 {
        takeBest()
        return whole.bestCost
    }
    public var bestMissing: Int {
        takeBest()
        return whole.bestMissing
    }

    // MARK: Parting and joining

    private func takeBest() {
        guard !halves.isEmpty else { return }
        let score = halves.reduce(Score(missing: 0, vehicles: 0, cost: 0)) {
            Score(
                missing: $0.missing + $1.search.bestMissing, vehicles: 0, cost: $0.cost + $1.search.bestCost)
        }
        if score < Score(missing: whole.bestMissing, vehicles: 0, cost: whole.bestCost) {
            whole.take(joined { $0.bestRoutesAndAbsent })
        }
    }

    private func join() {
        guard !halves.isEmpty else { return }
        takeBest()
        whole.take(joined { $0.currentRoutesAndAbsent })
    }

    private func joined(_ told: (DispatchSearch) -> SearchRoutes) -> SearchRoutes {
        var all = SearchRoutes()
        for half in halves {
            let routes = told(half.search)
            for route in routes.routes {
                let stops = route.stops.map { Int32(2 * half.shipments[Int($0) >> 1]) + ($0 & 1) }
                all.routes.append((route.kind, stops))
            }
            all.absent += routes.absent.map { Int32(half.shipments[Int($0)]) }
        }
        return all
    }

    /// Along a line in any direction, so that each side has about half of the stops.
    private func part() {
        let (x, y, z) = (chance.unit() - 0.5, chance.unit() - 0.5, chance.unit() - 0.5)
        let table = whole.set.table
        func along(_ stop: Int32) -> Double {
            let spot = table.spot[Int(stop)]
            return spot.x * x + spot.y * y + spot.z * z
        }
        let all = whole.currentRoutesAndAbsent
        var order: [(place: Double, route: Int)] = []
        for (r, route) in all.routes.enumerated() {
            order.append((route.stops.reduce(0) { $0 + along($1) } / Double(route.stops.count), r))
        }
        order.sort { $0 < $1 }
        let stops = all.routes.reduce(0) { $0 + $1.stops.count }
        var (sides, taken, line) = ([SearchRoutes(), SearchRoutes()], 0, Double.infinity)
        for (place, r) in order {
            let side = 2 * taken < stops ? 0 : 1
            if side == 1 { line = min(line, place) }
            sides[side].routes.append(all.routes[r])
            taken += all.routes[r].stops.count
        }
        for s in all.absent {
            let stop = table.shape[Int(s)] == .deliveryOnly ? 2 * s + 1 : 2 * s
            sides[along(stop) < line ? 0 : 1].absent.append(s)
        }
        var spare = problem.vehicles.map(\.count)
        for route in all.routes { spare[route.kind] -= 1 }
        let first = spare.map { $0 - $0 / 2 }
        halves = [
            half(sides[0], spare: first),
            half(sides[1], spare: zip(spare, first).map { $0 - $1 }),
        ]
    }

    private func half(_ side: SearchRoutes, spare: [Int]) -> Half {
        let shipments = (side.routes.flatMap { $0.stops.map { Int($0) >> 1 } } + side.absent.map(Int.init))
        let own = Set(shipments).sorted()
        var index = [Int32](repeating: -1, count: problem.shipments.count)
        for (i, s) in own.enumerated() { index[s] = Int32(i) }
        var part = problem
        part.shipments = own.map { problem.shipments[$0] }
        for v in part.vehicles.indices { part.vehicles[v].count = spare[v] }
        for route in side.routes { part.vehicles[route.kind].count += 1 }
        var start = SearchRoutes()
        start.routes = side.routes.map { route in
            (route.kind, route.stops.map { 2 * index[Int($0) >> 1] + ($0 & 1) })
        }
        start.absent = side.absent.map { index[Int($0)] }
        return Half(search: whole.part(part, start, seed: UInt64(chance.below(1 << 31))), shipments: own)
    }

    /// Both at once where there are two threads.
    private static func sideBySide(_ threads: Int, _ one: () -> Void, _ other: () -> Void) {
        guard threads > 1 else {
            one()
            return other()
        }
        withoutActuallyEscaping(other) { other in
            let piece = Unmanaged.passRetained(Piece(other))
            var thread = pthread_t()
            let result = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let piece = Unmanaged<Piece>.fromOpaque(argument).takeUnretainedValue()
                    var signals = sigset_t()
                    sigfillset(&signals)
                    pthread_sigmask(SIG_BLOCK, &signals, nil)
                    piece.work()
                    return nil
                }, piece.toOpaque())
            one()
            if result == 0 { pthread_join(thread, nil) } else { other() }
            piece.release()
        }
    }

    private final class Piece {
        let work: () -> Void
        init(_ work: @escaping () -> Void) { self.work = work }
    }
}

/// Kind and stops of routes, and the shipments in none.
struct SearchRoutes {
    var routes: [(kind: Int, stops: [Int32])] = []
    var absent: [Int32] = []
}

extension DispatchSearch {
    var bestRoutesAndAbsent: SearchRoutes {
        SearchRoutes(routes: bestRoutes.map { ($0.kind, Array($0.stops)) }, absent: bestAbsent)
    }

    var currentRoutesAndAbsent: SearchRoutes {
        let routes = set.active.map { r in
            let route = set.routes[Int(r)]
            return (
                Int(route.kind),
                Array(UnsafeBufferPointer(start: route.ids + 1, count: route.count - 2))
            )
        }
        return SearchRoutes(routes: routes, absent: absent)
    }
}
