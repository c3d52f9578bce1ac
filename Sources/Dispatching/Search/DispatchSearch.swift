/// How the search goes about it. The same for every problem.
struct SearchSettings: Sendable {
    /// Shipments a ruin takes out on average, and the longest string it takes out of one route.
    var meanRemoved = 15
    var longestString = 20
    /// One route in so many is overlooked by an insertion.
    var blinkEvery = 100
    /// Temperatures as shares of the mean leg.
    var hottest = 5.0
    var coldest = 0.003
    /// Share of the budget spent on fewer vehicles, where they come first.
    var fleetShare = 0.5
    var memoryBytes = 64 << 20
    /// With more routes, only those are candidates that pass near: one of so many nearest stops is in them.
    var fewRoutes = 12
    /// The first plan looks at all of so many.
    var manyRoutes = 500
    var nearStops = 32
    /// Among few routes one insertion in so many goes astray.
    var strayEvery = 100
    /// Where routes have more stops on average, one step in so many begins another.
    var longRoute = 40
    var openEvery = 3
    /// How many places of a shipment in a route a schedule is asked for.
    var mostProofs = 8
}

/// What is less is better: what must be served and is not, then vehicles where they come first, then cost.
struct Score: Comparable {
    var missing: Int
    var vehicles: Int
    var cost: Int64
    static func < (a: Score, b: Score) -> Bool {
        (a.missing, a.vehicles, a.cost) < (b.missing, b.vehicles, b.cost)
    }
}

/// Plans by ruin and recreate under simulated annealing: any time a complete plan, better the longer it runs. The same
/// problem, seed and calls give the same plan, whatever the machine.
public final class DispatchSearch {
    let set: RouteSet
    let settings: SearchSettings
    var chance: Chance
    let neighbours: Neighbours
    let memory: InsertionMemory
    let scratch = InsertionScratch()
    var absent: [Int32] = []
    var absentKeys: [(Int64, Int32)] = []
    /// The absent in another order, and by shipment: still to be put in it.
    var handing: [Int32] = []
    var isHanding: [Bool] = []
    /// The absent while they are put back.
    var waiting: [Int32] = []
    private var absentBefore: [Int32] = []
    var candidateRoutes: [Int32] = []
    var candidateCount = 0
    var removed: [Int32] = []
    /// By slot: seen in this round.
    var marks: [UInt32] = []
    var round: UInt32 = 0
    var untilBlink = 50
    var fleetLimit = Int.max
    let limits: [Int]
    /// By kind: the kinds that differ from it in nothing but capacity and cost, smallest first.
    let families: [[Int]]
    let legs: Legs
    var compatibility: [Bool] = []
    var alone: [Int64] = []
    var remoteness: [Int64] = []
    /// What is saved by serving each shipment: its refusal, and that of all who wait for it.
    var worth: [Int64] = []
    /// How often each shipment was left over: what is hard to place is placed first.
    private var absences: [Int64]
    private var meanLeg: Int64 = 1
    private var current = Score(missing: 0, vehicles: 0, cost: 0)
    private var best = Score(missing: .max, vehicles: .max, cost: .max)
    /// Of the best plan: kind, number of stops and stops of each route, one after another.
    private var bestStops: [Int32] = []
    private(set) var bestAbsent: [Int32] = []
    /// By route, where there are proofs.
    private var bestProofs: [DispatchPlan.Route?] = []
    var isReducing = false
    public private(set) var iterations = 0
    public internal(set) var evaluations = 0
    /// Places a schedule was asked for.
    public internal(set) var proved = 0
    var places: [InsertionPlace] = []

    public convenience init(_ problem: DispatchProblem, seed: UInt64) {
        self.init(problem, seed: seed, settings: SearchSettings())
    }

