// Looking for boxes that overlap a box in space and time.
extension IntentStore {
    /// Appends the numbers of all segments whose boxes overlap `box`, and perhaps some within 2 m or 0.1 s of it (more in
    /// larger classes). Order depends on the order of insertion. Returns how many boxes were looked at.
    @discardableResult
    func collect(_ box: SpaceTimeBox, into found: inout [UInt32]) -> Int {
        blocks.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return buckets.withUnsafeBufferPointer { collect(box, base, $0, into: &found) }
        }
    }

    /// A bucket to be looked at.
    private struct Visit {
        var head: Int32
        var blocks: Int32
        var touched: Int16
        var ix: Int
        var iy: Int
        var it: Int
    }
    private static let visitsMax = 48

    /// First touches the blocks of all buckets, so that memory answers for all of them at the same time.
    @inline(__always)
    private func visit(
        _ visits: UnsafeMutablePointer<Visit>, _ count: Int, _ blocks: UnsafePointer<BoxBlock>,
        _ box: SpaceTimeBox, _ kind: Int, _ found: inout [UInt32]
    ) -> Int {
        var i = 0
        while i < count {
            let block = blocks + Int(visits[i].head)
            visits[i].touched =
                block.pointee.minX[0] ^ block.pointee.minY[0] ^ block.pointee.minZ[0] ^ block.pointee.minT[0]
            i &+= 1
        }
        let meters = Self.cellMeters(kind / Self.timeClasses)
        let seconds = Self.cellSeconds(kind % Self.timeClasses)
        let (perMeter, perSecond) = (1024 / meters, 1024 / seconds)
        var looked = 0
        i = 0
        while i < count {
            let visit = visits[i]
            i &+= 1
            let query = BucketBox(
                box, originX: Double(visit.ix) * meters, originY: Double(visit.iy) * meters,
                originT: Double(visit.it) * seconds, perMeter: perMeter, perSecond: perSecond)
            looked &+= scan(blocks + Int(visit.head), Int(visit.blocks), query, &found)
        }
        return looked
    }

    private func collect(
        _ box: SpaceTimeBox, _ blocks: UnsafePointer<BoxBlock>, _ buckets: UnsafeBufferPointer<Bucket>,
        into found: inout [UInt32]
    ) -> Int {
        var looked = 0
        for kind in classCounts.indices where classCounts[kind] > 0 {
            let (spaceClass, timeClass) = (kind / Self.timeClasses, kind % Self.timeClasses)
            let (meters, seconds) = (Self.cellMeters(spaceClass), Self.cellSeconds(timeClass))
            func cells(_ low: Double, _ high: Double, _ size: Double) -> ClosedRange<Int> {
                // Half a cell, and a little for rounding.
                let half = size * 0.5 + 0.01
                let first = Int(((low - half) / size).rounded(.down))
                return first...max(first, Int(((high + half) / size).rounded(.down)))
            }
            let xs = cells(box.minX, box.maxX, meters)
            let ys = cells(box.minY, box.maxY, meters)
            let ts = cells(box.minT, box.maxT, seconds)
            let count = xs.count * ys.count * ts.count
            if count > buckets.count {
                looked += collectByTable(box, kind, blocks, into: &found)
                continue
            }
            looked += withUnsafeTemporaryAllocation(of: Visit.self, capacity: Self.visitsMax) { visits in
                guard let visits = visits.baseAddress else { return 0 }
                var (looked, waiting) = (0, 0)
                for iy in ys {
                    for ix in xs {
                        for it in ts {
                            let bucket = bucket(buckets, Self.key(spaceClass, timeClass, ix, iy, it))
                            if bucket.head < 0 { continue }
                            visits[waiting] = Visit(
                                head: bucket.head, blocks: Int32(bucket.blocks), touched: 0, ix: ix, iy: iy,
                                it: it)
                            waiting &+= 1
                            if waiting < Self.visitsMax { continue }
                            looked &+= visit(visits, waiting, blocks, box, kind, &found)
                            waiting = 0
                        }
                    }
                }
                return looked &+ visit(visits, waiting, blocks, box, kind, &found)
            }
        }
        return looked
    }

    @inline(__always)
    private func bucket(_ buckets: UnsafeBufferPointer<Bucket>, _ key: UInt64) -> Bucket {
        let mask = buckets.count &- 1
        var place = Self.hash(key) & mask
        while true {
            let bucket = buckets[place]
            if bucket.key == key || bucket.key == 0 { return bucket }
            place = (place &+ 1) & mask
        }
    }

    /// For boxes over more cells than there are: every bucket of the class is looked at.
    private func collectByTable(
        _ box: SpaceTimeBox, _ kind: Int, _ blocks: UnsafePointer<BoxBlock>, into found: inout [UInt32]
    ) -> Int {
        let (spaceClass, timeClass) = (kind / Self.timeClasses, kind % Self.timeClasses)
        let (meters, seconds) = (Self.cellMeters(spaceClass), Self.cellSeconds(timeClass))
        var looked = 0
        for bucket in buckets where bucket.key != 0 && bucket.head >= 0 {
            let key = bucket.key
            guard Int(key >> 61) == spaceClass + 1, Int(key >> 58 & 7) == timeClass else { continue }
            func signed(_ bits: UInt64, _ width: UInt64) -> Int {
                Int(truncatingIfNeeded: bits << (64 - width)) >> Int(64 - width)
            }
            let query = BucketBox(
                box, originX: Double(signed(key >> 44, 14)) * meters,
                originY: Double(signed(key >> 30, 14)) * meters, originT: Double(signed(key, 30)) * seconds,
                perMeter: 1024 / meters, perSecond: 1024 / seconds)
            looked += scan(blocks + Int(bucket.head), bucket.blocks, query, &found)
        }
        return looked
    }

    /// All boxes of a run of blocks, sixteen at a time.
    @inline(__always)
    private func scan(
        _ run: UnsafePointer<BoxBlock>, _ count: Int, _ query: BucketBox, _ found: inout [UInt32]
    ) -> Int {
        let (minX, maxX) = (SIMD16<Int16>(repeating: query.minX), SIMD16<Int16>(repeating: query.maxX))
        let (minY, maxY) = (SIMD16<Int16>(repeating: query.minY), SIMD16<Int16>(repeating: query.maxY))
        let (minZ, maxZ) = (SIMD16<Int16>(repeating: query.minZ), SIMD16<Int16>(repeating: query.maxZ))
        let (minT, maxT) = (SIMD16<Int16>(repeating: query.minT), SIMD16<Int16>(repeating: query.maxT))
        var block = run
        let end = run + count
        while block < end {
            defer { block += 1 }
            // A gap along any axis is a negative difference; the sign bits of all are put together.
            let x = (maxX &- block.pointee.minX) | (block.pointee.maxX &- minX)
            let y = (maxY &- block.pointee.minY) | (block.pointee.maxY &- minY)
            let z = (maxZ &- block.pointee.minZ) | (block.pointee.maxZ &- minZ)
            let t = (maxT &- block.pointee.minT) | (block.pointee.maxT &- minT)
            let signs = (x | y) | (z | t)
            let words = unsafeBitCast(signs, to: SIMD4<UInt64>.self)
            let top: UInt64 = 0x8000_8000_8000_8000
            let (a, b) = (~words.x & top, ~words.y & top)
            let (c, d) = (~words.z & top, ~words.w & top)
            if a | b | c | d == 0 { continue }
            // Sixteen bits of four in one word: lane k of word w at bit 16 k + w.
            var bits = a >> 15 | b >> 14 | c >> 13 | d >> 12
            while bits != 0 {
                let bit = bits.trailingZeroBitCount
                found.append(block.pointee.segments[(bit & 15) &* 4 &+ bit >> 4])
                bits &= bits &- 1
            }
        }
        return count &* BoxBlock.lanes
    }
}
