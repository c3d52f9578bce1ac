import Controller
import Logging
import Synchronization
import Transport

/// Saves a snapshot now and then, on a thread of its own: encoding a day of orders takes longer than a tick.
struct SnapshotSaver {
    private let every: UInt64
    private var savedAfter: UInt64
    private var saving: DedicatedThread?
    private let isBusy = Busy()

    private final class Busy: Sendable { let flag = Atomic<Bool>(false) }

    init(every: Int, from recovery: Journal<Event>.Recovery) {
        self.every = UInt64(max(1, every))
        savedAfter = recovery.snapshotSequence
    }

    mutating func saveIfDue(_ core: borrowing Mutex<StationCore>, _ journal: Journal<Event>, _ log: Logger) {
        guard journal.durableSequence >= savedAfter &+ every, !isBusy.flag.load(ordering: .acquiring) else {
            return
        }
        let (snapshot, sequence) = core.withLock { ($0.controller.snapshot, $0.recorded) }
        savedAfter = sequence
        saving?.join()
        isBusy.flag.store(true, ordering: .releasing)
        let busy = isBusy
        do {
            saving = try DedicatedThread(name: "snapshot") {
                do {
                    try journal.waitUntilDurable(sequence)
                    try journal.saveSnapshot(snapshot, after: sequence)
                } catch { log.error("no snapshot was saved: \(error)") }
                busy.flag.store(false, ordering: .releasing)
            }
        } catch {
            saving = nil
            busy.flag.store(false, ordering: .releasing)
            log.error("no snapshot was saved: \(error)")
        }
    }

    /// Waits for the one under way.
    mutating func finish() {
        saving?.join()
        saving = nil
    }
}
