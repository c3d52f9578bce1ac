/// A day dispatched by a living plan.
final class DayLive: DayDispatcher {
    let day: DispatchDay
    let truth: DayTruth
    let planner: LivePlanner
    var tally: DayTally
    private let steps: Int
    /// By the planner's id, and back.
    private var orderOf: [Int] = []
    private var idOf: [Int]
    private var now: Int64 = 0
    /// Who is elsewhere at another time than the plan has it.
    private var astray: [Int] = []
    private var closures: [DayIncident: Int] = [:]
    /// Told and never heeded: what vehicles do is found out in steps of this.
    private static let tick = 5 * DayTime.minute

    /// `steps` of improvement after every order.
    init(_ day: DispatchDay, settings: LiveSettings, steps: Int) throws(ProblemFault) {
        self.day = day
        self.steps = steps
        truth = DayTruth(day)
        tally = DayTally(day)
        idOf = Array(repeating: -1, count: day.orders)
        var fleet = day.problem
        fleet.shipments = []
        planner = LivePlanner(fleet, settings: settings)
        for v in fleet.vehicles.indices where !day.isTruck(v) {
            _ = try planner.limit(v, millimeters: day.droneReach, at: 0)
        }
        planner.onCommit = { [unowned self] stop in commit(stop) }
        planner.onDone = { [unowned self] isPickup, id, v, departure in
            let stop = truth.finish(v)
            let order = orderOf[id]
            if stop?.departs != departure || stop?.order != order { tally.astray += 1 }
            tally.finish(v, order, isPickup)
        }
    }

    private func commit(_ stop: LiveStop) {
        let order = orderOf[stop.shipment]
        tally.commit(stop.vehicle, order, stop.isPickup)
        if stop.leavesMilliseconds < now - Self.tick { tally.past += 1 }
        let real = truth.leave(stop.vehicle, for: order, isPickup: stop.isPickup, at: stop.leavesMilliseconds)
        if real?.departs != stop.departsMilliseconds { astray.append(stop.vehicle) }
    }

    func advance(to milliseconds: Int64) throws(ProblemFault) {
        while now < milliseconds {
            now = min(now + Self.tick, milliseconds)
            planner.advance(to: now)
            // Each can find the next to be elsewhere.
            while let v = astray.popLast() { try observe(v) }
            for id in planner.waitingShipments {
                let order = orderOf[id]
                guard let closes = truth.shipments[order].pickup?.windows.last?.closesMilliseconds,
                    closes < now, try planner.cancel(id, at: now)
                else { continue }
                tally.states[order] = .expired
            }
        }
    }

    func take(_ order: Int, at milliseconds: Int64) throws(ProblemFault) {
        _ = truth.delay(order)
        let (id, place) = try planner.submit(truth.shipments[order], at: milliseconds)
        if orderOf.count <= id { orderOf += Array(repeating: -1, count: id + 1 - orderOf.count) }
        orderOf[id] = order
        idOf[order] = id
        tally.states[order] = .open
        if let place {
            tally.hadVehicle[order] = true
            if day.isRefusedOnce[order] {
                truth.refuse(order, by: place.vehicle)
                note(try planner.refuse(id, by: place.vehicle, at: milliseconds))
            }
        }
        planner.improve(steps: steps)
        tally.improvedAway += planner.changed.count
    }

    private func observe(_ v: Int) throws(ProblemFault) {
        if let stop = truth.leg[v]?.stop {
            note(try planner.observe(v, location: stop.to, from: stop.starts, at: now))
        } else {
            note(try planner.observe(v, location: truth.here[v], from: truth.freeAt[v], at: now))
        }
    }

    private func note(_ repairs: [LiveRepair]) {
        for repair in repairs {
            if repair.place != nil { tally.hadVehicle[orderOf[repair.shipment]] = true }
            if let from = repair.from, repair.place?.vehicle != from { tally.forcedAway += 1 }
        }
    }

    func begin(_ incident: DayIncident, at milliseconds: Int64) throws(ProblemFault) {
        switch incident.kind {
        case .road(let stretch, let slowness):
            for v in truth.change(stretch: stretch, slowness: slowness, at: milliseconds) { try observe(v) }
            note(try planner.replace(mode: day.truckMode, with: truth.modes[day.truckMode], at: milliseconds))
        case .wind(let mode, let pace):
            for v in truth.change(mode: mode, pace: pace, at: milliseconds) { try observe(v) }
            note(try planner.replace(mode: mode, with: truth.modes[mode], at: milliseconds))
        case .post(let location):
            for v in truth.close(location, until: incident.until, at: milliseconds) { try observe(v) }
            for order in tally.states.indices where tally.states[order] == .open && truth.delay(order) {
                try rewindow(order)
            }
        case .sky(let mode, let location, let radius):
            let closed = try planner.close(
                LiveClosure(
                    center: day.problem.locations[location], radiusMillimeters: radius, mode: mode),
                at: milliseconds)
            closures[incident] = closed.number
            note(closed.repairs)
        case .lost(let v):
            truth.hold(v, for: incident.until - incident.from, at: milliseconds)
            note(try planner.withdraw(v, at: milliseconds))
        case .late(let v):
            truth.hold(v, for: incident.until - incident.from, at: milliseconds)
            try observe(v)
        case .cancel(let order):
            guard tally.states[order] == .open, try planner.cancel(idOf[order], at: milliseconds) else {
                return
            }
            tally.states[order] = .cancelled
        case .postpone(let order, let by):
            guard tally.states[order] == .open else { return }
            truth.postpone(order, by: by)
            try rewindow(order)
        case .silence: break
        }
    }

    private func rewindow(_ order: Int) throws(ProblemFault) {
        let shipment = truth.shipments[order]
        note(
            try planner.change(
                idOf[order], pickup: shipment.pickup?.windows, delivery: shipment.delivery?.windows, at: now))
    }

    func end(_ incident: DayIncident, at milliseconds: Int64) throws(ProblemFault) {
        switch incident.kind {
        case .road(let stretch, _):
            for v in truth.change(stretch: stretch, slowness: 1, at: milliseconds) { try observe(v) }
            note(try planner.replace(mode: day.truckMode, with: truth.modes[day.truckMode], at: milliseconds))
        case .wind(let mode, _):
            let pace = day.problem.modes[mode].pace
            for v in truth.change(mode: mode, pace: pace, at: milliseconds) { try observe(v) }
            note(try planner.replace(mode: mode, with: truth.modes[mode], at: milliseconds))
        case .sky:
            if let number = closures[incident] { note(try planner.open(number, at: milliseconds)) }
        case .lost(let v):
            let stop = truth.leg[v]?.stop
            note(
                try planner.restore(
                    v, location: stop?.to ?? truth.here[v], from: stop?.starts ?? truth.freeAt[v],
                    at: milliseconds))
        case .post, .late, .silence, .cancel, .postpone: break
        }
    }
}
