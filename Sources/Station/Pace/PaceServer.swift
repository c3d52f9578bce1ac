import CZeroMQ
import Transport

/// Answers the simulators on the pace endpoint. Used by the thread that runs the ticks.
///
/// A simulator that may not go on yet is left waiting for its answer, so that nobody has to ask twice.
public final class PaceServer {
    public private(set) var clock: SimulatedClock
    /// Messages that were not a report.
    public private(set) var malformed = 0
    private let socket: Socket
    private let message = Message()
    private var waiting: [Question] = []

    private struct Question {
        var peer: [UInt8]
        var reached: Int64
        var since: Int64
    }

    /// An answer comes after this time at the latest, whether or not there is anything to grant.
    private static let patienceNanoseconds: Int64 = 50_000_000

    /// Binds `endpoint`, which must be on loopback: whoever speaks here moves the station's clock.
    public init(context: Context, endpoint: String, clock: SimulatedClock) throws(TransportError) {
        guard ["tcp://127.0.0.1:", "tcp://[::1]:", "ipc://", "inproc://"].contains(where: endpoint.hasPrefix)
        else {
            throw TransportError(call: "pace endpoint \(endpoint) is not on loopback; bind", code: 1)
        }
        self.clock = clock
        let socket = try Socket(.router, in: context)
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_MAXMSGSIZE, int64: Int64(PaceFrame.sizeMax))
        try socket.bind(endpoint)
        self.socket = socket
    }

    public var endpoint: String { socket.lastEndpoint }

    /// Takes every report that has arrived, after waiting for one at most `milliseconds`, and answers those whose
    /// senders may go on. `processed` is the simulated time the station has worked up to.
    public func serve(processed: Int64, monotonic: () -> Int64, milliseconds: Int) throws(TransportError) {
        if try socket.waitReadable(milliseconds: milliseconds) {
            // Bounded, so that a chatty peer cannot keep the tick waiting.
            for _ in 0..<SimulatedClock.simulatorsMax {
                guard try socket.tryReceive(into: message) else { break }
                try take(monotonic())
            }
        }
        try answer(processed: processed, monotonic: monotonic())
    }

    /// Who holds time up, once it has stood still for so long.
    public func standstill(monotonic: Int64, afterSeconds seconds: Double) -> String? {
        clock.standstill(monotonic: monotonic, afterSeconds: seconds)
    }

    /// Answers those whose senders may go on by now.
    public func answer(processed: Int64, monotonic now: Int64) throws(TransportError) {
        let grant = clock.advance(monotonic: now, processed: processed)
        guard !waiting.isEmpty else { return }
        var later: [Question] = []
        for question in waiting {
            guard grant > question.reached || now &- question.since >= Self.patienceNanoseconds else {
                later.append(question)
                continue
            }
            // A peer that is gone gets nothing; a ROUTER drops what has no address.
            _ = try socket.trySend(question.peer, more: true)
            _ = try socket.trySend([], more: true)
            _ = try socket.trySend(PaceFrame.grant(nanoseconds: grant).bytes)
        }
        waiting = later
    }

    /// One message of a REQ peer: its address, an empty frame, the sentence.
    private func take(_ now: Int64) throws(TransportError) {
        let peer = message.withBytes { Array($0) }
        var frames: [[UInt8]] = []
        while message.hasMore, try socket.tryReceive(into: message) {
            if frames.count < 3 { frames.append(message.withBytes { Array($0) }) }
        }
        guard frames.count == 2, frames[0].isEmpty,
            case .reached(let simulator, let time, let sent)? = frames[1].withUnsafeBytes({ PaceFrame($0) }),
            clock.report(simulator: simulator, reached: time, sentMessages: sent, monotonic: now)
        else {
            malformed += 1
            return
        }
        waiting.removeAll { $0.peer == peer }
        guard waiting.count < SimulatedClock.simulatorsMax else { return }
        waiting.append(Question(peer: peer, reached: time, since: now))
    }
}
