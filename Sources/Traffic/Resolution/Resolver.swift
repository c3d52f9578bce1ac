/// Coordinated resolution: all bodies of a tick in, a manoeuvre for each out. Both sides of every conflict take our
/// commands, so nobody guesses what the other does: bodies are taken one after another, each seeks the cheapest
/// manoeuvre that is free of everybody else's committed path, and commits to it.
///
/// Invariant: the contingencies of all cooperative bodies (`Contingency`) are pairwise disjoint. A command is given only
/// if that still holds a tick after it; else who can hover stops, which is its contingency. Where the invariant is
/// broken already, the least bad is flown and the pair is counted.
///
/// Memory is kept between ticks, knowledge is not: the same bodies give the same advisories whatever was asked before
/// and in whatever order they stand. One thread; steady ticks allocate nothing.
public final class Resolver {
    public let settings: ResolverSettings
    public let classes: [ResolutionClass]
    let path: VectorPath
    var counts = ResolutionCounts()
    var table = ResolverTable()
    var grid = NeighbourGrid()
    /// Exact pair tests left in this tick.
    var budget = 0
    var reaches = GridReach()

    /// Nil when a class is not sound or there is none.
    public init?(
        classes: [ResolutionClass], settings: ResolverSettings = ResolverSettings(), path: VectorPath = .best
    ) {
        guard !classes.isEmpty, classes.count <= 256, classes.allSatisfy(\.isSound) else { return nil }
        self.settings = settings
        self.classes = classes
        self.path = path
    }

    deinit {
        table.deallocate()
        grid.deallocate()
    }

    /// Advisories for all bodies, in their order. `tick` staggers what need not be looked at each time.
    public func resolve<Airspace: ResolutionAirspace>(
        _ bodies: UnsafeBufferPointer<ResolutionBody>, tick: UInt64, airspace: Airspace,
        into advisories: UnsafeMutableBufferPointer<Advisory>
    ) -> ResolutionCounts {
        precondition(advisories.count >= bodies.count)
        counts = ResolutionCounts()
        guard let first = bodies.baseAddress, let answers = advisories.baseAddress else { return counts }
        table.reserve(bodies.count)
        table.bodies = first
        table.advisories = answers
        budget = settings.examinationsPerTick + bodies.count * settings.examinationsPerBody
        admit(bodies, first)
        fillGrid()
        screen()
        makeAgenda(tick)
        for place in 0..<table.agendaCount {
            let row = Int(table.agenda[place].a)
            if budget <= 0 {
                counts.deferredBodies += 1
                continue
            }
            solve(row, airspace)
        }
        // Once more for those who still conflict: by now the others have moved.
        for place in 0..<table.conflictCount {
            let (a, b) = (Int(table.conflicts[place].a), Int(table.conflicts[place].b))
            guard budget > 0 else { break }
            guard conflict(a, b) != nil else { continue }
            solve(a, airspace)
            if conflict(a, b) == nil { continue }
            solve(b, airspace)
            guard let left = conflict(a, b) else { continue }
            counts.unresolved += 1
            if left.breaksContingency { counts.brokenContingencies += 1 }
        }
        for k in 0..<table.count {
            let reason = table.advisory(k).pointee.reason
            if reason == .leastBad { counts.leastBad += 1 }
            if reason == .contingency { counts.contingencies += 1 }
        }
        return counts
    }

    /// Takes the sound bodies, ordered by id; refuses the others, and all of an id that stands twice.
    private func admit(_ bodies: UnsafeBufferPointer<ResolutionBody>, _ first: UnsafePointer<ResolutionBody>)
    {
        table.count = 0
        var isOrdered = true
        for i in 1..<max(bodies.count, 1) where bodies[i].id <= bodies[i - 1].id { isOrdered = false }
        if isOrdered {
            for i in 0..<bodies.count { admit(first + i, i, isTwice: false) }
            return
        }
        let order = (0..<bodies.count).sorted { (bodies[$0].id, $0) < (bodies[$1].id, $1) }
        for (place, i) in order.enumerated() {
            let isTwice =
                (place > 0 && bodies[order[place - 1]].id == bodies[i].id)
                || (place + 1 < order.count && bodies[order[place + 1]].id == bodies[i].id)
            admit(first + i, i, isTwice: isTwice)
        }
    }

    private func admit(_ body: UnsafePointer<ResolutionBody>, _ input: Int, isTwice: Bool) {
        let isCooperative = body.pointee.isCooperative
        guard !isTwice, Int(body.pointee.classIndex) < classes.count, body.pointee.isSound else {
            counts.refused += 1
            table.advisories[input] = Advisory(
                id: body.pointee.id, reason: .refused, manoeuvre: body.pointee.wanted,
                against: body.pointee.id,
                timeSeconds: 0)
            return
        }
        let flies = body.pointee.current == body.pointee.wanted
        table.advisories[input] = Advisory(
            id: body.pointee.id, reason: !isCooperative ? .uncontrolled : flies ? .clear : .holding,
            manoeuvre: body.pointee.current, against: body.pointee.id, timeSeconds: 0)
        table.input[table.count] = Int32(truncatingIfNeeded: input)
        table.conflictTime[table.count] = .infinity
        table.count += 1
    }

    /// The path row `k` is committed to.
    @inline(__always)
    func committedPath(_ k: Int) -> FlightPath {
        let body = table.body(k)
        guard body.pointee.isCooperative else { return FlightPath(body.pointee.motion) }
        return FlightPath(
            body.pointee.motion, table.advisory(k).pointee.manoeuvre,
            acceleration: classes[Int(body.pointee.classIndex)].acceleration)
    }

    @inline(__always)
    func kind(_ k: Int) -> ResolutionClass { classes[Int(table.body(k).pointee.classIndex)] }
}
