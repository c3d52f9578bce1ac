import CZeroMQ
import Glibc

/// A libzmq call that failed: which, the error number, and libzmq's words for it.
public struct TransportError: Error, CustomStringConvertible, Sendable {
    public let call: String
    public let code: Int32

    public init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// Reads the calling thread's last libzmq error.
    static func last(_ call: String) -> TransportError { TransportError(call: call, code: zmq_errno()) }

    public var description: String { "\(call): \(String(cString: zmq_strerror(code)))" }
}
