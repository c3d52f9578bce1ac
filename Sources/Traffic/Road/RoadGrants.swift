// Requests and leases.

extension RoadTraffic {
    /// All that ask, the urgent first, then those who wait longest, then by id; each gets one stretch to a place where
    /// it may stand, or the reason why not.
    func give() {
        var count = 0
        var i: Int32 = 0
        while i < highest {
            if store.bodies[Int(i)].isUsed, asks(i) {
                store.asking[count] = i
                count += 1
            }
            i &+= 1
        }
        sort(count)
        var n = 0
        while n < count {
            let i = store.asking[n]
            let b = store.bodies + Int(i)
            b.pointee.blocker = -1
            b.pointee.expected = 0
            let refusal = request(i)
            b.pointee.reason = refusal
            if refusal == .free {
                b.pointee.waitingSince = -1
                counts.leases &+= 1
            } else {
                promise(i)
            }
            n += 1
        }
    }

    /// Whether it needs leave to go on now, or would have to brake soon.
    private func asks(_ i: Int32) -> Bool {
        let b = store.bodies + Int(i)
        guard b.pointee.platoon < 0 else { return false }
        b.pointee.blocker = -1
        guard !isSilent(i), !b.pointee.isDisabled else {
            b.pointee.reason = .silent
            return false
        }
        let last = b.pointee.lastHeld
        if last + 1 >= b.pointee.routeCount {
            b.pointee.reason = .routeEnd
            return false
        }
        guard b.pointee.withdrawnAt < 0, now >= b.pointee.restUntil else {
            b.pointee.reason = .leaseExpired
            return false
        }
        let v = max(b.pointee.speed, 3)
        let ahead =
            v * (settings.reactionSeconds + settings.askAheadSeconds) + v * v / (2 * b.pointee.brakingAtLeast)
            + 2 * settings.marginMeters + 5
        b.pointee.reason = .free
        // Once it asked it goes on asking, also when it stopped farther back than one that drives would ask.
        guard b.pointee.lastEnd - b.pointee.front < ahead || b.pointee.waitingSince >= 0 else { return false }
        let before = store.holds[store.hold(i, last)].ahead
        if before >= 0 {
            let p = store.holder(of: before)
            if store.bodies[Int(p)].lastHeld <= store.holds[Int(before)].index {
                b.pointee.reason = .queue
                b.pointee.blocker = p
                return false
            }
        }
        if b.pointee.waitingSince < 0 { b.pointee.waitingSince = now }
        if now < b.pointee.retryAt {
            b.pointee.reason = .deadlock
            return false
        }
        return true
    }

    @inline(__always) private func precedes(_ i: Int32, _ j: Int32) -> Bool {
        let (a, b) = (store.bodies + Int(i), store.bodies + Int(j))
        // Who waits long outranks every priority: nobody starves.
        let overdue = now - 2 * settings.promiseSeconds
        let p = a.pointee.waitingSince < overdue ? 8 : a.pointee.priority
        let q = b.pointee.waitingSince < overdue ? 8 : b.pointee.priority
        if p != q { return p > q }
        if a.pointee.waitingSince != b.pointee.waitingSince {
            return a.pointee.waitingSince < b.pointee.waitingSince
        }
        return i < j
    }

    /// Who has asked for a zone and not got it, in the order in which they are heard: the first that may go gets it. Of those
    /// behind each other only the first asks. Before one that asked earlier at most a batch of the other direction goes,
    /// unless priorities say otherwise; and not even those before one that has waited twice `promiseSeconds`.
    public func line(forZone zone: Int) -> [(truck: Int32, since: Double)] {
        guard zone >= 0, zone < store.zoneCount else { return [] }
        return (0..<highest).filter {
            isKnown($0) && store.bodies[Int($0)].waitingSince >= 0
                && (stop(of: $0)?.zone ?? -1) == Int32(zone)
        }.sorted(by: precedes).map { ($0, store.bodies[Int($0)].waitingSince) }
    }

    /// Heap sort: in place, and the order is total.
    private func sort(_ count: Int) {
        let a = store.asking
        func sink(_ root: Int, _ end: Int) {
            var root = root
            while true {
                var child = 2 * root + 1
                guard child < end else { return }
                if child + 1 < end, precedes(a[child], a[child + 1]) { child += 1 }
                guard precedes(a[root], a[child]) else { return }
                (a[root], a[child]) = (a[child], a[root])
                root = child
            }
        }
        var start = count / 2
        while start > 0 {
            start -= 1
            sink(start, count)
        }
        var end = count
        while end > 1 {
            end -= 1
            (a[0], a[end]) = (a[end], a[0])
            sink(0, end)
        }
    }

