import CLinux
import CZeroMQ
import Glibc
import Station
import Synchronization
import Transport
import Wire

/// What anybody would write around libzmq: a PULL socket, a thread that waits in its receive, and a PUB socket.
final class RawReceiver: BenchReceiver {
    private let context: Context
    private let pull: Socket
    private let publish: Socket
    private let door: BenchDoor
    private let received = Atomic<UInt64>(0)
    private let loop = BenchLoop()

    init(_ options: BenchStation, _ keys: CurveKeyPair?) throws {
        context = try Context()
        door = try BenchDoor(context)
        pull = try Socket(.pull, in: context)
        publish = try Socket(.xpub, in: context)
        let port = Int(options.port)
        try Self.bind(pull, port == 0 ? "*" : "\(port)", keys)
        try Self.bind(publish, port == 0 ? "*" : "\(port + 1)", keys)
        try pull.set(ZMQ_RCVTIMEO, 100)
    }

    private static func bind(
        _ socket: borrowing Socket, _ port: String, _ keys: CurveKeyPair?
    ) throws {
        if let keys { try socket.setCurveServer(keys, domain: BenchDoor.domain) }
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_BACKLOG, 4096)
        try socket.bind("tcp://127.0.0.1:\(port)")
    }

    var uplink: String { pull.lastEndpoint }
    var downlink: String { publish.lastEndpoint }

    func start() throws { try count() }

    private func count() throws {
        try loop.start { [self] in
            nonisolated(unsafe) let message = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
            zmq_msg_init(message)
            var count = self.received.load(ordering: .relaxed)
            return {
                if zmq_msg_recv(message, self.pull.handle, 0) >= 0 {
                    count &+= 1
                    self.received.store(count, ordering: .relaxed)
                }
            }
        }
    }

    func stop() {
        loop.stop()
        door.stop()
    }

    var status: (accepted: UInt64, refused: UInt64, lost: UInt64, back: Int) {
        (received.load(ordering: .relaxed), 0, 0, door.admitted)
    }

    func latencies(seconds: Double) throws -> BenchSamples {
        loop.stop()
        var samples = BenchSamples()
        let message = Message()
        let end = keruen_monotonic_ns() + Int64(seconds * 1e9)
        while keruen_monotonic_ns() < end {
            guard try pull.waitReadable(milliseconds: 10) else { continue }
            while try pull.tryReceive(into: message) {
                message.withBytes { bytes in
                    guard bytes.count == Telemetry.frameSize else { return }
                    let at = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 15, as: UInt64.self))
                    samples.add(keruen_realtime_ns() - Int64(clamping: at))
                }
            }
        }
        try count()
        return samples
    }

    func roundTrips(_ count: Int) throws -> BenchSamples {
        loop.stop()
        var samples = BenchSamples()
        let message = Message()
        while try publish.tryReceive(into: message) {}
        for id in 1...UInt64(max(1, count)) {
            var command = Command()
            command.commandID = id
            command.kind = Open(.hold)
            let sent = keruen_monotonic_ns()
            _ = try publish.trySend(Downlink.command(command).encode(topic: 1))
            if try pull.waitReadable(milliseconds: 1000), try pull.tryReceive(into: message) {
                samples.add(keruen_monotonic_ns() - sent)
            }
        }
        try self.count()
        return samples
    }
}

/// Lets everybody in (ZAP): connection n is vehicle n.
final class BenchDoor: Sendable {
    static let domain = "bench"
    static let seal: UInt64 = 0x1234_5678_9ABC_DEF0
    private let socket: Socket
    private let loop = BenchLoop()
    private let count = Atomic(0)

    init(_ context: Context) throws {
        socket = try Socket(.reply, in: context)
        try socket.set(ZMQ_LINGER, 0)
        try socket.bind("inproc://zeromq.zap.01")
        try loop.start { [unowned self] in
            return { try? self.answer() }
        }
    }

    var admitted: Int { count.load(ordering: .relaxed) }
    func stop() { loop.stop() }

    private func answer() throws {
        guard try socket.waitReadable(milliseconds: 20) else { return }
        let message = Message()
        var request: [UInt8] = []
        var place = 0
        repeat {
            guard try socket.tryReceive(into: message) else { return }
            if place == 1 { request = message.withBytes { Array($0) } }
            place += 1
        } while message.hasMore
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        let identity = LinkIdentity(id: UInt32(clamping: number), generation: 1)
        let reply = [
            Array("1.0".utf8), request, Array("200".utf8), Array("OK".utf8),
            Array(identity.userID(seal: Self.seal).utf8), [],
        ]
        for (index, frame) in reply.enumerated() {
            _ = try socket.trySend(frame, more: index + 1 < reply.count)
        }
    }
}
