extension Resolver {
    /// Levels on the wanted course: those that just pass over and under everybody crossing it, and fixed steps. Gathers
    /// the threats these have. False when the vehicle can neither climb nor descend.
    func verticalCandidates(_ w: Worker, _ k: Int) -> Bool {
        table.pointee.candidateCount = 0
        let body = table.pointee.body(k)
        let kind = kind(k)
        guard kind.maximumClimb > 0 || kind.maximumDescent > 0 else { return false }
        let z = body.pointee.motion.z
        let wanted = path(k, body.pointee.wanted)
        gatherCourse(w, k, wanted)
        let line = PathLine(wanted, until: settings.intruderHorizonSeconds)
        let own = table.pointee.record(k)
        for threat in 0..<table.pointee.threatCount {
            let j = Int(table.pointee.threats[threat])
            let volume = volume(own, table.pointee.record(j), extra: settings.chosenMarginMeters + 0.5)
            let other = committedPath(j)
            let half = other.reached * 0.5
            let (sx, sy) = (
                line.x - other.x + (other.cx - other.vx) * half,
                line.y - other.y + (other.cy - other.vy) * half
            )
            let (ux, uy) = (line.vx - other.cx, line.vy - other.cy)
            let speed = ux * ux + uy * uy
            var time = speed > 0 ? -(sx * ux + sy * uy) / speed : 0
            if time < 0 { time = 0 }
            if time > volume.until { time = volume.until }
            let (mx, my) = (sx + ux * time, sy + uy * time)
            let miss = (mx * mx + my * my) / (volume.radius * volume.radius)
            let way = (miss < 1 ? (1 - miss).squareRoot() : 0) * (volume.height + 0.5) + 0.5
            let height = other.position(time).z
            addLevel(k, z, height + way)
            addLevel(k, z, height - way)
        }
        for step in Self.steps {
            addLevel(k, z, z + step)
            addLevel(k, z, z - step)
        }
        addLevel(k, z, z)
        return true
    }

    private func addLevel(_ k: Int, _ z: Double, _ wish: Double) {
        let body = table.pointee.body(k)
        let kind = kind(k)
        let level = bounded(k, wish)
        table.pointee.add(
            Manoeuvre(
                vx: body.pointee.wanted.vx, vy: body.pointee.wanted.vy,
                climbRate: level < z ? kind.maximumDescent : kind.maximumClimb, levelMeters: level),
            cost: abs(level - body.pointee.wanted.levelMeters) + 0.5 * abs(level - z))
    }

    private static let steps: [Double] = [4, 8, 12, 18, 25, 33, 45, 60]

    /// Other courses and speeds, each at a few levels; few of them where it is too late for any but the boldest.
    func horizontalCandidates(_ k: Int, isFew: Bool) {
        table.pointee.candidateCount = 0
        let body = table.pointee.body(k)
        let kind = kind(k)
        let (wanted, z) = (body.pointee.wanted, body.pointee.motion.z)
        let speed = (wanted.vx * wanted.vx + wanted.vy * wanted.vy).squareRoot()
        // Who wants to stand still steps aside to the four winds.
        let (vx, vy) = speed > 0.5 ? (wanted.vx, wanted.vy) : (0.4 * kind.maximumSpeed, 0)
        let base = speed > 0.5 ? speed : vx
        for factor in isFew ? Self.fewSpeeds : Self.speeds {
            for turn in isFew ? Self.fewTurns : Self.turns {
                let flown = factor * base
                guard flown <= kind.maximumSpeed, flown >= kind.minimumSpeed else { continue }
                let (cx, cy) = (factor * (vx * turn.0 - vy * turn.1), factor * (vx * turn.1 + vy * turn.0))
                let (dx, dy) = (cx - wanted.vx, cy - wanted.vy)
                let change = (dx * dx + dy * dy).squareRoot()
                for rise in isFew ? Self.fewRises : Self.rises {
                    let level = bounded(
                        k, rise == 0 ? table.pointee.advisory(k).pointee.manoeuvre.levelMeters : z + rise)
                    table.pointee.add(
                        Manoeuvre(
                            vx: cx, vy: cy, climbRate: level < z ? kind.maximumDescent : kind.maximumClimb,
                            levelMeters: level),
                        cost: 10 * change + abs(level - wanted.levelMeters) + 0.5 * abs(level - z))
                }
                if factor == 0 { break }
            }
        }
    }

    /// As wanted, as now, a stop, and turns and other speeds at two levels.
    func crowdCandidates(_ k: Int) {
        table.pointee.candidateCount = 0
        let (body, kind) = (table.pointee.body(k), kind(k))
        let (wanted, z) = (body.pointee.wanted, body.pointee.motion.z)
        table.pointee.add(wanted, cost: 0)
        if kind.canHover { table.pointee.add(contingencyManoeuvre(k), cost: 100) }
        for place in 0..<Self.crowdSteps.count {
            let (turn, factor, rise) = Self.crowdSteps[place]
            let (c, s) = Self.turns[turn]
            let (vx, vy) = (
                factor * (wanted.vx * c - wanted.vy * s), factor * (wanted.vx * s + wanted.vy * c)
            )
            let speed = (vx * vx + vy * vy).squareRoot()
            guard speed <= kind.maximumSpeed, speed >= kind.minimumSpeed else { continue }
            let level = bounded(k, z + rise)
            let (dx, dy) = (vx - wanted.vx, vy - wanted.vy)
            table.pointee.add(
                Manoeuvre(
                    vx: vx, vy: vy, climbRate: level < z ? kind.maximumDescent : kind.maximumClimb,
                    levelMeters: level),
                cost: 10 * (dx * dx + dy * dy).squareRoot() + abs(level - wanted.levelMeters))
        }
    }

