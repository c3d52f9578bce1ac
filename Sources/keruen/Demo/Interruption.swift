import Glibc
import Synchronization

/// Ctrl-C or SIGTERM, noticed without ending the process, so that it can tidy up.
enum Interruption {
    private static let asked = Atomic<Bool>(false)

    static var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// The first signal is only noticed; a second one ends the process at once.
    static func install() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                Interruption.asked.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }
}
