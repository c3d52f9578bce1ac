extension ManeuverBands {
    /// Plans levelling off at each step of altitude. Altitudes that the climb does not reach within the lookahead are
    /// all flown alike: one of them stands for all.
    func prepareLevels() {
        let nearest = Int(((own.z - BandLimits.lowest) / BandLimits.altitudeStep).rounded(.down))
        firstLevel = min(max(nearest, 0), BandLimits.altitudeSteps)
        lastLevel = firstLevel
        plan(firstLevel)
        guard mode == .kinematic else {
            firstLevel = 0
            lastLevel = BandLimits.altitudeSteps
            return
        }
        while firstLevel > 0, isReached(firstLevel) || firstLevel == lastLevel {
            firstLevel -= 1
            plan(firstLevel)
        }
        while lastLevel < BandLimits.altitudeSteps, isReached(lastLevel) || lastLevel <= nearest + 1 {
            lastLevel += 1
            plan(lastLevel)
        }
    }

    private func plan(_ level: Int) {
        let target = BandLimits.lowest + Double(level) * BandLimits.altitudeStep
        (levels + level).initialize(to: LevelOff(z: own.z, vz: own.vz, target: target))
    }

    private func isReached(_ level: Int) -> Bool { levels[level].cruiseEnd < BandLimits.lookaheadSeconds }

    func anyLevelConflict(_ index: Int, within alerting: Double) -> Bool {
        let question = BandQuestion(from: 0, to: alerting, cylinder: nil)
        for level in firstLevel...lastLevel
        where !isFree(level, index, slots[index].volume, slots[index].horizontal, question) {
            return true
        }
        return false
    }

    func excludeLevels(
        _ mask: UnsafeMutablePointer<Bool>, _ index: Int, isCylinderOnly: Bool, _ question: BandQuestion
    ) {
        let slot = slots[index]
        let volume = isCylinderOnly ? cylinder : slot.volume
        let horizontal = isCylinderOnly ? slot.toCylinder.shared : slot.horizontal
        var free = 0
        for level in firstLevel...lastLevel where mask[level] {
            mask[level] = isFree(level, index, volume, horizontal, question)
            if mask[level] { free += 1 }
        }
        aliveLower = free
        if !mask[firstLevel] { mask.update(repeating: false, count: firstLevel) }
        if !mask[lastLevel] {
            (mask + lastLevel).update(repeating: false, count: BandLimits.altitudeSteps + 1 - lastLevel)
        }
    }

    /// Whether levelling off at one altitude stands up to the question.
    private func isFree(
        _ level: Int, _ index: Int, _ volume: BandVolume, _ horizontal: BandWindow, _ question: BandQuestion
    ) -> Bool {
        let other = slots[index].motion
        guard mode == .kinematic else {
            let target = BandLimits.lowest + Double(level) * BandLimits.altitudeStep
            let flight = BandFlight(z: target - other.z, vz: -other.vz, at: 0)
            let end = min(BandLimits.lookaheadSeconds, question.to)
            if question.from <= end, flight.meets(volume, horizontal, question.from, end) { return false }
            guard let cylinder = question.cylinder else { return true }
            return !flight.meets(cylinder, slots[index].toCylinder.shared, 0, question.from)
        }
        let plan = levels[level]
        let settled = plan.end + 1
        if losesSeparation(plan, 0, plan.firstEnd.rounded(.down), index, volume, horizontal, question) {
            return false
        }
        if plan.cruiseEnd >= question.from {
            let end = min(question.to + plan.firstEnd, plan.cruiseEnd)
            if isMet(plan, at: plan.firstEnd, index, volume, horizontal, question.from, end) { return false }
        }
        if let cylinder = question.cylinder {
            let end = min(question.from, plan.cruiseEnd)
            let shared = slots[index].toCylinder.shared
            if isMet(plan, at: plan.firstEnd, index, cylinder, shared, 0, end) { return false }
        }
        let first = plan.cruiseEnd.rounded(.up)
        if losesSeparation(plan, first, settled.rounded(.down), index, volume, horizontal, question) {
            return false
        }
        let end = question.to + settled
        if isMet(plan, at: settled, index, volume, horizontal, question.from, end) { return false }
        guard let cylinder = question.cylinder else { return true }
        let shared = slots[index].toCylinder.shared
        return !isMet(plan, at: settled, index, cylinder, shared, 0, question.from)
    }

    /// Whether separation is lost at a whole second of a phase that curves.
    private func losesSeparation(
        _ plan: LevelOff, _ first: Double, _ last: Double, _ index: Int, _ volume: BandVolume,
        _ horizontal: BandWindow, _ question: BandQuestion
    ) -> Bool {
        let other = slots[index].motion
        let shared = slots[index].toCylinder.shared
        var time = first
        while time <= last, time < BandLimits.lookaheadSeconds {
            let asksVolume = question.from <= time && horizontal.overlaps(time, time)
            let asksCylinder =
                question.cylinder != nil && time <= question.from && shared.overlaps(time, time)
            if asksVolume || asksCylinder {
                let (z, vz) = plan.state(at: time)
                let flight = BandFlight(z: z - (other.z + other.vz * time), vz: vz - other.vz, at: time)
                if asksVolume, flight.meets(volume, horizontal, time, time) { return true }
                if asksCylinder, let cylinder = question.cylinder,
                    flight.meets(cylinder, shared, time, time)
                {
                    return true
                }
            }
            time += 1
        }
        return false
    }

    /// Whether flying on straight from `time` meets a volume between `low`, or `time` when that is later, and `high`.
    private func isMet(
        _ plan: LevelOff, at time: Double, _ index: Int, _ volume: BandVolume, _ horizontal: BandWindow,
        _ low: Double, _ high: Double
    ) -> Bool {
        let end = min(BandLimits.lookaheadSeconds, high)
        guard time <= end, low <= end, horizontal.overlaps(max(low, time), end) else { return false }
        let other = slots[index].motion
        let (z, vz) = plan.state(at: time)
        let flight = BandFlight(z: z - (other.z + other.vz * time), vz: vz - other.vz, at: time)
        return flight.meets(volume, horizontal, max(low, time), end)
    }
}

/// A height difference and its change at a time.
struct BandFlight {
    var z: Double
    var vz: Double
    var time: Double

    init(z: Double, vz: Double, at time: Double) {
        (self.z, self.vz, self.time) = (z, vz, time)
    }

    @inline(__always)
    func meets(_ volume: BandVolume, _ horizontal: BandWindow, _ low: Double, _ high: Double) -> Bool {
        guard horizontal.overlaps(low, high) else { return false }
        return BandWindow.vertical(z: z, vz: vz, at: time, halfHeight: volume.halfHeight)
            .intersection(horizontal).overlaps(low, high)
    }
}
