/// A comma-separated file (RFC 4180: quotes, CRLF; a byte order mark is skipped) with a header row.
package struct Table {
    package let file: String
    package let columns: [String]
    package let rows: [Row]

    package struct Row {
        package let file: String
        package let line: Int
        package let columns: [String]
        package let fields: [String]

        func error(_ column: String, _ problem: String) -> DataError {
            DataError(file: file, line: line, column: column, problem: problem)
        }

        func text(_ column: String) throws -> String {
            guard let index = columns.firstIndex(of: column) else {
                throw error(column, "there is no such column; add it to the header")
            }
            return fields[index]
        }

        /// A non-empty name of at most 64 bytes.
        func name(_ column: String) throws -> String {
            let text = try text(column)
            guard !text.isEmpty, text.utf8.count <= 64 else {
                throw error(column, "must have 1 to 64 bytes, has \(text.utf8.count)")
            }
            return text
        }

        /// Nil when blank.
        func number(_ column: String, in range: ClosedRange<Double>) throws -> Double? {
            let text = try text(column)
            if text.isEmpty { return nil }
            guard let value = Double(text), range.contains(value) else {
                throw error(
                    column,
                    "\"\(text.prefix(40))\" is no number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }

        func required(_ column: String, in range: ClosedRange<Double>) throws -> Double {
            guard let value = try number(column, in: range) else {
                throw error(column, "is blank; give a number")
            }
            return value
        }

        func coordinate() throws -> Coordinate {
            let latitude = try required("lat", in: -90...90)
            let longitude = try required("lon", in: -180...180)
            guard let c = Coordinate(latitudeDegrees: latitude, longitudeDegrees: longitude) else {
                throw error("lat", "is no latitude")
            }
            return c
        }
    }

    package init(file: String, bytes: [UInt8]) throws {
        self.file = file
        var records: [(line: Int, fields: [String])] = []
        var fields: [String] = []
        var field: [UInt8] = []
        var line = 1
        var recordLine = 1
        var quoted = false
        var wasQuoted = false
        var i = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0

        func finishField() throws {
            guard let text = String(validating: field, as: UTF8.self) else {
                throw DataError(file: file, line: line, problem: "is not UTF-8; save it as UTF-8")
            }
            fields.append(text)
            field = []
            wasQuoted = false
        }
        func finishRecord() throws {
            try finishField()
            if fields != [""] { records.append((recordLine, fields)) }
            fields = []
        }
        while i < bytes.count {
            let byte = bytes[i]
            i += 1
            if byte == 0x0A { line += 1 }
            if quoted {
                if byte != 0x22 {
                    field.append(byte)
                } else if i < bytes.count, bytes[i] == 0x22 {
                    field.append(0x22)
                    i += 1
                } else {
                    quoted = false
                    wasQuoted = true
                }
                continue
            }
            switch byte {
            case 0x22 where field.isEmpty && !wasQuoted: quoted = true
            case 0x2C: try finishField()
            case 0x0D where i < bytes.count && bytes[i] == 0x0A: break
            case 0x0A:
                try finishRecord()
                recordLine = line
            default:
                guard byte != 0x22, !wasQuoted else {
                    throw DataError(
                        file: file, line: line,
                        problem: "a quote inside a field; double it and quote the field"
                    )
                }
                field.append(byte)
            }
        }
        guard !quoted else {
            throw DataError(file: file, line: recordLine, problem: "a quoted field is never closed")
        }
        try finishRecord()
        guard let header = records.first else {
            throw DataError(file: file, problem: "is empty; it needs a header row")
        }
        guard Set(header.fields).count == header.fields.count else {
            throw DataError(file: file, line: header.line, problem: "two columns have one name")
        }
        columns = header.fields
        rows = try records.dropFirst().map { record in
            guard record.fields.count == header.fields.count else {
                throw DataError(
                    file: file, line: record.line,
                    problem: "has \(record.fields.count) fields where the header has \(header.fields.count)")
            }
            return Row(file: file, line: record.line, columns: header.fields, fields: record.fields)
        }
    }
}
