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
        climb(to: m.levelMeters, m.climbRate, seconds)
    }

    /// `seconds` towards a level, at `rate` metres a second.
    mutating func climb(to level: Double, _ rate: Double, _ seconds: Double) {
        let way = level - up
        let rise = min(rate * seconds, abs(way))
        up += way < 0 ? -rise : rise
        velocityUp = rise < abs(way) ? (way < 0 ? -rate : rate) : 0
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
                // It comes no lower before it is above its spot.
                if step.action == .land,
                    flyTo(step.target.coordinate, level: at.up, &at, v, r, &left, acceleration)
                {
                    return
                }
                let rate = climbRate(from: at.up, to: level)
                let needed = abs(level - at.up) / rate
                let manoeuvre = Manoeuvre(vx: 0, vy: 0, climbRate: rate, levelMeters: level)
                at.fly(manoeuvre, min(needed, left), acceleration: acceleration)
                left -= needed
                guard left > 0, step.action == .takeoff else { return }
            case .fly:
                let target = step.target
                if flyTo(
                    target.coordinate, level: target.altitude.meters, &at, v, r, &left, acceleration)
                {
                    return
                }
            case .load, .unload, .wait, .drive, .contingency: return
            }
            at.leg += 1
        }
    }

    private func climbRate(from up: Double, to level: Double) -> Double {
        max(level < up ? configuration.descentMetersPerSecond : configuration.climbMetersPerSecond, 0.1)
    }

    /// Towards a place where it stops, and to a level meanwhile; true when the time is over before both are reached.
    private func flyTo(
        _ target: Coordinate, level: Double, _ at: inout Reckoning, _ v: Int, _ r: TrackReport,
        _ left: inout Double, _ acceleration: Double
    ) -> Bool {
        let d = r.position.coordinate.displacement(to: target)
        let (east, north) = (d.east - at.east, d.north - at.north)
        let far = (east * east + north * north).squareRoot()
        let cruise = (Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000).clamped(
            to: 0.5...100)
        let rate = climbRate(from: at.up, to: level)
        guard far <= cruise * (left + cruise / acceleration) else {
            let there = Manoeuvre(
                vx: east / far * cruise, vy: north / far * cruise, climbRate: rate, levelMeters: level)
            at.fly(there, left, acceleration: acceleration)
            return true
        }
        // It brakes within the time: on the line to the place, from which what it flies sidewards is lost soon.
        let rising = abs(level - at.up) / rate
        at.climb(to: level, rate, left)
        var standing = left
        if far > 3 {
            let (x, y) = (east / far, north / far)
            let approach = Approach(
                far, speed: at.velocityEast * x + at.velocityNorth * y, cruise: cruise,
                acceleration: acceleration, seconds: left)
            at.east += approach.gone * x
            at.north += approach.gone * y
            (at.velocityEast, at.velocityNorth) = (approach.speed * x, approach.speed * y)
            standing = approach.standingSeconds
            if standing <= 0 { return true }
        }
        left = min(standing, left - rising)
        return left < 0
    }
}

/// Flying a straight way to where one stops: up to cruising speed, on, and braking, each as hard as usual; harder only
/// where there is no other way.
struct Approach {
    /// Metres, and metres a second then; negative away from the place.
    private(set) var gone = 0.0
    private(set) var speed: Double
    /// What is left of the time at the place.
    private(set) var standingSeconds = 0.0

    init(_ meters: Double, speed first: Double, cruise: Double, acceleration a: Double, seconds: Double) {
        speed = first
        var left = seconds
        if speed < 0 { change(to: 0, a, &left) }
        let way = meters - gone
        guard left > 0, way > 0 else { return }
        let top = max(min(cruise, (a * way + 0.5 * speed * speed).squareRoot()), speed)
        let braking = max(a, 0.5 * speed * speed / way)
        change(to: top, a, &left)
        let even = max(meters - gone - 0.5 * top * top / braking, 0)
        let cruising = min(even / top, left)
        gone += top * cruising
        left -= cruising
        change(to: 0, braking, &left)
        if left > 0 { (gone, standingSeconds) = (meters, left) }
    }

    private mutating func change(to other: Double, _ acceleration: Double, _ left: inout Double) {
        let needed = abs(other - speed) / acceleration
        let seconds = min(needed, left)
        let then = needed > left ? speed + (other - speed) * (seconds / needed) : other
        gone += 0.5 * (speed + then) * seconds
        speed = then
        left -= seconds
    }
}
