// What bodies hold: giving, taking back, and following the reports.

extension RoadTraffic {
    @inline(__always) func start(_ i: Int32, _ k: Int32) -> Double { store.holds[store.hold(i, k)].start }
    @inline(__always) func end(_ i: Int32, _ k: Int32) -> Double {
        start(i, k) + store.sections[store.section(i, k)].length
    }

    /// After any change of what a body holds or where its front is.
    func refresh(_ i: Int32) {
        let b = store.bodies + Int(i)
        b.pointee.firstEnd = end(i, b.pointee.firstHeld)
        b.pointee.frontEnd = end(i, b.pointee.frontIndex)
        b.pointee.lastEnd = end(i, b.pointee.lastHeld)
        b.pointee.frontLimit = store.sections[store.section(i, b.pointee.frontIndex)].speedLimit
    }

    /// The section's newest holder becomes body `i`, with the next section of its route.
    func take(_ i: Int32, start: Double) {
        let b = store.bodies + Int(i)
        let k = b.pointee.lastHeld + 1
        let s = store.section(i, k)
        let h = store.hold(i, k)
        let tail = store.sections[s].last
        store.holds[h] = RoadHold(section: Int32(s), index: k, ahead: tail, behind: -1, start: start)
        b.pointee.lastHeld = k
        relink(h)
        enter(i, s)
    }

    /// Gives back the last section held, or the first.
    func giveBack(_ i: Int32, last: Bool) {
        let b = store.bodies + Int(i)
        let k = last ? b.pointee.lastHeld : b.pointee.firstHeld
        let h = store.hold(i, k)
        let s = Int(store.holds[h].section)
        unlink(h)
        leave(i, s)
        if last { b.pointee.lastHeld = k - 1 } else { b.pointee.firstHeld = k + 1 }
    }

    /// Puts a hold between those it remembers: undoes `unlink` when undone in reverse order (Knuth's dancing links).
    func relink(_ h: Int) {
        let hold = store.holds[h]
        let s = Int(hold.section)
        if hold.ahead >= 0 {
            store.holds[Int(hold.ahead)].behind = Int32(h)
        } else {
            store.sections[s].first = Int32(h)
        }
        if hold.behind >= 0 {
            store.holds[Int(hold.behind)].ahead = Int32(h)
        } else {
            store.sections[s].last = Int32(h)
        }
    }

    func unlink(_ h: Int) {
        let hold = store.holds[h]
        let s = Int(hold.section)
        if hold.ahead >= 0 {
            store.holds[Int(hold.ahead)].behind = hold.behind
        } else {
            store.sections[s].first = hold.behind
        }
        if hold.behind >= 0 {
            store.holds[Int(hold.behind)].ahead = hold.ahead
        } else {
            store.sections[s].last = hold.ahead
        }
    }

    /// Room and zone of a section.
    func enter(_ i: Int32, _ s: Int) {
        let b = store.bodies + Int(i)
        store.sections[s].used += b.pointee.claim
        let z = Int(store.sections[s].zone)
        guard z >= 0 else { return }
        occupy(z, i, mass: b.pointee.mass, direction: store.sections[s].direction)
    }

    func leave(_ i: Int32, _ s: Int) {
        let b = store.bodies + Int(i)
        store.sections[s].used -= b.pointee.claim
        let z = Int(store.sections[s].zone)
        guard z >= 0 else { return }
        vacate(z, i, mass: b.pointee.mass)
    }

    func occupy(_ z: Int, _ body: Int32, mass: Double, direction: UInt8) {
        let zone = store.zones + z
        let at = place(of: body, in: z)
        if at >= 0 {
            store.holders[at].sections &+= 1
            return
        }
        guard zone.pointee.count < zone.pointee.capacity + Int32(RoadStore.spareHolders) else { return }
        if zone.pointee.count == 0 || zone.pointee.direction != direction { zone.pointee.batched = 0 }
        zone.pointee.direction = direction
        zone.pointee.batched &+= 1
        zone.pointee.mass += mass
        store.holders[Int(zone.pointee.holders + zone.pointee.count)] = RoadZoneHolder(
            body: body, sections: 1, since: now)
        zone.pointee.count &+= 1
    }

    func vacate(_ z: Int, _ body: Int32, mass: Double) {
        let at = place(of: body, in: z)
        guard at >= 0 else { return }
        store.holders[at].sections &-= 1
        guard store.holders[at].sections <= 0 else { return }
        let zone = store.zones + z
        var k = at
        let end = Int(zone.pointee.holders + zone.pointee.count) - 1
        while k < end {
            store.holders[k] = store.holders[k + 1]
            k += 1
        }
        zone.pointee.count &-= 1
        // No sum of roundings stays behind.
        zone.pointee.mass = zone.pointee.count == 0 ? 0 : zone.pointee.mass - mass
    }

    /// Index into `holders`; -1 when the body is not there.
    @inline(__always) func place(of body: Int32, in z: Int) -> Int {
        let zone = store.zones[z]
        var k = Int(zone.holders)
        let end = k + Int(zone.count)
        while k < end {
            if store.holders[k].body == body { return k }
            k += 1
        }
        return -1
    }

