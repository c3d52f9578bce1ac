import Traffic
import World

// What the table says becomes commands: few, because each is kept in the journal.

extension Controller {
    /// How the reason of a mission begins that is held because its truck waits on the road.
    static let onRoad = "road: "

    func isHeldOnRoad(_ ours: Mission) -> Bool {
        ours.state == .held && ours.reason.hasPrefix(Self.onRoad)
    }

    /// Tells a truck to slow down, stop or go on, if it must be told.
    ///
    /// A truck drives as it likes until it comes near the greatest speed from which it still stops in time. Then it is
    /// told at once what it will come down to: the speed of the truck ahead, or to hold. So it is told once or twice
    /// where following the limit would take a command each second. It goes on when that leads somewhere, and gets
    /// faster when it could have for a while.
    mutating func direct(_ i: Int32, _ network: RoadNetwork, _ traffic: RoadTraffic) {
        let v = road.trucks[Int(i)].vehicle
        guard let a = traffic.advisory(of: i), a.reason != .silent, tracks[v].link.isHeard,
            let ours = mission(of: v), tracks[v].report.missionNumber == ours.id.number
        else { return }
        let cruise = Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000
        // At the end of its way it leaves the road by itself.
        let most = a.reason == .routeEnd ? .infinity : a.speedLimit
        if isHeldOnRoad(ours) {
            tellWaiting(i, network, traffic, a)
            if mayGoOn(a, most, cruise, tracks[v].report.groundSpeed) { goOn(i, ours) }
            return
        }
        road.trucks[Int(i)].waitsSince = nil
        guard ours.state == .active, tracks[v].report.mode == .moving else { return }
        let speed = tracks[v].report.groundSpeed
        let told = road.trucks[Int(i)].limit ?? 0
        let wants = told > 0 ? min(Double(told) / 1000, cruise) : cruise
        let isNear = speed > 0.92 * most || a.brakes || most < 2
        if most < wants, isNear {
            road.trucks[Int(i)].couldGoSince = nil
            let slower = a.reason == .free ? max(a.aheadSpeed, 2) : min(a.aheadSpeed, 0.95 * most)
            if slower < 2 || a.brakes && a.aheadSpeed < 2 || road.trucks[Int(i)].refusesLimits {
                hold(i, ours, words(i, network, traffic, a))
            } else if slower < wants - 0.05 {
                limit(i, ours, UInt32((slower * 10).rounded(.down)) * 100, words(i, network, traffic, a))
            }
        } else if road.trucks[Int(i)].limit == nil {
            // After a restart: whatever it was told before, now it is free.
            limit(i, ours, 0, "the road is free")
        } else if told > 0, isFree(a, most, cruise) || most > 1.25 * wants + 1 {
            let since = road.trucks[Int(i)].couldGoSince ?? now
            road.trucks[Int(i)].couldGoSince = since
            guard now.seconds(since: since) >= configuration.roadRaiseSeconds else { return }
            if isFree(a, most, cruise) {
                road.trucks[Int(i)].couldGoSince = nil
                limit(i, ours, 0, "the road is free")
            } else {
                let faster = min(a.aheadSpeed, 0.95 * most)
                guard faster > wants + 1 else { return }
                road.trucks[Int(i)].couldGoSince = nil
                limit(i, ours, UInt32((faster * 10).rounded(.down)) * 100, words(i, network, traffic, a))
            }
        } else {
            road.trucks[Int(i)].couldGoSince = nil
        }
    }

    /// Whether a truck that was told to be slower may do as it likes again: by far, so that it is not told anew at once.
    private func isFree(_ a: RoadAdvisory, _ most: Double, _ cruise: Double) -> Bool {
        most >= 1.2 * cruise || (most >= cruise && (a.reason == .free || a.reason == .routeEnd))
    }

    /// Whether a truck that was told to hold goes on: when what it held for is over, or it stopped far before it; not for
    /// each length that a queue moves up.
    private func mayGoOn(_ a: RoadAdvisory, _ most: Double, _ cruise: Double, _ speed: Double) -> Bool {
        let isFar = speed < 0.5 && most >= 0.8 * cruise
        let brisk = min(cruise / 2, 8)
        switch a.reason {
        case .free, .routeEnd: return most >= min(brisk, 3)
        case .leader, .platoon: return most >= brisk && a.aheadSpeed > 2 || isFar
        case .silent: return false
        case .zone, .room, .deadlock, .promised, .direction, .queue, .leaseExpired:
            return isFar
        }
    }

    mutating func hold(_ i: Int32, _ ours: Mission, _ why: String) {
        let v = road.trucks[Int(i)].vehicle
        road.statistics.holds += 1
        road.trucks[Int(i)].waitsSince = now
        road.trucks[Int(i)].toldNext = configuration.roadWaitToldSeconds
        set(ours, .held, Self.onRoad + why)
        command(.hold, v, mission: ours, reason: Self.onRoad + why)
    }

