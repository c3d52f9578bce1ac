import Dispatching
import World

/// Seeded days of a border post and a road, after the anchors of the border queue: 925 lorries a day and direction, two
/// peaks, 6 or 7 lanes, green 78.5%, yellow 20.1%, red 1.4%; weekdays differ, some days a lane or the neighbour stops.
/// Makes up what the forecast must learn; knows nothing of how it learns.
struct ForecastWorld {
    static let hour: Int64 = 3_600_000
    /// A Monday, 00:00 at UTC+5.
    static let start: Int64 = 1_788_721_200_000
    let weeks: Int
    private var random: SplitMix64

    init(weeks: Int, seed: UInt64) {
        self.weeks = weeks
        random = SplitMix64(seed: seed)
    }

    /// Exponential with mean 1, by von Neumann's comparisons: no logarithm, the same on every machine.
    private mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = random.unit()
            var (last, count) = (first, 1)
            while true {
                let next = random.unit()
                if next > last { break }
                (last, count) = (next, count + 1)
            }
            if count % 2 == 1 { return whole + first }
            whole += 1
        }
    }

    /// Waits at the post: `lanes` lanes, `perDay` lorries.
    mutating func queue(_ key: ForecastKey, service: ForecastKey, lanes: Int, perDay: Double)
        -> [ForecastRecord]
    {
        let sum = Double(SlotWorld.pattern.reduce(0, +))
        let weekday = [1.12, 1.06, 1.02, 1.0, 1.04, 0.92, 0.84]
        var records: [ForecastRecord] = []
        var free = Array(repeating: Self.start, count: lanes)
        for day in 0..<weeks * 7 {
            // The season drifts, the day has its own weather.
            let size =
                perDay * weekday[day % 7] * (1 + 0.08 * Double((day / 7) % 6 - 3) / 3)
                * (0.93 + 0.14 * random.unit())
            let from = Self.start + Int64(day) * 24 * Self.hour
            // Incidents: one day in twelve the neighbour stops for 1 to 4 hours, one in eight a lane fails for 3 to 9.
            if random.unit() < 1.0 / 12 {
                let stop = from + Int64((6 + 12 * random.unit()) * Double(Self.hour))
                let end = stop + Int64((1 + 3 * random.unit()) * Double(Self.hour))
                stops.append((stop, end))
            }
            var broken: (lane: Int, from: Int64, to: Int64)?
            if random.unit() < 1.0 / 8 {
                let stop = from + Int64((4 + 12 * random.unit()) * Double(Self.hour))
                broken = (0, stop, stop + Int64((3 + 6 * random.unit()) * Double(Self.hour)))
            }
            for hour in 0..<24 {
                let rate = size * Double(SlotWorld.pattern[hour]) / sum
                var at = exponential() / rate
                while at < 1 {
                    let arrival = from + Int64(hour) * Self.hour + Int64(at * Double(Self.hour))
                    var lane = free.indices.min { (free[$0], $0) < (free[$1], $1) } ?? 0
                    if let broken, lane == broken.lane, max(arrival, free[lane]) >= broken.from,
                        free[lane] < broken.to
                    {
                        free[lane] = broken.to
                        lane = free.indices.min { (free[$0], $0) < (free[$1], $1) } ?? 0
                    }
                    var begin = max(arrival, free[lane])
                    for stop in stops where begin >= stop.from && begin < stop.to { begin = stop.to }
                    let minutes = 3.5 + 4.2 * exponential()
                    free[lane] = begin + Int64(minutes * 60_000)
                    records.append(
                        ForecastRecord(key, startMilliseconds: arrival, durationMilliseconds: begin - arrival)
                    )
                    // Customs beside the lane: green is done at once, yellow takes up to 4 hours, red longer.
                    let channel = random.unit()
                    let desk =
                        channel < 0.785
                        ? 6 + 5 * exponential()
                        : channel < 0.986 ? 30 + min(210, 60 * exponential()) : 240 + 120 * exponential()
                    let busy = 1 + 0.25 * Double(SlotWorld.pattern[hour]) / 12
                    records.append(
                        ForecastRecord(
                            service, startMilliseconds: free[lane],
                            durationMilliseconds: Int64(desk * busy * 60_000)))
                    at += exponential() / rate
                }
            }
            stops.removeAll { $0.to < from }
        }
        return records
    }
    private var stops: [(from: Int64, to: Int64)] = []

    /// Travel over an edge of `minutes`: slower by day, weather that comes and goes in hours.
    mutating func travel(_ key: ForecastKey, minutes: Double, perDay: Int) -> [ForecastRecord] {
        var weather = 0.0
        var records: [ForecastRecord] = []
        for hour in 0..<weeks * 168 {
            weather = 0.94 * weather + 0.06 * (exponential() - 1)
            if random.unit() < 1.0 / 400 { weather += 0.5 }
            let traffic = 1 + 0.15 * Double(SlotWorld.pattern[hour % 24]) / 12
            for _ in 0..<max(1, perDay / 24) {
                let at = Self.start + Int64(hour) * Self.hour + Int64(random.unit() * Double(Self.hour))
                let factor = traffic * (1 + max(weather, -0.2)) * (0.97 + 0.06 * exponential())
                records.append(
                    ForecastRecord(
                        key, startMilliseconds: at, durationMilliseconds: Int64(minutes * factor * 60_000)))
            }
        }
        return records
    }
}
