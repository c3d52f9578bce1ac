import World

// When those who give way go on again.

extension Controller {
    /// Lets those go on whose way is free again: the other has left, is on the ground, or does not meet them
    /// any more. Nobody waits longer than about a minute: then the pair is looked at afresh.
    mutating func letGo(_ limits: SeparationLimits) {
        var kept = 0
        for i in separation.yields.indices {
            let y = separation.yields[i]
            if mustStillYield(y, limits) {
                separation.yields[kept] = y
                kept += 1
            } else {
                goOn(y)
            }
        }
        separation.yields.removeLast(separation.yields.count - kept)
    }

    private func mustStillYield(_ y: Separation.Yield, _ limits: SeparationLimits) -> Bool {
        guard let ours = mission(of: y.vehicle), ours.state == .held || (y.climbs && ours.state == .active)
        else { return false }
        let age = now.seconds(since: y.since)
        if age <= configuration.separationHoldSeconds { return true }
        if age > configuration.separationWaitSeconds + Double(y.vehicle % 8) * 5 { return false }
        guard let me = separation.sweep.flyer(y.vehicle), let other = y.other,
            var it = separation.sweep.flyer(other)
        else { return false }
        // Let go a moment ago itself: it will move.
        if !moves(it), tracks[other].yields == .no, let its = mission(of: other), its.state == .active {
            aim(&it, other, its)
        }
        var going = me
        if !y.climbs { aim(&going, y.vehicle, ours) }
        if let step = ours.step(Int(tracks[y.vehicle].report.leg)), y.climbs {
            going.up = step.target.altitude.meters
            going.velocityUp = 0
        }
        // One about to turn to its way may also take its time.
        return me.meets(it, limits) || going.meets(it, limits)
            || going.meets(Flyer(other, tracks[other].report), limits)
    }

    /// As it will move when it goes on: towards its next target at cruise.
    func aim(_ flyer: inout Flyer, _ v: Int, _ ours: Mission) {
        let leg = Int(tracks[v].report.leg)
        guard let step = ours.step(leg) else { return }
        let rise = step.target.altitude.meters - flyer.up
        if step.action == .takeoff, rise < 15, let next = ours.step(leg + 1) {
            aim(&flyer, v, next.target.coordinate)
        } else if tracks[v].coordinate.meters(to: step.target.coordinate) > 10 {
            aim(&flyer, v, step.target.coordinate)
        } else {
            flyer.velocityUp = rise > 0 ? 3 : -2
        }
    }

    func aim(_ flyer: inout Flyer, _ v: Int, _ target: Coordinate) {
        let d = tracks[v].coordinate.displacement(to: target)
        let far = max((d.east * d.east + d.north * d.north).squareRoot(), 1)
        let speed = min(Double(state.fleet[v].profile.cruiseSpeedMillimetersPerSecond) / 1000, 100)
        flyer.velocityEast = d.east / far * speed
        flyer.velocityNorth = d.north / far * speed
    }

    private mutating func goOn(_ y: Separation.Yield) {
        tracks[y.vehicle].yields = .no
        guard let ours = mission(of: y.vehicle) else { return }
        if y.climbs {
            guard ours.state == .active, let step = ours.step(Int(tracks[y.vehicle].report.leg)),
                step.action == .fly
            else { return }
            command(
                .altitude, y.vehicle, mission: ours, reason: "back to its layer",
                altitude: step.target.altitude)
            tracks[y.vehicle].heightFreeUntil = now.advanced(bySeconds: 60)
        } else if ours.state == .held, ours.reason.hasPrefix(Separation.waiting) {
            set(ours, .active, "way is free again")
            command(.resume, y.vehicle, mission: ours, reason: "way is free again", afterDurable: true)
        }
    }

    /// After a restart nobody knows for whom they wait.
    mutating func rememberWaiting() {
        for v in tracks.indices {
            guard tracks[v].yields == .no, let ours = mission(of: v), ours.state == .held,
                ours.reason.hasPrefix(Separation.waiting)
            else { continue }
            tracks[v].yields = .waits
            separation.yields.append(.init(vehicle: v, other: nil, since: now, climbs: false))
        }
    }
}
