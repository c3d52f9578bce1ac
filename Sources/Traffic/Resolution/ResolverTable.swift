/// Two rows and a time, ordered by time, then by row.
struct Encounter {
    var time: Double
    var a: Int32
    var b: Int32

    @inline(__always)
    func comes(before other: Encounter) -> Bool {
        if time != other.time { return time < other.time }
        return a != other.a ? a < other.a : b < other.b
    }

    /// Heap sort in place: no memory, no luck.
    static func sort(_ items: UnsafeMutablePointer<Encounter>, _ count: Int) {
        var start = count / 2
        while start > 0 {
            start -= 1
            sift(items, start, count)
        }
        var end = count
        while end > 1 {
            end -= 1
            (items[0], items[end]) = (items[end], items[0])
            sift(items, 0, end)
        }
    }

    private static func sift(_ items: UnsafeMutablePointer<Encounter>, _ start: Int, _ end: Int) {
        let item = items[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < end else { break }
            if child + 1 < end, items[child].comes(before: items[child + 1]) { child += 1 }
            guard item.comes(before: items[child]) else { break }
            items[hole] = items[child]
            hole = child
        }
        items[hole] = item
    }
}

struct Candidate {
    var manoeuvre: Manoeuvre
    var cost: Double
}

/// Memory of the resolver, kept from tick to tick. A row is a sound body, in the order of ids; a slot is its place in
/// the grid.
struct ResolverTable {
    static let columns = 12
    static let mostCandidates = 1024
    /// Threats one manoeuvre is checked against; in a thicker crowd the first found.
    static let mostThreats = 480
    static let nearStride = mostThreats + 32

    var count = 0
    var capacity = 0
    var bodies: UnsafePointer<ResolutionBody>
    var advisories: UnsafeMutablePointer<Advisory>
    /// Per row.
    var input: UnsafeMutablePointer<Int32>
    var cells: UnsafeMutablePointer<Int32>
    var slotOf: UnsafeMutablePointer<Int32>
    /// When its first conflict is; infinite without one.
    var conflictTime: UnsafeMutablePointer<Double>
    /// Per slot.
    var rowAt: UnsafeMutablePointer<Int32>
    var lines: UnsafeMutablePointer<Float>
    var lineStride = 0
    /// Found by the kernels.
    var found: UnsafeMutablePointer<Int32>
    var threats: UnsafeMutablePointer<Int32>
    var threatCount = 0
    var query: UnsafeMutablePointer<Float>
    /// Lines of the threats side by side.
    var nearLines: UnsafeMutablePointer<Float>
    var conflicts: UnsafeMutablePointer<Encounter>
    var conflictCount = 0
    var conflictRoom = 0
    var agenda: UnsafeMutablePointer<Encounter>
    var agendaCount = 0
    var candidates: UnsafeMutablePointer<Candidate>
    var candidateCount = 0

    init() {
        let nothing = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        bodies = UnsafePointer(nothing.assumingMemoryBound(to: ResolutionBody.self))
        advisories = nothing.assumingMemoryBound(to: Advisory.self)
        nothing.deallocate()
        input = .allocate(capacity: 1)
        cells = .allocate(capacity: 1)
        slotOf = .allocate(capacity: 1)
        conflictTime = .allocate(capacity: 1)
        rowAt = .allocate(capacity: 1)
        lines = .allocate(capacity: 1)
        found = .allocate(capacity: 1)
        threats = .allocate(capacity: Self.mostThreats)
        query = .allocate(capacity: 16)
        nearLines = .allocate(capacity: Self.nearStride * Self.columns)
        nearLines.initialize(repeating: 0, count: Self.nearStride * Self.columns)
        conflicts = .allocate(capacity: 1)
        agenda = .allocate(capacity: 1)
        candidates = .allocate(capacity: Self.mostCandidates)
    }

    func deallocate() {
        query.deallocate()
        nearLines.deallocate()
        candidates.deallocate()
        threats.deallocate()
        release()
    }

    private func release() {
        input.deallocate()
        cells.deallocate()
        slotOf.deallocate()
        conflictTime.deallocate()
        rowAt.deallocate()
        lines.deallocate()
        found.deallocate()
        conflicts.deallocate()
        agenda.deallocate()
    }

    mutating func reserve(_ rows: Int) {
        guard rows > capacity || capacity == 0 else { return }
        release()
        capacity = rows + rows / 4 + 64
        input = .allocate(capacity: capacity)
        cells = .allocate(capacity: capacity)
        slotOf = .allocate(capacity: capacity)
        conflictTime = .allocate(capacity: capacity)
        rowAt = .allocate(capacity: capacity)
        lineStride = capacity + 32
        lines = .allocate(capacity: lineStride * Self.columns)
        lines.initialize(repeating: 0, count: lineStride * Self.columns)
        found = .allocate(capacity: capacity + 32)
        // More conflicts than these in one tick are a crowd: the rest is counted as deferred.
        conflictRoom = 4 * capacity
        conflicts = .allocate(capacity: conflictRoom)
        agenda = .allocate(capacity: conflictRoom + capacity)
    }

    @inline(__always)
    func body(_ k: Int) -> UnsafePointer<ResolutionBody> { bodies + Int(input[k]) }
    @inline(__always)
    func advisory(_ k: Int) -> UnsafeMutablePointer<Advisory> { advisories + Int(input[k]) }
}
