/// A UAS geographical zone: where, how high and when something is asked of flights.
public struct Geozone: Hashable, Sendable {
    public enum Restriction: String, Sendable, CaseIterable {
        case prohibited, requiresAuthorisation, conditional, noRestriction
    }

    /// 1 to 7 characters, unique in a file.
    public let identifier: String
    public let name: String
    /// Three letters.
    public let country: String
    public let restriction: Restriction
    /// U-space airspace, where services must be used.
    public let isUSpace: Bool
    /// When it applies; empty means always.
    public let applicability: [Period]
    /// At least one.
    public let volumes: [Volume]

    /// Whether it applies at a moment.
    public func applies(at moment: Instant) -> Bool {
        applicability.isEmpty || applicability.contains { $0.contains(moment) }
    }

    /// Whether it applies at any moment of a span, both ends included.
    public func applies(from start: Instant, to end: Instant) -> Bool {
        // Moments beyond are as the last one: nobody plans for 2255.
        let (start, end) = (start.later(bySeconds: 0), end.later(bySeconds: 0))
        guard start <= end else { return false }
        return applicability.isEmpty
            || applicability.contains { period in
                guard let span = period.overlap(start, end) else { return false }
                // A week has all hours there are.
                let week = span.lowerBound.later(bySeconds: 8 * Hours.secondsOfDay)
                return period.schedule.isEmpty
                    || !period.windows(from: span.lowerBound, to: min(span.upperBound, week)).isEmpty
            }
    }

