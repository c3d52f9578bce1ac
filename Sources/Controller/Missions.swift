import World

// The life of a mission: assigned, uploaded, started, followed by what the vehicle reports, over.

extension Controller {
    mutating func assign(_ v: Int, _ order: Order?, _ plan: Plan) {
        let id = MissionID(UInt64(state.missions.count) + 1)
        let mission = Mission(
            id: id, revision: 1, vehicle: state.fleet[v].profile.id, order: order?.id, steps: plan.steps,
            createdAt: now, expectedEnd: plan.deliveredAt, reason: plan.reason)
        record(.missionAccepted(mission))
        if let order, order.state == .waiting { set(order, .assigned, mission: id, plan.reason) }
        if let order, order.state == .carried { set(order, .carried, mission: id, plan.reason) }
        tracks[v].idleSince = nil
        tracks[v].behindTold = false
        tracks[v].deviatesSince = nil
        tracks[v].deviationTold = false
        tracks[v].deviationHeldSince = nil
        tracks[v].withoutMissionSince = nil
        tracks[v].consumption.interrupt()
        tracks[v].remindedAt = nil
        tracks[v].strandedTold = false
        tracks[v].energyTold = false
        tracks[v].contingencySeen = false
        followIntent(v)
        out.append(.upload(mission, afterDurable: true))
    }

    mutating func uploadFinished(_ id: VehicleID, _ m: MissionID, _ revision: UInt16, _ result: UploadResult)
    {
        guard let v = state.index(of: id), let mission = mission(of: v), mission.id == m,
            mission.revision == revision, mission.state == .accepted
        else { return ignore() }
        if result == .complete {
            set(mission, .loaded, "the vehicle holds it; told to start")
            command(.start, v, mission: mission, reason: "mission \(m.number) starts", afterDurable: true)
            tracks[v].remindedAt = now
        } else {
            giveUp(v, mission, "\(name(v)) did not take the mission: upload \(result.rawValue)")
        }
    }

    mutating func acknowledged(_ id: VehicleID, _ command: UInt64, _ stage: AckStage, _ detail: String) {
        guard let v = state.index(of: id), command >> 32 == state.fence else { return ignore() }
        guard stage == .rejected || stage == .failed || stage == .expired else { return }
        notice("\(name(v)): command \(command & 0xFFFF_FFFF) \(stage.rawValue) \(detail.prefix(128))", v)
        if command == tracks[v].manoeuvreCommand { manoeuvreRefused(v, detail) }
        if stage == .rejected { limitRefused(v, command) }
        // A vehicle that stands and refuses to start gives the order back. An expired start is void, but while
        // the vehicle is silent nobody knows whether it started before: reconciling decides that later.
        guard command == tracks[v].startCommand else { return }
        if let mission = mission(of: v), mission.state == .loaded, tracks[v].link.isHeard, tracks[v].stands {
            giveUp(v, mission, "\(name(v)) did not start: \(stage.rawValue) \(detail.prefix(128))")
            self.command(.abort, v, mission: mission, reason: "start \(stage.rawValue)")
        }
    }

    mutating func progress(
        _ id: VehicleID, _ m: MissionID, _ revision: UInt16, _ leg: Int, _ report: ProgressReport
    ) {
        guard let v = state.index(of: id), let mission = state.mission(m), mission.vehicle == id,
            mission.revision == revision, leg >= 0, leg <= mission.steps.count
        else { return ignore() }
        let order = mission.order.flatMap { state.order($0) }
        tracks[v].reconcileAt = nil
        switch report {
        case .started:
            guard mission.state == .accepted || mission.state == .loaded else { return ignore() }
            set(mission, .active, "under way since \(clock(now))")
        case .legDone:
            guard !mission.state.isOver, leg < mission.steps.count else { return ignore() }
            // The live leg comes with telemetry; only the ends of flights are worth a line in the journal.
            let action = mission.steps[leg].action
            if action == .land, leg + 1 > mission.nextStep {
                set(mission, mission.state, step: leg + 1, mission.reason)
            }
        case .loaded:
            guard leg < mission.steps.count, mission.steps[leg].action == .load, let order else {
                return ignore()
            }
            guard pickedUp(v, order, m) else { return }
            if let mission = state.mission(m), !mission.state.isOver {
                set(mission, mission.state, step: leg + 1, "picked up at \(clock(now))")
            }
        case .unloaded:
            guard leg < mission.steps.count, mission.steps[leg].action == .unload, let order else {
                return ignore()
            }
            deliver(v, order, m)
            if let mission = state.mission(m), !mission.state.isOver {
                set(mission, mission.state, step: leg + 1, "delivered at \(clock(now))")
            }
        case .completed:
            guard !mission.state.isOver else { return ignore() }
            if let order, order.mission == m, order.state == .carried || order.state == .assigned {
                deliver(v, order, m)
            }
            set(mission, .completed, step: mission.steps.count, "completed at \(clock(now))")
        case .aborted:
            guard !mission.state.isOver else { return ignore() }
            giveUp(v, mission, "\(name(v)) dropped the mission at step \(leg)")
        }
    }

