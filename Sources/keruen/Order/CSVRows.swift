import Foundation
import World

/// The rows of a comma-separated file (RFC 4180: quotes, CRLF; a byte order mark is skipped), one after the other: the
/// memory is that of one row, however long the file. Reads on behind a row that is wrong.
final class CSVRows {
    static let rowBytesMax = 1 << 16

    struct Row {
        /// Where it begins, from 1.
        var line: Int
        var fields: [String]
    }

    /// A row that is none; the next may be good.
    struct Malformed: Error {
        var line: Int
        var text: String
    }

    let name: String
    private let file: Int32
    private let isOwn: Bool
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var next = 0
    private var end = 0
    private var line = 1
    private var field: [UInt8] = []
    private var isFirst = true

    /// - Parameter path: `-` is standard input.
    init(path: String) throws {
        name = path == "-" ? "standard input" : path
        isOwn = path != "-"
        file = isOwn ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
        guard file >= 0 else { throw DataError(file: name, problem: String(cString: strerror(errno))) }
    }

    deinit { if isOwn { close(file) } }

    /// Nil at the end. Blank lines are passed over.
    func row() throws -> Row? {
        while let first = try byte() {
            if first == 0x0A || first == 0x0D, try isBlankEnd(first) { continue }
            return try row(from: first)
        }
        return nil
    }

    private func isBlankEnd(_ byte: UInt8) throws -> Bool {
        if byte == 0x0A { return true }
        guard try peek() == 0x0A else { return false }
        next += 1
        line += 1
        return true
    }

    private func row(from first: UInt8) throws -> Row? {
        let start = line - (first == 0x0A ? 1 : 0)
        var row = Row(line: start, fields: [])
        var (isQuoted, wasQuoted, bytes) = (false, false, 0)
        field.removeAll(keepingCapacity: true)
        var current: UInt8? = first
        while let byte = current {
            bytes += 1
            guard bytes <= Self.rowBytesMax else {
                try passLine()
                throw Malformed(
                    line: start,
                    text: "the row has more than \(Self.rowBytesMax) bytes; is a quote never closed?")
            }
            if isQuoted {
                if byte != 0x22 {
                    field.append(byte)
                } else if try peek() == 0x22 {
                    field.append(0x22)
                    next += 1
                } else {
                    (isQuoted, wasQuoted) = (false, true)
                }
            } else {
                switch byte {
                case 0x22 where field.isEmpty && !wasQuoted: isQuoted = true
                case 0x2C:
                    try finish(&row)
                    wasQuoted = false
                case 0x0A:
                    try finish(&row)
                    return row
                case 0x0D where try peek() == 0x0A: break
                default:
                    guard byte != 0x22, !wasQuoted else {
                        try passLine()
                        throw Malformed(
                            line: start, text: "a quote inside a field; double it and quote the field")
                    }
                    field.append(byte)
                }
            }
            current = try self.byte()
        }
        guard !isQuoted else { throw Malformed(line: start, text: "a quoted field is never closed") }
        try finish(&row)
        return row
    }

    private func finish(_ row: inout Row) throws {
        guard let text = String(validating: field, as: UTF8.self), !field.contains(0) else {
            // The end of the row is still to come, unless this was it.
            if next > 0, buffer[next - 1] != 0x0A { try passLine() }
            throw Malformed(line: row.line, text: "is no text in UTF-8; save the file as UTF-8")
        }
        row.fields.append(text)
        field.removeAll(keepingCapacity: true)
    }

    private func passLine() throws {
        while let byte = try byte(), byte != 0x0A {}
    }

    private func peek() throws -> UInt8? {
        if next == end { try fill() }
        return next == end ? nil : buffer[next]
    }

    private func byte() throws -> UInt8? {
        guard let byte = try peek() else { return nil }
        next += 1
        if byte == 0x0A { line += 1 }
        return byte
    }

    private func fill() throws {
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DataError(file: name, problem: String(cString: strerror(errno))) }
            (next, end) = (0, count)
            if isFirst, count > 0 {
                isFirst = false
                if buffer[..<count].starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
            }
            return
        }
    }
}
