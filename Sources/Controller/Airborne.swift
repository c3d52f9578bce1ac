import Traffic
import World

// A vehicle in the air as resolution sees it: where it is, what it would do alone, and whether it takes commands.

extension AirTrafficSettings {
    /// Classes by cruising speed: a vehicle takes no manoeuvre faster than that. All hover.
    static let slowest = 3
    static let fastest = 60

    /// The class of crewed aircraft, behind those of vehicles.
    static let crewedClass = UInt8(fastest - slowest + 1)

    /// And of trucks, behind that.
    static let truckClass = crewedClass + 1

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
        let overTruck = ProtectedVolume.cylinder(
            radiusMeters: bounded(c.overTruckHorizontalMeters, 0...5000),
            halfHeightMeters: bounded(c.overTruckVerticalMeters, 0...5000))
        // Of a pair the resolver keeps the larger: over a truck as much as between drones.
        let truck = ResolutionClass(
            acceleration: 1, maximumSpeed: 40, maximumClimb: 0, maximumDescent: 0,
            separationMeters: bounded(c.overTruckHorizontalMeters, 1...5000),
            separationHeightMeters: bounded(c.overTruckVerticalMeters, 1...5000))
        self.init(classes: (Self.slowest...Self.fastest).map { kind(Double($0)) } + [crewed, truck])
        let drones = ProtectedVolume.cylinder(
            radiusMeters: bounded(c.separationHorizontalMeters, 0...5000),
            halfHeightMeters: bounded(c.separationVerticalMeters, 0...5000))
        volumes[.drone, .drone] = PairRule(drones)
        volumes[.drone, .truck] = PairRule(overTruck)
        lookaheadSeconds = bounded(c.conflictLookaheadSeconds, 0...300)
        let period = bounded(c.telemetryPeriodSeconds, 0.01...10)
        resolver.tickSeconds = max(period, 0.1)
        resolver.horizonSeconds = bounded(c.conflictHorizonSeconds, 1...120)
        resolver.intruderHorizonSeconds = max(40, resolver.horizonSeconds)
        resolver.yieldSeconds = 5 + period
        resolver.returnMarginMeters = 5
        resolver.returnTicks = period < 1 ? 5 : 1
        resolver.farTicks = period < 1 ? 4 : 1
        uncertainty.sigmas = 1.5
        resolver.marginMeters = 1
        fenceLookaheadSeconds = 3
        fenceTicks = period < 1 ? 10 : 1
    }

    /// Finds who is within 1,000 m of whom and closer than the vertical limit now, and who is over a truck, and nothing
    /// else.
    init(census c: ControllerConfiguration) {
        self.init(c)
        let vertical = c.separationVerticalMeters.isNaN ? 0 : c.separationVerticalMeters.clamped(to: 0...5000)
        let overTruck = volumes[.drone, .truck]
        volumes = PairVolumes()
        volumes[.drone, .truck] = overTruck
        volumes[.drone, .drone] = PairRule(.cylinder(radiusMeters: 1000, halfHeightMeters: vertical))
        lookaheadSeconds = 0
        limits = .tick
        uncertainty.clockErrorSeconds = 0
        uncertainty.trackingMeters = 0
    }
}

extension Flight {
    fileprivate mutating func take(_ then: Reckoning) {
        (aheadEastMeters, aheadNorthMeters, altitudeMeters) = (then.east, then.north, then.up)
        (velocityEast, velocityNorth, velocityUp) = (then.velocityEast, then.velocityNorth, then.velocityUp)
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
        let ours = mission(of: v)
        let age = now.seconds(since: r.measuredAt).clamped(to: -60...60)
        let ahead = (age + configuration.commandLatencySeconds).clamped(to: 0...60)
        let then = reckoned(v, r, ours, seconds: ahead)
        var flight = measured(v, r)
        flight.take(then)
        // What it was told may take effect a little earlier or later.
        flight.unknownSeconds = age.magnitude + 0.5 * configuration.commandLatencySeconds
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
        var wanted = wanted(v, ours, then)
        if let before = t.wanted, Self.isAlike(before, wanted) { wanted = before }
        // Not to and fro: a manoeuvre is flown for a while.
        // The avoider of aircraft sees to that itself.
        if let manoeuvre = t.manoeuvre, t.avoider == nil,
            now.seconds(since: t.manoeuvreFrom) < configuration.manoeuvreLeastSeconds
        {
            wanted = manoeuvre
        }
        flight.wanted = wanted
        flight.current = t.manoeuvre ?? wanted
        flight.isCooperative = !isContrary(v)
        if t.manoeuvre != nil {
            // How far from the closed form the simulated vehicles were in wind, beside the usual 2 m of tracking.
            let isWinged = state.fleet[v].profile.kind == .vtol
            flight.extraRadiusMeters = isWinged ? 10 : 5
            flight.extraHeightMeters = isWinged ? 4 : 1
        }
        flight.floorMeters = min(t.floorMeters, flight.altitudeMeters, wanted.levelMeters)
        flight.ceilingMeters = max(flight.altitudeMeters, wanted.levelMeters) + configuration.climbOverMeters
        // Its mission tells what it will do; how it does it, it does by itself.
        flight.unknownAcceleration = t.manoeuvre == nil && Self.isSteady(r, wanted) ? 0.1 : 0.2
        flight.unknownClimbAcceleration = 0.05
        return flight
    }

