import Traffic
import World

// A way that was clear when it was planned need not stay so: a flight is late, zones have their hours, and a station
// starts anew with other zones. So what is left of each flight is looked at again.

extension Controller {
    /// How the reason of a mission begins that is held because a zone bars its way.
    static let byZone = "zone: "
    /// Of a way that is flown already: the error of position is in where it is.
    private static let flownMarginMeters = 10.0
    private static let flownMarginVerticalMeters = 5.0

    mutating func watchZones() {
        guard !geography.zones.isEmpty else { return }
        for v in tracks.indices where tracks[v].zoneLookAt <= now && state.fleet[v].profile.kind.flies {
            // Not all in one tick.
            let isFirst = tracks[v].zoneLookAt.nanoseconds < 0
            let seconds = max(configuration.zoneLookSeconds, 0.1)
            tracks[v].zoneLookAt = now.advanced(bySeconds: isFirst ? Double(v % 16) / 16 * seconds : seconds)
            lookAtZones(v)
        }
    }

    private mutating func lookAtZones(_ v: Int) {
        let r = tracks[v].report
        guard let ours = mission(of: v), tracks[v].hasReport, tracks[v].positionTrusted,
            tracks[v].link.isHeard, r.missionNumber == ours.id.number, r.missionRevision == ours.revision
        else { return }
        let flies = isAirborne(v)
        switch ours.state {
        case .accepted, .completed, .aborted: return
        case .contingent:
            if flies, let zone = contingencyZone(v, ours) { tellContingency(v, zone) }
            return
        // Whoever holds it lets it go on, and then it is looked at.
        case .held where !ours.reason.hasPrefix(Self.byZone): return
        case .loaded, .active, .held: break
        }
        // Aside of its way it comes back when that is clear of zones, see `ZoneAirspace`.
        guard tracks[v].manoeuvre == nil else { return }
        guard let zone = barring(v, ours, flies) else {
            if ours.state == .held, ours.reason.hasPrefix(Self.byZone) {
                set(ours, .active, "its way is open again")
                command(
                    .resume, v, mission: ours, reason: "its way is open again", afterDurable: true)
                notice("\(name(v)): its way is open again", v)
            }
            return
        }
        let what = "flying is prohibited on its way in \(geography.zones.name(zone))"
        guard flies else { return leaveWay(v, ours, "\(name(v)): \(what)") }
        if contingencyZone(v, ours) == nil {
            let reason = Self.byZone + what + ": returns"
            tellBarred(v, reason)
            sendBack(v, ours, reason)
        } else if ours.state == .active {
            let reason = Self.byZone + what + ", and on its way back: waits"
            tellBarred(v, reason)
            set(ours, .held, reason)
            command(.hold, v, mission: ours, reason: reason)
        }
    }

    private mutating func tellBarred(_ v: Int, _ reason: String) {
        let text = "\(name(v)) \(reason)"
        tellIncident(text, v)
    }

    /// On the ground it drops the mission; what is not done of it is planned afresh.
    private mutating func leaveWay(_ v: Int, _ ours: Mission, _ why: String) {
        command(.abort, v, mission: ours, reason: why)
        giveUp(v, ours, why)
    }

    /// It flies its contingency by itself: that it leads through a zone is for people to know.
    private mutating func tellContingency(_ v: Int, _ zone: Int) {
        guard now > tracks[v].breachToldUntil else { return }
        tracks[v].breachToldUntil = now.advanced(bySeconds: 600)
        tellBarred(v, "flies its contingency through \(geography.zones.name(zone))")
    }

    /// Zones a drone is in already: leaving them is as good as any other way.
    func zonesAround(_ here: Position<MeanSeaLevel>, until end: Instant) -> [Int] {
        var zones: [Int] = []
        let place = GeodeticPoint(here.coordinate)
        while zones.count < 8,
            let zone = geography.zones.firstZone(
                from: place, to: place, fromAltitude: here.altitude.meters, toAltitude: here.altitude.meters,
                start: now, end: end, except: zones, marginMeters: Self.flownMarginMeters,
                marginVerticalMeters: Self.flownMarginVerticalMeters)
        {
            zones.append(zone)
        }
        return zones
    }

