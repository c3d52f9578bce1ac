/// Forecasts of travel, queue and service times, learned from the ledger's facts.
///
/// For each key: the usual value of each hour of the week (the mean of hours, drawn towards the same hour of other days
/// while weeks are few), plus how far things are from usual at the moment, as much as that has told before at this lead.
/// All in logarithms. The band around it is made of the forecast's own past errors at that lead, in units of the hour's
/// usual error (conformal prediction), so that it says what it holds. What a forecast is scored with is what was known when
/// it would have been asked for.
///
/// Deterministic integers; a bounded memory per key; `observe` and `quantile` take constant time.
public struct Forecast: Sendable {
    public let offsetMilliseconds: Int64
    private var indices: [ForecastKey: Int] = [:]
    private var series: [ForecastSeries] = []
    /// Facts left out: no time, no duration, or one key too many.
    public private(set) var leftOut = 0

    /// `offset`: from UTC to the time of the places.
    public init(offsetMilliseconds: Int64 = 5 * 3_600_000) {
        self.offsetMilliseconds = max(-86_400_000, min(offsetMilliseconds, 86_400_000))
    }

    /// A fact, told when it is over. Facts come in the order of their ends; one that comes later counts all the same.
    public mutating func observe(_ key: ForecastKey, startMilliseconds: Int64, durationMilliseconds: Int64) {
        guard ForecastLimits.time.contains(startMilliseconds), durationMilliseconds >= 0 else {
            leftOut += 1
            return
        }
        let index = indices[key] ?? series.count
        if index == series.count {
            guard index < ForecastLimits.keys else {
                leftOut += 1
                return
            }
            series.append(ForecastSeries(offset: offsetMilliseconds))
            indices[key] = index
        }
        let duration = min(durationMilliseconds, ForecastLimits.durationMilliseconds)
        series[index].observe(startMilliseconds, duration)
    }

    /// The duration that one starting at `at` does not exceed with a probability of `permille`/1000, as known at `now`.
    /// Nil: too little is known to promise it.
    public func quantile(
        _ key: ForecastKey, atMilliseconds at: Int64, nowMilliseconds now: Int64, permille: Int
    ) -> Int64? {
        guard let index = indices[key], ForecastLimits.time.contains(at), (1...999).contains(permille) else {
            return nil
        }
        return series[index].quantile(at, now: max(0, min(now, at)), permille: permille)
    }
}

/// What is learned about one key.
struct ForecastSeries {
    /// A mean that is fed a week (a day) at a time: an hour full of records is one piece of news, not a hundred.
    struct Usual {
        var period: Int64 = .min
        var sum: Int64 = 0
        var count: Int64 = 0
        var mean: Int64 = 0
        var periods: Int64 = 0

        /// Folds in the period that is over. What is far out (a closed post) counts as two doublings at most.
        mutating func add(_ value: Int64, _ now: Int64, memory: Int64) {
            if now > period {
                if count > 0 { fold(memory) }
                period = now
                sum = 0
                count = 0
            }
            // Late news of a period that is over comes into the one that runs: rare, and better than lost.
            sum += value
            count += 1
        }
        private mutating func fold(_ memory: Int64) {
            let news = sum / count - mean
            let bound = periods < 2 ? Int64.max : 2 * LogTime.one
            mean += max(-bound, min(news, bound)) / min(periods + 1, memory)
            periods += 1
        }
    }

    /// Forecasts are asked for so far ahead at most; the last is for everything beyond.
    static let leads: [Int64] = [900_000, 3_600_000, 4 * 3_600_000, .max]
    private static let bucket: Int64 = 300_000
    private static let buckets = 192
    /// Days of other weekdays that weigh as much as a week of the hour's own.
    private static let shrinkage: Int64 = 2

    private let offset: Int64
    private var week: [Usual] = Array(repeating: Usual(), count: WeekHour.hours)
    private var day: [Usual] = Array(repeating: Usual(), count: 24)
    private var all = Usual()
    /// How far from usual, as known at the end of each five minutes: a ring.
    private var levels: [Int64] = Array(repeating: 0, count: buckets)
    private var newest: Int64 = -1
    private var level: Int64 = 0
    /// What the level has told at each lead: sums of error times level, and level squared.
    private var told: [Int64] = Array(repeating: 0, count: leads.count)
    private var power: [Int64] = Array(repeating: 0, count: leads.count)
    /// Usual size of the error, by lead and hour of the day: of days that are over, as when a forecast is asked for. With
    /// the errors of the same hour in it, the band would look better than it is.
    private var spreads: [Usual] = Array(repeating: Usual(), count: leads.count * 24)
    private var errors: [ErrorTally] = Array(repeating: ErrorTally(), count: leads.count)

