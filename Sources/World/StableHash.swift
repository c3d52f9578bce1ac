/// A running 64-bit hash whose value depends only on what was combined, in order: not on process, machine or
/// build, unlike `Hasher`. For comparing two runs; not cryptographic.
public struct StableHash: Sendable, Hashable {
    public private(set) var value: UInt64

    public init(seed: UInt64 = 0) { value = seed ^ 0x9E37_79B9_7F4A_7C15 }

    /// One step of SplitMix64's finaliser over state and word: a bijection of the state, so nothing is forgotten.
    public mutating func combine(_ word: UInt64) {
        var z = (value ^ word) &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        value = z ^ (z >> 31)
    }

    public mutating func combine(_ number: some FixedWidthInteger) {
        combine(UInt64(truncatingIfNeeded: number))
    }

    /// By bit pattern; both zeros are equal.
    public mutating func combine(_ number: Double) { combine(number == 0 ? 0 : number.bitPattern) }

    /// Bytes with their count, so that joined pieces differ from their concatenation.
    public mutating func combine(bytes: UnsafeRawBufferPointer) {
        combine(UInt64(bytes.count))
        var i = 0
        while i + 8 <= bytes.count {
            combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)))
            i += 8
        }
        if i < bytes.count {
            var rest: UInt64 = 0
            for k in i..<bytes.count { rest |= UInt64(bytes[k]) << UInt64(8 * (k - i)) }
            combine(rest)
        }
    }

    public mutating func combine(bytes: some Sequence<UInt8>) {
        let copy = Array(bytes)
        copy.withUnsafeBytes { combine(bytes: $0) }
    }

    /// As UTF-8.
    public mutating func combine(_ text: String) { combine(bytes: text.utf8) }
}
