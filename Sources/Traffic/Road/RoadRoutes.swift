// Trucks and platoons come, get routes, and leave.

/// Why a truck or a route is not taken.
public enum RoadRefusal: Error, Hashable, Sendable, CaseIterable {
    /// A number is out of range, a section does not exist, or the route is empty or too long.
    case invalid
    /// The id is in use, or not in use.
    case identity
    /// The route ends where a truck must not stand, or a zone of it never takes so heavy a body.
    case impassable
    /// The place is taken: a zone that is full, or another truck.
    case taken
    /// A circle of trucks that wait for each other could come of it.
    case deadlock
    /// It holds sections that the new route does not have.
    case committed
}

/// How a truck comes into the table.
public enum RoadEntry: Sendable {
    /// It stands beside the road: taken where nobody has to brake hard for it.
    case joins
    /// Taken where nobody is.
    case isClear
    /// It is there, whatever the table says: after a restart, or where two drove that knew nothing of each other. Taken
    /// also on top of another, into a full zone and into a circle; what follows then is for the operator.
    case isThere
}

extension RoadTraffic {
    /// Places a truck with its front `meters` along the first sections of its route.
    public func add(
        _ truck: Int32, _ type: RoadTruckType, route: [Int32], at meters: Double, speed: Double = 0,
        _ entry: RoadEntry = .isClear
    ) -> Result<Void, RoadRefusal> {
        addPlatoon([truck], [type], route: route, at: [meters], speed: speed, entry)
    }

    /// Places a truck, or trucks that drive close behind each other as one body, the leader first.
    public func addPlatoon(
        _ trucks: [Int32], _ types: [RoadTruckType], route: [Int32], at meters: [Double], speed: Double = 0,
        _ entry: RoadEntry = .isClear
    ) -> Result<Void, RoadRefusal> {
        guard let i = trucks.first, trucks.count == types.count, trucks.count == meters.count,
            trucks.count <= 16, !route.isEmpty, route.count <= store.routeCapacity,
            types.allSatisfy(\.isValid), meters.allSatisfy({ $0.isFinite && $0 >= 0 && $0 < 1e7 }),
            zip(meters, meters.dropFirst()).allSatisfy({ $0 > $1 }), speed >= 0, speed <= 100,
            route.allSatisfy({ $0 >= 0 && Int($0) < store.sectionCount })
        else { return .failure(.invalid) }
        for (n, t) in trucks.enumerated() {
            guard t >= 0, Int(t) < store.truckCapacity, !store.bodies[Int(t)].isUsed,
                !trucks[..<n].contains(t)
            else { return .failure(.identity) }
        }
        let claim = types.reduce(0) { $0 + $1.lengthMeters + settings.marginMeters }
        let mass = types.reduce(0) { $0 + $1.massKilograms }
        let length = types[0].lengthMeters
        let rear = meters[meters.count - 1] - types[types.count - 1].lengthMeters
        // A bridge that is too weak for the whole is passed in parts.
        guard passes(route, mass: types.reduce(0) { max($0, $1.massKilograms) }) else {
            return .failure(.impassable)
        }
        var along = 0.0
        var (first, front) = (-1, -1)
        var firstStart = 0.0
        for (n, s) in route.enumerated() {
            let end = along + store.sections[Int(s)].length
            if first < 0, rear < end || meters[0] <= end {
                first = n
                firstStart = along
            }
            if meters[0] <= end {
                front = n
                break
            }
            along = end
        }
        guard front >= 0, front - first < RoadStore.window else { return .failure(.invalid) }
        for n in first...front {
            let s = store.sections[Int(route[n])]
            guard s.zone >= 0, entry != .isThere else { continue }
            let zone = store.zones[Int(s.zone)]
            guard
                zone.count == 0
                    || (zone.count < zone.capacity && zone.direction == s.direction
                        && zone.mass + mass <= zone.maximumMass)
            else { return .failure(.taken) }
        }
        for (n, t) in trucks.enumerated() {
            let type = types[n]
            var b = RoadBody()
            b.isUsed = true
            b.front = meters[n]
            b.rear = meters[n] - type.lengthMeters
            b.ownRear = b.rear
            b.speed = speed
            b.measured = now
            b.length = type.lengthMeters
            b.brakingAtLeast = type.brakingAtLeast
            b.brakingAtMost = type.brakingAtMost
            b.mass = type.massKilograms
            b.claim = type.lengthMeters + settings.marginMeters
            b.priority = type.priority
            b.routeCount = Int32(route.count)
            b.platoon = n == 0 ? -1 : i
            b.nextInPlatoon = n + 1 < trucks.count ? trucks[n + 1] : -1
            store.bodies[Int(t)] = b
            for (k, s) in route.enumerated() { store.routes[Int(t) * store.routeCapacity + k] = s }
            highest = max(highest, t + 1)
        }
        truckCount += trucks.count
        let b = store.bodies + Int(i)
        b.pointee.length = length
        b.pointee.rear = rear
        b.pointee.claim = claim
        b.pointee.mass = mass
        b.pointee.frontIndex = Int32(front)
        b.pointee.firstHeld = Int32(first)
        b.pointee.lastHeld = Int32(first) - 1
        b.pointee.brakingAtLeast = types.map(\.brakingAtLeast).min() ?? 2
        var flipped = false
        for n in first..<route.count { flipped = claimSection(Int(route[n]), claim) || flipped }
        var start = firstStart
        for n in first...front {
            place(i, Int32(n), start: start)
            start += store.sections[Int(route[n])].length
        }
        refresh(i)
        if entry == .isThere { return .success(()) }
        let unsafe = flipped ? hasCircle() : reaches(i)
        if unsafe || overlaps(i, safely: entry == .joins) {
            remove(i)
            return .failure(unsafe ? .deadlock : .taken)
        }
        return .success(())
    }

