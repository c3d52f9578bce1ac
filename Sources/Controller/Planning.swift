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
    mutating func plan(_ v: Int, _ order: Order, onBoard: Bool) -> PlanResult {
        let p = state.fleet[v].profile
        guard p.kind.flies else { return drive(v, p, order, onBoard: onBoard) }
        return clear(v) { flight(v, p, order, onBoard: onBoard, raised: $0) }
    }

    private func flight(
        _ v: Int, _ p: VehicleProfile, _ order: Order, onBoard: Bool, raised: Int
    ) -> PlanResult {
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
        var steps: [MissionStep] = []
        var seconds = 0.0
        let handling = UInt32((configuration.droneHandlingSeconds * 1000).clamped(to: 0...3.6e6))
        var here = start
        var highest = start.altitude
        var ways: [LoadedWay] = []
        var grams: UInt32 = onBoard ? request.massGrams : 0
        func hop(to spot: Coordinate) {
            let level = cruise(here.coordinate, spot, raised: raised)
            highest = max(highest, level)
            ways.append(
                LoadedWay(
                    from: here.coordinate, to: spot,
                    hopMeters: hopMeters(p, rise: level.meters - here.altitude.meters), grams: grams))
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
        grams = request.massGrams
        hop(to: dropSpot)
        steps.append(MissionStep(.unload, here, durationMilliseconds: handling))
        seconds += configuration.droneHandlingSeconds
        let back = max(highest, cruise(dropSpot, refuge.coordinate))
        ways.append(
            LoadedWay(
                from: dropSpot, to: refuge.coordinate,
                hopMeters: hopMeters(p, rise: back.meters - here.altitude.meters), grams: 0))
        let needed = plannedEnergy(v, ways)
        let has = Double(tracks[v].report.energyKilojoules)
        guard needed <= has else {
            return .no("\(p.name) needs \(short(needed, of: p)) of its energy and has \(short(has, of: p))")
        }
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
        func make(_ raised: Int) -> PlanResult {
            flightHome(v, raised: raised).map { .plan($0) } ?? .no("its energy does not take it home")
        }
        // In the air nobody waits on the ground for others to be clear.
        let airborne = tracks[v].inAir && !isDown(v)
        if case .plan(let plan) = airborne ? make(0) : clear(v, make) { return plan }
        return nil
    }

    private func flightHome(_ v: Int, raised: Int) -> Plan? {
        let p = state.fleet[v].profile
        let start = tracks[v].report.position
        let target = refuge(v, near: start.coordinate)
        let level = cruise(start.coordinate, target.coordinate, raised: raised)
        let far = start.coordinate.meters(to: target.coordinate)
        let airborne = tracks[v].inAir && !isDown(v)
        let rise = level.meters - min(start.altitude.meters, target.altitude.meters)
        let needed = plannedEnergy(
            v,
            [
                LoadedWay(
                    from: start.coordinate, to: target.coordinate, hopMeters: hopMeters(p, rise: rise),
                    grams: 0)
            ])
        guard airborne || needed <= Double(tracks[v].report.energyKilojoules) else { return nil }
        var steps: [MissionStep] = []
        if !airborne { steps.append(MissionStep(.takeoff, Position(start.coordinate, altitude: level))) }
        steps.append(MissionStep(.fly, Position(target.coordinate, altitude: level)))
        steps.append(MissionStep(.land, target))
        // Where it stood it can stand again, should the way home cost more than expected.
        let fallback =
            airborne ? target : Position(start.coordinate, altitude: geography.ground(start.coordinate))
        steps.append(MissionStep(.contingency, Position(fallback.coordinate, altitude: level)))
        steps.append(MissionStep(.contingency, fallback))
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let at = now.advanced(bySeconds: far / speed + 120)
        return Plan(
            steps: steps, deliveredAt: at,
            reason: "\(p.name) goes home, \(distance(far)), to stand and charge")
    }

    func wait(
        until ready: Instant, at here: Position<MeanSeaLevel>, _ steps: inout [MissionStep],
        _ seconds: inout Double
    ) {
        let early = ready.seconds(since: now) - seconds
        guard early > 0 else { return }
        steps.append(
            MissionStep(.wait, here, durationMilliseconds: UInt32((early * 1000).clamped(to: 0...4e9))))
        seconds += early
    }

    func short(_ kilojoules: Double, of p: VehicleProfile) -> String {
        percent(kilojoules / max(Double(p.energyCapacityKilojoules), 1))
    }

    /// Where a drone goes when it must: its home or a free spot at the nearest base for its kind; without either,
    /// the place.
    func refuge(_ v: Int, near place: Coordinate) -> Position<MeanSeaLevel> {
        let vehicle = state.fleet[v]
        let here = Position(place, altitude: geography.ground(place))
        var least = vehicle.home.map { place.meters(to: $0.coordinate) } ?? .infinity
        var base: Stop?
        for candidate in configuration.bases where candidate.kinds.contains(vehicle.profile.kind) {
            let far = place.meters(to: candidate.stop.coordinate)
            if far + 500 < least {
                least = far
                base = candidate.stop
            }
        }
        guard let base,
            let spot = pads.free(at: base.coordinate, for: v, spacingMeters: configuration.padSpacingMeters)
        else { return vehicle.home ?? here }
        return Position(spot, altitude: geography.ground(spot))
    }

    /// Cruise altitude from `a` to `b`: the lowest multiple of the layer spacing clear of the ground below
    /// whose turn it is for this course. Two drones on different courses are never in the same layer.
    func cruise(_ a: Coordinate, _ b: Coordinate, raised: Int = 0) -> Altitude<MeanSeaLevel> {
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
        while ((layer % courses) + courses) % courses != sector { layer += 1 }
        return Altitude(meters: Double(layer + raised) * spacing)
    }
}
