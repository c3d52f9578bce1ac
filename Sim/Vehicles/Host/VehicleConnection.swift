import CZeroMQ
import Transport
import Wire

/// A vehicle's two sockets to the station, and the little queue before them.
///
/// Important messages (hello, acknowledgements, progress, events) go first and wait in order when the link is
/// down; telemetry has a single slot in which a newer message replaces an unsent one, for stale positions help
/// nobody. One thread uses a connection at a time.
public final class VehicleConnection {
    /// Messages kept while the link is down; beyond it the oldest is dropped and counted.
    public static let queueMax = 256

    /// Frames dropped because the queue was full.
    public private(set) var droppedMessages = 0
    /// Frames handed to libzmq so far, over all sockets this connection has had.
    public private(set) var sentMessages: UInt64 = 0

    private let context: Context
    private let secret: VehicleSecret
    private let uplinkEndpoint: String
    private let downlinkEndpoint: String
    private var sockets: Sockets
    private var queue: [[UInt8]] = []
    private var queueHead = 0
    private var hello: [UInt8]?
    private var telemetry: [UInt8]
    private var telemetryCount = 0

    /// Opens both sockets; they connect in the background and stay at it.
    public init(
        context: Context, secret: VehicleSecret, uplinkEndpoint: String, downlinkEndpoint: String
    ) throws(TransportError) {
        self.context = context
        self.secret = secret
        self.uplinkEndpoint = uplinkEndpoint
        self.downlinkEndpoint = downlinkEndpoint
        telemetry = [UInt8](repeating: 0, count: 512)
        sockets = try Sockets(context, secret, uplinkEndpoint, downlinkEndpoint)
    }

    /// Closes both sockets and opens new ones. A client that was refused once never tries again by itself
    /// (libzmq 4.3.4), so a vehicle that heard nothing for some seconds does this. Queued messages stay.
    public func reconnect() throws(TransportError) {
        sockets = try Sockets(context, secret, uplinkEndpoint, downlinkEndpoint)
    }

    /// Queues a frame that must not be replaced by a later one.
    public func enqueue(_ frame: [UInt8]) {
        if queue.count - queueHead >= Self.queueMax {
            queueHead += 1
            droppedMessages += 1
        }
        if queueHead > Self.queueMax {
            queue.removeFirst(queueHead)
            queueHead = 0
        }
        queue.append(frame)
    }

    /// Puts a Hello before everything else; one that is still unsent is gone.
    public func replaceHello(_ frame: [UInt8]) { hello = frame }

    /// Something is still to be sent.
    public var hasWaiting: Bool { hello != nil || queueHead < queue.count || telemetryCount > 0 }

    /// Puts a telemetry frame of at most 512 bytes into the slot by letting `write` fill it; `write` returns the
    /// frame's length. What was in the slot and unsent is gone.
    public func replaceTelemetry(_ write: (UnsafeMutableRawBufferPointer) -> Int) {
        telemetryCount = telemetry.withUnsafeMutableBytes { min(max(0, write($0)), $0.count) }
    }

    /// Queues telemetry behind what waits already, for a simulator that sends in bursts.
    public func enqueueTelemetry(_ message: Telemetry) {
        enqueue(
            [UInt8](unsafeUninitializedCapacity: Telemetry.frameSize) { buffer, count in
                count = message.encodeFrame(into: UnsafeMutableRawBufferPointer(buffer))
            })
    }

    /// Sends what can be sent without waiting.
    public func flush() throws(TransportError) {
        if let hello {
            guard try sockets.push.trySend(hello) else { return }
            self.hello = nil
            sentMessages += 1
        }
        while queueHead < queue.count {
            guard try sockets.push.trySend(queue[queueHead]) else { return }
            queueHead += 1
            sentMessages += 1
        }
        if queueHead > 0 {
            queue.removeAll(keepingCapacity: true)
            queueHead = 0
        }
        guard telemetryCount > 0 else { return }
        let outcome: Result<Bool, TransportError> = telemetry.withUnsafeBytes { bytes in
            do throws(TransportError) {
                return .success(
                    try sockets.push.trySend(UnsafeRawBufferPointer(rebasing: bytes[..<telemetryCount])))
            } catch { return .failure(error) }
        }
        if try outcome.get() {
            telemetryCount = 0
            sentMessages += 1
        }
    }

    /// Readable when the downlink has news; stays so until `receive` has returned 0. -1 when unknown.
    public var downlinkDescriptor: Int32 {
        var descriptor: Int32 = -1
        var size = MemoryLayout<Int32>.size
        return zmq_getsockopt(sockets.sub.handle, ZMQ_FD, &descriptor, &size) == 0 ? descriptor : -1
    }

    /// Hands each frame that has arrived to `body`, topic and all, at most `limit` of them. Returns how many.
    public func receive(
        into message: borrowing Message, limit: Int = 64, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(TransportError) -> Int {
        var count = 0
        while count < limit, try sockets.sub.tryReceive(into: message) {
            message.withBytes(body)
            count += 1
        }
        return count
    }

    /// The pair of sockets, opened together and closed together.
    private struct Sockets: ~Copyable {
        let push: Socket
        let sub: Socket

        init(
            _ context: Context, _ secret: VehicleSecret, _ uplink: String, _ downlink: String
        ) throws(TransportError) {
            let push = try Socket(.push, in: context)
            // Little is buffered and only towards a live peer: what waits must be replaceable.
            try push.set(ZMQ_SNDHWM, 4)
            try push.set(ZMQ_IMMEDIATE, 1)
            try Self.prepare(push, secret)
            try push.connect(uplink)

            let sub = try Socket(.sub, in: context)
            try sub.set(ZMQ_RCVHWM, 256)
            try sub.set(ZMQ_MAXMSGSIZE, int64: Envelope.socketFrameSizeMax)
            try Self.prepare(sub, secret)
            let id = secret.id
            try sub.set(
                ZMQ_SUBSCRIBE,
                bytes: [
                    UInt8(truncatingIfNeeded: id), UInt8(truncatingIfNeeded: id >> 8),
                    UInt8(truncatingIfNeeded: id >> 16), UInt8(truncatingIfNeeded: id >> 24),
                ])
            try sub.set(ZMQ_SUBSCRIBE, bytes: [0, 0, 0, 0])
            try sub.connect(downlink)
            self.push = push
            self.sub = sub
        }

        /// Options both sockets share. Never ZMQ_HEARTBEAT_*: libzmq 4.3.4 aborts the process over them.
        private static func prepare(_ socket: borrowing Socket, _ secret: VehicleSecret)
            throws(TransportError)
        {
            try socket.set(ZMQ_LINGER, 0)
            try socket.set(ZMQ_HANDSHAKE_IVL, 3000)
            try socket.set(ZMQ_TCP_KEEPALIVE, 1)
            try socket.set(ZMQ_TCP_KEEPALIVE_IDLE, 10)
            try socket.set(ZMQ_TCP_KEEPALIVE_INTVL, 5)
            try socket.set(ZMQ_TCP_KEEPALIVE_CNT, 3)
            try socket.set(ZMQ_TCP_MAXRT, 15000)
            try socket.set(ZMQ_RECONNECT_IVL, 250)
            try socket.set(ZMQ_RECONNECT_IVL_MAX, 8000)
            try socket.setCurveClient(secret.keys, server: secret.station)
        }
    }
}
