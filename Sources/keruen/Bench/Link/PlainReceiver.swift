import CLinux
import CZeroMQ
import Glibc
import Station
import Synchronization
import Transport
import Wire

/// The link's own table and receiving on a socket without CURVE, paced as the link paces itself.
///
/// Only to see what they cost without the crypto: a station never listens like this.
final class PlainReceiver: BenchReceiver {
    private let context: Context
    private let pull: Socket
    private let door: BenchDoor
    private let table: Mutex<LinkTable>
    private let loop = BenchLoop()

    init(_ options: BenchStation) throws {
        context = try Context(zeroCopy: false)
        door = try BenchDoor(context)
        pull = try Socket(.pull, in: context)
        try pull.set(ZMQ_ZAP_DOMAIN, text: BenchDoor.domain)
        try pull.set(ZMQ_LINGER, 0)
        try pull.set(ZMQ_RCVHWM, 0)
        try pull.set(ZMQ_MAXMSGSIZE, int64: 4129)
        try pull.bind("tcp://127.0.0.1:*")
        var configuration = LinkConfiguration()
        configuration.messagesPerSecond = options.limit
        configuration.messageBurst = options.limit * 2
        table = Mutex(
            LinkTable(
                configuration: configuration,
                keyring: try BenchKeys(seed: options.seed).keyring(vehicles: options.vehicles),
                at: keruen_realtime_ns()))
    }

    var uplink: String { pull.lastEndpoint }
    var downlink: String { "" }

    func start() throws {
        try loop.start { [self] in
            let incoming = Incoming()
            return {
                guard (try? self.pull.waitReadable(milliseconds: 10)) == true else { return }
                while self.drain(incoming) {}
                usleep(1000)
            }
        }
    }

    private final class Incoming { var drain = LinkDrain(seal: BenchDoor.seal) }

    private func drain(_ incoming: Incoming) -> Bool {
        let now = keruen_realtime_ns()
        return table.withLock { table in
            (try? incoming.drain.take(from: pull, into: &table, at: now, most: 1024)) ?? false
        }
    }

    func stop() {
        loop.stop()
        door.stop()
    }

    var status: (accepted: UInt64, refused: UInt64, lost: UInt64, back: Int) {
        let totals = table.withLock { $0.totals }
        let refused = LinkRefusal.allCases.reduce(0) { $0 + totals[$1] }
        return (totals.accepted, refused, totals.lost, door.admitted)
    }
}
