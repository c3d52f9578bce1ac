import World

// Orders and vehicles go into the plan, and what the plan says next is checked in full and begun.

extension Controller {
    /// Takes a vehicle into the plan that is new there.
    mutating func enroll(_ v: Int) {
        if v == plans.vehicles.count {
            plans.enroll(state.fleet[v].profile, pace: pace(state.fleet[v].profile), at: now)
        }
    }

    /// Tells the plan where a vehicle is or will be free, when that is another than it knows.
    mutating func attend(_ v: Int, isFree: Bool) {
        guard v < plans.vehicles.count else { return }
        if isFree, state.orderOnBoard[v] == nil { return standsFree(v) }
        if let id = state.liveMission[v] { return isUnderWay(v, id) }
        let t = tracks[v]
        if !t.hasReport || !t.connected || t.link == .lost || t.link == .unheard
            || state.fleet[v].isGrounded || state.orderOnBoard[v] != nil || t.report.mode == .fault
            || t.report.health & HealthFault.grounding & ~HealthFault.position != 0
        {
            plans.withdraw(v, at: now)
        } else if plans.vehicles[v].place != .out, plans.vehicles[v].from <= now {
            // It rests, lands, or doubts its position: soon over.
            plans.delay(v, until: max(t.restUntil, now.advanced(bySeconds: 10)), at: now)
        }
    }

    private mutating func standsFree(_ v: Int) {
        let energy = tracks[v].report.energyKilojoules
        let here = tracks[v].coordinate
        let step = state.fleet[v].profile.energyCapacityKilojoules / 20
        if plans.vehicles[v].from <= now, plans.vehicles[v].isStanding(at: here) {
            let known = plans.vehicles[v].energyKilojoules
            if max(energy, known) - min(energy, known) > step {
                plans.reach(v, meters: reach(v, energy), energyKilojoules: energy, at: now)
            }
        } else {
            plans.stand(v, .here(here), at: here, from: now, reachMeters: reach(v, energy), at: now)
            plans.vehicles[v].energyKilojoules = energy
        }
        guard !plans.vehicles[v].refused.isEmpty else { return }
        // What it was refused for came of its energy, its place, or what it used in the last hour.
        if energy >= plans.vehicles[v].refusedEnergyKilojoules &+ step
            || !plans.vehicles[v].refusedPlace.isNear(here, meters: 1000)
            || now.seconds(since: plans.vehicles[v].refusedAt) > Consumption.memorySeconds
        {
            plans.lift(v, at: now)
        }
    }

    private mutating func isUnderWay(_ v: Int, _ id: MissionID) {
        let link = tracks[v].link
        guard let its = state.missionState(id), its != .contingent, link != .lost, link != .unheard,
            !state.fleet[v].isGrounded
        else { return plans.withdraw(v, at: now) }
        if case .after(id, _) = plans.vehicles[v].place {
            // Late: nobody knows how much.
            if plans.vehicles[v].from <= now { plans.delay(v, until: now.advanced(bySeconds: 60), at: now) }
            return
        }
        guard let mission = state.mission(id) else { return }
        let t = tracks[v]
        let end =
            mission.steps.last { $0.action != .contingency }?.target.coordinate ?? t.coordinate
        var left: Double?
        if state.fleet[v].profile.kind.flies {
            var here = t.coordinate
            var way = 0.0
            for step in mission.steps.dropFirst(mission.nextStep)
            where step.action == .fly || step.action == .land {
                way += here.meters(to: step.target.coordinate)
                here = step.target.coordinate
            }
            left = max((reach(v, t.report.energyKilojoules) ?? 0) - way, 0)
        }
        plans.stand(
            v, .after(id, end), at: end, from: max(mission.expectedEnd, now), reachMeters: left, at: now)
    }

    /// How far its energy takes a drone at the best, metres; nil for trucks, which charge on their way.
    private func reach(_ v: Int, _ kilojoules: UInt32) -> Double? {
        let p = state.fleet[v].profile
        guard p.kind.flies else { return nil }
        return Double(kilojoules) / max(energy(p, meters: 1) * loadShare(p, grams: 0), 1e-9)
    }

    /// Milliseconds a millimetre of straight line, times 2^20; slower by up to 1/64, so that there are at most 1,024 of
    /// them, whatever speeds vehicles tell.
    private func pace(_ p: VehicleProfile) -> Int64 {
        var speed = max(Double(p.cruiseSpeedMillimetersPerSecond), 1)
        if !p.kind.flies {
            speed =
                min(speed, max(configuration.truckMetersPerSecond, 1) * 1000)
                / max(configuration.roadDetourFactor, 1)
        }
        let pace = Int64((1000 * 0x1p20 / speed).clamped(to: 1...0x1p21))
        let step = Int64(1) << max(Int64.bitWidth - pace.leadingZeroBitCount - 7, 0)
        return (pace + step - 1) / step * step
    }

    /// A vehicle is another than it was: everything is planned from the start.
    mutating func planAnew() {
        plans = FleetPlan()
        for order in state.orders where order.state == .waiting { plans.add(order) }
    }

    // MARK: Orders

