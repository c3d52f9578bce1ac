import Transport

/// The keys of a bench: the same in every process of it, and worth nothing outside.
struct BenchKeys {
    var seed: UInt64

    /// Number 0 is the station, vehicles count from 1.
    func pair(_ number: Int) throws -> CurveKeyPair {
        var state = seed &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03
        let secret = (0..<4).flatMap { _ -> [UInt8] in
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return withUnsafeBytes(of: z ^ z >> 31) { Array($0) }
        }
        guard let text = CurvePublicKey(bytes: secret)?.description, let pair = CurveKeyPair(secretZ85: text)
        else { throw BenchError("no key pair \(number)") }
        return pair
    }

    func keyring(vehicles: Int) throws -> Keyring {
        Keyring(
            enrolments: try (1...max(1, vehicles)).map { number in
                Enrolment(
                    id: UInt32(clamping: number), name: "v\(number)", kind: "multirotor", company: "bench",
                    publicKey: try pair(number).publicKey)
            })
    }
}

/// Why a bench cannot go on.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
