// Platoons that form on the road, of trucks that come up behind each other.

extension RoadTraffic {
    /// Makes truck or platoon `j` the rear of the one led by `i`, which it drives directly behind on the same way to the end:
    /// from then on they hold sections as one body. `j` goes on reporting metres along its own route. Refused, and
    /// nothing changes: `committed` where they are not directly behind each other on one way, or the
    /// follower is still in a section that the leader did not come through, `taken` where there is no
    /// room for both as one, `deadlock` where somebody stands between them in who waits for whom.
    public func join(_ j: Int32, behind i: Int32) -> Result<Void, RoadRefusal> {
        guard i != j, isLeader(i), isLeader(j), members(i) + members(j) <= 16 else {
            return .failure(.identity)
        }
        let (b, c) = (store.bodies + Int(i), store.bodies + Int(j))
        // Index on the leader's route of the first section the follower holds.
        let p = b.pointee.routeCount - (c.pointee.routeCount - c.pointee.firstHeld)
        let front = c.pointee.frontIndex - c.pointee.firstHeld + p
        guard p >= 0, p <= b.pointee.firstHeld, b.pointee.lastHeld - p < Int32(RoadStore.window),
            c.pointee.lastHeld - c.pointee.firstHeld + p <= b.pointee.lastHeld, front <= b.pointee.frontIndex,
            isOneWay(i, j, p), isDirectlyBehind(i, j, p)
        else { return .failure(.committed) }
        var shift = start(i, b.pointee.firstHeld) - start(j, c.pointee.firstHeld)
        for k in p..<b.pointee.firstHeld { shift -= store.sections[store.section(i, k)].length }
        let gap = b.pointee.rear - (c.pointee.front + shift)
        guard gap >= 0, gap <= Self.platoonSplitMeters + c.pointee.speed else { return .failure(.committed) }
        guard hasRoom(for: c.pointee.claim, c.pointee.mass, j, ahead: i) else { return .failure(.taken) }
        guard !depends(i, on: j) else { return .failure(.deadlock) }
        merge(i, j, p, shift)
        return .success(())
    }

    private func isLeader(_ i: Int32) -> Bool {
        guard isKnown(i) else { return false }
        let b = store.bodies + Int(i)
        return b.pointee.platoon < 0 && !isSilent(i) && !b.pointee.isDisabled && b.pointee.withdrawnAt < 0
    }

    private func members(_ i: Int32) -> Int {
        var count = 0
        var next = i
        while next >= 0 {
            count += 1
            next = store.bodies[Int(next)].nextInPlatoon
        }
        return count
    }

    private func isOneWay(_ i: Int32, _ j: Int32, _ p: Int32) -> Bool {
        let (b, c) = (store.bodies + Int(i), store.bodies + Int(j))
        for k in p..<b.pointee.routeCount
        where store.section(i, k) != store.section(j, k - p + c.pointee.firstHeld) { return false }
        return true
    }

    /// In all sections that both hold nobody is between them.
    private func isDirectlyBehind(_ i: Int32, _ j: Int32, _ p: Int32) -> Bool {
        let (b, c) = (store.bodies + Int(i), store.bodies + Int(j))
        for k in c.pointee.firstHeld...c.pointee.lastHeld {
            let m = k - c.pointee.firstHeld + p
            let ahead = store.holds[store.hold(j, k)].ahead
            if m >= b.pointee.firstHeld {
                if ahead != Int32(store.hold(i, m)) { return false }
            } else if ahead >= 0 {
                return false
            }
        }
        return true
    }

    /// Whether all that the leader holds takes the follower as well, of whom it may hold a part already.
    private func hasRoom(for claim: Double, _ mass: Double, _ j: Int32, ahead i: Int32) -> Bool {
        let b = store.bodies + Int(i)
        for k in b.pointee.firstHeld...b.pointee.lastHeld {
            let section = store.sections[store.section(i, k)]
            if section.mayStand, !section.isHaven, section.used + claim > section.length { return false }
            let z = Int(section.zone)
            if z >= 0, place(of: j, in: z) < 0, store.zones[z].mass + mass > store.zones[z].maximumMass {
                return false
            }
        }
        return true
    }

    private func merge(_ i: Int32, _ j: Int32, _ p: Int32, _ shift: Double) {
        let (b, c) = (store.bodies + Int(i), store.bodies + Int(j))
        let (claim, mass) = (c.pointee.claim, c.pointee.mass)
        while c.pointee.lastHeld >= c.pointee.firstHeld {
            let k = c.pointee.lastHeld
            let m = k - c.pointee.firstHeld + p
            guard m < b.pointee.firstHeld else {
                giveBack(j, last: true)
                continue
            }
            // Only the follower is here: its place in the order becomes the leader's.
            let old = store.holds[store.hold(j, k)]
            let s = Int(old.section)
            let h = store.hold(i, m)
            store.holds[h] = RoadHold(
                section: old.section, index: m, ahead: old.ahead, behind: old.behind,
                start: start(i, m + 1) - store.sections[s].length)
            relink(h)
            leave(j, s)
            enter(i, s)
            store.sections[s].claimed += b.pointee.claim
            c.pointee.lastHeld = k - 1
            b.pointee.firstHeld = m
        }
        b.pointee.claim += claim
        b.pointee.mass += mass
        b.pointee.brakingAtLeast = min(b.pointee.brakingAtLeast, c.pointee.brakingAtLeast)
        for k in b.pointee.firstHeld...b.pointee.lastHeld {
            let s = store.section(i, k)
            store.sections[s].used += claim
            let z = Int(store.sections[s].zone)
            // Once for each zone.
            let isNew = !(b.pointee.firstHeld..<k).contains {
                Int(store.sections[store.section(i, $0)].zone) == z
            }
            if z >= 0, isNew { store.zones[z].mass += mass }
        }
        var last = i
        while store.bodies[Int(last)].nextInPlatoon >= 0 { last = store.bodies[Int(last)].nextInPlatoon }
        store.bodies[Int(last)].nextInPlatoon = j
        var next = j
        while next >= 0 {
            let member = store.bodies + Int(next)
            member.pointee.platoon = i
            member.pointee.routeCount = b.pointee.routeCount
            member.pointee.shift += shift
            member.pointee.front += shift
            member.pointee.rear += shift
            member.pointee.ownRear += shift
            member.pointee.firstHeld = 0
            member.pointee.lastHeld = -1
            for k in 0..<store.routeCapacity {
                store.routes[Int(next) * store.routeCapacity + k] =
                    store.routes[Int(i) * store.routeCapacity + k]
            }
            b.pointee.rear = member.pointee.ownRear
            next = member.pointee.nextInPlatoon
        }
        refresh(i)
    }
}
