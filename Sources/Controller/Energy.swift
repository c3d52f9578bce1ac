import World

// What a way costs, and whether what is left is enough to come home.

/// Consumption of one vehicle as its telemetry shows it.
struct Consumption: Sendable {
    /// Kilojoules per metre over the last stretches, as with a full load; nil before the first.
    private(set) var perMeter: Double?
    /// Course of that stretch as a unit vector.
    private(set) var course = (east: 0.0, north: 0.0)
    private var from: (at: Coordinate, kilojoules: UInt32, way: Double, measuredAt: Instant)?

    /// Takes the newest report of a vehicle; `moves` false begins anew. A stretch of `stretchMeters` is long enough to
    /// tell consumption from the gauge's steps; its length is speed over time, so that noise of position adds
    /// nothing.
    mutating func measure(
        _ r: TrackReport, moves: Bool, stretchMeters: Double, planned: Double, loadShare: Double
    ) {
        guard moves, let start = from, r.energyKilojoules <= start.kilojoules else {
            from = moves ? (r.position.coordinate, r.energyKilojoules, 0, r.measuredAt) : nil
            return
        }
        let (e, n) = (
            Double(r.velocityEastMillimetersPerSecond) / 1000,
            Double(r.velocityNorthMillimetersPerSecond) / 1000
        )
        let seconds = r.measuredAt.seconds(since: start.measuredAt)
        // How far it went through a gap nobody saw.
        guard (0...5).contains(seconds) else {
            from = (r.position.coordinate, r.energyKilojoules, 0, r.measuredAt)
            return
        }
        let way = start.way + (e * e + n * n).squareRoot() * seconds
        from = (start.at, start.kilojoules, way, r.measuredAt)
        guard way >= stretchMeters else { return }
        let new = (Double(start.kilojoules - r.energyKilojoules) / way / loadShare)
            .clamped(to: 0...5 * planned)
        let d = start.at.displacement(to: r.position.coordinate)
        let far = max((d.east * d.east + d.north * d.north).squareRoot(), 1)
        let turned = course.east * d.east + course.north * d.north < 0.7 * far
        perMeter = turned ? new : 0.5 * ((perMeter ?? new) + new)
        course = (d.east / far, d.north / far)
        from = (r.position.coordinate, r.energyKilojoules, 0, r.measuredAt)
        measuredAt = r.measuredAt
    }

    /// What comes next is not the way that was measured.
    mutating func interrupt() { from = nil }

    /// When the newest stretch ended.
    private(set) var measuredAt = Instant(nanoseconds: 0)
    /// Weather changes: what was measured longer ago says nothing, seconds.
    static let memorySeconds = 3600.0

    /// Kilojoules per metre to expect towards (`east`, `north`), never below `planned`. What the wind gives on
    /// one course it takes on the other: n + (n - r) for the way back of a stretch that cost r instead of n.
    func expected(planned: Double, east: Double, north: Double) -> Double {
        guard let perMeter else { return planned }
        let far = max((east * east + north * north).squareRoot(), 1)
        let along = (course.east * east + course.north * north) / far
        return max(planned, perMeter, planned + (perMeter - planned) * along)
    }
}

extension Controller {
    /// Kilojoules per metre in still air. Infinite for a vehicle without range.
    func plannedConsumption(_ p: VehicleProfile) -> Double {
        guard p.rangeMeters > 0 else { return .infinity }
        return Double(p.energyCapacityKilojoules) / Double(p.rangeMeters)
    }

    /// What a way with so much on board costs, as a share of what it costs with a full load.
    func loadShare(_ p: VehicleProfile, grams: UInt32) -> Double {
        guard p.kind.flies else { return 1 }
        let empty = configuration.emptyConsumptionShare.clamped(to: 0...1)
        return empty + (1 - empty) * min(Double(grams) / Double(max(p.payloadCapacityGrams, 1)), 1)
    }

    /// The same with what it has on board now.
    private func loadShare(_ v: Int) -> Double {
        let order = state.orderOnBoard[v].flatMap { state.order($0) }
        return loadShare(state.fleet[v].profile, grams: order?.request.massGrams ?? 0)
    }

    /// Energy for a distance with a full load and the reserve on top, kilojoules.
    func energy(_ p: VehicleProfile, meters: Double) -> Double {
        meters * plannedConsumption(p) * (1 + configuration.energyReserveShare)
    }

