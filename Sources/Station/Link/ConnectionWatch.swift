import CLinux
import CZeroMQ
import Glibc
import Synchronization
import Transport

/// The thread that keeps the `ConnectionBook`: libzmq tells it of every connection that comes and goes, it shuts
/// those the book no longer wants, and looks at the bytes of all others in turn.
final class ConnectionWatch: Sendable {
    private static let uplinkMonitor = "inproc://keruen.monitor.uplink"
    private static let downlinkMonitor = "inproc://keruen.monitor.downlink"
    private static let events =
        ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_DISCONNECTED
        | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
    private static let tickMilliseconds = 20
    private static let reviewNanoseconds: Int64 = 200_000_000
    /// Rows looked at under one lock of the table: some 250 us.
    private static let rowsPerLock = 64
    /// A process that grows by so much is looked at as a whole at once, not in turn.
    private static let growthBytes: Int64 = 16 << 20
    /// So few strangers are asked for their bytes at every tick.
    private static let strangersFew = 64

    private let uplinkEvents: Socket
    private let downlinkEvents: Socket
    private let stopping = Atomic(false)
    private let open = Atomic(0)

    /// Before `uplink` and `downlink` are bound, so that no connection is missed.
    init(
        _ context: Context, uplink: borrowing Socket, downlink: borrowing Socket
    ) throws(TransportError) {
        uplinkEvents = try Self.observe(uplink, Self.uplinkMonitor, context)
        downlinkEvents = try Self.observe(downlink, Self.downlinkMonitor, context)
    }

    private static func observe(
        _ socket: borrowing Socket, _ endpoint: String, _ context: Context
    ) throws(TransportError) -> Socket {
        try socket.monitor(endpoint, events: events)
        let pair = try Socket(.pair, in: context)
        // Without bound: at a bound libzmq's own thread would wait for us.
        try pair.set(ZMQ_RCVHWM, 0)
        try pair.set(ZMQ_LINGER, 0)
        try pair.connect(endpoint)
        return pair
    }

    /// Connections open now.
    var connections: Int { open.load(ordering: .relaxed) }

    /// Only after both sockets report no more: libzmq would wait for a reader.
    func stop() { stopping.store(true, ordering: .releasing) }

    func run(_ link: Link) {
        let message = Message()
        var book = ConnectionBook(
            configuration: link.configuration, fileLimit: Int(clamping: keruen_file_limit()))
        var round = Round()
        // A failed handshake is told just before its connection's end; a success is not told by descriptor.
        var failures: [LinkRefusal?] = [.handshake, .handshake]
        while !stopping.load(ordering: .acquiring) {
            wait()
            do throws(TransportError) {
                try take(uplinkEvents, socket: 0, &book, &failures[0], message, link)
                try take(downlinkEvents, socket: 1, &book, &failures[1], message, link)
            } catch { return link.fail(.sockets(error)) }
            let now = keruen_monotonic_ns()
            let resident = keruen_resident_bytes()
            let isGrowing = resident > round.residentBytes + Self.growthBytes
            let isDue = now >= round.reviewAt || book.isCrowded || isGrowing
            if isDue || book.strangers <= Self.strangersFew && book.hasHoarder(Self.bytesTaken) {
                round.reviewAt = now + Self.reviewNanoseconds
                review(&book, link, at: now)
            }
            inspect(&round, link, at: now, all: isGrowing, resident: resident)
            open.store(book.count, ordering: .relaxed)
            if link.failure != nil {
                for connection in book.open { Self.shut(connection) }
            }
        }
    }

    private struct Round {
        var reviewAt = Int64.min
        /// The next row to look at, and when the round over all rows began.
        var row = 0
        var beganAt = keruen_monotonic_ns()
        var residentBytes = keruen_resident_bytes()
    }

    private func wait() {
        let readable = Int16(ZMQ_POLLIN)
        var items = (
            zmq_pollitem_t(socket: uplinkEvents.handle, fd: 0, events: readable, revents: 0),
            zmq_pollitem_t(socket: downlinkEvents.handle, fd: 0, events: readable, revents: 0)
        )
        withUnsafeMutableBytes(of: &items) { bytes in
            _ = zmq_poll(
                bytes.baseAddress?.assumingMemoryBound(to: zmq_pollitem_t.self), 2, Self.tickMilliseconds)
        }
    }

