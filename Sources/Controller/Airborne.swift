import Traffic
import World

// A vehicle in the air as resolution sees it: where it is, what it would do alone, and whether it takes commands.

extension AirTrafficSettings {
    /// Classes by cruising speed: a vehicle takes no manoeuvre faster than that. All hover.
    static let slowest = 3
    static let fastest = 60

    /// The class of crewed aircraft, behind those of vehicles.
    static let crewedClass = UInt8(fastest - slowest + 1)

    /// The class of a vehicle with this cruising speed.
    static func classIndex(_ metersPerSecond: Double) -> UInt8 {
        UInt8(metersPerSecond.clamped(to: Double(slowest)...Double(fastest))) - UInt8(slowest)
    }

    init(_ c: ControllerConfiguration) {
        func bounded(_ x: Double, _ range: ClosedRange<Double>) -> Double {
            x.isNaN ? range.lowerBound : x.clamped(to: range)
        }
        func kind(_ speed: Double) -> ResolutionClass {
            ResolutionClass(
                acceleration: bounded(c.accelerationMetersPerSecondSquared, 0.1...20), maximumSpeed: speed,
                maximumClimb: bounded(c.climbMetersPerSecond, 0...30),
                maximumDescent: bounded(c.descentMetersPerSecond, 0...30),
                separationMeters: bounded(
                    c.separationHorizontalMeters + c.conflictMarginHorizontalMeters, 1...5000),
                separationHeightMeters: bounded(
                    c.separationVerticalMeters + c.conflictMarginVerticalMeters, 1...5000))
        }
        // The largest ellipsoid within the well clear volume, whose whole cylinder the avoider keeps.
        let volume = WellClear.smallUnmanned
        let crewed = ResolutionClass(
            acceleration: 3, maximumSpeed: 100, maximumClimb: 10, maximumDescent: 10,
            separationMeters: volume.distanceMeters, separationHeightMeters: volume.heightMeters)
        self.init(classes: (Self.slowest...Self.fastest).map { kind(Double($0)) } + [crewed])
        let drones = ProtectedVolume.cylinder(
            radiusMeters: bounded(c.separationHorizontalMeters, 0...5000),
            halfHeightMeters: bounded(c.separationVerticalMeters, 0...5000))
        volumes[.drone, .drone] = PairRule(drones)
        lookaheadSeconds = bounded(c.conflictLookaheadSeconds, 0...300)
        let period = bounded(c.telemetryPeriodSeconds, 0.01...10)
        resolver.tickSeconds = max(period, 0.1)
        resolver.horizonSeconds = bounded(c.conflictHorizonSeconds, 1...120)
        resolver.intruderHorizonSeconds = max(40, resolver.horizonSeconds)
        resolver.yieldSeconds = 5 + 3 * period
        resolver.returnTicks = period < 1 ? 5 : 1
        uncertainty.sigmas = 1.5
        uncertainty.silentAfterSeconds = c.droneLostSeconds
    }
}

extension Controller {
    /// Nil for one that is not in the air, as far as is known. Its id is its index.
    func flight(_ v: Int) -> Flight? {
        let t = tracks[v]
        guard t.hasReport else { return nil }
        if t.link == .lost { return silentFlight(v) }
        guard isAirborne(v) else { return nil }
        let r = t.report
        var flight = measured(v, r)
        let ours = mission(of: v)
        flight.rightOfWay =
            r.mode == .fault || !t.positionTrusted
            ? .disabled : state.orderOnBoard[v] == nil ? .empty : .loaded
        guard let ours, ours.state == .active, t.link.isHeard || t.link == .late, t.positionTrusted,
            r.mode == .moving || r.mode == .holding, r.missionNumber == ours.id.number,
            r.missionRevision == ours.revision, t.noManoeuvreUntil <= now
        else {
            // It flies by itself, or stays where it is told to.
            flight.isCooperative = false
            if r.mode == .returning || r.mode == .diverting { flight.rightOfWay = .emergency }
            return flight
        }
        var wanted = wanted(v, ours, r, flight)
        if let before = t.wanted, Self.isAlike(before, wanted) { wanted = before }
        flight.wanted = wanted
        flight.current = t.manoeuvre ?? wanted
        flight.isCooperative = !isContrary(v)
        flight.floorMeters = min(t.floorMeters, flight.altitudeMeters, wanted.levelMeters)
        flight.ceilingMeters = max(flight.altitudeMeters, wanted.levelMeters) + configuration.climbOverMeters
        if t.manoeuvre == nil, Self.isSteady(flight, wanted) {
            flight.unknownAcceleration = 0.3
            flight.unknownClimbAcceleration = 0.1
        }
        return flight
    }

