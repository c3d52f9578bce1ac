import CZeroMQ
import FoundationEssentials
import Glibc
import Transport

/// Asks the station that runs on a directory.
public struct ControlClient: Sendable {
    private let context: Context
    private let directory: String
    private let timeoutMilliseconds: Int

    public init(directory: String, timeoutMilliseconds: Int = 5000) throws {
        self.context = try Context()
        self.directory = directory
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Sends one request and waits for its answer. Throws the station's problem as `ControlProblem`.
    public func ask(_ request: ControlRequest) throws -> ControlResponse {
        let path = try ControlSocket.path(in: directory)
        let absent = ControlProblem(
            .unreachable, what: "no station runs here", where: directory,
            todo: "Start one with 'keruen serve --directory \(directory)', or name its run directory")
        guard access(path, F_OK) == 0 else { throw absent }
        let socket = try Socket(.request, in: context)
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_IMMEDIATE, 1)
        try socket.set(ZMQ_MAXMSGSIZE, int64: Int64(ControlSocket.responseMax))
        try socket.connect("ipc://\(path)")
        let bytes = try ControlSocket.encode(request)
        guard bytes.count <= ControlSocket.requestMax else {
            throw ControlProblem(
                .invalid, what: "the request has \(bytes.count) bytes", where: "request",
                todo: "Send at most \(ControlSocket.requestMax) bytes at once")
        }
        // With ZMQ_IMMEDIATE a send succeeds only once the station has taken the connection.
        var waited = 0
        while try !socket.trySend(bytes) {
            guard waited < min(1000, timeoutMilliseconds) else { throw absent }
            usleep(2000)
            waited += 2
        }
        guard try socket.waitReadable(milliseconds: timeoutMilliseconds) else {
            throw ControlProblem(
                .unanswered, what: "the station did not answer within \(timeoutMilliseconds) ms",
                where: directory,
                todo: "Ask 'keruen status'; the request may still be carried out")
        }
        let message = Message()
        guard try socket.tryReceive(into: message) else { throw absent }
        let data = message.withBytes { Data($0) }
        let response = try JSONDecoder().decode(ControlResponse.self, from: data)
        if case .problem(let problem) = response { throw problem }
        return response
    }
}
