import World

// One vehicle, one order: the steps, the time and the energy, or why not. The seam for Dispatching (which
// order) and Traffic (which way).

struct Plan: Sendable {
    var steps: [MissionStep]
    var deliveredAt: Instant
    var reason: String
}

enum PlanResult: Sendable {
    case plan(Plan)
    case no(String)
}

extension Controller {
    /// Plans `order` for vehicle `v` from where it stands. `onBoard`: the freight is picked up already.
    func plan(_ v: Int, _ order: Order, onBoard: Bool) -> PlanResult {
        let p = state.fleet[v].profile
        return p.kind.flies ? flight(v, p, order, onBoard: onBoard) : drive(v, p, order, onBoard: onBoard)
    }

    private func flight(_ v: Int, _ p: VehicleProfile, _ order: Order, onBoard: Bool) -> PlanResult {
        let request = order.request
        let start = tracks[v].report.position
        guard
            let dropSpot = pads.free(
                at: request.delivery.coordinate, for: v, spacingMeters: configuration.padSpacingMeters),
            let pickSpot = pads.free(
                at: request.pickup.coordinate, for: v, spacingMeters: configuration.padSpacingMeters)
        else { return .no("all landing spots are taken") }
        let refuge = refuge(v, near: dropSpot)
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let out = onBoard ? 0 : start.coordinate.meters(to: pickSpot)
        let haul = (onBoard ? start.coordinate : pickSpot).meters(to: dropSpot)
        let home = dropSpot.meters(to: refuge.coordinate)
        let landings = onBoard ? 2.0 : 3.0
        let needed = energy(p, meters: out + haul + home + landings * configuration.takeoffAndLandingMeters)
        let has = Double(tracks[v].report.energyKilojoules)
        guard needed <= has else {
            return .no("\(p.name) needs \(short(needed, of: p)) of its energy and has \(short(has, of: p))")
        }
        var steps: [MissionStep] = []
        var seconds = 0.0
        let handling = UInt32((configuration.droneHandlingSeconds * 1000).clamped(to: 0...3.6e6))
        var here = start
        var highest = start.altitude
        func hop(to spot: Coordinate) {
            let level = cruise(here.coordinate, spot)
            highest = max(highest, level)
            let ground = geography.ground(spot)
            steps.append(MissionStep(.takeoff, Position(here.coordinate, altitude: level)))
            steps.append(MissionStep(.fly, Position(spot, altitude: level)))
            steps.append(MissionStep(.land, Position(spot, altitude: ground)))
            seconds +=
                max(level.meters - here.altitude.meters, 0) / max(configuration.climbMetersPerSecond, 0.1)
            seconds += here.coordinate.meters(to: spot) / speed
            seconds += max(level.meters - ground.meters, 0) / max(configuration.descentMetersPerSecond, 0.1)
            here = Position(spot, altitude: ground)
        }
        if !onBoard {
            hop(to: pickSpot)
            wait(until: request.readyAt, at: here, &steps, &seconds)
            steps.append(MissionStep(.load, here, durationMilliseconds: handling))
            seconds += configuration.droneHandlingSeconds
        }
        hop(to: dropSpot)
        steps.append(MissionStep(.unload, here, durationMilliseconds: handling))
        seconds += configuration.droneHandlingSeconds
        let back = max(highest, cruise(dropSpot, refuge.coordinate))
        steps.append(MissionStep(.contingency, Position(refuge.coordinate, altitude: back)))
        steps.append(MissionStep(.contingency, refuge))
        let at = now.advanced(bySeconds: seconds)
        return .plan(
            Plan(
                steps: steps, deliveredAt: at,
                reason: "\(p.name): \(onBoard ? "freight on board" : distance(out) + " to pickup"), "
                    + "\(distance(haul)) to delivery, needs \(short(needed, of: p)) of its energy and has "
                    + "\(short(has, of: p)), expected at \(clock(at))"))
    }

