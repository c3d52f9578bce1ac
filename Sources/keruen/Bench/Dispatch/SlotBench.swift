import CLinux
import Dispatching
import World

/// Fairness, gaming and speed of the slot market.
///
/// *Normalised delay* of an owner: the sum over its journeys of the time from being ready to the end of the slot, divided by
/// the same sum when each journey is alone in the world (the first slot that begins when it is ready, filed in time). A
/// journey not served counts as if it were served four hours after the last slot of use to it. *Jain index* of u over n
/// owners: (sum u)^2 / (n sum u^2); 1 when all are alike.
func slotRows(seeds: Int = 30) -> [BenchRow] {
    do {
        return try slotFairness(seeds: min(seeds, 10)) + slotOverload(seeds: min(seeds, 10))
            + slotGaming(seeds: seeds) + slotSpeed()
    } catch {
        return [
            .atMost(.infinity, must: 0, goal: 0, unit: "", "slot market", reference: "\(error)")
        ]
    }
}

/// Time from ready to the end of the slot, and the same alone.
func slotStay(_ journey: SlotJourney, _ world: SlotWorld) -> (stay: Int64, alone: Int64) {
    let length = world.places[journey.place].slotMilliseconds
    let alone = (journey.ready + length - 1) / length * length + length - journey.ready
    let slot = journey.slot ?? journey.latest + 4 * SlotWorld.hour
    return (slot + length - journey.ready, alone)
}

/// Normalised delay of the journeys picked.
func slotDelay(_ journeys: [SlotJourney], _ world: SlotWorld, _ isMeant: (SlotJourney) -> Bool) -> Double {
    var (stay, alone): (Int64, Int64) = (0, 0)
    for journey in journeys where !journey.isPhantom && isMeant(journey) {
        let one = slotStay(journey, world)
        (stay, alone) = (stay + one.stay, alone + one.alone)
    }
    return alone > 0 ? Double(stay) / Double(alone) : 0
}

func jain(_ values: [Double]) -> Double {
    let sum = values.reduce(0, +)
    let squares = values.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / (Double(values.count) * squares) : 1
}

func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

// MARK: - Three owners, saturated hubs

/// Three hubs, 80/15/5% of the journeys; the large files by bot a day ahead, the small when it is nearly there.
private func hubs() -> SlotWorld {
    let place = { (k: UInt64) in
        SlotPlace(
            identity: k, capacity: 6, slotMilliseconds: SlotWorld.slot, freezeSlots: 1, noticeSlots: 0)
    }
    var world = SlotWorld(
        places: [place(1), place(2), place(3)],
        companies: [(80, 0, 800), (15, 1, 150), (5, 2, 50)], load: 950)
    world.lead = { company, random in
        let hour = UInt64(SlotWorld.hour)
        switch company {
        case 0: return 24 * SlotWorld.hour
        case 1: return Int64(hour + random.next() % (11 * hour))
        default: return 8 * 60_000 + Int64(random.next() % hour)
        }
    }
    return world
}

private func slotFairness(seeds: Int) throws -> [BenchRow] {
    let world = hubs()
    var (ours, peer, costs): ([Double], [Double], [Double]) = ([], [], [])
    var (gains, peerGains): ([Double], [Double]) = ([], [])
    var delays = [0.0, 0, 0]
    var peerDelays = [0.0, 0, 0]
    for seed in 1...UInt64(seeds) {
        let journeys = world.journeys(seed: seed)
        var play = try SlotPlay(world, journeys, seed: seed)
        try play.run()
        let clicked = firstFiled(world, journeys)
        let u = (0..<3).map { owner in slotDelay(play.journeys, world) { $0.company == owner } }
        let v = (0..<3).map { owner in slotDelay(clicked, world) { $0.company == owner } }
        for owner in 0..<3 {
            delays[owner] += u[owner] / Double(seeds)
            peerDelays[owner] += v[owner] / Double(seeds)
        }
        ours.append(jain(u))
        peer.append(jain(v))
        costs.append(slotDelay(play.journeys, world) { _ in true } / slotDelay(clicked, world) { _ in true })
        for owner in 0..<3 {
            let (early, late) = (
                filed(journeys, by: owner, 24 * SlotWorld.hour), filed(journeys, by: owner, 8 * 60_000)
            )
            var plays = (try SlotPlay(world, early, seed: seed), try SlotPlay(world, late, seed: seed))
            try plays.0.run()
            try plays.1.run()
            func gain(_ a: [SlotJourney], _ b: [SlotJourney]) -> Double {
                1 - slotDelay(a, world) { $0.company == owner } / slotDelay(b, world) { $0.company == owner }
            }
            gains.append(100 * gain(plays.0.journeys, plays.1.journeys))
            peerGains.append(100 * gain(firstFiled(world, early), firstFiled(world, late)))
        }
    }
    let f = BenchRow.figure
    let owners = delays.map(f).joined(separator: " ")
    let peers = peerDelays.map(f).joined(separator: " ")
    return [
        .atLeast(
            mean(ours), must: 0.97, goal: 0.99,
            "Jain index of normalised delay, owners of 80/15/5%, saturated hubs",
            reference:
                "worst of \(seeds) seeds \(f(ours.min() ?? 0)); delays \(owners); first filed first served "
                + "\(f(mean(peer))), delays \(peers)"),
        .atMost(
            100 * (mean(costs) - 1), must: 1, goal: 0, unit: "%",
            "cost of it: mean delay over first filed first served",
            reference: "worst seed \(f(100 * ((costs.max() ?? 0) - 1)))%"),
        .atMost(
            mean(gains), must: 2, goal: 1, unit: "%", "gain by filing a day ahead against 8 minutes ahead",
            reference:
                "mean of 3 owners, worst owner \(f(worstOfThree(gains)))%; first filed first served "
                + "\(f(mean(peerGains)))%, worst owner \(f(worstOfThree(peerGains)))%"),
    ]
}

