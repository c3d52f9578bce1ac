import CLinux
import Glibc
import Station
import Transport
import Wire

/// The real link, collected 20 times a second as the station does.
final class LinkReceiver: BenchReceiver {
    private let link: Link
    private let vehicles: Int
    private let collecting = BenchLoop()

    init(_ options: BenchStation, _ keys: BenchKeys) throws {
        var configuration = LinkConfiguration()
        configuration.port = options.port
        configuration.messagesPerSecond = options.limit
        configuration.messageBurst = max(100, options.limit * 2)
        vehicles = options.vehicles
        link = Link(
            configuration: configuration, keyring: try keys.keyring(vehicles: options.vehicles),
            stationKeys: try keys.pair(0), clock: keruen_realtime_ns)
    }

    var uplink: String { link.uplinkEndpoint }
    var downlink: String { link.downlinkEndpoint }

    func start() throws {
        try link.start()
        try collect()
    }

    private func collect() throws {
        let link = link
        try collecting.start {
            var batch = LinkBatch()
            return {
                link.collect(into: &batch)
                usleep(50_000)
            }
        }
    }

    func stop() {
        collecting.stop()
        link.stop()
    }

    var status: (accepted: UInt64, refused: UInt64, lost: UInt64, back: Int) {
        let counters = link.counters
        let refused = LinkRefusal.allCases.reduce(0) { $0 + counters[$1] }
        // A heartbeat that went down and came up again proves both connections.
        let back = link.statuses.count { $0.clock.isKnown }
        return (counters.accepted, refused, counters.lost, back)
    }

    var causes: String {
        let counters = link.counters
        return LinkRefusal.allCases.filter { counters[$0] > 0 }.map { "\($0):\(counters[$0])" }
            .joined(separator: ",")
    }

    func latencies(seconds: Double) throws -> BenchSamples {
        collecting.stop()
        keruen_fine_timers()
        var samples = BenchSamples()
        var batch = LinkBatch()
        let end = keruen_monotonic_ns() + Int64(seconds * 1e9)
        link.collect(into: &batch)
        while keruen_monotonic_ns() < end {
            usleep(100)
            link.collect(into: &batch)
            let now = keruen_realtime_ns()
            for report in batch.telemetry {
                samples.add(now - Int64(clamping: report.telemetry.measuredAtNanoseconds))
            }
        }
        try collect()
        return samples
    }

    func roundTrips(_ count: Int) throws -> BenchSamples {
        collecting.stop()
        keruen_fine_timers()
        var samples = BenchSamples()
        var batch = LinkBatch()
        for id in 1...UInt64(max(1, count)) {
            var command = Command()
            command.commandID = id
            command.kind = Open(.hold)
            let sent = keruen_monotonic_ns()
            link.send(.command(command), to: 1)
            while keruen_monotonic_ns() - sent < 1_000_000_000 {
                link.collect(into: &batch)
                let isBack = batch.messages.contains {
                    if case .commandAck(_, let ack) = $0.message { ack.commandID == id } else { false }
                }
                if isBack {
                    samples.add(keruen_monotonic_ns() - sent)
                    break
                }
                usleep(2)
            }
        }
        try collect()
        return samples
    }

    func revoke(_ count: Int) -> BenchSamples {
        var samples = BenchSamples()
        for id in 1...UInt32(clamping: max(1, count)) {
            let before = link.status(of: id)?.heardAt ?? 0
            let called = keruen_realtime_ns()
            link.revoke(id)
            usleep(50_000)
            let last = link.status(of: id)?.heardAt ?? 0
            // Not heard at all proves nothing.
            if before > 0 { samples.add(max(0, last - called)) }
        }
        return samples
    }

    func tell(_ count: Int) {
        for _ in 0..<count {
            link.send(.heartbeat(StationHeartbeat()), to: 0)
            usleep(10_000)
        }
    }
}
