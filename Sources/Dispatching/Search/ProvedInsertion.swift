/// Insertions that a `Schedule` decides.
extension DispatchSearch {
    /// The best insertion into one route that can be proved, for less than `best`: the places that windows, loads and ways
    /// allow, nearest first, until even the way of the next costs more.
    func evaluateProved(_ s: Int, _ slot: Int, _ best: inout Best) -> Bool {
        guard let proofs = set.proofs else { return false }
        let kind = Int(set.routes[slot].kind)
        let rate = set.rates[kind]
        let limit = RouteSet.millimeters(costing: best.cost, rate: rate)
        set.places(s, slot, capacity: set.capacities[kind], limit: limit, into: &places)
        guard !places.isEmpty, let bounds = proofs.bounds(set, slot, set.stops(slot, with: s)) else {
            return false
        }
        let now = set.price(kind, set.routes[slot].millimeters) &+ set.routes[slot].extra
        var improved = false
        for place in places.prefix(settings.mostProofs) {
            if place.millimeters &* rate >= best.cost { break }
            let (i, j) = (Int(place.pickupAfter), Int(place.deliveryAfter))
            proved += 1
            guard let route = proofs.prove(kind, set.stops(slot, with: s, i, j), bounds),
                route.cost &- now < best.cost
            else { continue }
            best = Best(
                cost: route.cost &- now, route: slot, pickupAfter: i, deliveryAfter: j, kind: Int32(kind))
            improved = true
        }
        return improved
    }

    /// Whether this insertion goes astray; more often where others wait for it or it for them.
    func strays(_ s: Int) -> Bool {
        if set.table.needs[s].contains(.others) { return chance.oneIn(settings.strayEvery / 8) }
        return set.active.count <= settings.fewRoutes && chance.oneIn(settings.strayEvery)
    }

    /// Not where it is cheapest, but at one of the nearest places of any vehicle: among few routes the cheapest insertions
    /// alone never lead to some plans.
    func insertAstray(_ s: Int) -> Bool {
        let pick = chance.below(set.active.count + 1)
        let slot: Int
        if pick < set.active.count {
            slot = Int(set.active[pick])
            let kind = Int(set.routes[slot].kind)
            guard compatible(s, kind) else { return false }
            set.places(s, slot, capacity: set.capacities[kind], limit: .max >> 1, into: &places)
            guard !places.isEmpty else { return false }
            let place = places[chance.below(min(places.count, 4))]
            set.insert(s, slot, Int(place.pickupAfter), Int(place.deliveryAfter))
        } else {
            let kind = chance.below(limits.count)
            guard hasLeft(kind), set.active.count < fleetLimit, costAlone(s, kind) < .max else {
                return false
            }
            slot = begin(kind)
            set.insert(s, slot, 0, 0)
        }
        if set.prove(slot) { return true }
        set.remove(s)
        settleTouched()
        return false
    }

    /// What a route with nothing but this shipment costs; where others matter, if they did not. `.max` when it cannot be.
    func aloneCost(_ s: Int, _ kind: Int) -> Int64 {
        let cost = set.costAlone(s, kind)
        let needs = set.table.needs[s].union(set.table.kindNeeds[kind])
        guard cost < .max, needs == .proof, let proofs = set.proofs else { return cost }
        return proofs.prove(kind, set.stops(alone: s), .init())?.cost ?? .max
    }

    /// The same as things are.
    func aloneNow(_ s: Int, _ kind: Int) -> Int64 {
        guard costAlone(s, kind) < .max, let proofs = set.proofs else { return .max }
        let stops = set.stops(alone: s)
        guard let bounds = proofs.bounds(set, -1, stops) else { return .max }
        return proofs.prove(kind, stops, bounds)?.cost ?? .max
    }
}
