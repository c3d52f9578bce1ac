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
    /// What is to be left of it when the present body is done.
    var limit = 0
    /// Found by the kernels: slots for one query, pairs of slots for several.
    var found: UnsafeMutablePointer<Int32>
    private var foundRoom = 1
    let pairs: UnsafeMutablePointer<Int64>
    let query: UnsafeMutablePointer<Float>
    /// What the query keeps from the smallest of the others, metres.
    var kept = 0.0
    /// Pairs that lose separation or break the disjointness of contingencies.
    var conflicts = EncounterList()
    /// Those that break it, whatever becomes of their separation.
    var breaks = EncounterList()
    /// Who barred the last manoeuvres of the body being solved, the latest first.
    let bars: UnsafeMutablePointer<Bar>
    var barCount = 0
    /// The most urgent of the pairs of each body of a batch, in a crowd, and how many.
    let urgent: UnsafeMutablePointer<Encounter>
    let urgentCounts: UnsafeMutablePointer<Int>

    init() {
        found = .allocate(capacity: foundRoom)
        pairs = .allocate(capacity: Self.batch * (Self.mostLanes + 64))
        query = .allocate(capacity: 16)
        urgent = .allocate(capacity: 16)
        urgentCounts = .allocate(capacity: Self.batch)
        bars = .allocate(capacity: Self.mostBars)
    }

    func deallocate() {
        found.deallocate()
        pairs.deallocate()
        query.deallocate()
        conflicts.deallocate()
        breaks.deallocate()
        urgent.deallocate()
        urgentCounts.deallocate()
        bars.deallocate()
    }

    /// A row, and what of it was in the way: bit 0 its separation, bit 1 its contingency.
    struct Bar {
        var row: Int32
        var parts: Int32
    }
    private static let mostBars = 6

    /// Bar `place` barred again.
    mutating func bar(_ place: Int) {
        let again = bars[place]
        for i in stride(from: place, to: 0, by: -1) { bars[i] = bars[i - 1] }
        bars[0] = again
    }

    /// A new one, in place of the one longest ago.
    mutating func addBar(_ new: Bar) {
        if barCount < Self.mostBars { barCount += 1 }
        bars[barCount - 1] = new
        bar(barCount - 1)
    }

    mutating func begin(_ bodies: Int) {
        counts = ResolutionCounts()
        reaches = GridReach()
        conflicts.count = 0
        breaks.count = 0
        guard foundRoom < bodies + 32 else { return }
        found.deallocate()
        foundRoom = bodies + bodies / 4 + 64
        found = .allocate(capacity: foundRoom)
    }
}

/// How far apart bodies of the grid can matter to each other.
struct GridReach {
    var speedSquared = 0.0
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
        if other.inflation > inflation { inflation = other.inflation }
        if other.radius > radius { radius = other.radius }
        if other.height > height { height = other.height }
        if other.stop > stop { stop = other.stop }
    }
}
