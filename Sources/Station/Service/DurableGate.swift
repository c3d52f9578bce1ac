import Controller
import Wire
import World

/// Holds back what may only be said once the events it rests on are on disk, in order.
struct DurableGate {
    enum Held {
        case upload(Mission)
        case command(OutboundCommand)
        /// The vehicle forgets a progress report once it is acknowledged: from then on it is ours to remember.
        case progressAck(ProgressAck, vehicle: UInt32)
    }

    private var waiting: [(after: UInt64, at: Int64, held: Held)] = []
    /// Everything before this index has been released.
    private var first = 0

    var count: Int { waiting.count - first }

    /// When the oldest of what still waits was decided.
    var heldSince: Int64? { first < waiting.count ? waiting[first].at : nil }

    /// `sequence` and `time` never fall from call to call.
    mutating func hold(_ held: Held, after sequence: UInt64, at time: Instant) {
        waiting.append((sequence, time.nanoseconds, held))
    }

    /// What rests on durable events only; nil when the next must wait.
    mutating func next(durable: UInt64) -> Held? {
        guard first < waiting.count, waiting[first].after <= durable else { return nil }
        let held = waiting[first].held
        first += 1
        if first == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            first = 0
        } else if first > 1024 {
            waiting.removeFirst(first)
            first = 0
        }
        return held
    }
}
