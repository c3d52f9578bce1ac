/// Walks the fields of one protobuf message exactly as protobuf-c 1.4.1 does, its leniencies included: tags of
/// up to five bytes (a padded one may even say field 0), varints of up to ten, groups refused.
struct ProtobufCursor {
    enum WireType: UInt8 {
        case varint = 0
        case fixed64 = 1
        case length = 2
        case fixed32 = 5
    }

    private var at: UnsafeRawPointer
    private var left: Int

    /// Reads at most `count` bytes from `base`, which must stay valid.
    init(_ base: UnsafeRawPointer, count: Int) {
        at = base
        left = count
    }

    var isAtEnd: Bool { left == 0 }

    private func byte(_ i: Int) -> UInt8 { at.load(fromByteOffset: i, as: UInt8.self) }

    private mutating func advance(_ count: Int) {
        at += count
        left -= count
    }

    /// Field number and wire type. The cursor must not be at the end.
    @inline(__always)
    mutating func tag() throws(WireError) -> (number: UInt32, type: WireType) {
        let first = byte(0)
        guard first & 0xF8 != 0, let type = WireType(rawValue: first & 7) else { throw .malformed }
        var number = UInt32(first & 0x7F) >> 3
        var length = 1
        if first & 0x80 != 0 {
            var shift: UInt32 = 4
            while true {
                guard length < 5, length < left else { throw .malformed }
                let next = byte(length)
                number |= UInt32(next & 0x7F) << shift
                shift += 7
                length += 1
                if next & 0x80 == 0 { break }
            }
        }
        advance(length)
        return (number, type)
    }

    @inline(__always)
    mutating func fixed32() throws(WireError) -> UInt32 {
        guard left >= 4 else { throw .malformed }
        defer { advance(4) }
        return UInt32(littleEndian: at.loadUnaligned(as: UInt32.self))
    }

    @inline(__always)
    mutating func fixed64() throws(WireError) -> UInt64 {
        guard left >= 8 else { throw .malformed }
        defer { advance(8) }
        return UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
    }

    /// Steps over the value of a field nobody here knows.
    mutating func skip(_ type: WireType) throws(WireError) {
        let length: Int
        switch type {
        case .fixed32: length = 4
        case .fixed64: length = 8
        case .varint:
            var i = 0
            while i < min(left, 10), byte(i) & 0x80 != 0 { i += 1 }
            guard i < min(left, 10) else { throw .malformed }
            length = i + 1
        case .length:
            var size: UInt64 = 0
            var i = 0
            while true {
                guard i < min(left, 5) else { throw .malformed }
                let next = byte(i)
                size |= UInt64(next & 0x7F) << UInt64(7 * i)
                i += 1
                if next & 0x80 == 0 { break }
            }
            // At most 2^35: cannot overflow.
            length = i + Int(truncatingIfNeeded: size)
        }
        guard length <= left else { throw .malformed }
        advance(length)
    }
}