    /// What a vehicle has on board it has on board, also when its mission was given up meanwhile and the order went
    /// to another, which is called back. False when nothing changed.
    private mutating func pickedUp(_ v: Int, _ order: Order, _ m: MissionID) -> Bool {
        switch order.state {
        case .waiting, .assigned:
            if order.mission != m { callOff(order, "order \(order.id.number) is on board of \(name(v))") }
            set(order, .carried, mission: m, "on board of \(name(v)) since \(clock(now))")
            return true
        case .carried:
            let carrier = order.mission.flatMap { state.mission($0) }?.vehicle
            if carrier == state.fleet[v].profile.id {
                ignore()
            } else {
                contradiction(
                    v, "says it loaded order \(order.id.number), which another vehicle has on board")
            }
        case .delivered, .refused, .cancelled, .failed:
            if order.mission == m, order.state == .delivered {
                ignore()
            } else {
                contradiction(
                    v,
                    "loaded order \(order.id.number), which is \(order.state.rawValue): its freight is on board"
                )
            }
        }
        return false
    }

    private mutating func deliver(_ v: Int, _ order: Order, _ m: MissionID) {
        guard !order.state.isClosed else {
            if order.mission == m, order.state == .delivered { return ignore() }
            return contradiction(
                v, "unloaded order \(order.id.number), which was \(order.state.rawValue) before")
        }
        if order.mission != m { callOff(order, "order \(order.id.number) was delivered by \(name(v))") }
        let late = order.request.deliverBy.map { now.seconds(since: $0) } ?? 0
        set(
            order, .delivered, mission: m,
            "delivered by \(name(v)) at \(clock(now))" + (late > 0 ? ", \(duration(late)) late" : ""))
    }

    /// Calls back the vehicle that is on its way with or for an order that another one has.
    private mutating func callOff(_ order: Order, _ reason: String) {
        guard let other = order.mission.flatMap({ state.mission($0) }), !other.state.isOver,
            let w = state.index(of: other.vehicle)
        else { return }
        recall(w, other, reason)
    }

    private mutating func contradiction(_ v: Int, _ what: String) {
        ignore()
        tellIncident("\(name(v)) \(what)", v)
    }

    /// Ends a mission that will not be finished. Freight not picked up waits for another vehicle; freight on
    /// board stays the vehicle's, which gets a new mission for it when it can.
    mutating func giveUp(_ v: Int, _ mission: Mission, _ reason: String) {
        set(mission, .aborted, reason)
        if let order = mission.order.flatMap({ state.order($0) }), order.mission == mission.id {
            if order.state == .assigned, state.attempts(order.id) >= configuration.attemptsMax {
                set(
                    order, .failed, mission: nil,
                    "given up after \(count(configuration.attemptsMax, "attempt")) to pick it up, at last: \(reason)"
                )
            } else if order.state == .assigned {
                set(order, .waiting, mission: nil, "waits again: \(reason)")
            }
            if order.state == .carried {
                set(order, .carried, mission: mission.id, "still on board of \(name(v)): \(reason)")
            }
        }
        tracks[v].restUntil = now.advanced(bySeconds: configuration.backoffSeconds)
        notice(reason, v)
    }

    // MARK: A vehicle (re)connects

