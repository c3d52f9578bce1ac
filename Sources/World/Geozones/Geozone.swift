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

    public struct Volume: Hashable, Sendable {
        public let outline: Outline
        public let lower: Limit
        public let upper: Limit
    }

    public enum Outline: Hashable, Sendable {
        case circle(center: Coordinate, radiusMeters: Double)
        case polygon(Ring)

        /// Whether a point lies inside; points on the border are inside a circle, either way for a polygon.
        public func contains(_ point: Coordinate) -> Bool {
            switch self {
            case .circle(let center, let radius): return distanceMeters(center, point) <= radius
            case .polygon(let ring): return ring.contains(point)
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
    }

    /// Hours of days of the week, UTC. When `endSecond` is not after `startSecond` they run past midnight.
    public struct Hours: Hashable, Sendable {
        /// 0 Monday ... 6 Sunday, on which they begin.
        public let weekdays: Set<Int>
        /// Seconds of the day, 0...86,400.
        public let startSecond: Int
        public let endSecond: Int

        public func contains(_ moment: Instant) -> Bool {
            let seconds =
                moment.nanoseconds / 1_000_000_000 - (moment.nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
            let day = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
            let second = Int(seconds - day * 86_400)
            // 1 January 1970 was a Thursday.
            func begins(_ day: Int64) -> Bool { weekdays.contains(Int(((day + 3) % 7 + 7) % 7)) }
            if startSecond < endSecond {
                return begins(day) && (startSecond..<endSecond).contains(second)
            }
            return begins(day) && second >= startSecond || begins(day - 1) && second < endSecond
        }
    }
}
