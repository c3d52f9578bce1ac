import CLinux
import CZeroMQ
import Glibc
import Synchronization
import Transport
import Wire

/// The poll thread: the only one to touch both sockets once they are bound.
final class LinkLoop: Sendable {
    let uplinkEndpoint: String
    let downlinkEndpoint: String
    private let uplink: Socket
    private let downlink: Socket
    let watch: ConnectionWatch
    private let bell: Int32
    private let stopping = Atomic(false)
    private let link: Link
    /// Held so that the sockets end before their context.
    private let context: Context

    /// Most messages taken under one lock: how long `collect` may have to wait.
    private static let drainMax = 1024
    private static let drainsMax = 16
    private static let second: Int64 = 1_000_000_000

    /// No limit, for libzmq 4.3.4 aborts when a peer's queue is full, a ZMTP PING stands behind it and the peer hangs
    /// up (PingTrapTests). The watch bounds what a peer has sent and nobody has read.
    static let receiveQueue: Int32 = 0

    init(_ link: Link, _ context: Context, _ keys: CurveKeyPair) throws(TransportError) {
        let port = link.configuration.port
        let host = link.configuration.host
        let uplink = try Socket(.pull, in: context)
        let downlink = try Socket(.xpub, in: context)
        try Self.configure(uplink, keys)
        try Self.configure(downlink, keys)
        try uplink.set(ZMQ_RCVHWM, Self.receiveQueue)
        try downlink.set(ZMQ_SNDHWM, 64)
        // Two subscriptions of five bytes are all a vehicle says here. Libzmq keeps long ones in trees, 30 bytes for
        // one, and reads on as long as more come, on the thread that should serve everybody.
        try downlink.set(ZMQ_RCVHWM, Self.receiveQueue)
        try downlink.set(ZMQ_MAXMSGSIZE, int64: 512)
        try downlink.set(ZMQ_XPUB_MANUAL, 1)
        watch = try ConnectionWatch(context, uplink: uplink, downlink: downlink)
        try uplink.bind(port == 0 ? "tcp://\(host):*" : "tcp://\(host):\(port)")
        try downlink.bind(port == 0 ? "tcp://\(host):*" : "tcp://\(host):\(Int(port) + 1)")
        let bell = keruen_eventfd()
        guard bell >= 0 else { throw TransportError(call: "eventfd", code: errno) }
        uplinkEndpoint = uplink.lastEndpoint
        downlinkEndpoint = downlink.lastEndpoint
        self.uplink = uplink
        self.downlink = downlink
        self.bell = bell
        self.link = link
        self.context = context
    }

    deinit { close(bell) }

