import World

/// How far apart airborne drones have been.
public struct SeparationStatistics: Hashable, Sendable, Codable {
    /// Pairs measured, each tick counts.
    public var pairsMeasured = 0
    /// Encounters in which both limits were broken; one encounter counts once.
    public var lossesOfSeparation = 0
    /// Holds and climbs ordered to avoid one.
    public var resolutions = 0
    /// Smallest horizontal distance while also closer than the vertical limit, metres.
    public var closestMeters: Double?
}

struct Separation: Sendable {
    struct Pair: Hashable, Sendable {
        var a: Int
        var b: Int
    }
    var statistics = SeparationStatistics()
    /// Pairs inside both limits now, sorted.
    var lost: [Pair] = []
    /// Vehicles told to hold for another, with when and for whom.
    var holds: [(v: Int, other: Int, since: Instant)] = []
}

// Tactical separation, simplest sound form; the seam for Traffic. Exact: drones sorted from south to north, each
// compared with all that lie within the look-ahead distance.

extension Controller {
    mutating func keepApart() {
        struct Flyer {
            var v: Int
            var latitude: Int32
        }
        var flyers: [Flyer] = []
        for v in tracks.indices {
            guard tracks[v].inAir, tracks[v].hasReport, tracks[v].link != .lost,
                state.fleet[v].profile.kind.flies
            else { continue }
            // A drone that loads calls itself moving; standing on the ground it threatens nobody.
            let position = tracks[v].report.position
            guard position.altitude.meters > geography.ground(position.coordinate).meters + 5 else {
                continue
            }
            flyers.append(Flyer(v: v, latitude: tracks[v].coordinate.latitudeE7))
        }
        flyers.sort { ($0.latitude, $0.v) < ($1.latitude, $1.v) }
        let reach = configuration.conflictHorizonSeconds * 60 + 100
        let band = Int64(reach / 0.0111319)
        var lost: [Separation.Pair] = []
        for i in flyers.indices {
            var j = i + 1
            while j < flyers.count, Int64(flyers[j].latitude) - Int64(flyers[i].latitude) <= band {
                let (a, b) = (min(flyers[i].v, flyers[j].v), max(flyers[i].v, flyers[j].v))
                measure(a, b, reach, &lost)
                j += 1
            }
        }
        lost.sort { ($0.a, $0.b) < ($1.a, $1.b) }
        for pair in lost where !separation.lost.contains(pair) {
            separation.statistics.lossesOfSeparation += 1
            let text =
                "loss of separation: \(name(pair.a)) and \(name(pair.b)), "
                + distance(tracks[pair.a].coordinate.meters(to: tracks[pair.b].coordinate))
            record(.incident(state.fleet[pair.a].profile.id, text, at: now))
            notice(text, pair.a)
        }
        separation.lost = lost
        release()
    }

    private mutating func measure(_ a: Int, _ b: Int, _ reach: Double, _ lost: inout [Separation.Pair]) {
        let d = tracks[a].coordinate.displacement(to: tracks[b].coordinate)
        guard abs(d.east) <= reach else { return }
        separation.statistics.pairsMeasured += 1
        let horizontal = (d.east * d.east + d.north * d.north).squareRoot()
        let vertical = abs(
            tracks[a].report.position.altitude.meters - tracks[b].report.position.altitude.meters)
        if vertical < configuration.separationVerticalMeters {
            separation.statistics.closestMeters = min(
                separation.statistics.closestMeters ?? .infinity, horizontal)
            if horizontal < configuration.separationHorizontalMeters { lost.append(.init(a: a, b: b)) }
        }
        guard conflict(a, b, aMoves: true, bMoves: true),
            !separation.holds.contains(where: { $0.v == a || $0.v == b })
        else { return }
        // The lower priority, by freight on board and then by number, waits; when waiting where it is does not
        // help but the other's waiting does, that one waits.
        let (first, second) = state.orderOnBoard[a] == nil && state.orderOnBoard[b] != nil ? (a, b) : (b, a)
        if !conflict(a, b, aMoves: first != a, bMoves: first != b) {
            stop(first, for: second)
        } else if !conflict(a, b, aMoves: second != a, bMoves: second != b) {
            stop(second, for: first)
        } else if let ours = mission(of: first), ours.state == .active {
            let up = Altitude<MeanSeaLevel>(
                meters: max(
                    tracks[a].report.position.altitude.meters, tracks[b].report.position.altitude.meters)
                    + configuration.separationVerticalMeters + 2 * configuration.conflictMarginVerticalMeters)
            separation.holds.append((first, second, now))
            separation.statistics.resolutions += 1
            command(.altitude, first, mission: ours, reason: "climbs over \(name(second))", altitude: up)
        }
    }

