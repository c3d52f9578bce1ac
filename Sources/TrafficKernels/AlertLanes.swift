/// Bounds that decide, without a square root or a division, that a pair raises no alert. They hold for
/// coordinates up to 131,072 m and speeds up to 512 m/s a component in single precision; `AlertScan` sees to it, and
/// derives the margins.
public struct AlertBounds {
    /// Metres, squared: outside the horizontal volume.
    public var squaredRadius: Float
    /// Metres: half the height of the volume.
    public var halfHeight: Float
    /// Seconds: how soon an entry alerts.
    public var alertingSeconds: Float
    /// Reach test: s^2 > far + farTime v^2.
    public var far: Float
    public var farTime: Float
    /// Closing so long that the vertex of the quadratic of modified tau lies beyond the alerting time:
    /// s.v + vertexTime v^2 < 0.
    public var vertexTime: Float
    /// That quadratic at the alerting time: shrink s^2 + linear s.v + square v^2 > constant.
    public var shrink: Float
    public var linear: Float
    public var square: Float
    public var constant: Float

    public init(
        squaredRadius: Float, halfHeight: Float, alertingSeconds: Float, far: Float, farTime: Float,
        vertexTime: Float, shrink: Float, linear: Float, square: Float, constant: Float
    ) {
        self.squaredRadius = squaredRadius
        self.halfHeight = halfHeight
        self.alertingSeconds = alertingSeconds
        self.far = far
        self.farTime = farTime
        self.vertexTime = vertexTime
        self.shrink = shrink
        self.linear = linear
        self.square = square
        self.constant = constant
    }
}

/// Writes to `open` the indices of bodies that may raise an alert for a body at (x, y, z) with velocity
/// (vx, vy, vz), in order; the others provably do not. Returns their number.
///
/// The six arrays hold a multiple of 16 values; a NaN makes its body open.
/// - Complexity: O(count), about 45 operations a body.
public func alertsNotExcluded(
    x: Float, y: Float, z: Float, vx: Float, vy: Float, vz: Float,
    xs: UnsafePointer<Float>, ys: UnsafePointer<Float>, zs: UnsafePointer<Float>,
    vxs: UnsafePointer<Float>, vys: UnsafePointer<Float>, vzs: UnsafePointer<Float>,
    count: Int, bounds: AlertBounds, open: UnsafeMutablePointer<Int32>
) -> Int {
    var found = 0
    var index = 0
    while index < count {
        let dx = x - load(xs, index)
        let dy = y - load(ys, index)
        let dz = z - load(zs, index)
        let dvx = vx - load(vxs, index)
        let dvy = vy - load(vys, index)
        let dvz = vz - load(vzs, index)
        let squaredDistance = dx * dx + dy * dy
        let squaredSpeed = dvx * dvx + dvy * dvy
        let closing = dx * dvx + dy * dvy
        let moment = dx * dvy - dy * dvx
        let later = dz + dvz * bounds.alertingSeconds
        let above = (dz .> bounds.halfHeight) .& (later .> bounds.halfHeight)
        let below = (dz .< -bounds.halfHeight) .& (later .< -bounds.halfHeight)
        let far = squaredDistance .> bounds.far + bounds.farTime * squaredSpeed
        let passes = moment * moment .> bounds.squaredRadius * squaredSpeed
        let leaves = (squaredDistance .> bounds.squaredRadius) .& (closing .> 0.25 * squaredSpeed)
        let quadratic =
            bounds.shrink * squaredDistance + bounds.linear * closing + bounds.square * squaredSpeed
        let comesLate =
            (closing + bounds.vertexTime * squaredSpeed .< 0) .& (quadratic .> bounds.constant)
        // Below a metre a second the rounding of velocities is too large a part of the relative velocity.
        let isMoving = squaredSpeed .> 1.1
        let excluded = above .| below .| far .| (isMoving .& (passes .| leaves .| comesLate))
        let isOpen = .!excluded
        if any(isOpen) {
            for lane in 0..<16 where isOpen[lane] {
                open[found] = Int32(truncatingIfNeeded: index &+ lane)
                found &+= 1
            }
        }
        index &+= 16
    }
    return found
}
