/// Binary logarithms of times in fixed point: delays multiply, so their errors are alike in the logarithm. Integers only,
/// the same on every machine.
enum LogTime {
    /// 1 in a logarithm: a factor of two.
    static let one: Int64 = 1 << 16
    /// Added to every time, so that no wait at all is a number too, and seconds more or less are not told apart.
    static let offsetMilliseconds: Int64 = 60_000
    /// 2^(1/2), 2^(1/4), ... times 2^32.
    private static let roots: [UInt64] = [
        0x16a09e668, 0x1306fe0a3, 0x1172b83c8, 0x10b5586d0, 0x1059b0d31, 0x102c9a3e7,
        0x10163daa0, 0x100b1afa6, 0x10058c86e, 0x1002c605e, 0x100162f39, 0x1000b175f,
        0x100058ba0, 0x10002c5cc, 0x1000162e5, 0x10000b172,
    ]

    /// log2 of a time and the offset, in 1/65536; bit by bit, by squaring.
    static func log(milliseconds: Int64) -> Int64 {
        let x = UInt64(max(0, min(milliseconds, DispatchLimits.latestMilliseconds)) + offsetMilliseconds)
        let exponent = 63 - x.leadingZeroBitCount
        var mantissa = (x << UInt64(63 - exponent)) >> 32
        var result = Int64(exponent)
        for _ in 0..<16 {
            mantissa = (mantissa * mantissa) >> 31
            result <<= 1
            if mantissa >= 1 << 32 {
                mantissa >>= 1
                result |= 1
            }
        }
        return result
    }

    /// The time of a logarithm, at least 0.
    static func milliseconds(log: Int64) -> Int64 {
        let bounded = max(0, min(log, 43 * one))
        var value: UInt64 = 1 << 30
        for bit in 0..<16 where bounded & (one >> Int64(bit + 1)) != 0 { value = (value * roots[bit]) >> 32 }
        let exponent = UInt64(bounded >> 16)
        let scaled =
            exponent >= 30 ? value << (exponent - 30) : (value + (1 << (29 - exponent))) >> (30 - exponent)
        return max(0, min(Int64(scaled) - offsetMilliseconds, DispatchLimits.latestMilliseconds))
    }
}
