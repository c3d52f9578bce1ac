import Glibc
import World

/// The state after one event, so that a start need not replay everything before it. The first line of the file
/// names format, sequence and CRC-32C; the rest is the state's JSON.
enum Snapshot {
    private static let prefix = "snapshot-"
    private static let suffix = ".json"

    private static func head(_ state: ArraySlice<UInt8>, _ sequence: UInt64) -> [UInt8] {
        Array("{\"crc32c\":\(CRC32C.checksum(state)),\"format\":1,\"sequence\":\(sequence)}\n".utf8)
    }

    static func save(
        _ state: [UInt8], after sequence: UInt64, in directory: String, disk: any Disk
    ) throws(JournalError) {
        let bytes = head(state[...], sequence) + state
        try disk.replace("\(prefix)\(sequence)\(suffix)", in: directory, with: bytes)
        for old in try sequences(in: directory).dropFirst(2) {
            unlink("\(directory)/\(prefix)\(old)\(suffix)")
        }
    }

    /// The newest that checks, and how many newer ones do not.
    static func newest(
        in directory: String
    ) throws(JournalError) -> (snapshot: (sequence: UInt64, state: [UInt8])?, damaged: Int) {
        var damaged = 0
        for sequence in try sequences(in: directory) {
            let bytes = try readFile("\(directory)/\(prefix)\(sequence)\(suffix)") ?? []
            if let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                let state = bytes[(newline + 1)...]
                if bytes[...newline].elementsEqual(head(state, sequence)) {
                    return ((sequence, Array(state)), damaged)
                }
            }
            damaged += 1
        }
        return (nil, damaged)
    }

    /// Newest first.
    private static func sequences(in directory: String) throws(JournalError) -> [UInt64] {
        guard let listing = opendir(directory) else {
            throw .system(call: "opendir", path: directory, code: errno)
        }
        defer { closedir(listing) }
        var found: [UInt64] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { continue }
            if let sequence = UInt64(name.dropFirst(prefix.count).dropLast(suffix.count)) {
                found.append(sequence)
            }
        }
        return found.sorted(by: >)
    }
}