    /// Place among the turns, share of the speed, metres up.
    private static let crowdSteps: [(Int, Double, Double)] = [
        (0, 1, 25), (0, 1, -25), (0, 0.5, 0), (0, 0.5, 25), (0, 0.5, -25), (0, 0, 15), (0, 0, -15),
        (7, 1, 0), (8, 1, 0), (9, 1, 0), (10, 1, 0),
    ]
    private static let speeds: [Double] = [1, 1.2, 0.85, 0.7, 0.5, 0.25, 0]
    private static let rises: [Double] = [0, 15, -15, 35, -35]
    private static let fewSpeeds: [Double] = [1, 1.2, 0.5, 0]
    private static let fewRises: [Double] = [0, 35, -35]
    private static let fewTurns = [turns[0], turns[5], turns[6], turns[9], turns[10]]
    /// Cosine and sine of 0, 8, 16, 30, 50 and 80 degrees to either side.
    private static let turns: [(Double, Double)] = [
        (1, 0), (0.99026807, 0.13917310), (0.99026807, -0.13917310), (0.96126170, 0.27563736),
        (0.96126170, -0.27563736), (0.86602540, 0.5), (0.86602540, -0.5), (0.64278761, 0.76604444),
        (0.64278761, -0.76604444), (0.17364818, 0.98480775), (0.17364818, -0.98480775),
    ]

    /// Everybody whose line crosses the wanted course at any altitude, or whose stop could.
    private func gatherCourse(_ w: Worker, _ k: Int, _ wanted: FlightPath) {
        // The altitudes do not matter, and the acceleration may take longer when it is also one upwards.
        let kind = kind(k)
        let (dx, dy) = (wanted.cx - wanted.vx, wanted.cy - wanted.vy)
        let change = (dx * dx + dy * dy).squareRoot()
        let longer = (kind.maximumClimb + kind.maximumDescent + abs(wanted.vz)) / kind.acceleration
        gather(w, k, wanted, mostSpeed: 0, extra: 2 * change * longer)
    }

    /// Everybody who could come near within the horizon, whatever `k` does.
    func gatherAll(_ w: Worker, _ k: Int) {
        let m = table.pointee.body(k).pointee.motion
        let flown = (m.vx * m.vx + m.vy * m.vy).squareRoot()
        var still = FlightPath(m)
        (still.cx, still.cy) = (0, 0)
        (still.vx, still.vy) = (0, 0)
        let most = max(flown, kind(k).maximumSpeed)
        gather(
            w, k, still, mostSpeed: most,
            extra: shape(k).canHover ? 0 : 2.5 * most * most * shape(k).perAcceleration)
    }

    /// Everybody near `path` at any altitude, as far around as `mostSpeed` brings it besides.
    private func gather(
        _ w: Worker, _ k: Int, _ path: FlightPath, mostSpeed: Double, extra: Double
    ) {
        let t = table
        let (until, later) = (horizon(k), settings.intruderHorizonSeconds)
        let extra = extra + settings.chosenMarginMeters
        writeQuery(w, k, path, until: until, extra: extra + mostSpeed * until)
        let stop = openQuery(w, k)
        var found = searchAround(w, k, path, until: until, stop: stop, farFrom: t.pointee.count)
        let gridded = t.pointee.grid.gridded
        if gridded < t.pointee.count {
            writeQuery(w, k, path, until: later, extra: extra + mostSpeed * later)
            _ = openQuery(w, k)
            found = search(
                w, t.pointee.lines, t.pointee.lineStride, gridded..<t.pointee.count, found)
        }
        compact(w, found, without: k)
    }

    /// Makes the query ask at any altitude, and for whom the contingency of `k` may meet, which is where `k` is now and
    /// not where the path of the query is. Returns how far that can be.
    private func openQuery(_ w: Worker, _ k: Int) -> Double {
        let (query, record) = (w.pointee.query, table.pointee.record(k))
        let disc = Contingency.Disc(record.pointee.path, shape(k), tick: settings.tickSeconds)
        (query[5], query[6], query[10], query[11]) = (-1e9, 1e9, -1e9, 1e9)
        query[7] = Float(disc.x - table.pointee.grid.left)
        query[8] = Float(disc.y - table.pointee.grid.bottom)
        let radius = disc.radius + record.pointee.inflation + Contingency.separationMeters + 0.5
        query[9] = Float(radius)
        return disc.offset + radius
    }
}
