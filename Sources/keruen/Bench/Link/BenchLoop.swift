import Synchronization
import Transport

/// A thread that does the same again and again until it is stopped.
final class BenchLoop: Sendable {
    private let stopping = Atomic(false)
    private let thread = Mutex<DedicatedThread?>(nil)

    /// - Parameter prepare: runs once in the thread and returns what is repeated.
    func start(_ prepare: @escaping @Sendable () -> () -> Void) throws {
        stopping.store(false, ordering: .relaxed)
        let made = try DedicatedThread(name: "bench") { [stopping = Unmanaged.passUnretained(self)] in
            let turn = prepare()
            stopping._withUnsafeGuaranteedRef { loop in
                while !loop.stopping.load(ordering: .acquiring) { turn() }
            }
        }
        thread.withLock { $0 = made }
    }

    /// Waits for the turn that runs.
    func stop() {
        stopping.store(true, ordering: .releasing)
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    deinit { stop() }
}
