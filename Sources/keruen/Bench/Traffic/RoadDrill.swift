import Traffic
import World

// Trucks that obey the table, late and inexactly, on roads made to jam.

extension SplitMix64 {
    /// One of 0 ..< n.
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
}

/// What is wrong with a truck.
enum RoadFault { case none, stopsAndSays, stopsAndPretends, stopsAndFallsSilent }

struct RoadDrillTruck {
    var route: [Int32]
    var front: Double
    var speed = 0.0
    var type = RoadTruckType()
    var entersAt = 0.0
    var fault = RoadFault.none
    var failsAt = Double.infinity
    /// Set by the drill.
    var isInside = false
    var isDone = false
    var arrivedAt = 0.0
    var waits = 0.0
    var longestWait = 0.0
}

struct RoadDrill {
    let layout: RoadLayout
    var trucks: [RoadDrillTruck]
    var traffic: RoadTraffic
    var latencySeconds = 0.3
    var noiseMeters = 0.8
    var dice: SplitMix64
    var now = 0.0
    let tick = 0.1
    private var sent: [[(limit: Double, authority: Double, brakes: Bool)]] = []
    private var measured: [[RoadReport]] = []

    /// Findings: must all be 0, or infinite.
    var overlaps = 0
    var intrusions = 0
    var least = Double.infinity
    var hashes: UInt64 = 0
    var arrived = 0
    /// Trucks whose entry the table refuses wait outside.
    var entryRefusals = 0

    init?(
        _ layout: RoadLayout, _ trucks: [RoadDrillTruck], seed: UInt64,
        settings: RoadSettings = RoadSettings()
    ) {
        guard
            let traffic = RoadTraffic(layout: layout, truckCapacity: max(trucks.count, 1), settings: settings)
        else { return nil }
        self.layout = layout
        self.trucks = trucks
        self.traffic = traffic
        dice = SplitMix64(seed: seed)
        sent = Array(repeating: [], count: trucks.count)
        measured = Array(repeating: [], count: trucks.count)
    }

    /// Until all arrived, or nobody moved for `patience` seconds, or `seconds` passed. Returns who did not arrive.
    mutating func run(seconds: Double, patience: Double = 200) -> Int {
        var still = 0.0
        while now < seconds, arrived < trucks.count {
            let moved = advance()
            still = moved ? 0 : still + tick
            if still > patience { break }
        }
        return trucks.count - arrived
    }

    /// One tick of the world. False when nobody moved.
    mutating func advance() -> Bool {
        now += tick
        var reports: [RoadReport] = []
        let late = Int((latencySeconds / tick).rounded())
        for i in trucks.indices where !trucks[i].isDone {
            if !trucks[i].isInside {
                guard now >= trucks[i].entersAt else { continue }
                switch traffic.add(Int32(i), trucks[i].type, route: trucks[i].route, at: trucks[i].front) {
                case .success: trucks[i].isInside = true
                case .failure: entryRefusals += 1
                }
                continue
            }
            let noise = (dice.unit() * 2 - 1) * noiseMeters
            measured[i].append(
                RoadReport(
                    truck: Int32(i), routeMeters: trucks[i].front + noise, speed: trucks[i].speed,
                    measuredSeconds: now,
                    isDisabled: trucks[i].fault == .stopsAndSays && now >= trucks[i].failsAt))
            if trucks[i].fault == .stopsAndFallsSilent, now >= trucks[i].failsAt { continue }
            if measured[i].count > late { reports.append(measured[i].removeFirst()) }
        }
        traffic.step(now: now, reports: reports)
        hashes = (hashes &* 31) ^ traffic.hash()
        var moved = false
        for i in trucks.indices where trucks[i].isInside && !trucks[i].isDone {
            if let a = traffic.advisory(of: Int32(i)) {
                sent[i].append((a.speedLimit, a.authorityMeters, a.brakes))
            }
            guard sent[i].count > late else { continue }
            drive(i, sent[i].removeFirst())
            if trucks[i].speed > 0.01 { moved = true }
        }
        check()
        return moved
    }

