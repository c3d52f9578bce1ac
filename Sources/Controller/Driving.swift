import World

// Plans of trucks: along roads, by way of chargers where the energy does not last.

/// A truck's way through one or two routes, with the energy it has.
struct DrivePlan {
    var steps: [MissionStep] = []
    var meters = 0.0
    var seconds = 0.0
    var charges = 0
}

extension Controller {
    mutating func drive(_ v: Int, _ p: VehicleProfile, _ order: Order, onBoard: Bool) -> PlanResult {
        let request = order.request
        let start = tracks[v].coordinate
        var drive = DrivePlan()
        var has = Double(tracks[v].report.energyKilojoules)
        let handling = UInt32((configuration.truckHandlingSeconds * 1000).clamped(to: 0...3.6e7))
        guard let haul = road(onBoard ? start : request.pickup.coordinate, request.delivery.coordinate) else {
            return .no("no road leads to \(request.delivery.place)")
        }
        let after = metersToCharger(from: request.delivery.coordinate, p.kind)
        var out = 0.0
        if !onBoard {
            guard let way = road(start, request.pickup.coordinate) else {
                return .no("no road leads to \(request.pickup.place)")
            }
            // What lies behind the pickup counts as far as the next charger.
            let beyond = haul.chargers.first.map {
                haul.alongMeters[$0.point] + $0.offMeters * configuration.roadDetourFactor
            }
            let tail = min(beyond ?? .infinity, haul.lengthMeters + after)
            if let why = follow(way, to: request.pickup, p, &has, tail: tail, &drive) { return .no(why) }
            out = drive.meters
            let here = Position(request.pickup.coordinate, altitude: request.pickup.ground)
            wait(until: request.readyAt, at: here, &drive.steps, &drive.seconds)
            drive.steps.append(MissionStep(.load, here, durationMilliseconds: handling))
            drive.seconds += configuration.truckHandlingSeconds
        }
        if let why = follow(haul, to: request.delivery, p, &has, tail: after, &drive) { return .no(why) }
        let there = Position(request.delivery.coordinate, altitude: request.delivery.ground)
        drive.steps.append(MissionStep(.unload, there, durationMilliseconds: handling))
        drive.seconds += configuration.truckHandlingSeconds
        // A truck's contingency is to stop at the road side where it is; the place only completes the plan.
        drive.steps.append(MissionStep(.contingency, there))
        let at = now.advanced(bySeconds: drive.seconds)
        let charging = drive.charges == 0 ? "" : ", \(count(drive.charges, "charging stop")) on the way"
        return .plan(
            Plan(
                steps: drive.steps, deliveredAt: at,
                reason: "\(p.name): \(onBoard ? "freight on board" : distance(out) + " by road to pickup"), "
                    + "\(distance(drive.meters - out)) to delivery, needs "
                    + "\(short(energy(p, meters: drive.meters), of: p)) of its energy\(charging), "
                    + "expected at \(clock(at))"))
    }

    /// Adds one route. Nil when it can be driven; else why not. `tail`: metres that must be left at its end.
    private func follow(
        _ route: PreparedRoute, to stop: Stop, _ p: VehicleProfile, _ has: inout Double, tail: Double,
        _ drive: inout DrivePlan
    ) -> String? {
        let per = plannedConsumption(p)
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let pace = max(route.seconds / max(route.lengthMeters, 1), 1 / speed)
        var first = 1
        var from = 0.0
        func add(_ place: Coordinate) {
            drive.steps.append(MissionStep(.drive, Position(place, altitude: stop.ground)))
        }
        func advance(_ meters: Double) {
            has -= meters * per
            drive.meters += meters
            drive.seconds += meters * pace
        }
        for charge in chargingStops(route, p, has: has, tail: tail) {
            guard let charge else {
                let reach = has / max(per, 1e-9) / (1 + configuration.energyReserveShare)
                return "\(p.name) has energy for \(distance(max(reach, 0))) and meets no charger before"
            }
            let base = configuration.bases[charge.base].stop
            if first <= charge.point { for i in first...charge.point { add(route.points[i]) } }
            let aside = charge.offMeters * configuration.roadDetourFactor
            advance(route.alongMeters[charge.point] - from + aside)
            if aside > 10 { add(base.coordinate) }
            let target = Double(p.energyCapacityKilojoules) * configuration.chargeToShare
            let seconds = max(target - has, 0) / max(configuration.truckChargeKilowatts, 1) + 60
            drive.steps.append(
                MissionStep(
                    .wait, Position(base.coordinate, altitude: base.ground),
                    durationMilliseconds: UInt32((seconds * 1000).clamped(to: 0...8e7))))
            drive.seconds += seconds
            drive.charges += 1
            has = max(has, target)
            advance(aside)
            from = route.alongMeters[charge.point]
            first = charge.point + (aside > 10 ? 0 : 1)
        }
        if first < route.points.count { for i in first..<route.points.count { add(route.points[i]) } }
        advance(route.lengthMeters - from)
        return nil
    }

