/// Climbs or descends to an altitude and levels off there: accelerate, keep the rate, decelerate.
///
/// The rate is that of `BandLimits`, or the present one where that is larger and leads to the altitude. A body that
/// moves away from the altitude, or cannot stop before it, first brakes and then comes back; braking and the
/// acceleration after it are one phase.
struct LevelOff {
    private let z: Double
    private let vz: Double
    private let target: Double
    /// Of the first phase; that of the last is `-lastSign` times the limit.
    private let firstAcceleration: Double
    private let direction: Double
    /// Seconds from now at which the phases end.
    let firstEnd: Double
    let cruiseEnd: Double
    let end: Double
    /// Where and how fast the first phase ends.
    private let firstZ: Double
    private let firstVz: Double

    init(z: Double, vz: Double, target: Double) {
        let limit = BandLimits.verticalAcceleration
        self.z = z
        self.vz = vz
        self.target = target
        let towards: Double = target >= z ? 1 : -1
        let isComing = vz == 0 || (vz > 0) == (towards > 0)
        let stopping = vz * vz / (2 * limit)
        var distance = abs(target - z)
        var speed = abs(vz)
        var braking = 0.0
        var sense = towards
        if !isComing || distance < stopping {
            braking = speed / limit
            let stop = z + (vz >= 0 ? stopping : -stopping)
            sense = target >= stop ? 1 : -1
            distance = abs(target - stop)
            speed = 0
        }
        let rate = max(BandLimits.climbRate, speed)
        direction = sense
        firstAcceleration = sense * limit
        let needed = (rate * rate - speed * speed) / (2 * limit) + rate * rate / (2 * limit)
        if distance >= needed {
            firstEnd = braking + (rate - speed) / limit
            cruiseEnd = firstEnd + (distance - needed) / rate
            end = cruiseEnd + rate / limit
        } else {
            let peak = (limit * distance + speed * speed / 2).squareRoot()
            firstEnd = braking + (peak - speed) / limit
            cruiseEnd = firstEnd
            end = firstEnd + peak / limit
        }
        firstZ = z + vz * firstEnd + 0.5 * firstAcceleration * firstEnd * firstEnd
        firstVz = vz + firstAcceleration * firstEnd
    }

    /// Height and vertical speed `time` seconds from now.
    func state(at time: Double) -> (z: Double, vz: Double) {
        if time < firstEnd {
            return (z + vz * time + 0.5 * firstAcceleration * time * time, vz + firstAcceleration * time)
        }
        if time <= cruiseEnd { return (firstZ + firstVz * (time - firstEnd), firstVz) }
        if time <= end {
            let since = time - cruiseEnd
            let braking = -direction * BandLimits.verticalAcceleration
            return (
                firstZ + firstVz * (cruiseEnd - firstEnd) + firstVz * since + 0.5 * braking * since * since,
                firstVz + braking * since
            )
        }
        return (target, 0)
    }
}
