import Traffic
import World

/// How encounters with crewed aircraft are drawn, and how well they are seen. Every number that the figures rest on.
public enum EncounterModel {
    /// The other passes the drone's undisturbed path uniformly within so far, sideways and in height.
    public static let horizontalMissMeters = 1000.0
    public static let verticalMissMeters = 150.0
    /// Seconds from the start to that passage, uniform.
    public static let passage = 90.0...150.0
    public static let secondsAfterPassage = 40.0
    /// Of the crewed aircraft, uniform: helicopters to light twins. Its course is uniform all round.
    public static let crewedSpeed = 30.0...110.0
    /// Share that climbs or descends, uniformly 1 to 5 m/s.
    public static let climbingShare = 0.4
    /// Share that turns once, at 1 to 3 deg/s for 5 to 20 s; share that changes its climb by up to 3 m/s.
    public static let turningShare = 0.4
    public static let changingShare = 0.2
    /// The drone's altitude above ground, uniform; it may use 20 to 180 m to avoid.
    public static let droneAltitude = 60.0...120.0
    public static let usableAltitude = 20.0...180.0
    /// The crewed aircraft is not below.
    public static let crewedFloor = 40.0

    /// Surveillance like ADS-B: standard deviation of an axis, once a second, late, with losses.
    public static let positionError = 15.0
    public static let altitudeError = 10.0
    public static let velocityError = 1.5
    public static let verticalRateError = 0.8
    public static let latencySeconds = 1.0
    public static let lossShare = 0.1
    public static let rangeMeters = 15_000.0
    /// From a decision to the drone's reaction.
    public static let commandDelaySeconds = 0.5

    static let stepSeconds = 0.1
    static let stepsPerSecond = 10
}

/// One drawn encounter: the drone's start and wish, and the crewed aircraft at every step.
struct Encounter {
    var limits: AvoidanceLimits
    var own: Motion
    var crewed: [Motion]

    /// - Parameter seed: of this encounter alone.
    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func uniform(_ range: ClosedRange<Double>) -> Double {
            range.lowerBound + (range.upperBound - range.lowerBound) * random.unit()
        }
        func happens(_ share: Double) -> Bool { random.unit() < share }
        limits = random.unit() < 0.5 ? .multirotor : .wing
        own = Motion(
            x: 0, y: 0, z: uniform(EncounterModel.droneAltitude), vx: 0, vy: limits.cruise, vz: 0)
        let passage = uniform(EncounterModel.passage)
        let steps = Int((passage + EncounterModel.secondsAfterPassage) / EncounterModel.stepSeconds)
        let (x, y) = direction(&random)
        let speed = uniform(EncounterModel.crewedSpeed)
        var climb = happens(EncounterModel.climbingShare) ? uniform(1...5) * (happens(0.5) ? 1 : -1) : 0
        let turnStart = uniform(0...(passage + 10))
        let turnEnd = turnStart + uniform(5...20)
        let turns = happens(EncounterModel.turningShare)
        let rate = uniform(1...3) * (happens(0.5) ? 1 : -1) * .pi / 180
        let changeAt = happens(EncounterModel.changingShare) ? uniform(0...passage) : .infinity
        let change = uniform(-3...3)
        // The path from anywhere, then moved so that it passes the drone as drawn.
        var body = Motion(x: 0, y: 0, z: 0, vx: x * speed, vy: y * speed, vz: climb)
        var path: [Motion] = []
        path.reserveCapacity(steps)
        let q = rate * EncounterModel.stepSeconds / 2
        let (cosine, sine) = ((1 - q * q) / (1 + q * q), 2 * q / (1 + q * q))
        for step in 0..<steps {
            let time = Double(step) * EncounterModel.stepSeconds
            path.append(body)
            if turns, time >= turnStart, time < turnEnd {
                (body.vx, body.vy) = (body.vx * cosine + body.vy * sine, body.vy * cosine - body.vx * sine)
            }
            if time >= changeAt, body.vz == climb {
                body.vz += change
                climb = .nan
            }
            body = body.advanced(by: EncounterModel.stepSeconds)
        }
        let at = path[min(steps - 1, Int(passage / EncounterModel.stepSeconds))]
        let drone = own.advanced(by: passage)
        // Sideways of the relative motion: the drawn distance is then that of the closest approach.
        let (rx, ry) = (at.vx - own.vx, at.vy - own.vy)
        let relative = max((rx * rx + ry * ry).squareRoot(), 1e-9)
        let miss = uniform(-EncounterModel.horizontalMissMeters...EncounterModel.horizontalMissMeters)
        let above = uniform(-EncounterModel.verticalMissMeters...EncounterModel.verticalMissMeters)
        let (shiftX, shiftY) = (
            drone.x - ry / relative * miss - at.x, drone.y + rx / relative * miss - at.y
        )
        let shiftZ = drone.z + above - at.z
        crewed = path.map {
            var moved = $0
            moved.x += shiftX
            moved.y += shiftY
            moved.z = max(moved.z + shiftZ, EncounterModel.crewedFloor)
            return moved
        }
    }
}

/// A uniform direction without trigonometry.
private func direction(_ random: inout SplitMix64) -> (Double, Double) {
    while true {
        let (x, y) = (2 * random.unit() - 1, 2 * random.unit() - 1)
        let square = x * x + y * y
        if square <= 1, square > 0.01 { return (x / square.squareRoot(), y / square.squareRoot()) }
    }
}
