import Traffic
import World

// What resolution decides becomes commands: few, each for a reason.

extension Controller {
    /// Tells the vehicle of flight `i` what it must do now, if that differs from what it does.
    mutating func steer(_ i: Int, _ advisory: FlightAdvisory, _ air: AirTraffic) {
        let v = Int(separation.vehicles[i])
        guard separation.flights[i].isCooperative else {
            tracks[v].manoeuvre = nil
            return
        }
        let answer = SteeringRule(configuration).answer(
            advisory, told: tracks[v].manoeuvre, toldAgo: now.seconds(since: tracks[v].manoeuvreAt),
            deviatesFor: now.seconds(since: tracks[v].manoeuvreFrom), isGuided: tracks[v].avoidance != nil)
        switch answer {
        case .nothing: return
        case .tell: tell(v, advisory)
        case .resume: goBack(v)
        }
    }

    private mutating func goBack(_ v: Int) {
        guard let ours = mission(of: v) else { return }
        tracks[v].manoeuvre = nil
        tracks[v].backFrom = (tracks[v].coordinate, tracks[v].report.leg)
        tracks[v].toldAt = now
        tracks[v].wayFreeUntil = now.advanced(bySeconds: configuration.returnToWaySeconds)
        command(.resume, v, mission: ours, reason: "way is free again", afterDurable: true)
    }

    private mutating func tell(_ v: Int, _ advisory: FlightAdvisory) {
        guard let ours = mission(of: v) else { return }
        let isFirst = tracks[v].manoeuvre == nil
        var manoeuvre = advisory.manoeuvre
        let other = nameInTheWay(v, advisory)
        let reason: String
        if tracks[v].holdsOnly {
            manoeuvre = Manoeuvre(
                vx: 0, vy: 0, climbRate: 0, levelMeters: tracks[v].report.position.altitude.meters)
            if let told = tracks[v].manoeuvre, told.vx == 0, told.vy == 0,
                now.seconds(since: tracks[v].manoeuvreAt) < configuration.manoeuvreSeconds
            {
                return
            }
            reason = "waits\(other.map { " for \($0)" } ?? "")"
            command(.hold, v, mission: ours, reason: reason)
        } else {
            reason =
                Steering.words(manoeuvre, tracks[v].report) + (other.map { ", \($0) is in the way" } ?? "")
            command(
                .manoeuvre, v, mission: ours, reason: reason, manoeuvre: manoeuvre,
                seconds: configuration.manoeuvreSeconds)
        }
        tracks[v].manoeuvreCommand = state.fence << 32 | UInt64(state.commandCounter)
        tracks[v].manoeuvre = manoeuvre
        tracks[v].manoeuvreAt = now
        if isFirst { tracks[v].manoeuvreFrom = now }
        tracks[v].toldAt = now
        if isFirst {
            separation.statistics.resolutions += 1
            notice("\(name(v)) \(reason)", v)
        }
        if advisory.reason == .leastBad || advisory.reason == .contingency, isFirst {
            separation.statistics.unresolved += 1
        }
    }

    /// A vehicle that knows no manoeuvres is told to wait instead; one that cannot take a command now is flown around for
    /// a while.
    mutating func manoeuvreRefused(_ v: Int, _ detail: String) {
        if detail.contains("unsupported"), !tracks[v].holdsOnly {
            tracks[v].holdsOnly = true
        } else {
            tracks[v].noManoeuvreUntil = now.advanced(bySeconds: tracks[v].holdsOnly ? 120 : 10)
        }
        tracks[v].manoeuvre = nil
    }
}

enum Steering {
    /// What a manoeuvre is, for people.
    static func words(_ m: Manoeuvre, _ r: TrackReport) -> String {
        let rise = m.levelMeters - r.position.altitude.meters
        let height =
            abs(rise) < 2
            ? "" : "\(rise > 0 ? "climbs" : "descends") to \(Int(m.levelMeters.rounded())) m"
        let (east, north) = (
            Double(r.velocityEastMillimetersPerSecond) / 1000,
            Double(r.velocityNorthMillimetersPerSecond) / 1000
        )
        let now = (east * east + north * north).squareRoot()
        let then = (m.vx * m.vx + m.vy * m.vy).squareRoot()
        var way = ""
        if then < 0.5 {
            way = now < 1 ? (height.isEmpty ? "waits" : "") : "stops"
        } else if now > 1 {
            let side = east * m.vy - north * m.vx
            let along = east * m.vx + north * m.vy
            if abs(side) > 0.1 * now * then || along < 0 {
                way = "turns \(side > 0 ? "left" : "right")"
            } else if then < 0.9 * now {
                way = "slows to \(Int(then.rounded())) m/s"
            } else if then > 1.1 * now {
                way = "speeds up to \(Int(then.rounded())) m/s"
            }
        }
        if way.isEmpty { return height.isEmpty ? "keeps its course" : height }
        return height.isEmpty ? way : way + " and " + height
    }
}

extension Controller {
    /// Whom flight of vehicle `v` avoids; nil for nobody.
    private func nameInTheWay(_ v: Int, _ advisory: FlightAdvisory) -> String? {
        let id = advisory.against
        let isAlone = id == UInt32(truncatingIfNeeded: v)
        if id >= SurveillanceContact.firstFlight || isAlone && tracks[v].avoidance != nil {
            return surveillance.contact(isAlone ? tracks[v].avoids : id - SurveillanceContact.firstFlight)?
                .name
        }
        let w = Int(id & ~Self.firstTruckFlight)
        return isAlone || !tracks.indices.contains(w) ? nil : name(w)
    }
}
