import FoundationEssentials

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

extension DataError {
    /// Decodes a JSON file; what does not fit is told with its place in the file.
    static func decoding<T: Decodable>(_ type: T.Type, _ file: String, _ bytes: [UInt8]) throws -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            let (context, what): (DecodingError.Context?, String) =
                switch error {
                case .keyNotFound(let key, let context): (context, "lacks \"\(key.stringValue)\"")
                case .typeMismatch(let type, let context): (context, "should be \(type)")
                case .valueNotFound(let type, let context): (context, "should be \(type), not null")
                case .dataCorrupted(let context):
                    (context, context.underlyingError.map { "\($0)" } ?? context.debugDescription)
                @unknown default: (nil, "\(error)")
                }
            let path = (context?.codingPath ?? []).map { key in
                key.intValue.map { "[\($0)]" } ?? "." + key.stringValue
            }
            throw DataError(
                file: file, problem: "does not decode: \(path.joined().prefix(120)) \(what.prefix(200))")
        } catch {
            throw DataError(file: file, problem: "does not decode: \("\(error)".prefix(200))")
        }
    }
}
