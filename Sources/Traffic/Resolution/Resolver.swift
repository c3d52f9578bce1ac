/// Coordinated resolution: all bodies of a tick in, a manoeuvre for each out. Both sides of every conflict take our
/// commands, so nobody guesses what the other does: bodies are taken one after another, each seeks the cheapest
/// manoeuvre that is free of everybody else's committed path, and commits to it. Keeps memory between ticks, but no
/// knowledge: the same bodies give the same advisories whatever was asked before and in whatever order they stand.
public final class Resolver {
    public var settings: ResolverSettings
    var counts = ResolutionCounts()

    // One row per sound body, by id.
    var count = 0
    var rows: UnsafeMutablePointer<ResolverRow>
    var capacity = 0
    /// Input index of each row.
    var grid = NeighbourGrid()
    var conflicts: [ResolverConflict] = []
    var agenda: [AgendaEntry] = []
    var threats: [Int32] = []
    var candidates: [Candidate] = []

    public init(_ settings: ResolverSettings = ResolverSettings()) {
        self.settings = settings
        rows = .allocate(capacity: 1)
        capacity = 1
    }

    deinit { rows.deallocate() }

    /// Advisories for all bodies, in their order.
    public func resolve<Airspace: ResolutionAirspace>(
        _ bodies: UnsafeBufferPointer<ResolutionBody>, airspace: Airspace,
        into advisories: UnsafeMutableBufferPointer<Advisory>
    ) -> ResolutionCounts {
        precondition(advisories.count >= bodies.count)
        counts = ResolutionCounts()
        admit(bodies, into: advisories)
        grid.build(rows, count, settings)
        screen()
        makeAgenda()
        for entry in agenda { solve(Int(entry.row), airspace) }
        // Once more for those who still conflict: by now the others have moved.
        conflicts.withUnsafeBufferPointer { found in
            for conflict in found {
                let (a, b) = (Int(conflict.a), Int(conflict.b))
                guard stillConflicts(a, b) else { continue }
                solve(a, airspace)
                if stillConflicts(a, b) {
                    solve(b, airspace)
                    if stillConflicts(a, b) { counts.unresolved += 1 }
                }
            }
        }
        for k in 0..<count {
            let row = rows + k
            advisories[Int(row.pointee.input)] = Advisory(
                id: row.pointee.body.id, reason: row.pointee.reason, manoeuvre: row.pointee.chosen,
                against: row.pointee.against, timeSeconds: row.pointee.conflictTime)
            if row.pointee.reason == .leastBad { counts.leastBad += 1 }
        }
        return counts
    }

    /// Takes the sound bodies, ordered by id, and gives each its present path.
    private func admit(
        _ bodies: UnsafeBufferPointer<ResolutionBody>, into advisories: UnsafeMutableBufferPointer<Advisory>
    ) {
        if capacity < bodies.count {
            rows.deallocate()
            capacity = bodies.count + bodies.count / 4
            rows = .allocate(capacity: capacity)
        }
        count = 0
        var isOrdered = true
        for i in 0..<bodies.count {
            if i > 0, bodies[i].id <= bodies[i - 1].id { isOrdered = false }
        }
        if isOrdered {
            for i in 0..<bodies.count { admit(bodies[i], i, advisories) }
            return
        }
        let order = (0..<bodies.count).sorted { (bodies[$0].id, $0) < (bodies[$1].id, $1) }
        for (place, i) in order.enumerated() {
            let isTwice =
                (place > 0 && bodies[order[place - 1]].id == bodies[i].id)
                || (place + 1 < order.count && bodies[order[place + 1]].id == bodies[i].id)
            if isTwice { refuse(bodies[i], i, advisories) } else { admit(bodies[i], i, advisories) }
        }
    }

    private func refuse(
        _ body: ResolutionBody, _ input: Int, _ advisories: UnsafeMutableBufferPointer<Advisory>
    ) {
        counts.refused += 1
        advisories[input] = Advisory(
            id: body.id, reason: .refused, manoeuvre: body.wanted, against: body.id, timeSeconds: 0)
    }

    private func admit(
        _ body: ResolutionBody, _ input: Int, _ advisories: UnsafeMutableBufferPointer<Advisory>
    ) {
        guard body.isSound else { return refuse(body, input, advisories) }
        (rows + count).initialize(to: ResolverRow(body, input: input, settings))
        count += 1
    }
}

/// A body of the tick and what is decided about it.
struct ResolverRow {
    var body: ResolutionBody
    var input: Int32
    var path: FlightPath
    /// The manoeuvre of `path`.
    var chosen: Manoeuvre
    var reason: AdvisoryReason
    var against: UInt32
    var conflictTime: Double
    var hasConflict = false
    /// Found outside the grid by everybody: fast, wide or not ours.
    var isIntruder: Bool
    var line: PathLine

    init(_ body: ResolutionBody, input: Int, _ settings: ResolverSettings) {
        self.body = body
        self.input = Int32(truncatingIfNeeded: input)
        let m = body.motion
        path =
            body.isCooperative
            ? FlightPath(m, body.current, acceleration: body.limits.acceleration) : FlightPath(m)
        chosen = body.current
        reason = body.isCooperative ? (body.current == body.wanted ? .clear : .holding) : .uncontrolled
        against = body.id
        conflictTime = 0
        isIntruder =
            m.vx * m.vx + m.vy * m.vy > 35 * 35 || path.cx * path.cx + path.cy * path.cy > 35 * 35
            || body.separationMeters + body.inflationMeters > 100
        line = PathLine(path, until: isIntruder ? settings.intruderHorizonSeconds : settings.horizonSeconds)
    }

    var needsLook: Bool { body.isCooperative && (hasConflict || body.current != body.wanted) }
}

struct ResolverConflict {
    var a: Int32
    var b: Int32
    var time: Double
}

struct AgendaEntry {
    var row: Int32
    var time: Double
}

struct Candidate {
    var manoeuvre: Manoeuvre
    var cost: Double
}