    /// A drone that loads calls itself moving; standing on the ground it threatens nobody.
    func isAirborne(_ v: Int) -> Bool {
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
            // Reported is what 95 of 100 errors are within.
            sigmaHorizontalMeters: Double(r.horizontalAccuracyCentimeters) / 196,
            sigmaVerticalMeters: Double(r.verticalAccuracyCentimeters) / 196)
        flight.classIndex = AirTrafficSettings.classIndex(
            Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000)
        flight.unknownAcceleration = configuration.accelerationMetersPerSecondSquared.clamped(to: 0...20)
        flight.unknownClimbAcceleration = 0.5 * flight.unknownAcceleration
        return flight
    }

    /// As measured, brought to now: by what it was told while it does that, else as it flew.
    func presentFlight(_ v: Int) -> Flight {
        let r = tracks[v].report
        var flight = measured(v, r)
        let age = now.seconds(since: r.measuredAt).clamped(to: -60...60)
        if tracks[v].otherwiseSince == nil {
            // One that levels off does not climb on for as long as its report is old.
            flight.take(reckoned(v, r, mission(of: v), seconds: age))
        } else {
            flight.ageSeconds = age
        }
        (flight.sigmaHorizontalMeters, flight.sigmaVerticalMeters) = (0, 0)
        (flight.unknownAcceleration, flight.unknownClimbAcceleration) = (0, 0)
        flight.isResolved = false
        // Where one is that is not heard nobody knows.
        if tracks[v].link == .lost { flight.kind = .nonCooperative }
        return flight
    }

    /// What its mission has it do then.
    private func wanted(_ v: Int, _ ours: Mission, _ then: Reckoning) -> Manoeuvre {
        let z = then.up
        guard let step = ours.step(then.leg) else {
            return Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: z)
        }
        let level = step.target.altitude.meters
        let climb = level < z ? configuration.descentMetersPerSecond : configuration.climbMetersPerSecond
        switch step.action {
        case .takeoff:
            // At the top it turns to its way without further notice.
            if level - z < 4 * climb, let next = ours.step(then.leg + 1), next.action == .fly {
                return towards(next.target.coordinate, v, then, climb, level)
            }
            return Manoeuvre(vx: 0, vy: 0, climbRate: climb, levelMeters: level)
        case .fly: return towards(step.target.coordinate, v, then, climb, level)
        case .land:
            let there = towards(step.target.coordinate, v, then, climb, z)
            if there.vx != 0 || there.vy != 0 { return there }
            return Manoeuvre(vx: 0, vy: 0, climbRate: climb, levelMeters: level)
        case .load, .unload, .wait, .drive, .contingency:
            return Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: z)
        }
    }

    /// At cruise, slower near the target; standing when it is there.
    private func towards(
        _ target: Coordinate, _ v: Int, _ then: Reckoning, _ climb: Double, _ level: Double
    ) -> Manoeuvre {
        let d = tracks[v].coordinate.displacement(to: target)
        let (east, north) = (d.east - then.east, d.north - then.north)
        let far = (east * east + north * north).squareRoot()
        guard far > 5 else { return Manoeuvre(vx: 0, vy: 0, climbRate: climb, levelMeters: level) }
        let cruise = Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000
        // Near its target it brakes: on average it is half as fast as it would have to be to fly through.
        let speed = min(cruise, far / 7, 100)
        return Manoeuvre(
            vx: east / far * speed, vy: north / far * speed, climbRate: climb, levelMeters: level)
    }

    /// The same for resolution: what a leg asks for changes a little with every step, and must not make a new problem.
    private static func isAlike(_ a: Manoeuvre, _ b: Manoeuvre) -> Bool {
        let (dx, dy) = (a.vx - b.vx, a.vy - b.vy)
        return dx * dx + dy * dy < 1 && a.climbRate == b.climbRate && abs(a.levelMeters - b.levelMeters) < 0.5
    }

    /// Whether it flies what its mission asks for: then it will not change its velocity by itself.
    private static func isSteady(_ r: TrackReport, _ wanted: Manoeuvre) -> Bool {
        let (east, north) = (r.velocityEastMillimetersPerSecond, r.velocityNorthMillimetersPerSecond)
        let (dx, dy) = (Double(east) * 1e-3 - wanted.vx, Double(north) * 1e-3 - wanted.vy)
        return dx * dx + dy * dy < 9
    }

    /// Whether it flies otherwise than it should for longer than changing its velocity takes: then it is taken to fly on
    /// as it flies, whatever it is told.
    private func isContrary(_ v: Int) -> Bool {
        guard let since = tracks[v].otherwiseSince else { return false }
        let change = 2 * Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000
        let turning = change / configuration.accelerationMetersPerSecondSquared.clamped(to: 0.1...20)
        return now.seconds(since: since) > turning + 5
            + 3 * configuration.telemetryPeriodSeconds + configuration.commandLatencySeconds
    }

    /// One that is not heard any more, as what it can have become: it flies on until it notices, holds, and then flies
    /// its contingency, straight to where that ends. Nil when it must be down by now, or never was up.
    private func silentFlight(_ v: Int) -> Flight? {
        let t = tracks[v]
        guard t.inAir, let ours = mission(of: v) else { return nil }
        let age = now.seconds(since: t.heardAt)
        var flight = measured(v, t.report)
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
        if isOnMission, tracks[v].report.mode == .moving, !Self.isSteady(tracks[v].report, flight.current) {
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
