import CZeroMQ

/// One received frame, its memory reused from message to message. Not for two threads at once.
public struct Message: ~Copyable {
    @usableFromInline let storage: UnsafeMutablePointer<zmq_msg_t>

    public init() {
        storage = .allocate(capacity: 1)
        zmq_msg_init(storage)
    }

    deinit {
        zmq_msg_close(storage)
        storage.deallocate()
    }

    public var count: Int { zmq_msg_size(storage) }

    /// The frame's bytes, valid until the next receive into this message.
    @inlinable @inline(__always)
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: zmq_msg_data(storage), count: zmq_msg_size(storage)))
    }

    /// Whether further frames of the same multipart message follow.
    @inlinable
    public var hasMore: Bool { zmq_msg_more(storage) != 0 }

    /// Stands for the connection the frame came by, as long as some frame of it is held; 0 when unknown.
    @inlinable @inline(__always)
    var connection: UInt { keruen_zmq_connection(storage) }

    /// Descriptor of the TCP connection the frame came by, -1 when unknown.
    public var sourceDescriptor: Int32 { zmq_msg_get(storage, ZMQ_SRCFD) }

    /// A connection property such as `User-Id` (set by ZAP) or `Peer-Address`; nil when absent. The pointer
    /// belongs to libzmq and lives as long as the connection's messages.
    public func property(_ name: StaticString) -> UnsafePointer<CChar>? {
        name.withUTF8Buffer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { zmq_msg_gets(storage, $0.baseAddress) }
        }
    }
}
