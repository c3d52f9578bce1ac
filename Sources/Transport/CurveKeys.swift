import CZeroMQ

/// A Curve25519 public key: 32 bytes, written as 40 characters of Z85 (ZeroMQ RFC 32).
public struct CurvePublicKey: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    /// Nil unless `text` is 40 characters of Z85.
    public init?(z85 text: String) {
        guard let bytes = decodeZ85Key(text) else { return nil }
        self.bytes = bytes
    }

    /// Nil unless 32 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    public var description: String { encodeZ85Key(bytes) }
}

/// A Curve25519 key pair for CURVE. The secret is never printed by `description`.
public struct CurveKeyPair: Sendable, CustomStringConvertible {
    public let publicKey: CurvePublicKey
    public let secretBytes: [UInt8]

    /// A new random pair from libzmq (libsodium's generator).
    public static func generate() throws(TransportError) -> CurveKeyPair {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        guard zmq_curve_keypair(&publicText, &secretText) == 0 else { throw .last("zmq_curve_keypair") }
        let secret = String(decoding: secretText.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let pair = CurveKeyPair(secretZ85: secret) else {
            throw TransportError(call: "zmq_curve_keypair", code: 22)
        }
        return pair
    }

    /// The pair of a secret key in Z85; nil when it is not 40 characters of Z85.
    public init?(secretZ85 text: String) {
        guard let secret = decodeZ85Key(text) else { return nil }
        var publicText = [CChar](repeating: 0, count: 41)
        guard zmq_curve_public(&publicText, text) == 0 else { return nil }
        let publicString = String(
            decoding: publicText.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let publicKey = CurvePublicKey(z85: publicString) else { return nil }
        self.publicKey = publicKey
        self.secretBytes = secret
    }

    public var secretZ85: String { encodeZ85Key(secretBytes) }
    public var description: String { "public \(publicKey)" }
}

private func decodeZ85Key(_ text: String) -> [UInt8]? {
    guard text.utf8.count == 40 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 32)
    return zmq_z85_decode(&bytes, text) == nil ? nil : bytes
}

private func encodeZ85Key(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: 41)
    guard bytes.count == 32, zmq_z85_encode(&text, bytes, 32) != nil else { return "" }
    return String(decoding: text.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
