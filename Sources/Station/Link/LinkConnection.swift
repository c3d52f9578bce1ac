import CLinux

/// A TCP connection of libzmq's, held by descriptor and by the kernel's cookie against descriptor reuse.
struct LinkConnection: Sendable, Equatable {
    var descriptor: Int32 = -1
    var cookie: UInt64 = 0
    /// What its messages can have taken on the wire, bytes.
    var delivered: UInt64 = 0
    var hoard = HoardWatch()

    /// Bytes that may be on their way through libzmq; on the downlink a vehicle says next to nothing.
    static let hoardMax: UInt64 = 256 * 1024
    static let hoardMaxDownlink: UInt64 = 16 * 1024

    /// Bytes of ZMTP's own commands forgiven at each inspection.
    static let pings: UInt64 = 256
    /// ZMTP header, CURVE box and our own bytes of a message, rounded up: an honest peer is never shut.
    static let overhead: UInt64 = 64

    /// What came before the first message, the handshake, is not held against the peer.
    mutating func forgiveHandshake() {
        var info = keruen_tcp_info()
        if keruen_tcp_info(descriptor, &info) == 0 { delivered = info.bytes_taken }
    }

    /// Whether the descriptor is still this connection.
    var isCurrent: Bool { cookie != 0 && keruen_socket_cookie(descriptor) == cookie }

    /// Ends the connection, if it is still the same; libzmq sees the end and cleans up.
    mutating func shut() {
        _ = keruen_shut_connection(descriptor, cookie)
        self = LinkConnection()
    }
}

/// Tells bytes that never become a message from messages that only wait for us: what was taken in before our queues
/// were emptied must have come out of them.
struct HoardWatch: Sendable, Equatable {
    private var taken: UInt64 = 0
    private var drains: UInt64 = 0

    /// - Parameters:
    ///   - taken: bytes taken in by now.
    ///   - delivered: bytes of the messages that came out.
    ///   - drains: how often our queues were found empty by now.
    /// - Returns: whether the peer hoards; at the second look at the earliest.
    mutating func isHoarding(taken: UInt64, delivered: UInt64, max: UInt64, drains: UInt64) -> Bool {
        guard taken > delivered &+ max else {
            self = HoardWatch()
            return false
        }
        // The first time may have begun before the bytes were there.
        if self.taken != 0, drains >= self.drains &+ 2 {
            if self.taken > delivered &+ max { return true }
            self.taken = 0
        }
        if self.taken == 0 { (self.taken, self.drains) = (taken, drains) }
        return false
    }
}
