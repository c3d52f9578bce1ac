import World

// Vehicles that are free: they finish what is on board, begin what the plan says, or go where they stand and charge.

extension Controller {
    /// Ready for a mission: heard, trusted, healthy, on the ground, and nothing under way.
    func isFree(_ v: Int) -> Bool {
        let t = tracks[v]
        return state.liveMission[v] == nil && t.connected && t.link == .live && t.positionTrusted && isDown(v)
            && t.report.health & HealthFault.grounding == 0 && t.restUntil <= now
            && !state.fleet[v].isGrounded
    }

    /// Stands on the ground or at the road side: parked, or stopped there and holding still.
    func isDown(_ v: Int) -> Bool {
        let t = tracks[v]
        if t.stands { return true }
        guard t.report.mode == .holding, t.isSlow else { return false }
        return !state.fleet[v].profile.kind.flies
            || t.report.position.altitude.meters <= geography.ground(t.coordinate).meters + 3
    }

    mutating func dispatch() {
        var budget = max(configuration.plansPerTick, 1)
        var free: [Int] = []
        // Nobody takes off into air nobody watches.
        let isWatched = separation.working(configuration, geography) != nil
        for v in tracks.indices {
            enroll(v)
            let isFree = isFree(v)
            guard isWatched || !isFree || !state.fleet[v].profile.kind.flies else {
                plans.withdraw(v, at: now)
                tracks[v].idleSince = nil
                continue
            }
            attend(v, isFree: isFree)
            guard isFree else {
                hover(v)
                continue
            }
            if tracks[v].idleSince == nil {
                tracks[v].idleSince = now
                standHere(v)
            } else if !state.fleet[v].profile.kind.flies {
                // People move trucks.
                standHere(v)
            }
            if let id = state.orderOnBoard[v] {
                if budget > 0, let order = state.order(id) {
                    budget -= 1
                    finish(v, order)
                }
                continue
            }
            if tracks[v].wantsHome {
                tracks[v].wantsHome = false
                if budget > 0, let plan = wayHome(v) {
                    budget -= 1
                    assign(v, nil, plan)
                    continue
                }
            }
            free.append(v)
        }
        let placed = offer()
        for v in free where budget > 0 && !begin(v, &budget) {
            if goToCharge(v) { budget -= 1 }
        }
        tell(placed)
        improve()
    }

    /// Freight on board after a broken-off mission: bring it to its delivery as soon as the energy allows.
    private mutating func finish(_ v: Int, _ order: Order) {
        switch plan(v, order, onBoard: true) {
        case .plan(let plan): assign(v, order, plan)
        case .no(let why), .later(let why):
            tracks[v].restUntil = now.advanced(bySeconds: configuration.backoffSeconds)
            notice("order \(order.id.number) stays on board: \(why)", v)
        }
    }

    /// A vehicle low on energy goes where it can charge, at once; a drone with nothing to do goes home after a while.
    /// A truck waits where it is: its next freight is as likely there.
    private mutating func goToCharge(_ v: Int) -> Bool {
        let p = state.fleet[v].profile
        guard let since = tracks[v].idleSince else { return false }
        let low =
            Double(tracks[v].report.energyKilojoules)
            < configuration.chargeBelowShare * Double(p.energyCapacityKilojoules)
        let idle = now.seconds(since: since)
        guard idle > (low ? 10 : configuration.idleReturnSeconds), low || p.kind.flies,
            tracks[v].lookHomeAt <= now
        else { return false }
        tracks[v].lookHomeAt = now.advanced(bySeconds: 60)
        guard !isAtBase(v) else { return false }
        guard let plan = wayHome(v) else {
            if !tracks[v].strandedTold {
                tracks[v].strandedTold = true
                notice(
                    "\(name(v)) has \(short(Double(tracks[v].report.energyKilojoules), of: p)) of its energy and "
                        + "no place to charge in reach; it needs recovery", v)
            }
            return false
        }
        assign(v, nil, plan)
        return true
    }

    private mutating func wayHome(_ v: Int) -> Plan? {
        guard state.fleet[v].profile.kind.flies else { return driveToCharge(v) }
        if case .plan(let plan) = flightHome(v) { return plan }
        return nil
    }

    /// At its home or a base for its kind.
    func isAtBase(_ v: Int) -> Bool {
        let vehicle = state.fleet[v]
        let near = vehicle.profile.kind.flies ? 300 : configuration.atBaseMeters
        if let home = vehicle.home, tracks[v].coordinate.meters(to: home.coordinate) <= near { return true }
        return configuration.bases.contains {
            $0.kinds.contains(vehicle.profile.kind)
                && tracks[v].coordinate.meters(to: $0.stop.coordinate) <= configuration.atBaseMeters
        }
    }

    /// A vehicle holds the spot it has come to stand on, wherever that was.
    private mutating func standHere(_ v: Int) {
        if !pads.holds(v, near: tracks[v].coordinate, within: 5) { hold(v, [tracks[v].coordinate]) }
    }

    /// A drone left hovering without a mission is brought home.
    private mutating func hover(_ v: Int) {
        let t = tracks[v]
        guard state.liveMission[v] == nil, t.connected, t.link == .live, t.report.mode == .holding,
            state.fleet[v].profile.kind.flies, t.restUntil <= now
        else {
            if state.liveMission[v] != nil || !t.stands { tracks[v].idleSince = nil }
            return
        }
        guard let since = t.idleSince else {
            tracks[v].idleSince = now
            return
        }
        guard now.seconds(since: since) > configuration.idleHoverSeconds else { return }
        switch flightHome(v) {
        case .plan(let plan): assign(v, nil, plan)
        case .no(let why), .later(let why): stayUp(v, why)
        }
    }

    /// No way home is clear: it hovers, people are told, and it lands where it is before its energy ends.
    private mutating func stayUp(_ v: Int, _ why: String) {
        guard now >= tracks[v].hoverToldUntil else { return }
        tracks[v].hoverToldUntil = now.advanced(bySeconds: 60)
        let p = state.fleet[v].profile
        let energy = Double(tracks[v].report.energyKilojoules)
        let lands = energy < configuration.hoverLandShare * Double(p.energyCapacityKilojoules)
        let text =
            "\(name(v)) hovers and cannot come home: \(why); "
            + (lands ? "lands where it is" : "has \(short(energy, of: p)) of its energy")
        tellIncident(text, v)
        if lands { command(.land, v, mission: nil, reason: text) }
    }
}
