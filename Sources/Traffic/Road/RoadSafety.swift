// Who depends on whom, and whether that closes a circle. See the proof at `RoadTraffic`.

extension RoadTraffic {
    /// Whether a body depends, over others, on itself. All edges of a lease just given end at its holder, so that this
    /// finds any circle the lease closed. A search that gets too deep counts as a circle; one that depends on
    /// nobody is never cut, which is all the proof needs. O(way of all it depends on).
    func reaches(_ target: Int32, isBounded: Bool = false) -> Bool {
        search &+= 1
        var depth = 1
        var visited = 0
        store.stack[0] = target
        while depth > 0 {
            depth -= 1
            visited += 1
            visits += 1
            if visited > (isBounded && visits > settings.visitsPerTick ? 16 : settings.deepestCheck) {
                counts.cutChecks &+= 1
                return true
            }
            if expand(store.stack[depth], target, &depth) { return true }
        }
        return false
    }

    @inline(__always) private func push(_ j: Int32, _ depth: inout Int) {
        guard store.seen[Int(j)] != search else { return }
        store.seen[Int(j)] = search
        store.stack[depth] = j
        depth += 1
    }

    private func expand(_ i: Int32, _ target: Int32, _ depth: inout Int) -> Bool {
        let b = store.bodies + Int(i)
        var k = b.pointee.firstHeld
        let last = b.pointee.lastHeld
        // What it has leave for: whoever got it before and is not through.
        while k <= last {
            let s = store.section(i, k)
            let isFrontOnItsWay = k == b.pointee.frontIndex && k < last
            if isFrontOnItsWay || !store.sections[s].isHaven {
                let before = store.holds[store.hold(i, k)].ahead
                if before >= 0 {
                    let p = store.holder(of: before)
                    if p == target { return true }
                    push(p, &depth)
                }
            }
            k &+= 1
        }
        guard last >= 0, !store.sections[store.section(i, last)].isHaven else { return false }
        // What it still needs to its haven.
        k = last + 1
        while k < b.pointee.routeCount {
            let s = store.section(i, k)
            if store.sections[s].isHaven { return false }
            let tail = store.sections[s].last
            if tail >= 0 {
                let t = store.holder(of: tail)
                if t != i {
                    if t == target { return true }
                    push(t, &depth)
                }
            }
            // A zone it enters here; one it holds now but leaves before counts again.
            let z = Int(store.sections[s].zone)
            if z >= 0, Int(store.sections[store.section(i, k - 1)].zone) != z {
                var n = Int(store.zones[z].holders)
                let end = n + Int(store.zones[z].count)
                while n < end {
                    let j = store.holders[n].body
                    if j >= 0, j != i {
                        if j == target { return true }
                        push(j, &depth)
                    }
                    n += 1
                }
            }
            k &+= 1
        }
        return false
    }

    /// Whether one depends, over others, on another beyond the direct order between them. Too deep counts as yes.
    func depends(_ i: Int32, on target: Int32) -> Bool {
        search &+= 1
        var depth = 1
        var visited = 0
        store.stack[0] = i
        while depth > 0 {
            depth -= 1
            visited += 1
            if visited > settings.deepestCheck || expand(store.stack[depth], target, &depth) { return true }
        }
        return false
    }

    /// Whether anybody depends on itself. For changes of routes, not for every tick.
    func hasCircle() -> Bool {
        for i in 0..<highest where store.bodies[Int(i)].isUsed && store.bodies[Int(i)].platoon < 0 {
            if reaches(i) { return true }
        }
        return false
    }

    /// Who keeps a truck from going on: -1 for nobody; -2 - n for guest n of a zone.
    public func blocker(of truck: Int32) -> Int32 {
        guard isKnown(truck) else { return -1 }
        return store.advisories[Int(truck)].other
    }

    /// Where a truck's leave ends: the zone that it needs next on its way to where it may stand, -1 for none, with the
    /// section that lies there; without one, the section its leave ends in and metres along it. O(sections to there).
    public func stop(of truck: Int32) -> (section: Int32, meters: Double, zone: Int32)? {
        guard isKnown(truck), store.bodies[Int(truck)].platoon < 0 else { return nil }
        let b = store.bodies[Int(truck)]
        var k = b.lastHeld + 1
        while k < b.routeCount {
            let s = store.section(truck, k)
            if store.sections[s].zone >= 0 { return (Int32(s), 0, store.sections[s].zone) }
            if store.sections[s].mayStand { break }
            k &+= 1
        }
        let front = store.section(truck, b.frontIndex)
        return (Int32(front), max(b.front - start(truck, b.frontIndex), 0), -1)
    }

    /// The end of the chain of those who wait for each other, starting at a truck: the one to move, or to tow.
    public func rootBlocker(of truck: Int32) -> Int32 {
        var at = truck
        var steps = 0
        while steps < truckCount {
            let next = blocker(of: at)
            if next < 0 { return at }
            at = next
            steps += 1
        }
        return at
    }
}