    /// When it applies within a span of at most 366 days, both ends included, ascending and apart; nil for a longer one.
    public func windows(from start: Instant, to end: Instant) -> [ClosedRange<Instant>]? {
        let (start, end) = (start.later(bySeconds: 0), end.later(bySeconds: 0))
        guard start <= end, end <= start.later(bySeconds: 366 * Hours.secondsOfDay) else { return nil }
        guard !applicability.isEmpty else { return [start...end] }
        let all = applicability.flatMap { $0.windows(from: start, to: end) }
        var merged: [ClosedRange<Instant>] = []
        for window in all.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            // Hours end a nanosecond before the next may begin.
            if let last = merged.last, window.lowerBound.nanoseconds <= last.upperBound.nanoseconds &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, window.upperBound)
            } else {
                merged.append(window)
            }
        }
        return merged
    }

    public struct Volume: Hashable, Sendable {
        public let outline: Outline
        public let lower: Limit
        public let upper: Limit
    }

    public enum Outline: Hashable, Sendable {
        case circle(center: Coordinate, radiusMeters: Double)
        case polygon(Ring, holes: [Ring])

        /// Whether a point lies inside; points on the border are inside a circle, either way for a polygon.
        public func contains(_ point: Coordinate) -> Bool {
            switch self {
            case .circle(let center, let radius): return distanceMeters(center, point) <= radius
            case .polygon(let ring, let holes):
                return ring.contains(point) && !holes.contains { $0.contains(point) }
            }
        }
    }

    /// A height with the datum it is measured from. Limits of two datums cannot be compared.
    public enum Limit: Hashable, Sendable {
        case aboveGround(Altitude<AboveGround>)
        case meanSeaLevel(Altitude<MeanSeaLevel>)
        case ellipsoid(Altitude<Ellipsoid>)

        /// `reference` AGL, AMSL or WGS84; -1,000 to 100,000 m.
        init?(meters: Double, reference: String) {
            guard (-1000...100_000).contains(meters) else { return nil }
            switch reference {
            case "AGL": self = .aboveGround(Altitude(meters: meters))
            case "AMSL": self = .meanSeaLevel(Altitude(meters: meters))
            case "WGS84": self = .ellipsoid(Altitude(meters: meters))
            default: return nil
            }
        }

        /// Nil when the datums differ.
        func isBelow(_ other: Limit) -> Bool? {
            switch (self, other) {
            case (.aboveGround(let a), .aboveGround(let b)): return a < b
            case (.meanSeaLevel(let a), .meanSeaLevel(let b)): return a < b
            case (.ellipsoid(let a), .ellipsoid(let b)): return a < b
            default: return nil
            }
        }
    }

    /// A span of time, within it only at the scheduled hours when there are any.
    public struct Period: Hashable, Sendable {
        /// Nil is open.
        public let start: Instant?
        public let end: Instant?
        public let schedule: [Hours]

        public func contains(_ moment: Instant) -> Bool {
            if let start, moment < start { return false }
            if let end, moment > end { return false }
            return schedule.isEmpty || schedule.contains { $0.contains(moment) }
        }

        func overlap(_ from: Instant, _ to: Instant) -> ClosedRange<Instant>? {
            let low = max(from, start ?? from)
            let high = min(to, end ?? to)
            return low <= high ? low...high : nil
        }

        /// Its scheduled hours within a span, in no order.
        func windows(from: Instant, to: Instant) -> [ClosedRange<Instant>] {
            guard let span = overlap(from, to) else { return [] }
            return schedule.isEmpty ? [span] : schedule.flatMap { $0.windows(in: span) }
        }
    }

    /// Hours of days of the week, UTC. When `endSecond` is not after `startSecond` they run past midnight.
    public struct Hours: Hashable, Sendable {
        /// 0 Monday ... 6 Sunday, on which they begin.
        public let weekdays: Set<Int>
        /// Seconds of the day, 0...86,400.
        public let startSecond: Int
        public let endSecond: Int

        static let secondsOfDay: Int64 = 86_400

        public func contains(_ moment: Instant) -> Bool {
            let (day, second) = Self.day(of: moment)
            if startSecond < endSecond {
                return begins(on: day) && (startSecond..<endSecond).contains(second)
            }
            return begins(on: day) && second >= startSecond || begins(on: day - 1) && second < endSecond
        }

        /// Those of a span, each with the one moment before its end as its last.
        func windows(in span: ClosedRange<Instant>) -> [ClosedRange<Instant>] {
            var found: [ClosedRange<Instant>] = []
            // Hours that began yesterday may last.
            for day in Self.day(of: span.lowerBound).day - 1...Self.day(of: span.upperBound).day
            where begins(on: day) {
                let midnight = Instant(nanoseconds: 0).later(bySeconds: day * Self.secondsOfDay)
                let long = startSecond < endSecond ? endSecond : Int(Self.secondsOfDay) + endSecond
                let first = max(midnight.later(bySeconds: Int64(startSecond)), span.lowerBound)
                let end = midnight.later(bySeconds: Int64(long)).nanoseconds - 1
                let last = min(Instant(nanoseconds: end), span.upperBound)
                if first <= last { found.append(first...last) }
            }
            return found
        }

        private static func day(of moment: Instant) -> (day: Int64, second: Int) {
            let seconds =
                moment.nanoseconds / 1_000_000_000 - (moment.nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
            let day = seconds / secondsOfDay - (seconds % secondsOfDay < 0 ? 1 : 0)
            return (day, Int(seconds - day * secondsOfDay))
        }

        /// 1 January 1970 was a Thursday.
        private func begins(on day: Int64) -> Bool { weekdays.contains(Int(((day + 3) % 7 + 7) % 7)) }
    }
}

extension Instant {
    /// Never beyond 9e18 ns, in the year 2255, nor before that long before 1970.
    fileprivate func later(bySeconds seconds: Int64) -> Instant {
        let limit: Int64 = 9_000_000_000_000_000_000
        let (step, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, tooLate) = nanoseconds.addingReportingOverflow(step)
        if tooLong || tooLate { return Instant(nanoseconds: seconds > 0 ? limit : -limit) }
        return Instant(nanoseconds: sum.clamped(to: -limit...limit))
    }
}
