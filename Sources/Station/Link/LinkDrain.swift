import CLinux
import Transport
import Wire

/// How frames become telemetry: what the poll thread keeps from one to the next.
package struct LinkDrain: ~Copyable {
    private struct Sender {
        var identity: LinkIdentity
        var descriptor: Int32
    }
    private let message = Message()
    private var arena = DecodeArena()
    private static let connectionsMax = 32768
    private let connections = ConnectionCache(capacity: LinkDrain.connectionsMax)
    /// By number of the connection.
    private let senders = UnsafeMutablePointer<Sender>.allocate(capacity: LinkDrain.connectionsMax)
    private var forgetAt: Int64 = 0
    private var isPart = false
    private let seal: UInt64

    /// Connections that have ended are remembered at most so long.
    private static let memoryNanoseconds: Int64 = 60_000_000_000

    /// - Parameter seal: of the identities to believe.
    package init(seal: UInt64) { self.seal = seal }

    /// Moves up to `most` frames that wait on the uplink into `table`; true when more may wait.
    package mutating func take(
        from uplink: borrowing Socket, into table: inout LinkTable, at now: Int64, most: Int
    ) throws(TransportError) -> Bool {
        let elapsed = keruen_monotonic_ns()
        if elapsed >= forgetAt {
            connections.removeAll()
            forgetAt = elapsed &+ Self.memoryNanoseconds
        }
        for _ in 0..<most {
            guard try uplink.tryReceive(into: message) else { return false }
            let hasMore = message.hasMore
            let sender = connections.number(of: message).map { senders[$0] } ?? learn()
            message.withBytes { bytes in
                table.ingest(
                    bytes, from: sender?.identity, descriptor: sender?.descriptor ?? -1,
                    isMultipart: hasMore || isPart, at: now, arena: &arena)
            }
            isPart = hasMore
        }
        return true
    }

    /// Asks libzmq who sent the message, and remembers it when it is somebody.
    private func learn() -> Sender? {
        guard let identity = LinkIdentity(userID: message.property("User-Id"), seal: seal) else { return nil }
        let sender = Sender(identity: identity, descriptor: message.sourceDescriptor)
        if let number = connections.insert(message) { (senders + number).initialize(to: sender) }
        return sender
    }
}
