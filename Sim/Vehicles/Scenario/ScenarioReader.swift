import Yams

/// One mapping of a scenario file, read key by key: whatever is unknown, of the wrong type or out of range is an
/// error with its line.
struct ScenarioReader {
    let file: String
    /// Path of keys to here, empty at the top.
    let path: String
    let line: Int
    private let entries: [String: Node]

    init(file: String, path: String, node: Node, allowed: [String]) throws(ScenarioError) {
        self.file = file
        self.path = path
        line = node.mark?.line ?? 0
        guard case .mapping(let mapping) = node else {
            throw ScenarioError(
                file: file, line: line,
                "\(path.isEmpty ? "the file" : path) must be a list of 'key: value'; known keys are "
                    + allowed.joined(separator: ", "))
        }
        var entries: [String: Node] = [:]
        for (key, value) in mapping {
            let at = key.mark?.line ?? line
            let name = key.scalar?.string ?? ""
            guard allowed.contains(name) else {
                throw ScenarioError(
                    file: file, line: at,
                    "unknown key '\(name.prefix(40))'\(path.isEmpty ? "" : " in \(path)"); known keys are "
                        + allowed.joined(separator: ", "))
            }
            guard entries.updateValue(value, forKey: name) == nil else {
                throw ScenarioError(file: file, line: at, "'\(name)' stands twice; keep one")
            }
        }
        self.entries = entries
    }

    private func full(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func error(_ key: String, _ problem: String) -> ScenarioError {
        ScenarioError(file: file, line: entries[key]?.mark?.line ?? line, "\(full(key)) \(problem)")
    }

    /// Nil when the key is absent.
    func mapping(_ key: String, allowed: [String]) throws(ScenarioError) -> ScenarioReader? {
        guard let node = entries[key] else { return nil }
        return try ScenarioReader(file: file, path: full(key), node: node, allowed: allowed)
    }

    func number(_ key: String, in range: ClosedRange<Double>, unit: String) throws(ScenarioError) -> Double? {
        guard let node = entries[key] else { return nil }
        guard let text = node.scalar?.string, let value = Double(text), range.contains(value) else {
            throw error(
                key,
                "is \(shown(node)); use a number from \(range.lowerBound) to \(range.upperBound) (\(unit))")
        }
        return value
    }

    func count(_ key: String, in range: ClosedRange<Int>) throws(ScenarioError) -> Int? {
        guard let node = entries[key] else { return nil }
        guard let text = node.scalar?.string, let value = Int(text), range.contains(value) else {
            throw error(
                key,
                "is \(shown(node)); use a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// One to `bytesMax` bytes of text.
    func text(_ key: String, bytesMax: Int = 64) throws(ScenarioError) -> String? {
        guard let node = entries[key] else { return nil }
        guard let text = node.scalar?.string, (1...bytesMax).contains(text.utf8.count) else {
            throw error(key, "is \(shown(node)); use text of 1 to \(bytesMax) bytes")
        }
        return text
    }

    func required<Value>(_ key: String, _ value: Value?) throws(ScenarioError) -> Value {
        guard let value else {
            throw ScenarioError(file: file, line: line, "\(full(key)) is missing; add it")
        }
        return value
    }

    /// What is wrong with a key's value, for checks of the caller.
    func refusal(_ key: String, _ problem: String) -> ScenarioError { error(key, problem) }

    /// The elements of a list, none when the key is absent.
    func list(_ key: String, countMax: Int) throws(ScenarioError) -> [Node] {
        guard let node = entries[key] else { return [] }
        guard case .sequence(let sequence) = node, sequence.count <= countMax else {
            throw error(key, "must be a list of at most \(countMax) entries")
        }
        return Array(sequence)
    }

    private func shown(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "'\(scalar.string.prefix(40))'"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
