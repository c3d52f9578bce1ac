import CLinux
import Glibc

/// A TCP connection of libzmq's, held by descriptor and by the kernel's cookie against descriptor reuse.
struct LinkConnection: Sendable, Equatable {
    var descriptor: Int32 = -1
    var cookie: UInt64 = 0
    /// What its messages can have taken on the wire, bytes.
    var delivered: UInt64 = 0

    /// Bytes that may be on their way through the kernel and libzmq; on the downlink a vehicle says next to nothing.
    static let hoardMax: UInt64 = 256 * 1024
    static let hoardMaxDownlink: UInt64 = 16 * 1024

    /// Bytes of ZMTP's own commands forgiven at each inspection.
    static let pings: UInt64 = 256
    /// ZMTP header, CURVE box and our own bytes of a message, rounded up: an honest peer is never shut.
    static let overhead: UInt64 = 64

    /// What came before the first message, the handshake, is not held against the peer.
    mutating func forgiveHandshake() {
        var info = keruen_tcp_info()
        if keruen_tcp_info(descriptor, &info) == 0 { delivered = info.bytes_received }
    }

    /// Whether the descriptor is still this connection.
    var isCurrent: Bool { cookie != 0 && keruen_socket_cookie(descriptor) == cookie }

    /// Ends the connection, if it is still the same; libzmq sees the end and cleans up.
    mutating func shut() {
        if isCurrent { shutdown(descriptor, Int32(SHUT_RDWR)) }
        self = LinkConnection()
    }
}