    /// Where to charge on a route: each time the farthest charger that is still reached with the reserve. A nil at
    /// the end: from there on no charger is in reach.
    private func chargingStops(
        _ route: PreparedRoute, _ p: VehicleProfile, has: Double, tail: Double
    ) -> [PreparedRoute.Charger?] {
        let perMeter = plannedConsumption(p) * (1 + configuration.energyReserveShare)
        var reach = perMeter > 0 ? has / perMeter : .infinity
        let full = Double(p.energyCapacityKilojoules) * configuration.chargeToShare / max(perMeter, 1e-9)
        var stops: [PreparedRoute.Charger?] = []
        var at = 0.0
        while route.lengthMeters + tail - at > reach {
            let next = route.chargers.last { charger in
                let along = route.alongMeters[charger.point]
                let aside = charger.offMeters * configuration.roadDetourFactor
                return along - at + aside <= reach && (along > at + 1000 || (stops.isEmpty && reach < full))
                    && along >= at
            }
            guard let next, stops.count < 40 else { return stops + [nil] }
            stops.append(next)
            at = route.alongMeters[next.point]
            reach = full - next.offMeters * configuration.roadDetourFactor
        }
        return stops
    }

    /// Whether a truck with full energy could drive from pickup to delivery, by way of chargers.
    mutating func canHaul(_ p: VehicleProfile, _ r: OrderRequest) -> Bool? {
        guard let route = road(r.pickup.coordinate, r.delivery.coordinate) else { return nil }
        let full = Double(p.energyCapacityKilojoules) * configuration.chargeToShare
        let stops = chargingStops(
            route, p, has: full, tail: metersToCharger(from: r.delivery.coordinate, p.kind))
        return stops.last.map { $0 != nil } ?? true
    }

    /// Metres by road, estimated, to the nearest place to charge; 0 when none is known.
    func metersToCharger(from place: Coordinate, _ kind: VehicleKind) -> Double {
        var least = Double.infinity
        for base in configuration.bases where base.kinds.contains(kind) {
            least = min(least, place.meters(to: base.stop.coordinate))
        }
        return least.isFinite ? least * configuration.roadDetourFactor : 0
    }

    /// An empty drive to the nearest place to charge: a base for trucks, or home.
    mutating func driveToCharge(_ v: Int) -> Plan? {
        let p = state.fleet[v].profile
        let here = tracks[v].coordinate
        var places = configuration.bases.filter { $0.kinds.contains(p.kind) }.map(\.stop)
        if let home = state.fleet[v].home {
            places.append(Stop(place: "home", coordinate: home.coordinate, ground: home.altitude))
        }
        let ranked = places.enumerated().map { (here.meters(to: $1.coordinate), $0) }.sorted(by: <)
        for (far, index) in ranked.prefix(3) where far > configuration.atBaseMeters {
            guard let route = road(here, places[index].coordinate) else { continue }
            // The reserve is for this.
            guard route.lengthMeters * plannedConsumption(p) <= Double(tracks[v].report.energyKilojoules)
            else { continue }
            let ground = places[index].ground
            var steps = route.points.dropFirst().map {
                MissionStep(.drive, Position($0, altitude: ground))
            }
            steps.append(MissionStep(.contingency, Position(places[index].coordinate, altitude: ground)))
            let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
            return Plan(
                steps: steps,
                deliveredAt: now.advanced(bySeconds: max(route.seconds, route.lengthMeters / speed)),
                reason: "\(p.name) drives \(distance(route.lengthMeters)) to charge at \(places[index].place)"
            )
        }
        return nil
    }
}
