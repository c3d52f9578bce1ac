import CZeroMQ
import Testing
import Transport
import Wire

@testable import Station

/// The allow list changes under a running link.
@Suite(.serialized, .timeLimit(.minutes(4))) struct LinkReloadTests {
    private static func enrolment(
        _ id: UInt32, _ key: CurvePublicKey, generation: UInt32 = 1, _ status: Enrolment.Status = .allowed
    ) -> Enrolment {
        Enrolment(
            id: id, name: "v\(id)", kind: "truck", company: "c", publicKey: key, generation: generation,
            status: status)
    }

    @Test func enrolledRotatedAndRevokedWhileOthersGoOn() throws {
        let bench = try LinkBench(vehicles: 3)
        let peers = try (1...3).map { try bench.peer($0) }
        for peer in peers { try peer.send() }
        #expect(bench.eventually { bench.link.counters.accepted == 3 && bench.link.counters.admitted == 6 })
        let rotated = try CurveKeyPair.generate()
        let added = try CurveKeyPair.generate()
        // Vehicle 1 stays, 2 gets another key, 3 is revoked, 4 is new and 5 was never there.
        bench.link.update(
            keyring: Keyring(enrolments: [
                Self.enrolment(4, added.publicKey), Self.enrolment(3, bench.keys[2].publicKey, .revoked),
                Self.enrolment(2, rotated.publicKey, generation: 2),
                Self.enrolment(1, bench.keys[0].publicKey),
            ]))
        for peer in peers { try peer.send() }
        let four = try LinkPeer(
            bench.context, to: bench.link, keys: added, station: bench.station.publicKey)
        let two = try LinkPeer(
            bench.context, to: bench.link, keys: rotated, station: bench.station.publicKey)
        two.telemetry.sequence = 50
        try four.send()
        try two.send()
        #expect(bench.eventually { bench.link.counters.accepted == 6 })
        // The old keys of 2 and 3 came back and were denied; 1 did not have to come back.
        #expect(bench.eventually { bench.link.counters.denied >= 2 })
        #expect(bench.eventually { bench.link.counters.admitted == 10 })
        var batch = LinkBatch()
        bench.link.collect(into: &batch)
        #expect(batch.telemetry.map(\.vehicle).sorted() == [1, 2, 4])
        #expect(bench.link.statuses.map(\.vehicle) == [1, 2, 3, 4])
        #expect(bench.link.status(of: 3)?.isRevoked == true)
    }

    @Test func aSwappedKeyOfTheSameGenerationCutsTheOldOneOff() throws {
        let bench = try LinkBench(vehicles: 1)
        let old = try bench.peer(1)
        try old.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        let other = try CurveKeyPair.generate().publicKey
        bench.link.update(keyring: Keyring(enrolments: [Self.enrolment(1, other)]))
        for _ in 0..<50 { try old.send() }
        #expect(bench.eventually { bench.link.counters.denied >= 1 })
        #expect(bench.link.counters.accepted == 1)
    }

    /// A client that was denied never tries again (libzmq 4.3.4): the vehicle must make its sockets anew.
    @Test func aRestoredKeyNeedsNewSockets() throws {
        let bench = try LinkBench(vehicles: 1)
        bench.link.update(
            keyring: Keyring(enrolments: [Self.enrolment(1, bench.keys[0].publicKey, .revoked)]))
        let denied = try bench.peer(1)
        try denied.push.set(ZMQ_RECONNECT_IVL, 10)
        try denied.send()
        #expect(bench.eventually { bench.link.counters.denied == 2 })
        bench.link.update(keyring: Keyring(enrolments: [Self.enrolment(1, bench.keys[0].publicKey)]))
        for _ in 0..<40 { _ = zmq_poll(nil, 0, 5) }
        #expect(bench.link.counters.accepted == 0 && bench.link.counters.admitted == 0)
        let again = try bench.peer(1)
        try again.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
    }

    @Test func rowsMoveWithTheirVehicles() throws {
        let keys = try (0..<4).map { _ in try CurveKeyPair.generate().publicKey }
        func ring(_ ids: [UInt32]) -> Keyring {
            Keyring(enrolments: ids.map { Self.enrolment($0, keys[Int($0) - 1]) })
        }
        var table = LinkTable(configuration: LinkConfiguration(), keyring: ring([2, 4]), at: 0)
        table.rows[1].boot = 44
        table.rows[1].isChanged = true
        table.changed = [1]
        table.refuse(.jump, at: 1)
        table.update(ring([1, 2, 3, 4]), at: 5)
        #expect(table.ids == [1, 2, 3, 4] && table.rows[3].boot == 44 && table.changed == [3])
        #expect(table.refused(.jump, of: 4) == 1 && table.refused(.jump, of: 2) == 0)
        // Cut off by hand, it stays so until its line changes.
        table.revoke(4)
        table.update(ring([4]), at: 6)
        #expect(table.ids == [4] && !table.rows[0].isAllowed && table.admitted.isEmpty)
        table.update(Keyring(enrolments: [Self.enrolment(4, keys[3], generation: 2)]), at: 7)
        #expect(table.rows[0].isAllowed && table.rows[0].boot == 44 && table.rows[0].generation >= 2)
        table.update(ring([]), at: 8)
        #expect(table.ids.isEmpty && table.changed.isEmpty && table.totals[.jump] == 1)
    }
}
