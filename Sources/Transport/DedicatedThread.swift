import CLinux
import Glibc

/// A POSIX thread with a name, all signals blocked, that runs `body` once.
///
/// For loops that must not share Swift's cooperative pool: socket polling, the tick, the journal.
public final class DedicatedThread: @unchecked Sendable {
    private var thread: pthread_t = 0
    private var joined = false

    /// - Parameter name: at most 15 bytes are kept by the kernel.
    public init(name: String, body: @escaping @Sendable () -> Void) throws(TransportError) {
        let box = Unmanaged.passRetained(Start(name: name, body: body))
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                var signals = sigset_t()
                sigfillset(&signals)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                keruen_name_thread(String(decoding: start.name.utf8.prefix(15), as: UTF8.self))
                start.body()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            box.release()
            throw TransportError(call: "pthread_create", code: result)
        }
    }

    /// Waits for the end of `body`. Call it once, from another thread.
    public func join() {
        guard !joined else { return }
        joined = true
        pthread_join(thread, nil)
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
