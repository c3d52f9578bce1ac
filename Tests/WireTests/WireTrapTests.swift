import Foundation
import Testing
import Wire

/// Traps of protobuf-c and of Swift on top of it.
@Suite struct WireTrapTests {
    /// protobuf-c's enumerations come as UInt32: a conversion that traps is a remote crash in one message.
    @Test func decodersConvertNothingThatTraps() throws {
        let files = [
            "Sources/Wire/Envelope.swift", "Sources/Wire/UplinkCodec.swift",
            "Sources/Wire/DownlinkCodec.swift",
            "Sources/Wire/TelemetryDecode.swift", "Sources/Wire/TelemetryValidate.swift",
            "Sources/Wire/ProtobufCursor.swift", "Sources/Wire/DecodeArena.swift",
            "Sources/Station/Link/Admission.swift", "Sources/Station/Link/LinkIngest.swift",
        ]
        let narrowing =
            /\bU?Int(8|16|32)\((?!truncatingIfNeeded|exactly|clamping|bitPattern|littleEndian)/
        for file in files {
            let text = try String(contentsOf: GoldenTests.root.appending(path: file), encoding: .utf8)
            for line in text.split(separator: "\n") where !line.contains("& 0x7F") {
                #expect(line.firstMatch(of: narrowing) == nil, "\(file): \(line)")
                #expect(!line.contains("Int(Double") && !line.contains("as!"), "\(file): \(line)")
            }
        }
    }

    /// Every varint field of every message as -1, the largest, and a number no version knows.
    @Test func everyEnumerationTakesAnyNumber() {
        var arena = DecodeArena()
        let values: [[UInt8]] = [
            [UInt8](repeating: 0xFF, count: 9) + [1], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            [0x80, 0x80, 0x80, 0x80, 8],
            [99],
        ]
        var decoded = 0
        for type in Envelope.MessageType.allCases {
            for field in 1...31 as ClosedRange<UInt8> {
                for value in values {
                    let tag: [UInt8] = field < 16 ? [field << 3] : [field << 3 | 0x80, 1]
                    let body = [0x0D, 1, 0, 0, 0] + tag + value
                    body.withUnsafeBytes { bytes in
                        if (try? Uplink.decode(type: type, bytes, arena: &arena)) != nil { decoded += 1 }
                        if (try? Downlink.decode(type: type, bytes, arena: &arena)) != nil { decoded += 1 }
                    }
                }
            }
        }
        #expect(decoded > 500)
    }

    /// protobuf-c 1.4.1 knows no depth: 3 KB of nesting end a 512 KiB stack when a schema recurses. Ours does not, so
    /// nesting is only an unknown field, on a small stack and at the size limit.
    @Test func nestingCostsNoStack() throws {
        var nested: [UInt8] = []
        while nested.count < 4000 {
            let count = nested.count
            nested =
                (count < 128 ? [0x0A, UInt8(count)] : [0x0A, UInt8(count & 0x7F | 0x80), UInt8(count >> 7)])
                + nested
        }
        for field in 1...31 as ClosedRange<UInt8> {
            let tag: [UInt8] = field < 16 ? [field << 3 | 2] : [field << 3 & 0x7F | 0x82, 1]
            let length = [UInt8(nested.count & 0x7F | 0x80), UInt8(nested.count >> 7)]
            let body = tag + length + nested
            let thread = Thread {
                var arena = DecodeArena()
                for type in Envelope.MessageType.allCases {
                    body.withUnsafeBytes { bytes in
                        _ = try? Uplink.decode(type: type, bytes, arena: &arena)
                        _ = try? Downlink.decode(type: type, bytes, arena: &arena)
                        _ = try? Telemetry.decode(bytes)
                    }
                }
            }
            thread.stackSize = 128 * 1024
            thread.start()
            while !thread.isFinished { Thread.sleep(forTimeInterval: 0.0005) }
        }
    }
}
