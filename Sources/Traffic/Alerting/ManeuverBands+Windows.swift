extension ManeuverBands {
    /// The part of a slot's windows that all steps of the present kind share.
    func approach(_ index: Int, _ volume: BandVolume, _ horizontal: BandWindow) -> BandApproach {
        var approach = BandApproach()
        switch kind {
        case .direction, .groundSpeed:
            let other = slots[index].motion
            approach.shared = .vertical(
                z: own.z - other.z, vz: own.vz - other.vz, at: 0, halfHeight: volume.halfHeight)
        case .verticalSpeed, .altitude: approach.shared = horizontal
        }
        approach.isClear = !approach.shared.overlaps(0, BandLimits.horizonSeconds)
        return approach
    }

    /// Sees to it that the windows of the first steps of each side are known: few of them are ever asked for when
    /// separation is lost early.
    func ensure(_ isCylinder: Bool, _ index: Int, lower: Int, upper: Int) {
        let done = isCylinder ? slots[index].toCylinder : slots[index].toVolume
        let base = (isCylinder ? cylinders : windows) + index * BandSteps.capacity
        let volume = isCylinder ? cylinder : slots[index].volume
        if done.lower < lower { fill(base, index, volume, done.shared, done.lower..<lower) }
        let first = steps.upper.first
        if done.upper < upper { fill(base, index, volume, done.shared, first + done.upper..<first + upper) }
        if isCylinder {
            slots[index].toCylinder.lower = max(done.lower, lower)
            slots[index].toCylinder.upper = max(done.upper, upper)
        } else {
            slots[index].toVolume.lower = max(done.lower, lower)
            slots[index].toVolume.upper = max(done.upper, upper)
        }
    }

    private func fill(
        _ base: UnsafeMutablePointer<BandWindow>, _ index: Int, _ volume: BandVolume, _ shared: BandWindow,
        _ range: Range<Int>
    ) {
        let other = slots[index].motion
        if kind == .verticalSpeed {
            let (z, vz, time) = (steps.z, steps.vz, steps.time)
            for step in range {
                let now = time[step]
                let window = BandWindow.vertical(
                    z: z[step] - (other.z + other.vz * now), vz: vz[step] - other.vz, at: now,
                    halfHeight: volume.halfHeight)
                base[step] = window.intersection(shared)
            }
            return
        }
        let (x, y, vx, vy, time) = (steps.x, steps.y, steps.vx, steps.vy, steps.time)
        for step in range {
            let now = time[step]
            if shared.exit <= now {
                base[step] = .empty
                continue
            }
            let window = volume.horizontal(
                x: x[step] - (other.x + other.vx * now), y: y[step] - (other.y + other.vy * now),
                vx: vx[step] - other.vx, vy: vy[step] - other.vy, at: now)
            base[step] = window.intersection(shared)
        }
    }

    /// Whether some step leads into the volume of a slot within `alerting` seconds after it.
    func anyConflict(_ index: Int, within alerting: Double) -> Bool {
        if slots[index].toVolume.isClear { return false }
        if kind == .altitude { return anyLevelConflict(index, within: alerting) }
        ensure(false, index, lower: steps.lower.last + 1, upper: steps.upper.last + 1)
        let base = windows + index * BandSteps.capacity
        for step in 0..<steps.count {
            let now = steps.time[step]
            let end = min(BandLimits.lookaheadSeconds, alerting + now)
            if now <= end, base[step].overlaps(now, end) { return true }
        }
        return false
    }

    /// Takes out of `mask` the steps that do not stand up to the question for one slot: of its volume, or of the
    /// cylinder alone.
    func exclude(
        _ mask: UnsafeMutablePointer<Bool>, _ index: Int, isCylinderOnly: Bool, _ question: BandQuestion
    ) {
        let isClear = isCylinderOnly ? slots[index].toCylinder.isClear : slots[index].toVolume.isClear
        let asksCylinder = question.cylinder != nil && !slots[index].toCylinder.isClear
        if isClear, !asksCylinder { return }
        if kind == .altitude {
            excludeLevels(mask, index, isCylinderOnly: isCylinderOnly, question)
            return
        }
        if !isClear { ensure(isCylinderOnly, index, lower: aliveLower, upper: aliveUpper) }
        if asksCylinder { ensure(true, index, lower: aliveLower, upper: aliveUpper) }
        let row = index * BandSteps.capacity
        let volumeWindows = isClear ? nil : (isCylinderOnly ? cylinders : windows) + row
        let cylinderWindows = asksCylinder ? cylinders + row : nil
        aliveLower = excludeSide(mask, steps.lower, aliveLower, volumeWindows, cylinderWindows, question)
        aliveUpper = excludeSide(mask, steps.upper, aliveUpper, volumeWindows, cylinderWindows, question)
    }

    /// Returns how many steps, from the first on, may still be free: of `alive` so far.
    private func excludeSide(
        _ mask: UnsafeMutablePointer<Bool>, _ side: BandSteps.Side, _ alive: Int,
        _ volume: UnsafeMutablePointer<BandWindow>?, _ cylinder: UnsafeMutablePointer<BandWindow>?,
        _ question: BandQuestion
    ) -> Int {
        let first = side.first
        var last = -1
        for step in 0..<alive {
            let place = first + step
            let now = side.time(step)
            let end = min(BandLimits.lookaheadSeconds, question.to + now)
            var isFree = mask[place]
            if let volume {
                let window = volume[place]
                // What is over, or comes later than anything asked, answers both questions.
                if window.exit > now, window.entry < max(end, now + side.stepSeconds) {
                    if now >= question.from, isLost(window, now, side.stepSeconds) {
                        return cut(mask, first, step, alive, last)
                    }
                    if isFree, question.from <= end, now <= end,
                        window.overlaps(max(question.from, now), end)
                    {
                        isFree = false
                    }
                }
            }
            if let cylinder, now <= question.from {
                let window = cylinder[place]
                if isLost(window, now, side.stepSeconds) { return cut(mask, first, step, alive, last) }
                if isFree, window.overlaps(now, question.from) { isFree = false }
            }
            mask[place] = isFree
            if isFree { last = step }
        }
        return last + 1
    }

    /// Whether separation is lost on the way to the next step.
    @inline(__always)
    private func isLost(_ window: BandWindow, _ now: Double, _ seconds: Double) -> Bool {
        seconds > 0 && now < BandLimits.lookaheadSeconds && window.overlaps(now, now + seconds)
    }

    /// Beyond a step at which separation is lost no other can be reached.
    private func cut(
        _ mask: UnsafeMutablePointer<Bool>, _ first: Int, _ step: Int, _ alive: Int, _ last: Int
    ) -> Int {
        (mask + first + step).update(repeating: false, count: alive - step)
        return last + 1
    }
}
