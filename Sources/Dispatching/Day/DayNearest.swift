/// The plain dispatcher beside the living plan: the nearest free vehicle takes the oldest order that it can bring in time,
/// one at a time, and at once.
final class DayNearest: DayDispatcher {
    let day: DispatchDay
    let truth: DayTruth
    var tally: DayTally
    /// Known and with nobody, in the order of their coming.
    private var queue: [Int] = []
    private var carries: [Int?]
    private var isOut: [Bool]
    private var closedSky: [DayIncident] = []
    private var now: Int64 = 0

    init(_ day: DispatchDay) {
        self.day = day
        truth = DayTruth(day)
        tally = DayTally(day)
        carries = Array(repeating: nil, count: day.problem.vehicles.count)
        isOut = Array(repeating: false, count: carries.count)
    }

    func advance(to milliseconds: Int64) {
        while true {
            var next = milliseconds
            for v in carries.indices {
                if let stop = truth.leg[v]?.stop, !isOut[v] { next = min(next, stop.departs) }
            }
            now = max(now, next)
            var freed: [Int] = []
            for v in carries.indices {
                guard let stop = truth.leg[v]?.stop, stop.departs <= now, !isOut[v] else { continue }
                _ = truth.finish(v)
                tally.finish(v, stop.order, stop.isPickup)
                if stop.isPickup {
                    leave(v, stop.order, false)
                } else {
                    carries[v] = nil
                    freed.append(v)
                }
            }
            for v in freed { serve(v) }
            if next >= milliseconds { break }
        }
        queue.removeAll { order in
            guard let closes = truth.shipments[order].pickup?.windows.last?.closesMilliseconds, closes < now
            else { return false }
            tally.states[order] = .expired
            return true
        }
    }

    private func leave(_ v: Int, _ order: Int, _ isPickup: Bool) {
        tally.commit(v, order, isPickup)
        _ = truth.leave(v, for: order, isPickup: isPickup, at: now)
    }

    /// The oldest order that a free vehicle can bring.
    private func serve(_ v: Int) {
        guard let k = queue.indices.first(where: { reach(v, queue[$0]) != nil }) else { return }
        give(queue.remove(at: k), to: v)
    }

    private func give(_ order: Int, to v: Int) {
        carries[v] = order
        tally.hadVehicle[order] = true
        leave(v, order, true)
    }

    private func assign(_ order: Int) -> Bool {
        var best: (time: Int64, v: Int)?
        for v in carries.indices {
            if let time = reach(v, order), best.map({ (time, v) < $0 }) ?? true { best = (time, v) }
        }
        guard let best else { return false }
        give(order, to: best.v)
        return true
    }

    /// How long a free vehicle takes to the pickup; nil when it cannot carry the order, or not in time.
    private func reach(_ v: Int, _ order: Int) -> Int64? {
        let (shipment, vehicle) = (truth.shipments[order], day.problem.vehicles[v])
        guard carries[v] == nil, !isOut[v], truth.freeAt[v] <= now, shipment.skills & ~vehicle.skills == 0,
            !any(shipment.load .> vehicle.capacity), !shipment.refusedVehicles.contains(v),
            let pickup = shipment.pickup, let delivery = shipment.delivery
        else { return nil }
        for case .sky(let mode, let location, let radius) in closedSky.map(\.kind) where mode == vehicle.mode
        {
            let center = day.problem.locations[location]
            for place in [pickup.location, delivery.location] {
                let at = day.problem.locations[place]
                let (x, y, z) = (at.x - center.x, at.y - center.y, at.z - center.z)
                if x * x + y * y + z * z <= radius * radius { return nil }
            }
        }
        let way = truth.way(v, truth.here[v], pickup.location)
        guard let first = pickup.windows.first, let last = delivery.windows.first else { return nil }
        let loaded = max(now + way, first.opensMilliseconds)
        guard loaded <= first.closesMilliseconds else { return nil }
        let there =
            loaded + pickup.serviceMilliseconds + truth.way(v, pickup.location, delivery.location)
        return max(there, last.opensMilliseconds) <= last.closesMilliseconds ? way : nil
    }

    func take(_ order: Int, at milliseconds: Int64) {
        _ = truth.delay(order)
        tally.states[order] = .open
        if day.isRefusedOnce[order] {
            // The first choice is refused.
            var best: (time: Int64, v: Int)?
            for v in carries.indices {
                if let time = reach(v, order), best.map({ (time, v) < $0 }) ?? true { best = (time, v) }
            }
            if let best { truth.refuse(order, by: best.v) }
        }
        if !assign(order) { queue.append(order) }
    }

    private func retry() { queue.removeAll { assign($0) } }

    func begin(_ incident: DayIncident, at milliseconds: Int64) {
        switch incident.kind {
        case .road(let stretch, let slowness):
            _ = truth.change(stretch: stretch, slowness: slowness, at: milliseconds)
        case .wind(let mode, let pace): _ = truth.change(mode: mode, pace: pace, at: milliseconds)
        case .post(let location):
            _ = truth.close(location, until: incident.until, at: milliseconds)
            for order in queue { _ = truth.delay(order) }
        case .sky: closedSky.append(incident)
        case .lost(let v):
            truth.hold(v, for: incident.until - incident.from, at: milliseconds)
            isOut[v] = true
        case .late(let v): truth.hold(v, for: incident.until - incident.from, at: milliseconds)
        case .cancel(let order):
            guard let k = queue.firstIndex(of: order) else { return }
            queue.remove(at: k)
            tally.states[order] = .cancelled
        case .postpone(let order, let by):
            guard queue.contains(order) else { return }
            truth.postpone(order, by: by)
        case .silence: break
        }
    }

    func end(_ incident: DayIncident, at milliseconds: Int64) {
        switch incident.kind {
        case .road(let stretch, _): _ = truth.change(stretch: stretch, slowness: 1, at: milliseconds)
        case .wind(let mode, _):
            _ = truth.change(mode: mode, pace: day.problem.modes[mode].pace, at: milliseconds)
        case .sky: closedSky.removeAll { $0 == incident }
        case .lost(let v): isOut[v] = false
        case .post, .late, .silence, .cancel, .postpone: break
        }
        retry()
    }
}
