/// Remembered insertions. A version names one state of one route, so an entry is right as long as its version is the
/// route's, however often the route was changed and changed back.
struct InsertionMemory {
    struct Entry {
        /// Of the insertion; with `pickupAfter` -1 only known to be no less.
        var cost: Int64 = 0
        var version: UInt32 = 0
        var pickupAfter: Int32 = 0
        var deliveryAfter: Int32 = 0
    }
    let width: Int
    private let entries: UnsafeMutablePointer<Entry>
    private let count: Int

    init(shipments: Int, slots: Int, mostBytes: Int) {
        let affordable = mostBytes / max(shipments * MemoryLayout<Entry>.stride, 1)
        width = max(1, min(slots, affordable))
        count = max(shipments, 1) * width
        entries = .allocate(capacity: count)
        entries.initialize(repeating: Entry(), count: count)
    }
    func deallocate() { entries.deallocate() }
    @inline(__always) func place(_ s: Int, _ r: Int) -> UnsafeMutablePointer<Entry> {
        entries + (s &* width &+ (r < width ? r : r % width))
    }
}

extension DispatchSearch {
    /// Puts the absent shipments back, each where it is cheapest, in an order that chance chooses; now and then a route is
    /// overlooked (a blink, after Christiaens and Vanden Berghe), so that the same hole is not filled the same way.
    func recreate(blinks: Bool) {
        sortAbsent()
        var still = 0
        for k in 0..<absent.count {
            let s = Int(absent[k])
            if !insertBest(s, blinks: blinks) {
                absent[still] = Int32(s)
                still += 1
            }
        }
        absent.removeLast(absent.count - still)
    }

    private func insertBest(_ s: Int, blinks: Bool) -> Bool {
        let refusal = set.table.refusal[s]
        var best = refusal == StopTable.mustServe ? Int64.max : refusal
        var (bestRoute, bestI, bestJ) = (-1, 0, 0)
        var stale = 0
        let active = set.active
        let routes = set.routes
        for r in active {
            if blinks {
                untilBlink -= 1
                if untilBlink <= 0 {
                    untilBlink = drawBlink()
                    continue
                }
            }
            let slot = Int(r)
            let entry = memory.place(s, slot)
            if entry.pointee.version == routes[slot].version {
                if entry.pointee.cost >= best { continue }
                if entry.pointee.pickupAfter >= 0 {
                    best = entry.pointee.cost
                    (bestRoute, bestI, bestJ) =
                        (slot, Int(entry.pointee.pickupAfter), Int(entry.pointee.deliveryAfter))
                    continue
                }
            }
            staleRoutes[stale] = r
            stale &+= 1
        }
        for k in 0..<stale {
            let slot = Int(staleRoutes[k])
            let entry = memory.place(s, slot)
            // What became known of it meanwhile may be enough.
            if entry.pointee.version == routes[slot].version, entry.pointee.cost >= best { continue }
            guard compatible(s, Int(routes[slot].kind)) else {
                entry.pointee = InsertionMemory.Entry(cost: .max, version: routes[slot].version)
                continue
            }
            let found = set.cheapest(s, slot, limit: best, scratch)
            evaluations &+= 1
            if found.cost < best {
                best = found.cost
                (bestRoute, bestI, bestJ) = (slot, Int(found.pickupAfter), Int(found.deliveryAfter))
                entry.pointee = InsertionMemory.Entry(
                    cost: found.cost, version: routes[slot].version, pickupAfter: found.pickupAfter,
                    deliveryAfter: found.deliveryAfter)
            } else {
                entry.pointee = InsertionMemory.Entry(
                    cost: best, version: routes[slot].version, pickupAfter: best == .max ? 0 : -1)
            }
        }
        var bestKind = -1
        if active.count < fleetLimit {
            for kind in set.used.indices where set.used[kind] < limits[kind] {
                let alone = costAlone(s, kind)
                if alone < best {
                    best = alone
                    bestKind = kind
                }
            }
        }
        if bestKind >= 0 {
            (bestRoute, bestI, bestJ) = (set.begin(bestKind), 0, 0)
            if staleRoutes.count < set.slots {
                staleRoutes += [Int32](repeating: 0, count: set.slots - staleRoutes.count)
            }
        }
        guard bestRoute >= 0 else { return false }
        set.insert(s, bestRoute, bestI, bestJ)
        return true
    }

    private func drawBlink() -> Int {
        // Geometric with mean `blinkEvery`.
        Int((Int64(settings.blinkEvery) &* chance.exponential()) >> 10) &+ 1
    }

    private func compatible(_ s: Int, _ kind: Int) -> Bool { compatibility[s * set.used.count + kind] }

    /// With an own vehicle of this kind; `.max` when it cannot.
    private func costAlone(_ s: Int, _ kind: Int) -> Int64 { alone[s * set.used.count + kind] }

    private func sortAbsent() {
        let table = set.table
        func order(_ key: (Int) -> Int64) {
            absentKeys.removeAll(keepingCapacity: true)
            for s in absent { absentKeys.append((key(Int(s)), s)) }
            absentKeys.sort { $0.0 < $1.0 || ($0.0 == $1.0 && $0.1 < $1.1) }
            for k in 0..<absent.count { absent[k] = absentKeys[k].1 }
        }
        func stop(_ s: Int) -> Int { table.shape[s] == .pickupOnly ? 2 * s : 2 * s + 1 }
        switch chance.below(12) {
        case 0..<5:
            for k in stride(from: absent.count - 1, to: 0, by: -1) { absent.swapAt(k, chance.below(k + 1)) }
        case 5: order { -Int64(table.load[$0].x) }
        case 6, 7: order { -self.remoteness[$0] }
        case 8: order { self.remoteness[$0] }
        case 9: order { table.closes[stop($0)] - table.opens[stop($0)] }
        case 10: order { table.opens[stop($0)] }
        default: order { -table.closes[stop($0)] }
        }
    }
}
