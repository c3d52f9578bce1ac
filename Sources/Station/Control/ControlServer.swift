import CZeroMQ
import FoundationEssentials
import Glibc
import Synchronization
import Transport

/// Answers operators on an ipc socket in the run directory, which only its owner can enter. One request at a time,
/// on a thread of its own, so that a slow question never holds up vehicles.
public final class ControlServer: Sendable {
    private let stopping: Flag
    private let thread: DedicatedThread
    private let path: String
    /// Kept, because the end of the context would end the thread.
    private let context: Context

    private final class Flag: Sendable { let raised = Atomic<Bool>(false) }

    /// - Parameters:
    ///   - directory: made when missing; must be ours alone, see `PrivateDirectory`. Only one station may use it; the journal's lock
    ///     sees to that.
    ///   - handler: called on the server's thread, may block.
    public init(
        context: Context, directory: String, handler: @escaping @Sendable (ControlRequest) -> ControlResponse
    ) throws {
        try PrivateDirectory.make(directory)
        let path = try ControlSocket.path(in: directory)
        let socket = try Socket(.reply, in: context)
        try socket.set(ZMQ_LINGER, 200)
        try socket.set(ZMQ_MAXMSGSIZE, int64: Int64(ControlSocket.requestMax))
        try socket.bind("ipc://\(path)")
        let stopping = Flag()
        let owned = Handover(socket)
        self.thread = try DedicatedThread(name: "control") {
            guard let socket = owned.take() else { return }
            Self.serve(socket, stopping: stopping, handler: handler)
        }
        self.stopping = stopping
        self.path = path
        self.context = context
    }

    deinit { stop() }

    /// Ends after the request in hand; the socket is closed when this returns. Not from the handler.
    public func stop() {
        if stopping.raised.exchange(true, ordering: .relaxed) { return }
        thread.join()
        unlink(path)
    }

    /// Moves the socket to the thread that then owns it.
    private final class Handover: Sendable {
        private let socket: Mutex<Socket?>
        init(_ socket: consuming sending Socket) { self.socket = Mutex(socket) }
        func take() -> Socket? { socket.withLock { $0.take() } }
    }

    private static func serve(
        _ socket: borrowing Socket, stopping: Flag, handler: (ControlRequest) -> ControlResponse
    ) {
        let message = Message()
        while !stopping.raised.load(ordering: .relaxed) {
            do {
                guard try socket.waitReadable(milliseconds: 50), try socket.tryReceive(into: message) else {
                    continue
                }
                let bytes = message.withBytes { Data($0) }
                var frames = 1
                while message.hasMore, try socket.tryReceive(into: message) { frames += 1 }
                let response =
                    frames == 1
                    ? answer(bytes, handler)
                    : .problem(
                        ControlProblem(
                            .invalid, what: "it has \(frames) frames", where: "request",
                            todo: "Send a single frame"))
                _ = try socket.trySend(encoded(response))
            } catch  where error.code == ETERM {
                return
            } catch {
                // Losing one answer must not end the control plane; the client's time runs out.
                usleep(1000)
            }
        }
    }

    /// What cannot be written as JSON is our fault, and said rather than left out.
    private static func encoded(_ response: ControlResponse) -> [UInt8] {
        do { return try ControlSocket.encode(response) } catch {
            let problem = ControlProblem(
                what: "the answer cannot be written: \(error)", where: "answer",
                todo: "This is a fault of the station; please report it")
            return (try? ControlSocket.encode(ControlResponse.problem(problem))) ?? []
        }
    }

    private static func answer(
        _ bytes: Data, _ handler: (ControlRequest) -> ControlResponse
    ) -> ControlResponse {
        do {
            return handler(try JSONDecoder().decode(ControlRequest.self, from: bytes))
        } catch {
            return .problem(ControlSocket.problem(error))
        }
    }
}