    /// A drone that loads calls itself moving; standing on the ground it threatens nobody.
    private func isAirborne(_ v: Int) -> Bool {
        let t = tracks[v]
        guard t.inAir else { return false }
        let (e, n) = (t.report.velocityEastMillimetersPerSecond, t.report.velocityNorthMillimetersPerSecond)
        // Ground is asked for only where it can matter: what is fast flies.
        if max(e.magnitude, n.magnitude) > 3000 { return true }
        return t.report.position.altitude.meters > geography.ground(t.coordinate).meters + 5
    }

    func measured(_ v: Int, _ r: TrackReport) -> Flight {
        func speed(_ millimeters: Int32) -> Double { (Double(millimeters) * 1e-3).clamped(to: -100...100) }
        var flight = Flight(
            id: UInt32(truncatingIfNeeded: v), kind: .drone, latitudeE7: r.position.coordinate.latitudeE7,
            longitudeE7: r.position.coordinate.longitudeE7, altitudeMeters: r.position.altitude.meters,
            velocityEast: speed(r.velocityEastMillimetersPerSecond),
            velocityNorth: speed(r.velocityNorthMillimetersPerSecond),
            velocityUp: speed(r.velocityUpMillimetersPerSecond),
            ageSeconds: now.seconds(since: r.measuredAt).clamped(to: -5...60),
            // Reported is what 95 of 100 errors are within.
            sigmaHorizontalMeters: Double(r.horizontalAccuracyCentimeters) / 196,
            sigmaVerticalMeters: Double(r.verticalAccuracyCentimeters) / 196)
        flight.classIndex = AirTrafficSettings.classIndex(
            Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000)
        flight.unknownAcceleration = configuration.accelerationMetersPerSecondSquared.clamped(to: 0...20)
        flight.unknownClimbAcceleration = 0.5 * flight.unknownAcceleration
        return flight
    }

