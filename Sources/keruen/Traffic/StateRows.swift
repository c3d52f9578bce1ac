import Foundation
import Traffic
import World

/// The rows of a state file as they are parsed, straight from bytes.
struct StateRows {
    let file: String
    private(set) var names: [String] = []
    private(set) var motions: [Motion] = []
    private(set) var isGeodetic = false
    private var lines: [Int32] = []
    /// Which value stands in which field of a row; -1 for one that nobody asked for.
    private var meaning: [Int] = []
    private var wanted = StateFile.local

    /// What is believed: the Earth is smaller, and nothing in its air is as fast.
    static let farthestMeters = DetectionLimits.farthestMeters
    static let fastest = DetectionLimits.fastestMetersPerSecond

    init(file: String) { self.file = file }

    /// `bytes` ends in a zero.
    mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let last = bytes.count - 1
        var line = 1
        var values = [Double](repeating: 0, count: 7)
        while at < last {
            var end = at
            while end < last, bytes[end] != 0x0A { end += 1 }
            if meaning.isEmpty {
                try header(bytes, at, end)
            } else if !Self.isBlank(bytes, at, end) {
                try row(bytes, at, end, line, &values)
            }
            at = end + 1
            line += 1
        }
        if meaning.isEmpty { throw DataError(file: file, line: 1, problem: "has no header; " + Self.advice) }
    }

    private static var advice: String {
        "begin with \(StateFile.local.joined(separator: ",")) or \(StateFile.geodetic.joined(separator: ","))"
    }

    func repeated(_ a: Int, _ b: Int) -> DataError {
        let (first, second) = (min(lines[a], lines[b]), max(lines[a], lines[b]))
        return DataError(
            file: file, line: Int(second), column: "id",
            problem: "is \(names[a].prefix(40)), as in line \(first); give each body its own")
    }

    private mutating func header(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) throws {
        let text = String(decoding: bytes[from..<to], as: UTF8.self)
        let columns = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: "\r\"")))
        }
        isGeodetic = columns.contains("lat") || columns.contains("lon")
        wanted = isGeodetic ? StateFile.geodetic : StateFile.local
        for name in wanted {
            let count = columns.count(where: { $0 == name })
            guard count == 1 else {
                let problem =
                    count == 0 ? "is missing; " + Self.advice : "stands \(count) times in the header"
                throw DataError(file: file, line: 1, column: name, problem: problem)
            }
        }
        meaning = columns.map { wanted.firstIndex(of: $0) ?? -1 }
    }

    private mutating func row(
        _ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int, _ line: Int, _ values: inout [Double]
    ) throws {
        var start = from
        var field = 0
        var name = ""
        while field < meaning.count {
            var end = start
            while end < to, bytes[end] != 0x2C { end += 1 }
            var (low, high) = (start, end)
            while low < high, Self.isSpace(bytes[low]) { low += 1 }
            while low < high, Self.isSpace(bytes[high - 1]) { high -= 1 }
            if high - low >= 2, bytes[low] == 0x22, bytes[high - 1] == 0x22 {
                (low, high) = (low + 1, high - 1)
            }
            let column = meaning[field]
            if column == 0 {
                name = String(decoding: bytes[low..<high], as: UTF8.self)
                guard !name.isEmpty, high - low <= 64 else {
                    throw fault(line, 0, "must have 1 to 64 bytes, has \(high - low)")
                }
            } else if column > 0 {
                values[column] = try number(bytes, low, high, line, column)
            }
            field += 1
            if end >= to {
                guard field == meaning.count else {
                    throw DataError(
                        file: file, line: line, problem: "has \(field) fields, the header \(meaning.count)")
                }
                break
            }
            start = end + 1
            if field == meaning.count {
                throw DataError(
                    file: file, line: line, problem: "has more fields than the header's \(meaning.count)")
            }
        }
        guard motions.count < Int(Int32.max) else {
            throw DataError(file: file, problem: "has too many rows")
        }
        names.append(name)
        lines.append(Int32(clamping: line))
        let (x, y) = isGeodetic ? (values[2], values[1]) : (values[1], values[2])
        motions.append(Motion(x: x, y: y, z: values[3], vx: values[4], vy: values[5], vz: values[6]))
    }

    private func number(
        _ bytes: UnsafeBufferPointer<UInt8>, _ low: Int, _ high: Int, _ line: Int, _ column: Int
    ) throws -> Double {
        func shown() -> String { String(decoding: bytes[low..<min(high, low + 40)], as: UTF8.self) }
        guard let value = Decimal64.parse(bytes, low, high), value.isFinite else {
            throw fault(line, column, "is no number: '\(shown())'")
        }
        let limit: Double
        switch (column, isGeodetic) {
        case (1, true): limit = 90
        case (2, true): limit = 180
        case (1...3, _): limit = Self.farthestMeters
        default: limit = Self.fastest
        }
        guard value.magnitude <= limit else {
            throw fault(line, column, "is \(shown()); take a value from \(-limit) to \(limit)")
        }
        return value
    }

    private func fault(_ line: Int, _ column: Int, _ problem: String) -> DataError {
        DataError(file: file, line: line, column: wanted[column], problem: problem)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func isBlank(_ bytes: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) -> Bool {
        var i = from
        while i < to, isSpace(bytes[i]) { i += 1 }
        return i == to
    }
}

/// Decimal numbers from bytes, correctly rounded.
enum Decimal64 {
    private static let tens: [Double] = (0...22).map { pow(10, Double($0)) }

    /// Short numbers exactly by one division (Clinger 1990: digits below 2^53 and powers up to 10^22 are exact, one
    /// operation rounds once); all others by `strtod`. The byte at `high` must not continue a number.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ low: Int, _ high: Int) -> Double? {
        guard low < high, high - low < 64 else { return nil }
        var i = low
        let isNegative = bytes[i] == 0x2D
        if isNegative || bytes[i] == 0x2B { i += 1 }
        var digits: UInt64 = 0
        var (count, places) = (0, -1)
        while i < high {
            let byte = bytes[i]
            if byte >= 0x30, byte <= 0x39 {
                digits = digits &* 10 &+ UInt64(byte &- 0x30)
                count += 1
                if places >= 0 { places += 1 }
            } else if byte == 0x2E, places < 0 {
                places = 0
            } else {
                return slow(bytes, low, high)
            }
            i += 1
        }
        guard count > 0 else { return nil }
        guard count <= 19, digits < 1 << 53, places <= 22 else { return slow(bytes, low, high) }
        let value = Double(digits) / tens[max(places, 0)]
        return isNegative ? -value : value
    }

    private static func slow(_ bytes: UnsafeBufferPointer<UInt8>, _ low: Int, _ high: Int) -> Double? {
        for i in low..<high {
            let byte = bytes[i]
            // What strtod would take and nobody means: hexadecimal, "nan", "infinity".
            let isDecimal =
                (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D || byte == 0x2B
                || byte | 0x20 == 0x65
            guard isDecimal else { return nil }
        }
        guard let base = bytes.baseAddress else { return nil }
        return (base + low).withMemoryRebound(to: CChar.self, capacity: high - low) { text in
            var end: UnsafeMutablePointer<CChar>?
            let value = strtod(text, &end)
            return end == UnsafeMutablePointer(mutating: text + (high - low)) ? value : nil
        }
    }
}