    private mutating func drive(_ i: Int, _ order: (limit: Double, authority: Double, brakes: Bool)) {
        var wanted = order.limit
        if now >= trucks[i].failsAt, trucks[i].fault != .none { wanted = 0 }
        let most = trucks[i].type.brakingAtLeast
        let change = max(min((wanted - trucks[i].speed) / tick, 1.0), -most)
        let before = trucks[i].speed
        trucks[i].speed = max(before + change * tick, 0)
        trucks[i].front += (before + trucks[i].speed) / 2 * tick
        if trucks[i].speed < 0.3 {
            trucks[i].waits += tick
            trucks[i].longestWait = max(trucks[i].longestWait, trucks[i].waits)
        } else {
            trucks[i].waits = 0
        }
        let total = trucks[i].route.reduce(0) { $0 + layout.sections[Int($1)].lengthMeters }
        if trucks[i].front > total - 6, trucks[i].speed < 1 {
            traffic.remove(Int32(i))
            trucks[i].isDone = true
            trucks[i].arrivedAt = now
            arrived += 1
        }
    }

    /// The truth, without the table: nobody on top of another, no zone with more than it takes.
    private mutating func check() {
        var inSection: [[(rear: Double, front: Double, truck: Int)]] = Array(
            repeating: [], count: layout.sections.count)
        var inZone: [[(truck: Int, direction: UInt8)]] = Array(repeating: [], count: layout.zones.count)
        for i in trucks.indices where trucks[i].isInside && !trucks[i].isDone {
            let t = trucks[i]
            var start = 0.0
            for s in t.route {
                let section = layout.sections[Int(s)]
                let (rear, front) = (t.front - t.type.lengthMeters - start, t.front - start)
                if front > 0, rear < section.lengthMeters {
                    inSection[Int(s)].append((rear, front, i))
                    if section.zone >= 0, !inZone[Int(section.zone)].contains(where: { $0.truck == i }) {
                        inZone[Int(section.zone)].append((i, section.direction))
                    }
                }
                start += section.lengthMeters
                if start > t.front { break }
            }
        }
        for s in inSection.indices where inSection[s].count > 1 {
            let row = inSection[s].sorted { ($0.front, $0.truck) < ($1.front, $1.truck) }
            for n in row.indices.dropLast() {
                let gap = row[n + 1].rear - row[n].front
                least = min(least, gap)
                if gap < 0 { overlaps += 1 }
            }
        }
        for z in inZone.indices where inZone[z].count > 1 {
            let isMixed = inZone[z].contains { $0.direction != inZone[z][0].direction }
            if inZone[z].count > layout.zones[z].capacity || isMixed { intrusions += 1 }
        }
    }
}

// MARK: Roads that jam

enum RoadYard {
    static let yardMeters = 3000.0

    /// A one-way ring of `k` sections, each for one truck; `k + 1` trucks come in at every corner and go `hops` on.
    static func ring(_ k: Int, hops: Int, seed: UInt64) -> (RoadLayout?, [RoadDrillTruck]) {
        var sections: [RoadLayout.Section] = []
        for _ in 0..<k { sections.append(.init(lengthMeters: 24, speedLimit: 10)) }
        for _ in 0..<2 * k { sections.append(.init(lengthMeters: yardMeters, speedLimit: 10)) }
        let trucks = (0...k).map { n -> RoadDrillTruck in
            let start = n % k
            var route = [Int32(k + start)]
            for h in 0..<hops { route.append(Int32((start + h) % k)) }
            route.append(Int32(2 * k + (start + hops) % k))
            return RoadDrillTruck(route: route, front: yardMeters - 60 - Double(n / k) * 40)
        }
        return (RoadLayout(sections: sections, zones: []), trucks)
    }

