// What each truck is told: the greatest speed that keeps its gaps and its authority.

extension RoadTraffic {
    func advise(_ i: Int32) {
        let b = store.bodies + Int(i)
        if b.pointee.platoon >= 0 { return advisePlatoon(i) }
        let s = settings
        // Its own report is this old: so much longer it drives before anything new reaches its brakes.
        let delay = s.reactionSeconds + max(now - b.pointee.measured, 0)
        let brakes = b.pointee.brakingAtLeast
        let front = b.pointee.frontIndex
        // Leases under withdrawal are no authority any more.
        let last = b.pointee.withdrawnAt >= 0 ? min(front, b.pointee.lastHeld) : b.pointee.lastHeld
        var limit = b.pointee.frontLimit
        var reason = RoadAdvisory.Reason.free
        var downTo = limit
        var other: Int32 = -1
        var gap = 0.0
        var room = 0.0
        let authority =
            (last == b.pointee.lastHeld ? b.pointee.lastEnd : end(i, last))
            - (last + 1 == b.pointee.routeCount ? 0 : s.marginMeters)
        // End of the way it has leave for.
        room = authority - b.pointee.front
        let byAuthority = RoadHeadway.speed(stoppingWithin: room, reactionSeconds: delay, braking: brakes)
        if byAuthority < limit {
            limit = byAuthority
            downTo = 0
            reason = b.pointee.reason
            other = b.pointee.blocker
            gap = room
        }
        var least = room
        var k = front
        while k <= last {
            if k > front {
                let section = store.section(i, k)
                // A slower section ahead: at its border as slow as it asks.
                let next = store.sections[section].speedLimit
                let to = start(i, k) - b.pointee.front
                let v = RoadHeadway.speed(
                    stoppingWithin: max(to, 0) + next * next / (2 * brakes) + next * delay,
                    reactionSeconds: delay, braking: brakes)
                if v < limit {
                    limit = max(v, next)
                    if reason == .free { downTo = next }
                }
            }
            let ahead = store.holds[store.hold(i, k)].ahead
            if ahead >= 0 {
                let p = store.holder(of: ahead)
                let lead = store.bodies + Int(p)
                // The leader's rear as last seen: it cannot have gone backwards, so age only errs to the safe side.
                let between =
                    start(i, k) + (lead.pointee.rear - store.holds[Int(ahead)].start) - b.pointee.front
                let c = max(lead.pointee.brakingAtMost, brakes)
                let stop = between - s.marginMeters + lead.pointee.speed * lead.pointee.speed / (2 * c)
                if stop < least { least = stop }
                let v = RoadHeadway.speed(stoppingWithin: stop, reactionSeconds: delay, braking: brakes)
                if v < limit {
                    limit = v
                    downTo = lead.pointee.speed
                    reason = .leader
                    other = p
                    gap = between
                }
            }
            k &+= 1
        }
        let v = b.pointee.speed
        if isSilent(i) || b.pointee.isDisabled {
            limit = 0
            downTo = 0
            reason = .silent
            other = -1
        }
        store.advisories[Int(i)] = RoadAdvisory(
            speedLimit: limit, aheadSpeed: downTo, authorityMeters: authority - b.pointee.shift,
            gapMeters: gap,
            expectedSeconds: reason == .zone || reason == .direction ? b.pointee.expected : 0, other: other,
            reason: reason, brakes: v > limit && v * delay + v * v / (2 * brakes) > least + s.marginMeters / 2
        )
    }
}
