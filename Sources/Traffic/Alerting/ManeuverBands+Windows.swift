extension ManeuverBands {
    /// The horizontal window of the present velocity.
    func horizontalWindow(_ index: Int, _ volume: BandVolume) -> BandWindow {
        let other = slots[index].motion
        return volume.horizontal(
            x: own.x - other.x, y: own.y - other.y, vx: own.vx - other.vx, vy: own.vy - other.vy, at: 0)
    }

    /// Fills the windows of a slot for every step of the present kind.
    func fill(_ windows: UnsafeMutablePointer<BandWindow>, _ index: Int, _ volume: BandVolume) {
        let isCylinder = windows == cylinders
        let shared: BandWindow
        switch kind {
        case .direction, .groundSpeed:
            let other = slots[index].motion
            shared = .vertical(
                z: own.z - other.z, vz: own.vz - other.vz, at: 0, halfHeight: volume.halfHeight)
        case .verticalSpeed, .altitude:
            shared = isCylinder ? horizontalWindow(index, volume) : slots[index].horizontal
        }
        let isClear = !shared.overlaps(0, BandLimits.horizonSeconds)
        if isCylinder {
            slots[index].isCylinderClear = isClear
            slots[index].cylinderHorizontal = shared
        } else {
            slots[index].isClear = isClear
        }
        guard !isClear else { return }
        let base = windows + index * BandSteps.capacity
        switch kind {
        case .direction, .groundSpeed: fillHorizontal(base, slots[index].motion, volume, shared)
        case .verticalSpeed: fillVertical(base, slots[index].motion, volume, shared)
        case .altitude: break
        }
    }

    private func fillHorizontal(
        _ base: UnsafeMutablePointer<BandWindow>, _ other: Motion, _ volume: BandVolume, _ shared: BandWindow
    ) {
        let (x, y, vx, vy, time) = (steps.x, steps.y, steps.vx, steps.vy, steps.time)
        for step in 0..<steps.count {
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

    private func fillVertical(
        _ base: UnsafeMutablePointer<BandWindow>, _ other: Motion, _ volume: BandVolume, _ shared: BandWindow
    ) {
        let (z, vz, time) = (steps.z, steps.vz, steps.time)
        for step in 0..<steps.count {
            let now = time[step]
            let window = BandWindow.vertical(
                z: z[step] - (other.z + other.vz * now), vz: vz[step] - other.vz, at: now,
                halfHeight: volume.halfHeight)
            base[step] = window.intersection(shared)
        }
    }

    /// Whether some step leads into the volume of a slot within `alerting` seconds after it.
    func anyConflict(_ index: Int, within alerting: Double) -> Bool {
        if slots[index].isClear { return false }
        if kind == .altitude { return anyLevelConflict(index, within: alerting) }
        let base = windows + index * BandSteps.capacity
        for step in 0..<steps.count {
            let now = steps.time[step]
            let end = min(BandLimits.lookaheadSeconds, alerting + now)
            if now <= end, base[step].overlaps(now, end) { return true }
        }
        return false
    }

    /// Takes out of `mask` the steps that do not stand up to the question for one slot.
    func exclude(
        _ mask: UnsafeMutablePointer<Bool>, _ index: Int, _ windows: UnsafeMutablePointer<BandWindow>,
        _ question: BandQuestion
    ) {
        let isClear = windows == cylinders ? slots[index].isCylinderClear : slots[index].isClear
        if isClear, question.cylinder == nil || slots[index].isCylinderClear { return }
        if kind == .altitude {
            excludeLevels(mask, index, isCylinderOnly: windows == cylinders, question)
            return
        }
        let volumeWindows = isClear ? nil : windows + index * BandSteps.capacity
        let cylinderWindows =
            question.cylinder == nil || slots[index].isCylinderClear
            ? nil : cylinders + index * BandSteps.capacity
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
                if isLost(window, now, side.stepSeconds), now >= question.from {
                    return cut(mask, first, step, alive, last)
                }
                if isFree, question.from <= end, now <= end, window.overlaps(max(question.from, now), end) {
                    isFree = false
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
