import Dispatching
import World

/// What a company with bots tries. Each is played against its own honest play: same journeys, same others, same seed.
enum SlotAttack: String, CaseIterable {
    case phantomsCancelled = "phantom requests, cancelled in time"
    case phantomsMissing = "phantom requests that never come"
    case lateCancels = "phantom requests, cancelled late"
    case decoys = "decoys trade their slots with real vehicles, then cancel"
    case shellDecoys = "decoys of a hidden shell for every vehicle, then cancelled"
    case parkedDebt = "decoys, with phantoms to carry the debt"
    case plates = "one vehicle filed twice, under other plates"
    case borrowedPlates = "driving under the plates of an idle vehicle with an earlier slot"
    case shells = "split into five companies of one beneficial owner"
    case earlyArrival = "coming three hours before the slot"
    case earlyWish = "asking for three hours earlier than possible"
    case forgedClass = "goods out of turn, forged papers, one in four found"
    case noPapers = "goods out of turn without papers"
    case redraw = "cancelling and filing again for a better draw"

    /// The attacker is company 0.
    func apply(_ honest: [SlotJourney], seed: UInt64) -> [SlotJourney] {
        var random = SplitMix64(seed: seed &+ 77)
        var journeys = honest
        let mine = honest.indices.filter { honest[$0].company == 0 && !honest[$0].isPhantom }
        /// An idle vehicle of the attacker for the journey; ground control cannot see that it will not come.
        func idle(_ index: Int, earlier: Int64) -> SlotJourney {
            var phantom = honest[index]
            phantom.vehicle = journeys.count
            phantom.isPhantom = true
            phantom.ready -= earlier
            phantom.wanted = phantom.ready
            phantom.attested = phantom.ready
            phantom.filed = max(1, min(phantom.filed, phantom.ready - SlotWorld.hour))
            return phantom
        }
        for index in mine {
            switch self {
            case .phantomsCancelled, .phantomsMissing, .lateCancels:
                guard random.next() % 4 == 0 else { continue }
                var phantom = idle(index, earlier: 0)
                phantom.conduct =
                    self == .phantomsMissing
                    ? .staysAway : .cancels(self == .lateCancels ? 1_200_000 : 2 * SlotWorld.hour)
                journeys.append(phantom)
            case .decoys, .parkedDebt:
                if self == .parkedDebt, random.next() % 2 == 0 {
                    var carrier = idle(index, earlier: 2 * SlotWorld.hour)
                    carrier.conduct = .cancels(2 * SlotWorld.hour)
                    journeys.append(carrier)
                }
                guard random.next() % 4 == 0 else { continue }
                var decoy = idle(index, earlier: 2 * SlotWorld.hour)
                decoy.decoyOf = honest[index].vehicle
                decoy.conduct = .cancels(SlotWorld.hour)
                journeys.append(decoy)
            case .shellDecoys:
                var decoy = idle(index, earlier: 3 * SlotWorld.hour)
                decoy.company = 10
                decoy.decoyOf = honest[index].vehicle
                decoy.conduct = .cancels(SlotWorld.hour)
                journeys.append(decoy)
            case .plates:
                // The second request of the chassis number is refused; the agenda files both at once.
                journeys[index].filed = max(1, honest[index].filed)
                journeys[index].filesTwice = true
            case .borrowedPlates:
                guard random.next() % 4 == 0 else { continue }
                let decoy = idle(index, earlier: 2 * SlotWorld.hour)
                journeys[index].platesOf = decoy.vehicle
                var silent = decoy
                silent.conduct = .staysAway
                journeys.append(silent)
            case .shells: journeys[index].company = 5 + index % 5
            case .earlyArrival: journeys[index].early = 3 * SlotWorld.hour
            case .earlyWish: journeys[index].wanted = max(1, honest[index].wanted - 3 * SlotWorld.hour)
            case .forgedClass, .noPapers:
                guard random.next() % 4 == 0 else { continue }
                journeys[index].lane = .outOfTurn
                journeys[index].isDocumented = self == .forgedClass
                journeys[index].isFalseClass = self == .forgedClass
            case .redraw: journeys[index].conduct = .refiles
            }
        }
        return journeys
    }
}

