import CZeroMQ
import Foundation
import Testing
import Transport
import Wire

@testable import Station

/// What becomes of connections that are of no use: on real sockets.
@Suite(.serialized, .timeLimit(.minutes(4))) struct LinkConnectionTests {
    @Test func aRawPeerSpeaksLikeAVehicle() throws {
        let bench = try LinkBench(vehicles: 1)
        let good = try bench.peer(1)
        let raw = try #require(bench.rawPeer(1))
        raw.send(good.frame())
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
    }

    /// HANDSHAKE_IVL would take 3 s; the watch is told to wait a fifth of a second. Both close them.
    @Test func connectionsWithoutHandshakeOrWordsAreShut() throws {
        let bench = try LinkBench(vehicles: 2, configure: { $0.silenceNanoseconds = 200_000_000 })
        let mute = try #require(RawConnection(port: bench.uplinkPort))
        let halfway = try #require(RawConnection(port: bench.downlinkPort))
        halfway.send(Array(RawPeer.greeting.prefix(30)))
        let silent = try #require(bench.rawPeer(1))
        let silentBelow = try #require(bench.rawPeer(1, type: "SUB", downlink: true))
        let honest = try bench.peer(2)
        try honest.subscribe(2)
        try honest.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        #expect(mute.isClosed(withinMilliseconds: 2000) && halfway.isClosed(withinMilliseconds: 2000))
        #expect(silent.isClosed(withinMilliseconds: 2000) && silentBelow.isClosed(withinMilliseconds: 2000))
        #expect(bench.eventually { bench.link.counters[.silent] == 2 })
        #expect(bench.link.counters[.unfinished] == 2)
        // The honest one kept both of its connections.
        #expect(bench.eventually { bench.link.counters.connections == 2 })
        #expect(bench.link.counters.admitted == 4)
    }

    @Test func handshakesHaveThreeSeconds() throws {
        let bench = try LinkBench(vehicles: 1)
        let mute = try #require(RawConnection(port: bench.uplinkPort))
        let halfway = try #require(RawConnection(port: bench.downlinkPort))
        halfway.send(RawPeer.greeting)
        #expect(mute.isClosed(withinMilliseconds: 6000) && halfway.isClosed(withinMilliseconds: 2000))
        #expect(bench.eventually { bench.link.counters[.unfinished] == 2 })
    }

    @Test func garbageInsteadOfAHandshakeIsCounted() throws {
        let bench = try LinkBench(vehicles: 1)
        for bytes in [
            Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](repeating: 0xFF, count: 200),
            RawPeer.greeting + [4, 255] + [UInt8](repeating: 9, count: 255),
            RawPeer.greeting + [6, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            let peer = try #require(RawConnection(port: bench.uplinkPort))
            peer.send(bytes)
            #expect(peer.isClosed(withinMilliseconds: 2000))
        }
        // Right in form, but sealed to another station's key.
        let stranger = try CurveKeyPair.generate()
        #expect(
            RawPeer(port: bench.uplinkPort, keys: bench.keys[0], station: stranger.publicKey) == nil)
        #expect(bench.eventually { bench.link.counters[.handshake] == 5 }, "\(bench.link.counters)")
        #expect(bench.link.counters.admitted == 0)
    }

    @Test func oneAddressHasABoundAndTheUnfinishedGiveWay() throws {
        let bench = try LinkBench(
            vehicles: 1,
            configure: {
                $0.boundsLoopback = true
                $0.connectionsMaxPerAddress = 20
                $0.connectionsPerSecondPerAddress = 1000
            })
        var idle: [RawConnection] = []
        for _ in 0..<60 {
            if let connection = RawConnection(port: bench.uplinkPort) { idle.append(connection) }
            _ = zmq_poll(nil, 0, 1)
        }
        #expect(bench.eventually { bench.link.counters[.crowded] >= 40 })
        #expect(bench.link.counters.connections <= 20)
        let honest = try bench.peer(1)
        try honest.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        #expect(bench.link.counters.connections <= 20)
    }

    @Test func theWholeStationHasABoundToo() throws {
        let bench = try LinkBench(vehicles: 1, configure: { $0.connectionsMax = 30 })
        var idle: [RawConnection] = []
        for _ in 0..<100 {
            if let connection = RawConnection(port: bench.downlinkPort) { idle.append(connection) }
        }
        #expect(bench.eventually { bench.link.counters[.crowded] >= 70 })
        let honest = try bench.peer(1)
        try honest.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        #expect(bench.link.counters.connections <= 30)
    }

    /// Neither MAXMSGSIZE nor RCVHWM sees a message that never ends (libzmq 4.3.4); the watchdog does, whoever sends
    /// it: a vehicle that has spoken, one that never has, and one on the downlink.
    @Test(arguments: ["spoken", "mute", "downlink"]) func endlessMessagesAreCutOff(who: String) throws {
        let bench = try LinkBench(vehicles: 2, configure: { $0.inspectionNanoseconds = 100_000_000 })
        let bad = try #require(
            bench.rawPeer(1, type: who == "downlink" ? "SUB" : "PUSH", downlink: who == "downlink"))
        let good = try bench.peer(2)
        if who == "spoken" {
            bad.send(try bench.peer(1).frame())
            #expect(bench.eventually { bench.link.counters.accepted == 1 })
        }
        if who == "downlink" { bad.send([1, 1, 0, 0, 0]) }
        let part = [UInt8](repeating: 0, count: who == "downlink" ? 400 : 4000)
        var sent = 0
        // At most some 60 MB; the watchdog looks every 0.1 to 0.2 s.
        bad.send([0], more: true)
        while sent < 15_000, bad.send(part, more: true) {
            sent += 1
            if sent % 50 == 0 { _ = zmq_poll(nil, 0, 1) }
        }
        #expect(sent < 15_000)
        #expect(bench.eventually { bench.link.counters[.hoarding] == 1 })
        try good.send()
        #expect(bench.eventually { bench.link.counters.accepted == (who == "spoken" ? 2 : 1) })
    }

    /// Libzmq 4.3.4 keeps every subscription as a tree, 30 bytes for one, before anybody can refuse it, and reads as
    /// long as more come: 12 MB of long topics hold the poll thread for two seconds and take 390 MiB.
    @Test(arguments: [false, true]) func longTopicsAreCutOff(hasSubscribed: Bool) throws {
        let bench = try LinkBench(vehicles: 2)
        let bad = try #require(bench.rawPeer(1, type: "SUB", downlink: true))
        let good = try bench.peer(2)
        try good.subscribe(2)
        if hasSubscribed { bad.send([1, 1, 0, 0, 0]) }
        #expect(bench.eventually { bench.link.hasDownlink(2) && bench.link.hasDownlink(1) == hasSubscribed })
        var random = SplitMix(state: 9)
        var flood: [UInt8] = []
        for _ in 0..<8000 {
            var topic = [UInt8](repeating: 1, count: 440)
            for place in 1..<9 { topic[place] = UInt8(truncatingIfNeeded: random.next()) }
            flood += bad.wire(topic)
        }
        let before = Self.residentBytes()
        bad.sendRaw(flood)
        try good.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        #expect(bad.isClosed(withinMilliseconds: 3000))
        let grown = Self.residentBytes() - before
        // No queue may be full (PingTrapTests), so all 3.5 MB can be in before the connection is shut.
        #expect(grown < 192 << 20, "\(grown) bytes")
        let message = Message()
        let heard = try bench.eventually {
            bench.link.send(.goodbye(Open(.shutdown)), to: 2)
            return try good.sub.tryReceive(into: message)
        }
        #expect(heard)
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }

    @Test func endlessSubscriptionsAreCutOff() throws {
        let bench = try LinkBench(vehicles: 2)
        let bad = try #require(bench.rawPeer(1, type: "SUB", downlink: true))
        let good = try bench.peer(2)
        try good.subscribe(2)
        var sent = 0
        while sent < 100_000, bad.send([UInt8(sent % 2), 1, 0, 0, 0]) { sent += 1 }
        #expect(sent < 100_000)
        // Whoever looks first, the table at so many subscriptions or the watch at so many bytes.
        #expect(
            bench.eventually { bench.link.refused(.flood, of: 1) >= 1 || bench.link.counters[.hoarding] >= 1 }
        )
        let message = Message()
        let heard = try bench.eventually {
            bench.link.send(.goodbye(Open(.shutdown)), to: 2)
            return try good.sub.tryReceive(into: message)
        }
        #expect(heard)
    }
}
