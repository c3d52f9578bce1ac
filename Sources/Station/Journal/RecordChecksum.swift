/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of journal records, snapshots and the fence.
struct RecordChecksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }

    private var state: UInt32 = .max
    var value: UInt32 { ~state }

    mutating func update(_ byte: UInt8) {
        state = Self.table[Int((state ^ UInt32(byte)) & 0xFF)] ^ state >> 8
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var checksum = RecordChecksum()
        for byte in bytes { checksum.update(byte) }
        return checksum.value
    }
}
