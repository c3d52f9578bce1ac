import FoundationEssentials
import Glibc

/// Where station and operator meet, and how large what they say may be.
enum ControlSocket {
    static let requestMax = 1 << 20
    static let responseMax = 1 << 26

    /// The socket's file, whose path must fit `sockaddr_un`.
    static func path(in directory: String) throws(ControlProblem) -> String {
        let path = "\(directory)/control.ipc"
        guard path.utf8.count <= 100 else {
            throw ControlProblem(
                what: "the path of the control socket is longer than 100 bytes", where: path,
                todo: "Choose a run directory with a shorter path")
        }
        return path
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// The place in the JSON and the reason, without the decoder's noise.
    static func problem(_ error: any Error) -> ControlProblem {
        let context: DecodingError.Context? =
            switch error as? DecodingError {
            case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
                .valueNotFound(_, let context):
                context
            default: nil
            }
        let path = context?.codingPath.map(\.stringValue).joined(separator: ".") ?? ""
        return ControlProblem(
            .invalid, what: context?.debugDescription ?? "\(error)",
            where: path.isEmpty ? "request" : "request.\(path)",
            todo: "Send one JSON object such as {\"status\":{}}")
    }
}