    /// Level flight that costs as much as climbing and coming down so far: the time it takes, at the power of cruise,
    /// and what a take-off and landing cost besides.
    func hopMeters(_ p: VehicleProfile, rise: Double) -> Double {
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let seconds =
            max(rise, 0) / max(configuration.climbMetersPerSecond, 0.1)
            + max(rise, 0) / max(configuration.descentMetersPerSecond, 0.1)
        return seconds * speed + configuration.takeoffAndLandingMeters
    }

    /// What going from here to `place` and landing will cost by what was measured, with the reserve, kilojoules.
    private func measuredEnergy(_ v: Int, to place: Position<MeanSeaLevel>) -> Double {
        let p = state.fleet[v].profile
        let d = tracks[v].coordinate.displacement(to: place.coordinate)
        let far = (d.east * d.east + d.north * d.north).squareRoot()
        let per = tracks[v].consumption.expected(
            planned: plannedConsumption(p), east: d.east, north: d.north)
        let high = max(tracks[v].report.position.altitude.meters - place.altitude.meters, 0)
        let descent =
            high / max(configuration.descentMetersPerSecond, 0.1)
            * Double(p.cruiseSpeedMillimetersPerSecond) / 1000 + configuration.takeoffAndLandingMeters
        let way = p.kind.flies ? far + descent : far * configuration.roadDetourFactor
        return way * per * loadShare(v) * (1 + configuration.energyReserveShare)
    }

    /// A way and what is on board on it.
    struct LoadedWay {
        var from: Coordinate
        var to: Coordinate
        /// Climb and descent at its ends, see `hopMeters`.
        var hopMeters: Double
        var grams: UInt32
    }

    /// What ways one after the other will cost by what was measured in the last hour, with the reserve, kilojoules.
    func plannedEnergy(_ v: Int, _ ways: [LoadedWay]) -> Double {
        let p = state.fleet[v].profile
        let planned = plannedConsumption(p)
        let memory = tracks[v].consumption
        let isFresh = now.seconds(since: memory.measuredAt) < Consumption.memorySeconds
        var total = 0.0
        for way in ways {
            let d = way.from.displacement(to: way.to)
            let far = (d.east * d.east + d.north * d.north).squareRoot()
            let per = isFresh ? memory.expected(planned: planned, east: d.east, north: d.north) : planned
            total += (far * per + way.hopMeters * planned) * loadShare(p, grams: way.grams)
        }
        return total * (1 + configuration.energyReserveShare)
    }

    /// What would be left at the mission's contingency with the reserve kept.
    func energyMargin(_ v: Int, _ ours: Mission) -> Double? {
        guard tracks[v].hasReport, let last = ours.steps.last else { return nil }
        return Double(tracks[v].report.energyKilojoules) - measuredEnergy(v, to: last.target)
    }

    /// Energy against the way to go, by measured consumption. A drone in the air returns while it still can; one on
    /// the ground does not take off for what it cannot finish; a truck stops and is planned afresh, by a charger.
    mutating func spare(_ v: Int, _ ours: Mission, _ r: TrackReport) {
        let p = state.fleet[v].profile
        let step = ours.step(Int(r.leg))
        tracks[v].consumption.measure(
            r, moves: r.mode == .moving && (step?.action == .fly || step?.action == .drive),
            stretchMeters: p.kind.flies ? 400 : 3000, planned: plannedConsumption(p),
            loadShare: loadShare(v))
        guard tracks[v].positionTrusted, !tracks[v].energyTold, r.missionNumber == ours.id.number else {
            return
        }
        if p.kind.flies { spareDrone(v, ours, r, step) } else { spareTruck(v, ours, r) }
    }

