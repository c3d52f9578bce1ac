/// The Castagnoli checksum (iSCSI, RFC 3720 appendix B.4): polynomial 0x1EDC6F41, reflected, all ones in and out.
public enum CRC32C {
    /// `seed` is the checksum of the bytes before these, so that a stream may come in pieces.
    public static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        // Slicing by eight: one table per byte of a word breaks the chain of dependent look-ups.
        tables.withUnsafeBufferPointer { t in
            var crc = ~seed
            var i = 0
            while i &+ 8 <= bytes.count {
                let word =
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
                    ^ UInt64(crc)
                var next: UInt32 = 0
                for k in 0..<8 {
                    let byte = Int(truncatingIfNeeded: word >> UInt64(8 * k)) & 0xFF
                    next ^= t[(7 &- k) &* 256 &+ byte]
                }
                crc = next
                i &+= 8
            }
            while i < bytes.count {
                crc = (crc >> 8) ^ t[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[i])]
                i &+= 1
            }
            return ~crc
        }
    }

    public static func checksum(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0, seed: seed) }
    }

    public static func checksum(_ bytes: ArraySlice<UInt8>, seed: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0, seed: seed) }
    }

    /// Eight tables of 256: table k advances a byte over k further zero bytes.
    private static let tables: [UInt32] = {
        var t = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
            t[byte] = crc
        }
        for k in 1..<8 {
            for byte in 0..<256 {
                let before = t[(k - 1) * 256 + byte]
                t[k * 256 + byte] = (before >> 8) ^ t[Int(before & 0xFF)]
            }
        }
        return t
    }()
}
