import CZeroMQ
import Testing
import Transport

@testable import Vehicles

/// A PULL and an XPUB under CURVE that let anybody in: without a ZAP handler libzmq admits every key.
private final class OpenStation {
    let pull: Socket
    let xpub: Socket

    init(
        _ context: Context, _ keys: CurveKeyPair,
        endpoints: (String, String) = ("tcp://127.0.0.1:*", "tcp://127.0.0.1:*")
    ) throws {
        let pull = try Socket(.pull, in: context)
        let xpub = try Socket(.xpub, in: context)
        try pull.set(ZMQ_LINGER, 0)
        try xpub.set(ZMQ_LINGER, 0)
        try pull.setCurveServer(keys, domain: "test")
        try xpub.setCurveServer(keys, domain: "test")
        try pull.bind(endpoints.0)
        try xpub.bind(endpoints.1)
        self.pull = pull
        self.xpub = xpub
    }

    /// The next frame on the uplink within ten seconds, while `pump` keeps the vehicle going.
    func next(_ pump: () throws -> Void) throws -> [UInt8]? {
        let message = Message()
        for _ in 0..<1000 {
            try pump()
            if try pull.waitReadable(milliseconds: 10), try pull.tryReceive(into: message) {
                return message.withBytes { Array($0) }
            }
        }
        return nil
    }
}

@Suite struct ConnectionTests {
    private func secret(for station: CurveKeyPair) throws -> VehicleSecret {
        VehicleSecret(
            id: 0x0102_0304, name: "v", kind: "vtol", company: "c", keys: try .generate(),
            station: station.publicKey)
    }

    @Test func importantFramesGoFirstAndOnlyTheNewestTelemetryIsSent() throws {
        let context = try Context()
        let keys = try CurveKeyPair.generate()
        let station = try OpenStation(context, keys)
        let connection = try VehicleConnection(
            context: context, secret: secret(for: keys), uplinkEndpoint: station.pull.lastEndpoint,
            downlinkEndpoint: station.xpub.lastEndpoint)
        for byte in 1...5 as ClosedRange<UInt8> {
            connection.replaceTelemetry { buffer in
                buffer[0] = byte
                return 1
            }
        }
        connection.enqueue([100])
        connection.enqueue([101])
        #expect(try station.next(connection.flush) == [100])
        #expect(try station.next(connection.flush) == [101])
        #expect(try station.next(connection.flush) == [5])
        #expect(connection.sentMessages == 3 && connection.droppedMessages == 0)
    }

    @Test func hearsItsOwnTopicAndTheCommonOneOnly() throws {
        let context = try Context()
        let keys = try CurveKeyPair.generate()
        let station = try OpenStation(context, keys)
        let connection = try VehicleConnection(
            context: context, secret: secret(for: keys), uplinkEndpoint: station.pull.lastEndpoint,
            downlinkEndpoint: station.xpub.lastEndpoint)
        let message = Message()
        // Both subscriptions arrive before anything is sent.
        for _ in 0..<2 {
            #expect(try station.xpub.waitReadable(milliseconds: 10000))
            #expect(try station.xpub.tryReceive(into: message))
        }
        for topic in [[4, 3, 2, 1], [9, 9, 9, 9], [0, 0, 0, 0]] as [[UInt8]] {
            #expect(try station.xpub.trySend(topic + [7]))
        }
        var heard: [[UInt8]] = []
        for _ in 0..<1000 where heard.count < 2 {
            _ = try connection.receive(into: message) { heard.append(Array($0)) }
            _ = try station.pull.waitReadable(milliseconds: 5)
        }
        #expect(heard == [[4, 3, 2, 1, 7], [0, 0, 0, 0, 7]])
    }

    @Test func whatWaitsIsBoundedAndSurvivesANewPairOfSockets() throws {
        let context = try Context()
        let keys = try CurveKeyPair.generate()
        let station = try OpenStation(context, keys)
        let uplink = station.pull.lastEndpoint
        let downlink = station.xpub.lastEndpoint
        let connection = try VehicleConnection(
            context: context, secret: secret(for: keys), uplinkEndpoint: uplink, downlinkEndpoint: downlink)
        for number in 0..<(VehicleConnection.queueMax + 44) {
            connection.enqueue([UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)])
        }
        #expect(connection.droppedMessages == 44)
        try connection.reconnect()
        for number in 44..<(VehicleConnection.queueMax + 44) {
            let expected = [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
            #expect(try station.next(connection.flush) == expected)
        }
    }
}
