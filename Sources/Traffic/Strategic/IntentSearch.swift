// Looking for boxes that overlap a box in space and time.
extension IntentStore {
    /// Appends the numbers of all segments whose boxes overlap `box`, and perhaps some within 2 m or 0.1 s of it (more in
    /// larger classes). Order depends on the order of insertion. Returns how many boxes were looked at.
    @discardableResult
    func collect(_ box: SpaceTimeBox, into found: inout [UInt32]) -> Int {
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
                looked += collectByTable(box, kind, into: &found)
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
                        looked += scan(head, query, &found)
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
    private func collectByTable(_ box: SpaceTimeBox, _ kind: Int, into found: inout [UInt32]) -> Int {
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
            looked += scan(heads[place], query, &found)
        }
        return looked
    }

    /// All boxes of a chain of blocks, sixteen at a time.
    @inline(__always)
    private func scan(_ head: Int32, _ query: BucketBox, _ found: inout [UInt32]) -> Int {
        blocks.withUnsafeBufferPointer { blocks in
            var looked = 0
            var index = head
            while index >= 0 {
                let block = blocks.baseAddress.unsafelyUnwrapped + Int(index)
                index = block.pointee.next
                looked &+= BoxBlock.lanes
                let space =
                    (block.pointee.minX .<= query.maxX) .& (block.pointee.maxX .>= query.minX)
                    .& (block.pointee.minY .<= query.maxY) .& (block.pointee.maxY .>= query.minY)
                let rest =
                    (block.pointee.minZ .<= query.maxZ) .& (block.pointee.maxZ .>= query.minZ)
                    .& (block.pointee.minT .<= query.maxT) .& (block.pointee.maxT .>= query.minT)
                var bits = Self.bits(space .& rest)
                while bits != 0 {
                    found.append(block.pointee.segments[bits.trailingZeroBitCount])
                    bits &= bits &- 1
                }
            }
            return looked
        }
    }

    /// One bit a lane.
    @inline(__always)
    private static func bits(_ mask: SIMDMask<SIMD16<Int16>>) -> UInt32 {
        let weights = SIMD16<UInt16>(
            1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
        let set = SIMD16<UInt16>(repeating: 0).replacing(with: weights, where: mask)
        let eight = set.lowHalf | set.highHalf
        let four = unsafeBitCast(eight.lowHalf | eight.highHalf, to: UInt64.self)
        let two = four | four >> 32
        return UInt32(truncatingIfNeeded: (two | two >> 16) & 0xFFFF)
    }
}