    /// `n` by `n` crossings, each a zone for one; streets of 30 m between them both ways: one truck long. Trucks
    /// come from all borders and turn at random.
    static func grid(_ n: Int, trucks count: Int, streetMeters: Double = 30, seed: UInt64) -> (
        RoadLayout?, [RoadDrillTruck]
    ) {
        var dice = SplitMix64(seed: seed)
        var sections: [RoadLayout.Section] = []
        let steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
        // Lane into each crossing from each side, then the crossing's own way from side to side, then ways out.
        func inside(_ r: Int, _ c: Int) -> Bool { r >= 0 && c >= 0 && r < n && c < n }
        func lane(_ r: Int, _ c: Int, _ d: Int) -> Int32 { Int32((r * n + c) * 8 + d) }
        for r in 0..<n {
            for c in 0..<n {
                for d in 0..<4 {
                    // Driving in direction d into (r, c).
                    let comesFromYard = !inside(r - steps[d].0, c - steps[d].1)
                    sections.append(
                        .init(lengthMeters: comesFromYard ? yardMeters : streetMeters, speedLimit: 12))
                }
                for _ in 0..<4 {
                    sections.append(
                        .init(lengthMeters: 15, speedLimit: 8, zone: Int32(r * n + c), mayStand: false))
                }
            }
        }
        let out = Int32(sections.count)
        for _ in 0..<4 * n * n { sections.append(.init(lengthMeters: yardMeters, speedLimit: 12)) }
        var trucks: [RoadDrillTruck] = []
        var queued = [Double](repeating: 0, count: sections.count)
        while trucks.count < count {
            var d = dice.below(4)
            let side = dice.below(n)
            var (r, c) = [(side, 0), (0, side), (side, n - 1), (n - 1, side)][d]
            var route: [Int32] = []
            let first = lane(r, c, d)
            while inside(r, c), route.count < 60 {
                route.append(lane(r, c, d))
                route.append(lane(r, c, 4 + d))
                d = (d + [0, 0, 1, 3][dice.below(4)]) % 4
                (r, c) = (r + steps[d].0, c + steps[d].1)
            }
            guard !inside(r, c) else { continue }
            route.append(out + Int32(((r - steps[d].0) * n + c - steps[d].1) * 4 + d))
            let at = yardMeters - 40 - queued[Int(first)]
            guard at > 100 else { continue }
            queued[Int(first)] += 30
            trucks.append(RoadDrillTruck(route: route, front: at))
        }
        return (RoadLayout(sections: sections, zones: .init(repeating: .init(), count: n * n)), trucks)
    }

    /// Works on one lane after another, driven from both ends, with `bay` metres both ways between them.
    static func works(
        _ count: Int, trucks: Int, worksMeters: Double = 150, bay: Double = 45, capacity: Int = 6
    ) -> (
        RoadLayout?, [RoadDrillTruck]
    ) {
        var sections: [RoadLayout.Section] = []
        var there: [Int32] = [0]
        var back: [Int32] = []
        sections.append(.init(lengthMeters: yardMeters, speedLimit: 15))
        sections.append(.init(lengthMeters: yardMeters, speedLimit: 15))
        back.append(1)
        for w in 0..<count {
            for d in 0..<2 {
                let s = Int32(sections.count)
                sections.append(
                    .init(
                        lengthMeters: worksMeters, speedLimit: 10, zone: Int32(w), direction: UInt8(d),
                        mayStand: false))
                if d == 0 { there.append(s) } else { back.append(s) }
            }
            for d in 0..<2 {
                let s = Int32(sections.count)
                sections.append(.init(lengthMeters: w + 1 == count ? yardMeters : bay, speedLimit: 15))
                if d == 0 { there.append(s) } else { back.append(s) }
            }
        }
        back.reverse()
        let list = (0..<trucks).map { n in
            RoadDrillTruck(route: n % 2 == 0 ? there : back, front: yardMeters - 20 - Double(n / 2) * 25)
        }
        return (
            RoadLayout(
                sections: sections, zones: .init(repeating: .init(capacity: capacity, batch: 4), count: count)
            ),
            list
        )
    }

    /// Sections at random, with zones at random; walks at random between yards.
    static func random(nodes: Int, trucks count: Int, seed: UInt64) -> (RoadLayout?, [RoadDrillTruck]) {
        var dice = SplitMix64(seed: seed)
        var sections: [RoadLayout.Section] = []
        var next: [[Int32]] = []
        for _ in 0..<nodes {
            let isZone = dice.below(3) == 0
            sections.append(
                .init(
                    lengthMeters: 20 + dice.unit() * 40, speedLimit: 12,
                    zone: isZone ? Int32(dice.below(max(nodes / 6, 1))) : -1, mayStand: !isZone))
            next.append((0..<3).map { _ in Int32(dice.below(nodes)) })
        }
        let yards = 8
        for _ in 0..<2 * yards { sections.append(.init(lengthMeters: yardMeters, speedLimit: 12)) }
        var trucks: [RoadDrillTruck] = []
        for n in 0..<count {
            var route = [Int32(nodes + n % yards)]
            // A yard opens into the same sections always.
            var at = Int32((n % yards) * nodes / yards)
            for _ in 0..<4 + dice.below(12) {
                if route.contains(at) { break }
                route.append(at)
                at = next[Int(at)][dice.below(3)]
            }
            route.append(Int32(nodes + yards + dice.below(yards)))
            trucks.append(RoadDrillTruck(route: route, front: yardMeters - 30 - Double(n / yards) * 30))
        }
        return (
            RoadLayout(
                sections: sections,
                zones: (0..<max(nodes / 6, 1)).map { _ in .init(capacity: 1 + dice.below(2)) }),
            trucks
        )
    }
}