    /// The first zone on a way over `steps` that applies when it is flown there. Standing takes its time.
    private func zone(on steps: some Collection<MissionStep>, _ v: Int) -> Int? {
        let p = state.fleet[v].profile
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        var at = tracks[v].report.position
        let inside = zonesAround(at, until: now)
        var seconds = 0.0
        /// What is on a straight flight to a place, and it is there.
        func fly(to next: Position<MeanSeaLevel>) -> Int? {
            let rise = next.altitude.meters - at.altitude.meters
            let rate = rise > 0 ? configuration.climbMetersPerSecond : configuration.descentMetersPerSecond
            let takes = max(
                at.coordinate.meters(to: next.coordinate) / speed, rise.magnitude / max(rate, 0.1))
            let start = now.advanced(bySeconds: seconds.clamped(to: 0...86_400))
            // Wind and others make it later, hardly earlier.
            let end = start.advanced(
                bySeconds: (1.2 * takes + configuration.timingSlackSeconds).clamped(to: 0...86_400))
            let zone = geography.zones.firstZone(
                from: GeodeticPoint(at.coordinate), to: GeodeticPoint(next.coordinate),
                fromAltitude: at.altitude.meters, toAltitude: next.altitude.meters, start: start, end: end,
                except: inside, marginMeters: Self.flownMarginMeters,
                marginVerticalMeters: Self.flownMarginVerticalMeters)
            seconds += takes
            at = next
            return zone
        }
        for step in steps {
            switch step.action {
            case .takeoff:
                if let zone = fly(to: Position(at.coordinate, altitude: step.target.altitude)) { return zone }
            case .fly, .land, .contingency: if let zone = fly(to: step.target) { return zone }
            case .load, .unload, .wait: seconds += Double(step.durationMilliseconds) / 1000
            case .drive: break
            }
        }
        return nil
    }

    /// The zone that bars what is left of a mission; in the air, up to the next landing: what comes then can be left.
    private func barring(_ v: Int, _ ours: Mission, _ flies: Bool) -> Int? {
        var left = ours.steps.dropFirst(Int(tracks[v].report.leg)).prefix { $0.action != .contingency }
        if flies, let landing = left.firstIndex(where: { $0.action == .land }) { left = left[...landing] }
        return zone(on: left, v)
    }

    /// The zone on the way from here over the contingency's points.
    private func contingencyZone(_ v: Int, _ ours: Mission) -> Int? {
        zone(on: ours.steps.filter { $0.action == .contingency }, v)
    }
}

/// Zones within a drone's reach, for questions about straight ways from where it is.
struct ZoneCone {
    private let zones: ZoneMap
    private let here: Coordinate
    private let inside: [Int]
    private let start: Instant
    private let end: Instant

    /// Nil when no zone that applies is within reach: the usual case, and cheap.
    init?(_ controller: Controller, _ v: Int, seconds: Double) {
        zones = controller.geography.zones
        guard !zones.isEmpty else { return nil }
        here = controller.tracks[v].coordinate
        start = controller.now
        end = start.advanced(bySeconds: seconds)
        let speed = Double(controller.state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000
        let place = GeodeticPoint(here)
        guard
            zones.firstZone(
                from: place, to: place, fromAltitude: 0, toAltitude: 0, start: start, end: end,
                marginMeters: (speed.clamped(to: 0...100) * seconds).clamped(to: 0...4000),
                marginVerticalMeters: 50_000) != nil
        else { return nil }
        inside = controller.zonesAround(controller.tracks[v].report.position, until: end)
    }

    /// Metres east and north of where the drone was measured.
    func isOpen(from a: Motion, to b: Motion) -> Bool {
        zones.firstZone(
            from: GeodeticPoint(here.moved(east: a.x, north: a.y)),
            to: GeodeticPoint(here.moved(east: b.x, north: b.y)), fromAltitude: a.z, toAltitude: b.z,
            start: start, end: end, except: inside) == nil
    }
}
