import Glibc

/// Why the journal cannot be opened or written, in words for the person who must act.
public enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another station holds the directory.
    case locked(directory: String)
    /// A system call failed; `code` is errno.
    case system(call: String, path: String, code: Int32)
    /// Bytes that were once durable are not what was written. Nothing has been changed.
    case damaged(file: String, offset: Int, what: String)
    /// A write or fsync failed earlier. This is final: what the disk holds is unknown until it is read anew.
    case failed(call: String, code: Int32)
    /// The disk does not keep up: the bound on waiting bytes is reached.
    case queueFull(bytes: Int)
    case recordTooLarge(bytes: Int, limit: Int)
    /// The event cannot be written as JSON, or a stored one is not the expected JSON.
    case encoding(String)
    /// A snapshot may only hold what is durable.
    case snapshotAheadOfJournal(sequence: UInt64, durable: UInt64)
    case closed

    public var description: String {
        switch self {
        case .locked(let directory):
            "\(directory) is in use by another running station; stop it or choose another directory"
        case .system(let call, let path, let code): "\(call) \(path): \(Self.words(code))"
        case .damaged(let file, let offset, let what):
            "\(file) is damaged at byte offset \(offset): \(what). Nothing was changed. Copy the directory, "
                + "check the disk, then restore the file from a backup"
        case .failed(let call, let code):
            "the journal stopped because \(call) failed (\(Self.words(code))); nothing more is accepted. "
                + "Free space or replace the disk, then restart the station"
        case .queueFull(let bytes): "the disk does not keep up: \(bytes) bytes already wait to be written"
        case .recordTooLarge(let bytes, let limit): "a record of \(bytes) bytes exceeds the limit of \(limit)"
        case .encoding(let detail): "journal record: \(detail)"
        case .snapshotAheadOfJournal(let sequence, let durable):
            "a snapshot at \(sequence) was asked for, but only \(durable) is durable"
        case .closed: "the journal is closed"
        }
    }

    static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
