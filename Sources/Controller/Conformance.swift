import World

// Whether a vehicle does what it was told: the mission, its way, its height, its time. What differs is recorded with
// the reason, and answered where it endangers.

extension Controller {
    /// How the reason of a mission begins that is held because its vehicle is off its way.
    static let offWay = "off its way: "

    /// Distance and height from the planned leg, and time. For a mission the vehicle reports to be on.
    mutating func conform(_ v: Int, _ ours: Mission, _ r: TrackReport) {
        if let why = deviation(v, ours, r) {
            let since = tracks[v].deviatesSince ?? now
            tracks[v].deviatesSince = since
            if now.seconds(since: since) >= configuration.deviationSeconds { deviates(v, ours, why) }
        } else if tracks[v].deviatesSince != nil {
            tracks[v].deviatesSince = nil
            if tracks[v].deviationTold { notice("\(name(v)) is on its way again", v) }
            tracks[v].deviationTold = false
            tracks[v].deviationHeldSince = nil
            if ours.state == .held, ours.reason.hasPrefix(Self.offWay) {
                set(ours, .active, "on its way again")
                command(.resume, v, mission: ours, reason: "on its way again", afterDurable: true)
            }
        }
        let behind = now.seconds(since: ours.expectedEnd)
        if behind > configuration.behindPlanSeconds, !tracks[v].behindTold {
            tracks[v].behindTold = true
            let text = "\(name(v)) is \(duration(behind)) behind its plan at step \(r.leg)"
            tellIncident(text, v)
        }
    }

    private struct Deviation {
        var text: String
        var isFar: Bool
    }

    /// Nil while within the limits, and where there is nothing to compare: standing, or climbing and landing on the
    /// spot as far as height goes.
    private func deviation(_ v: Int, _ ours: Mission, _ r: TrackReport) -> Deviation? {
        let leg = Int(r.leg)
        guard tracks[v].positionTrusted, tracks[v].manoeuvre == nil, tracks[v].wayFreeUntil <= now, leg > 0,
            let step = ours.step(leg), let before = ours.step(leg - 1),
            r.mode == .moving || ours.reason.hasPrefix(Self.offWay)
        else { return nil }
        let flies = state.fleet[v].profile.kind.flies
        var off = offLine(r.position.coordinate, before.target.coordinate, step.target.coordinate)
        if let back = tracks[v].backFrom, back.leg == r.leg {
            off = min(off, offLine(r.position.coordinate, back.place, step.target.coordinate))
        }
        let limit = flies ? configuration.droneDeviationMeters : configuration.truckDeviationMeters
        let far = flies ? configuration.droneDeviationHoldMeters : configuration.truckDeviationHoldMeters
        if off > limit {
            return Deviation(
                text: "\(distance(off)) from its planned way at step \(leg); the limit is \(distance(limit))",
                isFar: off > far)
        }
        guard step.action == .fly else { return nil }
        let high = r.position.altitude.meters - step.target.altitude.meters
        let most = configuration.altitudeDeviationMeters
        guard abs(high) > most else { return nil }
        return Deviation(
            text: "\(distance(abs(high))) \(high > 0 ? "above" : "below") its planned height at step \(leg); "
                + "the limit is \(distance(most))",
            isFar: abs(high) > 2.5 * most)
    }

    private mutating func deviates(_ v: Int, _ ours: Mission, _ why: Deviation) {
        if !tracks[v].deviationTold {
            tracks[v].deviationTold = true
            let text = "\(name(v)) is \(why.text)"
            tellIncident(text, v)
        }
        guard configuration.holdWhenFarOff else { return }
        if why.isFar, ours.state == .active {
            tracks[v].deviationHeldSince = now
            set(ours, .held, Self.offWay + why.text)
            command(.hold, v, mission: ours, reason: Self.offWay + why.text)
        } else if ours.state == .held, ours.reason.hasPrefix(Self.offWay) {
            let since = tracks[v].deviationHeldSince ?? now
            tracks[v].deviationHeldSince = since
            guard now.seconds(since: since) > configuration.deviationContingencySeconds else { return }
            tracks[v].deviationHeldSince = nil
            let reason =
                "held \(duration(configuration.deviationContingencySeconds)) for being \(why.text): sent back"
            notice("\(name(v)): \(reason)", v)
            sendBack(v, ours, reason)
        }
    }

    /// A vehicle that is heard but not on the mission it should be on: another one or another revision, which it is
    /// told to drop, or none.
    mutating func astray(_ v: Int, _ ours: Mission, _ r: TrackReport) {
        guard ours.state == .loaded || ours.state == .active || ours.state == .held else { return }
        let since = tracks[v].withoutMissionSince ?? now
        tracks[v].withoutMissionSince = since
        let age = now.seconds(since: since)
        let other = r.missionNumber
        if other != 0, r.mode == .moving, age >= configuration.deviationSeconds {
            let text =
                "\(name(v)) is on mission \(other) revision \(r.missionRevision) instead of "
                + "\(ours.id.number) revision \(ours.revision)"
            record(.incident(r.vehicle, text, at: now))
            drop(v, r, reason: text)
            giveUp(v, ours, text)
        } else if age > configuration.lostMissionSeconds {
            // The start may be on its way still; a mission that was under way is gone.
            guard ours.state != .loaded || age > 4 * configuration.commandValidSeconds else { return }
            giveUp(v, ours, "\(name(v)) does not hold mission \(ours.id.number) any more")
        }
    }

    /// A command can be lost for good, by its time running out or the station's end: what should be is said again to a
    /// vehicle that does otherwise for a while.
    mutating func sayAgain(_ v: Int, _ ours: Mission, _ r: TrackReport) {
        let verb: CommandVerb
        switch (ours.state, r.mode) {
        case (.active, .holding) where tracks[v].manoeuvre == nil: verb = .resume
        case (.held, .moving): verb = .hold
        case (.contingent, .moving), (.contingent, .holding):
            guard !ours.reason.hasPrefix(Self.silence) else {
                tracks[v].contrarySince = nil
                return
            }
            verb = ours.reason.hasSuffix(Self.landsHere) ? .land : .returnHome
        default:
            tracks[v].contrarySince = nil
            return
        }
        let since = tracks[v].contrarySince ?? now
        tracks[v].contrarySince = since
        guard now.seconds(since: since) > configuration.sayAgainSeconds else { return }
        tracks[v].contrarySince = now
        command(
            verb, v, mission: ours, reason: "still \(r.mode): \(ours.reason)", afterDurable: verb == .resume)
    }

    /// How the reason of a mission ends whose vehicle was told to come down where it is.
    static let landsHere = "lands where it is"

    /// A vehicle without a live mission that moves on one is told to drop it.
    mutating func stray(_ v: Int, _ r: TrackReport) {
        guard r.missionNumber != 0, r.mode == .moving || r.mode == .ready,
            tracks[v].remindedAt.map({ now.seconds(since: $0) > 10 }) ?? true
        else { return }
        if state.mission(MissionID(r.missionNumber))?.state == .completed { return }
        tracks[v].remindedAt = now
        drop(v, r, reason: "mission \(r.missionNumber) is not this station's plan")
    }

    private mutating func drop(_ v: Int, _ r: TrackReport, reason: String) {
        let stray = Mission(
            id: MissionID(r.missionNumber), revision: r.missionRevision, vehicle: r.vehicle, order: nil,
            steps: [], createdAt: now, expectedEnd: now, reason: "")
        command(.abort, v, mission: stray, reason: reason)
    }
}