    /// Puts orders in the plan: new ones, those that nobody could carry before, and those that lost their place. Returns
    /// those that have a vehicle now.
    mutating func offer() -> [OrderID] {
        var placed: [OrderID] = []
        var budget = max(configuration.plansPerTick, 1)
        plans.recall(before: now.advanced(bySeconds: configuration.planAheadSeconds))
        var looked = 0
        while budget > 0, let id = plans.nextFresh(&looked) {
            guard let order = state.order(id) else { continue }
            if order.request.readyAt.seconds(since: now) > configuration.planAheadSeconds {
                plans.postpone(id, order.request.readyAt)
                continue
            }
            budget -= 1
            if let refusal = impossible(order.request) {
                countRefusal(refusal.cause)
                set(order, .refused, mission: nil, refusal.reason)
            } else if settle(order) {
                placed.append(id)
            }
        }
        plans.taken(looked)
        while budget > 0, let id = plans.nextParked() {
            budget -= 1
            if let order = state.order(id), settle(order) { placed.append(id) }
        }
        settleDisplaced(&placed)
        return placed
    }

    private mutating func settleDisplaced(_ placed: inout [OrderID]) {
        for id in plans.displaced() {
            if let order = state.order(id), settle(order) { placed.append(id) }
        }
    }

    /// Finds an order its place in the plan; false where it waits, with the reason.
    private mutating func settle(_ order: Order) -> Bool {
        let r = order.request
        let flies = r.kinds?.contains { $0.flies } ?? true
        // Getting up and down takes a drone about a minute.
        let seconds = flies ? configuration.droneHandlingSeconds + 50 : configuration.truckHandlingSeconds
        let terms = OrderTerms(
            handlingMilliseconds: Int64((seconds * 1000).clamped(to: 0...1e8)),
            slackShare: configuration.promiseSlackShare.clamped(to: 0...100),
            slackMilliseconds: Int64((configuration.promiseSlackSeconds * 1000).clamped(to: 0...1e9)))
        if plans.place(order, at: now, terms) { return true }
        plans.park(order.id)
        let why = plans.refusal(of: order.id) ?? nobody(r)
        wait(order, why)
        return false
    }

    /// Why no vehicle can carry it now.
    private func nobody(_ r: OrderRequest) -> String {
        var (suitable, inService) = (0, 0)
        for (v, vehicle) in state.fleet.enumerated() {
            let p = vehicle.profile
            guard r.kinds?.contains(p.kind) ?? true, p.payloadCapacityGrams >= r.massGrams,
                p.cargoVolumeLiters >= r.volumeLiters
            else { continue }
            suitable += 1
            if plans.vehicles.indices.contains(v), plans.vehicles[v].place != .out { inService += 1 }
        }
        let suits = count(suitable, "vehicle") + " that could carry it"
        if inService == 0 { return "none of \(suits) is in service" }
        return "of \(suits), \(inService) in service, none has the energy now"
    }

    /// Begins what a free vehicle has to do next when it is time; false where it has nothing to do for long.
    mutating func begin(_ v: Int, _ budget: inout Int) -> Bool {
        var placed: [OrderID] = []
        defer { tell(placed) }
        for _ in 0..<4 {
            guard budget > 0,
                let next = plans.next(of: v, leadSeconds: configuration.dispatchLeadSeconds),
                let order = state.order(next.order)
            else { return false }
            guard next.leave <= now else {
                return next.leave.seconds(since: now) < configuration.idleReturnSeconds
            }
            budget -= 1
            switch plan(v, order, onBoard: false) {
            case .plan(var plan):
                let other = plans.begin(order.id, at: now)
                plan.reason +=
                    other.map {
                        "; next best \(name($0.vehicle)), which would cost \(grouped(UInt64($0.tenge))) tenge more"
                    } ?? "; no other could as soon"
                assign(v, order, plan)
                attend(v, isFree: false)
                return true
            case .no(let why):
                plans.refuse(order.id, v, why, tracks[v], at: now)
            case .later(let why):
                plans.wait(order.id, until: now.advanced(bySeconds: configuration.backoffSeconds), at: now)
                wait(order, why)
            }
            settleDisplaced(&placed)
        }
        return true
    }

    /// Says for orders that have a vehicle and do not go at once which it is.
    mutating func tell(_ placed: [OrderID]) {
        for id in placed {
            guard let order = state.order(id), order.state == .waiting, let plan = plans.plan(of: id) else {
                continue
            }
            say(
                order,
                "planned for \(name(plan.vehicle)): at the pickup at \(clock(plan.pickup)), at the delivery at "
                    + clock(plan.delivery))
        }
    }

    private mutating func wait(_ order: Order, _ why: String) {
        if !order.reason.hasSuffix(why) { say(order, "waits for a vehicle: \(why)") }
    }

    /// Why it waits; that it is late stays said.
    private mutating func say(_ order: Order, _ why: String) {
        let late = order.request.deliverBy.flatMap { $0 < now ? Self.late + "\(clock($0)); " : nil }
        set(order, .waiting, mission: nil, (late ?? "") + why)
    }

    mutating func improve() {
        tell(plans.improve(steps: configuration.improveStepsPerTick, at: now))
    }
}

extension FleetPlan.Vehicle {
    func isStanding(at here: Coordinate) -> Bool {
        if case .here(let place) = place { place.isNear(here, meters: 100) } else { false }
    }
}

extension Coordinate {
    /// Cheap for what is far away.
    fileprivate func isNear(_ other: Coordinate, meters: Double) -> Bool {
        let rows = Double((Int64(latitudeE7) - Int64(other.latitudeE7)).magnitude)
        return rows * 0.011 <= meters && self.meters(to: other) <= meters
    }
}
