import Glibc
import Testing
import World

@testable import Dispatching

struct ForecastTests {
    static let hour: Int64 = 3_600_000
    /// A Monday, 00:00 at UTC+5.
    static let monday: Int64 = 1_788_721_200_000

    @Test func logarithmsAreThoseOfTheLibrary() {
        var random = SplitMix64(seed: 1)
        for k in 0..<20_000 {
            let time = Int64(random.next() >> (22 + UInt64(k % 42)))
            let exact = log2(Double(time + LogTime.offsetMilliseconds)) * 65536
            let found = LogTime.log(milliseconds: time)
            #expect(abs(Double(found) - exact) < 1.5, "\(time)")
            // Back within 1/65536 of a doubling, and a rounding.
            let back = LogTime.milliseconds(log: found)
            #expect(abs(back - time) <= 2 + (time + LogTime.offsetMilliseconds) / 40_000, "\(time) \(back)")
        }
        #expect(LogTime.milliseconds(log: .min) == 0)
        #expect(LogTime.milliseconds(log: .max) == DispatchLimits.latestMilliseconds)
        #expect(
            LogTime.log(milliseconds: .max) == LogTime.log(milliseconds: DispatchLimits.latestMilliseconds))
    }

    @Test func weeksBeginOnMonday() {
        let first = WeekHour(Self.monday, offset: 5 * Self.hour)
        #expect(first.index == 0 && first.fraction == 0)
        let before = WeekHour(Self.monday - 1, offset: 5 * Self.hour)
        #expect(before.index == 167 && before.week == first.week - 1 && before.fraction == 255)
        #expect(WeekHour(Self.monday + 24 * Self.hour, offset: 5 * Self.hour).day == first.day + 1)
        let early = WeekHour(0, offset: -24 * Self.hour)
        #expect((0..<168).contains(early.index) && (0..<256).contains(early.fraction))
    }

    /// The tally against sorting, within its step.
    @Test(arguments: 0..<20) func quantilesAreThoseOfTheSortedErrors(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var tally = ErrorTally()
        var errors: [Int64] = []
        for _ in 0..<1 + Int(random.next() % 600) {
            let error = Int64(random.next() % 3000) - 1500
            tally.add(error)
            errors.append(error)
            let permille = 1 + Int(random.next() % 999)
            let rank = ((errors.count + 1) * permille + 999) / 1000
            let found = tally.quantile(permille: permille)
            guard rank <= errors.count else {
                #expect(found == nil, "seed \(seed)")
                continue
            }
            let exact = errors.sorted()[rank - 1]
            let value = try #require(found)
            #expect(abs(value - exact) <= ErrorTally.step, "seed \(seed): \(value) \(exact)")
        }
    }

    /// Records of one key: an hour pattern, a level that wanders, noise.
    static func records(seed: UInt64, weeks: Int, noise: Double) -> [ForecastRecord] {
        var random = SplitMix64(seed: seed)
        var level = 0.0
        var records: [ForecastRecord] = []
        for hour in 0..<weeks * 168 {
            level = 0.9 * level + 0.1 * (random.unit() - 0.5) * 4
            for _ in 0..<6 {
                let start = monday + Int64(hour) * Self.hour + Int64(random.next() % UInt64(Self.hour))
                let minutes = 20.0 + 15 * Double(hour % 24 > 12 ? 24 - hour % 24 : hour % 24)
                let factor = 1 + 0.6 * level + noise * (random.unit() - 0.5)
                records.append(
                    ForecastRecord(
                        ForecastKey(.queue, 4), startMilliseconds: start,
                        durationMilliseconds: Int64(minutes * max(0.05, factor) * 60_000)))
            }
        }
        return records
    }

    @Test(arguments: [(1, 1), (2, 24), (3, 4), (4, 0)]) func isBetterThanThePlainOneAndHonest(
        seed: UInt64, lead: Int64
    ) {
        let records = Self.records(seed: seed, weeks: 8, noise: 0.6)
        let trial = ForecastTrial(
            records, heldOutFromMilliseconds: Self.monday + 4 * 168 * Self.hour,
            leadMilliseconds: lead * Self.hour)
        #expect(trial.learned.count > 3500 && trial.learned.unknown == 0)
        #expect(trial.learned.meanErrorMilliseconds < 0.9 * trial.plain.meanErrorMilliseconds, "seed \(seed)")
        #expect((0.86...0.94).contains(trial.learned.coverage), "\(trial.learned.coverage)")
    }

    /// What is not over when a forecast is asked for changes nothing in it.
    @Test(arguments: 0..<5) func theFutureIsNotUsed(seed: UInt64) {
        let records = Self.records(seed: seed, weeks: 3, noise: 0.5)
        let last = records.map(\.startMilliseconds).max() ?? 0
        func score(_ records: [ForecastRecord]) -> ForecastTrial.Score {
            ForecastTrial(records, heldOutFromMilliseconds: last, leadMilliseconds: Self.hour).learned
        }
        func changed(after time: Int64) -> [ForecastRecord] {
            records.map {
                var record = $0
                if record.end > time, record.startMilliseconds < last { record.durationMilliseconds *= 7 }
                return record
            }
        }
        #expect(score(records).count == 1)
        #expect(score(changed(after: last - Self.hour)) == score(records), "seed \(seed)")
        #expect(score(changed(after: last - 6 * Self.hour)) != score(records), "seed \(seed)")
    }

    @Test func quantilesGrowAndNothingIsPromisedTooEarly() {
        var forecast = Forecast()
        let key = ForecastKey(.service, 1)
        #expect(forecast.quantile(key, atMilliseconds: 0, nowMilliseconds: 0, permille: 500) == nil)
        let records = Self.records(seed: 5, weeks: 2, noise: 0.7)
        for (count, record) in records.enumerated() {
            let at = record.startMilliseconds
            forecast.observe(key, startMilliseconds: at, durationMilliseconds: record.durationMilliseconds)
            // Errors are known from the second record on: n of them promise no more than n/(n+1).
            if count < 19 {
                #expect(forecast.quantile(key, atMilliseconds: at, nowMilliseconds: at, permille: 950) == nil)
            }
            guard count > 30, count % 50 == 0 else { continue }
            let told = [50, 250, 500, 750, 950].compactMap {
                forecast.quantile(key, atMilliseconds: at + Self.hour, nowMilliseconds: at, permille: $0)
            }
            #expect(told.count == 5 && told == told.sorted())
        }
    }

    @Test func sameFactsSameForecast() {
        let records = Self.records(seed: 6, weeks: 2, noise: 0.7)
        var (a, b) = (Forecast(), Forecast())
        for record in records {
            a.learn(record)
            b.learn(record)
        }
        for permille in [50, 500, 900] {
            let at = Self.monday + 15 * 24 * Self.hour
            #expect(
                a.quantile(
                    ForecastKey(.queue, 4), atMilliseconds: at, nowMilliseconds: at, permille: permille)
                    == b.quantile(
                        ForecastKey(.queue, 4), atMilliseconds: at, nowMilliseconds: at, permille: permille))
        }
    }

    @Test func absurdFactsAreLeftOutNotTrapped() {
        let values: [Int64] = [.min, -1, 0, 1, 86_400_000, DispatchLimits.latestMilliseconds, .max]
        var random = SplitMix64(seed: 8)
        var (forecast, plain) = (Forecast(offsetMilliseconds: .max), PlainForecast(offsetMilliseconds: .min))
        for _ in 0..<20_000 {
            let key = ForecastKey(.travel, random.next() % 3)
            let (a, b) = (values[Int(random.next() % 7)], values[Int(random.next() % 7)])
            forecast.observe(key, startMilliseconds: a, durationMilliseconds: b)
            plain.observe(key, startMilliseconds: a, durationMilliseconds: b)
            let permille = Int(random.next() % 1100) - 50
            if let value = forecast.quantile(key, atMilliseconds: a, nowMilliseconds: b, permille: permille) {
                #expect(ForecastLimits.time.contains(value))
            }
            if let value = plain.quantile(key, atMilliseconds: a, permille: permille) {
                #expect(ForecastLimits.time.contains(value))
            }
        }
        #expect(forecast.leftOut > 1000)
        var crowded = Forecast()
        for key in 0..<ForecastLimits.keys + 5 {
            crowded.observe(ForecastKey(.other, UInt64(key)), startMilliseconds: 5, durationMilliseconds: 5)
        }
        #expect(crowded.leftOut == 5)
    }
}

extension ForecastRecord {
    fileprivate var end: Int64 { startMilliseconds + durationMilliseconds }
}
extension Forecast {
    fileprivate mutating func learn(_ record: ForecastRecord) {
        observe(
            record.key, startMilliseconds: record.startMilliseconds,
            durationMilliseconds: record.durationMilliseconds)
    }
}
