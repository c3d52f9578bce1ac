/// Why a request was not carried out: what is wrong, where, and what would help.
public struct ControlProblem: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// For programs; the texts are for people.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// The request itself is wrong.
        case invalid
        /// There is no such vehicle, order or mission.
        case notFound
        /// Understood and not done.
        case refused
        /// No station runs on the directory.
        case unreachable
        /// A station is there and has not answered; what was asked may still be done.
        case unanswered
    }
    public var code: Code
    public var what: String
    public var `where`: String
    public var todo: String
    public init(_ code: Code = .refused, what: String, where place: String, todo: String) {
        self.code = code
        self.what = what
        self.where = place
        self.todo = todo
    }
    public var description: String { "\(`where`): \(what)\(what.hasSuffix("?") ? "" : ".") \(todo)" }
}