    /// Takes all events of one socket: frames of event (16 bits) and value (32 bits), then an address.
    private func take(
        _ events: borrowing Socket, socket: Int, _ book: inout ConnectionBook, _ failure: inout LinkRefusal?,
        _ message: borrowing Message, _ link: Link
    ) throws(TransportError) {
        var refusals: [LinkRefusal] = []
        var strangers: [(cookie: UInt64, cause: LinkRefusal)] = []
        while try events.tryReceive(into: message) {
            let (event, value) = message.withBytes { bytes in
                bytes.count >= 6
                    ? (
                        Int32(bytes.loadUnaligned(as: UInt16.self)),
                        bytes.loadUnaligned(fromByteOffset: 2, as: Int32.self)
                    ) : (0, 0)
            }
            while message.hasMore, try events.tryReceive(into: message) {}
            let now = keruen_monotonic_ns()
            switch event {
            case ZMQ_EVENT_ACCEPTED:
                var address = ConnectionBook.Address(high: 0, low: 0)
                // Gone already when it fails; its end is the next event.
                guard keruen_peer_address(value, &address.high, &address.low) == 0 else { continue }
                let connection = ConnectionBook.Connection(
                    socket: socket, descriptor: value, cookie: keruen_socket_cookie(value))
                for shut in book.accept(connection, from: address, at: now) {
                    Self.shut(shut)
                    refusals.append(.crowded)
                }
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: failure = .unfinished
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: failure = nil  // the authenticator has counted it
            case ZMQ_EVENT_DISCONNECTED:
                if let cookie = book.end(socket: socket, descriptor: value), let failure {
                    strangers.append((cookie, failure))
                }
                failure = .handshake
            case ZMQ_EVENT_ACCEPT_FAILED: refusals.append(.exhausted)
            default: break
            }
        }
        if !strangers.isEmpty {
            let spoken = Set(link.table.withLock { $0.cookies })
            refusals += strangers.filter { !spoken.contains($0.cookie) }.map(\.cause)
        }
        count(refusals, link)
    }

    private func review(_ book: inout ConnectionBook, _ link: Link, at now: Int64) {
        guard book.strangers > 0 else { return }
        let (cookies, drains) = link.table.withLock { ($0.cookies, $0.drains) }
        let spoken = Set(cookies)
        let shut = book.review(
            at: now, drains: drains, hasSpoken: spoken.contains, bytesTaken: Self.bytesTaken)
        for (connection, _) in shut { Self.shut(connection) }
        count(shut.map(\.cause), link)
    }

    /// Goes on with the round over all vehicles, as far as the time since its beginning asks for.
    private func inspect(_ round: inout Round, _ link: Link, at now: Int64, all: Bool, resident: Int64) {
        let count = link.table.withLock { $0.rows.count }
        let period = max(1, link.configuration.inspectionNanoseconds)
        var goal = Int(Double(now &- round.beganAt) / Double(period) * Double(count))
        if all { (round.row, goal) = (0, count) }
        while round.row < min(goal, count) {
            let end = min(round.row + Self.rowsPerLock, goal, count)
            link.table.withLock { $0.inspect(round.row..<end) }
            round.row = end
        }
        if round.row >= count && (goal >= count) {
            round = Round(reviewAt: round.reviewAt, beganAt: now, residentBytes: resident)
        }
    }

    private func count(_ refusals: [LinkRefusal], _ link: Link) {
        guard !refusals.isEmpty else { return }
        link.table.withLock { table in for cause in refusals { table.refuse(cause) } }
    }

    private static func bytesTaken(_ connection: ConnectionBook.Connection) -> UInt64 {
        var info = keruen_tcp_info()
        return keruen_tcp_info(connection.descriptor, &info) == 0 ? info.bytes_taken : 0
    }

    private static func shut(_ connection: ConnectionBook.Connection) {
        var held = LinkConnection(descriptor: connection.descriptor, cookie: connection.cookie)
        held.shut()
    }
}
