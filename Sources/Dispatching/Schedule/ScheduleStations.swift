/// What ways take and stations give; the checker has its own.
extension EnergyModel {
    /// For one leg, rounded up. The load counts in kilograms of a thousand units.
    func spent(_ millimeters: Int64, grams: Int64) -> Int128 {
        guard millimeters > 0 else { return 0 }
        let load = Int128(max(grams, 0))
        let rate = Int128(joulesPerKilometer) * 1000 + Int128(joulesPerKilometerKilogram) * load
        let way = (Int128(millimeters) * rate + 999_999_999) / 1_000_000_000
        return way + Int128(joulesPerLeg) + (Int128(joulesPerLegKilogram) * load + 999) / 1000
    }
}

extension EnergyStation {
    var isUsable: Bool { swapMilliseconds != nil || watts > 0 }

    private func knee(_ capacity: Int64) -> Int64 {
        min(held(Int128(capacity) * Int128(kneeShare) / 256), capacity)
    }

    /// The most it gives.
    func fullest(_ joules: Int64, _ capacity: Int64) -> Int64 {
        swapMilliseconds != nil || slowWatts > 0 ? max(joules, capacity) : max(joules, knee(capacity))
    }

    /// The least time after which a vehicle that comes with `joules` has at least `target`; nil: never.
    func milliseconds(from joules: Int64, to target: Int64, _ capacity: Int64) -> Int64? {
        if joules >= target { return 0 }
        guard target <= capacity else { return nil }
        let swap = swapMilliseconds ?? .max
        let knee = knee(capacity)
        guard watts > 0, target <= knee || slowWatts > 0 else { return swap == .max ? nil : swap }
        func time(_ joules: Int64, _ watts: Int64) -> Int128 {
            (Int128(max(joules, 0)) * 1000 + Int128(watts) - 1) / Int128(watts)
        }
        let fast = time(min(target, knee) - joules, watts)
        let slow = target > knee ? time(target - max(joules, knee), slowWatts) : 0
        return min(held(fast + slow), swap)
    }

    /// What a vehicle has that came with `joules` and stayed so long.
    func charged(_ joules: Int64, _ capacity: Int64, after milliseconds: Int64) -> Int64 {
        if let swapMilliseconds, milliseconds >= swapMilliseconds { return max(joules, capacity) }
        guard watts > 0 else { return joules }
        // A watt gives a thousandth of a joule in a millisecond.
        let knee = Int128(knee(capacity)) * 1000
        var now = Int128(joules) * 1000
        var time = Int128(milliseconds)
        if now < knee {
            let fast = min(time, (knee - now + Int128(watts) - 1) / Int128(watts))
            now = min(now + fast * Int128(watts), knee)
            time -= fast
        }
        if now >= knee { now = max(now, min(now + time * Int128(slowWatts), Int128(capacity) * 1000)) }
        return held(now / 1000)
    }
}
