/// The plain forecast everything else must beat: the mean of the same hour last week, else of the last week that had one,
/// else of everything; its band by its own past errors.
public struct PlainForecast: Sendable {
    private struct Hour {
        var week: Int64 = .min
        var sum: Int64 = 0
        var count: Int64 = 0
        /// Of the week before `week` that had any.
        var before: Int64 = -1
    }
    private struct Series {
        var hours: [Hour] = Array(repeating: Hour(), count: WeekHour.hours)
        var sum: Int64 = 0
        var count: Int64 = 0
        var errors = ErrorTally()
    }
    public let offsetMilliseconds: Int64
    private var indices: [ForecastKey: Int] = [:]
    private var series: [Series] = []

    /// `offset`: from UTC to the time of the places.
    public init(offsetMilliseconds: Int64 = 5 * 3_600_000) {
        self.offsetMilliseconds = max(-86_400_000, min(offsetMilliseconds, 86_400_000))
    }

    public mutating func observe(_ key: ForecastKey, startMilliseconds: Int64, durationMilliseconds: Int64) {
        guard ForecastLimits.time.contains(startMilliseconds), durationMilliseconds >= 0 else { return }
        let duration = min(durationMilliseconds, ForecastLimits.durationMilliseconds)
        let index = indices[key] ?? series.count
        if index == series.count {
            guard index < ForecastLimits.keys else { return }
            series.append(Series())
            indices[key] = index
        }
        let at = WeekHour(startMilliseconds, offset: offsetMilliseconds)
        if let point = point(series[index], at) {
            let error = LogTime.log(milliseconds: duration) - LogTime.log(milliseconds: point)
            series[index].errors.add(error * 256 / LogTime.one)
        }
        if at.week > series[index].hours[at.index].week {
            let hour = series[index].hours[at.index]
            series[index].hours[at.index] = Hour(
                week: at.week, before: hour.count > 0 ? hour.sum / hour.count : hour.before)
        }
        if at.week == series[index].hours[at.index].week {
            series[index].hours[at.index].sum += duration
            series[index].hours[at.index].count += 1
        }
        series[index].sum += duration
        series[index].count += 1
    }

    private func point(_ series: Series, _ at: WeekHour) -> Int64? {
        let hour = series.hours[at.index]
        if hour.week < at.week, hour.count > 0 { return hour.sum / hour.count }
        if hour.before >= 0 { return hour.before }
        return series.count > 0 ? series.sum / series.count : nil
    }

    /// The duration that one starting at `at` does not exceed with a probability of `permille`/1000; 500 is the mean of the
    /// hour itself. Nil: not known.
    public func quantile(_ key: ForecastKey, atMilliseconds at: Int64, permille: Int) -> Int64? {
        guard let index = indices[key], ForecastLimits.time.contains(at),
            let point = point(series[index], WeekHour(at, offset: offsetMilliseconds))
        else { return nil }
        if permille == 500 { return point }
        guard let error = series[index].errors.quantile(permille: permille) else { return nil }
        return LogTime.milliseconds(log: LogTime.log(milliseconds: point) + error * LogTime.one / 256)
    }
}
