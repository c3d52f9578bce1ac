import CZeroMQ
import Glibc

/// A ZeroMQ socket: closed exactly once, used by one thread at a time.
public struct Socket: ~Copyable, @unchecked Sendable {
    public enum Kind: Sendable {
        case push, pull, xpub, sub, request, reply, pair, dealer, router
        var number: Int32 {
            switch self {
            case .push: ZMQ_PUSH
            case .pull: ZMQ_PULL
            case .xpub: ZMQ_XPUB
            case .sub: ZMQ_SUB
            case .request: ZMQ_REQ
            case .reply: ZMQ_REP
            case .pair: ZMQ_PAIR
            case .dealer: ZMQ_DEALER
            case .router: ZMQ_ROUTER
            }
        }
    }

    /// Libzmq's own handle, for zmq_poll and the like.
    public let handle: UnsafeMutableRawPointer
    /// The end of a context waits for its sockets, so it must never come before theirs.
    private let context: Context

    public init(_ kind: Kind, in context: Context) throws(TransportError) {
        guard let handle = zmq_socket(context.handle, kind.number) else { throw .last("zmq_socket") }
        self.handle = handle
        self.context = context
    }

    deinit { zmq_close(handle) }

    // MARK: Options

    /// Sets an integer option, for example `ZMQ_LINGER`.
    public func set(_ option: Int32, _ value: Int32) throws(TransportError) {
        var value = value
        guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size) == 0 else {
            throw .last("zmq_setsockopt \(option)")
        }
    }

    /// Sets a 64-bit option, for example `ZMQ_MAXMSGSIZE`.
    public func set(_ option: Int32, int64 value: Int64) throws(TransportError) {
        var value = value
        guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int64>.size) == 0 else {
            throw .last("zmq_setsockopt \(option)")
        }
    }

    /// Sets an option that is a run of bytes, for example `ZMQ_SUBSCRIBE`.
    public func set(_ option: Int32, bytes: some Collection<UInt8>) throws(TransportError) {
        let array = Array(bytes)
        guard array.withUnsafeBytes({ zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }) == 0 else {
            throw .last("zmq_setsockopt \(option)")
        }
    }

    /// Sets an option that is text, for example a key in Z85.
    public func set(_ option: Int32, text: String) throws(TransportError) {
        try set(option, bytes: Array(text.utf8))
    }

    /// Makes this the server of a CURVE connection. Clients must then prove a key to the ZAP handler of `domain`.
    public func setCurveServer(_ keys: CurveKeyPair, domain: String) throws(TransportError) {
        try set(ZMQ_CURVE_SERVER, 1)
        try set(ZMQ_CURVE_SECRETKEY, bytes: keys.secretBytes)
        try set(ZMQ_ZAP_DOMAIN, text: domain)
    }

    /// Makes this the client of a CURVE connection to the server with the public key `server`.
    public func setCurveClient(_ keys: CurveKeyPair, server: CurvePublicKey) throws(TransportError) {
        try set(ZMQ_CURVE_SERVERKEY, bytes: server.bytes)
        try set(ZMQ_CURVE_PUBLICKEY, bytes: keys.publicKey.bytes)
        try set(ZMQ_CURVE_SECRETKEY, bytes: keys.secretBytes)
    }

    // MARK: Endpoints

    public func bind(_ endpoint: String) throws(TransportError) {
        guard zmq_bind(handle, endpoint) == 0 else { throw .last("bind \(endpoint)") }
    }

    /// Takes no new connections on the endpoint; those there are stay.
    public func unbind(_ endpoint: String) throws(TransportError) {
        guard zmq_unbind(handle, endpoint) == 0 else { throw .last("unbind \(endpoint)") }
    }

    public func connect(_ endpoint: String) throws(TransportError) {
        guard zmq_connect(handle, endpoint) == 0 else { throw .last("connect \(endpoint)") }
    }

    /// Reports what happens to the connections of this socket to a PAIR that connects to `endpoint` (inproc); nil
    /// ends it. Whoever asks must read, or end it first: libzmq waits for a reader that is gone.
    public func monitor(_ endpoint: String?, events: Int32) throws(TransportError) {
        guard zmq_socket_monitor(handle, endpoint, events) == 0 else { throw .last("zmq_socket_monitor") }
    }

    /// The endpoint last bound, with the port the system chose for `tcp://...:*`.
    public var lastEndpoint: String {
        var buffer = [UInt8](repeating: 0, count: 256)
        var size = buffer.count
        guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0, size > 0 else { return "" }
        let endpoint = String(decoding: buffer[..<(size - 1)], as: UTF8.self)
        // A socket of both families names IPv4 addresses the IPv6 way; people and configurations do not.
        let mapped = "tcp://[::ffff:"
        guard endpoint.hasPrefix(mapped), let end = endpoint.lastIndex(of: "]") else { return endpoint }
        return "tcp://" + endpoint[endpoint.index(endpoint.startIndex, offsetBy: mapped.count)..<end]
            + endpoint[endpoint.index(after: end)...]
    }

    // MARK: Messages

    /// Sends one frame without waiting. False when the peer's queue is full or there is no peer (EAGAIN).
    public func trySend(_ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(TransportError) -> Bool {
        while true {
            if zmq_send(handle, bytes.baseAddress, bytes.count, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0
            {
                return true
            }
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last("zmq_send")
            }
        }
    }

    public func trySend(_ bytes: [UInt8], more: Bool = false) throws(TransportError) -> Bool {
        let outcome: Result<Bool, TransportError> = bytes.withUnsafeBytes { buffer in
            do throws(TransportError) { return .success(try trySend(buffer, more: more)) } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Receives one frame without waiting. False when nothing has arrived.
    public func tryReceive(into message: borrowing Message) throws(TransportError) -> Bool {
        while true {
            if zmq_msg_recv(message.storage, handle, ZMQ_DONTWAIT) >= 0 { return true }
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last("zmq_msg_recv")
            }
        }
    }

    /// Waits until a frame can be received, at most `milliseconds` (negative: for ever).
    public func waitReadable(milliseconds: Int) throws(TransportError) -> Bool {
        var item = zmq_pollitem_t(socket: handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
        while true {
            let ready = zmq_poll(&item, 1, milliseconds)
            if ready >= 0 { return ready > 0 }
            if zmq_errno() != EINTR { throw .last("zmq_poll") }
        }
    }
}