    /// What its mission has it do now.
    private func wanted(_ v: Int, _ ours: Mission, _ r: TrackReport, _ flight: Flight) -> Manoeuvre {
        let z = flight.altitudeMeters
        guard let step = ours.step(Int(r.leg)) else {
            return Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: z)
        }
        let level = step.target.altitude.meters
        let climb = level < z ? configuration.descentMetersPerSecond : configuration.climbMetersPerSecond
        switch step.action {
        case .takeoff:
            // At the top it turns to its way without further notice.
            if level - z < 15, let next = ours.step(Int(r.leg) + 1) {
                return towards(next.target.coordinate, v, climb, level)
            }
            return Manoeuvre(vx: 0, vy: 0, climbRate: climb, levelMeters: level)
        case .fly: return towards(step.target.coordinate, v, climb, level)
        case .land:
            let far = tracks[v].coordinate.meters(to: step.target.coordinate)
            if far > 15 { return towards(step.target.coordinate, v, climb, z) }
            return Manoeuvre(vx: 0, vy: 0, climbRate: climb, levelMeters: level)
        case .load, .unload, .wait, .drive, .contingency:
            return Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: z)
        }
    }

    /// At cruise, or as fast as it can still brake.
    private func towards(_ target: Coordinate, _ v: Int, _ climb: Double, _ level: Double) -> Manoeuvre {
        let d = tracks[v].coordinate.displacement(to: target)
        let far = (d.east * d.east + d.north * d.north).squareRoot()
        guard far > 0.5 else { return Manoeuvre(vx: 0, vy: 0, climbRate: climb, levelMeters: level) }
        let cruise = Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000
        let braking = (2 * configuration.accelerationMetersPerSecondSquared.clamped(to: 0.1...20) * far)
            .squareRoot()
        let speed = min(cruise, braking, 100)
        return Manoeuvre(
            vx: d.east / far * speed, vy: d.north / far * speed, climbRate: climb, levelMeters: level)
    }

    /// The same for resolution: what a leg asks for changes a little with every step, and must not make a new problem.
    private static func isAlike(_ a: Manoeuvre, _ b: Manoeuvre) -> Bool {
        let (dx, dy) = (a.vx - b.vx, a.vy - b.vy)
        return dx * dx + dy * dy < 1 && a.climbRate == b.climbRate && abs(a.levelMeters - b.levelMeters) < 0.5
    }

    /// Whether it flies what its mission asks for: then it will not change its velocity by itself.
    private static func isSteady(_ flight: Flight, _ wanted: Manoeuvre) -> Bool {
        let (dx, dy) = (flight.velocityEast - wanted.vx, flight.velocityNorth - wanted.vy)
        return dx * dx + dy * dy < 9
    }

    /// Whether it flies otherwise than it should for longer than changing its velocity takes: then it is taken to fly on
    /// as it flies, whatever it is told.
    private func isContrary(_ v: Int) -> Bool {
        guard let since = tracks[v].otherwiseSince else { return false }
        let change = 2 * Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000
        let turning = change / configuration.accelerationMetersPerSecondSquared.clamped(to: 0.1...20)
        return now.seconds(since: since) > turning + 5 + 3 * configuration.telemetryPeriodSeconds
    }

    /// One that is not heard any more, as what it can have become: it flies on until it notices, holds, and then flies
    /// its contingency, straight to where that ends. Nil when it must be down by now, or never was up.
    private func silentFlight(_ v: Int) -> Flight? {
        let t = tracks[v]
        guard t.inAir, let ours = mission(of: v) else { return nil }
        let age = now.seconds(since: t.heardAt)
        var flight = measured(v, t.report)
        flight.ageSeconds = 0
        flight.isCooperative = false
        flight.rightOfWay = .emergency
        flight.unknownAcceleration = 0
        flight.unknownClimbAcceleration = 0
        let speed = max(Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let alone = min(age, configuration.contingencyExpectedSeconds)
        flight.extraRadiusMeters = speed * alone
        var (low, high) = (flight.altitudeMeters, flight.altitudeMeters)
        (flight.velocityEast, flight.velocityNorth, flight.velocityUp) = (0, 0, 0)
        if let last = ours.steps.last, last.action == .contingency {
            for step in ours.steps where step.action == .contingency {
                low = min(low, step.target.altitude.meters)
                high = max(high, step.target.altitude.meters)
            }
            let d = t.coordinate.displacement(to: last.target.coordinate)
            let far = (d.east * d.east + d.north * d.north).squareRoot()
            let flown = min(max(age - configuration.contingencyExpectedSeconds, 0) * speed, far)
            let share = far > 0 ? flown / far : 1
            let place = t.coordinate.moved(east: d.east * share, north: d.north * share)
            (flight.latitudeE7, flight.longitudeE7) = (place.latitudeE7, place.longitudeE7)
            let landing = (high - low) / max(configuration.descentMetersPerSecond, 0.1) + 60
            if age > configuration.contingencyExpectedSeconds + far / speed + landing { return nil }
            if share < 1, age > configuration.contingencyExpectedSeconds {
                (flight.velocityEast, flight.velocityNorth) = (d.east / far * speed, d.north / far * speed)
                // On its way it is high up.
                low = min(flight.altitudeMeters, high)
            }
        }
        flight.altitudeMeters = 0.5 * (low + high)
        flight.extraHeightMeters = 0.5 * (high - low) + 10
        flight.wanted = Manoeuvre(
            vx: flight.velocityEast, vy: flight.velocityNorth, climbRate: 0,
            levelMeters: flight.altitudeMeters)
        flight.current = flight.wanted
        return flight
    }

    /// Keeps what a flight wants and its floor from tick to tick.
    mutating func followFlight(_ v: Int, _ flight: Flight) {
        let isOnMission = flight.isCooperative || isContrary(v)
        tracks[v].wanted = isOnMission ? flight.wanted : nil
        if isOnMission, tracks[v].report.mode == .moving, !Self.isSteady(flight, flight.current) {
            tracks[v].otherwiseSince = tracks[v].otherwiseSince ?? now
        } else {
            tracks[v].otherwiseSince = nil
        }
        guard now.seconds(since: tracks[v].floorAt) >= 2 else { return }
        tracks[v].floorAt = now
        tracks[v].floorMeters =
            geography.ground(tracks[v].coordinate).meters + configuration.terrainClearanceMeters
    }
}
