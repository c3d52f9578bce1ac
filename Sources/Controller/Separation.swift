import World

/// How far apart airborne drones have been since the station started.
public struct SeparationStatistics: Hashable, Sendable, Codable {
    /// Pairs near enough to watch at the newest tick.
    public var pairsWatched = 0
    /// The same summed over all ticks.
    public var pairsMeasured = 0
    /// Times a pair began to head for a loss of separation.
    public var conflicts = 0
    /// Encounters in which both limits were broken; one encounter counts once.
    public var lossesOfSeparation = 0
    /// Holds and changes of height ordered to avoid one.
    public var resolutions = 0
    /// Conflicts begun in which neither could be told to give way.
    public var unresolved = 0
    /// Smallest horizontal distance while also closer than the vertical limit, metres.
    public var closestMeters: Double?
}

/// What tactical separation remembers from tick to tick.
struct Separation: Sendable {
    /// A drone that gives way, and for whom; nil when that is not known any more, after a restart.
    struct Yield: Sendable {
        var vehicle: Int
        var other: Int?
        var since: Instant
        var climbs: Bool
    }
    struct Pair: Hashable, Sendable, Comparable {
        var a: Int32
        var b: Int32
        static func < (x: Pair, y: Pair) -> Bool { (x.a, x.b) < (y.a, y.b) }
    }
    var statistics = SeparationStatistics()
    var sweep = ConflictSweep()
    /// Those giving way now.
    var yields: [Yield] = []
    /// Pairs inside both limits and pairs in conflict at the last tick, in order, and room for the next.
    var lost: [Pair] = []
    var conflicts: [Pair] = []
    var spare: [Pair] = []

    static let waiting = "waits for "
}

// Tactical separation, simplest sound form; the seam for Traffic.

extension Controller {
    mutating func keepApart() {
        let limits = SeparationLimits(configuration)
        separation.sweep.begin(vehicles: tracks.count)
        for v in tracks.indices where isAirborneDrone(v) {
            separation.sweep.add(flyer(v))
        }
        separation.sweep.run(limits)
        separation.statistics.pairsWatched = separation.sweep.pairsWatched
        separation.statistics.pairsMeasured += separation.sweep.pairsWatched
        if separation.sweep.closestMeters < separation.statistics.closestMeters ?? .infinity {
            separation.statistics.closestMeters = separation.sweep.closestMeters
        }
        tellLosses()
        resolveConflicts(limits)
        letGo(limits)
    }

    /// As it will fly in the next seconds: one at the top of its climb turns to its way without further notice.
    func flyer(_ v: Int) -> Flyer {
        let r = tracks[v].report
        var flyer = Flyer(v, r)
        guard flyer.velocityUp > 1, abs(flyer.velocityEast) + abs(flyer.velocityNorth) < 2,
            let ours = mission(of: v), ours.state == .active, let step = ours.step(Int(r.leg)),
            step.action == .takeoff, step.target.altitude.meters - flyer.up < 15
        else { return flyer }
        aim(&flyer, v, ours)
        return flyer
    }

    /// A drone that loads calls itself moving; standing on the ground it threatens nobody.
    private func isAirborneDrone(_ v: Int) -> Bool {
        let t = tracks[v]
        guard t.inAir, t.hasReport, t.link != .lost, state.fleet[v].profile.kind.flies else { return false }
        let (e, n) = (t.report.velocityEastMillimetersPerSecond, t.report.velocityNorthMillimetersPerSecond)
        // Ground is asked for only where it can matter: what is fast flies.
        if max(e.magnitude, n.magnitude) > 3000 { return true }
        return t.report.position.altitude.meters > geography.ground(t.coordinate).meters + 5
    }

    private mutating func tellLosses() {
        var now = separation.spare
        now.removeAll(keepingCapacity: true)
        var old = 0
        for i in separation.sweep.encounters.indices where separation.sweep.encounters[i].isLost {
            let e = separation.sweep.encounters[i]
            let pair = Separation.Pair(a: e.a, b: e.b)
            now.append(pair)
            while old < separation.lost.count, separation.lost[old] < pair { old += 1 }
            if old < separation.lost.count, separation.lost[old] == pair { continue }
            separation.statistics.lossesOfSeparation += 1
            let text =
                "loss of separation: \(name(Int(e.a))) and \(name(Int(e.b))), "
                + distance(e.horizontalMeters)
            record(.incident(state.fleet[Int(e.a)].profile.id, text, at: self.now))
            notice(text, Int(e.a))
        }
        separation.spare = separation.lost
        separation.lost = now
    }

    private mutating func resolveConflicts(_ limits: SeparationLimits) {
        var now = separation.spare
        now.removeAll(keepingCapacity: true)
        var old = 0
        for i in separation.sweep.encounters.indices where separation.sweep.encounters[i].isConflict {
            let e = separation.sweep.encounters[i]
            let pair = Separation.Pair(a: e.a, b: e.b)
            now.append(pair)
            while old < separation.conflicts.count, separation.conflicts[old] < pair { old += 1 }
            let isNew = old >= separation.conflicts.count || separation.conflicts[old] != pair
            if isNew { separation.statistics.conflicts += 1 }
            if !resolve(Int(e.a), Int(e.b), limits), isNew { separation.statistics.unresolved += 1 }
        }
        separation.spare = separation.conflicts
        separation.conflicts = now
    }