    /// `free` when given, else why not, with the blocker noted.
    private func request(_ i: Int32) -> RoadAdvisory.Reason {
        let b = store.bodies + Int(i)
        let from = b.pointee.lastHeld
        let isBound = !store.sections[store.section(i, from)].isHaven
        var k = from + 1
        while true {
            guard k - b.pointee.firstHeld < Int32(RoadStore.window) else { return .room }
            let s = store.section(i, k)
            let section = store.sections[s]
            if section.zone >= 0, let why = refusal(i, k, Int(section.zone), isBound: isBound) { return why }
            if !followsSafely(i, k, from: from) { return .leader }
            let isEnd = k + 1 == b.pointee.routeCount
            if b.pointee.nextInPlatoon >= 0, isTooSmall(s, for: i) {
                split(i, after: middle(of: i))
                return .room
            }
            if section.mayStand, isEnd || canStand(i, in: s) {
                guard
                    section.isHaven || section.used <= 0 || section.used + b.pointee.claim <= section.length,
                    hasRoom(i, s)
                else {
                    if section.last >= 0, b.pointee.blocker < 0 {
                        b.pointee.blocker = store.holder(of: section.last)
                    }
                    return .room
                }
                break
            }
            guard !isEnd else { break }
            k &+= 1
        }
        while b.pointee.lastHeld < k { take(i, start: end(i, b.pointee.lastHeld)) }
        if reaches(i, isBounded: true) {
            counts.unsafeRequests &+= 1
            let wait = min(
                max(2 * b.pointee.retrySeconds, settings.retrySeconds), settings.longestRetrySeconds)
            b.pointee.retrySeconds = wait
            b.pointee.retryAt = now + wait
            b.pointee.blocker = store.sections[store.section(i, from + 1)].last
            if b.pointee.blocker >= 0 { b.pointee.blocker = store.holder(of: b.pointee.blocker) }
            while b.pointee.lastHeld > from { giveBack(i, last: true) }
            return .deadlock
        }
        let far = max(end(i, from) - b.pointee.front, 0)
        b.pointee.leaseEnds = now + settings.leaseSeconds + far / max(b.pointee.speed, 2)
        b.pointee.retrySeconds = 0
        b.pointee.retryAt = 0
        refresh(i)
        return .free
    }

    /// Standing before a section's border, its rear must surely be out of what lies behind.
    @inline(__always) private func canStand(_ i: Int32, in s: Int) -> Bool {
        store.bodies[Int(i)].claim + settings.marginMeters <= store.sections[s].length
    }

    /// Whether a platoon does not fit as a whole where its first truck alone might.
    private func isTooSmall(_ s: Int, for i: Int32) -> Bool {
        let section = store.sections[s]
        let b = store.bodies + Int(i)
        if section.zone >= 0, b.pointee.mass > store.zones[Int(section.zone)].maximumMass { return true }
        return section.mayStand && !section.isHaven && !canStand(i, in: s)
    }

    /// The last truck of a platoon's first half.
    private func middle(of i: Int32) -> Int32 {
        var (slow, fast) = (i, store.bodies[Int(i)].nextInPlatoon)
        while fast >= 0 {
            fast = store.bodies[Int(fast)].nextInPlatoon
            guard fast >= 0 else { break }
            slow = store.bodies[Int(slow)].nextInPlatoon
            fast = store.bodies[Int(fast)].nextInPlatoon
        }
        return slow
    }

    /// Why a zone cannot take it now.
    private func refusal(_ i: Int32, _ k: Int32, _ z: Int, isBound: Bool) -> RoadAdvisory.Reason? {
        let b = store.bodies + Int(i)
        let zone = store.zones + z
        let direction = store.sections[store.section(i, k)].direction
        if place(of: i, in: z) >= 0, zone.pointee.count == 1 || zone.pointee.direction == direction {
            return nil
        }
        let first = zone.pointee.count > 0 ? store.holders[Int(zone.pointee.holders)] : RoadZoneHolder()
        if zone.pointee.count > 0, zone.pointee.direction != direction {
            zone.pointee.otherWaitsAt = now
            b.pointee.blocker = first.body
            b.pointee.expected = now + clearing(z)
            return .zone
        }
        if zone.pointee.count >= zone.pointee.capacity
            || (zone.pointee.count > 0 && zone.pointee.mass + b.pointee.mass > zone.pointee.maximumMass)
        {
            b.pointee.blocker = first.body
            b.pointee.expected = now + clearing(z)
            return .zone
        }
        // Closed for this way while it drains for the other; once empty it is open to all.
        if zone.pointee.count > 0, zone.pointee.batched >= zone.pointee.batch,
            zone.pointee.otherWaitsAt >= 0, now - zone.pointee.otherWaitsAt < 1
        {
            b.pointee.blocker = first.body
            b.pointee.expected = now + clearing(z)
            return .direction
        }
        // A truck on its way to a haven must not be held back: others may wait for it.
        if !isBound, zone.pointee.promisedAt == now, zone.pointee.promisedTo != i {
            b.pointee.blocker = zone.pointee.promisedTo
            return .promised
        }
        return nil
    }

