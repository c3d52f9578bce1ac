import Glibc

/// A TCP connection to loopback without libzmq: for those who do not speak ZMTP, or too much of it.
final class RawConnection {
    let descriptor: Int32

    /// Nil when nobody takes the connection.
    init?(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeBytes(of: &address) { bytes in
            connect(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), size)
        }
        guard result == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// False when the other side has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent,
                    Int32(truncatingIfNeeded: MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// What arrives within the time; empty when the other side has closed, nil when nothing came.
    func receive(milliseconds: Int32, max: Int = 4096) -> [UInt8]? {
        var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&item, 1, milliseconds) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: max)
        let count = recv(descriptor, &buffer, max, 0)
        return count > 0 ? Array(buffer[..<count]) : []
    }

    /// Whether the other side closes within the time, whatever it says before.
    func isClosed(withinMilliseconds limit: Int32) -> Bool {
        for _ in 0..<(limit / 10) {
            if let bytes = receive(milliseconds: 10), bytes.isEmpty { return true }
        }
        return false
    }
}
