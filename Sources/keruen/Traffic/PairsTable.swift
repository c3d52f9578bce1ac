import ArgumentParser
import Foundation
import World

/// A CSV file of names and numbers, read row by row: columns may stand in any order, further ones are ignored.
struct PairsTable {
    /// Files up to half a gigabyte: some four million pairs.

    let file: String
    private let columns: [String]
    private let bytes: [UInt8]
    private var next: Int
    private var line = 1
    /// Which wanted column stands at each place of a row; -1 for one that nobody asked for.
    private var wanted: [Int]
    private var fields: [Range<Int>]

    /// - Parameters:
    ///   - path: `-` is standard input.
    ///   - columns: the names the header must have.
    init(path: String, columns: [String]) throws {
        let data = try DataFile(path: path)
        file = data.name
        self.columns = columns
        // The number parser stops at a zero behind the last digit.
        bytes = data.bytes + [0]
        fields = Array(repeating: 0..<0, count: columns.count)
        next = 0
        wanted = []
        let header = Self.split(bytes, from: &next).map { Self.text(bytes, $0) }
        guard header.contains(where: { !$0.isEmpty }) else {
            throw DataError(
                file: file, line: 1, problem: "has no header; begin with " + columns.joined(separator: ","))
        }
        for column in columns {
            let count = header.count(where: { $0 == column })
            guard count == 1 else {
                throw DataError(
                    file: file, line: 1, column: column,
                    problem: (count == 0 ? "is missing" : "is there \(count) times")
                        + "; the header needs " + columns.joined(separator: ","))
            }
        }
        wanted = header.map { columns.firstIndex(of: $0) ?? -1 }
    }

    /// Goes to the next row that is not empty; false at the end.
    mutating func advance() throws -> Bool {
        while next < bytes.count {
            line += 1
            let cells = Self.split(bytes, from: &next)
            if cells.count == 1, cells[0].isEmpty { continue }
            guard cells.count == wanted.count else {
                throw DataError(
                    file: file, line: line,
                    problem: "has \(cells.count) fields, the header has \(wanted.count)")
            }
            for (place, column) in wanted.enumerated() where column >= 0 { fields[column] = cells[place] }
            return true
        }
        return false
    }

    func text(_ column: Int) -> String { Self.text(bytes, fields[column]) }

    func isEmpty(_ column: Int) -> Bool { fields[column].isEmpty }

    /// A decimal number in `range`.
    func number(_ column: Int, _ range: ClosedRange<Double>) throws -> Double {
        let field = fields[column]
        let value: Double? = bytes.withUnsafeBufferPointer { all in
            let cell = UnsafeBufferPointer(rebasing: all[field])
            // What `strtod` would take and nobody means: hexadecimal, "nan", "infinity", leading spaces.
            guard !cell.isEmpty, cell.count < 64, cell.allSatisfy(Self.isDecimal),
                let start = cell.baseAddress
            else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            // The file ends in a zero byte of ours, so the parser stops within it.
            return start.withMemoryRebound(to: CChar.self, capacity: cell.count) { text in
                let parsed = strtod(text, &end)
                return end == UnsafeMutablePointer(mutating: text + cell.count) ? parsed : nil
            }
        }
        guard let value, value.isFinite else { throw fault(column, "is no number: '\(shown(column))'") }
        guard range.contains(value) else {
            throw fault(
                column, "is \(shown(column)); take a value from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func fault(_ column: Int, _ problem: String) -> DataError {
        DataError(file: file, line: line, column: columns[column], problem: problem)
    }

    func shown(_ column: Int) -> String { String(text(column).prefix(40)) }

    private static func isDecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D || byte == 0x2B || byte | 0x20 == 0x65
    }

    private static func text(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The fields of one line, without spaces around them; goes to the line after it.
    private static func split(_ bytes: [UInt8], from next: inout Int) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start = next
        func add(_ end: Int) {
            var (low, high) = (start, end)
            while low < high, bytes[low] == 0x20 || bytes[low] == 0x09 || bytes[low] == 0x0D { low += 1 }
            while low < high, bytes[high - 1] == 0x20 || bytes[high - 1] == 0x09 || bytes[high - 1] == 0x0D {
                high -= 1
            }
            fields.append(low..<high)
        }
        while next < bytes.count, bytes[next] != 0x0A, bytes[next] != 0 {
            if bytes[next] == 0x2C {
                add(next)
                start = next + 1
            }
            next += 1
        }
        add(next)
        next += 1
        return fields
    }
}

/// Lines on their way to standard output.
struct PairsOutput {
    private var bytes: [UInt8] = []

    mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// A number with six decimals, as C prints it.
    mutating func fixed(_ value: Double) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
            let count = withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, "%.6f", $0) }
            for index in 0..<min(Int(count), buffer.count - 1) {
                bytes.append(UInt8(bitPattern: buffer[index]))
            }
        }
    }

    mutating func endLine() {
        bytes.append(0x0A)
        if bytes.count > 1 << 20 { flush() }
    }

    mutating func flush() {
        FileHandle.standardOutput.write(Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }
}
