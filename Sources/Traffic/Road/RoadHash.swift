import World

extension RoadTraffic {
    /// All that decides the next steps, in order of ids: two tables with one hash that hear the same go on the same.
    /// O(trucks and their routes + sections + zones).
    public func hash() -> UInt64 {
        var hash = StableHash(seed: UInt64(truckCount))
        hash.combine(now)
        hash.combine(guestsExpireAt)
        for i in 0..<highest where store.bodies[Int(i)].isUsed { combine(i, &hash) }
        for s in 0..<store.sectionCount where store.sections[s].claimed != 0 || store.sections[s].last >= 0 {
            let section = store.sections[s]
            hash.combine(s)
            hash.combine(section.first)
            hash.combine(section.last)
            hash.combine(section.used)
            hash.combine(section.claimed)
        }
        for z in 0..<store.zoneCount {
            let zone = store.zones[z]
            guard zone.count > 0 || zone.otherWaitsAt >= 0 || zone.promisedAt >= 0 else { continue }
            hash.combine(z)
            hash.combine(zone.mass)
            hash.combine(zone.direction)
            hash.combine(zone.batched)
            hash.combine(zone.otherWaitsAt)
            hash.combine(zone.promisedAt)
            hash.combine(zone.promisedTo)
            for k in Int(zone.holders)..<Int(zone.holders + zone.count) {
                let holder = store.holders[k]
                hash.combine(holder.body)
                hash.combine(holder.sections)
                hash.combine(holder.until)
                hash.combine(holder.mass)
            }
        }
        return hash.value
    }

    private func combine(_ i: Int32, _ hash: inout StableHash) {
        let b = store.bodies[Int(i)]
        hash.combine(i)
        hash.combine(b.front)
        hash.combine(b.rear)
        hash.combine(b.ownRear)
        hash.combine(b.speed)
        hash.combine(b.measured)
        hash.combine(b.length)
        hash.combine(b.claim)
        hash.combine(b.brakingAtLeast)
        hash.combine(b.brakingAtMost)
        hash.combine(b.mass)
        hash.combine(b.waitingSince)
        hash.combine(b.leaseEnds)
        hash.combine(b.withdrawnAt)
        hash.combine(b.restUntil)
        hash.combine(b.restSeconds)
        hash.combine(b.retryAt)
        hash.combine(b.retrySeconds)
        hash.combine(b.expected)
        hash.combine(b.routeCount)
        hash.combine(b.frontIndex)
        hash.combine(b.firstHeld)
        hash.combine(b.lastHeld)
        hash.combine(b.blocker)
        hash.combine(b.platoon)
        hash.combine(b.nextInPlatoon)
        hash.combine(
            (b.isDisabled ? 1 : 0) | (b.isHeard ? 2 : 0) | UInt64(b.priority) << 8
                | UInt64(b.reason.rawValue) << 16)
        let a = store.advisories[Int(i)]
        hash.combine(a.speedLimit)
        hash.combine(a.other)
        var k = b.firstHeld
        while k < b.routeCount {
            hash.combine(store.routes[Int(i) * store.routeCapacity + Int(k)])
            k &+= 1
        }
        k = b.firstHeld
        while k <= b.lastHeld, b.platoon < 0 {
            let hold = store.holds[store.hold(i, k)]
            hash.combine(hold.ahead)
            hash.combine(hold.start)
            k &+= 1
        }
    }
}
