import CZeroMQ

/// One libzmq context: its I/O threads and all sockets made from it. Safe to share between threads.
///
/// Every socket must be closed before `terminate`, which otherwise waits for them.
public final class Context: Sendable {
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - ioThreads: threads that move bytes, at least 1.
    ///   - socketsMax: sockets that may be open at once in this context.
    ///   - zeroCopy: whether frames keep the buffer they were received in, 18 KiB of a connection, instead of a
    ///     copy of their own. Dearer for small ones: the connection then needs a new buffer.
    public init(ioThreads: Int = 1, socketsMax: Int = 1023, zeroCopy: Bool = true) throws(TransportError) {
        guard let handle = zmq_ctx_new() else { throw .last("zmq_ctx_new") }
        self.handle = handle
        zmq_ctx_set(handle, ZMQ_IO_THREADS, Int32(clamping: max(1, ioThreads)))
        zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, Int32(clamping: max(1, socketsMax)))
        if !zeroCopy { zmq_ctx_set(handle, Int32(KERUEN_ZMQ_ZERO_COPY_RECV), 0) }
    }

    /// Makes blocking calls on every socket return ETERM, so that their owners can close them.
    public func shutdown() { zmq_ctx_shutdown(handle) }

    deinit {
        zmq_ctx_shutdown(handle)
        while zmq_ctx_term(handle) != 0 && zmq_errno() == 4 /* EINTR */ {}
    }
}
