/// What one thread of the resolver works in. Everything in it is merged so that the number of threads does not show.
struct ResolverWorker {
    /// Bodies that look for their neighbours in one call of the kernel.
    static let batch = 4
    /// Neighbours looked at for one body at most; in a thicker crowd the nearest cells first.
    static let mostLanes = 4096

    var counts = ResolutionCounts()
    var reaches = GridReach()
    /// Work left in this tick, in exact tests of pairs.
    var budget = 0
    /// Found by the kernels: slots for one query, pairs of slots for several.
    var found: UnsafeMutablePointer<Int32>
    private var foundRoom = 1
    let pairs: UnsafeMutablePointer<Int64>
    let query: UnsafeMutablePointer<Float>
    var conflicts: UnsafeMutablePointer<Encounter>
    private(set) var conflictCount = 0
    private var conflictRoom = 1024
    /// The most urgent of the pairs of one body, in a crowd.
    let urgent: UnsafeMutablePointer<Encounter>

    init() {
        found = .allocate(capacity: foundRoom)
        pairs = .allocate(capacity: Self.batch * (Self.mostLanes + 64))
        query = .allocate(capacity: 16)
        conflicts = .allocate(capacity: conflictRoom)
        urgent = .allocate(capacity: Self.mostLanes + 64)
    }

    func deallocate() {
        found.deallocate()
        pairs.deallocate()
        query.deallocate()
        conflicts.deallocate()
        urgent.deallocate()
    }

    mutating func begin(_ bodies: Int) {
        counts = ResolutionCounts()
        reaches = GridReach()
        conflictCount = 0
        guard foundRoom < bodies + 32 else { return }
        found.deallocate()
        foundRoom = bodies + bodies / 4 + 64
        found = .allocate(capacity: foundRoom)
    }

    mutating func append(_ conflict: Encounter) {
        if conflictCount == conflictRoom {
            let more = UnsafeMutablePointer<Encounter>.allocate(capacity: 2 * conflictRoom)
            more.moveInitialize(from: conflicts, count: conflictCount)
            conflicts.deallocate()
            conflicts = more
            conflictRoom *= 2
        }
        conflicts[conflictCount] = conflict
        conflictCount += 1
    }
}

/// How far apart bodies of the grid can matter to each other.
struct GridReach {
    var speedSquared = 0.0
    var bend = 0.0
    var inflation = 0.0
    var radius = 0.0
    var height = 0.0
    /// How far from where a body is its contingency can be.
    var stop = 0.0

    var speed: Double { speedSquared.squareRoot() }

    mutating func include(_ kind: ResolutionClass) {
        if kind.separationMeters > radius { radius = kind.separationMeters }
        if kind.separationHeightMeters > height { height = kind.separationHeightMeters }
    }

    mutating func include(_ other: GridReach) {
        if other.speedSquared > speedSquared { speedSquared = other.speedSquared }
        if other.bend > bend { bend = other.bend }
        if other.inflation > inflation { inflation = other.inflation }
        if other.radius > radius { radius = other.radius }
        if other.height > height { height = other.height }
        if other.stop > stop { stop = other.stop }
    }
}