    init(offset: Int64) { self.offset = offset }

    /// The usual logarithm at a time, between the middles of two hours.
    private func usual(_ at: WeekHour) -> Int64 {
        let (first, weight) =
            at.fraction < 128
            ? ((at.index + WeekHour.hours - 1) % WeekHour.hours, at.fraction + 128)
            : (at.index, at.fraction - 128)
        let (a, b) = (usual(hour: first), usual(hour: (first + 1) % WeekHour.hours))
        return a + (b - a) * weight / 256
    }
    private func usual(hour: Int) -> Int64 {
        let (own, daily) = (week[hour], day[hour % 24])
        let common = daily.periods > 0 ? daily.mean : all.count > 0 ? all.sum / all.count : 0
        return (own.mean * own.periods + common * Self.shrinkage) / (own.periods + Self.shrinkage)
    }

    /// The level as it was known at a time: that of the last five minutes that were over. 0: nothing known.
    private func level(knownAt now: Int64) -> Int64 {
        let wanted = min(now / Self.bucket - 1, newest)
        return wanted >= 0 && wanted > newest - Int64(Self.buckets)
            ? levels[Int(wanted % Int64(Self.buckets))] : 0
    }

    /// The share of the level that has come true at a lead.
    private func weighted(_ level: Int64, _ lead: Int) -> Int64 {
        guard power[lead] > 0, told[lead] > 0 else { return 0 }
        return level * min(told[lead] / (power[lead] / 256 + 1), 256) / 256
    }

    private func center(_ at: WeekHour, lead: Int, now: Int64) -> Int64 {
        let usual = usual(at)
        return lead == Self.leads.count - 1 ? usual : usual + weighted(level(knownAt: now), lead)
    }

    mutating func observe(_ start: Int64, _ duration: Int64) {
        let at = WeekHour(start, offset: offset)
        let value = LogTime.log(milliseconds: duration)
        let usual = usual(at)
        if all.count > 0 {
            for lead in Self.leads.indices { score(value, usual, at, start, lead) }
            // One record is 1/4 of the level.
            level += (value - usual - level) / 4
        }
        keepLevel(start + duration)
        week[at.index].add(value, at.week, memory: 8)
        day[at.index % 24].add(value, at.day, memory: 28)
        all.sum += value
        all.count += 1
        if all.count >= 1 << 20 {
            all.sum /= 2
            all.count /= 2
        }
    }

    /// Compares with what would have been forecast, then learns from it.
    private mutating func score(_ value: Int64, _ usual: Int64, _ at: WeekHour, _ start: Int64, _ lead: Int) {
        let isFar = lead == Self.leads.count - 1
        let known = isFar ? 0 : level(knownAt: start - Self.leads[lead])
        let error = value - usual - weighted(known, lead)
        errors[lead].add(error * 256 / spread(lead, at))
        spreads[lead * 24 + at.index % 24].add(abs(error), at.day, memory: 21)
        // Fading, so that sums stay small: about the last eight thousand records.
        told[lead] += (value - usual) * known - told[lead] / 8192
        power[lead] += known * known - power[lead] / 8192
    }

    private func spread(_ lead: Int, _ at: WeekHour) -> Int64 {
        let known = spreads[lead * 24 + at.index % 24]
        return known.periods > 0 ? max(LogTime.one / 64, known.mean) : LogTime.one / 2
    }

    private mutating func keepLevel(_ end: Int64) {
        let bucket = end / Self.bucket
        if newest < 0 || bucket - newest >= Int64(Self.buckets) { newest = bucket - 1 }
        while newest < bucket {
            newest += 1
            let before = newest > 0 ? levels[Int((newest - 1) % Int64(Self.buckets))] : 0
            levels[Int(newest % Int64(Self.buckets))] = before
        }
        levels[Int(newest % Int64(Self.buckets))] = level
    }

    func quantile(_ time: Int64, now: Int64, permille: Int) -> Int64? {
        let ahead = time - now
        guard let lead = Self.leads.firstIndex(where: { ahead <= $0 }),
            let error = errors[lead].quantile(permille: permille)
        else { return nil }
        let at = WeekHour(time, offset: offset)
        let center = center(at, lead: lead, now: now)
        return LogTime.milliseconds(log: center + error * spread(lead, at) / 256)
    }
}