    init(
        _ problem: DispatchProblem, seed: UInt64, settings: SearchSettings, start: SearchRoutes? = nil,
        meanLeg known: Int64? = nil
    ) {
        let table = StopTable(problem)
        self.settings = settings
        set = RouteSet(table)
        chance = Chance(seed: seed)
        neighbours = Neighbours(table)
        let kinds = problem.vehicles.count
        limits = problem.vehicles.map(\.count)
        legs = Legs(problem.shipments)
        families = DispatchSearch.families(problem.vehicles)
        let vehicles = limits.reduce(0) { min($0 + $1, DispatchLimits.vehicles) }
        memory = InsertionMemory(
            shipments: table.shipments, slots: min(max(vehicles, 16), table.shipments + 16),
            mostBytes: settings.memoryBytes)
        absences = [Int64](repeating: 0, count: table.shipments)
        for s in 0..<table.shipments {
            var nearest = Int64.max
            for kind in 0..<kinds {
                let fits = table.fits(s, kind)
                let cost = fits ? aloneCost(s, kind) : .max
                compatibility.append(fits)
                alone.append(cost)
                nearest = min(nearest, cost)
            }
            remoteness.append(nearest)
            if !legs.isLeg(s) { absent.append(Int32(s)) }
        }
        worth = (0..<table.shipments).map { table.refusal[$0] }
        if let proofs = set.proofs { worth = proofs.worth }
        makeRoom()
        if let start {
            for route in start.routes { set.rebuild(route.kind, route.stops) }
            absent = start.absent
            makeRoom()
        } else {
            recreate(blinks: false)
        }
        set.keep()
        current = score()
        meanLeg = known ?? max(1, set.cost / Int64(max(1, 2 * table.shipments)))
        isReducing = problem.objective == .vehicles
        takeBest()
    }

    private static func families(_ vehicles: [DispatchVehicle]) -> [[Int]] {
        var members: [DispatchVehicle: [Int]] = [:]
        let keys = vehicles.map { vehicle in
            var key = vehicle
            (key.name, key.count, key.capacity, key.fixedCost, key.distanceCost) = ("", 1, Load(), 0, 0)
            return key
        }
        for (kind, key) in keys.enumerated() { members[key, default: []].append(kind) }
        return keys.map { members[$0, default: []] }
    }

    deinit { memory.deallocate() }

    private func score() -> Score {
        var missing = 0
        var cost = set.cost
        for s in absent {
            let refusal = set.table.refusal[Int(s)]
            if refusal == StopTable.mustServe {
                missing += 1
            } else {
                // However many are refused, however dearly, the sum stays below half of what there is.
                cost = min(cost, (Int64.max >> 1) - refusal) + refusal
            }
        }
        return Score(
            missing: missing,
            vehicles: set.table.problem.objective == .vehicles ? set.active.count : 0, cost: cost)
    }

    /// Some steps of search. `fraction` (0 ... 1) says how much of the budget is spent: the search begins bold and ends
    /// careful. O(1) plans are remembered.
    public func run(steps: Int, fraction: Double) {
        let share = isReducing || settings.fleetShare == 0 ? 0 : fraction
        let ratio = settings.coldest / settings.hottest
        var heat = settings.hottest
        // ratio^share by squaring: powers of libm differ between machines.
        var (bit, power) = (0.5, ratio.squareRoot())
        var left = min(max(share, 0), 1)
        for _ in 0..<24 {
            if left >= bit {
                left -= bit
                heat *= power
            }
            bit /= 2
            power = power.squareRoot()
        }
        let temperature = Int64(heat * Double(meanLeg))
        for _ in 0..<steps { step(temperature, fraction) }
    }

    private func step(_ temperature: Int64, _ fraction: Double) {
        iterations += 1
        if isReducing {
            if fraction >= settings.fleetShare {
                endReducing()
            } else if current.missing == 0 {
                dropRoute()
            }
        }
        absentBefore.removeAll(keepingCapacity: true)
        absentBefore.append(contentsOf: absent)
        ruin()
        recreate(blinks: true)
        let new = score()
        if accepts(new, temperature) {
            set.keep()
            current = new
            if new < best { takeBest() }
        } else {
            set.undo()
            swap(&absent, &absentBefore)
        }
    }

    private func accepts(_ new: Score, _ temperature: Int64) -> Bool {
        let isCheaper = new.cost < current.cost &+ ((temperature &* chance.exponential()) >> 10)
        if new.missing == 0, current.missing == 0 { return isCheaper }
        for s in absent { absences[Int(s)] += 1 }
        if new.missing < current.missing { return true }
        // Where vehicles do not come first, what nobody can carry is no reason not to carry the rest well.
        if !isReducing, new.missing == current.missing, isCheaper { return true }
        return absent.reduce(0) { $0 + absences[Int($1)] } < absentBefore.reduce(0) { $0 + absences[Int($1)] }
    }

