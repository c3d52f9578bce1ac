import Traffic
import World

/// The flights to come and under way as operational intents (ASTM F3548), one for each drone with a mission, in one
/// index. An intent is accepted with its mission, activated when it is under way, nonconforming while the drone is off
/// its way and contingent after a minute of that or when it flies its contingency; it ends with the mission.
struct FlightIntents: Sendable {
    /// What the intent of a drone was made from and when, to know when it must be made again. Flat: all are walked each
    /// tick.
    struct Watch: Sendable {
        var mission: MissionID?
        var leg = -1
        var missionState = MissionState.accepted
        /// Nil when there is none in the index.
        var state: IntentState?
        var madeAt = Instant(nanoseconds: 0)
        /// Since when the drone has been on this leg, and when it was last looked at.
        var legSince = Instant(nanoseconds: 0)
        var seenAt = Instant(nanoseconds: 0)
        var conformance = Conformance()
    }

    var watches: [Watch] = []
    private(set) var index = IntentIndex()
    /// Memory of one layout, kept.
    var layout = IntentLayout()
    /// Intents that could not be made: their flights are kept apart in the air only.
    private(set) var faults = 0

    static func id(_ v: Int) -> UInt64 { UInt64(v) + 1 }
    static func vehicle(_ id: UInt64) -> Int { Int(id) - 1 }

    mutating func clear(_ v: Int) {
        index.remove(Self.id(v))
        watches[v].mission = nil
        watches[v].state = nil
    }

    /// Puts what was laid out in the place of the drone's old intent; without any leg it has none.
    mutating func put(_ v: Int, _ state: IntentState, _ tolerance: IntentTolerance) {
        index.remove(Self.id(v))
        watches[v].state = nil
        guard layout.waypoints.count >= 2 else { return }
        do {
            try index.insert(
                OperationalIntent(
                    id: Self.id(v), state: state, waypoints: layout.waypoints,
                    strandStarts: layout.strandStarts, tolerance: tolerance))
            watches[v].state = state
        } catch {
            faults += 1
        }
    }

    /// Follows the state. False where F3548 has no such step: then it is another intent.
    mutating func move(_ v: Int, to state: IntentState) -> Bool {
        guard let old = watches[v].state, old != state else { return true }
        do {
            try index.move(Self.id(v), to: state)
            watches[v].state = state
            return true
        } catch {
            return false
        }
    }
}

extension Controller {
    /// How far a flight may be from its plan and still be clear of the others. Each of two flights has half of it.
    var intentTolerance: IntentTolerance {
        let c = configuration
        let radius = (c.separationHorizontalMeters + c.departureMarginMeters) / 2
        let height = (c.separationVerticalMeters + c.departureMarginVerticalMeters) / 2
        let slack = (c.timingSlackSeconds / 2).clamped(to: 0...600)
        return IntentTolerance(
            radiusMeters: radius.clamped(to: 0...AirTile.reachMeters / 2),
            halfHeightMeters: height.clamped(to: 0...1000), slackBeforeSeconds: slack,
            slackAfterSeconds: slack, slackGrowth: (c.timingSlackShare / 2).clamped(to: 0...1))
    }

