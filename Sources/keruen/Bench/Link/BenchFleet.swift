import ArgumentParser
import CLinux
import CZeroMQ
import Glibc
import Transport
import Wire

/// Part of a bench: a process of vehicles, each with its own sockets and key, that do what they are told by lines
/// on the standard input. As cheap as vehicles can be: their frames are made once and patched.
struct BenchFleet: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "link-fleet", shouldDisplay: false)

    @Option var uplink: String
    /// Empty: no downlink.
    @Option var downlink = ""
    @Option var first = 1
    @Option var count = 1
    /// Vehicles that begin to connect per second.
    @Option var connectRate = 1000.0
    @Option var seed: UInt64 = 1
    @Flag var plain = false
    @Option var sendQueue: Int32 = 64

    func run() throws {
        _ = keruen_raise_file_limit()
        let fleet = try Fleet(self)
        try fleet.converse()
    }
}

/// A socket in an array.
private final class Held {
    let socket: Socket
    init(_ socket: consuming Socket) { self.socket = socket }
}

private final class Fleet {
    private enum Task {
        /// Telemetry once a second, as a link that has just come up needs it.
        case rest
        /// Neither sends nor listens.
        case silence
        /// Telemetry of every vehicle so many times a second.
        case pace(Double)
        /// As much as the sockets take.
        case blast
        /// Only answers commands to the first vehicle, at once.
        case echo
    }

    private let options: BenchFleet
    private let context: Context
    private let keys: BenchKeys
    private let station: CurvePublicKey
    private var pushes: [Held] = []
    private var subs: [Held] = []
    private let frames: UnsafeMutableRawBufferPointer
    private var sequences: [UInt32]
    private var messageSequences: [UInt32]
    private let boot: UInt32
    private var task = Task.rest
    private var pacedAt = keruen_monotonic_ns()
    /// Sendings due, and the vehicle that sent last.
    private var owed = 0.0
    private var next = -1
    private var sent = 0
    private var answered = 0
    private var blocked = 0
    private let message = Message()
    private var arena = DecodeArena()
    private var conversation = BenchConversation()

    init(_ options: BenchFleet) throws {
        self.options = options
        context = try Context(socketsMax: options.count * 2 + 64)
        keys = BenchKeys(seed: options.seed)
        station = try keys.pair(0).publicKey
        boot = UInt32(truncatingIfNeeded: keruen_monotonic_ns()) | 1
        sequences = [UInt32](repeating: 0, count: options.count)
        messageSequences = sequences
        frames = .allocate(byteCount: options.count * Telemetry.frameSize, alignment: 16)
        var telemetry = Telemetry()
        telemetry.boot = boot
        telemetry.measuredAtNanoseconds = 1
        telemetry.altitudeMillimeters = 900_000
        telemetry.mode = Open(.moving)
        telemetry.datum = Open(.meanSeaLevel)
        telemetry.fix = Open(.fix3D)
        for index in 0..<options.count {
            telemetry.latitudeE7 = 432_000_000 + Int32(truncatingIfNeeded: index * 1000)
            telemetry.longitudeE7 = 769_000_000
            telemetry.encodeFrame(into: frame(index))
        }
    }

    private func frame(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let at = index &* Telemetry.frameSize
        return UnsafeMutableRawBufferPointer(rebasing: frames[at..<at &+ Telemetry.frameSize])
    }

    func converse() throws {
        let begun = keruen_monotonic_ns()
        while pushes.count < options.count {
            let due = Double(keruen_monotonic_ns() - begun) * 1e-9 * options.connectRate
            while pushes.count < min(options.count, Int(due) + 1) { try connect() }
            // Who connects and says nothing is shut after three seconds.
            try keepPace(1)
        }
        conversation.answer(["connecting": pushes.count])
        while !conversation.hasEnded {
            if let words = conversation.line(milliseconds: 0) { obey(words) }
            switch task {
            case .rest: try keepPace(1)
            case .silence: _ = zmq_poll(nil, 0, 5)
            case .pace(let hertz): try keepPace(hertz)
            case .blast: try blast()
            case .echo: try echo()
            }
        }
    }

    private func obey(_ words: [Substring]) {
        func number(_ place: Int) -> Double { words.count > place ? Double(words[place]) ?? 0 : 0 }
        pacedAt = keruen_monotonic_ns()
        owed = 0
        defer { blocked = 0 }
        switch words.first {
        case "pace": task = .pace(number(1))
        case "blast": task = .blast
        case "echo": task = .echo
        case "rest": task = .rest
        case "silence": task = .silence
        default: break
        }
        conversation.answer(["sent": sent, "answered": answered, "blocked": blocked])
    }

