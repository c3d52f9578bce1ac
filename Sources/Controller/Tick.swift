import World

// Time moves on: believe the reports, follow every link and mission, keep drones apart, give work to the free.

extension Controller {
    /// How the reason of a mission begins that is contingent only because its vehicle was not heard. Such a
    /// mission goes on when the vehicle is heard again and still on it; one recalled by command does not.
    private static let silence = "silent for "

    mutating func tick(_ reports: [TrackReport]) {
        for report in reports { believe(report) }
        for v in tracks.indices {
            followLink(v)
            followMission(v)
        }
        keepApart()
        dispatch()
        mix(UInt64(bitPattern: now.nanoseconds))
    }

    private mutating func believe(_ r: TrackReport) {
        guard let v = state.index(of: r.vehicle), r.position.coordinate.isValid,
            !tracks[v].hasReport || r.measuredAt > tracks[v].report.measuredAt
        else { return ignore() }
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
        switch ours.state {
        case .accepted: break
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
            if holdsOurs { conform(v, ours, r) }
            spare(v, ours, r)
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

    /// A vehicle that moves on a mission that is not its live one is told to drop it.
    private mutating func stray(_ v: Int, _ r: TrackReport) {
        guard r.missionNumber != 0, r.mode == .moving,
            tracks[v].remindedAt.map({ now.seconds(since: $0) > 10 }) ?? true
        else { return }
        if state.mission(MissionID(r.missionNumber))?.state == .completed { return }
        tracks[v].remindedAt = now
        let stray = Mission(
            id: MissionID(r.missionNumber), revision: r.missionRevision, vehicle: r.vehicle, order: nil,
            steps: [], createdAt: now, expectedEnd: now, reason: "")
        command(.abort, v, mission: stray, reason: "mission \(r.missionNumber) is not this station's plan")
    }

    /// Distance from the planned leg; told, and answered with a hold when far.
    private mutating func conform(_ v: Int, _ ours: Mission, _ r: TrackReport) {
        let leg = Int(r.leg)
        guard r.mode == .moving, tracks[v].positionTrusted, leg > 0, leg < ours.steps.count else { return }
        let flies = state.fleet[v].profile.kind.flies
        let off = offLine(
            r.position.coordinate, ours.steps[leg - 1].target.coordinate, ours.steps[leg].target.coordinate)
        let limit = flies ? configuration.droneDeviationMeters : configuration.truckDeviationMeters
        let far = flies ? configuration.droneDeviationHoldMeters : configuration.truckDeviationHoldMeters
        tracks[v].deviationTicks = off > limit ? min(tracks[v].deviationTicks + 1, 1000) : 0
        if tracks[v].deviationTicks == 0 { tracks[v].deviationTold = false }
        if tracks[v].deviationTicks >= 3, !tracks[v].deviationTold {
            tracks[v].deviationTold = true
            let text =
                "\(name(v)) is \(distance(off)) from its planned way at step \(leg); the limit is \(distance(limit))"
            record(.incident(r.vehicle, text, at: now))
            notice(text, v)
            if off > far, configuration.holdWhenFarOff, ours.state == .active {
                set(ours, .held, text)
                command(.hold, v, mission: ours, reason: text)
            }
        }
        let behind = now.seconds(since: ours.expectedEnd)
        if behind > configuration.behindPlanSeconds, !tracks[v].behindTold {
            tracks[v].behindTold = true
            notice("\(name(v)) is \(duration(behind)) behind its plan", v)
        }
    }
}
