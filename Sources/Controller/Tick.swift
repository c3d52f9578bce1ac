import World

// Time moves on: believe the reports, follow every link and mission, keep drones apart, give work to the free.

extension Controller {
    /// How the reason of a mission begins that is contingent only because its vehicle was not heard. Such a
    /// mission goes on when the vehicle is heard again and still on it; one recalled by command does not.
    static let silence = "silent for "

    mutating func tick(_ reports: [TrackReport]) {
        hear(reports)
        for v in tracks.indices {
            followLink(v)
            followMission(v)
            followIntent(v)
        }
        watchZones()
        keepApart()
        keepTrucksApart()
        mixRoads()
        tellLate()
        dispatch()
        mix(UInt64(bitPattern: now.nanoseconds))
    }

    /// Believes the newest sound report of each vehicle, by vehicle: how late, how often and in which order they came
    /// makes no difference.
    private mutating func hear(_ reports: [TrackReport]) {
        let isInOrder = zip(reports, reports.dropFirst()).allSatisfy { $0.vehicle < $1.vehicle }
        let sorted = isInOrder ? reports : reports.sorted { $0.precedes($1) }
        var last: VehicleID?
        for report in sorted {
            guard report.vehicle != last, believe(report) else {
                ignore()
                continue
            }
            last = report.vehicle
        }
    }

    /// False when it says nothing new, or nothing that can be.
    private mutating func believe(_ r: TrackReport) -> Bool {
        guard let v = state.index(of: r.vehicle), r.position.coordinate.isValid,
            !tracks[v].hasReport || r.measuredAt > tracks[v].report.measuredAt
        else { return false }
        let gap = now.seconds(since: tracks[v].heardAt)
        if gap > configuration.lostSeconds(flies: state.fleet[v].profile.kind.flies) {
            tracks[v].freshSince = now
        }
        let trusted =
            r.horizontalAccuracyCentimeters <= configuration.trustedAccuracyCentimeters
            && r.health & HealthFault.position == 0
        if tracks[v].hasReport, trusted != tracks[v].positionTrusted {
            notice(
                "\(name(v)): position is \(trusted ? "trusted again" : "not trusted"), accuracy "
                    + "\(distance(Double(r.horizontalAccuracyCentimeters) / 100))", v)
        }
        tracks[v].report = r
        tracks[v].hasReport = true
        tracks[v].heardAt = now
        tracks[v].positionTrusted = trusted
        if trusted, r.mode == .parked, state.fleet[v].home == nil {
            record(.vehicleHome(r.vehicle, r.position, at: now))
        }
        mix(UInt64(r.vehicle.number) << 32 | UInt64(UInt32(bitPattern: r.position.coordinate.latitudeE7)))
        mix(UInt64(UInt32(bitPattern: r.position.coordinate.longitudeE7)) << 8 | UInt64(r.mode.rawValue))
        return true
    }

    private mutating func followLink(_ v: Int) {
        let flies = state.fleet[v].profile.kind.flies
        let age = now.seconds(since: tracks[v].heardAt)
        let old = tracks[v].link
        if old == .unheard, !tracks[v].hasReport { return silent(v, age) }
        let new = old.next(
            age: age, freshSeconds: now.seconds(since: tracks[v].freshSince), flies: flies, configuration)
        tracks[v].link = new
        if new != old {
            mix(UInt64(v) << 8 | UInt64(old.isHeard ? 1 : 0))
            if new == .lost {
                notice("\(name(v)) is lost: silent for \(duration(age)); its plan is frozen", v)
            }
            if new == .regained { notice("\(name(v)) is heard again", v) }
        }
        if new == .lost { silent(v, age) }
    }

