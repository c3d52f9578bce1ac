extension Resolver {
    /// Seeks a manoeuvre for row `k` against the committed paths of all others and commits to it.
    func solve<Airspace: ResolutionAirspace>(_ k: Int, _ airspace: Airspace) {
        let row = rows + k
        guard row.pointee.body.isCooperative else { return }
        counts.solved += 1
        gather(k)
        let body = row.pointee.body
        let deviates = row.pointee.chosen != body.wanted
        if isFree(k, body.wanted, deviates ? settings.returnMarginMeters : 0), admitted(body, body.wanted, airspace) {
            return commit(k, body.wanted, .clear)
        }
        let keepsCourse = row.pointee.chosen.vx == body.wanted.vx && row.pointee.chosen.vy == body.wanted.vy
        let present = row.pointee.chosen
        let presentIsFree = isFree(k, present, 0) && admitted(body, present, airspace)
        if presentIsFree, keepsCourse { return commit(k, present, row.pointee.hasConflict ? .resolving : .holding) }
        verticalCandidates(k)
        if let found = firstFree(k, airspace) { return commit(k, found, .resolving) }
        if presentIsFree { return commit(k, present, row.pointee.hasConflict ? .resolving : .holding) }
        horizontalCandidates(k)
        if let found = firstFree(k, airspace) { return commit(k, found, .resolving) }
        leastBad(k, airspace)
    }

    private func admitted<Airspace: ResolutionAirspace>(
        _ body: ResolutionBody, _ manoeuvre: Manoeuvre, _ airspace: Airspace
    ) -> Bool {
        airspace.admits(body, manoeuvre, seconds: settings.horizonSeconds)
    }

    private func commit(_ k: Int, _ manoeuvre: Manoeuvre, _ reason: AdvisoryReason) {
        let row = rows + k
        row.pointee.chosen = manoeuvre
        row.pointee.reason = reason
        row.pointee.path = FlightPath(
            row.pointee.body.motion, manoeuvre, acceleration: row.pointee.body.limits.acceleration)
        row.pointee.line = PathLine(
            row.pointee.path,
            until: row.pointee.isIntruder ? settings.intruderHorizonSeconds : settings.horizonSeconds)
    }

    /// Everybody who could come near within the horizon, whatever `k` does.
    private func gather(_ k: Int) {
        threats.removeAll(keepingCapacity: true)
        let row = rows + k
        let m = row.pointee.body.motion
        let fastest = max(
            row.pointee.body.limits.maximumSpeed, (m.vx * m.vx + m.vy * m.vy).squareRoot())
        let own = fastest * settings.horizonSeconds + row.pointee.radius + settings.marginMeters
        let reach = own + grid.fastest * settings.horizonSeconds + grid.widest + grid.mostBend
        for gridRow in grid.rowRange(m.y, reach) {
            for slot in grid.run(gridRow, m.x, reach) {
                let j = Int(grid.slots[slot])
                if j != k { consider(j, m, fastest, row) }
            }
        }
        for slot in grid.gridded..<count {
            let j = Int(grid.slots[slot])
            if j != k { consider(j, m, fastest, row) }
        }
    }

    @inline(__always)
    private func consider(_ j: Int, _ m: Motion, _ fastest: Double, _ row: UnsafePointer<ResolverRow>) {
        let other = rows + j
        let volume = volume(row, other)
        let line = other.pointee.line
        let (dx, dy) = (m.x - other.pointee.body.motion.x, m.y - other.pointee.body.motion.y)
        let speed = (line.vx * line.vx + line.vy * line.vy).squareRoot()
        let reach = volume.radius + settings.marginMeters + (fastest + speed) * volume.until + line.bend
        if dx * dx + dy * dy < reach * reach { threats.append(Int32(truncatingIfNeeded: j)) }
    }

    /// Whether `manoeuvre` keeps every separation and `extra` metres more.
    private func isFree(_ k: Int, _ manoeuvre: Manoeuvre, _ extra: Double) -> Bool {
        let row = rows + k
        let body = row.pointee.body
        let path = FlightPath(body.motion, manoeuvre, acceleration: body.limits.acceleration)
        let line = PathLine(path, until: settings.intruderHorizonSeconds)
        let margin = settings.marginMeters + extra
        for threat in threats {
            let other = rows + Int(threat)
            let volume = volume(row, other)
            guard
                PathLine.mayMeet(
                    line, other.pointee.line, radius: volume.radius + margin, height: volume.height + margin,
                    until: volume.until)
            else { continue }
            let radius = volume.radius + margin
            let s = PathPair.separation(
                path, other.pointee.path, from: 0, until: volume.until,
                verticalScale: radius / (volume.height + margin))
            if s.squared < radius * radius {
                // The other shall give way, and has time to.
                if s.time > settings.yieldSeconds, other.pointee.body.rightOfWay > body.rightOfWay,
                    other.pointee.body.isCooperative
                {
                    continue
                }
                return false
            }
        }
        return true
    }

    private func firstFree<Airspace: ResolutionAirspace>(_ k: Int, _ airspace: Airspace) -> Manoeuvre? {
        candidates.sort { $0.cost < $1.cost }
        for candidate in candidates where isFree(k, candidate.manoeuvre, 0) {
            if admitted(rows[k].body, candidate.manoeuvre, airspace) { return candidate.manoeuvre }
        }
        return nil
    }

    private func verticalCandidates(_ k: Int) {
        candidates.removeAll(keepingCapacity: true)
        let row = rows + k
        let body = row.pointee.body
        let climb = max(body.limits.maximumClimb, 0)
        let descent = max(body.limits.maximumDescent, 0)
        let z = body.motion.z
        func add(_ wish: Double) {
            let level = max(body.limits.floorMeters, min(body.limits.ceilingMeters, wish))
            let manoeuvre = Manoeuvre(
                vx: body.wanted.vx, vy: body.wanted.vy, climbRate: level < z ? descent : climb, levelMeters: level)
            let cost = abs(level - body.wanted.levelMeters) + 0.5 * abs(level - z)
            candidates.append(Candidate(manoeuvre: manoeuvre, cost: cost))
        }
        let path = FlightPath(body.motion, body.wanted, acceleration: body.limits.acceleration)
        let line = PathLine(path, until: settings.intruderHorizonSeconds)
        for threat in threats {
            let other = rows + Int(threat)
            let volume = volume(row, other)
            let radius = volume.radius + settings.marginMeters + 0.5
            guard
                PathLine.mayMeet(
                    line, other.pointee.line, radius: radius, height: .infinity, until: volume.until)
            else { continue }
            let b = other.pointee.line
            let (sx, sy, ux, uy) = (line.x - b.x, line.y - b.y, line.vx - b.vx, line.vy - b.vy)
            let speed = ux * ux + uy * uy
            let time = speed > 0 ? max(0, min(volume.until, -(sx * ux + sy * uy) / speed)) : 0
            let (mx, my) = (sx + ux * time, sy + uy * time)
            let share = max(0, 1 - (mx * mx + my * my) / (radius * radius)).squareRoot()
            let way = share * (volume.height + settings.marginMeters + 1) + 0.5
            let height = other.pointee.path.position(time).z
            add(height + way)
            add(height - way)
        }
        for step in [4.0, 8, 12, 18, 25, 33, 45, 60] {
            add(z + step)
            add(z - step)
        }
        add(z)
    }

    private static let turns: [(cosine: Double, sine: Double, degrees: Double)] = [
        (1, 0, 0), (0.99026807, 0.13917310, 8), (0.99026807, -0.13917310, -8), (0.96126170, 0.27563736, 16),
        (0.96126170, -0.27563736, -16), (0.86602540, 0.5, 30), (0.86602540, -0.5, -30), (0.64278761, 0.76604444, 50),
        (0.64278761, -0.76604444, -50), (0.17364818, 0.98480775, 80), (0.17364818, -0.98480775, -80),
    ]

    private func horizontalCandidates(_ k: Int) {
        candidates.removeAll(keepingCapacity: true)
        let body = rows[k].body
        let z = body.motion.z
        let speed = (body.wanted.vx * body.wanted.vx + body.wanted.vy * body.wanted.vy).squareRoot()
        for factor in [1.0, 1.2, 0.85, 0.7, 0.5, 0.25, 0] {
            for turn in Self.turns {
                if factor == 0, turn.degrees != 0 { continue }
                let vx = factor * (body.wanted.vx * turn.cosine - body.wanted.vy * turn.sine)
                let vy = factor * (body.wanted.vx * turn.sine + body.wanted.vy * turn.cosine)
                let flown = factor * speed
                guard flown <= body.limits.maximumSpeed, flown >= body.limits.minimumSpeed else { continue }
                let (dx, dy) = (vx - body.wanted.vx, vy - body.wanted.vy)
                let change = (dx * dx + dy * dy).squareRoot()
                for level in [rows[k].chosen.levelMeters, z + 15, z - 15, z + 35, z - 35] {
                    let kept = max(body.limits.floorMeters, min(body.limits.ceilingMeters, level))
                    candidates.append(
                        Candidate(
                            manoeuvre: Manoeuvre(
                                vx: vx, vy: vy,
                                climbRate: kept < z ? body.limits.maximumDescent : body.limits.maximumClimb,
                                levelMeters: kept),
                            cost: 10 * change + abs(kept - body.wanted.levelMeters) + 0.5 * abs(kept - z)))
                }
            }
        }
    }

    /// Nothing is free: the manoeuvre that keeps the most of the smallest separation.
    private func leastBad<Airspace: ResolutionAirspace>(_ k: Int, _ airspace: Airspace) {
        candidates.append(Candidate(manoeuvre: rows[k].chosen, cost: 0))
        let z = rows[k].body.motion.z
        for i in 0..<candidates.count where abs(candidates[i].manoeuvre.levelMeters - z) > 30 {
            let body = rows[k].body
            let far = candidates[i].manoeuvre.levelMeters > z ? z + 60 : z - 60
            candidates[i].manoeuvre.levelMeters = max(body.limits.floorMeters, min(body.limits.ceilingMeters, far))
        }
        var best = (score: -Double.infinity, manoeuvre: rows[k].chosen)
        for candidate in candidates {
            let score = self.score(k, candidate.manoeuvre) - 1e-3 * candidate.cost
            if score > best.score, admitted(rows[k].body, candidate.manoeuvre, airspace) {
                best = (score, candidate.manoeuvre)
            }
        }
        commit(k, best.manoeuvre, .leastBad)
    }

    /// The smallest share of its separation that `manoeuvre` keeps from anybody, times 30.
    private func score(_ k: Int, _ manoeuvre: Manoeuvre) -> Double {
        let row = rows + k
        let body = row.pointee.body
        let path = FlightPath(body.motion, manoeuvre, acceleration: body.limits.acceleration)
        let line = PathLine(path, until: settings.intruderHorizonSeconds)
        var least = 1.0
        for threat in threats {
            let other = rows + Int(threat)
            let volume = volume(row, other)
            let (radius, height) = (volume.radius + settings.marginMeters, volume.height + settings.marginMeters)
            guard
                PathLine.mayMeet(line, other.pointee.line, radius: radius, height: height, until: volume.until)
            else { continue }
            let s = PathPair.separation(
                path, other.pointee.path, from: 0.5, until: volume.until, verticalScale: radius / height)
            let share = s.squared.squareRoot() / radius
            if share < least { least = share }
        }
        return least * 30
    }
}
