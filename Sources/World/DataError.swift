/// Something wrong in a data file: where, what, and what to do about it.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    public let file: String
    /// From 1; 0 when the whole file is meant.
    public let line: Int
    /// Empty when no single column is meant.
    public let column: String
    public let problem: String
    public init(file: String, line: Int = 0, column: String = "", problem: String) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
    }
    public var description: String {
        var text = file
        if line > 0 { text += ":\(line)" }
        if !column.isEmpty { text += ", column \(column)" }
        return text + ": " + problem
    }
}
