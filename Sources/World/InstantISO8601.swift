extension Instant: CustomStringConvertible {
    /// `2026-03-01T08:00:00Z`, with milliseconds or nanoseconds only when there are any.
    public var description: String {
        let (seconds, nanos) = Self.flooredDivision(nanoseconds, 1_000_000_000)
        let (days, secondOfDay) = Self.flooredDivision(seconds, 86_400)
        let (year, month, day) = Self.civil(daysSince1970: days)
        var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
        text += "\(Self.padded(secondOfDay / 3600, 2)):\(Self.padded(secondOfDay / 60 % 60, 2))"
        text += ":\(Self.padded(secondOfDay % 60, 2))"
        if nanos % 1_000_000 != 0 {
            text += ".\(Self.padded(nanos, 9))"
        } else if nanos != 0 {
            text += ".\(Self.padded(nanos / 1_000_000, 3))"
        }
        return text + "Z"
    }

    /// Parses `2026-03-01`, `2026-03-01T08:00Z`, `2026-03-01T08:00:00.25Z` and offsets such as `+05:00` in place of
    /// `Z`. A date alone is midnight UTC; a time must say its offset. Nil for anything else, for impossible dates and
    /// for moments outside 1677 ... 2262.
    public init?(iso8601 text: String) {
        var reader = Reader(bytes: Array(text.utf8.prefix(64)))
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), (1...12).contains(month),
            (1...Self.daysIn(month: month, year: year)).contains(day)
        else { return nil }
        var seconds = Self.days(year: year, month: month, day: day) * 86_400
        var nanos: Int64 = 0
        if !reader.isAtEnd {
            guard reader.take("T"), let hour = reader.digits(2), hour < 24, reader.take(":"),
                let minute = reader.digits(2), minute < 60
            else { return nil }
            seconds += hour * 3600 + minute * 60
            if reader.take(":") {
                guard let second = reader.digits(2), second < 60 else { return nil }
                seconds += second
                if reader.take(".") {
                    guard let fraction = reader.fraction() else { return nil }
                    nanos = fraction
                }
            }
            guard let offset = reader.offset(), reader.isAtEnd else { return nil }
            seconds -= offset
        }
        let (scaled, overflow1) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (total, overflow2) = scaled.addingReportingOverflow(nanos)
        guard !overflow1, !overflow2 else { return nil }
        self.init(nanoseconds: total)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func flooredDivision(_ a: Int64, _ b: Int64) -> (quotient: Int64, remainder: Int64) {
        let (q, r) = a.quotientAndRemainder(dividingBy: b)
        return r < 0 ? (q - 1, r + b) : (q, r)
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Proleptic Gregorian days since 1970-01-01. A year is taken to begin in March, so that the leap day is its last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let monthsSinceMarch = (month + 9) % 12
        let (century400, yearOf400) = flooredDivision(y, 400)
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        return century400 * 146_097 + yearOf400 * 365 + yearOf400 / 4 - yearOf400 / 100 + dayOfYear - 719_468
    }

    private static func civil(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // The guess is off by at most a year either way; the exact inverse above decides.
        var year = 1970 + flooredDivision(daysSince1970 * 400, 146_097).quotient
        while days(year: year, month: 1, day: 1) > daysSince1970 { year -= 1 }
        while days(year: year + 1, month: 1, day: 1) <= daysSince1970 { year += 1 }
        var rest = daysSince1970 - days(year: year, month: 1, day: 1)
        var month: Int64 = 1
        while rest >= daysIn(month: month, year: year) {
            rest -= daysIn(month: month, year: year)
            month += 1
        }
        return (year, month, rest + 1)
    }

    private struct Reader {
        let bytes: [UInt8]
        var next = 0
        var isAtEnd: Bool { next == bytes.count }

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard next < bytes.count, UInt32(bytes[next]) == character.value else { return false }
            next += 1
            return true
        }

        mutating func digit() -> Int64? {
            guard next < bytes.count, (48...57).contains(bytes[next]) else { return nil }
            next += 1
            return Int64(bytes[next - 1]) - 48
        }

        mutating func digits(_ count: Int) -> Int64? {
            var value: Int64 = 0
            for _ in 0..<count {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// One to nine digits, as nanoseconds.
        mutating func fraction() -> Int64? {
            var value: Int64 = 0
            var scale: Int64 = 1_000_000_000
            while let digit = digit() {
                guard scale > 1 else { return nil }
                scale /= 10
                value += digit * scale
            }
            return scale == 1_000_000_000 ? nil : value
        }

        /// Seconds east of UTC.
        mutating func offset() -> Int64? {
            if take("Z") { return 0 }
            let east = take("+")
            guard east || take("-"), let hours = digits(2), hours < 24, take(":"), let minutes = digits(2),
                minutes < 60
            else { return nil }
            return (east ? 1 : -1) * (hours * 3600 + minutes * 60)
        }
    }
}