    private func connect() throws {
        let pair = options.plain ? nil : try keys.pair(options.first + pushes.count)
        let push = try Socket(.push, in: context)
        try configure(push, pair)
        try push.set(ZMQ_SNDHWM, options.sendQueue)
        try push.set(ZMQ_IMMEDIATE, 1)
        try push.connect(options.uplink)
        if !options.downlink.isEmpty {
            let sub = try Socket(.sub, in: context)
            try configure(sub, pair)
            let id = UInt32(truncatingIfNeeded: options.first + pushes.count)
            try sub.set(ZMQ_SUBSCRIBE, bytes: withUnsafeBytes(of: id.littleEndian) { Array($0) })
            try sub.set(ZMQ_SUBSCRIBE, bytes: [0, 0, 0, 0])
            try sub.connect(options.downlink)
            subs.append(Held(sub))
        }
        pushes.append(Held(push))
    }

    /// As Docs/Vehicles.md asks of a vehicle, but that it comes back sooner after a restart.
    private func configure(_ socket: borrowing Socket, _ pair: CurveKeyPair?) throws {
        if let pair { try socket.setCurveClient(pair, server: station) }
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_IPV6, 1)
        try socket.set(ZMQ_RECONNECT_IVL, 250)
        try socket.set(ZMQ_RECONNECT_IVL_MAX, 2000)
        try socket.set(ZMQ_HANDSHAKE_IVL, 10000)
    }

    private func send(_ index: Int) throws -> Bool {
        let frame = frame(index)
        // Sequence and time stand at fixed places of the constant layout.
        frame.storeBytes(of: (sequences[index] &+ 1).littleEndian, toByteOffset: 10, as: UInt32.self)
        frame.storeBytes(
            of: UInt64(truncatingIfNeeded: keruen_realtime_ns()).littleEndian, toByteOffset: 15,
            as: UInt64.self)
        guard try pushes[index].socket.trySend(UnsafeRawBufferPointer(frame)) else { return false }
        sequences[index] &+= 1
        sent += 1
        return true
    }

    private func keepPace(_ hertz: Double) throws {
        let now = keruen_monotonic_ns()
        owed += min(1, Double(now - pacedAt) * 1e-9) * hertz * Double(pushes.count)
        pacedAt = now
        var most = 4096
        while owed >= 1, most > 0 {
            owed -= 1
            most -= 1
            next = next + 1 < pushes.count ? next + 1 : 0
            if try !send(next) { blocked += 1 }
            if next < subs.count { try listen(next) }
        }
        if most > 0 { _ = usleep(500) }
    }

    private func blast() throws {
        var any = false
        for index in pushes.indices {
            for _ in 0..<16 {
                guard try send(index) else { break }
                any = true
            }
        }
        if !any { _ = usleep(100) }
    }

    private func echo() throws {
        guard let sub = subs.first else { return }
        var items = [
            zmq_pollitem_t(socket: sub.socket.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
            zmq_pollitem_t(socket: nil, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
        ]
        _ = zmq_poll(&items, 2, 100)
        try listen(0)
    }

    /// Answers what has come for a vehicle: heartbeats and commands.
    private func listen(_ index: Int) throws {
        while try subs[index].socket.tryReceive(into: message) {
            let received = UInt64(clamping: keruen_realtime_ns())
            let answer = message.withBytes { bytes -> Uplink? in
                guard let (_, type, body) = try? Envelope.parseDownlink(bytes),
                    let said = try? Downlink.decode(type: type, body, arena: &arena)
                else { return nil }
                let stamp = UplinkStamp(boot: boot, sequence: messageSequences[index] &+ 1)
                switch said {
                case .heartbeat(let beat):
                    var answer = VehicleHeartbeat()
                    answer.nonce = beat.nonce
                    answer.stationTimeNanoseconds = beat.stationTimeNanoseconds
                    answer.receivedAtNanoseconds = received
                    answer.sentAtNanoseconds = received
                    return .heartbeat(stamp, answer)
                case .command(let command):
                    var answer = CommandAck()
                    answer.commandID = command.commandID
                    answer.stage = Open(.received)
                    answer.atNanoseconds = received
                    return .commandAck(stamp, answer)
                default: return nil
                }
            }
            guard let answer, try pushes[index].socket.trySend(answer.encode()) else { continue }
            messageSequences[index] &+= 1
            answered += 1
        }
    }
}
