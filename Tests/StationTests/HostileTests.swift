import CZeroMQ
import Foundation
import Testing
import Transport
import Wire

@testable import Station

/// Peers that mean harm, with a fleet beside them: every refusal is counted under its cause, nothing aborts, and the
/// fleet keeps its rates.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HostileTests {
    private static let seconds = 0.7

    /// A bench in real time: vehicles 1 to 9 misbehave, 10 to 39 are the fleet.
    private static func bench() throws -> LinkBench {
        try LinkBench(
            vehicles: 39, clock: FleetBeside.now,
            configure: { $0.messageBurst = 20 })
    }

    private static func during(_ seconds: Double = seconds, _ body: () throws -> Void) rethrows {
        let end = FleetBeside.now() + Int64(seconds * 1e9)
        while FleetBeside.now() < end { try body() }
    }

    private static func telemetry(_ sequence: UInt32, boot: UInt32) -> [UInt8] {
        var t = Telemetry()
        (t.boot, t.sequence) = (boot, sequence)
        t.measuredAtNanoseconds = UInt64(FleetBeside.now())
        (t.latitudeE7, t.longitudeE7, t.status) = (432_000_000, 769_000_000, 1 | 1 << 8 | 3 << 12)
        return [UInt8](unsafeUninitializedCapacity: Telemetry.frameSize) { buffer, count in
            count = t.encodeFrame(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    @Test func theFleetGoesOnBesideThemAll() throws {
        let bench = try Self.bench()
        let fleet = try FleetBeside(bench, 10...39)
        defer { fleet.stop() }
        let link = bench.link
        var random = SplitMix(state: 42)

        try fleet.goesOn(beside: "garbage frames") {
            let peer = try #require(bench.rawPeer(1))
            let sent = { (count: Int) in
                peer.send((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            }
            Self.during {
                _ = sent(Int(random.next() % 600))
                _ = zmq_poll(nil, 0, 1)
            }
            #expect(link.refused(.magic, of: 1) + link.refused(.flood, of: 1) > 50)
        }
        try fleet.goesOn(beside: "half-open connections") {
            var open: [RawConnection] = []
            for count in 0..<300 {
                let port = count % 2 == 0 ? bench.uplinkPort : bench.downlinkPort
                let connection = try #require(RawConnection(port: port))
                connection.send(Array(RawPeer.greeting.prefix(count % 65)))
                open.append(connection)
            }
            Self.during { _ = zmq_poll(nil, 0, 10) }
            #expect(link.counters.connections >= 300)
        }
        try fleet.goesOn(beside: "unknown keys") {
            try Self.during {
                let keys = try CurveKeyPair.generate()
                #expect(
                    RawPeer(port: bench.uplinkPort, keys: keys, station: bench.station.publicKey) == nil)
            }
            #expect(link.counters.denied > 20)
        }
        try fleet.goesOn(beside: "a revoked key") {
            let peer = try #require(bench.rawPeer(2))
            peer.send(Self.telemetry(1, boot: 1))
            #expect(bench.eventually { link.sequence(2) == 1 })
            link.revoke(2)
            let denied = link.counters.denied
            Self.during { #expect(bench.rawPeer(2) == nil) }
            #expect(link.counters.denied > denied + 20 && link.sequence(2) == 1)
        }
        try fleet.goesOn(beside: "a replayed session") {
            let peer = try #require(bench.rawPeer(3))
            let recorded = (1...15).map { Self.telemetry($0, boot: 1) }
            for frame in recorded { peer.send(frame) }
            #expect(bench.eventually { link.sequence(3) == 15 })
            peer.send(Self.telemetry(1, boot: 2))
            #expect(bench.eventually { link.sequence(3) == 1 })
            Self.during(0.5) { _ = zmq_poll(nil, 0, 10) }
            let again = try #require(bench.rawPeer(3))
            for frame in recorded { again.send(frame) }
            #expect(bench.eventually { link.refused(.replayed, of: 3) == 15 })
            #expect(link.sequence(3) == 1)
        }
        try fleet.goesOn(beside: "ten times the rate") {
            let peer = try #require(bench.rawPeer(4))
            var sequence: UInt32 = 0
            Self.during {
                sequence += 1
                peer.send(Self.telemetry(sequence, boot: 1))
                _ = zmq_poll(nil, 0, 9)
            }
            #expect(bench.eventually { link.refused(.flood, of: 4) > 0 })
        }
        try fleet.goesOn(beside: "a flood") {
            let peer = try #require(bench.rawPeer(5))
            // Sealed before, to be said as fast as the wire takes it.
            let flood = (0..<15_000).flatMap { _ in peer.wire([0]) }
            peer.sendRaw(flood)
            // What goes a hundred times beyond the rate loses its connection.
            #expect(peer.isClosed(withinMilliseconds: 3000))
            #expect(link.refused(.flood, of: 5) > 1000)
        }
        try fleet.goesOn(beside: "a vehicle that never listens") {
            let deaf = try #require(bench.rawPeer(6, type: "SUB", downlink: true))
            deaf.send([1, 6, 0, 0, 0])
            #expect(bench.eventually { link.hasDownlink(6) })
            let part = MissionPart.split(
                mission: MissionReference(number: 1, revision: 1), fence: 1,
                items: [MissionItem](repeating: MissionItem(), count: 32))[0]
            Self.during {
                for _ in 0..<50 { link.send(.missionPart(part), to: 6) }
                _ = zmq_poll(nil, 0, 5)
            }
        }
        try fleet.goesOn(beside: "an endless message") {
            let peer = try #require(bench.rawPeer(7))
            let chunk = [UInt8](repeating: 0, count: 4000)
            var sent = 0
            while sent < 20_000, peer.send(chunk, more: true) { sent += 1 }
            #expect(sent < 20_000)
            #expect(bench.eventually { link.counters[.hoarding] >= 1 })
        }
        fleet.goesOn(beside: "endless reconnecting") {
            Self.during { _ = bench.rawPeer(8) }
            #expect(link.counters.putOff > 0)
        }
    }

    /// Ten thousand connections that say nothing, from a process of their own, for it needs as many descriptors.
    @Test func theFleetGoesOnBesideTenThousandConnections() throws {
        let script = """
            import resource, select, socket, sys, time
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            count, ports = min(int(sys.argv[1]), hard - 100), [int(p) for p in sys.argv[2:]]
            poll, held = select.poll(), {}
            for i in range(count):
                s = socket.create_connection(("127.0.0.1", ports[i % len(ports)]))
                held[s.fileno()] = s
                poll.register(s, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
            print("open", len(held), flush=True)
            end = time.time() + 20
            while held and time.time() < end:
                for fd, _ in poll.poll(1000):
                    poll.unregister(fd)
                    held.pop(fd).close()
            print("left", len(held), flush=True)
            """
        let bench = try Self.bench()
        let fleet = try FleetBeside(bench, 10...39)
        defer { fleet.stop() }
        // This process needs a descriptor for each as well, and what the tests beside this one use.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(7), &limit)
        let wanted = min(10_000, Int(limit.rlim_cur) - 5000)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", script, "\(wanted)", "\(bench.uplinkPort)", "\(bench.downlinkPort)",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var most = 0
        fleet.goesOn(beside: "\(wanted) connections") {
            while process.isRunning {
                most = max(most, bench.link.counters.connections)
                _ = zmq_poll(nil, 0, 10)
            }
        }
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(output == "open \(wanted)\nleft 0\n")
        #expect(most > wanted / 2, "\(most)")
        #expect(bench.eventually { bench.link.counters[.unfinished] >= wanted }, "\(bench.link.counters)")
        #expect(bench.eventually { bench.link.counters.connections == 60 })
    }
}
