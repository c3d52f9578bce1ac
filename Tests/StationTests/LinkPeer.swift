import CZeroMQ
import Synchronization
import Transport
import Wire

@testable import Station

/// One vehicle's two sockets, as plain as can be, so that a test can also misbehave with them.
final class LinkPeer {
    let push: Socket
    let sub: Socket
    var telemetry = Telemetry()

    init(
        _ context: Context, to link: Link, keys: CurveKeyPair, station: CurvePublicKey,
        prepare: (borrowing Socket) throws -> Void = { _ in }
    ) throws {
        push = try Socket(.push, in: context)
        sub = try Socket(.sub, in: context)
        try Self.configure(push, keys, station)
        try Self.configure(sub, keys, station)
        try push.set(ZMQ_SNDHWM, 100_000)
        try prepare(push)
        try push.connect(link.uplinkEndpoint)
        try sub.connect(link.downlinkEndpoint)
        telemetry.boot = 1
        telemetry.measuredAtNanoseconds = 1
        telemetry.latitudeE7 = 432_000_000
        telemetry.longitudeE7 = 769_000_000
        telemetry.status = 1 | 1 << 8 | 3 << 12
    }

    private static func configure(
        _ socket: borrowing Socket, _ keys: CurveKeyPair, _ station: CurvePublicKey
    ) throws {
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_IPV6, 1)
        try socket.setCurveClient(keys, server: station)
    }

    /// The next telemetry frame.
    func frame() -> [UInt8] {
        telemetry.sequence += 1
        return [UInt8](unsafeUninitializedCapacity: Telemetry.frameSize) { buffer, count in
            count = telemetry.encodeFrame(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    func send() throws { _ = try push.trySend(frame()) }

    func subscribe(_ topic: UInt32) throws {
        try sub.set(ZMQ_SUBSCRIBE, bytes: withUnsafeBytes(of: topic.littleEndian) { Array($0) })
    }
}

/// A link with real sockets and keys, its vehicles numbered from 1.
final class LinkBench {
    let link: Link
    let context: Context
    let station: CurveKeyPair
    let keys: [CurveKeyPair]

    init(
        vehicles: Int, clock: @escaping @Sendable () -> Int64 = { 1_000_000_000 },
        configure: (inout LinkConfiguration) -> Void = { _ in },
        onFailure: @escaping @Sendable (LinkFailure) -> Void = { _ in }
    ) throws {
        context = try Context()
        station = try CurveKeyPair.generate()
        var keys: [CurveKeyPair] = []
        for _ in 0..<vehicles { keys.append(try CurveKeyPair.generate()) }
        self.keys = keys
        let enrolments = keys.enumerated().map { index, keys in
            Enrolment(
                id: UInt32(index + 1), name: "v\(index + 1)", kind: "truck", company: "c",
                publicKey: keys.publicKey)
        }
        var configuration = LinkConfiguration()
        configuration.port = 0
        configure(&configuration)
        link = Link(
            configuration: configuration, keyring: Keyring(enrolments: enrolments), stationKeys: station,
            onFailure: onFailure, clock: clock)
        try link.start()
    }

    deinit { link.stop() }

    func peer(_ number: Int) throws -> LinkPeer {
        try LinkPeer(context, to: link, keys: keys[number - 1], station: station.publicKey)
    }

    var uplinkPort: UInt16 { Self.port(link.uplinkEndpoint) }
    var downlinkPort: UInt16 { Self.port(link.downlinkEndpoint) }

    private static func port(_ endpoint: String) -> UInt16 {
        UInt16(endpoint.split(separator: ":").last ?? "") ?? 0
    }

    /// A vehicle's single connection, without libzmq.
    func rawPeer(
        _ number: Int, type: String = "PUSH", downlink: Bool = false, properties: [(String, String)] = []
    ) -> RawPeer? {
        RawPeer(
            port: downlink ? downlinkPort : uplinkPort, keys: keys[number - 1], station: station.publicKey,
            type: type, properties: properties)
    }

    /// Looks every 5 ms until `condition` holds; false after five seconds.
    func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<1000 {
            if try condition() { return true }
            usleep5ms()
        }
        return false
    }
}

extension Link {
    /// Whether a vehicle's subscription has been taken.
    func hasDownlink(_ vehicle: UInt32) -> Bool {
        table.withLock { table in
            table.index(of: vehicle).map { table.rows[$0].downlink.cookie != 0 } ?? false
        }
    }

    /// The last telemetry accepted.
    func sequence(_ vehicle: UInt32) -> Int64 {
        table.withLock { table in
            table.index(of: vehicle).map { table.rows[$0].telemetrySequence } ?? -1
        }
    }
}

private func usleep5ms() { _ = zmq_poll(nil, 0, 5) }
