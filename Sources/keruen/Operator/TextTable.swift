/// Rows under headings. On a terminal they are aligned and cut to its width; in a pipe the fields are whole and
/// separated by tabs.
struct TextTable {
    struct Column {
        var title: String
        var isNumber = false
        /// Long text, which gives way first when the line is too short.
        var canShrink = false
    }

    struct Cell: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        var text: String
        /// What a pipe gets, when it is more exact than what a person wants to see.
        var exact: String
        var tone = Terminal.Tone.plain
        init(_ text: String, exact: String? = nil, _ tone: Terminal.Tone = .plain) {
            self.text = Terminal.clean(text)
            self.exact = Terminal.clean(exact ?? text)
            self.tone = tone
        }
        init(stringLiteral text: String) { self.init(text) }
        /// A dash when there is nothing.
        init(_ value: (some CustomStringConvertible)?) { self.init(value.map { $0.description } ?? "-") }
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    static let shrunkMin = 6

    func lines(for terminal: Terminal) -> [String] {
        guard terminal.isTerminal else {
            return [columns.map(\.title).joined(separator: "\t")]
                + rows.map { $0.map(\.exact).joined(separator: "\t") }
        }
        let widths = fitted(to: terminal.columns)
        let head = columns.enumerated().map { padded($1.title, widths[$0], $1.isNumber) }
        return [trimmed(head)]
            + rows.map { row in
                trimmed(
                    zip(row.indices, row).map { index, cell in
                        terminal.painted(
                            padded(cell.text, widths[index], columns[index].isNumber), cell.tone)
                    })
            }
    }

    private func fitted(to width: Int) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, $1[index].text.count) }
        }
        // The widest text gives way until the line fits.
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - width
        while excess > 0 {
            let widest = columns.indices
                .filter { columns[$0].canShrink && widths[$0] > max(Self.shrunkMin, columns[$0].title.count) }
                .max { widths[$0] < widths[$1] }
            guard let widest else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func padded(_ text: String, _ width: Int, _ isNumber: Bool) -> String {
        let text = text.count > width ? text.prefix(max(0, width - 1)) + "…" : text
        let blank = String(repeating: " ", count: max(0, width - text.count))
        return isNumber ? blank + text : text + blank
    }

    private func trimmed(_ fields: [String]) -> String {
        var line = fields.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}

/// What is known of one thing, a line for each fact.
struct FactSheet {
    private var facts: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String?) {
        if let value, !value.isEmpty { facts.append((name, Terminal.clean(value))) }
    }

    var lines: [String] {
        let width = facts.reduce(0) { max($0, $1.name.count) }
        return facts.map { fact in
            fact.name + String(repeating: " ", count: width - fact.name.count + 2) + fact.value
        }
    }
}
