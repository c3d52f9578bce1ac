/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) over a mission's items: both ends prove that they hold the same one.
public enum MissionDigest {
    /// Each item as 28 little-endian bytes, in the order mission.proto states.
    public static func of(_ items: [MissionItem]) -> UInt32 {
        var crc: UInt32 = ~0
        for item in items {
            for word in [
                item.action.number, UInt32(bitPattern: item.latitudeE7), UInt32(bitPattern: item.longitudeE7),
                UInt32(bitPattern: item.altitudeMillimeters), item.speedMillimetersPerSecond,
                item.durationMilliseconds, item.radiusMillimeters,
            ] {
                for shift in stride(from: UInt32(0), to: 32, by: 8) {
                    crc = add(UInt8(truncatingIfNeeded: word >> shift), to: crc)
                }
            }
        }
        return ~crc
    }

    /// CRC-32C of plain bytes.
    public static func of(bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { add($1, to: $0) }
    }

    private static func add(_ byte: UInt8, to crc: UInt32) -> UInt32 {
        table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }
}
