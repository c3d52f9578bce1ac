import Controller
import Foundation
import World

/// Orders from a CSV file of any length, each checked as it comes. What is kept for good is a hash of each order's name.
final class OrderRows {
    static let rowsMax = 10_000_000

    /// A row that would not be taken.
    struct Fault: Encodable {
        var line: Int
        /// Empty: the row as a whole.
        var field: String
        var problem: String
    }

    enum Entry {
        case order(OrderRequest, line: Int)
        case fault(Fault)
    }

    private let rows: CSVRows
    private let columns: OrderColumns
    private let places: PlaceFinder
    private let company: String?
    private let now: Instant
    private var names = NameHashes()
    private(set) var count = 0
    /// Places alike are looked for only for faults that are told.
    var suggestsPlaces = true

    init(path: String, company: String?, places: PlaceFinder, now: Instant) throws {
        rows = try CSVRows(path: path)
        do {
            guard let header = try rows.row() else {
                throw DataError(file: rows.name, problem: "is empty; it needs a header row")
            }
            columns = try OrderColumns(header.fields, file: rows.name, line: header.line)
        } catch let malformed as CSVRows.Malformed {
            throw DataError(file: rows.name, line: malformed.line, problem: malformed.text)
        }
        (self.places, self.company, self.now) = (places, company, now)
    }

    /// Nil at the end.
    func entry() throws -> Entry? {
        do {
            guard let row = try rows.row() else { return nil }
            try counted()
            return entry(row)
        } catch let malformed as CSVRows.Malformed {
            try counted()
            return .fault(Fault(line: malformed.line, field: "", problem: malformed.text))
        }
    }

    private func counted() throws {
        count += 1
        guard count <= Self.rowsMax else {
            throw DataError(file: rows.name, problem: "has more than \(Self.rowsMax) rows; split it")
        }
    }

    private func entry(_ row: CSVRows.Row) -> Entry {
        guard row.fields.count == columns.count else {
            let text = "has \(row.fields.count) fields where the header has \(columns.count)"
            return .fault(Fault(line: row.line, field: "", problem: text))
        }
        do {
            var draft = try OrderDraft(columns, row.fields)
            draft.company = draft.company ?? company
            let now = now
            let order = try draft.request(places, suggestsPlaces: suggestsPlaces) { now }
            guard names.insert(order.company, order.key) else {
                throw OrderDraft.Fault(.key, "'\(order.key)' of \(order.company) is also in an earlier row")
            }
            return .order(order, line: row.line)
        } catch let fault as OrderDraft.Fault {
            return .fault(Fault(line: row.line, field: fault.field.rawValue, problem: fault.text))
        } catch {
            return .fault(Fault(line: row.line, field: "", problem: "\(error)"))
        }
    }
}

/// Which names were there: 64 bits of a keyed hash each, in a table at most three quarters full. That two of ten million
/// names are taken for one happens once in 400,000 files.
struct NameHashes {
    private var slots = [UInt64](repeating: 0, count: 1 << 10)
    private var count = 0

    /// False when it was there already.
    mutating func insert(_ company: String, _ key: String) -> Bool {
        var hasher = Hasher()
        hasher.combine(company)
        hasher.combine(key)
        return insert(max(UInt64(bitPattern: Int64(hasher.finalize())), 1))
    }

    private mutating func insert(_ hash: UInt64) -> Bool {
        if 4 * (count + 1) > 3 * slots.count {
            let old = slots
            slots = [UInt64](repeating: 0, count: 2 * old.count)
            count = 0
            for hash in old where hash != 0 { _ = insert(hash) }
        }
        var at = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[at] != 0 {
            if slots[at] == hash { return false }
            at = (at + 1) & (slots.count - 1)
        }
        slots[at] = hash
        count += 1
        return true
    }
}
