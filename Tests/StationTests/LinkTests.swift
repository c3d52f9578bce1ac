import CZeroMQ
import Synchronization
import Testing
import Transport
import Wire

@testable import Station

@Suite(.serialized, .timeLimit(.minutes(4))) struct LinkTests {
    @Test func telemetryArrivesAndTheNewestIsCollected() throws {
        let bench = try LinkBench(vehicles: 2)
        let peer = try bench.peer(2)
        for _ in 0..<3 { try peer.send() }
        #expect(bench.eventually { bench.link.counters.accepted == 3 })
        var batch = LinkBatch()
        bench.link.collect(into: &batch)
        #expect(batch.telemetry.map(\.vehicle) == [2])
        #expect(batch.telemetry.first?.telemetry == peer.telemetry)
        bench.link.collect(into: &batch)
        #expect(batch.telemetry.isEmpty)
    }

    @Test func aKeyOutsideTheListIsRefused() throws {
        let bench = try LinkBench(vehicles: 1)
        let stranger = try LinkPeer(
            bench.context, to: bench.link, keys: .generate(), station: bench.station.publicKey)
        try stranger.send()
        #expect(bench.eventually { bench.link.counters.denied >= 1 })
        let good = try bench.peer(1)
        try good.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
    }

    @Test func aRevokedVehicleIsCutWhileItTalks() throws {
        let bench = try LinkBench(vehicles: 2)
        let cut = try bench.peer(1)
        let other = try bench.peer(2)
        try cut.send()
        try other.send()
        #expect(bench.eventually { bench.link.counters.accepted == 2 })
        bench.link.revoke(1)
        for _ in 0..<20 { try cut.send() }
        // It reconnects by itself and is denied.
        #expect(bench.eventually { bench.link.counters.denied >= 1 })
        try other.send()
        #expect(bench.eventually { bench.link.counters.accepted == 3 })
        #expect(bench.link.status(of: 1)?.isRevoked == true)
        var batch = LinkBatch()
        bench.link.collect(into: &batch)
        #expect(batch.telemetry.map(\.vehicle) == [2])
    }

    @Test func onlyOwnAndCommonTopicAreGiven() throws {
        let bench = try LinkBench(vehicles: 2)
        let honest = try bench.peer(1)
        let nosy = try bench.peer(2)
        try honest.subscribe(1)
        try nosy.subscribe(1)
        #expect(bench.eventually { bench.link.counters[.topic] >= 1 })
        #expect(bench.link.refused(.topic, of: 2) >= 1 && bench.link.refused(.topic, of: 1) == 0)
        let message = Message()
        let heard = try bench.eventually {
            bench.link.send(.goodbye(Open(.shutdown)), to: 1)
            return try honest.sub.tryReceive(into: message)
        }
        #expect(heard)
        #expect(try nosy.sub.tryReceive(into: message) == false)
    }

    @Test func hostileFramesAreCountedAndHarmNobody() throws {
        let bench = try LinkBench(vehicles: 2)
        let bad = try bench.peer(1)
        let good = try bench.peer(2)
        _ = try bad.push.trySend([])
        _ = try bad.push.trySend([0, 1, 2, 0])
        _ = try bad.push.trySend([0x4B, 9, 2, 0])
        _ = try bad.push.trySend([0x4B, 1, 200, 0])
        _ = try bad.push.trySend([0x4B, 1, 2, 0] + [UInt8](repeating: 1, count: 1000))
        _ = try bad.push.trySend([0x4B, 1, 1, 0, 0xFF, 0xFF, 0xFF])
        _ = try bad.push.trySend(bad.frame(), more: true)
        _ = try bad.push.trySend(bad.frame())
        let causes: [LinkRefusal] = [.truncated, .magic, .version, .unknownType, .oversized, .malformed]
        #expect(
            bench.eventually {
                bench.link.counters[.multipart] == 2 && causes.allSatisfy { bench.link.counters[$0] == 1 }
            })
        // Beyond MAXMSGSIZE libzmq ends the connection itself.
        _ = try bad.push.trySend([UInt8](repeating: 0, count: 100_000))
        for _ in 0..<10 { try good.send() }
        #expect(bench.eventually { bench.link.counters.accepted == 10 })
        #expect(causes.allSatisfy { bench.link.refused($0, of: 2) == 0 })
    }

    @Test func aFloodIsCutToTheRateAndTheOtherIsHeard() throws {
        let bench = try LinkBench(vehicles: 2)
        let bad = try bench.peer(1)
        let good = try bench.peer(2)
        for _ in 0..<5000 { try bad.send() }
        for _ in 0..<50 { try good.send() }
        // The clock stands still: the flood gets its burst of 100 and no more.
        #expect(bench.eventually { bench.link.counters.accepted == 150 })
        #expect(bench.eventually { bench.link.refused(.flood, of: 1) == 4900 })
        #expect(bench.link.refused(.flood, of: 2) == 0)
    }

    @Test func heartbeatGoesToAll() throws {
        let bench = try LinkBench(vehicles: 1)
        let peer = try bench.peer(1)
        try peer.subscribe(0)
        let message = Message()
        #expect(try peer.sub.waitReadable(milliseconds: 5000))
        #expect(try peer.sub.tryReceive(into: message))
        let type = try message.withBytes { bytes throws(WireError) in try Envelope.parseDownlink(bytes).type }
        #expect(type == .stationHeartbeat)
    }
}
