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
        let b = store.bodies + Int(i)
        hash.combine(i)
        hash.combine(b.pointee.front)
        hash.combine(b.pointee.rear)
        hash.combine(b.pointee.ownRear)
        hash.combine(b.pointee.shift)
        hash.combine(b.pointee.speed)
        hash.combine(b.pointee.measured)
        hash.combine(b.pointee.length)
        hash.combine(b.pointee.claim)
        hash.combine(b.pointee.brakingAtLeast)
        hash.combine(b.pointee.brakingAtMost)
        hash.combine(b.pointee.mass)
        hash.combine(b.pointee.waitingSince)
        hash.combine(b.pointee.leaseEnds)
        hash.combine(b.pointee.withdrawnAt)
        hash.combine(b.pointee.restUntil)
        hash.combine(b.pointee.restSeconds)
        hash.combine(b.pointee.retryAt)
        hash.combine(b.pointee.retrySeconds)
        hash.combine(b.pointee.expected)
        hash.combine(b.pointee.routeCount)
        hash.combine(b.pointee.frontIndex)
        hash.combine(b.pointee.firstHeld)
        hash.combine(b.pointee.lastHeld)
        hash.combine(b.pointee.blocker)
        hash.combine(b.pointee.platoon)
        hash.combine(b.pointee.nextInPlatoon)
        var flags: UInt64 = 0
        if b.pointee.isDisabled { flags |= 1 }
        if b.pointee.isHeard { flags |= 2 }
        hash.combine(flags)
        hash.combine(b.pointee.priority)
        hash.combine(b.pointee.reason.rawValue)
        hash.combine((store.advisories + Int(i)).pointee.speedLimit)
        hash.combine((store.advisories + Int(i)).pointee.other)
        var k = b.pointee.firstHeld
        while k < b.pointee.routeCount {
            hash.combine(store.routes[Int(i) * store.routeCapacity + Int(k)])
            k &+= 1
        }
        k = b.pointee.firstHeld
        while k <= b.pointee.lastHeld, b.pointee.platoon < 0 {
            let hold = store.holds + store.hold(i, k)
            hash.combine(hold.pointee.ahead)
            hash.combine(hold.pointee.start)
            k &+= 1
        }
    }
}

/// Of one type each: the general ones are slow where they are not specialised.
extension StableHash {
    fileprivate mutating func combine(_ number: Int32) { combine(UInt64(UInt32(bitPattern: number))) }
    fileprivate mutating func combine(_ number: UInt8) { combine(UInt64(number)) }
    fileprivate mutating func combine(_ number: Int) { combine(UInt64(bitPattern: Int64(number))) }
}
