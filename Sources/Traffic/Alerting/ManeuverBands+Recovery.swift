extension ManeuverBands {
    /// Finds into `midMask` the steps that regain separation soonest, keeping clear of a cylinder meanwhile. The
    /// cylinder shrinks from that of well clear to that of a near mid-air collision until there is such a step.
    func recover() {
        let lookahead = BandLimits.lookaheadSeconds
        setCylinder(
            BandVolume(radius: BandLimits.collisionRadius, halfHeight: BandLimits.collisionHalfHeight))
        mergeCylinder()
        if isSaturated(midMask) { return }
        var radius = BandLimits.recoveryRadius
        var halfHeight = BandLimits.recoveryHalfHeight
        while radius > BandLimits.collisionRadius || halfHeight > BandLimits.collisionHalfHeight {
            setCylinder(BandVolume(radius: radius, halfHeight: halfHeight))
            mergeCylinder()
            if !isSaturated(midMask) {
                if kind != .altitude { preparePivots() }
                // The first time from which something is free, to half a second.
                var (red, green, pivot) = (0.0, lookahead + 1, lookahead)
                while green - red > 0.5 {
                    mergeRecovery(from: pivot)
                    if isSaturated(midMask) { red = pivot } else { green = pivot }
                    pivot = (red + green) / 2
                }
                mergeRecovery(
                    from: green <= lookahead ? min(lookahead, green + BandLimits.recoveryStability) : red)
                if !isSaturated(midMask) { return }
            }
            radius = max(BandLimits.collisionRadius, radius * BandLimits.shrink)
            halfHeight = max(BandLimits.collisionHalfHeight, halfHeight * BandLimits.shrink)
        }
    }

    private func setCylinder(_ volume: BandVolume) {
        cylinder = volume
        for index in 0..<slotCount where slots[index].midHorizon >= 0 {
            let other = slots[index].motion
            // Directions and speeds share the vertical part only.
            let horizontal =
                kind == .verticalSpeed || kind == .altitude
                ? volume.horizontal(
                    x: own.x - other.x, y: own.y - other.y, vx: own.vx - other.vx, vy: own.vy - other.vy,
                    at: 0)
                : .empty
            slots[index].toCylinder = approach(index, volume, horizontal)
        }
    }

    /// The steps that keep clear of the cylinder alone.
    private func mergeCylinder() {
        reset(midMask)
        for index in 0..<slotCount where slots[index].midHorizon >= 0 && isAlive {
            let question = BandQuestion(from: 0, to: slots[index].midHorizon, cylinder: nil)
            exclude(midMask, index, isCylinderOnly: true, question)
        }
    }

    /// The steps that keep clear of the cylinder until `time` and are well clear from then on.
    private func mergeRecovery(from time: Double) {
        reset(midMask)
        let lookahead = BandLimits.lookaheadSeconds
        // At the lookahead itself the volume is asked for one moment: windows answer that, pivots do not.
        let usesPivots = kind != .altitude && time < lookahead
        if usesPivots {
            aliveLower = pivots.answer(midMask, steps.lower, pivots.lower, at: time)
            aliveUpper = pivots.answer(midMask, steps.upper, pivots.upper, at: time)
        }
        for index in 0..<slotCount where slots[index].midHorizon >= 0 && isAlive {
            let horizon = slots[index].midHorizon
            if usesPivots, horizon == lookahead { continue }
            if time > horizon {
                let question = BandQuestion(from: 0, to: horizon, cylinder: nil)
                exclude(midMask, index, isCylinderOnly: true, question)
            } else {
                let question = BandQuestion(from: time, to: horizon, cylinder: cylinder)
                exclude(midMask, index, isCylinderOnly: false, question)
            }
        }
    }

    /// Merges the windows of the intruders that count to the lookahead.
    private func preparePivots() {
        pivots.reset(steps)
        for index in 0..<slotCount where slots[index].midHorizon == BandLimits.lookaheadSeconds {
            let (volumeClear, cylinderClear) = (
                slots[index].toVolume.isClear, slots[index].toCylinder.isClear
            )
            if !volumeClear { ensure(false, index, lower: pivots.lower, upper: pivots.upper) }
            if !cylinderClear { ensure(true, index, lower: pivots.lower, upper: pivots.upper) }
            let row = index * BandSteps.capacity
            let volume = volumeClear ? nil : windows + row
            let cylinder = cylinderClear ? nil : cylinders + row
            pivots.lower = pivots.merge(steps.lower, pivots.lower, volume, cylinder)
            pivots.upper = pivots.merge(steps.upper, pivots.upper, volume, cylinder)
        }
    }
}
