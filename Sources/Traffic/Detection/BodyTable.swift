/// One moving body as the detector sees it: 64 bytes, one cache line.
public struct Body: Hashable, Sendable {
    public var motion: Motion
    /// What this body adds to the radius and half height of every volume it is in: error bounds, age, tracking
    /// tube, reachable set. Metres, not negative.
    public var addedRadiusMeters: Double
    public var addedHeightMeters: Double

    @inline(__always)
    public init(_ motion: Motion, addedRadiusMeters: Double = 0, addedHeightMeters: Double = 0) {
        self.motion = motion
        self.addedRadiusMeters = addedRadiusMeters
        self.addedHeightMeters = addedHeightMeters
    }

    /// Whether numbers are finite and within what the detector's margins are proven for. Every comparison with
    /// NaN is false.
    @inline(__always)
    var isSound: Bool {
        let farthest = DetectionLimits.farthestMeters
        let fastest = DetectionLimits.fastestMetersPerSecond
        let horizontal =
            motion.x.magnitude <= farthest && motion.y.magnitude <= farthest
            && motion.vx.magnitude <= fastest && motion.vy.magnitude <= fastest
        let vertical = motion.z.magnitude <= farthest && motion.vz.magnitude <= fastest
        let added =
            addedRadiusMeters >= 0 && addedRadiusMeters <= farthest && addedHeightMeters >= 0
            && addedHeightMeters <= farthest
        return horizontal && vertical && added
    }
}

/// The bodies of one tick, by index: the index is the identity in conflicts, and orders them. Memory is kept from
/// tick to tick.
public final class BodyTable {
    public private(set) var count = 0
    private var capacity: Int
    public private(set) var bodies: UnsafeMutablePointer<Body>
    public private(set) var classes: UnsafeMutablePointer<BodyClass>

    public init(capacity: Int = 64) {
        self.capacity = max(capacity, 1)
        bodies = Self.allocate(self.capacity)
        classes = .allocate(capacity: self.capacity)
    }

    deinit {
        bodies.deallocate()
        classes.deallocate()
    }

    /// Forgets all bodies, keeps the memory.
    public func removeAll() { count = 0 }

    @inline(__always)
    public func append(_ body: Body, _ kind: BodyClass) {
        if count == capacity { grow() }
        bodies[count] = body
        classes[count] = kind
        count &+= 1
    }

    /// Each body in one cache line: they are read in any order.
    private static func allocate(_ count: Int) -> UnsafeMutablePointer<Body> {
        UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Body>.stride, alignment: 64)
            .bindMemory(to: Body.self, capacity: count)
    }

    private func grow() {
        let wider = capacity * 2
        let moved = Self.allocate(wider)
        moved.update(from: bodies, count: count)
        bodies.deallocate()
        bodies = moved
        let kinds = UnsafeMutablePointer<BodyClass>.allocate(capacity: wider)
        kinds.update(from: classes, count: count)
        classes.deallocate()
        classes = kinds
        capacity = wider
    }
}
