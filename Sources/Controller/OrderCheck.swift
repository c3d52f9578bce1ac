import World

// Submitting and cancelling. Every refusal says what would make it pass.

extension Controller {
    mutating func submit(_ request: OrderRequest) {
        if let known = state.order(company: request.company, key: request.key) {
            let same = known.request == request
            if !same { countRefusal(.keyTaken) }
            out.append(
                .answer(
                    Answer(
                        accepted: same && known.state != .refused, order: known.id,
                        reason: same
                            ? known.reason
                            : "key \(request.key.prefix(64)) already names order \(known.id.number) with other "
                                + "content; choose another key")))
            return
        }
        if let fault = malformed(request) {
            countRefusal(.malformed)
            out.append(.answer(Answer(accepted: false, reason: fault)))
            return
        }
        let refusal = impossible(request)
        if let refusal { countRefusal(refusal.cause) }
        let order = Order(
            id: OrderID(UInt64(state.orders.count) + 1), request: request, submittedAt: now,
            state: refusal == nil ? .waiting : .refused,
            reason: refusal?.reason
                ?? (state.fleet.isEmpty ? "waits: no vehicle has enrolled yet" : "waits for a vehicle"))
        var kept = order
        if refusal != nil { kept.closedAt = now }
        record(.orderAccepted(kept))
        out.append(.answer(Answer(accepted: refusal == nil, order: order.id, reason: order.reason)))
    }

    /// What is wrong with the request itself. Such a request leaves no order behind.
    private func malformed(_ r: OrderRequest) -> String? {
        if r.key.isEmpty || r.key.utf8.count > 64 { return "the key must have 1 to 64 bytes" }
        if r.company.isEmpty || r.company.utf8.count > 64 { return "the company must have 1 to 64 bytes" }
        if r.pickup.place.utf8.count > 128 || r.delivery.place.utf8.count > 128 {
            return "a place name must have at most 128 bytes"
        }
        if !r.pickup.coordinate.isValid || !r.delivery.coordinate.isValid {
            return "coordinates must be within 90 degrees of latitude and 180 of longitude"
        }
        if r.massGrams == 0 { return "the mass must be at least 1 g" }
        if r.massGrams > configuration.heaviestOrderGrams {
            return "the mass must be at most \(mass(configuration.heaviestOrderGrams))"
        }
        if r.kinds?.isEmpty == true {
            return "name at least one vehicle kind, or none to leave the choice open"
        }
        let horizon = configuration.orderHorizonSeconds
        if abs(r.readyAt.seconds(since: now)) > horizon {
            return "ready time must be within \(duration(horizon)) of now (\(clock(now)))"
        }
        if let due = r.deliverBy {
            if due <= r.readyAt { return "the due time must be later than the ready time" }
            if due.seconds(since: now) > horizon { return "the due time must be within \(duration(horizon))" }
        }
        return nil
    }

    struct Refusal {
        var cause: RefusalCause
        var reason: String
    }

    /// Why no enrolled vehicle can ever carry it; nil when one can, or when none has enrolled yet.
    mutating func impossible(_ r: OrderRequest) -> Refusal? {
        guard !state.fleet.isEmpty else { return nil }
        let haul = r.pickup.coordinate.meters(to: r.delivery.coordinate)
        var anyKind = false
        var largest: UInt32 = 0
        var largestVolume: UInt32 = 0
        var reach = 0.0
        var most = 0.0
        var truck: VehicleProfile?
        // Nearest bases to both ends, for the kinds that fly.
        let ends = [VehicleKind.multirotor, .vtol].map { kind in
            (metersToBase(r.pickup.coordinate, kind), metersToBase(r.delivery.coordinate, kind))
        }
        let closed = closedToFlights(r)
        for vehicle in state.fleet {
            let p = vehicle.profile
            if let kinds = r.kinds, !kinds.contains(p.kind) { continue }
            anyKind = true
            largest = max(largest, p.payloadCapacityGrams)
            guard p.payloadCapacityGrams >= r.massGrams else { continue }
            largestVolume = max(largestVolume, p.cargoVolumeLiters)
            guard p.cargoVolumeLiters >= r.volumeLiters else { continue }
            guard p.kind.flies else {
                if p.rangeMeters > truck?.rangeMeters ?? 0 { truck = p }
                continue
            }
            if closed != nil { continue }
            // From home or a base to the pickup, the haul, and on to home or a base.
            let light = loadShare(p, grams: 0)
            let budget =
                Double(p.rangeMeters) / (1 + configuration.energyReserveShare)
                - 3 * hopMeters(p, rise: configuration.terrainClearanceMeters) * light
            let laden = max(loadShare(p, grams: r.massGrams), 0.01)
            let longest = budget / laden
            most = max(most, longest)
            guard longest >= haul else { continue }
            let (toPickup, fromDelivery) = ends[p.kind == .multirotor ? 0 : 1]
            var empty = toPickup + fromDelivery
            if let home = vehicle.home?.coordinate {
                // Most homes are in another part of the country: latitude tells without trigonometry.
                let apart = Double((Int64(home.latitudeE7) - Int64(r.pickup.coordinate.latitudeE7)).magnitude)
                guard toPickup.isFinite || apart * 0.011 * light <= budget - haul * laden else { continue }
                empty =
                    min(toPickup, r.pickup.coordinate.meters(to: home))
                    + min(fromDelivery, r.delivery.coordinate.meters(to: home))
            } else if !empty.isFinite {
                empty = 0
            }
            let mine = (budget - empty * light) / laden
            if mine >= haul { return nil }
            reach = max(reach, mine)
        }
        if !anyKind {
            return Refusal(
                cause: .noSuchKind,
                reason: "no vehicle of the kinds asked for is enrolled; leave the kind open")
        }
        if largest < r.massGrams {
            return Refusal(
                cause: .tooHeavy,
                reason: "no vehicle can carry \(mass(r.massGrams)); the largest here takes \(mass(largest))")
        }
        if largestVolume < r.volumeLiters {
            return Refusal(
                cause: .tooLarge,
                reason: "no vehicle that carries \(mass(r.massGrams)) has room for "
                    + "\(grouped(UInt64(r.volumeLiters))) l; the largest here takes "
                    + "\(grouped(UInt64(largestVolume))) l")
        }
        if let truck { return noRoad(truck, r, haul) }
        if let closed { return Refusal(cause: .prohibitedZone, reason: closed) }
        let hint = r.kinds == nil ? "a truck would do" : "or leave the kind open to trucks"
        return Refusal(
            cause: .beyondReach,
            reason: haul > most
                ? "\(distance(haul)) is beyond every drone's reach with \(mass(r.massGrams)); the longest haul that "
                    + "passes is \(distance(most)), \(hint)"
                : "\(distance(haul)) so far from every drone's base and home is beyond reach with "
                    + "\(mass(r.massGrams)); between these places \(distance(max(reach, 0))) would pass, \(hint)"
        )
    }

