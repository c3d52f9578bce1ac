/// Coordinated resolution: all bodies of a tick in, a manoeuvre for each out. Both sides of every conflict take our
/// commands, so nobody guesses what the other does: bodies are taken one after another, each seeks the cheapest
/// manoeuvre that is free of everybody else's committed path, and commits to it.
///
/// Invariant: the contingencies of all cooperative bodies (`Contingency`) are pairwise disjoint. A command is given only
/// if that still holds a tick after it; else who can hover stops, which is its contingency. Where the invariant is
/// broken already, the least bad is flown and the pair is counted.
///
/// Memory is kept between ticks, knowledge is not: the same bodies give the same advisories whatever was asked before,
/// in whatever order they stand and however many threads there are. Steady ticks allocate nothing.
public final class Resolver {
    public let settings: ResolverSettings
    public let classes: [ResolutionClass]
    let path: VectorPath
    /// What all bodies of the grid keep at least.
    private let leastReach: GridReach
    let shapes: UnsafeMutablePointer<ClassShape>
    let table: UnsafeMutablePointer<ResolverTable>
    let workers: UnsafeMutablePointer<ResolverWorker>
    let threads: Int
    private var crew: Crew?
    private var phase = Phase.lines
    var tick: UInt64 = 0

    /// Slots that are worked on by one thread at a time, whatever their number.
    private static let chunk = 1024
    private enum Phase { case lines, screen }

    /// Nil when a class is not sound, there is none, or a turn comes every 0 ticks.
    /// - Parameter threads: how many look for conflicts; 1 to 64.
    public init?(
        classes: [ResolutionClass], settings: ResolverSettings = ResolverSettings(), path: VectorPath = .best,
        threads: Int = 1
    ) {
        guard !classes.isEmpty, classes.count <= 256, classes.allSatisfy(\.isSound),
            settings.returnTicks > 0, settings.farTicks > 0
        else { return nil }
        self.settings = settings
        self.classes = classes
        self.path = path
        var reach = GridReach()
        for kind in classes where kind.separationMeters <= 100 { reach.include(kind) }
        leastReach = reach
        shapes = .allocate(capacity: classes.count)
        for (i, kind) in classes.enumerated() { (shapes + i).initialize(to: ClassShape(kind, reach)) }
        table = .allocate(capacity: 1)
        table.initialize(to: ResolverTable())
        self.threads = min(max(threads, 1), 64)
        workers = .allocate(capacity: self.threads)
        for i in 0..<self.threads { (workers + i).initialize(to: ResolverWorker()) }
        if self.threads > 1 { crew = Crew(size: self.threads) { [unowned self] in work($0) } }
    }

    deinit {
        crew = nil
        table.pointee.deallocate()
        table.deallocate()
        for i in 0..<threads { workers[i].deallocate() }
        workers.deallocate()
        shapes.deallocate()
    }

    /// Working memory, without what a crowd adds.
    public var memoryBytes: Int { table.pointee.memoryBytes }

    /// Advisories for all bodies, in their order. `tick` staggers what need not be looked at each time.
    public func resolve<Airspace: ResolutionAirspace>(
        _ bodies: UnsafeBufferPointer<ResolutionBody>, tick: UInt64, airspace: Airspace,
        into advisories: UnsafeMutableBufferPointer<Advisory>
    ) -> ResolutionCounts {
        precondition(advisories.count >= bodies.count)
        guard let first = bodies.baseAddress, let answers = advisories.baseAddress else {
            return ResolutionCounts()
        }
        let (t, w) = (table, workers)
        self.tick = tick
        t.pointee.reserve(bodies.count)
        t.pointee.bodies = first
        t.pointee.advisories = answers
        for i in 0..<threads { w[i].begin(bodies.count) }
        admit(bodies, first)
        fillGrid()
        run(.lines)
        t.pointee.reaches = leastReach
        for i in 0..<threads { t.pointee.reaches.include(w[i].reaches) }
        run(.screen)
        collect()
        makeAgenda()
        // What it took to find the conflicts counts as well; a third at least is for solving them.
        let all = settings.examinationsPerTick + bodies.count * settings.examinationsPerThousand / 1000
        w.pointee.budget = max(all - w.pointee.counts.examinedPairs, all / 3)
        solveAgenda(airspace)
        solveAgain(airspace)
        settle(w)
        countUp(w)
        return w.pointee.counts
    }

    /// The most urgent of those that can still be averted first, then those that cannot: of the budget two fifths at
    /// least are theirs. The other way round, those without a way out would keep all others waiting until they had none
    /// either.
    private func solveAgenda<Airspace: ResolutionAirspace>(_ airspace: Airspace) {
        let (t, w) = (table, workers)
        let kept = 2 * (w.pointee.budget / 5)
        for pass in 0..<3 {
            for place in 0..<t.pointee.agendaCount {
                let item = t.pointee.agenda[place]
                guard item.a >= 0 else { continue }
                guard w.pointee.budget > (pass == 0 ? kept : 0) else { break }
                let (row, other) = (Int(item.a), item.b < 0 ? nil : Int(item.b))
                let isLate = item.time < Self.urgentSeconds && other.map { isInevitable(row, $0) } ?? false
                guard pass == 2 || isLate == (pass == 1) else { continue }
                solve(w, row, against: other, airspace)
                t.pointee.agenda[place].a = -1
            }
        }
        for place in 0..<t.pointee.agendaCount where t.pointee.agenda[place].a >= 0 {
            w.pointee.counts.deferredBodies += 1
        }
    }

