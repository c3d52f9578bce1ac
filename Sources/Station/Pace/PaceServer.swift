import CZeroMQ
import Transport

/// Answers the simulators on the pace endpoint. Used by the thread that runs the ticks.
public final class PaceServer {
    public private(set) var clock: SimulatedClock
    /// Frames that were not a report.
    public private(set) var malformed = 0
    private let socket: Socket
    private let message = Message()

    /// Binds `endpoint`, which must be on loopback: whoever speaks here moves the station's clock.
    public init(context: Context, endpoint: String, clock: SimulatedClock) throws(TransportError) {
        guard ["tcp://127.0.0.1:", "tcp://[::1]:", "ipc://", "inproc://"].contains(where: endpoint.hasPrefix)
        else {
            throw TransportError(call: "pace endpoint \(endpoint) is not on loopback; bind", code: 1)
        }
        self.clock = clock
        let socket = try Socket(.reply, in: context)
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_MAXMSGSIZE, int64: Int64(PaceFrame.sizeMax))
        try socket.bind(endpoint)
        self.socket = socket
    }

    public var endpoint: String { socket.lastEndpoint }

    /// Answers every report that has arrived, after waiting for one at most `milliseconds`. `processed` is the
    /// simulated time the station has worked up to.
    public func serve(processed: Int64, monotonic: () -> Int64, milliseconds: Int) throws(TransportError) {
        guard try socket.waitReadable(milliseconds: milliseconds) else { return }
        // Bounded, so that a chatty peer cannot keep the tick waiting.
        for _ in 0..<SimulatedClock.simulatorsMax {
            guard try socket.tryReceive(into: message) else { return }
            let now = monotonic()
            var complete = !message.hasMore
            while message.hasMore, try socket.tryReceive(into: message) { complete = false }
            switch complete ? message.withBytes({ PaceFrame($0) }) : nil {
            case .reached(let simulator, let time, let sent):
                if !clock.report(simulator: simulator, reached: time, sentMessages: sent, monotonic: now) {
                    malformed += 1
                }
            default: malformed += 1
            }
            let grant = clock.advance(monotonic: now, processed: processed)
            _ = try socket.trySend(PaceFrame.grant(nanoseconds: grant).bytes)
        }
    }
}
