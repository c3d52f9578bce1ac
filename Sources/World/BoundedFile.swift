import Glibc

/// Reads a data file whole, but never more than a bound.
enum BoundedFile {
    /// Largest data file taken; the largest of the world data has a quarter of a megabyte.
    static let maximumBytes = 8_000_000

    /// A regular file of at most `maximumBytes`; anything else is an error that names it.
    static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw DataError(file: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DataError(file: path, problem: "is no file that can be read")
        }
        // One byte more than allowed tells a file that has grown meanwhile.
        var bytes = [UInt8](repeating: 0, count: min(max(Int(status.st_size), 0), maximumBytes) + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw DataError(file: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
            }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        try check(bytes.count < status.st_size ? Int(status.st_size) : count, path)
        return bytes
    }

    static func check(_ count: Int, _ file: String) throws {
        guard count <= maximumBytes else {
            throw DataError(file: file, problem: "is larger than \(maximumBytes) bytes")
        }
    }
}
