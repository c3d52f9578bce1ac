extension DispatchSearch {
    /// Takes strings of neighbouring stops out of routes that lie near each other (slack induction by string removals,
    /// Christiaens and Vanden Berghe 2020), each with the other half of its shipments.
    func ruin() {
        let table = set.table
        round &+= 1
        let stopsInUse = max(1, 2 * table.shipments - absent.count)
        let average = Double(stopsInUse) / Double(max(set.active.count, 1))
        let longest = min(Double(settings.longestString), average)
        let most = 4 * Double(settings.meanRemoved) / (1 + longest) - 1
        let strings = Int(chance.unit() * max(most, 0) + 1)
        guard let seed = seedStop() else { return }
        var ruined = 0
        removeString(seed, longest)
        ruined += 1
        var k = 0
        let count = neighbours.count(seed)
        while ruined < strings, k < count {
            let stop = neighbours[seed, k]
            k += 1
            let r = set.routeOf[stop]
            guard r >= 0, marks[Int(r)] != round else { continue }
            removeString(stop, longest)
            ruined += 1
        }
        settleTouched()
        for r in set.touched { downsize(Int(r)) }
    }

    /// A stop in a route, one with neighbours where they are to be had: where many share each place there are none.
    private func seedStop() -> Int? {
        let n = set.table.shipments
        var any: Int?
        for _ in 0..<16 {
            let stop = chance.below(2 * n)
            guard set.routeOf[stop] >= 0 else { continue }
            if neighbours.count(stop) > 0 { return stop }
            any = stop
        }
        return any
    }

    private func removeString(_ stop: Int, _ longest: Double) {
        let r = Int(set.routeOf[stop])
        marks[r] = round
        let stops = set.routes[r].count - 2
        let length = min(stops, Int(chance.unit() * min(Double(stops), longest) + 1))
        var kept = 0
        if length > 1, length < stops, chance.oneIn(2) {
            kept = 1
            while length + kept < stops, chance.oneIn(100) { kept += 1 }
        }
        let span = length + kept
        let at = Int(set.positionOf[stop])
        let first = max(1, at - span + 1)
        let last = min(at, stops - span + 1)
        let begin = first + chance.below(max(last - first + 1, 1))
        let gap = kept > 0 ? begin + 1 + chance.below(max(length - 1, 1)) : 0
        removed.removeAll(keepingCapacity: true)
        for k in begin..<min(begin + span, stops + 1) {
            if kept > 0, k >= gap, k < gap + kept { continue }
            removed.append(set.routes[r].ids[k] >> 1)
        }
        for s in removed where set.isServed(Int(s)) { takeOut(Int(s)) }
    }

    /// Takes a shipment out of its route, and who waits for it out of theirs; `settleTouched` afterwards.
    func takeOut(_ s: Int) {
        let whole = legs.whole(s)
        if whole != s {
            for way in legs.ways(whole) {
                for leg in way where set.isServed(Int(leg)) { set.remove(Int(leg)) }
            }
        } else {
            set.remove(s)
        }
        absent.append(Int32(whole))
        guard let proofs = set.proofs, proofs.hasHandovers else { return }
        for follower in proofs.followers(s) where set.isServed(Int(follower)) { takeOut(Int(follower)) }
    }

    /// After stops were taken out: times, loads and proofs of what is left. What cannot be proved any more is taken out
    /// as well.
    func settleTouched() {
        guard set.proofs != nil else {
            for r in set.touched where set.activeIndex[Int(r)] >= 0 { set.refresh(Int(r)) }
            return
        }
        var pending = set.touched
        while let r = pending.popLast().map(Int.init) {
            guard set.activeIndex[r] >= 0 else { continue }
            set.refresh(r)
            guard set.activeIndex[r] >= 0, !set.prove(r) else { continue }
            for stop in set.stops(r) where set.isServed(Int(stop) >> 1) { takeOut(Int(stop) >> 1) }
            pending = set.touched
        }
    }
}