    /// Seconds until the holders are expected to have left a zone, at the speed they drive now, at least 3 m/s.
    private func clearing(_ z: Int) -> Double {
        let zone = store.zones[z]
        var longest = 0.0
        var n = Int(zone.holders)
        let end = n + Int(zone.count)
        while n < end {
            let body = store.holders[n].body
            if body >= 0 {
                let b = store.bodies + Int(body)
                var k = b.pointee.lastHeld
                while k >= b.pointee.firstHeld, Int(store.sections[store.section(body, k)].zone) != z {
                    k &-= 1
                }
                if k >= b.pointee.firstHeld {
                    longest = max(longest, (self.end(body, k) - b.pointee.rear) / max(b.pointee.speed, 3))
                }
            }
            n += 1
        }
        return longest
    }

    private func promise(_ i: Int32) {
        let b = store.bodies + Int(i)
        guard now - b.pointee.waitingSince > settings.promiseSeconds else { return }
        var k = b.pointee.lastHeld + 1
        while k < b.pointee.routeCount {
            let s = store.section(i, k)
            let z = Int(store.sections[s].zone)
            if z >= 0, store.zones[z].promisedAt != now {
                store.zones[z].promisedAt = now
                store.zones[z].promisedTo = i
            }
            if store.sections[s].mayStand { return }
            k &+= 1
        }
    }

    /// At a merge: whether the gap to the section's newest holder, who comes from another side, is safe once both are
    /// in one line. Kept from then on by the headway rule; before, the truck stops at the border.
    private func followsSafely(_ i: Int32, _ k: Int32, from: Int32) -> Bool {
        let tail = store.sections[store.section(i, k)].last
        guard tail >= 0 else { return true }
        let t = store.holder(of: tail)
        guard t != i else { return true }
        let index = store.holds[Int(tail)].index
        if index > 0, store.section(t, index - 1) == store.section(i, k - 1) { return true }
        let (b, lead) = (store.bodies + Int(i), store.bodies + Int(t))
        var start = end(i, from)
        var n = from + 1
        while n < k {
            start += store.sections[store.section(i, n)].length
            n &+= 1
        }
        let gap = start + (lead.pointee.rear - store.holds[Int(tail)].start) - b.pointee.front
        let v = max(b.pointee.speed, 1)
        let needed = RoadHeadway.safeGap(
            speed: v, leadSpeed: lead.pointee.speed,
            reactionSeconds: settings.reactionSeconds + now - b.pointee.measured,
            ownBraking: b.pointee.brakingAtLeast, leadBraking: lead.pointee.brakingAtMost,
            marginMeters: settings.marginMeters)
        guard gap < needed else { return true }
        b.pointee.blocker = t
        return false
    }

    /// Whether the last truck that stands in a section leaves room for this one and those still to come before it:
    /// so a truck comes to rest in what it crosses only when one fails during the crossing.
    private func hasRoom(_ i: Int32, _ s: Int) -> Bool {
        let claim = store.bodies[Int(i)].claim
        var h = store.sections[s].last
        var between = 0.0
        while h >= 0 {
            let t = store.holder(of: h)
            let other = store.bodies + Int(t)
            let rear = other.pointee.rear - store.holds[Int(h)].start
            if rear - between >= claim { return true }
            if other.pointee.speed < 0.5 || other.pointee.isDisabled, rear > -settings.marginMeters,
                t != i, !mayGoOn(t, h)
            {
                store.bodies[Int(i)].blocker = t
                return false
            }
            between += other.pointee.claim
            h = store.holds[Int(h)].ahead
        }
        return true
    }

    /// Stands, but will go on: it has leave beyond the section and is able to.
    @inline(__always) private func mayGoOn(_ t: Int32, _ h: Int32) -> Bool {
        let b = store.bodies + Int(t)
        return b.pointee.lastHeld > store.holds[Int(h)].index && !b.pointee.isDisabled && !isSilent(t)
            && b.pointee.restSeconds == 0 && b.pointee.withdrawnAt < 0
    }
}