    private mutating func stop(_ v: Int, for other: Int) {
        guard let ours = mission(of: v), ours.state == .active else { return }
        let reason =
            "waits for \(name(other)), \(distance(tracks[v].coordinate.meters(to: tracks[other].coordinate))) away"
        separation.holds.append((v, other, now))
        separation.statistics.resolutions += 1
        set(ours, .held, reason)
        command(.hold, v, mission: ours, reason: reason)
    }

    /// Whether the two come inside the limits with margin within the horizon, at constant velocity.
    private func conflict(_ a: Int, _ b: Int, aMoves: Bool, bMoves: Bool) -> Bool {
        let (p, q) = (tracks[a].report, tracks[b].report)
        let d = p.position.coordinate.displacement(to: q.position.coordinate)
        let u = q.position.altitude.meters - p.position.altitude.meters
        func v(_ x: Int32, _ moves: Bool) -> Double { moves ? Double(x) / 1000 : 0 }
        let ve = v(q.velocityEastMillimetersPerSecond, bMoves) - v(p.velocityEastMillimetersPerSecond, aMoves)
        let vn =
            v(q.velocityNorthMillimetersPerSecond, bMoves) - v(p.velocityNorthMillimetersPerSecond, aMoves)
        let vu = v(q.velocityUpMillimetersPerSecond, bMoves) - v(p.velocityUpMillimetersPerSecond, aMoves)
        let radius = configuration.separationHorizontalMeters + configuration.conflictMarginHorizontalMeters
        let height = configuration.separationVerticalMeters + configuration.conflictMarginVerticalMeters
        // Time inside the cylinder = overlap of the horizontal and the vertical interval with the horizon.
        var (from, to) = (0.0, configuration.conflictHorizonSeconds)
        let speed = ve * ve + vn * vn
        let gap = d.east * d.east + d.north * d.north - radius * radius
        let closing = d.east * ve + d.north * vn
        if speed < 1e-6 {
            if gap > 0 { return false }
        } else {
            let root = closing * closing - speed * gap
            if root < 0 { return false }
            from = max(from, (-closing - root.squareRoot()) / speed)
            to = min(to, (-closing + root.squareRoot()) / speed)
        }
        if abs(vu) < 1e-6 {
            if abs(u) > height { return false }
        } else {
            let (x, y) = ((-height - u) / vu, (height - u) / vu)
            from = max(from, min(x, y))
            to = min(to, max(x, y))
        }
        return from <= to
    }

    /// Lets those go on whose way is free again: the other has left, is on the ground, or moves away.
    private mutating func release() {
        let clear =
            2 * (configuration.separationHorizontalMeters + configuration.conflictMarginHorizontalMeters)
        var kept: [(v: Int, other: Int, since: Instant)] = []
        for hold in separation.holds {
            let age = now.seconds(since: hold.since)
            let gone = !tracks[hold.other].inAir || tracks[hold.other].link == .lost
            let apart =
                tracks[hold.v].coordinate.meters(to: tracks[hold.other].coordinate) > clear
                && !conflict(hold.v, hold.other, aMoves: false, bMoves: true)
            if age <= configuration.separationHoldSeconds || !(gone || apart || age > 60) {
                kept.append(hold)
            }
        }
        separation.holds = kept
        for v in tracks.indices {
            guard let ours = mission(of: v), ours.state == .held, ours.reason.hasPrefix("waits for "),
                !separation.holds.contains(where: { $0.v == v })
            else { continue }
            set(ours, .active, "way is free again")
            command(.resume, v, mission: ours, reason: "way is free again", afterDurable: true)
        }
    }
}