    /// Makes one of the two give way. False when neither can be told to.
    private mutating func resolve(_ a: Int, _ b: Int, _ limits: SeparationLimits) -> Bool {
        guard let p = separation.sweep.flyer(a), let q = separation.sweep.flyer(b) else { return true }
        // One that was told to wait still moves while it brakes: it counts as stopped.
        let (pNow, qNow) = (
            tracks[a].yields == .waits ? braked(p) : p, tracks[b].yields == .waits ? braked(q) : q
        )
        guard pNow.meets(qNow, limits) else { return true }
        // A change of height takes a while to show in the velocities.
        if separation.yields.contains(where: {
            $0.climbs && ($0.vehicle == a && $0.other == b || $0.vehicle == b && $0.other == a)
                && now.seconds(since: $0.since) < configuration.heightChangeSeconds
        }) {
            return true
        }
        // The one without freight gives way, then the later enrolled.
        let aFirst = state.orderOnBoard[a] == nil && state.orderOnBoard[b] != nil
        let order = aFirst ? [(a, b, p, qNow), (b, a, q, pNow)] : [(b, a, q, pNow), (a, b, p, qNow)]
        // Waiting for one that stands in the air itself may last for ever.
        for (v, other, me, it) in order where mayYield(v) && moves(it) {
            var still = me
            (still.velocityEast, still.velocityNorth, still.velocityUp) = (0, 0, 0)
            if !braked(me).meets(it, limits), !still.meets(it, limits) {
                wait(v, for: other)
                return true
            }
        }
        for (v, other, me, it) in order where mayYield(v) && changeHeight(v, me, of: other, it, limits) {
            return true
        }
        var someone = false
        for (v, other, _, _) in order where mayYield(v) {
            wait(v, for: other)
            someone = true
        }
        return someone
    }

    func moves(_ f: Flyer) -> Bool {
        abs(f.velocityEast) + abs(f.velocityNorth) + abs(f.velocityUp) > 1
    }

    private func mayYield(_ v: Int) -> Bool {
        tracks[v].yields == .no && !tracks[v].energyTold && tracks[v].link.isHeard
            && tracks[v].report.mode == .moving
            && mission(of: v)?.state == .active
    }

    /// Where and how it will be once it has stopped.
    private func braked(_ flyer: Flyer) -> Flyer {
        var stopped = flyer
        let speed =
            (flyer.velocityEast * flyer.velocityEast + flyer.velocityNorth * flyer.velocityNorth).squareRoot()
        let seconds = speed / (2 * max(configuration.brakingMetersPerSecondSquared, 0.1))
        stopped.latitudeE7 = Int32(
            (Double(flyer.latitudeE7) + flyer.velocityNorth * seconds / flyer.northMetersPerE7)
                .clamped(to: -9e8...9e8))
        stopped.longitudeE7 = Int32(
            (Double(flyer.longitudeE7) + flyer.velocityEast * seconds / flyer.eastScale)
                .clamped(to: -1.8e9...1.8e9))
        (stopped.velocityEast, stopped.velocityNorth, stopped.velocityUp) = (0, 0, 0)
        return stopped
    }

    private mutating func wait(_ v: Int, for other: Int) {
        guard let ours = mission(of: v) else { return }
        let reason =
            Separation.waiting
            + "\(name(other)), \(distance(tracks[v].coordinate.meters(to: tracks[other].coordinate))) away"
        separation.yields.append(.init(vehicle: v, other: other, since: now, climbs: false))
        tracks[v].yields = .waits
        separation.statistics.resolutions += 1
        set(ours, .held, reason)
        command(.hold, v, mission: ours, reason: reason)
    }

    /// Out of the other's way by one or two layers up or down, where nobody else is. Only in level flight:
    /// a vehicle takes no other height while it climbs or lands.
    private mutating func changeHeight(
        _ v: Int, _ me: Flyer, of other: Int, _ it: Flyer, _ limits: SeparationLimits
    ) -> Bool {
        guard let ours = mission(of: v), let step = ours.step(Int(tracks[v].report.leg)),
            step.action == .fly, tracks[v].noHeightUntil <= now
        else { return false }
        let height = limits.verticalMeters + 2 * limits.verticalMarginMeters
        let floor = geography.ground(tracks[v].coordinate).meters + configuration.terrainClearanceMeters
        for share in [1.0, -1, 2, -2] {
            let base = share > 0 ? max(me.up, it.up) : min(me.up, it.up)
            let up = base + share * height
            guard up >= floor, up < 12_000,
                separation.sweep.isClear(
                    v, except: other, up: up, radius: min(300, separation.sweep.reachMeters), height: height)
            else { continue }
            let reason = "\(share > 0 ? "climbs over" : "goes below") \(name(other))"
            separation.yields.append(.init(vehicle: v, other: other, since: now, climbs: true))
            tracks[v].yields = .changesHeight
            separation.statistics.resolutions += 1
            command(.altitude, v, mission: ours, reason: reason, altitude: Altitude(meters: up))
            tracks[v].heightCommand = state.fence << 32 | UInt64(state.commandCounter)
            tracks[v].heightFreeUntil = now.advanced(bySeconds: 120)
            return true
        }
        return false
    }

    /// It keeps its height after all; the conflict is looked at again without that way out.
    mutating func heightRefused(_ v: Int) {
        tracks[v].noHeightUntil = now.advanced(bySeconds: 30)
        guard tracks[v].yields == .changesHeight else { return }
        separation.yields.removeAll { $0.vehicle == v }
        tracks[v].yields = .no
    }
}
