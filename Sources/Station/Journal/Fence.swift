import World

/// A number that grows durably with each start, so that vehicles can tell a station from its predecessors.
enum Fence {
    /// Writes and returns the next number, and one above `floor` at least. Only a directory without events may
    /// lack the file.
    static func raise(
        in directory: String, disk: any Disk, isNew: Bool, above floor: UInt64 = 0
    ) throws(JournalError) -> UInt64 {
        let path = "\(directory)/fence"
        var number: UInt64 = 0
        if let bytes = try readFile(path) {
            let first = String(decoding: bytes.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
            guard let stored = UInt64(first), stored < UInt64(UInt32.max), bytes == text(stored) else {
                throw .damaged(file: path, offset: 0, what: "it is not a number with its checksum")
            }
            number = stored
        } else if !isNew {
            throw .damaged(file: path, offset: 0, what: "it is missing beside a journal that holds events")
        }
        number = max(number, min(floor, UInt64(UInt32.max) - 1))
        try disk.replace("fence", in: directory, with: text(number + 1))
        return number + 1
    }

    private static func text(_ number: UInt64) -> [UInt8] {
        let digits = Array("\(number)".utf8)
        return digits + Array(" \(CRC32C.checksum(digits))\n".utf8)
    }
}
