import Glibc

/// The ownship's states after each step of a manoeuvre: what it would have done, and how it would go on straight from
/// there. One side is the steps to the left or down, the other those to the right or up; both begin where it is.
///
/// Memory is taken once; preparing a manoeuvre allocates nothing.
final class BandSteps {
    /// Most steps of one kind, both sides together: 362 of direction; speed and climb have fewer.
    static let capacity = 512

    struct Side {
        /// Where its steps begin in the arrays.
        var first = 0
        /// Number of its last step; the first is 0, the present state.
        var last = 0
        /// Seconds a step takes; 0 at once.
        var stepSeconds = 0.0

        @inline(__always) func time(_ step: Int) -> Double { Double(step) * stepSeconds }
    }

    private(set) var lower = Side()
    private(set) var upper = Side()
    /// Position at the time of the step, and velocity from then on.
    let x: UnsafeMutablePointer<Double>
    let y: UnsafeMutablePointer<Double>
    let z: UnsafeMutablePointer<Double>
    let vx: UnsafeMutablePointer<Double>
    let vy: UnsafeMutablePointer<Double>
    let vz: UnsafeMutablePointer<Double>
    let time: UnsafeMutablePointer<Double>
    private let memory: UnsafeMutablePointer<Double>
    /// Sines and cosines of whole degrees, 0 ... 180.
    private let sines: UnsafeMutablePointer<Double>

    init() {
        memory = .allocate(capacity: 7 * Self.capacity)
        memory.initialize(repeating: 0, count: 7 * Self.capacity)
        (x, y, z) = (memory, memory + Self.capacity, memory + 2 * Self.capacity)
        (vx, vy, vz) = (memory + 3 * Self.capacity, memory + 4 * Self.capacity, memory + 5 * Self.capacity)
        time = memory + 6 * Self.capacity
        sines = .allocate(capacity: 2 * (BandLimits.directionSteps + 1))
        for degree in 0...BandLimits.directionSteps {
            let angle = Double(degree) * .pi / 180
            (sines + 2 * degree).initialize(to: sin(angle))
            (sines + 2 * degree + 1).initialize(to: cos(angle))
        }
    }

    deinit {
        memory.deallocate()
        sines.deallocate()
    }

    /// Steps taken in all, both sides.
    var count: Int { upper.first + upper.last + 1 }

    /// Turns, a degree a step, half a circle to each side. Slower than `BandLimits.slowest` is taken as that, and a
    /// body at rest as northbound.
    func turn(_ own: Motion, _ mode: BandMode) {
        let speed = (own.vx * own.vx + own.vy * own.vy).squareRoot()
        let flown = max(speed, BandLimits.slowest)
        let (vx, vy) = speed > 0 ? (own.vx * (flown / speed), own.vy * (flown / speed)) : (0, flown)
        let stepSeconds = mode == .kinematic ? 1 / BandLimits.turnDegreesPerSecond : 0
        set(lowerLast: BandLimits.directionSteps, upperLast: BandLimits.directionSteps, stepSeconds)
        let rate = BandLimits.turnDegreesPerSecond * .pi / 180
        for sideNumber in 0...1 {
            let side = sideNumber == 1 ? upper : lower
            let sense: Double = sideNumber == 1 ? 1 : -1
            for step in 0...side.last {
                let (sine, cosine) = (sense * sines[2 * step], sines[2 * step + 1])
                // Compass angles grow clockwise.
                let nextX = vx * cosine + vy * sine
                let nextY = vy * cosine - vx * sine
                let time = side.time(step)
                let place = side.first + step
                let turned = mode == .kinematic && step > 0
                self.x[place] = own.x + (turned ? (vy - nextY) / (sense * rate) : 0)
                self.y[place] = own.y + (turned ? (nextX - vx) / (sense * rate) : 0)
                self.z[place] = own.z + own.vz * time
                (self.vx[place], self.vy[place], self.vz[place]) = (nextX, nextY, own.vz)
                self.time[place] = time
            }
        }
    }

    /// Changes ground speed between the limits, keeping direction.
    func accelerate(_ own: Motion, _ mode: BandMode) {
        let speed = (own.vx * own.vx + own.vy * own.vy).squareRoot()
        let (ux, uy) = speed > 0 ? (own.vx / speed, own.vy / speed) : (0, 1)
        let stepSeconds = mode == .kinematic ? BandLimits.speedStep / BandLimits.horizontalAcceleration : 0
        set(
            lowerLast: Self.steps(speed - BandLimits.slowest, BandLimits.speedStep),
            upperLast: Self.steps(BandLimits.fastest - speed, BandLimits.speedStep), stepSeconds)
        for sideNumber in 0...1 {
            let side = sideNumber == 1 ? upper : lower
            let sense: Double = sideNumber == 1 ? 1 : -1
            for step in 0...side.last {
                let time = side.time(step)
                let place = side.first + step
                let gained = sense * Double(step) * BandLimits.speedStep
                let way = speed * time + gained * time / 2
                self.x[place] = own.x + ux * way
                self.y[place] = own.y + uy * way
                self.z[place] = own.z + own.vz * time
                (self.vx[place], self.vy[place]) = (ux * (speed + gained), uy * (speed + gained))
                self.vz[place] = own.vz
                self.time[place] = time
            }
        }
    }

    /// Changes vertical speed between the limits.
    func climb(_ own: Motion, _ mode: BandMode) {
        let stepSeconds = mode == .kinematic ? BandLimits.verticalStep / BandLimits.verticalAcceleration : 0
        set(
            lowerLast: Self.steps(own.vz + BandLimits.steepest, BandLimits.verticalStep),
            upperLast: Self.steps(BandLimits.steepest - own.vz, BandLimits.verticalStep), stepSeconds)
        for sideNumber in 0...1 {
            let side = sideNumber == 1 ? upper : lower
            let sense: Double = sideNumber == 1 ? 1 : -1
            for step in 0...side.last {
                let time = side.time(step)
                let place = side.first + step
                let gained = sense * Double(step) * BandLimits.verticalStep
                self.z[place] = own.z + own.vz * time + gained * time / 2
                self.vz[place] = own.vz + gained
                self.time[place] = time
            }
        }
    }

    private func set(lowerLast: Int, upperLast: Int, _ stepSeconds: Double) {
        lower = Side(first: 0, last: lowerLast, stepSeconds: stepSeconds)
        upper = Side(first: lowerLast + 1, last: upperLast, stepSeconds: stepSeconds)
        precondition(count <= Self.capacity)
    }

    /// Steps that cover `way`, the last perhaps beyond it.
    private static func steps(_ way: Double, _ step: Double) -> Int {
        Int(max(0, (way / step).rounded(.up)))
    }
}
