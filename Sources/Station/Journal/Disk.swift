import Glibc

/// The two calls by which data becomes durable, so that tests can break them. Results as of the system calls:
/// -1 leaves the reason in `errno`.
public protocol Disk: Sendable {
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int
    func sync(_ file: Int32) -> Int32
}

/// The machine's own disk.
public struct SystemDisk: Disk {
    public init() {}
    public func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        Glibc.write(file, bytes.baseAddress, bytes.count)
    }
    public func sync(_ file: Int32) -> Int32 { fsync(file) }
}

extension Disk {
    /// Writes everything, however short the single writes are. Returns 0 or errno.
    func writeAll(_ file: Int32, _ bytes: [UInt8]) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var start = 0
            while start < buffer.count {
                let count = write(file, UnsafeRawBufferPointer(rebasing: buffer[start...]))
                if count > 0 {
                    start += count
                } else if count == 0 {
                    return EIO
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }

    /// Makes the directory's entries durable.
    func syncDirectory(_ path: String) throws(JournalError) {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .system(call: "open", path: path, code: errno) }
        defer { close(directory) }
        guard sync(directory) == 0 else { throw .system(call: "fsync", path: path, code: errno) }
    }

    /// Replaces a file so that after a crash either the old or the new content is there, whole.
    func replace(_ name: String, in directory: String, with bytes: [UInt8]) throws(JournalError) {
        let path = "\(directory)/\(name)"
        let beside = "\(path).new"
        let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(call: "open", path: beside, code: errno) }
        defer { close(file) }
        let code = writeAll(file, bytes)
        guard code == 0 else { throw .system(call: "write", path: beside, code: code) }
        guard sync(file) == 0 else { throw .system(call: "fsync", path: beside, code: errno) }
        guard rename(beside, path) == 0 else { throw .system(call: "rename", path: path, code: errno) }
        try syncDirectory(directory)
    }
}

/// The whole content of a file; nil when there is none.
func readFile(_ path: String) throws(JournalError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
        if errno == ENOENT { return nil }
        throw .system(call: "open", path: path, code: errno)
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(file, &part, part.count)
        if count == 0 { return bytes }
        if count > 0 {
            bytes += part[..<count]
        } else if errno != EINTR {
            throw .system(call: "read", path: path, code: errno)
        }
    }
}
