import World

/// A record on disk: length of the payload (u32), CRC-32C of sequence and payload (u32), sequence (u64), payload.
/// Little endian. Sequences count from 1 without gaps.
enum JournalRecord {
    static let magic = Array("KERUENJ1".utf8)
    static let headerSize = 16
    static let payloadMax = 1 << 22

    static func append(_ payload: [UInt8], sequence: UInt64, to bytes: inout [UInt8]) {
        let number = littleEndian(sequence)
        bytes += littleEndian(UInt32(truncatingIfNeeded: payload.count))
        bytes += littleEndian(CRC32C.checksum(payload, seed: CRC32C.checksum(number)))
        bytes += number
        bytes += payload
    }

    /// What a journal file holds.
    struct Contents {
        /// Payload of sequence 1, 2, ... as a range of the file.
        var payloads: [Range<Int>] = []
        /// End of the last whole record.
        var end = 0
        /// Bytes after it: a record that was being written when the power or the process went.
        var tornBytes = 0
    }

    /// Finds the records. Only a record cut short by the end of the file is a torn tail; anything else that does
    /// not check may have been acknowledged, and so is damage.
    static func scan(_ bytes: [UInt8], file: String) throws(JournalError) -> Contents {
        var contents = Contents()
        guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else {
            throw .damaged(file: file, offset: 0, what: "it does not begin as a journal")
        }
        guard bytes.count >= magic.count else {
            contents.tornBytes = bytes.count
            return contents
        }
        var offset = magic.count
        while offset < bytes.count {
            let expected = UInt64(contents.payloads.count) + 1
            guard let payload = try record(bytes, at: offset, sequence: expected, file: file) else { break }
            contents.payloads.append(payload)
            offset = payload.upperBound
        }
        contents.end = offset
        contents.tornBytes = bytes.count - offset
        return contents
    }

    /// The payload's place, nil when the end of the file cuts the record short.
    private static func record(
        _ bytes: [UInt8], at offset: Int, sequence: UInt64, file: String
    ) throws(JournalError) -> Range<Int>? {
        let start = offset + headerSize
        guard start <= bytes.count else { return nil }
        let length = Int(integer(bytes[offset..<(offset + 4)]))
        let stored = UInt32(truncatingIfNeeded: integer(bytes[(offset + 4)..<(offset + 8)]))
        guard integer(bytes[(offset + 8)..<start]) == sequence else {
            throw .damaged(file: file, offset: offset, what: "record \(sequence) does not carry its number")
        }
        guard length <= payloadMax else {
            throw .damaged(file: file, offset: offset, what: "record \(sequence) has an impossible length")
        }
        guard start + length <= bytes.count else {
            // A changed length would make acknowledged records look cut short: the checksum then fits at
            // another length, here in the bytes that are left.
            var checksum: UInt32 = 0
            for index in (offset + 8)..<bytes.count {
                checksum = CRC32C.checksum(bytes[index...index], seed: checksum)
                if index + 1 >= start, checksum == stored {
                    throw .damaged(
                        file: file, offset: offset, what: "the length of record \(sequence) was changed")
                }
            }
            // Both length and checksum changed, and whole records after it.
            let next = littleEndian(sequence + 1)
            for place in start..<max(start, bytes.count - headerSize + 1)
            where bytes[place + 8] == next[0] && bytes[(place + 8)..<(place + 16)].elementsEqual(next) {
                let size = Int(integer(bytes[place..<(place + 4)]))
                let end = place + headerSize + size
                guard size <= payloadMax, end <= bytes.count else { continue }
                let sum = CRC32C.checksum(bytes[(place + 8)..<end])
                if UInt64(sum) == integer(bytes[(place + 4)..<(place + 8)]) {
                    throw .damaged(
                        file: file, offset: offset, what: "record \(sequence) is broken, others follow it")
                }
            }
            return nil
        }
        guard CRC32C.checksum(bytes[(offset + 8)..<(start + length)]) == stored else {
            throw .damaged(
                file: file, offset: offset, what: "the checksum of record \(sequence) does not agree")
        }
        return start..<(start + length)
    }

    private static func littleEndian(_ value: some FixedWidthInteger & Sendable) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
