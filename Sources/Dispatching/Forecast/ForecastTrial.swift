/// One fact to learn from or to be tried on.
public struct ForecastRecord: Hashable, Sendable {
    public var key: ForecastKey
    public var startMilliseconds: Int64
    public var durationMilliseconds: Int64
    public init(_ key: ForecastKey, startMilliseconds: Int64, durationMilliseconds: Int64) {
        self.key = key
        self.startMilliseconds = startMilliseconds
        self.durationMilliseconds = durationMilliseconds
    }
}

/// Tries a forecast and the plain one on the same records: each record of the days held out is forecast `lead` before it
/// starts, from what was over by then, and only then told.
public struct ForecastTrial: Sendable {
    public struct Score: Hashable, Sendable, Codable {
        /// Forecasts made, and records for which too little was known.
        public var count = 0
        public var unknown = 0
        /// Absolute error of the forecast of 500 permille: its mean and its median, in milliseconds.
        public var meanErrorMilliseconds = 0.0
        public var medianErrorMilliseconds: Int64 = 0
        /// Share of records within the band of 50 to 950 permille, and the band's mean width.
        public var coverage = 0.0
        public var widthMilliseconds = 0.0
    }
    public private(set) var learned = Score()
    public private(set) var plain = Score()

    /// `records` in any order. O(n log n).
    public init(
        _ records: [ForecastRecord], heldOutFromMilliseconds from: Int64, leadMilliseconds lead: Int64,
        offsetMilliseconds: Int64 = 5 * 3_600_000
    ) {
        let sound = records.filter {
            ForecastLimits.time.contains($0.startMilliseconds)
                && (0...ForecastLimits.durationMilliseconds).contains($0.durationMilliseconds)
        }
        // What is over is told before what is asked at the same time.
        struct Event {
            var time: Int64
            var isQuestion: Bool
            var index: Int
        }
        var events: [Event] = []
        for (index, record) in sound.enumerated() {
            events.append(
                Event(
                    time: record.startMilliseconds + record.durationMilliseconds, isQuestion: false,
                    index: index))
            if record.startMilliseconds >= from {
                events.append(Event(time: record.startMilliseconds - lead, isQuestion: true, index: index))
            }
        }
        events.sort {
            ($0.time, $0.isQuestion ? 1 : 0, $0.index) < ($1.time, $1.isQuestion ? 1 : 0, $1.index)
        }
        var (model, base) = (
            Forecast(offsetMilliseconds: offsetMilliseconds),
            PlainForecast(offsetMilliseconds: offsetMilliseconds)
        )
        var (ours, theirs) = (Errors(), Errors())
        for event in events {
            let record = sound[event.index]
            guard event.isQuestion else {
                model.observe(
                    record.key, startMilliseconds: record.startMilliseconds,
                    durationMilliseconds: record.durationMilliseconds)
                base.observe(
                    record.key, startMilliseconds: record.startMilliseconds,
                    durationMilliseconds: record.durationMilliseconds)
                continue
            }
            let start = record.startMilliseconds
            ours.add(record.durationMilliseconds) {
                model.quantile(record.key, atMilliseconds: start, nowMilliseconds: event.time, permille: $0)
            }
            theirs.add(record.durationMilliseconds) {
                base.quantile(record.key, atMilliseconds: start, permille: $0)
            }
        }
        (learned, plain) = (ours.score(), theirs.score())
    }

    private struct Errors {
        var errors: [Int64] = []
        var unknown = 0
        var within = 0
        var width = 0.0

        mutating func add(_ duration: Int64, _ quantile: (Int) -> Int64?) {
            guard let middle = quantile(500), let low = quantile(50), let high = quantile(950) else {
                unknown += 1
                return
            }
            errors.append(abs(duration - middle))
            if low <= duration, duration <= high { within += 1 }
            width += Double(high - low)
        }
        func score() -> Score {
            let count = Double(max(errors.count, 1))
            return Score(
                count: errors.count, unknown: unknown,
                meanErrorMilliseconds: errors.reduce(0) { $0 + Double($1) } / count,
                medianErrorMilliseconds: errors.isEmpty ? 0 : errors.sorted()[errors.count / 2],
                coverage: Double(within) / count, widthMilliseconds: width / count)
        }
    }
}
