import Traffic
import World

// One vehicle, one order: the steps, the time and the energy, or why not. What the plan (`FleetPlan`) says is tried here
// in full.

struct Plan: Sendable {
    var steps: [MissionStep]
    var deliveredAt: Instant
    var reason: String
}

enum PlanResult: Sendable {
    case plan(Plan)
    case no(String)
    /// Not now, for others in the air or a zone: to be tried again.
    case later(String)
}

extension Controller {
    /// Plans `order` for vehicle `v` from where it stands. `onBoard`: the freight is picked up already.
    mutating func plan(_ v: Int, _ order: Order, onBoard: Bool) -> PlanResult {
        let p = state.fleet[v].profile
        guard p.kind.flies else { return drive(v, p, order, onBoard: onBoard) }
        return clear(v) { flight(v, p, order, onBoard: onBoard, raised: $0, leftMeters: $1) }
    }

    private func flight(
        _ v: Int, _ p: VehicleProfile, _ order: Order, onBoard: Bool, raised: Int, leftMeters: Double
    ) -> PlanResult {
        let request = order.request
        let start = tracks[v].report.position
        guard
            let dropSpot = pads.free(
                at: request.delivery.coordinate, for: v, spacingMeters: configuration.padSpacingMeters),
            let pickSpot = pads.free(
                at: request.pickup.coordinate, for: v, spacingMeters: configuration.padSpacingMeters)
        else { return .later("all landing spots are taken") }
        let refuge = refuge(v, near: dropSpot)
        var (out, haul) = (0.0, 0.0)
        var steps: [MissionStep] = []
        var seconds = 0.0
        let handling = UInt32((configuration.droneHandlingSeconds * 1000).clamped(to: 0...3.6e6))
        var here = start
        var highest = start.altitude
        var ways: [LoadedWay] = []
        var grams: UInt32 = onBoard ? request.massGrams : 0
        var notes = ""
        var lanes = 0
        /// Adds the flight to a place; its length, or why there is none.
        func hop(to spot: Coordinate, _ ends: (String, String)) -> AirWayResult {
            let result = airWay(
                p, from: here, to: spot, raised: raised, leftMeters: leftMeters,
                start: now.advanced(bySeconds: seconds), named: ends)
            guard case .way(let way) = result else { return result }
            highest = max(highest, way.level)
            if way.isLane { lanes += 1 }
            if !way.note.isEmpty { notes += "; \(way.note)" }
            let rise = hopMeters(p, rise: way.level.meters - here.altitude.meters)
            steps.append(MissionStep(.takeoff, Position(here.coordinate, altitude: way.level)))
            for (from, to) in zip(way.points, way.points.dropFirst()) {
                ways.append(
                    LoadedWay(from: from, to: to, hopMeters: from == way.points[0] ? rise : 0, grams: grams))
                steps.append(MissionStep(.fly, Position(to, altitude: way.level)))
            }
            let ground = geography.ground(spot)
            steps.append(MissionStep(.land, Position(spot, altitude: ground)))
            seconds += way.seconds
            here = Position(spot, altitude: ground)
            return result
        }
        if !onBoard {
            switch hop(to: pickSpot, ("where it stands", "at the pickup")) {
            case .way(let way): out = way.meters
            case .no(let why): return .later(why)
            }
            wait(until: request.readyAt, at: here, &steps, &seconds)
            steps.append(MissionStep(.load, here, durationMilliseconds: handling))
            seconds += configuration.droneHandlingSeconds
        }
        grams = request.massGrams
        switch hop(to: dropSpot, (onBoard ? "where it stands" : "at the pickup", "at the delivery")) {
        case .way(let way): haul = way.meters
        case .no(let why): return .later(why)
        }
        if leftMeters != 0, lanes == 0 { return .no("too near to fly beside the straight way") }
        steps.append(MissionStep(.unload, here, durationMilliseconds: handling))
        seconds += configuration.droneHandlingSeconds
        let back = max(highest, cruise(dropSpot, refuge.coordinate))
        notes += noteOnWayBack(
            p, from: dropSpot, to: refuge.coordinate, back, now.advanced(bySeconds: seconds))
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
                    + "\(short(has, of: p)), expected at \(clock(at))\(notes)"))
    }

    /// A flight home without freight.
    func flightHome(_ v: Int) -> PlanResult {
        func make(_ raised: Int, _ leftMeters: Double) -> PlanResult {
            flightHome(v, raised: raised, leftMeters: leftMeters)
        }
        // In the air nobody waits on the ground for others to be clear.
        return tracks[v].inAir && !isDown(v) ? make(0, 0) : clear(v, make)
    }

    private func flightHome(_ v: Int, raised: Int, leftMeters: Double) -> PlanResult {
        let p = state.fleet[v].profile
        let start = tracks[v].report.position
        let target = refuge(v, near: start.coordinate)
        let airborne = tracks[v].inAir && !isDown(v)
        var level = cruise(start.coordinate, target.coordinate, raised: raised)
        var points = [start.coordinate, target.coordinate]
        var note = ""
        switch airWay(
            p, from: start, to: target.coordinate, raised: raised, leftMeters: leftMeters, start: now,
            named: ("where it is", "where it goes home to"))
        {
        case .way(let way):
            if leftMeters != 0, !way.isLane { return .no("too near to fly beside the straight way") }
            (level, points) = (way.level, way.points)
            if !way.note.isEmpty { note = "; \(way.note)" }
        case .no(let why):
            // Within a zone it may not stay either.
            guard airborne, !zonesAround(start, until: now).isEmpty else { return .no(why) }
            note = "; \(why)"
        }
        let rise = level.meters - min(start.altitude.meters, target.altitude.meters)
        let ways = zip(points, points.dropFirst()).enumerated().map { i, leg in
            LoadedWay(from: leg.0, to: leg.1, hopMeters: i == 0 ? hopMeters(p, rise: rise) : 0, grams: 0)
        }
        guard airborne || plannedEnergy(v, ways) <= Double(tracks[v].report.energyKilojoules) else {
            return .no("its energy does not take it home")
        }
        let far = ways.reduce(0) { $0 + $1.from.meters(to: $1.to) }
        var steps: [MissionStep] = []
        if !airborne { steps.append(MissionStep(.takeoff, Position(start.coordinate, altitude: level))) }
        for point in points.dropFirst() { steps.append(MissionStep(.fly, Position(point, altitude: level))) }
        steps.append(MissionStep(.land, target))
        // Where it stood it can stand again, should the way home cost more than expected.
        let fallback =
            airborne ? target : Position(start.coordinate, altitude: geography.ground(start.coordinate))
        steps.append(MissionStep(.contingency, Position(fallback.coordinate, altitude: level)))
        steps.append(MissionStep(.contingency, fallback))
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let at = now.advanced(bySeconds: far / speed + 120)
        return .plan(
            Plan(
                steps: steps, deliveredAt: at,
                reason: "\(p.name) goes home, \(distance(far)), to stand and charge\(note)"))
    }

    /// A contingency begins anywhere and leads straight back: round zones it would lead elsewhere first, for longer than
    /// was reckoned with. That it crosses one is for people to know.
    private func noteOnWayBack(
        _ p: VehicleProfile, from a: Coordinate, to b: Coordinate, _ level: Altitude<MeanSeaLevel>,
        _ start: Instant
    ) -> String {
        guard !geography.zones.isEmpty else { return "" }
        let seconds = a.meters(to: b) / max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let zone = geography.zones.firstZone(
            from: GeodeticPoint(a), to: GeodeticPoint(b), fromAltitude: level.meters,
            toAltitude: level.meters,
            start: start, end: start.advanced(bySeconds: (1.2 * seconds).clamped(to: 0...86_400)))
        return zone.map { "; its contingency leads through \(geography.zones.name($0))" } ?? ""
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
        else {
            guard let home = vehicle.home else { return here }
            // Somebody else may stand there by now.
            let spacing = configuration.padSpacingMeters
            guard pads.isTaken(home.coordinate, for: v, meters: 0.5 * min(spacing, 150), keepsClear: false),
                let spot = pads.free(at: home.coordinate, for: v, spacingMeters: spacing)
            else { return home }
            return Position(spot, altitude: geography.ground(spot))
        }
        return Position(spot, altitude: geography.ground(spot))
    }

    /// Cruise altitude from `a` to `b`: the lowest multiple of the layer spacing clear of the ground below
    /// whose turn it is for this course. Two drones on different courses are never in the same layer.
    func cruise(_ a: Coordinate, _ b: Coordinate, raised: Int = 0) -> Altitude<MeanSeaLevel> {
        cruise([a, b], above: -.infinity, raised: raised)
    }

    /// The same over several points, for the course from the first to the last, and not below a height.
    func cruise(_ points: [Coordinate], above floor: Double, raised: Int) -> Altitude<MeanSeaLevel> {
        var highest = -500.0
        for (a, b) in zip(points, points.dropFirst()) {
            let d = a.displacement(to: b)
            let samples = Int((a.meters(to: b) / 500).clamped(to: 1...400))
            for i in 0...samples {
                let share = Double(i) / Double(samples)
                highest = max(
                    highest, geography.ground(a.moved(east: d.east * share, north: d.north * share)).meters)
            }
        }
        let spacing = max(configuration.layerSpacingMeters, 1)
        let lowest = max(highest + configuration.terrainClearanceMeters, floor.clamped(to: -500...30_000))
        var layer = Int((lowest / spacing).rounded(.up))
        let sector = courseSector(points[0], points[points.count - 1])
        while ((layer % courses) + courses) % courses != sector { layer += 1 }
        return Altitude(meters: Double(layer + raised) * spacing)
    }
}
