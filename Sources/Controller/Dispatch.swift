import World

// Which free vehicle takes which waiting order: the earliest delivery for a new order, the shortest empty way
// less the time waited for a vehicle that becomes free. The seam for Dispatching.

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
            guard isFree(v) else {
                hover(v)
                continue
            }
            guard isWatched || !state.fleet[v].profile.kind.flies else {
                // What waits is offered to it anew later.
                tracks[v].idleSince = nil
                continue
            }
            if tracks[v].idleSince == nil {
                tracks[v].idleSince = now
                tracks[v].offeredEnergyKilojoules = 0
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
        offer(&free, &budget)
        for v in free where budget > 0 {
            let energy = tracks[v].report.energyKilojoules
            let grown = tracks[v].offeredEnergyKilojoules
            let step = state.fleet[v].profile.energyCapacityKilojoules / 20
            if grown == 0 || energy > grown.addingReportingOverflow(step).partialValue {
                budget -= 1
                tracks[v].offeredEnergyKilojoules = max(energy, 1)
                if takeBest(v) { continue }
            }
            if goToCharge(v) { budget -= 1 }
        }
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

    /// New orders, oldest first, each to the free vehicle that delivers first.
    private mutating func offer(_ free: inout [Int], _ budget: inout Int) {
        var later: [OrderID] = []
        let fresh = waiting.fresh
        waiting.fresh = []
        for (i, id) in fresh.enumerated() {
            guard let entry = waiting.entry(id) else { continue }
            if budget <= 0 {
                later.append(contentsOf: fresh[i...])
                break
            }
            if entry.readyAt.seconds(since: now) > configuration.dispatchLeadSeconds || entry.notBefore > now
            {
                later.append(id)
                continue
            }
            guard !free.isEmpty, let order = state.order(id) else { continue }
            budget -= 1
            if let refusal = impossible(order.request) {
                countRefusal(refusal.cause)
                set(order, .refused, mission: nil, refusal.reason)
                continue
            }
            var ranked = free.compactMap { v in score(v, entry).map { (seconds: $0, v: v) } }
            ranked.sort { ($0.seconds, $0.v) < ($1.seconds, $1.v) }
            var why = "no free vehicle of \(free.count) suits it"
            var mayPass = false
            for candidate in ranked.prefix(4) {
                switch plan(candidate.v, order, onBoard: false) {
                case .plan(var plan):
                    plan.reason += "; first of \(count(ranked.count, "free vehicle")) that could"
                    assign(candidate.v, order, plan)
                    free.removeAll { $0 == candidate.v }
                    why = ""
                case .no(let reason): why = reason
                case .later(let reason):
                    why = reason
                    mayPass = true
                }
                if why.isEmpty { break }
            }
            guard !why.isEmpty else { continue }
            if mayPass {
                waiting.wait(id, until: now.advanced(bySeconds: configuration.backoffSeconds))
                later.append(id)
            }
            if !order.reason.hasSuffix(why) {
                set(order, .waiting, mission: nil, "waits for a vehicle: \(why)")
            }
        }
        waiting.fresh.append(contentsOf: later)
    }

    /// Seconds until delivery by a straight line; nil when the vehicle cannot take it.
    private func score(_ v: Int, _ entry: WaitingOrders.Entry) -> Double? {
        let p = state.fleet[v].profile
        guard entry.kinds & WaitingOrders.bit(p.kind) != 0, p.payloadCapacityGrams >= entry.massGrams,
            p.cargoVolumeLiters >= entry.volumeLiters, p.cruiseSpeedMillimetersPerSecond > 0
        else { return nil }
        let detour = p.kind.flies ? 1 : configuration.roadDetourFactor
        let way = tracks[v].coordinate.meters(to: entry.pickup) + entry.pickup.meters(to: entry.delivery)
        // A truck may charge on the way.
        guard
            !p.kind.flies
                || energy(p, meters: way) * loadShare(p, grams: 0)
                    <= Double(tracks[v].report.energyKilojoules)
        else {
            return nil
        }
        return way * detour / (Double(p.cruiseSpeedMillimetersPerSecond) / 1000)
    }

    /// The best waiting order for a vehicle that has become free or gained energy.
    private mutating func takeBest(_ v: Int) -> Bool {
        let here = tracks[v].coordinate
        let speed = max(Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        var best: [(cost: Double, id: OrderID)] = []
        for entry in waiting.entries
        where entry.readyAt.seconds(since: now) <= configuration.dispatchLeadSeconds {
            guard score(v, entry) != nil else { continue }
            let cost = here.meters(to: entry.pickup) / speed - now.seconds(since: entry.since)
            if best.count == 4, let worst = best.last, (cost, entry.id) >= (worst.cost, worst.id) { continue }
            best.append((cost, entry.id))
            best.sort { ($0.cost, $0.id) < ($1.cost, $1.id) }
            if best.count > 4 { best.removeLast() }
        }
        for candidate in best {
            guard let order = state.order(candidate.id), case .plan(let plan) = plan(v, order, onBoard: false)
            else { continue }
            assign(v, order, plan)
            return true
        }
        return false
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