    /// ZMQ_HEARTBEAT_* stay unset: libzmq 4.3.4 aborts with them when a queue is full (issue 3937).
    private static func configure(_ socket: borrowing Socket, _ keys: CurveKeyPair) throws(TransportError) {
        try socket.setCurveServer(keys, domain: Authenticator.domain)
        try socket.set(ZMQ_MAXMSGSIZE, int64: Envelope.socketFrameSizeMax)
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_HANDSHAKE_IVL, 3000)
        try socket.set(ZMQ_BACKLOG, 4096)
        try socket.set(ZMQ_TCP_KEEPALIVE, 1)
        try socket.set(ZMQ_TCP_KEEPALIVE_IDLE, 10)
        try socket.set(ZMQ_TCP_KEEPALIVE_INTVL, 5)
        try socket.set(ZMQ_TCP_KEEPALIVE_CNT, 3)
        try socket.set(ZMQ_TCP_MAXRT, 15000)
        try socket.set(ZMQ_IPV6, 1)
    }

    func wake() { keruen_eventfd_signal(bell) }

    func stop() {
        stopping.store(true, ordering: .releasing)
        wake()
    }

    /// The watch hears of no more connections. Only when the poll thread has ended.
    func endReports() {
        try? uplink.monitor(nil, events: 0)
        try? downlink.monitor(nil, events: 0)
    }

    func run() {
        let message = Message()
        var incoming = LinkDrain(seal: link.authenticator.seal)
        var load = Load()
        var heartbeat = Heartbeat()
        while !stopping.load(ordering: .acquiring) {
            wait(milliseconds: 10)
            // Without it libzmq would let in everybody.
            guard link.authenticator.isServing else { return end(.authenticatorEnded) }
            do throws(TransportError) {
                try admit(message)
                // Bounded, so that a flood cannot keep what is to be sent waiting.
                var drains = 0
                while drains < Self.drainsMax, try drain(&incoming, &load) { drains += 1 }
                try flush()
            } catch {
                // Only a terminated context or a broken process ends here; the sockets cannot be used again.
                return end(.sockets(error))
            }
            let elapsed = keruen_monotonic_ns()
            let interval = link.configuration.heartbeatNanoseconds
            if let nonce = heartbeat.due(at: link.clock(), every: interval, elapsed: elapsed) { beat(nonce) }
            // Under load telemetry gathers, so that one wake-up takes many messages; what is to be sent does not
            // wait.
            let pause = load.gatherMilliseconds(at: elapsed)
            guard pause > 0 else { continue }
            var item = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
            poll(&item, 1, pause)
        }
    }

    /// Nobody new comes in, and whoever owns the link learns of it.
    private func end(_ failure: LinkFailure) {
        try? uplink.unbind(uplinkEndpoint)
        try? downlink.unbind(downlinkEndpoint)
        link.fail(failure)
    }

    private func wait(milliseconds: Int) {
        let readable = Int16(ZMQ_POLLIN)
        var items = (
            zmq_pollitem_t(socket: uplink.handle, fd: 0, events: readable, revents: 0),
            zmq_pollitem_t(socket: downlink.handle, fd: 0, events: readable, revents: 0),
            zmq_pollitem_t(socket: nil, fd: bell, events: readable, revents: 0)
        )
        withUnsafeMutableBytes(of: &items) { bytes in
            _ = zmq_poll(bytes.baseAddress?.assumingMemoryBound(to: zmq_pollitem_t.self), 3, milliseconds)
        }
    }

    /// Takes up to `drainMax` frames; true when more may wait.
    private func drain(
        _ incoming: inout LinkDrain, _ load: inout Load
    ) throws(TransportError) -> Bool {
        let now = link.clock()
        let outcome = link.table.withLock { table -> Result<Bool, TransportError> in
            let before = table.totals.accepted
            defer { load.accepted &+= table.totals.accepted &- before }
            do throws(TransportError) {
                let more = try incoming.take(from: uplink, into: &table, at: now, most: Self.drainMax)
                if !more { table.drains &+= 1 }
                return .success(more && !stopping.load(ordering: .acquiring))
            } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    /// How long messages gather: where so much comes in that waking for each would cost more than it helps. What is
    /// refused does not count: a flood shall not make the others wait.
    private struct Load {
        var accepted: UInt64 = 0
        private var measuredAt: Int64 = 0
        private var gather: Int32 = 0

        static let windowNanoseconds: Int64 = 10_000_000
        /// Messages a second from which they gather for 1 ms.
        static let high: UInt64 = 4000
        /// They gather for 3 ms from the rate of 20,000 vehicles at 10 Hz, unless so many came that they would not
        /// stay in the cache until they are read.
        static let highest: Range<UInt64> = 200_000..<900_000

        mutating func gatherMilliseconds(at now: Int64) -> Int32 {
            let span = now &- measuredAt
            if span >= Self.windowNanoseconds {
                let rate = accepted &* 1_000_000_000 / max(1, UInt64(clamping: span))
                gather = Self.highest.contains(rate) ? 3 : rate > Self.high ? 1 : 0
                accepted = 0
                measuredAt = now
            }
            return gather
        }
    }

    /// Answers subscriptions: own topic and the common one, else the connection is shut.
    private func admit(_ message: borrowing Message) throws(TransportError) {
        for _ in 0..<Self.drainMax {
            guard try downlink.tryReceive(into: message) else { return }
            let descriptor = message.sourceDescriptor
            let identity = LinkIdentity(
                userID: message.property("User-Id"), seal: link.authenticator.seal)
            let admission = message.withBytes { Admission($0, from: identity?.id ?? 0) }
            switch link.table.withLock({ $0.admit(admission, identity, descriptor) }) {
            case .subscribe(let topic): try downlink.set(ZMQ_SUBSCRIBE, bytes: topicBytes(topic))
            case .unsubscribe(let topic): try downlink.set(ZMQ_UNSUBSCRIBE, bytes: topicBytes(topic))
            case .refuse: continue
            }
        }
    }

    private func topicBytes(_ topic: UInt32) -> [UInt8] {
        withUnsafeBytes(of: topic.littleEndian) { Array($0) }
    }

    private func flush() throws(TransportError) {
        keruen_eventfd_drain(bell)
        let frames = link.outbox.withLock { outbox in
            defer { outbox = [] }
            return outbox
        }
        for frame in frames { _ = try downlink.trySend(frame) }
    }

    private func beat(_ nonce: UInt64) {
        let now = link.clock()
        link.table.withLock { $0.heartbeats.sent(nonce, at: now) }
        var beat = StationHeartbeat()
        beat.nonce = nonce
        beat.stationTimeNanoseconds = UInt64(clamping: now)
        beat.fence = link.configuration.fence
        link.send(.heartbeat(beat), to: 0)
    }

    /// One each interval of station time, which may run faster than the wall's, and one a second of the wall's.
    private struct Heartbeat {
        var atStation = Int64.min
        var atElapsed = Int64.min

        mutating func due(at now: Int64, every interval: Int64, elapsed: Int64) -> UInt64? {
            guard
                atStation == .min || now.subtractingSaturated(atStation) >= interval || now < atStation
                    || elapsed &- atElapsed >= LinkLoop.second
            else { return nil }
            atStation = now
            atElapsed = elapsed
            return UInt64.random(in: 1...UInt64.max)
        }
    }
}