    /// Lays out the way of a mission's steps, when the drone is at `here` and begins at `start`, of whose first step
    /// `done` seconds are over if it is spent standing.
    func layOut(
        _ steps: some Collection<MissionStep>, from here: Position<MeanSeaLevel>, start: Instant,
        done: Double = 0, _ p: VehicleProfile, _ layout: inout IntentLayout
    ) {
        var at = here
        var time = Double(start.nanoseconds) * 1e-9
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        func leg(to next: Position<MeanSeaLevel>, seconds: Double) {
            layout.add(
                from: GeodeticPoint(at.coordinate), to: GeodeticPoint(next.coordinate),
                fromAltitude: at.altitude.meters, toAltitude: next.altitude.meters, start: time,
                end: time + seconds)
            time += seconds
            at = next
        }
        func vertical(to altitude: Altitude<MeanSeaLevel>) {
            let rise = altitude.meters - at.altitude.meters
            let rate =
                rise > 0 ? configuration.climbMetersPerSecond : configuration.descentMetersPerSecond
            leg(to: Position(at.coordinate, altitude: altitude), seconds: abs(rise) / max(rate, 0.1))
        }
        var done = done
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
            case .load, .unload, .wait: time += max(Double(step.durationMilliseconds) / 1000 - done, 0)
            case .drive, .contingency: break
            }
            done = 0
        }
    }

    /// A plan not under way yet, as an intent.
    func intent(_ v: Int, _ plan: Plan, _ layout: inout IntentLayout) throws(IntentFault) -> OperationalIntent
    {
        layout.removeAll()
        layOut(
            plan.steps, from: tracks[v].report.position, start: now, state.fleet[v].profile, &layout)
        return try OperationalIntent(
            id: FlightIntents.id(v), waypoints: layout.waypoints, strandStarts: layout.strandStarts,
            tolerance: intentTolerance)
    }

    /// Keeps the intent of a drone true to what it does: made anew when it begins another leg, is held or sent back, and
    /// at times for the drift of the clock.
    mutating func followIntent(_ v: Int) {
        guard state.fleet[v].profile.kind.flies else { return }
        guard let ours = mission(of: v) else { return followWithoutMission(v) }
        let leg = tracks[v].report.missionNumber == ours.id.number ? Int(tracks[v].report.leg) : 0
        var watch = intents.watches[v]
        if watch.mission != ours.id {
            watch = FlightIntents.Watch()
            watch.mission = ours.id
            watch.seenAt = now
        }
        let isUnderWay = ours.state == .active || ours.state == .held
        if isUnderWay, tracks[v].inAir {
            watch.conformance.record(
                isInside: !tracks[v].deviationTold, seconds: now.seconds(since: watch.seenAt))
        }
        watch.seenAt = now
        let state = intentState(ours, watch)
        let isOld =
            watch.leg != leg || watch.missionState != ours.state
            || tracks[v].inAir && now.seconds(since: watch.madeAt) >= configuration.intentSeconds
        if watch.leg != leg { watch.legSince = now }
        (watch.leg, watch.missionState) = (leg, ours.state)
        if isOld { watch.madeAt = now }
        intents.watches[v] = watch
        if isOld || !intents.move(v, to: state) { makeIntent(v, ours, leg, state) }
    }

    /// As F3548 has it; a drone that flies its contingency, or is not known to do anything else, is contingent.
    private func intentState(_ ours: Mission, _ watch: FlightIntents.Watch) -> IntentState {
        switch ours.state {
        case .accepted, .loaded: return .accepted
        case .active, .held:
            let before = watch.state == .nonconforming ? IntentState.nonconforming : .activated
            return watch.conformance.state(after: before)
        case .contingent, .completed, .aborted: return .contingent
        }
    }

    private mutating func makeIntent(_ v: Int, _ ours: Mission, _ leg: Int, _ new: IntentState) {
        let p = state.fleet[v].profile
        let here = tracks[v].report.position
        var layout = intents.layout
        // Alone in its memory, so that nothing is copied.
        intents.layout = IntentLayout()
        layout.removeAll()
        if ours.state == .contingent {
            // As flown by itself: over the contingency points and down at the last.
            let points = ours.steps.filter { $0.action == .contingency }.map(\.target)
            var steps = points.map { MissionStep(.fly, Position($0.coordinate, altitude: here.altitude)) }
            if let last = points.last { steps.append(MissionStep(.land, last)) }
            layOut(steps, from: here, start: now, p, &layout)
        } else {
            layOut(
                ours.steps.dropFirst(leg), from: here, start: now,
                done: now.seconds(since: intents.watches[v].legSince), p, &layout)
            if ours.state == .held, tracks[v].inAir { stay(here, &layout) }
        }
        intents.layout = layout
        intents.put(v, new, intentTolerance)
    }

    /// How long it stays in the air where it is nobody knows: for some time, besides what it does when it goes on.
    private func stay(_ here: Position<MeanSeaLevel>, _ layout: inout IntentLayout) {
        let (place, height) = (GeodeticPoint(here.coordinate), here.altitude.meters)
        let start = Double(now.nanoseconds) * 1e-9
        layout.add(
            from: place, to: place, fromAltitude: height, toAltitude: height, start: start, end: start + 120)
    }

    /// A drone left hovering stays where it is; nobody else may count on it.
    private mutating func followWithoutMission(_ v: Int) {
        let watch = intents.watches[v]
        guard tracks[v].inAir, tracks[v].hasReport, !isDown(v) else {
            if watch.mission != nil || watch.state != nil { intents.clear(v) }
            return
        }
        if watch.mission == nil, watch.state != nil,
            now.seconds(since: watch.madeAt) < configuration.intentSeconds
        {
            return
        }
        intents.watches[v].mission = nil
        intents.watches[v].madeAt = now
        intents.layout.removeAll()
        var layout = intents.layout
        intents.layout = IntentLayout()
        stay(tracks[v].report.position, &layout)
        intents.layout = layout
        intents.put(v, .contingent, intentTolerance)
    }
}
