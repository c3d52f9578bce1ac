import World

/// Typed members of a JSON document, with errors that say line and path.
struct JSONFields {
    let file: String

    func error(_ node: JSONDocument.Node, _ path: String, _ problem: String) -> DataError {
        DataError(file: file, line: node.line, problem: "\(path): \(problem)")
    }

    func object(_ node: JSONDocument.Node, _ path: String) throws(DataError) -> JSONObject {
        guard case .object(let members) = node.value else {
            throw error(node, path, "is no object in braces")
        }
        return JSONObject(fields: self, node: node, path: path, members: members)
    }

    func array(_ node: JSONDocument.Node, _ path: String) throws(DataError) -> [JSONDocument.Node] {
        guard case .array(let elements) = node.value else {
            throw error(node, path, "is no array in brackets")
        }
        return elements
    }

    func number(
        _ node: JSONDocument.Node, _ path: String, in range: ClosedRange<Double>
    ) throws(DataError) -> Double {
        guard case .number(let value) = node.value else { throw error(node, path, "is no number") }
        guard range.contains(value) else {
            throw error(node, path, "is \(value), not \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func integer(
        _ node: JSONDocument.Node, _ path: String, in range: ClosedRange<Int>
    ) throws(DataError) -> Int {
        guard case .number(let number) = node.value, let value = Int(exactly: number) else {
            throw error(node, path, "is no whole number")
        }
        guard range.contains(value) else {
            throw error(node, path, "is \(value), not \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func text(_ node: JSONDocument.Node, _ path: String) throws(DataError) -> String {
        guard case .text(let text) = node.value else { throw error(node, path, "is no text in quotes") }
        guard (1...200).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 32 && !(127..<160).contains($0.value) })
        else { throw error(node, path, "must have 1 to 200 bytes and no control characters") }
        return text
    }
}

/// An object and how it is called in errors.
struct JSONObject {
    let fields: JSONFields
    let node: JSONDocument.Node
    let path: String
    let members: [(name: String, value: JSONDocument.Node)]

    /// `shipments[3].pickup.place`; members of the document itself have no prefix.
    func path(_ name: String) -> String { path.isEmpty || path.contains(" ") ? name : "\(path).\(name)" }

    subscript(name: String) -> JSONDocument.Node? {
        guard let value = members.first(where: { $0.name == name })?.value else { return nil }
        if case .null = value.value { return nil }
        return value
    }

    /// A typing error in a name must not pass as something left out.
    func allow(_ known: [String]) throws(DataError) {
        for member in members where !known.contains(member.name) {
            let shown = FieldText.shown(Array(member.name.utf8)[...])
            throw fields.error(
                member.value, path("\(shown)"),
                "there is no such member; known are \(known.joined(separator: ", "))")
        }
    }

    func missing(_ name: String) -> DataError { fields.error(node, path(name), "is missing") }

    /// Empty when it is missing.
    func list(_ name: String) throws(DataError) -> [JSONDocument.Node] {
        guard let value = self[name] else { return [] }
        return try fields.array(value, path(name))
    }

    func array(_ name: String) throws(DataError) -> [JSONDocument.Node] {
        guard let value = self[name] else { throw missing(name) }
        return try fields.array(value, path(name))
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(DataError) -> Double? {
        guard let value = self[name] else { return nil }
        return try fields.number(value, path(name), in: range)
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(DataError) -> Int? {
        guard let value = self[name] else { return nil }
        return try fields.integer(value, path(name), in: range)
    }

    func text(_ name: String) throws(DataError) -> String? {
        guard let value = self[name] else { return nil }
        return try fields.text(value, path(name))
    }

    func bool(_ name: String) throws(DataError) -> Bool? {
        guard let value = self[name] else { return nil }
        guard case .bool(let bool) = value.value else {
            throw fields.error(value, path(name), "is neither true nor false")
        }
        return bool
    }
}
