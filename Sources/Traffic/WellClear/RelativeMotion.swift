/// How the ownship stands and moves as seen from the intruder: the only thing pairwise geometry depends on.
struct RelativeMotion {
    var x: Double
    var y: Double
    var z: Double
    var vx: Double
    var vy: Double
    var vz: Double

    @inline(__always)
    init(own: Motion, intruder: Motion) {
        (x, y, z) = (own.x - intruder.x, own.y - intruder.y, own.z - intruder.z)
        (vx, vy, vz) = (own.vx - intruder.vx, own.vy - intruder.vy, own.vz - intruder.vz)
    }

    @inline(__always)
    init(x: Double, y: Double, z: Double, vx: Double, vy: Double, vz: Double) {
        (self.x, self.y, self.z) = (x, y, z)
        (self.vx, self.vy, self.vz) = (vx, vy, vz)
    }

    @inline(__always) var squaredDistance: Double { x * x + y * y }
    @inline(__always) var squaredSpeed: Double { vx * vx + vy * vy }
    /// Negative while the pair closes in.
    @inline(__always) var closing: Double { x * vx + y * vy }

    /// D^2 v^2 - det(s, v)^2: not negative where the line of motion meets the circle of radius D. Better conditioned
    /// near a graze than the discriminant b^2 - ac, which subtracts squares of much larger numbers.
    @inline(__always)
    func chord(radius: Double) -> Double {
        let moment = x * vy - y * vx
        return radius * radius * squaredSpeed - moment * moment
    }
}

/// Limits below which a difference is rounding, not motion.
enum Negligible {
    /// Metres a second squared: horizontal relative speed of 0.3 micrometres a second.
    static let squaredSpeed = 1e-13
    /// Metres a second.
    static let verticalSpeed = 1e-13

    /// Whether an interval lasts longer than rounding could make it: a volume touched in one instant is no conflict.
    @inline(__always)
    static func lasts(from entry: Double, to exit: Double) -> Bool {
        exit - entry > 1e-13 + 4e-12 * entry
    }
}
