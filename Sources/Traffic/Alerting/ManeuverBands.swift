/// An intruder and the thresholds it is held to.
public struct BandIntruder: Hashable, Sendable {
    public var motion: Motion
    public var alerter: Alerter
    public init(_ motion: Motion, alerter: Alerter = .phaseI) {
        self.motion = motion
        self.alerter = alerter
    }
}

/// Which directions, ground speeds, vertical speeds and altitudes keep an ownship well clear of its traffic: the
/// manoeuvre guidance of DO-365B, as DAIDALUS defines it (Munoz et al., "DAIDALUS: Detect and Avoid Alerting Logic for
/// Unmanned Systems", 2015), without hysteresis.
///
/// DAIDALUS tries every step of a manoeuvre against every intruder and volume, for each colour anew. Here one window
/// per step and intruder, the time in which flying straight on from that step is inside the volume, answers every
/// question asked of it: colour, horizon, conflict on the way. Headings share the vertical part of a window, climbs
/// the horizontal one, altitudes out of reach share one path; an intruder whose common part is empty is done.
///
/// Memory is taken once. `compute` allocates nothing and depends only on its arguments.
public final class ManeuverBands {
    public let maxTraffic: Int

    let steps = BandSteps()
    var pivots = BandPivots(capacity: BandSteps.capacity)
    let slots: UnsafeMutablePointer<BandSlot>
    var slotCount = 0
    /// A window for each slot and step: of well clear, and of the cylinder that a recovery keeps clear of.
    let windows: UnsafeMutablePointer<BandWindow>
    let cylinders: UnsafeMutablePointer<BandWindow>
    /// Steps free of conflict with all slots: of warnings, and of corrective alerts or for recovery.
    let nearMask: UnsafeMutablePointer<Bool>
    let midMask: UnsafeMutablePointer<Bool>
    /// Steps of each side, from the first on, that may still be free in the mask under work.
    var aliveLower = 0
    var aliveUpper = 0
    /// Levelling off at each altitude that can be reached, and beyond the two ends of them.
    let levels: UnsafeMutablePointer<LevelOff>
    var firstLevel = 0
    var lastLevel = 0
    var own = Motion(x: 0, y: 0, z: 0, vx: 0, vy: 0, vz: 0)
    var mode = BandMode.kinematic
    var kind = BandKind.direction
    /// The cylinder a recovery keeps clear of.
    var cylinder = BandVolume(radius: 0, halfHeight: 0)

    /// Regions of neighbouring values, by kind; the value at the low end of the first is in `cellLow`.
    let cells: UnsafeMutablePointer<BandRegion>
    var cellCounts = [0, 0, 0, 0]
    var lowerSteps = [0, 0, 0, 0]

    /// - Parameter maxTraffic: most intruders at a time.
    public init(maxTraffic: Int) {
        precondition(maxTraffic >= 0 && maxTraffic <= 10_000)
        self.maxTraffic = maxTraffic
        slots = .allocate(capacity: max(1, maxTraffic))
        windows = .allocate(capacity: max(1, maxTraffic) * BandSteps.capacity)
        cylinders = .allocate(capacity: max(1, maxTraffic) * BandSteps.capacity)
        nearMask = .allocate(capacity: BandSteps.capacity)
        midMask = .allocate(capacity: BandSteps.capacity)
        levels = .allocate(capacity: BandLimits.altitudeSteps + 1)
        cells = .allocate(capacity: 4 * BandSteps.capacity)
        cells.initialize(repeating: .none, count: 4 * BandSteps.capacity)
    }

    deinit {
        pivots.deallocate()
        slots.deallocate()
        windows.deallocate()
        cylinders.deallocate()
        nearMask.deallocate()
        midMask.deallocate()
        levels.deallocate()
        cells.deallocate()
    }

    /// Computes the four bands.
    /// - Complexity: O(steps x traffic), some 500 steps.
    public func compute(own: Motion, traffic: UnsafeBufferPointer<BandIntruder>, mode: BandMode = .kinematic)
    {
        precondition(traffic.count <= maxTraffic)
        self.own = own
        self.mode = mode
        slotCount = traffic.count
        for index in 0..<slotCount { insert(BandSlot(own, traffic[index]), behind: index) }
        for place in 0..<4 {
            guard let kind = BandKind(rawValue: UInt8(place)) else { continue }
            self.kind = kind
            guard isWithinLimits(kind) else {
                cellCounts[place] = 0
                continue
            }
            prepare()
            lowerSteps[place] = kind == .altitude ? 0 : steps.lower.last
            cellCounts[place] =
                kind == .altitude ? BandLimits.altitudeSteps - 1 : steps.lower.last + steps.upper.last
            colour(cells + place * BandSteps.capacity)
        }
    }

