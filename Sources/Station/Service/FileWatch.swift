import CLinux
import Glibc

/// Notices, at most once a second, that a file is another one or has other contents than before.
struct FileWatch {
    private struct Stamp: Equatable {
        var inode: UInt64
        var size: Int64
        var seconds: Int64
        var nanoseconds: Int64
    }
    private var last: Stamp?
    private var lookAt: Int64

    init(_ path: String) {
        last = Self.stamp(path)
        lookAt = keruen_monotonic_ns()
    }

    /// True once for each change; a file that is missing has not changed.
    mutating func hasChanged(at path: String) -> Bool {
        let now = keruen_monotonic_ns()
        guard now >= lookAt else { return false }
        lookAt = now &+ 1_000_000_000
        guard let stamp = Self.stamp(path), stamp != last else { return false }
        last = stamp
        return true
    }

    private static func stamp(_ path: String) -> Stamp? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Stamp(
            inode: UInt64(info.st_ino), size: Int64(info.st_size), seconds: Int64(info.st_mtim.tv_sec),
            nanoseconds: Int64(info.st_mtim.tv_nsec))
    }
}
