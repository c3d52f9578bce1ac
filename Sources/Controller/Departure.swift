import World

// Strategic separation: no flight starts whose way in space and time is not clear of those under way. The simplest
// sound form, behind the seam for Traffic: a flight that is not clear leaves later or flies higher.

extension Controller {
    /// The way of a mission from `leg` on, when it is at `here` now and begins to move at `start`.
    func intent(
        _ steps: some Collection<MissionStep>, from here: Position<MeanSeaLevel>, start: Instant,
        _ p: VehicleProfile
    ) -> FlightIntent {
        var intent = FlightIntent()
        var at = here
        var time = Double(start.nanoseconds) * 1e-9
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        func leg(to next: Position<MeanSeaLevel>, seconds: Double) {
            let (a, b) = (at.altitude.meters, next.altitude.meters)
            intent.add(
                FlightSegment(
                    start: time, end: time + seconds, from: at.coordinate, to: next.coordinate,
                    lowMeters: min(a, b), highMeters: max(a, b)))
            time += seconds
            at = next
        }
        func vertical(to altitude: Altitude<MeanSeaLevel>) {
            let rise = altitude.meters - at.altitude.meters
            let rate =
                rise > 0 ? configuration.climbMetersPerSecond : configuration.descentMetersPerSecond
            leg(to: Position(at.coordinate, altitude: altitude), seconds: abs(rise) / max(rate, 0.1))
        }
        for step in steps {
            switch step.action {
            case .takeoff: vertical(to: step.target.altitude)
            case .fly:
                leg(to: step.target, seconds: at.coordinate.meters(to: step.target.coordinate) / speed)
            case .land:
                if at.coordinate != step.target.coordinate {
                    leg(
                        to: Position(step.target.coordinate, altitude: at.altitude),
                        seconds: at.coordinate.meters(to: step.target.coordinate) / speed)
                }
                vertical(to: step.target.altitude)
            case .load, .unload, .wait: time += Double(step.durationMilliseconds) / 1000
            case .drive, .contingency: break
            }
        }
        return intent
    }

    /// Keeps the intent of a drone under way true to what it does: made anew when it begins another leg, is held or
    /// sent back, and at times for the drift of the clock.
    mutating func followIntent(_ v: Int) {
        guard state.fleet[v].profile.kind.flies else { return }
        guard let ours = mission(of: v) else {
            if intents[v].mission != nil { intents[v].clear() }
            return
        }
        let leg = tracks[v].report.missionNumber == ours.id.number ? Int(tracks[v].report.leg) : 0
        let old = intents[v]
        if old.mission == ours.id, old.leg == leg, old.state == ours.state,
            now.seconds(since: old.madeAt) < configuration.intentSeconds || !tracks[v].inAir
        {
            return
        }
        intents[v] = intentNow(v, ours, leg)
    }

    private func intentNow(_ v: Int, _ ours: Mission, _ leg: Int) -> FlightIntent {
        let p = state.fleet[v].profile
        let here = tracks[v].report.position
        var made: FlightIntent
        if ours.state == .contingent {
            // As flown by itself: over the contingency points and down at the last.
            let points = ours.steps.filter { $0.action == .contingency }.map(\.target)
            var steps = points.map { MissionStep(.fly, Position($0.coordinate, altitude: here.altitude)) }
            if let last = points.last { steps.append(MissionStep(.land, last)) }
            made = intent(steps, from: here, start: now, p)
        } else {
            made = intent(ours.steps.dropFirst(leg), from: here, start: now, p)
            // How long it is held nobody knows: it may be here for some time.
            if ours.state == .held, tracks[v].inAir {
                let t = Double(now.nanoseconds) * 1e-9
                made.add(
                    FlightSegment(
                        start: t, end: t + 120, from: here.coordinate, to: here.coordinate,
                        lowMeters: here.altitude.meters, highMeters: here.altitude.meters))
            }
        }
        made.mission = ours.id
        made.leg = leg
        made.state = ours.state
        made.madeAt = now
        return made
    }

    /// The flight under way that comes too near to this intent; the first by vehicle. Nil when it is clear.
    func obstacle(_ v: Int, _ planned: FlightIntent) -> Int? {
        let (radius, height) = (
            configuration.separationHorizontalMeters + configuration.departureMarginMeters,
            configuration.separationVerticalMeters + configuration.departureMarginVerticalMeters
        )
        let began = Double(now.nanoseconds) * 1e-9
        let slackMost =
            configuration.timingSlackSeconds
            + configuration.timingSlackShare * max(planned.end - began, 0)
        for w in intents.indices where w != v && intents[w].mayMeet(planned, slack: slackMost) {
            for mine in planned.segments {
                let slack =
                    configuration.timingSlackSeconds
                    + configuration.timingSlackShare * max(mine.start - began, 0)
                for its in intents[w].segments
                where mine.meets(its, radius: radius, height: height, slack: slack) {
                    return w
                }
            }
        }
        return nil
    }

    /// Makes a plan that is clear of the flights under way: as it is, later, or higher. `make` plans at so many
    /// layers above the usual one.
    func clear(_ v: Int, _ make: (_ raised: Int) -> PlanResult) -> PlanResult {
        let usual = make(0)
        guard configuration.checksDepartures, case .plan(let plan) = usual else { return usual }
        let p = state.fleet[v].profile
        let start = tracks[v].report.position
        let way = intent(plan.steps, from: start, start: now, p)
        guard let first = obstacle(v, way) else { return usual }
        let step = max(configuration.departureStepSeconds, 1)
        let patience = min(configuration.departureDelaySeconds / step, 100)
        func later(_ plan: Plan, _ seconds: Double, _ what: String) -> PlanResult {
            var plan = plan
            if seconds > 0 {
                plan.steps.insert(
                    MissionStep(.wait, start, durationMilliseconds: UInt32(seconds * 1000)), at: 0)
                plan.deliveredAt = plan.deliveredAt.advanced(bySeconds: seconds)
            }
            plan.reason += "; \(what) to stay clear of \(name(first))"
            return .plan(plan)
        }
        for k in stride(from: 1.0, through: min(3, patience), by: 1)
        where obstacle(v, way.delayed(bySeconds: k * step)) == nil {
            return later(plan, k * step, "leaves \(duration(k * step)) later")
        }
        for raised in 1...2 {
            guard case .plan(let higher) = make(raised) else { continue }
            if obstacle(v, intent(higher.steps, from: start, start: now, p)) == nil {
                return later(
                    higher, 0, "flies \(distance(Double(raised) * configuration.layerSpacingMeters)) higher")
            }
        }
        for k in stride(from: 4.0, through: max(patience, 3), by: 1)
        where obstacle(v, way.delayed(bySeconds: k * step)) == nil {
            return later(plan, k * step, "leaves \(duration(k * step)) later")
        }
        return .no(
            "the way is not clear of \(name(first)) within \(duration(configuration.departureDelaySeconds))")
    }
}
