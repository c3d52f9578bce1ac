import CZeroMQ
import Glibc
import Synchronization
import Testing
import Transport
import Wire

@testable import Station

/// Honest vehicles that report ten times a second and are spoken to as often, on a thread of their own, while
/// somebody else misbehaves.
final class FleetBeside: @unchecked Sendable {
    private let bench: LinkBench
    private let ids: ClosedRange<Int>
    private let peers: [LinkPeer]
    private let sent = Atomic(0)
    private let asked = Atomic(0)
    private let heard = Atomic(0)
    private let stopping = Atomic(false)
    private var thread: DedicatedThread?

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Vehicles `ids` of the bench; returns when all of them have been heard and can be spoken to.
    init(_ bench: LinkBench, _ ids: ClosedRange<Int>) throws {
        self.bench = bench
        self.ids = ids
        peers = try ids.map { try bench.peer($0) }
        for (peer, id) in zip(peers, ids) { try peer.subscribe(UInt32(id)) }
        thread = try DedicatedThread(name: "fleet") { [unowned self] in self.run() }
        let link = bench.link
        let isReady = bench.eventually {
            ids.allSatisfy { link.hasDownlink(UInt32($0)) && link.sequence(UInt32($0)) > 0 }
        }
        #expect(isReady)
    }

    func stop() {
        stopping.store(true, ordering: .relaxed)
        thread?.join()
    }

    private func run() {
        let message = Message()
        var next = Self.now()
        while !stopping.load(ordering: .relaxed) {
            for peer in peers {
                while (try? peer.sub.tryReceive(into: message)) == true {
                    heard.add(1, ordering: .relaxed)
                }
            }
            let now = Self.now()
            if now >= next {
                next = max(next + 100_000_000, now)
                for (peer, id) in zip(peers, ids) {
                    peer.telemetry.measuredAtNanoseconds = UInt64(now)
                    if (try? peer.push.trySend(peer.frame())) == true { sent.add(1, ordering: .relaxed) }
                    bench.link.send(.goodbye(Open(.maintenance)), to: UInt32(id))
                    asked.add(1, ordering: .relaxed)
                }
            }
            _ = zmq_poll(nil, 0, 5)
        }
    }

    private var delivered: Int { ids.reduce(0) { $0 + Int(bench.link.sequence(UInt32($1))) } }
    private var lost: Int { ids.reduce(0) { $0 + Int(bench.link.status(of: UInt32($1))?.lost ?? 0) } }

    /// Lets `attack` happen and checks that the fleet was heard and spoken to throughout.
    func goesOn(beside name: String, _ attack: () throws -> Void) rethrows {
        let before = (sent.load(ordering: .relaxed), asked.load(ordering: .relaxed))
        let (delivered, heard) = (self.delivered, self.heard.load(ordering: .relaxed))
        let start = Self.now()
        try attack()
        let seconds = Double(Self.now() - start) * 1e-9
        let sent = self.sent.load(ordering: .relaxed) - before.0
        let asked = self.asked.load(ordering: .relaxed) - before.1
        // Half a second of every vehicle may still be on its way, on a busy machine.
        let slack = 5 * ids.count
        let arrived = self.delivered - delivered
        let answered = self.heard.load(ordering: .relaxed) - heard
        #expect(Double(sent) >= 5 * seconds * Double(ids.count) - Double(slack), "\(name): sent \(sent)")
        #expect(arrived + slack >= sent, "\(name): \(arrived) of \(sent) arrived")
        #expect(answered + slack >= asked, "\(name): \(answered) of \(asked) heard")
        #expect(lost == 0, "\(name): lost")
        #expect(bench.link.failure == nil)
    }
}
