/// Positions with the noise taken out: a Kalman filter for each body whose state is the position alone. Between
/// measurements the body is moved by its own velocity, which receivers measure far better than position; what that
/// misses is the process noise. One variance serves all three axes.
public struct TrackFilter: Sendable {
    public private(set) var x: Double
    public private(set) var y: Double
    public private(set) var z: Double
    public private(set) var variance: Double
    private var vx: Double
    private var vy: Double
    private var vz: Double

    /// Begins at a first measurement of standard deviation `sigma` metres on each axis.
    public init(_ first: Motion, sigma: Double) {
        (x, y, z) = (first.x, first.y, first.z)
        (vx, vy, vz) = (first.vx, first.vy, first.vz)
        variance = sigma * sigma
    }

    /// One standard deviation of the position on each axis, metres.
    public var sigma: Double { variance.squareRoot() }

    /// Takes a measurement made `seconds` after the last one. `drift` is the growth of the variance, m^2/s: what
    /// velocity errors and gusts add. A step that is no plausible passing of time, or a measurement that is not
    /// finite, changes nothing.
    public mutating func take(_ measured: Motion, after seconds: Double, sigma: Double, drift: Double) {
        guard measured.isFinite, seconds >= 0, seconds < 60, sigma >= 0, drift >= 0 else { return }
        // Velocity between two samples: the newer one, as vehicles that integrate velocity do.
        x += measured.vx * seconds
        y += measured.vy * seconds
        z += measured.vz * seconds
        (vx, vy, vz) = (measured.vx, measured.vy, measured.vz)
        variance += drift * seconds
        let total = variance + sigma * sigma
        let gain = total > 0 ? variance / total : 1
        x += gain * (measured.x - x)
        y += gain * (measured.y - y)
        z += gain * (measured.z - z)
        variance *= 1 - gain
    }

    public var motion: Motion { Motion(x: x, y: y, z: z, vx: vx, vy: vy, vz: vz) }
}
