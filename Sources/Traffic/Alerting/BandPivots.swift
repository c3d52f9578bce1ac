/// Answers for every recovery time at once, for the intruders that count to the lookahead.
///
/// A recovery at time B asks a step to keep clear of the cylinder until B and of the volume from B on. For one step
/// that is a range of B: not before it last leaves a volume, not after it first enters a cylinder. And the manoeuvre
/// may not lose separation on its way: to a volume from B on, to the cylinder before. Four numbers a step, merged
/// over the intruders, then answer any B without looking at an intruder again.
struct BandPivots {
    /// The volume is left for good, and the cylinder first entered, seconds from now.
    let left: UnsafeMutablePointer<Double>
    let entered: UnsafeMutablePointer<Double>
    /// On the way to the next step separation is lost.
    let losesVolume: UnsafeMutablePointer<Bool>
    let losesCylinder: UnsafeMutablePointer<Bool>
    /// Steps of each side that some recovery time may reach.
    var lower = 0
    var upper = 0

    init(capacity: Int) {
        left = .allocate(capacity: 2 * capacity)
        entered = left + capacity
        losesVolume = .allocate(capacity: 2 * capacity)
        losesCylinder = losesVolume + capacity
    }

    func deallocate() {
        left.deallocate()
        losesVolume.deallocate()
    }

    mutating func reset(_ steps: BandSteps) {
        left.update(repeating: -.infinity, count: steps.count)
        entered.update(repeating: .infinity, count: steps.count)
        losesVolume.update(repeating: false, count: steps.count)
        losesCylinder.update(repeating: false, count: steps.count)
        (lower, upper) = (steps.lower.last + 1, steps.upper.last + 1)
    }

    /// Takes in the windows of one intruder on one side. Returns how many steps are worth asking from now on: at a
    /// step that loses both, every recovery time ends.
    func merge(
        _ side: BandSteps.Side, _ count: Int, _ volume: UnsafeMutablePointer<BandWindow>?,
        _ cylinder: UnsafeMutablePointer<BandWindow>?
    ) -> Int {
        let lookahead = BandLimits.lookaheadSeconds
        for step in 0..<count {
            let place = side.first + step
            let now = side.time(step)
            let isEarly = side.stepSeconds > 0 && now < lookahead
            if let volume {
                let window = volume[place]
                if window.overlaps(now, lookahead) {
                    left[place] = max(left[place], min(window.exit, lookahead))
                }
                if isEarly, window.overlaps(now, now + side.stepSeconds) { losesVolume[place] = true }
            }
            if let cylinder {
                let window = cylinder[place]
                if window.overlaps(now, BandLimits.horizonSeconds) {
                    entered[place] = min(entered[place], max(window.entry, now))
                }
                if isEarly, window.overlaps(now, now + side.stepSeconds) { losesCylinder[place] = true }
            }
            if losesVolume[place], losesCylinder[place] { return step }
        }
        return count
    }

    /// Writes which steps of a side stand up to a recovery at `time`; returns how many, from the first on, may.
    func answer(
        _ mask: UnsafeMutablePointer<Bool>, _ side: BandSteps.Side, _ count: Int, at time: Double
    ) -> Int {
        var last = -1
        var step = 0
        while step < count {
            let place = side.first + step
            let now = side.time(step)
            if losesVolume[place] && now >= time || losesCylinder[place] && now <= time { break }
            let from = max(time, now)
            let meetsVolume = left[place] - from > 1e-13 + 4e-12 * from
            let meetsCylinder =
                now < time
                ? time - entered[place] > 1e-13 + 4e-12 * entered[place]
                : now == time && entered[place] <= now
            mask[place] = !meetsVolume && !meetsCylinder
            if mask[place] { last = step }
            step += 1
        }
        (mask + side.first + step).update(repeating: false, count: side.last + 1 - step)
        return last + 1
    }
}
