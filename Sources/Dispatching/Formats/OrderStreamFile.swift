import World

extension DispatchFile {
    /// A stream of orders for this problem, as CSV: a header with `t`, `pickup` and `delivery` in any order, then a row for
    /// each order, by time. `pickup` and `delivery` are task ids of a benchmark, names of places in our own format, and
    /// empty where an order has no such visit; of several alike, the first of the file not named before is meant. `t` is in
    /// units of the benchmark; in our own format a time as there. O(rows + shipments), sorting apart.
    public func orders(bytes: [UInt8], file: String) throws(DataError) -> OrderStream {
        guard bytes.count <= Self.mostBytes else {
            throw DataError(file: file, problem: "is larger than \(Self.mostBytes) bytes; split it")
        }
        var reader = OrderRows(self, file: file)
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        var line = 0
        var rest = text
        while !rest.isEmpty {
            line += 1
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            let row = rest[rest.startIndex..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            if row.contains(where: { $0 > 0x20 }) { try reader.read(row, line) }
        }
        guard !reader.columns.isEmpty else {
            throw DataError(file: file, problem: "has no header; begin with t,pickup,delivery")
        }
        return OrderStream(reader.orders, of: problem)
    }
}

/// The rows of such a file.
private struct OrderRows {
    private struct Ends: Hashable {
        var pickup: Int
        var delivery: Int
    }
    static let names = ["t", "pickup", "delivery"]
    /// More columns than any table has.
    static let mostFields = 64

    private let source: DispatchFile.Source
    private let locations: Int
    private let file: String
    /// Shipments between two places (-1: none), the last first. Only looked up.
    private var between: [Ends: [Int]] = [:]
    private var isKnown: Set<Ends> = []
    private(set) var columns: [Int] = []
    private(set) var orders: [OrderStream.Order] = []

    init(_ dispatch: DispatchFile, file: String) {
        self.file = file
        source = dispatch.source
        locations = dispatch.problem.locations.count
        for (s, shipment) in dispatch.problem.shipments.enumerated().reversed() {
            let ends = Ends(
                pickup: shipment.pickup?.location ?? -1, delivery: shipment.delivery?.location ?? -1)
            between[ends, default: []].append(s)
            isKnown.insert(ends)
        }
    }

    mutating func read(_ row: ArraySlice<UInt8>, _ line: Int) throws(DataError) {
        let fields = row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(trimmed)
        func error(_ column: String, _ problem: String) -> DataError {
            DataError(file: file, line: line, column: column, problem: problem)
        }
        guard fields.count <= Self.mostFields else {
            throw error("", "has more than \(Self.mostFields) fields")
        }
        if columns.isEmpty {
            for name in Self.names {
                let at = fields.indices.filter { fields[$0].elementsEqual(name.utf8) }
                guard at.count == 1 else {
                    throw error(name, "must stand once in the header; begin with t,pickup,delivery")
                }
                columns.append(at[0])
            }
            return
        }
        for (k, name) in Self.names.enumerated() where columns[k] >= fields.count {
            throw error(name, "is missing: the row has only \(fields.count) fields; it may be cut off")
        }
        let t = fields[columns[0]]
        guard let time = milliseconds(t) else {
            throw error("t", "\"\(FieldText.shown(t))\" is no time; \(timeHint)")
        }
        if let last = orders.last, time < last.milliseconds {
            throw error("t", "\(FieldText.shown(t)) is before the time of the row above; sort the rows by t")
        }
        var ends = [0, 0]
        for k in 0..<2 {
            let field = fields[columns[k + 1]]
            guard let place = place(field) else {
                throw error(Self.names[k + 1], "\"\(FieldText.shown(field))\" \(placeHint)")
            }
            ends[k] = place
        }
        let key = Ends(pickup: ends[0], delivery: ends[1])
        guard isKnown.contains(key) else {
            throw error(
                "delivery",
                "no shipment of the problem goes from \"\(FieldText.shown(fields[columns[1]]))\" to "
                    + "\"\(FieldText.shown(fields[columns[2]]))\"")
        }
        guard let shipment = between[key]?.popLast() else {
            throw error("pickup", "this shipment came in a row above; name each once")
        }
        orders.append(OrderStream.Order(shipment, at: time))
    }

    private func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let front = field.drop { $0 <= 0x20 }
        return front.dropLast(front.reversed().prefix { $0 <= 0x20 }.count)
    }

    private func milliseconds(_ field: ArraySlice<UInt8>) -> Int64? {
        if case .keruen(let names) = source {
            guard field.count <= 64 else { return nil }
            return KeruenTime(zero: names.zero).milliseconds(String(decoding: field, as: UTF8.self))
        }
        guard let units = FieldText.number(field), (0...BenchmarkUnit.latest).contains(units) else {
            return nil
        }
        return BenchmarkUnit.whole(units)
    }

    /// -1 for an empty field.
    private func place(_ field: ArraySlice<UInt8>) -> Int? {
        if field.isEmpty { return -1 }
        if case .keruen(let names) = source {
            return names.places.index(String(decoding: field, as: UTF8.self))
        }
        guard let id = FieldText.number(field).flatMap(Int.init(exactly:)), (0..<locations).contains(id)
        else {
            return nil
        }
        return id
    }

    private var timeHint: String {
        if case .keruen = source {
            return "use 2026-06-01T08:30:00Z, 08:30 after zero, or whole milliseconds after zero"
        }
        return "use a number from 0 to \(Int(BenchmarkUnit.latest))"
    }

    private var placeHint: String {
        if case .keruen = source { return "is no place of the problem" }
        return "is no task; tasks are 0 to \(locations - 1)"
    }
}