/// Five companies, the first of which attacks, its five shells, and one whose owner nobody knows.
func slotArena() -> SlotWorld {
    var world = SlotWorld(
        places: [SlotPlace(identity: 5, capacity: 8)],
        companies: [(30, 0, 0), (25, 1, 0), (20, 2, 0), (15, 3, 0), (10, 4, 0)]
            + Array(repeating: (0, 0, 0), count: 5) + [(0, 5, 0)],
        load: 950)
    world.policy.quotaPermille = [0, 50, 10, 10]
    world.failing = 40
    world.patience = 24 * SlotWorld.hour
    return world
}

/// Gain of the attacker in percent of its normalised delay: positive is a gain.
func slotGain(_ world: SlotWorld, seed: UInt64, _ attack: ([SlotJourney]) -> [SlotJourney]) throws -> Double {
    let journeys = world.journeys(seed: seed)
    let mine = Set(journeys.filter { $0.company == 0 && !$0.isPhantom }.map(\.vehicle))
    func delay(_ journeys: [SlotJourney]) throws -> Double {
        var play = try SlotPlay(world, journeys, seed: seed)
        try play.run()
        return slotDelay(play.journeys, world) { mine.contains($0.vehicle) }
    }
    return try 100 * (1 - delay(attack(journeys)) / delay(journeys))
}

func slotGaming(seeds: Int) throws -> [BenchRow] {
    let world = slotArena()
    var crowded = world
    crowded.companies[0].weight = 150
    func shells(_ journeys: [SlotJourney], hidden: Bool, seed: UInt64) -> [SlotJourney] {
        var split = SlotAttack.shells.apply(journeys, seed: seed)
        if hidden { for i in split.indices where split[i].company >= 5 { split[i].company += 6 } }
        return split
    }
    crowded.companies += (0..<5).map { (0, 6 + $0, 0) }
    let declared = try (1...UInt64(seeds)).map { seed in
        try slotGain(crowded, seed: seed) { shells($0, hidden: false, seed: seed) }
    }
    let hidden = try (1...UInt64(seeds)).map { seed in
        try slotGain(crowded, seed: seed) { shells($0, hidden: true, seed: seed) }
    }
    let untold = try (1...UInt64(seeds)).map { seed in
        try slotGain(world, seed: seed) { journeys in
            journeys.map {
                var journey = $0
                guard journey.company == 0, !journey.isPhantom else { return journey }
                journey.wanted = max(1, journey.wanted - 2 * SlotWorld.hour)
                journey.attested = journey.wanted
                return journey
            }
        }
    }
    let limits: [BenchRow] = [
        .atMost(
            mean(declared), must: 0, goal: 0, unit: "%", "gain of an owner over its cap by five shells",
            reference: "\(slotInterval(declared))%; 68% of the journeys, cap 35% while others wait"),
        .told(
            "limit: the same when the registry does not know who owns the shells", "\(slotInterval(hidden))%",
            reference:
                "the cap is only as good as the registry of beneficial owners; the order does not need it"),
        .told(
            "limit: asking two hours early where ground control cannot attest", "\(slotInterval(untold))%",
            reference: "the attested earliest arrival is what keeps the order honest"),
    ]
    return try limits
        + SlotAttack.allCases.map { attack in
            let gains = try (1...UInt64(seeds)).map { seed in
                try slotGain(world, seed: seed) { attack.apply($0, seed: seed) }
            }
            return .atMost(
                mean(gains), must: 0, goal: 0, unit: "%", "gain of the attacker: " + attack.rawValue,
                reference:
                    "\(slotInterval(gains))% (mean and 95% interval) over \(seeds) pairs with its honest play"
            )
        }
}
