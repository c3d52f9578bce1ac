import Foundation
import Testing
import Wire

/// The bytes of v1.0 as they were released: every later version must read them, and write them, for ever.
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    static let root = folder.appending(path: "../../..").standardizedFileURL

    /// `name hex` lines.
    static func corpus() throws -> [String: [UInt8]] {
        let text = try String(contentsOf: folder.appending(path: "v1.0.txt"), encoding: .utf8)
        var corpus: [String: [UInt8]] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            let hex = Array(try #require(words.last))
            corpus[String(words[0])] = stride(from: 0, to: hex.count - 1, by: 2).compactMap {
                UInt8(String(hex[$0...$0 + 1]), radix: 16)
            }
        }
        return corpus
    }

    static var frames: [(name: String, bytes: [UInt8])] {
        [("telemetry", frame(of: Samples.telemetry))]
            + Samples.uplink.map { ("uplink.\(name($0))", $0.encode()) }
            + Samples.downlink.map { ("downlink.\(name($0))", $0.encode(topic: 4711)) }
    }

    private static func name(_ message: Any) -> String {
        if case .command(let command)? = message as? Downlink, command.kind.known == .manoeuvre {
            return "command.manoeuvre"
        }
        return Mirror(reflecting: message).children.first?.label ?? ""
    }

    @Test func bytesOfVersion1NeverChange() throws {
        let corpus = try Self.corpus()
        let frames = Self.frames
        // One of each type, and of what was added to types later.
        #expect(corpus.count == frames.count && frames.count == Envelope.MessageType.allCases.count + 1)
        var arena = DecodeArena()
        for (name, bytes) in frames {
            let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            #expect(corpus[name] == bytes, "\(name) \(hex)")
        }
        for (message, frame) in zip(Samples.uplink, frames.dropFirst()) {
            #expect(try decodeUplink(try #require(corpus[frame.name]), arena: &arena) == message)
        }
        for (message, frame) in zip(Samples.downlink, frames.dropFirst(1 + Samples.uplink.count)) {
            #expect(try decodeDownlink(try #require(corpus[frame.name]), arena: &arena).message == message)
        }
        let telemetry = Array(try #require(corpus["telemetry"])[Envelope.size...])
        #expect(try TelemetryTests.decode(telemetry).get() == Samples.telemetry)
    }
}
