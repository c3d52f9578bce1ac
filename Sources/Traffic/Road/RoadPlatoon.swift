// Platoons: trucks close behind each other hold sections as one body, from the leader's front to the last rear.

extension RoadTraffic {
    /// Between members the radio replaces what takes the longest, and all brake alike.
    static let platoonReactionSeconds = 0.4
    /// A member farther behind than this plus one second of its way is its own truck again.
    static let platoonSplitMeters = 30.0

    /// Rear of the whole; splits where a gap grew.
    func followPlatoon(_ i: Int32) {
        let lead = store.bodies + Int(i)
        var ahead = i
        var rear = lead.pointee.ownRear
        var next = lead.pointee.nextInPlatoon
        while next >= 0 {
            let b = store.bodies + Int(next)
            let gap = rear - b.pointee.front
            if gap > Self.platoonSplitMeters + b.pointee.speed || isSilent(next) || b.pointee.isDisabled {
                split(i, after: ahead)
                break
            }
            rear = b.pointee.ownRear
            ahead = next
            next = b.pointee.nextInPlatoon
        }
        lead.pointee.rear = rear
    }

    /// Makes what follows `ahead` a body of its own, behind the leader's in every section that was leased to the whole:
    /// so it depends on the leader and on what the leader depends on, and closes no circle. What it does not use is
    /// withdrawn like any lease.
    func split(_ i: Int32, after ahead: Int32) {
        let lead = store.bodies + Int(i)
        let j = store.bodies[Int(ahead)].nextInPlatoon
        guard j >= 0 else { return }
        counts.splits &+= 1
        let tail = store.bodies + Int(j)
        store.bodies[Int(ahead)].nextInPlatoon = -1
        var (claim, mass) = (0.0, 0.0)
        var rear = tail.pointee.ownRear
        var next = j
        while next >= 0 {
            let b = store.bodies + Int(next)
            claim += b.pointee.length + settings.marginMeters
            mass += store.bodies[Int(next)].mass
            rear = b.pointee.ownRear
            if next != j { b.pointee.platoon = j } else { b.pointee.platoon = -1 }
            next = b.pointee.nextInPlatoon
        }
        tail.pointee.rear = rear
        tail.pointee.claim = claim
        tail.pointee.mass = mass
        tail.pointee.waitingSince = -1
        tail.pointee.leaseEnds = now + settings.leaseSeconds
        tail.pointee.routeCount = lead.pointee.routeCount
        lead.pointee.rear = store.bodies[Int(ahead)].ownRear
        // What both have on their routes stays claimed as before; what they hold is shared out.
        var k = lead.pointee.firstHeld
        tail.pointee.firstHeld = k
        tail.pointee.lastHeld = k - 1
        tail.pointee.frontIndex = k
        lead.pointee.claim -= claim
        lead.pointee.mass -= mass
        while k <= lead.pointee.lastHeld {
            let s = store.section(i, k)
            let start = start(i, k)
            // Both hold it now, each with its own share.
            store.sections[s].used -= claim
            let h = store.hold(j, k)
            let leadHold = store.hold(i, k)
            store.holds[h] = RoadHold(
                section: Int32(s), index: k, ahead: Int32(leadHold), behind: store.holds[leadHold].behind,
                start: start)
            relink(h)
            tail.pointee.lastHeld = k
            if start < tail.pointee.front { tail.pointee.frontIndex = k }
            store.sections[s].used += claim
            let z = Int(store.sections[s].zone)
            if z >= 0 {
                if place(of: i, in: z) >= 0, place(of: j, in: z) < 0 { store.zones[z].mass -= mass }
                occupy(z, j, mass: mass, direction: store.sections[s].direction)
            }
            k &+= 1
        }
        refresh(i)
        refresh(j)
    }

    func advisePlatoon(_ i: Int32) {
        let b = store.bodies + Int(i)
        var ahead = b.pointee.platoon
        while ahead >= 0, store.bodies[Int(ahead)].nextInPlatoon != i {
            ahead = store.bodies[Int(ahead)].nextInPlatoon
        }
        guard ahead >= 0 else { return }
        let p = store.bodies + Int(ahead)
        let gap = p.pointee.ownRear - b.pointee.front
        let delay = Self.platoonReactionSeconds + max(now - b.pointee.measured, 0)
        let brakes = b.pointee.brakingAtLeast
        let w = p.pointee.speed
        // Members brake alike, so the leader's greatest deceleration is the weakest member's.
        let stop = gap - settings.marginMeters + w * w / (2 * brakes)
        let v = RoadHeadway.speed(stoppingWithin: stop, reactionSeconds: delay, braking: brakes)
        let limit = min(v, store.advisories[Int(b.pointee.platoon)].speedLimit * 1.1 + 1)
        let u = b.pointee.speed
        store.advisories[Int(i)] = RoadAdvisory(
            speedLimit: limit, aheadSpeed: w,
            authorityMeters: store.advisories[Int(b.pointee.platoon)].authorityMeters
                + store.bodies[Int(b.pointee.platoon)].shift - b.pointee.shift,
            gapMeters: gap, expectedSeconds: 0, other: ahead, reason: .platoon,
            brakes: u > limit && u * delay + u * u / (2 * brakes) > stop + settings.marginMeters / 2)
    }
}