    private mutating func spareDrone(_ v: Int, _ ours: Mission, _ r: TrackReport, _ step: MissionStep?) {
        guard tracks[v].inAir, let last = ours.steps.last, last.action == .contingency else { return }
        if step?.action == .load || step?.action == .unload || step?.action == .wait {
            return stayDown(v, ours, r)
        }
        let has = Double(r.energyKilojoules)
        let back = measuredEnergy(v, to: last.target)
        // A landing on its way is as safe as its contingency: the next flight is looked at on the ground.
        var ahead = back
        if let landing = ours.steps.dropFirst(Int(r.leg)).first(where: { $0.action == .land }) {
            ahead = measuredEnergy(v, to: landing.target)
        }
        guard has < ahead else { return }
        tracks[v].energyTold = true
        let why =
            "\(name(v)) has \(grouped(UInt64(r.energyKilojoules))) kJ left; with reserve its next landing needs "
            + "\(kilojoules(ahead)), its contingency \(kilojoules(back)) by what it used so far"
        let bare = min(ahead, back) / (1 + configuration.energyReserveShare)
        if has < bare {
            // Neither is reached: better down here than falling there.
            set(ours, .contingent, why + ": " + Self.landsHere)
            command(.land, v, mission: ours, reason: why + ": " + Self.landsHere)
            notice(why + ": " + Self.landsHere, v)
        } else if back < ahead {
            set(ours, .contingent, why + ": returns")
            command(.returnHome, v, mission: ours, reason: why + ": returns")
            notice(why + ": returns", v)
        } else {
            tellIncident(why + ": goes on to land", v)
            // Others give way to it now.
            if ours.state == .held {
                set(ours, .active, why + ": goes on to land")
                command(.resume, v, mission: ours, reason: why, afterDurable: false)
            }
        }
    }

    private func kilojoules(_ value: Double) -> String {
        value.isFinite ? grouped(UInt64(value.clamped(to: 0...1e15))) + " kJ" : "more than any"
    }

    /// On the ground between two flights: the rest of the mission and the way to its contingency must be affordable.
    private mutating func stayDown(_ v: Int, _ ours: Mission, _ r: TrackReport) {
        var ways: [LoadedWay] = []
        var here = r.position.coordinate
        let order = ours.order.flatMap { state.order($0) }
        var grams = state.orderOnBoard[v] == nil ? 0 : order?.request.massGrams ?? 0
        let p = state.fleet[v].profile
        func fly(to target: Position<MeanSeaLevel>) {
            let rise = target.altitude.meters - r.position.altitude.meters
            ways.append(
                LoadedWay(
                    from: here, to: target.coordinate, hopMeters: hopMeters(p, rise: rise), grams: grams))
            here = target.coordinate
        }
        for step in ours.steps.dropFirst(Int(r.leg)) {
            switch step.action {
            case .fly: fly(to: step.target)
            case .load: grams = order?.request.massGrams ?? 0
            case .unload: grams = 0
            default: break
            }
        }
        // The last flight is the one home, after the unloading at the latest.
        guard !ways.isEmpty, let back = ours.steps.first(where: { $0.action == .contingency }) else { return }
        fly(to: back.target)
        let needed = plannedEnergy(v, ways) / (1 + configuration.energyReserveShare)
        guard Double(r.energyKilojoules) < needed else { return }
        tracks[v].energyTold = true
        let why =
            "\(name(v)) has \(grouped(UInt64(r.energyKilojoules))) kJ left, the rest of the mission and the way "
            + "home need \(grouped(UInt64(needed.clamped(to: 0...1e15)))) kJ by what it used so far: stays down"
        command(.abort, v, mission: ours, reason: why)
        giveUp(v, ours, why)
    }

    /// A truck must reach its next stop: a charger, the pickup or the delivery.
    private mutating func spareTruck(_ v: Int, _ ours: Mission, _ r: TrackReport) {
        // A look at the rest of a long road every half minute is enough.
        guard r.mode == .moving, Int(r.leg) < ours.steps.count, tracks[v].energyLookAt <= now else { return }
        tracks[v].energyLookAt = now.advanced(bySeconds: 30)
        var way = 0.0
        var here = r.position.coordinate
        for step in ours.steps.dropFirst(Int(r.leg)) {
            guard step.action == .drive else { break }
            way += here.meters(to: step.target.coordinate)
            here = step.target.coordinate
        }
        let p = state.fleet[v].profile
        let planned = plannedConsumption(p)
        let per = max(planned, tracks[v].consumption.perMeter ?? planned)
        // Half the reserve is there to be used: the plan kept all of it.
        let needed = way * per * (1 + configuration.energyReserveShare / 2)
        guard way > 1000, Double(r.energyKilojoules) < needed else { return }
        tracks[v].energyTold = true
        let why =
            "\(name(v)) has \(grouped(UInt64(r.energyKilojoules))) kJ left, \(distance(way)) to its next stop "
            + "needs \(grouped(UInt64(needed.clamped(to: 0...1e15)))) kJ by what it used so far: "
            + "stops to be planned by a charger"
        command(.abort, v, mission: ours, reason: why)
        giveUp(v, ours, why)
    }
}
