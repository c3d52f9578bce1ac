import CZeroMQ
import Transport

/// A simulator's side of the shared clock: reports what it has reached, learns how far it may go.
///
/// Never waits: call `exchange` from the simulator's loop. A question that stays unanswered for `patience`
/// (the station was restarted) is asked again on a new socket.
public final class PaceFollower {
    /// Simulate up to here, nanoseconds UTC; nil until the station has answered once.
    public private(set) var granted: Int64?
    private let context: Context
    private let endpoint: String
    private let name: String
    private let patienceNanoseconds: Int64
    private var socket: Socket
    private var askedAt: Int64?
    private let message = Message()

    /// - Parameter name: unique among the simulators of a station, no spaces, at most 64 bytes.
    public init(context: Context, endpoint: String, name: String, patienceSeconds: Double = 2)
        throws(TransportError)
    {
        self.context = context
        self.endpoint = endpoint
        self.name = name
        patienceNanoseconds = Int64(patienceSeconds * 1e9)
        socket = try Self.open(context, endpoint)
    }

    /// Takes an answer if one has come, and asks if no question is under way. Returns true when a new answer came.
    public func exchange(reached: Int64, sentMessages: UInt64, monotonic: Int64) throws(TransportError)
        -> Bool
    {
        var answered = false
        if let asked = askedAt {
            if try socket.tryReceive(into: message) {
                if case .grant(let time) = message.withBytes({ PaceFrame($0) }) {
                    granted = max(granted ?? 0, time)
                    answered = true
                }
                askedAt = nil
            } else if monotonic - asked > patienceNanoseconds {
                socket = try Self.open(context, endpoint)
                askedAt = nil
            }
        }
        if askedAt == nil {
            let report = PaceFrame.reached(simulator: name, nanoseconds: reached, sentMessages: sentMessages)
            if try socket.trySend(report.bytes) { askedAt = monotonic }
        }
        return answered
    }

    /// Waits for an answer to the question under way, at most `milliseconds`.
    public func wait(milliseconds: Int) throws(TransportError) {
        _ = try socket.waitReadable(milliseconds: milliseconds)
    }

    private static func open(_ context: Context, _ endpoint: String) throws(TransportError) -> Socket {
        let socket = try Socket(.request, in: context)
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_MAXMSGSIZE, int64: Int64(PaceFrame.sizeMax))
        try socket.connect(endpoint)
        return socket
    }
}
