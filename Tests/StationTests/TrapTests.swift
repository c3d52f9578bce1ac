import CZeroMQ
import Foundation
import Synchronization
import Testing
import Transport
import Wire

@testable import Station

/// What breaks libzmq 4.3.4 and protobuf-c 1.4.1, line by line, and where each line is pinned.
///
/// | what breaks | pinned by |
/// |---|---|
/// | ZMQ_HEARTBEAT_IVL aborts a connecting process (libzmq 3937, 3596, 4767), cuts healthy links when bound | `noOptionOrSocketThatBreaks`, `pingsAndFullQueuesAbortNothing` |
/// | a ROUTER aborts when a peer claims its next number; HANDOVER gives an impostor another's commands | `noOptionOrSocketThatBreaks` (none is used), `claimedNamesGiveNothing` |
/// | a full receive queue, a PING behind it and a hang-up abort the receiver | `PingTrapTests` |
/// | nobody answers ZAP: every key is admitted, and the peer names itself | `AuthenticatorTests`, `withoutAuthenticatorTheClaimedNameLacksTheSeal` |
/// | a key taken from the list keeps its live connection | `revocationIsAtOnce`, `LinkReloadTests` |
/// | ZAP answers 400: the client never tries again; 300: it does | `LinkReloadTests.aRestoredKeyNeedsNewSockets`, `whoIsPutOffComesBack` |
/// | endless MORE frames pass MAXMSGSIZE and HWM | `LinkConnectionTests.endlessMessagesAreCutOff` |
/// | no descriptors left: the listener spins | `LinkConnectionTests.theWholeStationHasABoundToo`, `oneAddressHasABoundAndTheUnfinishedGiveWay` |
/// | MAXMSGSIZE below 512 ends CURVE handshakes; the limit counts CURVE's 33 bytes | `theLongestMessagePassesAndOneByteMoreEndsTheConnection` |
/// | thousands of silent connections | `LinkConnectionTests.handshakesHaveThreeSeconds`, `HostileTests` |
/// | one vehicle floods | `LinkTests.aFloodIsCutToTheRateAndTheOtherIsHeard`, `HostileTests` |
/// | CONFLATE drops acknowledgements and commands | `noOptionOrSocketThatBreaks` |
/// | bent handshakes and bent sessions | `bentHandshakesAndSessionsLeaveTheStationServing` |
/// | XPUB keeps memory for abusive reconnects and subscriptions | `whoIsPutOffComesBack` (rate of the authenticator), `LinkConnectionTests.endlessSubscriptionsAreCutOff` |
/// | XPUB takes 30 times a long topic and reads without end, on the poll thread | `LinkConnectionTests.longTopicsAreCutOff` |
/// | protobuf-c takes 92 times the input, recurses, and Swift traps on enumeration -1 | `MessageTests.hostileBytesGiveCleanErrors`, `SchemaTests.schemaKeepsItsPromises`, `WireTrapTests` |
@Suite(.serialized, .timeLimit(.minutes(4))) struct TrapTests {
    private static let top = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func noOptionOrSocketThatBreaks() throws {
        let banned = [
            "ZMQ_HEARTBEAT_", "ZMQ_CONFLATE", "ZMQ_ROUTER_HANDOVER", "ZMQ_ROUTER_MANDATORY",
            "Socket(.router", "Socket(.dealer", "ZMQ_PLAIN", "ZMQ_GSSAPI",
        ]
        var looked = 0
        // Where vehicles are spoken to. The pace speaks with simulators, on loopback only.
        for folder in ["Sources/Station/Link", "Sim/Vehicles"] {
            let root = Self.top.appending(path: folder).path
            for case let path as String in try #require(FileManager.default.enumerator(atPath: root))
            where path.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
                // Simulators on loopback are no vehicles: the pace endpoint may answer each when it is its turn.
                if path.hasPrefix("Pace/") { continue }
                for line in text.split(separator: "\n") where !line.contains("//") {
                    for word in banned where line.contains(word) {
                        Issue.record("\(folder)/\(path) has '\(word)'")
                    }
                }
                looked += 1
            }
        }
        #expect(looked > 20)
    }

    /// Versions with the published holes closed (CVE-2020-15166, CVE-2021-20234 to -20237).
    @Test func theLibraryIsNotOlderThanWhatWasTried() {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        zmq_version(&major, &minor, &patch)
        #expect((major, minor, patch) >= (4, 3, 4))
    }

    /// A vehicle may send ZMTP's own heartbeats, with a time to live, into a queue that stands still.
    @Test func pingsAndFullQueuesAbortNothing() throws {
        let bench = try LinkBench(vehicles: 2)
        let bad = try #require(bench.rawPeer(1))
        let plain = try bench.peer(1)
        let good = try bench.peer(2)
        bench.link.table.withLock { _ in
            for round in 0..<200 {
                bad.send([4] + Array("PING".utf8) + [0, 1] + [UInt8](repeating: 7, count: 16), command: true)
                bad.send(plain.frame())
                if round % 10 == 0 { bad.send([4] + Array("PONG".utf8), command: true) }
            }
            // Beyond the time to live of 0.1 s, with every queue full.
            _ = zmq_poll(nil, 0, 300)
        }
        try good.send()
        #expect(bench.eventually { bench.link.counters.accepted >= 2 })
        #expect(bench.link.refused(.malformed, of: 2) == 0)
    }

    /// Names in metadata, routing id, Hello and topic are words; the key is the vehicle.
    @Test func claimedNamesGiveNothing() throws {
        let bench = try LinkBench(vehicles: 2)
        let claims = [
            ("User-Id", "1/1"), ("Identity", "1"), ("__fd", "0"), ("Peer-Address", "10.0.0.1"),
            ("User-Id", LinkIdentity(id: 1, generation: 1).userID(seal: 0)),
        ]
        let impostor = try #require(bench.rawPeer(2, properties: claims))
        let telemetry = try bench.peer(2)
        impostor.send(telemetry.frame())
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        var batch = LinkBatch()
        bench.link.collect(into: &batch)
        #expect(batch.telemetry.map(\.vehicle) == [2])
        // The number in the payload.
        var hello = Hello()
        hello.vehicleID = 1
        impostor.send(Uplink.hello(UplinkStamp(boot: 1, sequence: 1), hello).encode())
        #expect(bench.eventually { bench.link.refused(.outOfRange, of: 2) == 1 })
        // The topic: everybody's, another's, none, longer than one.
        for topic in [[], [1], [1, 0, 0, 0], [2, 0, 0], [2, 0, 0, 0, 0]] as [[UInt8]] {
            let nosy = try #require(
                bench.rawPeer(2, type: "SUB", downlink: true, properties: claims))
            nosy.send([1] + topic)
            #expect(nosy.isClosed(withinMilliseconds: 2000))
        }
        #expect(bench.link.refused(.topic, of: 2) == 5 && bench.link.refused(.topic, of: 1) == 0)
    }

    /// The trap in full: no authenticator, a stranger's key, and a User-Id of the stranger's choice.
    @Test func withoutAuthenticatorTheClaimedNameLacksTheSeal() throws {
        let context = try Context()
        let station = try CurveKeyPair.generate()
        let pull = try Socket(.pull, in: context)
        try pull.set(ZMQ_LINGER, 0)
        try pull.setCurveServer(station, domain: Authenticator.domain)
        try pull.bind("tcp://127.0.0.1:*")
        let port = UInt16(pull.lastEndpoint.split(separator: ":").last ?? "") ?? 0
        let claim = LinkIdentity(id: 1, generation: 1).userID(seal: 5)
        let stranger = try #require(
            RawPeer(
                port: port, keys: .generate(), station: station.publicKey,
                properties: [("User-Id", claim)]))
        stranger.send([1])
        #expect(try pull.waitReadable(milliseconds: 5000))
        let message = Message()
        #expect(try pull.tryReceive(into: message))
        let name = message.property("User-Id")
        #expect(name.map { String(cString: $0) } == claim)
        #expect(LinkIdentity(userID: name, seal: 6) == nil)
    }

    /// When `revoke` returns nothing more is accepted, and the connections are closed within moments.
    @Test func revocationIsAtOnce() throws {
        let bench = try LinkBench(vehicles: 2)
        let up = try #require(bench.rawPeer(1))
        let down = try #require(bench.rawPeer(1, type: "SUB", downlink: true))
        let frames = try bench.peer(1)
        down.send([1, 1, 0, 0, 0])
        up.send(frames.frame())
        #expect(bench.eventually { bench.link.counters.accepted == 1 && bench.link.hasDownlink(1) })
        for _ in 0..<60 { up.send(frames.frame()) }
        bench.link.revoke(1)
        let accepted = bench.link.counters.accepted
        for _ in 0..<60 { up.send(frames.frame()) }
        #expect(up.isClosed(withinMilliseconds: 2000) && down.isClosed(withinMilliseconds: 2000))
        #expect(bench.link.counters.accepted == accepted)
        #expect(bench.rawPeer(1) == nil)
    }

    @Test func theNewestConnectionOfAKeyWins() throws {
        let bench = try LinkBench(vehicles: 1)
        let frames = try bench.peer(1)
        let old = try #require(bench.rawPeer(1))
        old.send(frames.frame())
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        let new = try #require(bench.rawPeer(1))
        new.send(frames.frame())
        #expect(bench.eventually { bench.link.counters.accepted == 2 })
        #expect(old.isClosed(withinMilliseconds: 2000))
        new.send(frames.frame())
        #expect(bench.eventually { bench.link.counters.accepted == 3 })
        let oldBelow = try #require(bench.rawPeer(1, type: "SUB", downlink: true))
        oldBelow.send([1, 1, 0, 0, 0])
        #expect(bench.eventually { bench.link.hasDownlink(1) })
        let newBelow = try #require(bench.rawPeer(1, type: "SUB", downlink: true))
        newBelow.send([1, 1, 0, 0, 0])
        #expect(oldBelow.isClosed(withinMilliseconds: 2000))
    }

    /// 300 is "later": libzmq's client tries again by itself and gets in once its key's allowance has grown.
    @Test func whoIsPutOffComesBack() throws {
        let bench = try LinkBench(vehicles: 2)
        var visits = 0
        while visits < 40, let visitor = bench.rawPeer(1) {
            _ = visitor
            visits += 1
        }
        #expect(visits >= 20 && visits < 40)
        #expect(bench.link.counters.putOff >= 1)
        let patient = try LinkPeer(
            bench.context, to: bench.link, keys: bench.keys[0], station: bench.station.publicKey,
            prepare: { try $0.set(ZMQ_HANDSHAKE_IVL, 300) })
        try patient.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
    }

    /// 4,096 bytes of ours and 33 of CURVE.
    @Test func theLongestMessagePassesAndOneByteMoreEndsTheConnection() throws {
        let bench = try LinkBench(vehicles: 1)
        let peer = try #require(bench.rawPeer(1))
        peer.send([0x4B, 1, 1, 0] + [UInt8](repeating: 0, count: 4092))
        #expect(bench.eventually { bench.link.counters[.oversized] == 1 })
        peer.send([0x4B, 1, 1, 0] + [UInt8](repeating: 0, count: 4093))
        #expect(peer.isClosed(withinMilliseconds: 2000))
        #expect(bench.link.counters[.oversized] == 1)
        // A length without bytes reserves nothing.
        let liar = try #require(bench.rawPeer(1))
        liar.sendRaw([2, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(liar.isClosed(withinMilliseconds: 2000))
    }

    /// The very bytes of a message, said again on the same connection: CURVE's nonce does not grow.
    @Test func sealedBytesCannotBeSaidTwice() throws {
        let bench = try LinkBench(vehicles: 1)
        let frames = try bench.peer(1)
        let peer = try #require(bench.rawPeer(1))
        let wire = peer.wire(frames.frame())
        peer.sendRaw(wire)
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        peer.sendRaw(wire)
        #expect(peer.isClosed(withinMilliseconds: 2000))
        #expect(bench.link.counters.accepted == 1 && bench.link.counters.taken == 1)
    }

    /// Bent greetings, bent commands and bent sessions of an enrolled key, one after the other, while a good vehicle
    /// is served throughout.
    @Test(arguments: [1, 2] as [UInt64]) func bentHandshakesAndSessionsLeaveTheStationServing(seed: UInt64)
        throws
    {
        let bench = try LinkBench(vehicles: 3, configure: { $0.messageBurst = 1000 })
        let good = try bench.peer(3)
        let sample = good.frame()
        var random = SplitMix(state: seed)
        func bend(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0...random.next() % 4 where !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count + 1))) }
            return bytes
        }
        var sessions = 0
        for round in 0..<400 {
            let port = round % 2 == 0 ? bench.uplinkPort : bench.downlinkPort
            let noise = (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let peer = try #require(RawConnection(port: port))
            switch round % 4 {
            case 0: peer.send(noise)
            case 1: peer.send(bend(RawPeer.greeting) + noise)
            case 2: peer.send(RawPeer.greeting + bend([4, 200] + Array("\u{5}HELLO\u{1}\u{0}".utf8) + noise))
            default: peer.send(RawPeer.greeting + RawPeer.header(noise.count, flags: 4) + noise)
            }
            if round % 16 == 0, let vehicle = bench.rawPeer(1 + round / 16 % 2, type: "PUSH") {
                sessions += 1
                for _ in 0..<20 {
                    switch random.next() % 4 {
                    case 0: vehicle.send(bend(sample))
                    case 1: vehicle.send(noise, more: random.next() % 2 == 0, command: true)
                    case 2: vehicle.send(noise, more: random.next() % 2 == 0)
                    default: vehicle.sendRaw(bend(vehicle.wire(noise)))
                    }
                }
            }
            try good.send()
        }
        #expect(sessions >= 20)
        #expect(
            bench.eventually {
                bench.link.status(of: 3)?.lost == 0 && bench.link.sequence(3) == 401
                    && bench.link.counters[.handshake] + bench.link.counters[.unfinished] >= 300
            }, "\(bench.link.counters)")
        #expect(bench.link.failure == nil)
        try good.send()
    }
}