/// The largest mean of the three owners whose gains alternate.
private func worstOfThree(_ gains: [Double]) -> Double {
    (0..<3).map { owner in
        mean(stride(from: owner, to: gains.count, by: 3).map { gains[$0] })
    }.max() ?? 0
}

private func filed(_ journeys: [SlotJourney], by owner: Int, _ lead: Int64) -> [SlotJourney] {
    journeys.map {
        var journey = $0
        if journey.company == owner { journey.filed = max(1, journey.ready - lead) }
        return journey
    }
}

// MARK: - 24 carriers, demand 1.3 times the capacity

/// Driverless trucks of the carriers in Data/world/carriers.csv.
private let carriers = [
    856, 475, 337, 264, 218, 187, 164, 146, 132, 121, 112, 104, 97, 91, 86, 81, 77, 73, 70, 67, 64, 62, 60,
    57,
]

private func slotOverload(seeds: Int) throws -> [BenchRow] {
    var world = SlotWorld(
        places: [SlotPlace(identity: 9, capacity: 8)],
        companies: carriers.enumerated().map { ($1, $0, 0) }, load: 1300, days: 4)
    world.patience = 6 * SlotWorld.hour
    let natural = world
    world.lead = { company, random in
        let usual = SlotWorld.hour + Int64(random.next() % UInt64(23 * SlotWorld.hour))
        return company < 3 ? 48 * SlotWorld.hour : usual
    }
    var plain = natural
    plain.lead = { _, random in SlotWorld.hour + Int64(random.next() % UInt64(23 * SlotWorld.hour)) }
    var (ours, peer, gaps, bots): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    var (large, small, peerLarge, peerSmall) = (0.0, 0.0, 0.0, 0.0)
    for seed in 1...UInt64(seeds) {
        func share(_ journeys: [SlotJourney], _ isMeant: (Int) -> Bool) -> Double {
            let meant = journeys.filter { isMeant($0.company) }
            return 100 * Double(meant.count { $0.slot != nil }) / Double(max(meant.count, 1))
        }
        let journeys = world.journeys(seed: seed)
        var play = try SlotPlay(world, journeys, seed: seed)
        try play.run()
        let clicked = firstFiled(world, journeys)
        ours.append(jain(carriers.indices.map { c in share(play.journeys) { $0 == c } }))
        peer.append(jain(carriers.indices.map { c in share(clicked) { $0 == c } }))
        let (l, s) = (share(play.journeys) { $0 < 3 }, share(play.journeys) { $0 >= 3 })
        gaps.append(l - s)
        (large, small) = (large + l / Double(seeds), small + s / Double(seeds))
        peerLarge += share(clicked) { $0 < 3 } / Double(seeds)
        peerSmall += share(clicked) { $0 >= 3 } / Double(seeds)
        var without = try SlotPlay(plain, plain.journeys(seed: seed), seed: seed)
        try without.run()
        bots.append(l - share(without.journeys) { $0 < 3 })
    }
    let f = BenchRow.figure
    return [
        .atLeast(
            mean(ours), must: 0.95, goal: 0.98,
            "Jain index of served/requested, 24 carriers, demand 1.3 x capacity",
            reference:
                "worst of \(seeds) seeds \(f(ours.min() ?? 0)); first filed first served \(f(mean(peer)))"),
        .atMost(
            abs(mean(gaps)), must: 5, goal: 2, unit: " points",
            "gap between 3 large carriers with bots and 21 small",
            reference:
                "served \(f(large))% and \(f(small))%; first filed first served \(f(peerLarge))% and \(f(peerSmall))%"
        ),
        .atMost(
            mean(bots), must: 1, goal: 0.5, unit: " points",
            "served more by the 3 large with bots than without",
            reference: "same journeys, filed two days ahead or as the others; \(slotInterval(bots)) points"),
    ]
}

/// Mean and 95% confidence interval of paired differences.
func slotInterval(_ values: [Double]) -> String {
    let (low, high) = slotBounds(values)
    return "\(BenchRow.figure(mean(values))) [\(BenchRow.figure(low)), \(BenchRow.figure(high))]"
}

func slotBounds(_ values: [Double]) -> (low: Double, high: Double) {
    let m = mean(values)
    let variance = values.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(max(values.count - 1, 1))
    let half = 1.96 * (variance / Double(max(values.count, 1))).squareRoot()
    return (m - half, m + half)
}

// MARK: - Speed

private func slotSpeed() throws -> [BenchRow] {
    var world = SlotWorld(
        places: (0..<51).map { SlotPlace(identity: UInt64($0) + 1, capacity: 8) },
        companies: carriers.enumerated().map { ($1, $0, 0) }, load: 1050, days: 2)
    world.failing = 40
    var play = try SlotPlay(world, world.journeys(seed: 1), seed: 1)
    try play.run(clock: keruen_thread_cpu_ns)
    return [
        .told(
            "slot market, 51 posts, 24 carriers, a tick of 5 minutes, worst",
            BenchRow.figure(Double(play.slowestStep) * 1e-6) + " ms",
            reference:
                "mean \(BenchRow.figure(Double(play.nanoseconds) * 1e-3 / Double(play.steps))) us; "
                + "\(play.decisions) decisions of \(play.journeys.count) journeys, "
                + "\(BenchRow.figure(Double(play.nanoseconds) / Double(max(play.decisions, 1)))) ns each")
    ]
}