    // MARK: Fewer vehicles

    /// Empties the route whose shipments were left over least, and closes it.
    private func dropRoute() {
        var least = Int64.max
        var chosen = -1
        for r in set.active {
            let route = set.routes[Int(r)]
            var sum: Int64 = 0
            for k in 1..<route.count - 1 { sum += absences[Int(route.ids[k]) >> 1] }
            if sum < least {
                least = sum
                chosen = Int(r)
            }
        }
        guard chosen >= 0, set.active.count > 1 else {
            isReducing = false
            return
        }
        let route = set.routes[chosen]
        removed.removeAll(keepingCapacity: true)
        for k in 1..<route.count - 1 { removed.append(route.ids[k] >> 1) }
        for s in removed where set.isServed(Int(s)) { takeOut(Int(s)) }
        settleTouched()
        set.keep()
        fleetLimit = set.active.count
        current = score()
    }

    private func endReducing() {
        isReducing = false
        restoreBest()
        fleetLimit = max(set.active.count, 1)
    }

    // MARK: The best so far

    private func takeBest() {
        best = current
        bestStops.removeAll(keepingCapacity: true)
        for r in set.active {
            let route = set.routes[Int(r)]
            bestStops.append(route.kind)
            bestStops.append(Int32(route.count - 2))
            bestStops.append(contentsOf: UnsafeBufferPointer(start: route.ids + 1, count: route.count - 2))
        }
        if let proofs = set.proofs { bestProofs = set.active.map { proofs.routes[Int($0)] } }
        bestAbsent.removeAll(keepingCapacity: true)
        bestAbsent.append(contentsOf: absent)
    }

    /// Kind and stops of the routes of the best plan.
    var bestRoutes: [(kind: Int, stops: ArraySlice<Int32>)] {
        var routes: [(kind: Int, stops: ArraySlice<Int32>)] = []
        var k = 0
        while k < bestStops.count {
            let count = Int(bestStops[k + 1])
            routes.append((Int(bestStops[k]), bestStops[k + 2..<k + 2 + count]))
            k += 2 + count
        }
        return routes
    }

    private func empty() {
        for s in 0..<set.table.shipments where set.isServed(s) { set.remove(s) }
        for r in set.touched { set.refresh(Int(r)) }
        set.keep()
    }

    /// Goes on from these routes, of a problem without proofs; they are the best plan too when they are better.
    func take(_ other: SearchRoutes) {
        empty()
        for route in other.routes { set.rebuild(route.kind, route.stops) }
        makeRoom()
        set.keep()
        absent = other.absent
        current = score()
        if current < best { takeBest() }
    }

    /// A search of a part of the problem, as hot as this one.
    func part(_ problem: DispatchProblem, _ start: SearchRoutes, seed: UInt64) -> DispatchSearch {
        DispatchSearch(problem, seed: seed, settings: settings, start: start, meanLeg: meanLeg)
    }

    private func restoreBest() {
        empty()
        for (r, route) in bestRoutes.enumerated() {
            let slot = set.rebuild(route.kind, Array(route.stops))
            if bestProofs.indices.contains(r), let proof = bestProofs[r] { set.settle(slot, proof) }
        }
        set.keep()
        absent = bestAbsent
        current = score()
    }

    /// The best plan so far. With times and energy stops where the problem has more than windows, loads and ways;
    /// otherwise without: the earliest hold.
    public var plan: DispatchPlan {
        var plan = DispatchPlan()
        for (r, route) in bestRoutes.enumerated() {
            let proof = set.proofs.map { bestProofs[r] ?? $0.prove(route.kind, Array(route.stops), .init()) }
            plan.routes.append(
                (proof ?? nil)
                    ?? DispatchPlan.Route(
                        vehicle: route.kind,
                        stops: route.stops.map {
                            DispatchPlan.Stop($0 & 1 == 0 ? .pickup : .delivery, Int($0) >> 1)
                        }))
        }
        plan.unserved = bestAbsent.map(Int.init).sorted()
        return plan
    }

    public var bestVehicles: Int { plan.routes.count }
    public var bestCost: Int64 { best.cost }
    public var bestMissing: Int { best.missing }
}
