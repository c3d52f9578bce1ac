import CZeroMQ
import FoundationEssentials
import Testing
import Transport

@Suite struct KeyTests {
    @Test func secretGivesBackItsPublicKey() throws {
        let keys = try CurveKeyPair.generate()
        let again = try #require(CurveKeyPair(secretZ85: keys.secretZ85))
        #expect(again.publicKey == keys.publicKey)
        #expect(!"\(keys)".contains(keys.secretZ85))
    }

    @Test func keyringSurvivesItsText() throws {
        var ring = Keyring()
        for id in 1...20 as ClosedRange<UInt32> {
            ring.enrolments.append(
                Enrolment(
                    id: id, name: "drone-\(id)", kind: "vtol", company: "CR01",
                    publicKey: try CurveKeyPair.generate().publicKey, generation: id,
                    status: id % 3 == 0 ? .revoked : .allowed))
        }
        #expect(try Keyring(text: ring.text).enrolments == ring.enrolments)
    }

    @Test(arguments: ["1 a truck c", "0 a truck c k 1 allowed", "1 a ship c k 1 allowed", "x y z"])
    func badLineNamesItsPlace(line: String) {
        #expect(throws: KeyFileError.self) { try Keyring(text: "# list\n" + line) }
        do { _ = try Keyring(text: "# list\n" + line) } catch {
            #expect("\(error)".hasPrefix("fleet.keys:2:"))
        }
    }

    @Test func oneKeyIsOneVehicle() throws {
        let key = try CurveKeyPair.generate().publicKey
        #expect(throws: KeyFileError.self) {
            try Keyring(text: "1 a truck c \(key) 1 allowed\n2 b truck c \(key) 1 revoked\n")
        }
    }

    @Test func secretFileIsPrivate() throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "keruen-keys-\(UInt64.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "drone-7.secret").path
        let secret = VehicleSecret(
            id: 7, name: "drone-7", kind: "multirotor", company: "CR01", keys: try .generate(),
            station: try CurveKeyPair.generate().publicKey)
        try secret.save(to: path)
        let again = try VehicleSecret(contentsOf: path)
        #expect(
            again.keys.publicKey == secret.keys.publicKey && again.station == secret.station && again.id == 7)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}

@Suite struct SocketTests {
    /// A socket that takes both families still names an IPv4 endpoint as people write it, and it can be connected to.
    @Test func endpointsOfBothFamiliesAreReadable() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        try pull.set(ZMQ_IPV6, 1)
        try pull.bind("tcp://127.0.0.1:*")
        #expect(pull.lastEndpoint.wholeMatch(of: /tcp:\/\/127\.0\.0\.1:\d+/) != nil, "\(pull.lastEndpoint)")
        let push = try Socket(.push, in: context)
        try push.set(ZMQ_LINGER, 0)
        try push.connect(pull.lastEndpoint)
        var sent = false
        for _ in 0..<1000 where !sent { sent = try push.trySend([1, 2, 3]) }
        #expect(try pull.waitReadable(milliseconds: 5000))
    }

    @Test func framesCross() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        try pull.bind("tcp://127.0.0.1:*")
        let push = try Socket(.push, in: context)
        try push.set(ZMQ_LINGER, 0)
        try push.connect(pull.lastEndpoint)
        let message = Message()
        #expect(try pull.tryReceive(into: message) == false)
        var sent = false
        for _ in 0..<1000 where !sent { sent = try push.trySend([1, 2, 3]) }
        #expect(try pull.waitReadable(milliseconds: 5000))
        #expect(try pull.tryReceive(into: message))
        #expect(message.withBytes { Array($0) } == [1, 2, 3])
        #expect(!message.hasMore && message.sourceDescriptor > 0)
    }
}
