import Traffic
import World

// Where a vehicle in the air will be when a command given now takes effect: along what it was told last, then along its
// mission. Everything decided now is decided for that moment.

/// A flight reckoned forward: metres from where it was measured, altitude, velocity, and the step it is at.
struct Reckoning {
    var east = 0.0
    var north = 0.0
    var up: Double
    var velocityEast: Double
    var velocityNorth: Double
    var velocityUp: Double
    var leg: Int

    /// `seconds` at constant velocity; backwards too.
    mutating func coast(_ seconds: Double) {
        east += velocityEast * seconds
        north += velocityNorth * seconds
        up += velocityUp * seconds
    }

    /// `seconds` towards a velocity at `acceleration`, and towards a level.
    mutating func fly(_ m: Manoeuvre, _ seconds: Double, acceleration: Double) {
        let (dx, dy) = (m.vx - velocityEast, m.vy - velocityNorth)
        let size = (dx * dx + dy * dy).squareRoot()
        let turning = min(size / acceleration, seconds)
        let share = size > 0 ? turning * acceleration / size : 0
        let (nextEast, nextNorth) = (velocityEast + dx * share, velocityNorth + dy * share)
        east += 0.5 * (velocityEast + nextEast) * turning + nextEast * (seconds - turning)
        north += 0.5 * (velocityNorth + nextNorth) * turning + nextNorth * (seconds - turning)
        (velocityEast, velocityNorth) = (nextEast, nextNorth)
        let way = m.levelMeters - up
        let rise = min(m.climbRate * seconds, abs(way))
        up += way < 0 ? -rise : rise
        velocityUp = rise < abs(way) ? (way < 0 ? -m.climbRate : m.climbRate) : 0
    }
}

extension Controller {
    /// The flight `seconds` after its report. `toldAgo`: how long ago it was told what it does now.
    func reckoned(_ v: Int, _ r: TrackReport, _ ours: Mission?, seconds: Double) -> Reckoning {
        func speed(_ millimeters: Int32) -> Double { (Double(millimeters) * 1e-3).clamped(to: -100...100) }
        var at = Reckoning(
            up: r.position.altitude.meters, velocityEast: speed(r.velocityEastMillimetersPerSecond),
            velocityNorth: speed(r.velocityNorthMillimetersPerSecond),
            velocityUp: speed(r.velocityUpMillimetersPerSecond), leg: Int(r.leg))
        guard seconds > 0, let ours, ours.state == .active, r.mode == .moving || r.mode == .holding else {
            at.coast(seconds)
            return at
        }
        // What it was told last begins when the command has reached it; until then it does what it did before.
        let since = now.seconds(since: tracks[v].toldAt)
        let before = (configuration.commandLatencySeconds - since).clamped(to: 0...seconds)
        at.coast(before)
        let acceleration = configuration.accelerationMetersPerSecondSquared.clamped(to: 0.1...20)
        if let manoeuvre = tracks[v].manoeuvre {
            at.fly(manoeuvre, seconds - before, acceleration: acceleration)
        } else {
            follow(&at, v, r, ours, seconds - before, acceleration)
        }
        return at
    }

    /// Along the mission, step by step.
    private func follow(
        _ at: inout Reckoning, _ v: Int, _ r: TrackReport, _ ours: Mission, _ seconds: Double,
        _ acceleration: Double
    ) {
        var left = seconds
        var steps = 0
        while left > 0, steps < 4, let step = ours.step(at.leg) {
            steps += 1
            switch step.action {
            case .takeoff, .land:
                let level = step.target.altitude.meters
                if step.action == .land, flyTo(step.target, &at, v, r, &left, acceleration) { return }
                let rate = max(
                    level < at.up ? configuration.descentMetersPerSecond : configuration.climbMetersPerSecond,
                    0.1)
                let needed = abs(level - at.up) / rate
                let manoeuvre = Manoeuvre(vx: 0, vy: 0, climbRate: rate, levelMeters: level)
                at.fly(manoeuvre, min(needed, left), acceleration: acceleration)
                left -= needed
                guard left > 0, step.action == .takeoff else { return }
            case .fly:
                if flyTo(step.target, &at, v, r, &left, acceleration) { return }
            case .load, .unload, .wait, .drive, .contingency: return
            }
            at.leg += 1
        }
    }

    /// Towards a place at cruise; true when the time is over before it is reached.
    private func flyTo(
        _ target: Position<MeanSeaLevel>, _ at: inout Reckoning, _ v: Int, _ r: TrackReport,
        _ left: inout Double, _ acceleration: Double
    ) -> Bool {
        let d = r.position.coordinate.displacement(to: target.coordinate)
        let (east, north) = (d.east - at.east, d.north - at.north)
        let far = (east * east + north * north).squareRoot()
        guard far > 3 else { return false }
        let cruise = (Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000).clamped(
            to: 0.5...100)
        let flying = (at.velocityEast * east + at.velocityNorth * north) / far
        // Gaining speed takes time and braking too.
        let needed =
            far / cruise + (cruise - min(max(flying, 0), cruise)) / (2 * acceleration) + cruise
            / (2 * acceleration)
        let level = target.altitude.meters
        if left >= needed {
            (at.east, at.north) = (d.east, d.north)
            (at.velocityEast, at.velocityNorth, at.velocityUp) = (0, 0, 0)
            left -= needed
            return false
        }
        let rest = needed - left
        if rest < cruise / acceleration {
            // Braking already: where it will stand is known.
            let (toGo, speed) = (0.5 * acceleration * rest * rest, acceleration * rest)
            (at.east, at.north) = (d.east - east / far * toGo, d.north - north / far * toGo)
            (at.velocityEast, at.velocityNorth, at.velocityUp) = (east / far * speed, north / far * speed, 0)
            return true
        }
        let climb = level < at.up ? configuration.descentMetersPerSecond : configuration.climbMetersPerSecond
        at.fly(
            Manoeuvre(
                vx: east / far * cruise, vy: north / far * cruise, climbRate: climb, levelMeters: level),
            left,
            acceleration: acceleration)
        return true
    }
}
