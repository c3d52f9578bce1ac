// Looking for boxes that overlap a box in space and time.
extension IntentStore {
    /// Appends the numbers of all segments whose boxes overlap `box`, and perhaps some within 2 m or 0.1 s of it (more in
    /// larger classes). Order depends on the order of insertion. Returns how many boxes were looked at.
    @discardableResult
    func collect(_ box: SpaceTimeBox, into found: inout [UInt32]) -> Int {
        blocks.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            return collect(box, base, into: &found)
        }
    }

    private func collect(_ box: SpaceTimeBox, _ blocks: UnsafePointer<BoxBlock>, into found: inout [UInt32])
        -> Int
    {
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
            let (perMeter, perSecond) = (1024 / meters, 1024 / seconds)
            let count = xs.count * ys.count * ts.count
            if count > keys.count {
                looked += collectByTable(box, kind, blocks, into: &found)
                continue
            }
            for iy in ys {
                for ix in xs {
                    for it in ts {
                        let head = head(Self.key(spaceClass, timeClass, ix, iy, it))
                        if head < 0 { continue }
                        let query = BucketBox(
                            box, originX: Double(ix) * meters, originY: Double(iy) * meters,
                            originT: Double(it) * seconds, perMeter: perMeter, perSecond: perSecond)
                        looked += scan(blocks, head, query, &found)
                    }
                }
            }
        }
        return looked
    }

    @inline(__always)
    private func head(_ key: UInt64) -> Int32 {
        let mask = keys.count &- 1
        var place = Self.hash(key) & mask
        while true {
            let there = keys[place]
            if there == key { return heads[place] }
            if there == 0 { return -1 }
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
        for place in keys.indices where keys[place] != 0 && heads[place] >= 0 {
            let key = keys[place]
            guard Int(key >> 61) == spaceClass + 1, Int(key >> 58 & 7) == timeClass else { continue }
            func signed(_ bits: UInt64, _ width: UInt64) -> Int {
                Int(truncatingIfNeeded: bits << (64 - width)) >> Int(64 - width)
            }
            let query = BucketBox(
                box, originX: Double(signed(key >> 44, 14)) * meters,
                originY: Double(signed(key >> 30, 14)) * meters, originT: Double(signed(key, 30)) * seconds,
                perMeter: 1024 / meters, perSecond: 1024 / seconds)
            looked += scan(blocks, heads[place], query, &found)
        }
        return looked
    }

    /// All boxes of a chain of blocks, sixteen at a time.
    @inline(__always)
    private func scan(
        _ blocks: UnsafePointer<BoxBlock>, _ head: Int32, _ query: BucketBox, _ found: inout [UInt32]
    ) -> Int {
        let (minX, maxX) = (SIMD16<Int16>(repeating: query.minX), SIMD16<Int16>(repeating: query.maxX))
        let (minY, maxY) = (SIMD16<Int16>(repeating: query.minY), SIMD16<Int16>(repeating: query.maxY))
        let (minZ, maxZ) = (SIMD16<Int16>(repeating: query.minZ), SIMD16<Int16>(repeating: query.maxZ))
        let (minT, maxT) = (SIMD16<Int16>(repeating: query.minT), SIMD16<Int16>(repeating: query.maxT))
        var looked = 0
        var index = head
        while index >= 0 {
            let block = blocks + Int(index)
            index = block.pointee.next
            looked &+= BoxBlock.lanes
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
        return looked
    }
}
