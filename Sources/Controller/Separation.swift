import Traffic
import World

/// How far apart airborne drones have been since the station started.
public struct SeparationStatistics: Hashable, Sendable, Codable {
    /// Pairs looked at exactly in the newest tick.
    public var pairsWatched = 0
    /// The same summed over all ticks.
    public var pairsMeasured = 0
    /// Times a pair began to head for a loss of separation.
    public var conflicts = 0
    /// Encounters in which both limits were broken; one encounter counts once.
    public var lossesOfSeparation = 0
    /// Manoeuvres begun to avoid one.
    public var resolutions = 0
    /// Times nothing kept every separation and the least bad was flown.
    public var unresolved = 0
    /// Times a drone began to head for a truck under it, and times it came closer than both limits of those.
    public var truckConflicts = 0
    public var truckLosses = 0
    /// Ticks in which drones flew and nobody could look after them, because the settings are of no use.
    public var unwatchedTicks = 0
    /// Smallest horizontal distance of a pair that is also closer than the vertical limit, metres; at most 1,000.
    public var closestMeters: Double?
}

/// What tactical separation remembers from tick to tick. The working memory of `AirTraffic` holds no knowledge: a copy
/// of the controller gets its own when it is stepped.
struct Separation: Sendable {
    struct Pair: Hashable, Sendable, Comparable {
        var a: Int32
        var b: Int32
        static func < (x: Pair, y: Pair) -> Bool { (x.a, x.b) < (y.a, y.b) }
    }
    var statistics = SeparationStatistics()
    /// Pairs inside both limits and pairs in conflict at the last tick, in order, and room for the next.
    var lost: [Pair] = []
    var conflicts: [Pair] = []
    var spare: [Pair] = []
    /// Of this tick: drones in the air, then trucks under them, and which vehicle each is; crewed aircraft come last and
    /// are none.
    var flights: [Flight] = []
    var vehicles: [Int32] = []
    /// How many of them are drones, and those that fly low.
    var drones = 0
    var low: [LowFlight] = []
    /// The same as measured, to tell how far apart they are now.
    var present: [Flight] = []
    /// Counts ticks: what has its turn every few of them has it, whatever time lies between.
    var tick: UInt64 = 0
    /// What is kept, how far ahead, by whom.
    var settings: AirTrafficSettings
    /// That nothing keeps drones apart is not told again before this.
    var unwatchedToldUntil = Instant(nanoseconds: .min / 2)
    private var memory: Memory?

    init(_ configuration: ControllerConfiguration) { settings = AirTrafficSettings(configuration) }

    /// Used by one controller at a time, see `working`; that makes sending it sound.
    private final class Memory: @unchecked Sendable {
        let air: AirTraffic
        /// Tells who is near whom now, whatever happens next.
        let census: AirTraffic
        let zones: ZonePlanes
        init(_ air: AirTraffic, _ census: AirTraffic, _ zones: ZonePlanes) {
            (self.air, self.census, self.zones) = (air, census, zones)
        }
    }

    /// Working memory nobody else uses. Nil when the settings are not sound.
    mutating func working(_ configuration: ControllerConfiguration, _ geography: Geography) -> (
        air: AirTraffic, census: AirTraffic, zones: ZonePlanes
    )? {
        if memory == nil || !isKnownUniquelyReferenced(&memory) {
            guard let air = AirTraffic(settings),
                let census = AirTraffic(AirTrafficSettings(census: configuration))
            else { return nil }
            memory = Memory(air, census, ZonePlanes(geography, settings, configuration))
        }
        return memory.map { ($0.air, $0.census, $0.zones) }
    }
}

// Tactical separation: every tick all conflicts of the whole fleet are found and resolved together, see `AirTraffic`.

extension Controller {
    mutating func keepApart() {
        separation.flights.removeAll(keepingCapacity: true)
        separation.present.removeAll(keepingCapacity: true)
        separation.vehicles.removeAll(keepingCapacity: true)
        var v = 0
        while v < tracks.count {
            if state.fleet[v].profile.kind.flies, let flight = flight(v) {
                followFlight(v, flight)
                separation.flights.append(flight)
                separation.present.append(presentFlight(v))
                separation.vehicles.append(Int32(truncatingIfNeeded: v))
            } else {
                tracks[v].manoeuvre = nil
                tracks[v].wanted = nil
                tracks[v].padTakenSince = nil
                tracks[v].forgetCrewed()
            }
            v += 1
        }
        separation.drones = separation.flights.count
        watchTrucks()
        surveyCrewed()
        guard !separation.flights.isEmpty || !separation.conflicts.isEmpty || !separation.lost.isEmpty else {
            return
        }
        guard let (air, census, zones) = separation.working(configuration, geography) else {
            return tellUnwatched()
        }
        separation.tick &+= 1
        zones.now = now
        separation.flights.withUnsafeBufferPointer { air.tick($0, number: separation.tick, airspace: zones) }
        separation.present.withUnsafeBufferPointer {
            census.tick($0, number: separation.tick, airspace: OpenAirspace())
        }
        separation.statistics.pairsWatched = air.report.detection.decidedPairs
        separation.statistics.pairsMeasured += air.report.detection.decidedPairs
        tellLosses(census)
        countConflicts(air)
        var i = 0
        while i < separation.drones {
            steer(i, air.advisories[i], air)
            i += 1
        }
        for i in air.breaches { tellBreach(Int(i)) }
        mix(air.hash)
        leaveTakenPads()
        tellCrewed()
    }

