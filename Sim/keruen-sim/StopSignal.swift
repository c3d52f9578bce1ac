import Glibc
import Synchronization

/// SIGINT and SIGTERM ask the program to end; a second one ends it at once.
enum StopSignal {
    private static let raised = Atomic<Bool>(false)

    static var isSet: Bool { raised.load(ordering: .relaxed) }

    static func install() {
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            // Only an atomic store: all that a handler may do.
            action.__sigaction_handler.sa_handler = { _ in StopSignal.raised.store(true, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
        signal(SIGPIPE, SIG_IGN)
        // Whoever started this program may have blocked them.
        var both = sigset_t()
        sigemptyset(&both)
        sigaddset(&both, SIGINT)
        sigaddset(&both, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &both, nil)
    }
}