    /// A flight home without freight.
    func flightHome(_ v: Int) -> Plan? {
        let p = state.fleet[v].profile
        let start = tracks[v].report.position
        let target = refuge(v, near: start.coordinate)
        let level = cruise(start.coordinate, target.coordinate)
        let far = start.coordinate.meters(to: target.coordinate)
        let airborne = tracks[v].inAir
        let needed = energy(p, meters: far + configuration.takeoffAndLandingMeters)
        guard airborne || needed <= Double(tracks[v].report.energyKilojoules) else { return nil }
        var steps: [MissionStep] = []
        if !airborne { steps.append(MissionStep(.takeoff, Position(start.coordinate, altitude: level))) }
        steps.append(MissionStep(.fly, Position(target.coordinate, altitude: level)))
        steps.append(MissionStep(.land, target))
        steps.append(MissionStep(.contingency, Position(target.coordinate, altitude: level)))
        steps.append(MissionStep(.contingency, target))
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let at = now.advanced(bySeconds: far / speed + 120)
        return Plan(
            steps: steps, deliveredAt: at,
            reason: "\(p.name) goes home, \(distance(far)), to stand and charge")
    }

    private func drive(_ v: Int, _ p: VehicleProfile, _ order: Order, onBoard: Bool) -> PlanResult {
        let request = order.request
        let start = tracks[v].coordinate
        var steps: [MissionStep] = []
        var seconds = 0.0
        var length = 0.0
        var out = 0.0
        let handling = UInt32((configuration.truckHandlingSeconds * 1000).clamped(to: 0...3.6e7))
        func go(from: Coordinate, to stop: Stop) -> Bool {
            guard let route = geography.route(from, stop.coordinate, now), route.lengthMeters.isFinite else {
                return false
            }
            let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
            for point in thinned(
                route.points, toleranceMeters: configuration.routeToleranceMeters, atMost: 1000)
            {
                steps.append(MissionStep(.drive, Position(point, altitude: stop.ground)))
            }
            steps.append(MissionStep(.drive, Position(stop.coordinate, altitude: stop.ground)))
            seconds += max(route.seconds.isFinite ? route.seconds : 0, route.lengthMeters / speed)
            length += route.lengthMeters
            return true
        }
        if !onBoard {
            guard go(from: start, to: request.pickup) else {
                return .no("no road leads to \(request.pickup.place)")
            }
            out = length
            let here = Position(request.pickup.coordinate, altitude: request.pickup.ground)
            wait(until: request.readyAt, at: here, &steps, &seconds)
            steps.append(MissionStep(.load, here, durationMilliseconds: handling))
            seconds += configuration.truckHandlingSeconds
        }
        guard go(from: onBoard ? start : request.pickup.coordinate, to: request.delivery) else {
            return .no("no road leads to \(request.delivery.place)")
        }
        let there = Position(request.delivery.coordinate, altitude: request.delivery.ground)
        steps.append(MissionStep(.unload, there, durationMilliseconds: handling))
        seconds += configuration.truckHandlingSeconds
        // A truck's contingency is to stop at the road side where it is; the place only completes the plan.
        steps.append(MissionStep(.contingency, there))
        let needed = energy(p, meters: length)
        let has = Double(tracks[v].report.energyKilojoules)
        guard needed <= has else {
            return .no("\(p.name) needs \(short(needed, of: p)) of its energy and has \(short(has, of: p))")
        }
        let at = now.advanced(bySeconds: seconds)
        return .plan(
            Plan(
                steps: steps, deliveredAt: at,
                reason: "\(p.name): \(onBoard ? "freight on board" : distance(out) + " by road to pickup"), "
                    + "\(distance(length - out)) to delivery, needs \(short(needed, of: p)) of its energy, "
                    + "expected at \(clock(at))"))
    }

