/// Telemetry bytes for differential tests: fields of the sample shuffled, dropped, repeated; strange fields put
/// in; bytes flipped; the end cut off.
enum BentTelemetry {
    private static let fields: [[UInt8]] = {
        let body = TelemetryTests.body
        var fields: [[UInt8]] = []
        var at = 0
        while at < body.count {
            let size = (body[at] & 0x80 == 0 ? 1 : 2) + (body[at] & 7 == 1 ? 8 : 4)
            fields.append(Array(body[at..<at + size]))
            at += size
        }
        return fields
    }()

    static func next(_ random: inout some RandomNumberGenerator) -> [UInt8] {
        var fields = fields
        if random.next() % 3 == 0 { fields.shuffle(using: &random) }
        for _ in 0..<random.next() % 4 {
            let index = Int.random(in: 0..<fields.count, using: &random)
            switch random.next() % 6 {
            case 0: fields.remove(at: index)
            case 1:
                var copy = fields[index]
                copy[copy.count - 1] = UInt8(truncatingIfNeeded: random.next())
                fields.append(copy)
            case 2: fields.insert(strange(&random), at: index)
            default: break
            }
        }
        var bytes = fields.flatMap { $0 }
        if random.next() % 3 == 0 {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
        }
        if random.next() % 8 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
        return bytes
    }

    /// An unknown field of any wire type (groups and field 0 too), with lengths and varints that may be too long.
    private static func strange(_ random: inout some RandomNumberGenerator) -> [UInt8] {
        let numbers: [UInt64] = [0, 1, 3, 16, 17, 31, 2047, 1 << 28, (1 << 29) - 1]
        let number = numbers.randomElement(using: &random) ?? 17
        let type = random.next() % 8
        let padding = [0, 0, 0, 1, 3, 5].randomElement(using: &random) ?? 0
        let tag = varint(number << 3 | type, padding: padding)
        switch type {
        case 0: return tag + varint(random.next(), padding: padding)
        case 1: return tag + [1, 2, 3, 4, 5, 6, 7, 8]
        case 2:
            let length = ([0, 1, 5, 200, 1 << 31, 1 << 34] as [UInt64]).randomElement(using: &random) ?? 0
            return tag + varint(length, padding: padding)
                + [UInt8](repeating: 0xAA, count: Int(min(length, 6)))
        default: return tag + [1, 2, 3, 4]
        }
    }

    private static func varint(_ value: UInt64, padding: Int) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
        for _ in 0..<padding {
            bytes[bytes.count - 1] |= 0x80
            bytes.append(0)
        }
        return bytes
    }
}