    /// Behind all who are ahead of it in the section.
    private func place(_ i: Int32, _ k: Int32, start: Double) {
        take(i, start: start)
        let h = store.hold(i, k)
        let own = store.bodies[Int(i)].front - start
        var ahead = store.holds[h].ahead
        unlink(h)
        var behind: Int32 = -1
        while ahead >= 0,
            store.bodies[Int(store.holder(of: ahead))].front - store.holds[Int(ahead)].start < own
        {
            behind = ahead
            ahead = store.holds[Int(ahead)].ahead
        }
        store.holds[h].ahead = ahead
        store.holds[h].behind = behind
        relink(h)
    }

    /// Whether another is where the body is, or nearer than the safe gap.
    private func overlaps(_ i: Int32, safely: Bool) -> Bool {
        let b = store.bodies + Int(i)
        func needed(_ follower: RoadBody, _ leader: RoadBody) -> Double {
            guard safely else { return 0 }
            return RoadHeadway.safeGap(
                speed: follower.speed, leadSpeed: leader.speed,
                reactionSeconds: settings.reactionSeconds + max(now - follower.measured, 0),
                ownBraking: follower.brakingAtLeast, leadBraking: leader.brakingAtMost,
                marginMeters: settings.marginMeters)
        }
        var k = b.pointee.firstHeld
        while k <= b.pointee.lastHeld {
            let hold = store.holds[store.hold(i, k)]
            if hold.ahead >= 0 {
                let p = store.bodies[Int(store.holder(of: hold.ahead))]
                let gap = p.rear - store.holds[Int(hold.ahead)].start - (b.pointee.front - hold.start)
                if gap < needed(b.pointee, p) { return true }
            }
            if hold.behind >= 0 {
                let q = store.bodies[Int(store.holder(of: hold.behind))]
                let gap = b.pointee.rear - hold.start - (q.front - store.holds[Int(hold.behind)].start)
                if gap < needed(q, b.pointee) { return true }
            }
            k &+= 1
        }
        return false
    }

    private func passes(_ route: [Int32], mass: Double) -> Bool {
        guard let last = route.last, store.sections[Int(last)].mayStand else { return false }
        // No more sections in a row without a place to stand than a body may hold, with room for its tail.
        var run = 0
        for s in route {
            let section = store.sections[Int(s)]
            run = section.mayStand ? 0 : run + 1
            guard run <= RoadStore.window / 2 else { return false }
            if section.zone >= 0, store.zones[Int(section.zone)].maximumMass < mass { return false }
        }
        return true
    }

    /// True when the section ceases to be a haven by it.
    private func claimSection(_ s: Int, _ claim: Double) -> Bool {
        let was = store.sections[s].isHaven
        store.sections[s].claimed += claim
        return was && !store.sections[s].isHaven
    }