    private func wait(
        until ready: Instant, at here: Position<MeanSeaLevel>, _ steps: inout [MissionStep],
        _ seconds: inout Double
    ) {
        let early = ready.seconds(since: now) - seconds
        guard early > 0 else { return }
        steps.append(
            MissionStep(.wait, here, durationMilliseconds: UInt32((early * 1000).clamped(to: 0...4e9))))
        seconds += early
    }

    private func short(_ kilojoules: Double, of p: VehicleProfile) -> String {
        percent(kilojoules / max(Double(p.energyCapacityKilojoules), 1))
    }

    /// Where a drone goes when it must: its home or the nearest base for its kind; without either, the place.
    func refuge(_ v: Int, near place: Coordinate) -> Position<MeanSeaLevel> {
        let vehicle = state.fleet[v]
        var best = vehicle.home ?? Position(place, altitude: geography.ground(place))
        var least = vehicle.home == nil ? Double.infinity : place.meters(to: best.coordinate)
        for base in configuration.bases where base.kinds.contains(vehicle.profile.kind) {
            let far = place.meters(to: base.stop.coordinate)
            if far + 500 < least {
                least = far
                // Spread by vehicle, so that a common link loss does not lead all to one point.
                let spread = Double(v % 7 - 3) * configuration.padSpacingMeters
                let row = Double(v / 7 % 7 - 3) * configuration.padSpacingMeters
                best = Position(
                    base.stop.coordinate.moved(east: spread, north: row), altitude: base.stop.ground)
            }
        }
        return best
    }

    /// Cruise altitude from `a` to `b`: the lowest multiple of the layer spacing clear of the ground below
    /// whose turn it is for this course. Two drones on different courses are never in the same layer.
    func cruise(_ a: Coordinate, _ b: Coordinate) -> Altitude<MeanSeaLevel> {
        let d = a.displacement(to: b)
        let samples = Int((a.meters(to: b) / 500).clamped(to: 1...400))
        var highest = -500.0
        for i in 0...samples {
            let share = Double(i) / Double(samples)
            highest = max(
                highest, geography.ground(a.moved(east: d.east * share, north: d.north * share)).meters)
        }
        let spacing = max(configuration.layerSpacingMeters, 1)
        var layer = Int(((highest + configuration.terrainClearanceMeters) / spacing).rounded(.up))
        let sector = courseSector(a, b)
        while ((layer % 8) + 8) % 8 != sector { layer += 1 }
        return Altitude(meters: Double(layer) * spacing)
    }
}

/// Douglas-Peucker, without the last point; doubles the tolerance until at most `atMost` points remain.
func thinned(_ points: [Coordinate], toleranceMeters: Double, atMost: Int) -> [Coordinate] {
    guard points.count > 2 else { return Array(points.dropLast()) }
    var tolerance = max(toleranceMeters, 1)
    while true {
        var keep = [Bool](repeating: false, count: points.count)
        keep[0] = true
        keep[points.count - 1] = true
        var open = [(0, points.count - 1)]
        while let (first, last) = open.popLast() {
            guard last - first > 1 else { continue }
            var worst = 0.0
            var at = first
            for i in first + 1..<last {
                let off = offLine(points[i], points[first], points[last])
                if off > worst {
                    worst = off
                    at = i
                }
            }
            if worst > tolerance {
                keep[at] = true
                open.append((first, at))
                open.append((at, last))
            }
        }
        let rest = points.indices.dropLast().filter { keep[$0] }
        if rest.count <= max(atMost, 1) { return rest.map { points[$0] } }
        tolerance *= 2
    }
}

/// Metres from `p` to the stretch between `a` and `b`.
func offLine(_ p: Coordinate, _ a: Coordinate, _ b: Coordinate) -> Double {
    let ab = a.displacement(to: b)
    let ap = a.displacement(to: p)
    let square = ab.east * ab.east + ab.north * ab.north
    let share = square > 0 ? ((ap.east * ab.east + ap.north * ab.north) / square).clamped(to: 0...1) : 0
    let (e, n) = (ap.east - ab.east * share, ap.north - ab.north * share)
    return (e * e + n * n).squareRoot()
}
