import ArgumentParser
import CLinux
import Glibc
import Transport

/// Part of a bench: a process that receives, so that its CPU time and memory are its own. It is told what to do by
/// lines on the standard input.
struct BenchStation: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "link-station", shouldDisplay: false)

    enum Kind: String, ExpressibleByArgument {
        /// The real link.
        case link
        /// The link's own receiving, on a socket without CURVE.
        case plain
        /// A loop around libzmq's receive: what the others are measured against; with and without CURVE.
        case rawCurve = "raw-curve"
        case raw
    }

    @Argument var kind: Kind
    @Option var port: UInt16 = 0
    @Option var vehicles = 1
    @Option var seed: UInt64 = 1
    /// Messages one vehicle may send per second.
    @Option var limit = 50.0

    func run() throws {
        _ = keruen_raise_file_limit()
        let keys = BenchKeys(seed: seed)
        let receiver: any BenchReceiver =
            switch kind {
            case .link: try LinkReceiver(self, keys)
            case .plain: try PlainReceiver(self)
            case .rawCurve: try RawReceiver(self, keys.pair(0))
            case .raw: try RawReceiver(self, nil)
            }
        var conversation = BenchConversation()
        let cpu = keruen_process_cpu_ns()
        try receiver.start()
        conversation.answer([
            "uplink": receiver.uplink, "downlink": receiver.downlink, "cpu": cpu, "rss": residentBytes(),
        ])
        while !conversation.hasEnded {
            guard let words = conversation.line(milliseconds: 1000), let verb = words.first else { continue }
            let number = words.count > 1 ? Int(words[1]) ?? 0 : 0
            switch verb {
            case "status":
                let status = receiver.status
                conversation.answer([
                    "at": keruen_monotonic_ns(), "cpu": keruen_process_cpu_ns(), "rss": residentBytes(),
                    "accepted": status.accepted, "refused": status.refused, "lost": status.lost,
                    "back": status.back, "causes": receiver.causes,
                ])
            case "latency":
                let samples = try receiver.latencies(seconds: Double(number))
                conversation.answer([
                    "count": samples.count, "p50": samples.percentile(50), "p99": samples.percentile(99),
                ])
            case "command":
                let samples = try receiver.roundTrips(number)
                conversation.answer([
                    "count": samples.count, "p50": samples.percentile(50), "p99": samples.percentile(99),
                ])
            case "revoke":
                let samples = receiver.revoke(number)
                conversation.answer(["count": samples.count, "max": samples.percentile(100)])
            case "tell":
                receiver.tell(number)
                conversation.answer([:])
            default: conversation.answer([:])
            }
        }
        receiver.stop()
    }
}

/// Something that receives telemetry and can be asked how it went.
protocol BenchReceiver: AnyObject, Sendable {
    var uplink: String { get }
    var downlink: String { get }
    func start() throws
    func stop()
    /// Messages taken and refused; telemetry missed; vehicles whose both connections work.
    var status: (accepted: UInt64, refused: UInt64, lost: UInt64, back: Int) { get }
    /// Refusals by cause.
    var causes: String { get }
    /// Nanoseconds from a vehicle's sending to where it is read, of all telemetry in so many seconds.
    func latencies(seconds: Double) throws -> BenchSamples
    /// Nanoseconds from sending a command to vehicle 1 until its acknowledgement is in hand.
    func roundTrips(_ count: Int) throws -> BenchSamples
    /// Nanoseconds from the call until the last message accepted of each of the first `count` vehicles.
    func revoke(_ count: Int) -> BenchSamples
    /// Says `count` heartbeats to all, 100 a second.
    func tell(_ count: Int)
}

extension BenchReceiver {
    var causes: String { "" }
    func latencies(seconds: Double) throws -> BenchSamples { throw BenchError("no latencies here") }
    func roundTrips(_ count: Int) throws -> BenchSamples { throw BenchError("no commands here") }
    func revoke(_ count: Int) -> BenchSamples { BenchSamples() }
    func tell(_ count: Int) {}
}

/// Measured values.
struct BenchSamples {
    private var values: [Int64] = []

    var count: Int { values.count }
    mutating func add(_ value: Int64) { values.append(value) }
    mutating func reserve(_ count: Int) { values.reserveCapacity(count) }

    /// 50 is the median, 100 the greatest; 0 without any value.
    func percentile(_ percent: Int) -> Int64 {
        guard !values.isEmpty else { return 0 }
        return values.sorted()[min(values.count - 1, values.count * percent / 100)]
    }
}
