import Foundation

/// `Docs/Vehicles.md` as tables and paragraphs below headings, and the schemas it describes, so that a test can hold
/// one against the other.
struct VehicleGuide {
    private let lines: [Substring]

    init() throws {
        let path = TidyTests.top.appending(path: "Docs/Vehicles.md")
        lines = try String(contentsOf: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    /// Cells of every table row below a heading and before the next, without the rows that head a table.
    func rows(below heading: String) -> [[String]] {
        section(heading).filter { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
            }
        }
    }

    /// The paragraph that begins with `start`, as one line; empty when there is none.
    func paragraph(_ start: String) -> String {
        guard let first = lines.firstIndex(where: { $0.hasPrefix(start) }) else { return "" }
        return lines[first...].prefix { !$0.isEmpty }.joined(separator: " ")
    }

    private func section(_ heading: String) -> ArraySlice<Substring> {
        guard let start = lines.firstIndex(where: { $0.drop { $0 == "#" } == " \(heading)" }) else {
            return []
        }
        return lines[(start + 1)...].prefix { !$0.hasPrefix("#") }
    }
}

/// The messages and enumerations of `Proto/keruen/v1`.
struct Schema {
    struct Field: Equatable {
        var number: Int
        var name: String
        var type: String
    }
    private(set) var messages: [String: [Field]] = [:]
    /// Number and name without the enumeration's own name before it.
    private(set) var enumerations: [String: [(number: Int, name: String)]] = [:]

    init() throws {
        let folder = TidyTests.top.appending(path: "Proto/keruen/v1")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            try read(String(contentsOf: file, encoding: .utf8))
        }
    }

    private mutating func read(_ text: String) {
        var message: String?
        var enumeration: String?
        for line in text.split(separator: "\n") {
            if let match = line.firstMatch(of: /^(message|enum) (\w+) \{/) {
                message = match.1 == "message" ? String(match.2) : nil
                enumeration = match.1 == "enum" ? String(match.2) : nil
            } else if let message,
                let match = line.firstMatch(of: /^  (?:optional |repeated )?(\w+) (\w+) = (\d+);/)
            {
                messages[message, default: []].append(
                    Field(number: Int(match.3) ?? 0, name: String(match.2), type: String(match.1)))
            } else if let enumeration, let match = line.firstMatch(of: /^  (\w+) = (\d+);/) {
                let prefix = enumeration.replacing(/[A-Z]/) { "_" + $0.output }.dropFirst().uppercased() + "_"
                enumerations[enumeration, default: []].append(
                    (Int(match.2) ?? 0, match.1.replacingOccurrences(of: prefix, with: "")))
            }
        }
    }
}