    /// Once more for those who still conflict: by now the others have moved. Not for those who wait for their turn, nor
    /// about somebody who takes no commands and so has not moved.
    private func solveAgain<Airspace: ResolutionAirspace>(_ airspace: Airspace) {
        let (t, w) = (table, workers)
        for place in 0..<t.pointee.conflictCount {
            let (a, b) = (Int(t.pointee.conflicts[place].a), Int(t.pointee.conflicts[place].b))
            guard w.pointee.budget > 0 else { break }
            guard conflict(w, a, b) != nil else { continue }
            let isLooked =
                t.pointee.conflictTime[a] == Self.onAgenda || t.pointee.conflictTime[b] == Self.onAgenda
            if isLooked, t.pointee.body(a).pointee.isCooperative, t.pointee.body(b).pointee.isCooperative {
                solve(w, a, against: b, airspace)
                if conflict(w, a, b) == nil { continue }
                solve(w, b, against: a, airspace)
                if conflict(w, a, b) == nil { continue }
            }
            w.pointee.counts.unresolved += 1
        }
    }

    /// What is left at the end.
    private func countUp(_ w: Worker) {
        let t = table
        for place in 0..<w.pointee.breaks.count {
            let item = w.pointee.breaks.items[place]
            if !keeps(w, Int(item.a), Int(item.b)) { w.pointee.counts.brokenContingencies += 1 }
        }
        for k in 0..<t.pointee.count {
            let reason = t.pointee.advisory(k).pointee.reason
            if reason == .leastBad { w.pointee.counts.leastBad += 1 }
            if reason == .contingency { w.pointee.counts.contingencies += 1 }
        }
    }

    private func run(_ phase: Phase) {
        self.phase = phase
        if let crew { crew.run() } else { work(0) }
    }

    /// Every so many chunks of slots: what a thread does does not depend on what the others do.
    private func work(_ thread: Int) {
        let (w, count) = (workers + thread, table.pointee.count)
        var from = thread * Self.chunk
        while from < count {
            let slots = from..<min(from + Self.chunk, count)
            switch phase {
            case .lines: fillLines(slots, w)
            case .screen: screen(slots, w)
            }
            from += threads * Self.chunk
        }
    }

    /// Takes the sound bodies, ordered by id; refuses the others, and all of an id that stands twice.
    private func admit(_ bodies: UnsafeBufferPointer<ResolutionBody>, _ first: UnsafePointer<ResolutionBody>)
    {
        table.pointee.count = 0
        var isOrdered = true
        for i in 1..<max(bodies.count, 1) where first[i].id <= first[i - 1].id {
            isOrdered = false
            break
        }
        if isOrdered {
            for i in 0..<bodies.count { admit(first + i, i, isTwice: false) }
            return
        }
        let order = (0..<bodies.count).sorted { (first[$0].id, $0) < (first[$1].id, $1) }
        for (place, i) in order.enumerated() {
            let isTwice =
                (place > 0 && first[order[place - 1]].id == first[i].id)
                || (place + 1 < order.count && first[order[place + 1]].id == first[i].id)
            admit(first + i, i, isTwice: isTwice)
        }
    }

    @inline(__always)
    private func admit(_ body: UnsafePointer<ResolutionBody>, _ input: Int, isTwice: Bool) {
        let t = table
        let answer = t.pointee.advisories + input
        guard !isTwice, Int(body.pointee.classIndex) < classes.count, body.pointee.isSound else {
            workers.pointee.counts.refused += 1
            answer.pointee = Advisory(
                id: body.pointee.id, reason: .refused, manoeuvre: body.pointee.wanted,
                against: body.pointee.id, timeSeconds: 0)
            return
        }
        let flies = body.pointee.current == body.pointee.wanted
        answer.pointee = Advisory(
            id: body.pointee.id,
            reason: !body.pointee.isCooperative ? .uncontrolled : flies ? .clear : .holding,
            manoeuvre: body.pointee.current, against: body.pointee.id, timeSeconds: 0)
        let row = t.pointee.count
        t.pointee.input[row] = Int32(truncatingIfNeeded: input)
        t.pointee.conflictTime[row] = .infinity
        t.pointee.isStopped[row] = false
        t.pointee.isUnproven[row] = false
        t.pointee.cells[row] = isIntruder(body) ? -1 : 0
        t.pointee.places[row] = SIMD2(body.pointee.motion.x, body.pointee.motion.y)
        t.pointee.count = row + 1
    }

    /// Fast, wide or not ours: looked at farther ahead and found by everybody without the grid.
    @inline(__always)
    private func isIntruder(_ body: UnsafePointer<ResolutionBody>) -> Bool {
        let m = body.pointee.motion
        return !body.pointee.isCooperative || m.vx * m.vx + m.vy * m.vy > 35 * 35
            || classes[Int(body.pointee.classIndex)].separationMeters + body.pointee.inflationMeters > 100
    }

    /// The path row `k` is committed to.
    @inline(__always)
    func committedPath(_ k: Int) -> FlightPath { table.pointee.record(k).pointee.path }

    @inline(__always)
    func shape(_ k: Int) -> ClassShape { shapes[Int(table.pointee.record(k).pointee.classIndex)] }

    @inline(__always)
    func kind(_ k: Int) -> ResolutionClass { classes[Int(table.pointee.record(k).pointee.classIndex)] }
}