    /// What a long silence means for the mission.
    private mutating func silent(_ v: Int, _ age: Double) {
        guard age > configuration.contingencyExpectedSeconds, let ours = mission(of: v) else { return }
        if ours.state == .active || ours.state == .held {
            set(ours, .contingent, Self.silence + "\(duration(age)): expected to follow its contingency")
        }
        guard let order = ours.order.flatMap({ state.order($0) }), order.mission == ours.id else { return }
        if order.state == .assigned, age > configuration.abandonSeconds {
            giveUp(v, ours, "\(name(v)) is silent for \(duration(age)); its freight was not picked up yet")
        } else if order.state == .carried, age > configuration.writeOffSeconds {
            set(
                order, .failed, mission: ours.id,
                "\(name(v)) is silent for \(duration(age)) with the freight on board")
            set(ours, .aborted, "vehicle lost")
        }
    }

    private mutating func followMission(_ v: Int) {
        let track = tracks[v]
        guard track.link.isHeard, track.hasReport else { return }
        let r = track.report
        guard let ours = mission(of: v) else { return stray(v, r) }
        let holdsOurs = r.missionNumber == ours.id.number && r.missionRevision == ours.revision
        if holdsOurs { tracks[v].withoutMissionSince = nil } else { astray(v, ours, r) }
        guard !ours.state.isOver, state.liveMission[v] == ours.id else { return }
        if holdsOurs { sayAgain(v, ours, r) }
        switch ours.state {
        case .accepted:
            // The link tells how every upload ends; this is for when it does not.
            if now.seconds(since: track.remindedAt ?? ours.createdAt) > configuration.uploadSeconds {
                tracks[v].remindedAt = now
                out.append(.upload(ours, afterDurable: true))
            }
        case .loaded:
            if holdsOurs, r.mode == .moving { set(ours, .active, "under way since \(clock(now))") }
            if now.seconds(since: track.remindedAt ?? ours.createdAt) > 2 * configuration.commandValidSeconds
            {
                tracks[v].remindedAt = now
                command(.start, v, mission: ours, reason: "not started yet", afterDurable: true)
            }
        case .active, .held:
            if r.mode == .returning { set(ours, .contingent, "\(name(v)) is on its way to its contingency") }
            if r.mode == .fault { fault(v, ours) }
            if holdsOurs {
                spare(v, ours, r)
                if let ours = mission(of: v), ours.state == .active || ours.state == .held {
                    conform(v, ours, r)
                }
            }
        case .contingent:
            if r.mode == .fault { fault(v, ours) }
            let onlySilent = ours.reason.hasPrefix(Self.silence) && track.link == .live && orderIsOpen(ours)
            if holdsOurs, r.mode == .moving, onlySilent {
                set(ours, .active, "heard again, still on the mission at step \(r.leg)")
            } else if track.stands, now.seconds(since: track.freshSince) > 3 {
                giveUp(v, ours, "\(name(v)) ended its contingency on the ground")
                command(.abort, v, mission: ours, reason: "the contingency is over")
            } else if holdsOurs, r.mode == .holding, onlySilent, !state.fleet[v].isGrounded,
                now.seconds(since: track.remindedAt ?? ours.createdAt) > 10
            {
                tracks[v].remindedAt = now
                command(.resume, v, mission: ours, reason: "link is back", afterDurable: true)
            }
        case .completed, .aborted: break
        }
        if let due = track.reconcileAt, now > due, let ours = mission(of: v), !holdsOurs {
            tracks[v].reconcileAt = nil
            giveUp(v, ours, "\(name(v)) came back without mission \(ours.id.number)")
        }
    }

    private func orderIsOpen(_ mission: Mission) -> Bool {
        guard let order = mission.order.flatMap({ state.order($0) }) else { return true }
        return !order.state.isClosed && order.mission == mission.id
    }

    private mutating func fault(_ v: Int, _ ours: Mission) {
        let order = ours.order.flatMap { state.order($0) }
        giveUp(v, ours, "\(name(v)) reports a fault and cannot move")
        if let order, order.state == .carried, order.mission == ours.id {
            set(order, .failed, mission: ours.id, "\(name(v)) broke down with the freight on board")
        }
    }
}
