import Glibc
import Transport

/// A vehicle that speaks ZMTP 3.1 and CURVE (ZeroMQ RFC 23 and 26) by itself, so that it can also speak them wrong:
/// claim properties, never end a message, say the same bytes twice.
final class RawPeer {
    private let tcp: RawConnection
    private let box: Sodium.Box
    private var counter: UInt64 = 1

    var descriptor: Int32 { tcp.descriptor }

    static let greeting: [UInt8] =
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 1] + Array("CURVE".utf8) + [UInt8](repeating: 0, count: 47)

    /// Connects and shakes hands; nil when the station does not play along.
    /// - Parameter properties: metadata besides the socket type, such as a false User-Id.
    init?(
        port: UInt16, keys: CurveKeyPair, station: CurvePublicKey, type: String = "PUSH",
        properties: [(String, String)] = []
    ) {
        guard let tcp = RawConnection(port: port), let sodium = Sodium() else { return nil }
        self.tcp = tcp
        let fleeting = sodium.keyPair()
        tcp.send(Self.greeting)
        guard tcp.receive(exactly: 64)?.prefix(1) == [0xFF] else { return nil }
        let toStation = sodium.box(station.bytes, fleeting.secret)
        var hello = Array("\u{5}HELLO".utf8) + [1, 0] + [UInt8](repeating: 0, count: 72) + fleeting.open
        hello += Self.number(0)
        hello += toStation.seal([UInt8](repeating: 0, count: 64), "CurveZMQHELLO---", Self.number(0))
        tcp.send([4, 200] + hello)
        guard let welcome = tcp.receive(exactly: 170), welcome.starts(with: [4, 168]),
            let opened = toStation.open(Array(welcome[26...]), "WELCOME-", Array(welcome[10..<26])),
            opened.count == 128
        else { return nil }
        box = sodium.box(Array(opened[..<32]), fleeting.secret)
        let vouchNonce = [UInt8](repeating: 7, count: 16)
        let vouch = sodium.box(Array(opened[..<32]), keys.secretBytes).seal(
            fleeting.open + station.bytes, "VOUCH---", vouchNonce)
        var metadata = Self.property("Socket-Type", type)
        for (name, value) in properties { metadata += Self.property(name, value) }
        let body = keys.publicKey.bytes + vouchNonce + vouch + metadata
        let initiate =
            Array("\u{8}INITIATE".utf8) + opened[32...] + Self.number(1)
            + box.seal(body, "CurveZMQINITIATE", Self.number(1))
        tcp.send(Self.header(initiate.count, flags: 4) + initiate)
        guard let ready = tcp.receive(exactly: 2), ready[0] == 4,
            let rest = tcp.receive(exactly: Int(ready[1])), rest.starts(with: Array("\u{5}READY".utf8))
        else { return nil }
    }

    private static func property(_ name: String, _ value: String) -> [UInt8] {
        [UInt8(truncatingIfNeeded: name.utf8.count)] + Array(name.utf8) + [0, 0, 0]
            + [UInt8(truncatingIfNeeded: value.utf8.count)] + Array(value.utf8)
    }

    private static func number(_ value: UInt64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    static func header(_ count: Int, flags: UInt8) -> [UInt8] {
        count < 256 ? [flags, UInt8(count)] : [flags | 2] + number(UInt64(count))
    }

    /// The bytes on the wire of one frame: a message's, a part's (`more`) or a command's.
    func wire(_ payload: [UInt8], more: Bool = false, command: Bool = false) -> [UInt8] {
        counter += 1
        let body = [UInt8((more ? 1 : 0) | (command ? 2 : 0))] + payload
        let nonce = Self.number(counter)
        let message = Array("\u{7}MESSAGE".utf8) + nonce + box.seal(body, "CurveZMQMESSAGEC", nonce)
        return Self.header(message.count, flags: 0) + message
    }

    @discardableResult
    func send(_ payload: [UInt8], more: Bool = false, command: Bool = false) -> Bool {
        tcp.send(wire(payload, more: more, command: command))
    }

    /// Bytes as they are, without a seal.
    @discardableResult
    func sendRaw(_ bytes: [UInt8]) -> Bool { tcp.send(bytes) }

    func isClosed(withinMilliseconds limit: Int32) -> Bool { tcp.isClosed(withinMilliseconds: limit) }
}

extension RawConnection {
    fileprivate func receive(exactly count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let next = receive(milliseconds: 5000, max: count - bytes.count), !next.isEmpty else {
                return nil
            }
            bytes += next
        }
        return bytes
    }
}

/// The few functions of libsodium that CURVE is made of; the library is loaded because libzmq needs it.
struct Sodium {
    typealias Seal =
        @convention(c) (
            UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>, UInt64, UnsafePointer<UInt8>,
            UnsafePointer<UInt8>, UnsafePointer<UInt8>
        ) -> Int32
    typealias Pair = @convention(c) (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Int32

    private let makePair: Pair
    private let makeSeal: Seal
    private let breakSeal: Seal

    init?() {
        guard let library = dlopen("libsodium.so.23", RTLD_NOW),
            let pair = dlsym(library, "crypto_box_keypair"), let seal = dlsym(library, "crypto_box_easy"),
            let open = dlsym(library, "crypto_box_open_easy")
        else { return nil }
        makePair = unsafeBitCast(pair, to: Pair.self)
        makeSeal = unsafeBitCast(seal, to: Seal.self)
        breakSeal = unsafeBitCast(open, to: Seal.self)
    }

    func keyPair() -> (open: [UInt8], secret: [UInt8]) {
        var open = [UInt8](repeating: 0, count: 32)
        var secret = open
        _ = makePair(&open, &secret)
        return (open, secret)
    }

    func box(_ theirs: [UInt8], _ ours: [UInt8]) -> Box {
        Box(makeSeal: makeSeal, breakSeal: breakSeal, theirs: theirs, ours: ours)
    }

    struct Box {
        fileprivate let makeSeal: Seal
        fileprivate let breakSeal: Seal
        fileprivate let theirs: [UInt8]
        fileprivate let ours: [UInt8]

        /// - Parameters prefix, nonce: 24 bytes together.
        func seal(_ bytes: [UInt8], _ prefix: String, _ nonce: [UInt8]) -> [UInt8] {
            var sealed = [UInt8](repeating: 0, count: bytes.count + 16)
            _ = makeSeal(&sealed, bytes, UInt64(bytes.count), Array(prefix.utf8) + nonce, theirs, ours)
            return sealed
        }

        func open(_ sealed: [UInt8], _ prefix: String, _ nonce: [UInt8]) -> [UInt8]? {
            guard sealed.count >= 16 else { return nil }
            var bytes = [UInt8](repeating: 0, count: sealed.count - 16)
            let result = breakSeal(
                &bytes, sealed, UInt64(sealed.count), Array(prefix.utf8) + nonce, theirs, ours)
            return result == 0 ? bytes : nil
        }
    }
}