    /// Why not even the truck of the longest range can drive it; nil when it can.
    private mutating func noRoad(_ truck: VehicleProfile, _ r: OrderRequest, _ haul: Double) -> Refusal? {
        guard let can = canHaul(truck, r) else {
            return Refusal(
                cause: .noRoad,
                reason: "no road leads from \(r.pickup.place) to \(r.delivery.place); choose places within "
                    + "100 km of a road")
        }
        if can { return nil }
        let range = Double(truck.rangeMeters) / (1 + configuration.energyReserveShare)
        return Refusal(
            cause: .beyondReach,
            reason: "\(distance(haul)) is beyond every truck's reach: none drives more than "
                + "\(distance(range)) between chargers, and the way has fewer")
    }

    private func metersToBase(_ place: Coordinate, _ kind: VehicleKind) -> Double {
        var least = Double.infinity
        for base in configuration.bases where base.kinds.contains(kind) {
            least = min(least, place.meters(to: base.stop.coordinate))
        }
        return least
    }

    mutating func cancel(_ id: OrderID, by person: String) {
        guard let order = state.order(id) else {
            out.append(.answer(Answer(accepted: false, reason: "there is no order \(id.number)")))
            return
        }
        switch order.state {
        case .delivered, .refused, .cancelled, .failed:
            out.append(
                .answer(
                    Answer(
                        accepted: order.state == .cancelled, order: id,
                        reason: "order \(id.number) is \(order.state.rawValue) already")))
        case .carried:
            out.append(
                .answer(
                    Answer(
                        accepted: false, order: id,
                        reason: "order \(id.number) is on board since "
                            + "\(clock(order.pickedUpAt ?? order.submittedAt)); it can be cancelled only "
                            + "before pickup")))
        case .waiting, .assigned:
            let reason = "cancelled by \(person)"
            set(order, .cancelled, mission: order.mission, reason)
            if let mission = order.mission.flatMap({ state.mission($0) }), !mission.state.isOver,
                let v = state.index(of: mission.vehicle)
            {
                recall(v, mission, "order \(id.number) was cancelled by \(person)")
            }
            out.append(.answer(Answer(accepted: true, order: id, reason: reason)))
        }
    }

    /// Brings a vehicle back from a mission that has lost its purpose: dropped on the ground, else flown or
    /// driven to its contingency.
    mutating func recall(_ v: Int, _ mission: Mission, _ reason: String) {
        if mission.state == .accepted || mission.state == .loaded, tracks[v].hasReport, tracks[v].stands {
            set(mission, .aborted, reason)
            command(.abort, v, mission: mission, reason: reason)
        } else {
            sendBack(v, mission, reason)
        }
    }

    /// A drone flies to its contingency. A truck has none but to stop where it is: it drops the mission, and is
    /// planned afresh from there.
    mutating func sendBack(_ v: Int, _ mission: Mission, _ reason: String) {
        if state.fleet[v].profile.kind.flies {
            if mission.state != .contingent { set(mission, .contingent, reason) }
            command(.returnHome, v, mission: mission, reason: reason)
        } else {
            command(.abort, v, mission: mission, reason: reason)
            giveUp(v, mission, reason)
        }
    }
}
