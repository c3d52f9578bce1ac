/// Who a message is from, as the authenticator said: number of the vehicle and generation of its key.
///
/// It travels as the connection's User-Id, `<id>/<generation>/<seal>`. Without an authenticator libzmq hands on the
/// User-Id that the peer claims in its own metadata; only the seal, which never leaves the process, tells them apart.
package struct LinkIdentity: Equatable, Sendable {
    var id: UInt32
    var generation: UInt32

    package init(id: UInt32, generation: UInt32) {
        self.id = id
        self.generation = generation
    }

    package func userID(seal: UInt64) -> String {
        let digits = String(seal, radix: 16)
        return "\(id)/\(generation)/" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Nil when there is no User-Id, it has another form, or another seal. Allocates nothing and reads no byte past
    /// the first that is wrong.
    init?(userID: UnsafePointer<CChar>?, seal: UInt64) {
        guard let userID else { return nil }
        var at = 0
        func number() -> UInt32? {
            var value: UInt64 = 0
            let start = at
            while userID[at] != 47 {
                let byte = UInt8(bitPattern: userID[at])
                guard byte >= 48, byte <= 57, at - start < 10 else { return nil }
                value = value * 10 + UInt64(byte - 48)
                at += 1
            }
            guard at > start else { return nil }
            at += 1
            return UInt32(exactly: value)
        }
        guard let id = number(), let generation = number() else { return nil }
        var shift: UInt64 = 64
        while shift > 0 {
            shift -= 4
            let digit = UInt8(truncatingIfNeeded: seal >> shift & 15)
            guard UInt8(bitPattern: userID[at]) == (digit < 10 ? 48 + digit : 87 + digit) else { return nil }
            at += 1
        }
        guard userID[at] == 0 else { return nil }
        self.init(id: id, generation: generation)
    }
}
