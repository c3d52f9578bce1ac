import Controller
import Foundation
import World

/// A file of orders: JSON (an array, or one object in each line) or CSV with a header row; told apart by the first
/// character.
struct OrderFile {
    static let sizeMax = 64 << 20
    static let ordersMax = 100_000
    /// So many mistakes are told at once.
    static let errorsMax = 20

    struct Entry {
        var line: Int
        var content: Content
    }

    enum Content {
        case draft(OrderDraft)
        /// In full, as 'keruen order generate --json' writes it.
        case request(OrderRequest)
    }

    /// Tells the two forms of JSON apart.
    private struct Form: Decodable {
        var isFull: Bool
        private enum Key: CodingKey { case pickup }
        init(from decoder: any Decoder) throws {
            isFull = try decoder.container(keyedBy: Key.self).contains(.pickup)
        }
    }

    /// Mistakes in the file, the first of them.
    struct Mistakes: Error {
        var errors: [DataError]
    }

    var name: String
    var entries: [Entry]

    /// - Parameter path: `-` is standard input.
    init(path: String) throws {
        name = path == "-" ? "standard input" : path
        let bytes = try Self.read(path, name)
        guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) })
        else {
            throw DataError(file: name, problem: "is empty")
        }
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
            entries = try Self.entries(json: bytes, name)
        } else {
            entries = try Self.entries(csv: bytes, name)
        }
        guard entries.count <= Self.ordersMax else {
            throw DataError(
                file: name, problem: "has \(entries.count) orders; give at most \(Self.ordersMax) at once")
        }
    }

    private static func entries(json bytes: [UInt8], _ name: String) throws -> [Entry] {
        var errors: [DataError] = []
        var entries: [Entry] = []
        let decoder = JSONDecoder()
        for element in try JSONElements.split(bytes, file: name) {
            let data = Data(element.bytes)
            do {
                let isFull = try decoder.decode(Form.self, from: data).isFull
                entries.append(
                    Entry(
                        line: element.line,
                        content: isFull
                            ? .request(try decoder.decode(OrderRequest.self, from: data))
                            : .draft(try decoder.decode(OrderDraft.self, from: data))))
            } catch {
                errors.append(located(error, name, element.line))
                if errors.count >= Self.errorsMax { break }
            }
        }
        if !errors.isEmpty { throw Mistakes(errors: errors) }
        return entries
    }

    private static func entries(csv bytes: [UInt8], _ name: String) throws -> [Entry] {
        let table = try Table(file: name, bytes: bytes)
        let columns = try OrderColumns(table.columns, file: name)
        var errors: [DataError] = []
        var entries: [Entry] = []
        for row in table.rows {
            do {
                entries.append(Entry(line: row.line, content: .draft(try OrderDraft(columns, row.fields))))
            } catch let fault as OrderDraft.Fault {
                errors.append(
                    DataError(file: name, line: row.line, column: fault.field.rawValue, problem: fault.text))
                if errors.count >= Self.errorsMax { break }
            }
        }
        if !errors.isEmpty { throw Mistakes(errors: errors) }
        return entries
    }

    /// The orders as the station takes them; every one is checked before any is given back.
    func requests(_ places: PlaceFinder, now: () throws -> Instant) throws -> [OrderRequest] {
        var errors: [DataError] = []
        var requests: [OrderRequest] = []
        var lineOfKey: [String: Int] = [:]
        for entry in entries {
            do {
                let request: OrderRequest
                switch entry.content {
                case .request(let full): request = full
                case .draft(let draft): request = try draft.request(places, now: now)
                }
                let other = lineOfKey.updateValue(entry.line, forKey: "\(request.company)/\(request.key)")
                if let other {
                    throw OrderDraft.Fault(
                        .key, "'\(request.key)' of \(request.company) is also in line \(other)")
                }
                requests.append(request)
            } catch let fault as OrderDraft.Fault {
                errors.append(
                    DataError(file: name, line: entry.line, column: fault.field.rawValue, problem: fault.text)
                )
                if errors.count >= Self.errorsMax { break }
            }
        }
        if !errors.isEmpty { throw Mistakes(errors: errors) }
        return requests
    }

    private static func read(_ path: String, _ name: String) throws -> [UInt8] {
        let file = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw DataError(file: name, problem: String(cString: strerror(errno))) }
        defer { if path != "-" { close(file) } }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &part, part.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw DataError(file: name, problem: String(cString: strerror(errno)))
            }
            bytes += part[..<count]
            guard bytes.count <= Self.sizeMax else {
                throw DataError(file: name, problem: "is larger than \(Self.sizeMax >> 20) MiB; split it")
            }
        }
    }

    private static func located(_ error: any Error, _ file: String, _ line: Int) -> DataError {
        let context: DecodingError.Context? =
            switch error as? DecodingError {
            case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
                .valueNotFound(_, let context):
                context
            default: nil
            }
        var path = context?.codingPath.map(\.stringValue).joined(separator: ".") ?? ""
        if case .keyNotFound(let key, _)? = error as? DecodingError { path = key.stringValue }
        return DataError(
            file: file, line: line, column: path, problem: context?.debugDescription ?? "\(error)")
    }
}

/// Where the fields of an order are in the rows of a CSV file.
struct OrderColumns {
    let count: Int
    private let index: [OrderDraft.Field: Int]

    init(_ header: [String], file: String, line: Int = 1) throws(DataError) {
        let known = OrderDraft.Field.allCases.map(\.rawValue)
        var index: [OrderDraft.Field: Int] = [:]
        for (i, column) in header.enumerated() {
            guard let field = OrderDraft.Field(rawValue: column) else {
                throw DataError(
                    file: file, line: line, column: column,
                    problem: "there is no such column; known are \(known.joined(separator: ", "))")
            }
            guard index.updateValue(i, forKey: field) == nil else {
                throw DataError(file: file, line: line, column: column, problem: "is there twice")
            }
        }
        (self.index, count) = (index, header.count)
    }

    /// Nil when blank.
    func text(_ field: OrderDraft.Field, _ fields: [String]) -> String? {
        guard let index = index[field], index < fields.count, !fields[index].isEmpty else { return nil }
        return fields[index]
    }
}

extension OrderDraft {
    /// From a row of CSV; a blank field is none. Kinds are separated by '|'.
    init(_ columns: OrderColumns, _ fields: [String]) throws {
        self.init()
        key = columns.text(.key, fields)
        company = columns.text(.company, fields)
        from = columns.text(.from, fields)
        to = columns.text(.to, fields)
        cargo = columns.text(.cargo, fields)
        ready = columns.text(.ready, fields)
        by = columns.text(.by, fields)
        kinds = columns.text(.kinds, fields)?.split(separator: "|").map(String.init)
        if let given = columns.text(.kg, fields) {
            guard let number = Double(given) else { throw Fault(.kg, "'\(given.prefix(40))' is no number") }
            kg = number
        }
        if let given = columns.text(.liters, fields) {
            guard let number = UInt32(given) else {
                throw Fault(.liters, "'\(given.prefix(40))' is no whole number")
            }
            liters = number
        }
    }
}
