/// The hot path: protobuf bytes to `Telemetry` without protobuf-c, without allocation.
///
/// A message of the constant layout (all sixteen fields in order, 93 bytes) is read at fixed offsets; any other
/// takes a loop over the fields. Both accept and refuse exactly what protobuf-c accepts and refuses, and give the
/// same values: tested by differential fuzzing.
extension Telemetry {
    /// Decodes the protobuf message in `bytes`. Values are as sent, not yet believed: see `validate`.
    ///
    /// Throws `malformed` where protobuf-c refuses the bytes, `missingField` without boot, sequence, time,
    /// position or status.
    @inlinable @inline(__always)
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> Telemetry {
        if bytes.count == encodedSize, let at = bytes.baseAddress, hasConstantLayout(at) {
            return readConstantLayout(at)
        }
        return try decodeAnyLayout(bytes)
    }

    /// Whether the tag of every field stands where the constant layout has it. Reads 93 bytes from `at`.
    @inlinable @inline(__always)
    static func hasConstantLayout(_ at: UnsafeRawPointer) -> Bool {
        func differs(_ offset: Int, _ tag: UInt8) -> UInt8 {
            at.load(fromByteOffset: offset, as: UInt8.self) ^ tag
        }
        // Joined by `|`, not `&&`: seventeen loads in flight instead of seventeen branches.
        let a = differs(0, 0x0D) | differs(5, 0x15) | differs(10, 0x19) | differs(19, 0x25)
        let b = differs(24, 0x2D) | differs(29, 0x35) | differs(34, 0x3D) | differs(39, 0x45)
        let c = differs(44, 0x4D) | differs(49, 0x55) | differs(54, 0x59) | differs(63, 0x65)
        let d = differs(68, 0x6D) | differs(73, 0x75) | differs(78, 0x7D) | differs(83, 0x81)
        return (a | b) | (c | d) | differs(84, 0x01) == 0
    }

    @inlinable @inline(__always)
    static func readConstantLayout(_ at: UnsafeRawPointer) -> Telemetry {
        var t = Telemetry()
        t.boot = word(at, 1)
        t.sequence = word(at, 6)
        t.measuredAtNanoseconds = long(at, 11)
        t.latitudeE7 = Int32(bitPattern: word(at, 20))
        t.longitudeE7 = Int32(bitPattern: word(at, 25))
        t.altitudeMillimeters = Int32(bitPattern: word(at, 30))
        t.velocityEastMillimetersPerSecond = Int32(bitPattern: word(at, 35))
        t.velocityNorthMillimetersPerSecond = Int32(bitPattern: word(at, 40))
        t.velocityUpMillimetersPerSecond = Int32(bitPattern: word(at, 45))
        t.accuracyCentimeters = word(at, 50)
        t.attitude = long(at, 55)
        t.energyKilojoules = word(at, 64)
        t.status = word(at, 69)
        t.link = word(at, 74)
        t.payloadGrams = word(at, 79)
        t.mission = long(at, 85)
        return t
    }

    @inlinable @inline(__always)
    static func word(_ at: UnsafeRawPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: at.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable @inline(__always)
    static func long(_ at: UnsafeRawPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: at.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Fields 3, 11 and 16 are 64 bits wide, the others 32.
    private static let wideFields: UInt32 = 1 << 3 | 1 << 11 | 1 << 16
    /// Boot, sequence, time, latitude, longitude, altitude, status.
    private static let requiredFields: UInt32 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 13

    /// Fields in any order, repeated (the last one counts), missing or unknown (skipped).
    @usableFromInline
    static func decodeAnyLayout(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> Telemetry {
        var t = Telemetry()
        guard let base = bytes.baseAddress else { throw .missingField }
        var cursor = ProtobufCursor(base, count: bytes.count)
        var present: UInt32 = 0
        while !cursor.isAtEnd {
            let (number, type) = try cursor.tag()
            guard (1...16).contains(number) else {
                try cursor.skip(type)
                continue
            }
            if wideFields >> number & 1 == 1 {
                guard type == .fixed64 else { throw .malformed }
                let value = try cursor.fixed64()
                switch number {
                case 3: t.measuredAtNanoseconds = value
                case 11: t.attitude = value
                default: t.mission = value
                }
            } else {
                guard type == .fixed32 else { throw .malformed }
                t.set(field: number, to: try cursor.fixed32())
            }
            present |= 1 << number
        }
        guard present & requiredFields == requiredFields else { throw .missingField }
        return t
    }

    @inline(__always)
    private mutating func set(field number: UInt32, to value: UInt32) {
        switch number {
        case 1: boot = value
        case 2: sequence = value
        case 4: latitudeE7 = Int32(bitPattern: value)
        case 5: longitudeE7 = Int32(bitPattern: value)
        case 6: altitudeMillimeters = Int32(bitPattern: value)
        case 7: velocityEastMillimetersPerSecond = Int32(bitPattern: value)
        case 8: velocityNorthMillimetersPerSecond = Int32(bitPattern: value)
        case 9: velocityUpMillimetersPerSecond = Int32(bitPattern: value)
        case 10: accuracyCentimeters = value
        case 12: energyKilojoules = value
        case 13: status = value
        case 14: link = value
        default: payloadGrams = value
        }
    }
}
