import World

/// What things are called in a file of our own format, by index, and when its time is 0.
struct KeruenNames: Hashable, Sendable {
    var zero = Instant(nanoseconds: 0)
    var places = NameTable()
    var roadNodes = NameTable()
    var modes = NameTable()
    var docks = NameTable()
    var stations = NameTable()
    var vehicles = NameTable()
    var shipments = NameTable()
    var skills = NameTable()
    /// Class 0 and company 0 are those of freight that names none.
    var classes = NameTable(first: "")
    var companies = NameTable(first: "")
}

/// Names in the order in which they first come.
struct NameTable: Hashable, Sendable {
    private(set) var all: [String] = []
    private var indices: [String: Int] = [:]

    init(first: String? = nil) { if let first { _ = add(first) } }

    func index(_ name: String) -> Int? { indices[name] }

    /// Nil when it is there already.
    mutating func add(_ name: String) -> Int? {
        guard indices.updateValue(all.count, forKey: name) == nil else { return nil }
        all.append(name)
        return all.count - 1
    }

    mutating func indexAdding(_ name: String) -> Int { index(name) ?? add(name) ?? 0 }
}

/// Moments: milliseconds from the file's zero, ISO 8601, or hours and minutes after zero such as `08:30`.
struct KeruenTime {
    let zero: Instant

    func milliseconds(
        _ node: JSONDocument.Node, _ fields: JSONFields, _ path: String
    ) throws(DataError) -> Int64 {
        let value: Int64?
        switch node.value {
        case .number(let number): value = Int64(exactly: number)
        case .text(let text): value = Instant(iso8601: text).flatMap(sinceZero) ?? Self.clock(text)
        default: value = nil
        }
        guard let value, (0...DispatchLimits.latestMilliseconds).contains(value) else {
            throw fields.error(
                node, path,
                "is no time; use 2026-06-01T08:30:00Z, \"08:30\" after zero, or whole milliseconds after zero"
            )
        }
        return value
    }

    /// The same of a bare field, as tables have it.
    func milliseconds(_ field: String) -> Int64? {
        let value = Int64(field) ?? Instant(iso8601: field).flatMap(sinceZero) ?? Self.clock(field)
        return value.flatMap { (0...DispatchLimits.latestMilliseconds).contains($0) ? $0 : nil }
    }

    /// Whole milliseconds, cut off.
    private func sinceZero(_ instant: Instant) -> Int64? {
        let (nanoseconds, overflow) = instant.nanoseconds.subtractingReportingOverflow(zero.nanoseconds)
        return overflow ? nil : nanoseconds / 1_000_000
    }

    private static func clock(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hours = UInt16(parts[0]), parts[1].utf8.count == 2,
            let minutes = UInt16(parts[1]), minutes < 60, text.first != "+", parts[1].first != "+"
        else { return nil }
        return Int64(hours) * 3_600_000 + Int64(minutes) * 60_000
    }

    func text(_ milliseconds: Int64) -> String {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, over) = zero.nanoseconds.addingReportingOverflow(product)
        return overflow || over ? "\(milliseconds)" : "\"\(Instant(nanoseconds: sum))\""
    }
}
