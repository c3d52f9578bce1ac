/// A sound body as the exact tests see it.
struct ResolverRecord {
    /// What it is committed to.
    var path: FlightPath
    /// Horizontally and, at most as much, vertically.
    var inflation: Double
    var inflationHeight: Double
    var row: Int32
    var classIndex: UInt8
    var rightOfWay: RightOfWay
    var isCooperative: Bool
    /// Looked at farther ahead, and found by everybody without the grid.
    var isFar: Bool
}

/// Memory of the resolver, kept from tick to tick. A row is a sound body, in the order of ids; a slot is its place in
/// the grid.
struct ResolverTable {
    static let columns = 12
    static let mostCandidates = 1024
    /// Threats one manoeuvre is checked against; in a thicker crowd the first found.
    static let mostThreats = 480
    static let nearStride = mostThreats + 32
    /// Conflicts that are solved in one tick at most, the most urgent; the bodies of others are deferred.
    static let mostConflicts = 16_384

    var count = 0
    var capacity = 0
    var bodies: UnsafePointer<ResolutionBody>
    var advisories: UnsafeMutablePointer<Advisory>
    var grid = NeighbourGrid()
    var reaches = GridReach()
    /// Per row.
    var input: UnsafeMutablePointer<Int32>
    var cells: UnsafeMutablePointer<Int32>
    var places: UnsafeMutablePointer<SIMD2<Double>>
    var slotOf: UnsafeMutablePointer<Int32>
    /// When its first conflict is; infinite without one.
    var conflictTime: UnsafeMutablePointer<Double>
    /// Whether it stops, and whether its contingency has not been shown disjoint from everybody's.
    var isStopped: UnsafeMutablePointer<Bool>
    var isUnproven: UnsafeMutablePointer<Bool>
    /// Per slot.
    var rowAt: UnsafeMutablePointer<Int32>
    var records: UnsafeMutablePointer<ResolverRecord>
    var lines: UnsafeMutablePointer<Float>
    /// How far ahead a body looks: less in a crowd, seconds.
    var horizons: UnsafeMutablePointer<Double>
    var lineStride = 0
    /// Of the body being solved.
    var threats: UnsafeMutablePointer<Int32>
    var threatCount = 0
    /// The first so many of them are looked at only as far ahead as everybody looks.
    var nearThreatCount = 0
    /// Lines of the threats side by side.
    var nearLines: UnsafeMutablePointer<Float>
    var candidates: UnsafeMutablePointer<Candidate>
    var candidateCount = 0
    /// Those not tried yet stand first, as a heap with the cheapest on top.
    var untriedCount = 0
    var conflicts: UnsafeMutablePointer<Encounter>
    var conflictCount = 0
    var agenda: UnsafeMutablePointer<Encounter>
    var agendaCount = 0
    /// Who stops and has not been looked at since.
    var stops: UnsafeMutablePointer<Int32>

    init() {
        let nothing = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        bodies = UnsafePointer(nothing.assumingMemoryBound(to: ResolutionBody.self))
        advisories = nothing.assumingMemoryBound(to: Advisory.self)
        nothing.deallocate()
        input = .allocate(capacity: 1)
        cells = .allocate(capacity: 1)
        places = .allocate(capacity: 1)
        slotOf = .allocate(capacity: 1)
        conflictTime = .allocate(capacity: 1)
        rowAt = .allocate(capacity: 1)
        records = .allocate(capacity: 1)
        lines = .allocate(capacity: 1)
        agenda = .allocate(capacity: 1)
        stops = .allocate(capacity: 1)
        isUnproven = .allocate(capacity: 1)
        isStopped = .allocate(capacity: 1)
        horizons = .allocate(capacity: 1)
        threats = .allocate(capacity: Self.mostThreats)
        nearLines = .allocate(capacity: Self.nearStride * Self.columns)
        nearLines.initialize(repeating: 0, count: Self.nearStride * Self.columns)
        candidates = .allocate(capacity: Self.mostCandidates)
        conflicts = .allocate(capacity: Self.mostConflicts)
    }

    func deallocate() {
        grid.deallocate()
        threats.deallocate()
        nearLines.deallocate()
        candidates.deallocate()
        conflicts.deallocate()
        release()
    }

    private func release() {
        input.deallocate()
        cells.deallocate()
        places.deallocate()
        slotOf.deallocate()
        conflictTime.deallocate()
        rowAt.deallocate()
        records.deallocate()
        lines.deallocate()
        agenda.deallocate()
        stops.deallocate()
        isUnproven.deallocate()
        isStopped.deallocate()
        horizons.deallocate()
    }

    mutating func reserve(_ rows: Int) {
        guard rows > capacity || capacity == 0 else { return }
        release()
        capacity = rows + rows / 4 + 64
        input = .allocate(capacity: capacity)
        cells = .allocate(capacity: capacity)
        places = .allocate(capacity: capacity)
        slotOf = .allocate(capacity: capacity)
        conflictTime = .allocate(capacity: capacity)
        rowAt = .allocate(capacity: capacity)
        records = .allocate(capacity: capacity)
        lineStride = capacity + 32
        lines = .allocate(capacity: lineStride * Self.columns)
        lines.initialize(repeating: 0, count: lineStride * Self.columns)
        agenda = .allocate(capacity: 2 * capacity)
        stops = .allocate(capacity: capacity)
        isUnproven = .allocate(capacity: capacity)
        isStopped = .allocate(capacity: capacity)
        horizons = .allocate(capacity: capacity)
    }

    /// What stands in memory for the rows there is room for.
    var memoryBytes: Int {
        let each =
            MemoryLayout<ResolverRecord>.stride + 2 * MemoryLayout<Encounter>.stride
            + MemoryLayout<SIMD2<Double>>.stride + 2 * MemoryLayout<Double>.stride
            + 5 * MemoryLayout<Int32>.stride + 2 * MemoryLayout<Bool>.stride
        return capacity * each + lineStride * Self.columns * MemoryLayout<Float>.stride
    }

    @inline(__always)
    func body(_ k: Int) -> UnsafePointer<ResolutionBody> { bodies + Int(input[k]) }
    @inline(__always)
    func advisory(_ k: Int) -> UnsafeMutablePointer<Advisory> { advisories + Int(input[k]) }
    @inline(__always)
    func record(_ k: Int) -> UnsafeMutablePointer<ResolverRecord> { records + Int(slotOf[k]) }
}
