import CZeroMQ

/// Numbers the connections that frames come by, so that what is known of each can be kept by number and libzmq's
/// properties, looked up by name, need not be read for each frame.
///
/// A connection is known by the address of its properties in libzmq. The cache holds a frame of each connection, and
/// so the properties themselves: while a connection is remembered, that address cannot become another's. Connections
/// that have ended are forgotten with all others by `removeAll`.
public struct ConnectionCache: ~Copyable {
    /// Places looked at for one connection.
    @usableFromInline static var reach: Int { 8 }
    @usableFromInline let mask: Int
    /// 0: nobody.
    @usableFromInline let connections: UnsafeMutablePointer<UInt>
    private let held: UnsafeMutablePointer<zmq_msg_t>
    /// Whether this libzmq keeps the address where we look for it.
    private let isUsable: Bool

    /// - Parameter capacity: connections, a power of two at least twice as great as are expected.
    public init(capacity: Int) {
        precondition(capacity >= Self.reach && capacity & (capacity - 1) == 0, "not a power of two")
        mask = capacity - 1
        connections = .allocate(capacity: capacity)
        connections.initialize(repeating: 0, count: capacity)
        held = .allocate(capacity: capacity)
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        isUsable = major == 4 && (minor == 2 || minor == 3)
    }

    deinit {
        for place in 0...mask where connections[place] != 0 { zmq_msg_close(held + place) }
        connections.deallocate()
        held.deallocate()
    }

    /// The number, below the capacity, of the connection that `message` came by; nil when it is not remembered.
    @inlinable @inline(__always)
    public func number(of message: borrowing Message) -> Int? {
        let connection = message.connection
        guard connection != 0 else { return nil }
        let start = Self.start(connection)
        var step = 0
        while step < Self.reach {
            let place = (start &+ step) & mask
            if connections[place] == connection { return place }
            if connections[place] == 0 { return nil }
            step &+= 1
        }
        return nil
    }

    /// Remembers the connection that `message` came by and returns its number; nil when there is no room.
    public func insert(_ message: borrowing Message) -> Int? {
        let connection = message.connection
        guard isUsable, connection != 0 else { return nil }
        let start = Self.start(connection)
        for step in 0..<Self.reach {
            let place = (start &+ step) & mask
            guard connections[place] == 0 else { continue }
            zmq_msg_init(held + place)
            guard zmq_msg_copy(held + place, message.storage) == 0 else { return nil }
            connections[place] = connection
            return place
        }
        return nil
    }

    public func removeAll() {
        for place in 0...mask where connections[place] != 0 {
            zmq_msg_close(held + place)
            connections[place] = 0
        }
    }

    /// Addresses are multiples of 16 and stand close together.
    @inlinable @inline(__always)
    static func start(_ connection: UInt) -> Int {
        Int(truncatingIfNeeded: (connection &* 0x9E37_79B9_7F4A_7C15) >> 40)
    }
}