    mutating func connect(_ profile: VehicleProfile, held: MissionID?, revision: UInt16) {
        guard profile.id.number != 0 else { return ignore() }
        let v: Int
        if let known = state.index(of: profile.id) {
            v = known
            if state.fleet[v].profile != profile { record(.vehicleEnrolled(profile, at: now)) }
        } else {
            record(.vehicleEnrolled(profile, at: now))
            guard let new = state.index(of: profile.id) else { return }
            v = new
        }
        tracks[v].connected = true
        tracks[v].reconcileAt = nil
        // Its clock may have been set back meanwhile.
        tracks[v].report.measuredAt = Instant(nanoseconds: .min)
        if tracks[v].link == .unheard { tracks[v].heardAt = now }
        let ours = mission(of: v)
        if let ours, held == ours.id, revision == ours.revision {
            // Commands say what should be, so saying start once more is harmless.
            if ours.state == .accepted { set(ours, .loaded, "the vehicle holds it; told to start") }
            if ours.state == .accepted || ours.state == .loaded {
                command(
                    .start, v, mission: ours, reason: "reconnected with mission \(ours.id.number)",
                    afterDurable: true)
                tracks[v].remindedAt = now
            }
            return
        }
        if let held, state.mission(held)?.state != .completed {
            let stray = Mission(
                id: held, revision: revision, vehicle: profile.id, order: nil, steps: [], createdAt: now,
                expectedEnd: now, reason: "")
            command(.abort, v, mission: stray, reason: "mission \(held.number) is not this station's plan")
        }
        guard let ours else { return }
        if ours.state == .accepted || ours.state == .loaded {
            out.append(.upload(ours, afterDurable: true))
            if ours.state == .loaded { tracks[v].reconcileAt = now.advanced(bySeconds: 60) }
        } else {
            tracks[v].reconcileAt = now.advanced(bySeconds: configuration.reconcileSeconds)
        }
    }

    // MARK: Operators and incidents

    mutating func perform(_ action: OperatorAction, _ id: VehicleID, by person: String) {
        guard let v = state.index(of: id) else {
            out.append(
                .answer(Answer(accepted: false, vehicle: id, reason: "there is no vehicle \(id.number)")))
            return
        }
        let ours = mission(of: v)
        let reason = "\(action.rawValue) by \(person)"
        var accepted = true
        var answer = reason
        switch action {
        case .hold:
            if let ours, ours.state == .active || ours.state == .held { set(ours, .held, reason) }
            command(.hold, v, mission: ours, reason: reason)
        case .resume:
            if state.fleet[v].isGrounded {
                record(.vehicleGrounded(id, false, reason: reason, at: now))
            }
            if let ours, ours.state == .held {
                set(ours, .active, reason)
                command(.resume, v, mission: ours, reason: reason, afterDurable: true)
            } else if let ours {
                accepted = ours.state == .active
                answer = "mission \(ours.id.number) is \(ours.state.rawValue), only a held one can be resumed"
            }
        case .returnHome:
            if let ours {
                tracks[v].wantsHome = state.orderOnBoard[v] == nil
                sendBack(v, ours, reason)
            } else if isFree(v) {
                tracks[v].wantsHome = true
            } else {
                accepted = false
                answer = "\(name(v)) has no mission to return from"
            }
        case .land:
            if let ours, ours.state != .contingent { set(ours, .contingent, reason) }
            record(.vehicleGrounded(id, true, reason: reason, at: now))
            command(.land, v, mission: ours, reason: reason)
        case .abort:
            record(.vehicleGrounded(id, true, reason: reason, at: now))
            command(.abort, v, mission: ours, reason: reason)
            if let ours { giveUp(v, ours, reason) }
        }
        out.append(.answer(Answer(accepted: accepted, vehicle: id, reason: answer)))
    }

    mutating func happened(_ id: VehicleID, _ incident: VehicleIncident, _ value: Int32) {
        guard let v = state.index(of: id) else { return ignore() }
        let text = "\(name(v)) reports \(incident.rawValue) (\(value))"
        tellIncident(text, v)
        guard let ours = mission(of: v) else { return }
        switch incident {
        case .linkLost, .contingency, .energyLow, .propulsionFault, .emergencyStop:
            tracks[v].contingencySeen = true
            if ours.state == .active || ours.state == .held { set(ours, .contingent, text) }
        // Without a position a vehicle waits by itself; it says so when it waits no longer.
        case .positionLost, .recovered, .payloadFault, .other: break
        }
    }
}