    /// A new way for a truck that keeps what it holds: `route` starts with the section in which its rear is, must agree
    /// with all sections it holds, and `routeMeters` go on counting from where the old route's did. Refused, and
    /// nothing changes, when a circle could come of it.
    public func setRoute(_ truck: Int32, _ route: [Int32]) -> Result<Void, RoadRefusal> {
        guard isKnown(truck), store.bodies[Int(truck)].platoon < 0 else { return .failure(.identity) }
        let b = store.bodies + Int(truck)
        let held = b.pointee.lastHeld - b.pointee.firstHeld + 1
        let slot = Int(b.pointee.firstHeld) & (RoadStore.window - 1)
        guard slot + route.count <= store.routeCapacity, route.count >= Int(held),
            route.allSatisfy({ $0 >= 0 && Int($0) < store.sectionCount })
        else { return .failure(.invalid) }
        for n in 0..<held where store.section(truck, b.pointee.firstHeld + n) != Int(route[Int(n)]) {
            return .failure(.committed)
        }
        guard passes(route, mass: heaviest(of: truck)) else { return .failure(.impassable) }
        // Shorter by the sections that lie behind: indices of what is held move, their holds with them.
        let old = (b.pointee.firstHeld..<b.pointee.routeCount).map { Int32(store.section(truck, $0)) }
        let wasSafe = !hasCircle()
        reroute(truck, route, from: old)
        if wasSafe, hasCircle() {
            reroute(truck, old, from: route)
            return .failure(.deadlock)
        }
        return .success(())
    }

    private func heaviest(of i: Int32) -> Double {
        var most = 0.0
        var next = i
        while next >= 0 {
            let b = store.bodies[Int(next)]
            // A leader's mass is its platoon's; its own is what the others leave.
            if b.platoon >= 0 { most = max(most, b.mass) }
            next = b.nextInPlatoon
        }
        return max(most, ownMass(of: i))
    }

    private func ownMass(of i: Int32) -> Double {
        var mass = store.bodies[Int(i)].mass
        var next = store.bodies[Int(i)].nextInPlatoon
        while next >= 0 {
            mass -= store.bodies[Int(next)].mass
            next = store.bodies[Int(next)].nextInPlatoon
        }
        return mass
    }

    private func reroute(_ i: Int32, _ new: [Int32], from old: [Int32]) {
        let b = store.bodies + Int(i)
        for s in old { store.sections[Int(s)].claimed -= b.pointee.claim }
        for s in new { store.sections[Int(s)].claimed += b.pointee.claim }
        // A multiple of the window keeps every hold in its slot.
        let first = b.pointee.firstHeld & Int32(RoadStore.window - 1)
        let shift = b.pointee.firstHeld - first
        move(i, by: -shift)
        let base = Int(i) * store.routeCapacity
        for (n, s) in new.enumerated() { store.routes[base + Int(first) + n] = s }
        b.pointee.routeCount = first + Int32(new.count)
        var next = b.pointee.nextInPlatoon
        while next >= 0 {
            let other = Int(next) * store.routeCapacity
            for n in 0..<store.routeCapacity { store.routes[other + n] = store.routes[base + n] }
            store.bodies[Int(next)].routeCount = b.pointee.routeCount
            next = store.bodies[Int(next)].nextInPlatoon
        }
    }

    private func move(_ i: Int32, by shift: Int32) {
        let b = store.bodies + Int(i)
        for k in b.pointee.firstHeld...b.pointee.lastHeld { store.holds[store.hold(i, k)].index += shift }
        b.pointee.firstHeld += shift
        b.pointee.lastHeld += shift
        b.pointee.frontIndex += shift
    }

    /// It left the roads: all it holds is free. A platoon goes as a whole with its leader; a member must be split off
    /// first.
    public func remove(_ truck: Int32) {
        guard isKnown(truck), store.bodies[Int(truck)].platoon < 0 else { return }
        let b = store.bodies + Int(truck)
        for k in b.pointee.firstHeld..<b.pointee.routeCount {
            store.sections[store.section(truck, k)].claimed -= b.pointee.claim
        }
        while b.pointee.lastHeld >= b.pointee.firstHeld { giveBack(truck, last: true) }
        var next = truck
        while next >= 0 {
            let after = store.bodies[Int(next)].nextInPlatoon
            store.bodies[Int(next)] = RoadBody()
            truckCount -= 1
            next = after
        }
        while highest > 0, !store.bodies[Int(highest) - 1].isUsed { highest -= 1 }
    }
}