    /// After the reports: where the body is, what lies behind it, what it does not use.
    func follow(_ i: Int32) {
        let b = store.bodies + Int(i)
        guard b.pointee.platoon < 0 else { return }
        if b.pointee.nextInPlatoon >= 0 { followPlatoon(i) }
        while b.pointee.frontIndex < b.pointee.routeCount - 1, b.pointee.front > b.pointee.frontEnd {
            if b.pointee.frontIndex == b.pointee.lastHeld {
                // A lease is needed, and it did not have one: it is there all the same.
                guard b.pointee.lastHeld - b.pointee.firstHeld < Int32(RoadStore.window) - 1 else { break }
                overrun(i)
            }
            b.pointee.frontIndex &+= 1
            b.pointee.leaseEnds = now + settings.leaseSeconds
            b.pointee.restSeconds = 0
            refresh(i)
        }
        while b.pointee.firstHeld < b.pointee.frontIndex,
            b.pointee.rear >= b.pointee.firstEnd + settings.marginMeters / 2
        {
            let s = store.section(i, b.pointee.firstHeld)
            giveBack(i, last: false)
            store.sections[s].claimed -= b.pointee.claim
            refresh(i)
        }
        if isSilent(i), b.pointee.isHeard { block(i) }
        if b.pointee.lastHeld > b.pointee.frontIndex { watchLease(i) } else { b.pointee.withdrawnAt = -1 }
    }

    /// A moving truck that fell silent may get as far as it drives before it stops by itself, leave or not: it takes all
    /// sections it can reach, so that nobody else is given them. Once heard again, it loses those it is not in.
    private func block(_ i: Int32) {
        let b = store.bodies + Int(i)
        let v = b.pointee.speed
        guard v > 0.5 else { return }
        let top = min(v + settings.cutOffSeconds, max(b.pointee.frontLimit, v))
        let reach =
            b.pointee.front + top * (settings.cutOffSeconds + settings.reactionSeconds)
            + top * top / (2 * b.pointee.brakingAtLeast)
        while b.pointee.lastEnd < reach, b.pointee.lastHeld + 1 < b.pointee.routeCount,
            b.pointee.lastHeld - b.pointee.firstHeld < Int32(RoadStore.window) - 1
        {
            if b.pointee.withdrawnAt < 0 { b.pointee.withdrawnAt = now }
            takeUnasked(i)
            refresh(i)
        }
    }

    /// Takes the section that the body drove into without leave, before those who have leave and are not there yet.
    private func overrun(_ i: Int32) {
        counts.overruns &+= 1
        takeUnasked(i)
    }

    private func takeUnasked(_ i: Int32) {
        let b = store.bodies + Int(i)
        take(i, start: end(i, b.pointee.lastHeld))
        let h = store.hold(i, b.pointee.lastHeld)
        var ahead = store.holds[h].ahead
        unlink(h)
        var behind: Int32 = -1
        while ahead >= 0 {
            let other = store.holder(of: ahead)
            guard store.bodies[Int(other)].front < store.holds[Int(ahead)].start else { break }
            behind = ahead
            ahead = store.holds[Int(ahead)].ahead
        }
        store.holds[h].ahead = ahead
        store.holds[h].behind = behind
        relink(h)
    }

    @inline(__always) func isSilent(_ i: Int32) -> Bool {
        let b = store.bodies + Int(i)
        return !b.pointee.isHeard || now - b.pointee.measured > settings.silentSeconds
    }

    /// Leases of sections not entered end when the truck is late, silent or disabled: first the truck is told its
    /// shorter way, and only when it certainly heard and stands or can stop before the border they are free.
    private func watchLease(_ i: Int32) {
        let b = store.bodies + Int(i)
        let silent = isSilent(i)
        if b.pointee.withdrawnAt < 0 {
            let late = now > b.pointee.leaseEnds && b.pointee.speed < 0.5
            guard silent || b.pointee.isDisabled || late else { return }
            b.pointee.withdrawnAt = now
        }
        let keep = b.pointee.frontIndex
        let border = end(i, keep)
        let (v, brakes) = (b.pointee.speed, b.pointee.brakingAtLeast)
        if silent {
            // By now it stands, and no farther than this.
            let top = max(store.sections[store.section(i, keep)].speedLimit, v)
            let reach = top * (settings.cutOffSeconds + settings.reactionSeconds) + top * top / (2 * brakes)
            guard now - b.pointee.measured > settings.silentSeconds + settings.cutOffSeconds + top / brakes,
                b.pointee.front + reach < border
            else { return }
        } else {
            let reach = v * settings.reactionSeconds + v * v / (2 * brakes)
            guard b.pointee.measured >= b.pointee.withdrawnAt + settings.reactionSeconds,
                b.pointee.front + reach <= border
            else { return }
        }
        withdraw(i, to: keep)
    }

    private func withdraw(_ i: Int32, to keep: Int32) {
        let b = store.bodies + Int(i)
        let last = b.pointee.lastHeld
        while b.pointee.lastHeld > keep { giveBack(i, last: true) }
        if reaches(i) {
            // Those behind it in the order would now go first and need the place it stands on.
            while b.pointee.lastHeld < last {
                b.pointee.lastHeld &+= 1
                let h = store.hold(i, b.pointee.lastHeld)
                relink(h)
                enter(i, Int(store.holds[h].section))
            }
            return
        }
        counts.withdrawn &+= 1
        refresh(i)
        b.pointee.withdrawnAt = -1
        b.pointee.restSeconds = min(max(2 * b.pointee.restSeconds, 5), 60)
        b.pointee.restUntil = now + b.pointee.restSeconds
        b.pointee.reason = .leaseExpired
    }
}