    /// Nothing keeps the drones in the air apart, and none starts: see `dispatch`. An operator must know.
    private mutating func tellUnwatched() {
        separation.statistics.unwatchedTicks += 1
        tellCrewed()
        guard now >= separation.unwatchedToldUntil, let first = separation.vehicles.first else { return }
        separation.unwatchedToldUntil = now.advanced(bySeconds: 60)
        let text =
            "nothing keeps drones apart: the settings of separation are not sound; "
            + "\(count(separation.drones, "drone")) in the air, none starts"
        record(.incident(state.fleet[Int(first)].profile.id, text, at: now))
        notice(text, nil)
    }

    /// Nil with a crewed aircraft, of which `tellCrewed` tells.
    private func pair(_ conflict: FlightConflict) -> Separation.Pair? {
        guard max(conflict.a, conflict.b) < separation.vehicles.count else { return nil }
        return .init(a: separation.vehicles[Int(conflict.a)], b: separation.vehicles[Int(conflict.b)])
    }

    /// It is about to go where a zone or the ground forbids. On its mission's way only: coming down is no breach.
    private mutating func tellBreach(_ i: Int) {
        let (v, flight) = (Int(separation.vehicles[i]), separation.flights[i])
        guard flight.wanted.levelMeters > flight.altitudeMeters - 5, let ours = mission(of: v),
            ours.step(Int(tracks[v].report.leg))?.action == .fly,
            now > tracks[v].breachToldUntil
        else { return }
        tracks[v].breachToldUntil = now.advanced(bySeconds: 60)
        let text = "\(name(v)) is about to enter a zone it may not, or to come too near the ground"
        tellIncident(text, v)
    }

    /// Inside both limits now, by the best estimate.
    private mutating func tellLosses(_ census: AirTraffic) {
        var now = separation.spare
        now.removeAll(keepingCapacity: true)
        let (horizontal, vertical) = (
            configuration.separationHorizontalMeters, configuration.separationVerticalMeters
        )
        for conflict in census.conflicts {
            guard let pair = pair(conflict) else { continue }
            if isOverTruck(conflict) {
                tellOverTruck(conflict, pair, &now)
                continue
            }
            guard conflict.verticalMeters < vertical else { continue }
            let closest = separation.statistics.closestMeters ?? .infinity
            if conflict.horizontalMeters < closest {
                separation.statistics.closestMeters = conflict.horizontalMeters
            }
            guard conflict.horizontalMeters < horizontal else { continue }
            now.append(pair)
            guard !contains(separation.lost, pair) else { continue }
            separation.statistics.lossesOfSeparation += 1
            let text =
                "loss of separation: \(name(Int(pair.a))) and \(name(Int(pair.b))), "
                + "\(distance(conflict.horizontalMeters)) and \(distance(conflict.verticalMeters)) of height"
            tellIncident(text, Int(pair.a))
        }
        now.sort()
        separation.spare = separation.lost
        separation.lost = now
    }

    private func isOverTruck(_ conflict: FlightConflict) -> Bool {
        Int(max(conflict.a, conflict.b)) >= separation.drones
    }

    private mutating func tellOverTruck(
        _ conflict: FlightConflict, _ pair: Separation.Pair, _ now: inout [Separation.Pair]
    ) {
        guard conflict.horizontalMeters < configuration.overTruckHorizontalMeters,
            conflict.verticalMeters < configuration.overTruckVerticalMeters
        else { return }
        now.append(pair)
        guard !contains(separation.lost, pair) else { return }
        separation.statistics.truckLosses += 1
        let text =
            "\(name(Int(pair.a))) flies over \(name(Int(pair.b))), "
            + "\(distance(conflict.verticalMeters)) above and \(distance(conflict.horizontalMeters)) beside it"
        tellIncident(text, Int(pair.a))
    }

    private mutating func countConflicts(_ air: AirTraffic) {
        var now = separation.spare
        now.removeAll(keepingCapacity: true)
        for conflict in air.conflicts where conflict.entrySeconds <= configuration.conflictHorizonSeconds {
            guard let pair = pair(conflict) else { continue }
            now.append(pair)
            guard !contains(separation.conflicts, pair) else { continue }
            if isOverTruck(conflict) {
                separation.statistics.truckConflicts += 1
            } else {
                separation.statistics.conflicts += 1
            }
        }
        now.sort()
        separation.spare = separation.conflicts
        separation.conflicts = now
    }

    private func contains(_ pairs: [Separation.Pair], _ pair: Separation.Pair) -> Bool {
        let at = place(pairs, pair)
        return at < pairs.count && pairs[at] == pair
    }

    /// Of the first pair that is not before it.
    private func place(_ pairs: [Separation.Pair], _ pair: Separation.Pair) -> Int {
        var (low, high) = (0, pairs.count)
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle] < pair { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