    /// Slots by time of conflict, then as given: the first ones leave least to ask of the others.
    private func insert(_ slot: BandSlot, behind count: Int) {
        var place = count
        while place > 0, slots[place - 1].entry > slot.entry {
            (slots + place).initialize(to: slots[place - 1])
            place -= 1
        }
        (slots + place).initialize(to: slot)
    }

    /// Outside the limits of a kind it has no bands.
    private func isWithinLimits(_ kind: BandKind) -> Bool {
        switch kind {
        case .direction: return true
        case .groundSpeed:
            let speed = (own.vx * own.vx + own.vy * own.vy).squareRoot()
            return speed >= BandLimits.slowest && speed <= BandLimits.fastest
        case .verticalSpeed: return abs(own.vz) <= BandLimits.steepest
        case .altitude: return own.z >= BandLimits.lowest && own.z <= BandLimits.highest
        }
    }

    /// The steps of the kind, the windows of every slot, and which slots count for which colour.
    private func prepare() {
        switch kind {
        case .direction: steps.turn(own, mode)
        case .groundSpeed: steps.accelerate(own, mode)
        case .verticalSpeed: steps.climb(own, mode)
        case .altitude: prepareLevels()
        }
        for index in 0..<slotCount {
            slots[index].toVolume = approach(index, slots[index].volume, slots[index].horizontal)
            slots[index].nearHorizon = horizon(index, .warning)
            slots[index].midHorizon = horizon(index, .corrective)
        }
    }

    /// Seconds ahead to which a slot counts for the colour of a level: the whole lookahead when the level's alert is
    /// on, the alerting time when only a manoeuvre would raise it, negative when it does not count.
    private func horizon(_ index: Int, _ level: AlertLevel) -> Double {
        let alerting = slots[index].alerter.alertingSeconds(level)
        if slots[index].entry < alerting { return BandLimits.lookaheadSeconds }
        return anyConflict(index, within: alerting) ? alerting : -1
    }

    private func colour(_ cells: UnsafeMutablePointer<BandRegion>) {
        let count = cellCounts[Int(kind.rawValue)]
        merge(nearMask, .warning)
        let isNearSaturated = isSaturated(nearMask)
        var isRecovery = isNearSaturated
        if isNearSaturated {
            recover()
        } else {
            merge(midMask, .corrective)
            if isSaturated(midMask) {
                isRecovery = true
                recover()
            } else {
                isRecovery = mode == .instantaneous && isInsideNow
            }
        }
        for cell in 0..<count {
            let (first, second) = stepsAround(cell)
            let isMidFree = midMask[first] && midMask[second]
            let isNearFree = !isNearSaturated && nearMask[first] && nearMask[second]
            cells[cell] =
                isRecovery && isMidFree ? .recovery : !isNearFree ? .near : isMidFree ? .none : .mid
        }
    }

    /// Whether the ownship is inside a corrective volume.
    private var isInsideNow: Bool {
        for index in 0..<slotCount where slots[index].entry == 0 { return true }
        return false
    }

    /// The two steps that bound a cell.
    @inline(__always)
    func stepsAround(_ cell: Int) -> (Int, Int) {
        if kind == .altitude { return (cell, cell + 1) }
        let last = steps.lower.last
        if cell < last { return (last - cell, last - cell - 1) }
        return (steps.upper.first + cell - last, steps.upper.first + cell - last + 1)
    }

    /// Whether no value is free.
    func isSaturated(_ mask: UnsafeMutablePointer<Bool>) -> Bool {
        for cell in 0..<cellCounts[Int(kind.rawValue)] {
            let (first, second) = stepsAround(cell)
            if mask[first] && mask[second] { return false }
        }
        return true
    }

    /// The steps free of conflict with every slot, each to its own horizon.
    private func merge(_ mask: UnsafeMutablePointer<Bool>, _ level: AlertLevel) {
        reset(mask)
        for index in 0..<slotCount where isAlive {
            let horizon = level == .warning ? slots[index].nearHorizon : slots[index].midHorizon
            if horizon < 0 { continue }
            let question = BandQuestion(from: 0, to: horizon, cylinder: nil)
            exclude(mask, index, isCylinderOnly: false, question)
        }
    }

    /// All values free.
    func reset(_ mask: UnsafeMutablePointer<Bool>) {
        mask.update(repeating: true, count: kind == .altitude ? BandLimits.altitudeSteps + 1 : steps.count)
        aliveLower = kind == .altitude ? BandLimits.altitudeSteps : steps.lower.last + 1
        aliveUpper = steps.upper.last + 1
    }

    /// Whether anything may be free still.
    var isAlive: Bool { kind == .altitude ? aliveLower > 0 : aliveLower > 1 || aliveUpper > 1 }
}
