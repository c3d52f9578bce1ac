import TrafficKernels
import TrafficKernelsWide

/// Alert levels of one body against many, tens to hundreds of millions of pairs a second.
///
/// A single-precision filter first proves for most pairs that no alert is raised; `Alerter` decides the others in
/// double precision, so that every level is exactly the one it gives.
///
/// Why the proof holds. Coordinates are stored relative to an origin and are at most 2^17 m, velocities at most
/// 2^9 m/s a component (others are always decided in double). A stored coordinate is then wrong by at most 2^-8 m, a
/// velocity by 2^-16 m/s: a relative position by less than 0.024 m, a relative velocity by less than 7e-5 m/s,
/// rounding of the difference included. Pairs beyond the reach test apart, the distance s is below 1.5 D + 130 v, so
/// that for v over 1 m/s
/// - s.v and det(s, v) are wrong by less than 0.15 m times v: a margin of 1 m on D, and of 0.25 v^2 on s.v, cover it;
/// - the quadratic of modified tau at the alerting time t <= 55 s, with TTHR <= 35 s, is wrong by less than
///   0.057 s + 4e-7 s^2 + 4 v + 3e-5 s v + 0.001 v^2, which is less than 1.3e-5 s^2 + 5 v^2 + 200.
///
/// The volume is not entered before the alerting time when one of these holds: vertically the pair stays apart; the
/// line of motion misses the circle; the pair is outside the circle and opens; or it closes, the vertex of the
/// quadratic lies later than the alerting time and the quadratic is still positive then (it falls until its vertex).
public final class AlertScan {
    /// Bodies held, at most `capacity`.
    public private(set) var count = 0
    public let capacity: Int
    /// Pairs that were decided in double precision since the scan was made, and all pairs.
    public private(set) var decidedCount = 0
    public private(set) var pairCount = 0

    private let exact: UnsafeMutablePointer<Motion>
    private let lanes: UnsafeMutablePointer<Float>
    private let stride: Int
    private let open: UnsafeMutablePointer<Int32>
    private var originX = 0.0
    private var originY = 0.0

    /// - Parameter capacity: most bodies held at a time; all memory is taken here.
    public init(capacity: Int) {
        precondition(capacity > 0 && capacity <= 1 << 24)
        self.capacity = capacity
        stride = (capacity + 15) & ~15
        exact = .allocate(capacity: capacity)
        lanes = .allocate(capacity: stride * 6)
        open = .allocate(capacity: stride)
        lanes.initialize(repeating: .nan, count: stride * 6)
    }

    deinit {
        exact.deallocate()
        lanes.deallocate()
        open.deallocate()
    }

    /// Takes the bodies of a tick; those near the origin are fastest.
    /// - Complexity: O(n).
    public func load(_ bodies: UnsafeBufferPointer<Motion>, originX: Double, originY: Double) {
        precondition(bodies.count <= capacity)
        (self.originX, self.originY) = (originX, originY)
        count = bodies.count
        for index in 0..<count {
            let body = bodies[index]
            exact[index] = body
            store(body, index)
        }
        // Lanes behind the last body: open, and skipped by their index.
        for index in count..<min(stride, (count + 15) & ~15) { store(nil, index) }
    }

    /// Levels of every body as seen from `own`, in the order loaded.
    /// - Parameter levels: room for `count` raw values of `AlertLevel`.
    /// - Complexity: O(count), without allocation.
    public func evaluate(
        own: Motion, alerter: Alerter, path: VectorPath = .best,
        into levels: UnsafeMutableBufferPointer<UInt8>
    ) {
        precondition(levels.count >= count)
        guard let base = levels.baseAddress, count > 0 else { return }
        base.update(repeating: 0, count: count)
        let found = candidates(own, TrafficKernels.AlertBounds(alerter), path)
        pairCount &+= count
        for place in 0..<found {
            let index = Int(open[place])
            // Padding is last and open.
            if index >= count { break }
            let relative = RelativeMotion(own: own, intruder: exact[index])
            base[index] = alerter.level(relative).rawValue
            decidedCount &+= 1
        }
    }

    private func candidates(_ own: Motion, _ bounds: TrafficKernels.AlertBounds, _ path: VectorPath) -> Int {
        let padded = (count + 15) & ~15
        guard isWithinBounds(own) else {
            for index in 0..<count { open[index] = Int32(truncatingIfNeeded: index) }
            return count
        }
        let (x, y, z) = (Float(own.x - originX), Float(own.y - originY), Float(own.z))
        let (vx, vy, vz) = (Float(own.vx), Float(own.vy), Float(own.vz))
        switch path {
        case .portable:
            return TrafficKernels.alertsNotExcluded(
                x: x, y: y, z: z, vx: vx, vy: vy, vz: vz, xs: lanes, ys: lanes + stride,
                zs: lanes + 2 * stride, vxs: lanes + 3 * stride, vys: lanes + 4 * stride,
                vzs: lanes + 5 * stride, count: padded, bounds: bounds, open: open)
        case .wide:
            return TrafficKernelsWide.alertsNotExcluded(
                x: x, y: y, z: z, vx: vx, vy: vy, vz: vz, xs: lanes, ys: lanes + stride,
                zs: lanes + 2 * stride, vxs: lanes + 3 * stride, vys: lanes + 4 * stride,
                vzs: lanes + 5 * stride, count: padded, bounds: .init(bounds), open: open)
        }
    }

    /// What the proof asks of a body.
    private func isWithinBounds(_ body: Motion) -> Bool {
        let limit = 131_072.0
        let speed = 512.0
        return abs(body.x - originX) <= limit && abs(body.y - originY) <= limit && abs(body.z) <= limit
            && abs(body.vx) <= speed && abs(body.vy) <= speed && abs(body.vz) <= speed
    }

    private func store(_ body: Motion?, _ index: Int) {
        guard let body, isWithinBounds(body) else {
            for component in 0..<6 { lanes[component * stride + index] = .nan }
            return
        }
        lanes[index] = Float(body.x - originX)
        lanes[stride + index] = Float(body.y - originY)
        lanes[2 * stride + index] = Float(body.z)
        lanes[3 * stride + index] = Float(body.vx)
        lanes[4 * stride + index] = Float(body.vy)
        lanes[5 * stride + index] = Float(body.vz)
    }
}

extension TrafficKernels.AlertBounds {
    /// The bounds of the most inclusive volume of an alerter, with the margins above.
    fileprivate init(_ alerter: Alerter) {
        let volume = alerter.preventiveVolume
        let seconds = alerter.alertingSeconds(.preventive)
        let radius = volume.distanceMeters + 1
        let time = volume.timeSeconds
        self.init(
            squaredRadius: Float(radius * radius), halfHeight: Float(volume.heightMeters + 0.5),
            alertingSeconds: Float(seconds), far: Float(2.02 * radius * radius),
            farTime: Float(2.02 * (seconds + time) * (seconds + time)),
            vertexTime: Float(seconds + time / 2 + 0.25), shrink: 1 - 1.3e-5,
            linear: Float(2 * seconds + time), square: Float(seconds * seconds + time * seconds - 5),
            constant: Float(volume.distanceMeters * volume.distanceMeters + 200))
    }
}

extension TrafficKernelsWide.AlertBounds {
    fileprivate init(_ other: TrafficKernels.AlertBounds) {
        self.init(
            squaredRadius: other.squaredRadius, halfHeight: other.halfHeight,
            alertingSeconds: other.alertingSeconds, far: other.far, farTime: other.farTime,
            vertexTime: other.vertexTime, shrink: other.shrink, linear: other.linear, square: other.square,
            constant: other.constant)
    }
}