    private mutating func goOn(_ i: Int32, _ ours: Mission) {
        let v = road.trucks[Int(i)].vehicle
        road.statistics.resumes += 1
        road.trucks[Int(i)].waitsSince = nil
        set(ours, .active, "the road is free again")
        command(.resume, v, mission: ours, reason: "the road is free again", afterDurable: true)
    }

    /// 0 lifts the limit.
    mutating func limit(_ i: Int32, _ ours: Mission, _ millimetersPerSecond: UInt32, _ why: String) {
        let v = road.trucks[Int(i)].vehicle
        road.statistics.limits += 1
        road.trucks[Int(i)].limit = millimetersPerSecond
        command(
            .speedLimit, v, mission: ours, reason: Self.onRoad + why,
            speedMillimetersPerSecond: millimetersPerSecond)
        road.trucks[Int(i)].limitCommand = state.fence << 32 | UInt64(state.commandCounter)
    }

    /// A truck that cannot be slowed down is stopped instead.
    mutating func limitRefused(_ v: Int, _ command: UInt64) {
        guard road.numbers.indices.contains(v), road.numbers[v] >= 0 else { return }
        let i = Int(road.numbers[v])
        guard road.trucks[i].limitCommand == command, road.trucks[i].limit != 0 else { return }
        road.trucks[i].limit = 0
        road.trucks[i].refusesLimits = true
    }

    /// Who waits long is told to the operator, with the one who could end it.
    private mutating func tellWaiting(
        _ i: Int32, _ network: RoadNetwork, _ traffic: RoadTraffic, _ a: RoadAdvisory
    ) {
        let t = Int(i)
        let since = road.trucks[t].waitsSince ?? now
        if road.trucks[t].waitsSince == nil { road.trucks[t].toldNext = configuration.roadWaitToldSeconds }
        road.trucks[t].waitsSince = since
        let waited = now.seconds(since: since)
        guard waited >= max(road.trucks[t].toldNext, 1) else { return }
        road.trucks[t].toldNext = 2 * waited
        road.statistics.longWaits += 1
        let v = road.trucks[t].vehicle
        var text = "\(name(v)) waits for \(duration(waited)): \(words(i, network, traffic, a))"
        let root = traffic.rootBlocker(of: i)
        if root >= 0, root != i, Int(root) < road.trucks.count {
            let w = road.trucks[Int(root)].vehicle
            text += "; it all waits for \(name(w)), \(plight(w))"
        }
        tellIncident(text, v)
    }

    /// Why a truck that others wait for does not move.
    private func plight(_ v: Int) -> String {
        let t = tracks[v]
        if !t.link.isHeard {
            return "silent for \(duration(now.seconds(since: t.heardAt))): if it is off the road, abort it"
        }
        if t.report.mode == .fault { return "which reports a fault" }
        guard let ours = mission(of: v) else { return "which has no mission" }
        return ours.state == .held ? "which is held: \(ours.reason)" : "which is \(ours.state.rawValue)"
    }

    // MARK: Words

    /// "waits for truck-3 at the single-lane works on A2 ZHR-SHE km 83".
    func words(_ i: Int32, _ network: RoadNetwork, _ traffic: RoadTraffic, _ a: RoadAdvisory) -> String {
        let who =
            a.other >= 0 && Int(a.other) < road.trucks.count
            ? name(road.trucks[Int(a.other)].vehicle) : nil
        let next = traffic.stop(of: i)
        var place = ""
        if let next {
            place =
                next.zone >= 0
                ? "at \(network.zoneNames[Int(next.zone)])"
                : "on \(network.name(section: next.section, meters: next.meters))"
        }
        switch a.reason {
        case .free: return "the road ahead is slower"
        case .leader, .platoon:
            let verb = a.aheadSpeed < 2 ? "waits behind" : "keeps its distance to"
            return "\(verb) \(who ?? "the truck ahead")"
        case .zone: return "waits for \(who ?? "others") \(place)"
        case .direction:
            return "waits \(place), where it is the other direction's turn after \(who ?? "others")"
        case .promised: return "lets \(who ?? "another"), which waits longer, go first \(place)"
        case .room: return "waits for \(who ?? "others") to make room beyond \(place)"
        case .deadlock: return "waits for \(who ?? "others") \(place): going on could lock all"
        case .queue: return "waits behind \(who ?? "others"), which waits \(place)"
        case .leaseExpired: return "waits \(place) for its turn"
        case .routeEnd, .silent: return "waits \(place)"
        }
    }
}
