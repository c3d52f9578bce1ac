import CLinux
import CZeroMQ
import Synchronization
import Transport

/// Answers libzmq's question "may this key in?" for every CURVE handshake of one context (ZAP, RFC 27).
///
/// It must run before the first bind: without it libzmq lets every key in, and then takes the User-Id from what the
/// peer says of itself. So the answer's User-Id, the only identity the link believes, carries a random seal that no
/// peer can know (`LinkIdentity`), and the link ends when this thread does.
final class Authenticator: Sendable {
    static let domain = "keruen"
    private static let burst = 20.0
    private static let perSecond = 2.0

    private struct Entry {
        var id: UInt32
        var generation: UInt32
        var bucket: TokenBucket
    }
    private struct Table {
        var entries: [CurvePublicKey: Entry] = [:]
        var admitted: UInt64 = 0
        var denied: UInt64 = 0
        var putOff: UInt64 = 0
    }
    /// Drawn anew for each authenticator.
    let seal = UInt64.random(in: 1 ... .max)
    private let table = Mutex(Table())
    private let serving = Atomic(false)
    private let stopping = Atomic(false)
    private let thread = Mutex<DedicatedThread?>(nil)

    /// One key that may connect, and the identity it gets.
    struct Admitted: Equatable, Sendable {
        var key: CurvePublicKey
        var identity: LinkIdentity
    }

    init(admitting list: [Admitted]) { replace(list) }

    /// Whom to admit from now on. A key keeps its allowance of connections.
    func replace(_ list: [Admitted]) {
        let now = keruen_monotonic_ns()
        table.withLock { table in
            let old = table.entries
            table.entries = [:]
            for admitted in list {
                table.entries[admitted.key] = Entry(
                    id: admitted.identity.id, generation: admitted.identity.generation,
                    bucket: old[admitted.key]?.bucket ?? TokenBucket(burst: Self.burst, at: now))
            }
        }
    }

    /// No handshake of this vehicle succeeds from now on.
    func revoke(_ id: UInt32) {
        table.withLock { table in table.entries = table.entries.filter { $0.value.id != id } }
    }

    var counts: (admitted: UInt64, denied: UInt64, putOff: UInt64) {
        table.withLock { ($0.admitted, $0.denied, $0.putOff) }
    }

    func start(in context: Context) throws(TransportError) {
        let door = try Door(context)
        serving.store(true, ordering: .releasing)
        let started = try DedicatedThread(name: "zap") {
            defer { self.serving.store(false, ordering: .releasing) }
            self.serve(door)
        }
        thread.withLock { $0 = started }
    }

    /// Whether handshakes are answered. When not, libzmq lets everybody in.
    var isServing: Bool { serving.load(ordering: .acquiring) }

    func stop() {
        stopping.store(true, ordering: .releasing)
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    private func serve(_ door: Door) {
        let message = Message()
        while !stopping.load(ordering: .acquiring) {
            do {
                guard try door.socket.waitReadable(milliseconds: 20) else { continue }
                try answer(door.socket, message)
            } catch { return }
        }
    }

    private func answer(_ socket: borrowing Socket, _ message: borrowing Message) throws(TransportError) {
        var frames: [[UInt8]] = []
        repeat {
            guard try socket.tryReceive(into: message) else { return }
            if frames.count < 8 { frames.append(message.withBytes { Array($0) }) }
        } while message.hasMore
        let (code, text, user) = decide(frames)
        let reply = [
            Array("1.0".utf8), frames.count > 1 ? frames[1] : [], Array(code.utf8), Array(text.utf8),
            Array(user.utf8), [],
        ]
        for (index, frame) in reply.enumerated() {
            _ = try socket.trySend(frame, more: index + 1 < reply.count)
        }
    }

    /// The status of a request: version, request id, domain, address, identity, mechanism, key.
    func decide(
        _ frames: [[UInt8]], at now: Int64 = keruen_monotonic_ns()
    ) -> (code: String, text: String, user: String) {
        table.withLock { table in
            guard frames.count == 7, frames[0] == Array("1.0".utf8), frames[2] == Array(Self.domain.utf8),
                frames[5] == Array("CURVE".utf8), let key = CurvePublicKey(bytes: frames[6]),
                let entry = table.entries[key]
            else {
                table.denied += 1
                return ("400", "not in the allow list", "")
            }
            var bucket = entry.bucket
            let allowed = bucket.take(at: now, burst: Self.burst, perSecond: Self.perSecond)
            table.entries[key]?.bucket = bucket
            guard allowed else {
                table.putOff += 1
                return ("300", "too many connections, later", "")
            }
            table.admitted += 1
            return ("200", "OK", LinkIdentity(id: entry.id, generation: entry.generation).userID(seal: seal))
        }
    }

    /// The bound socket on its way to the thread that owns it.
    private final class Door: Sendable {
        let socket: Socket
        init(_ context: Context) throws(TransportError) {
            let socket = try Socket(.reply, in: context)
            try socket.set(ZMQ_LINGER, 0)
            try socket.bind("inproc://zeromq.zap.01")
            self.socket = socket
        }
    }
}
